// What a pipeline step or an API caller may ask for by name. The tool catalogue knows nothing of
// extensions: whoever can answer calls registers a Tool.
#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace ordinaut::tool {

// What a repeated call does to the world; decides what happens after a lost lease.
enum class Effect { kPure, kIdempotent, kAtMostOnce };

struct ToolSpec {
    std::string name;  // "<extension id>.<tool>", e.g. "http.request".
    std::string description;
    std::string input_schema_json;   // JSON Schema draft 7; empty = any object.
    std::string output_schema_json;  // Empty = anything.
    Effect effect = Effect::kIdempotent;
    std::string extension_id;
    std::string mcp_name = {};  // Offered to assistants under this name; empty = not offered.
};

// One call. Plain values: the callee may keep it.
struct ToolCall {
    std::string name;
    std::string input_json;
    std::optional<MonoTime> deadline;
    int attempt = 1;
    std::string principal;            // Agent id the call acts for.
    std::vector<std::string> scopes;  // Of that agent.
    // "run_id/step_id/iteration", the same across attempts; empty outside runs.
    std::string idempotency_key;
    std::string run_id, step_id, task_id;
    std::string trace_id;  // 32 hex digits, or empty.
    // Of an event that is published because of this call: how many events led to it.
    int causation_depth = 0;
};

enum class Outcome { kOk, kRetryable, kRateLimited, kTerminal, kTimedOut, kCanceled };

struct ToolResult {
    Outcome outcome = Outcome::kOk;
    std::string output_json{};  // kOk only.
    // Otherwise: what went wrong, for a person.
    std::string message{};
    std::string details_json{};                              // Optional JSON of the same.
    std::optional<std::chrono::milliseconds> retry_after{};  // kRateLimited, kRetryable.
    // The tool had begun and how far it came cannot be told: it was cut short, or went away.
    bool in_doubt = false;
};

// Ends a call early. Idempotent, thread-safe, never blocks; the call still completes exactly once
// (usually kCanceled). A default-constructed one does nothing.
using CancelCall = std::function<void()>;

using Done = std::function<void(ToolResult&&)>;

class Tool {
public:
    virtual ~Tool() = default;
    virtual const ToolSpec& spec() const = 0;
    // Starts the call and returns at once. `done` is called exactly once, from any thread, possibly
    // before this returns.
    virtual CancelCall start(ToolCall call, Done done) = 0;
};

}  // namespace ordinaut::tool
