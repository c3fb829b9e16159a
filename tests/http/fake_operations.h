// A small operation table in place of the real one, which is not linked into the router's tests:
// one operation per way an input can arrive. Every handler answers with what it was called with.
#pragma once
#include "operations/operation.h"

namespace ordinaut::operations {

// What the dispatcher was last asked; reset by the test.
struct Asked {
    std::string operation;
    std::string input;
    std::string agent;
    std::string if_match, idempotency_key, request_id, trace_id, session_token;
};
Asked& last_asked();

}  // namespace ordinaut::operations
