// What every function an extension may call has in common: finding the instance, and answering
// later.
#pragma once
#include <ordinaut/extension.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ext/instance.h"

namespace ordinaut::ext {

// `step` gets the instance of `self`; ORD_E_HANDLE when there is none. Nothing of the host's throws
// across the boundary: what does is out of memory or a fault of ours.
template <class Step>
ord_status with_instance(ord_handle self, Step step) noexcept {
    try {
        const auto instance = instances().find(self);
        return instance == nullptr ? ORD_E_HANDLE : step(*instance);
    } catch (...) {
        return ORD_E_INTERNAL;
    }
}

// The struct is there and as long as this host knows it.
template <class Given>
bool is_whole(const Given* given) {
    return given != nullptr && given->struct_size >= sizeof(Given);
}

// The same; otherwise a fault that says what is wrong. `size_min`: of the struct's first version.
template <class Given>
bool is_whole(Instance& instance, const char* function, const Given* given,
              size_t size_min = sizeof(Given)) {
    if (given != nullptr && given->struct_size >= size_min) return true;
    instance.fault(std::string(function) +
                   (given == nullptr
                        ? " was called with a null struct"
                        : " was called with struct_size " + std::to_string(given->struct_size) +
                              ", at least " + std::to_string(size_min) +
                              " is needed; set it to the struct's sizeof"));
    return false;
}

ord_status status_of(ErrorCode code);
ord_status status_of(tool::Outcome outcome);

// The head of an answer that went wrong; `details` is JSON or empty.
std::string head_json(std::string_view message, std::string_view details = {},
                      std::optional<std::chrono::milliseconds> retry_after = {});

// Answers `token` with the error.
void answer_error(Instance& instance, uint64_t token, const Error& error);
// Answers `token` with the result's JSON (empty = null), or its error.
void answer_result(Instance& instance, uint64_t token, const Result<std::string>& result);

// What becomes of a downcall that has to wait for a server: a status and the texts of its
// ord_async.
struct LateAnswer {
    ord_status status = ORD_OK;
    std::string head_json = {};
    std::string bytes = "null";
};
LateAnswer late_error(const Error& error);

// Reserves `token` and answers it with what `work` returns, on one of the host's threads that may
// block. CONFLICT: the token is in use; LIMIT: 1,000 such calls of this extension are waiting.
ord_status answer_later(Instance& instance, uint64_t token, std::function<LateAnswer()> work);

// Whom a downcall acts for: the caller of the open invocation `inv`, or (0) the extension itself.
// `call` has its principal, scopes, trace and run. DENIED: 0 and the operator gave it no identity;
// HANDLE: `inv` is not open.
ord_status caller_of(Instance& instance, ord_handle inv, tool::ToolCall& call);

}  // namespace ordinaut::ext
