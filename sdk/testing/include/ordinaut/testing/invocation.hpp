// One upcall that may be completed later, as the fake host sees it.
#pragma once
#include "records.hpp"

namespace ordinaut::testing {

enum class CallKind { kTool, kHttp, kEvent, kTask, kHealth };

// Guarded by the engine's mutex.
struct Invocation {
    ord_handle handle = 0;
    CallKind kind = CallKind::kTool;
    std::string what;          // For messages: "tool 'greet'".
    uint64_t deadline_ns = 0;  // Monotonic, on the manual clock; 0 = none.
    bool returned = false;     // The upcall is over.
    bool canceled = false;
    bool ended = false;
    bool ended_by_host = false;  // Deadline, or the end of the instance.
    unsigned answers = 0;        // How often the extension completed it.
    Outcome outcome;
    HttpAnswer http;
    uint64_t unread = 0;                     // Bytes of a stream its reader has not taken.
    std::optional<uint64_t> writable_token;  // Waits for WRITABLE.
};

}  // namespace ordinaut::testing
