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
    ~CallContext();
    CallContext(const CallContext&) = delete;
    CallContext& operator=(const CallContext&) = delete;
    const ord_call* get() const { return &raw_; }

private:
    struct Scopes;
    static std::unique_ptr<Scopes>& kept();
    std::unique_ptr<Scopes> scopes_;  // Null: none.
    ord_call raw_;
};

}  // namespace ordinaut::ext
