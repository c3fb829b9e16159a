// The ord_call of an upcall, with the texts it points to.
#pragma once
#include <ordinaut/extension.h>

#include <memory>

#include "tool/tool.h"

namespace ordinaut::ext {

uint64_t monotonic_ns(MonoTime time);  // As the ABI has it: CLOCK_MONOTONIC, never 0.

// Valid while `call` is.
class CallContext {
public:
    CallContext(ord_handle inv, const tool::ToolCall& call);
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;
    const ord_call* get() const { return &raw_; }

private:
    const std::shared_ptr<const std::string> scopes_json_;
    ord_call raw_{};
};

}  // namespace ordinaut::ext
