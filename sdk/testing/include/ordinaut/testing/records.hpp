// What the fake host writes down, and what a test tells it. Plain values.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ordinaut/extension.h"

namespace ordinaut::testing {

using Nanoseconds = std::chrono::nanoseconds;
using Pairs = std::vector<std::pair<std::string, std::string>>;

// How the tables and structs lie in memory that the extension gets.
enum class Layout {
    kPlain,
    // Exactly as large as ABI 1.0's, with unreadable memory behind: an older host than the
    // extension expects.
    kGuarded,
    kLarger,  // Bigger than ABI 1.0's, with members nobody knows: a newer host.
};

struct Options {
    std::string config_json = "{}";
    // Grants it does not have: "ROUTES", "TOOLS", "EVENTS_PUB", "EVENTS_SUB", "BACKGROUND_TASKS".
    std::set<std::string> denied = {};
    std::set<std::string> absent = {};  // Interfaces this host does not have: "ord.kv".
    Layout layout = Layout::kPlain;
    // Bytes a streamed answer may be ahead of its reader; 0 = any.
    uint64_t http_window = 0;
    // Real time after which waiting for the extension is given up.
    std::chrono::milliseconds patience{10'000};
};

// Whom and what an upcall is for.
struct CallOptions {
    std::string principal = "tester";
    std::string scopes_json = "[\"admin\"]";
    std::string idempotency_key = {}, run_id = {}, step_id = {};
    uint32_t attempt = 1;
    Nanoseconds timeout{0};  // On the manual clock; 0 = none.
};

struct LogLine {
    uint32_t level;  // ORD_LOG_…
    std::string message;
    Pairs fields;
    ord_handle inv;
};
struct ToolSpec {
    std::string name, description, input_schema_json, output_schema_json;
    uint32_t effect;  // ORD_EFFECT_…
};
struct Route {
    std::string method, pattern;
    uint64_t token, body_max;
    uint32_t flags;
};
struct Published {
    std::string ns, topic, payload_json, id;
    ord_handle inv;
};
struct Subscription {
    ord_handle handle;
    std::string ns, topic, group, from_id;
    uint32_t max_in_flight, max_deliveries;
    uint64_t ack_timeout_ns;
    bool open;
};
enum class TaskState { kWaiting, kRunning, kEnded, kGivenUp };
struct BackgroundTask {
    ord_handle handle;
    std::string name;
    uint32_t flags, max_failures;
    uint64_t period_ns, backoff_min_ns, backoff_max_ns, heartbeat_ns;
    TaskState state;
    uint32_t starts, failures, heartbeats;  // `failures` in a row.
    ord_status last;                        // What its last run returned.
    bool asleep, canceled;
    uint64_t wake_ns;  // Asleep or waiting until then; 0 = not started.
};
struct KvEntry {
    std::string value_json;
    uint64_t revision;
    uint64_t expires_ns;  // Monotonic; 0 = never.
};
// One ord.core call or one tool it invoked.
struct Asked {
    std::string name, input_json;
    ord_handle inv;
};
// A watch of ord.core that is open.
struct Watched {
    std::string filter_json;
    ord_handle inv;
};
struct Progress {
    ord_handle inv;
    uint32_t permille;
    std::string message;
};

// The answer to what the extension asks: OK with JSON, or a status with a message.
struct Reply {
    ord_status status = ORD_OK;
    std::string json = "null";
    std::string message = {};
};
// Plays an operation or a tool of someone else. nullopt: no answer until it is canceled.
using Responder = std::function<std::optional<Reply>(const std::string& input_json)>;

// How an upcall was completed.
struct Outcome {
    ord_status status = ORD_OK;
    // OK: the result. Otherwise empty, or {"retry_after_ms"?, "details"?}.
    std::string json = {};
    std::string message = {};  // Not OK: for a person.
    bool ok() const { return status == ORD_OK; }
};

// The answer to an HTTP request. Ended by finish(): 500 with its message as the body.
struct HttpAnswer {
    uint32_t status = 0;
    Pairs headers = {};
    std::string body = {};
    bool streamed = false;
    bool ended = false;
    std::string header(const std::string& name) const {
        for (const auto& [key, value] : headers)
            if (key == name) return value;
        return {};
    }
};
struct HttpOptions {
    Pairs headers = {};  // Names in lower case.
    std::string body = {};
    CallOptions call = {};
};
struct EventOptions {
    std::string ns = {}, id = "1-0", source = "tester", causation_id = {},
                published_at = "2026-01-01T00:00:00Z";
    uint32_t redelivered = 0;
    CallOptions call = {};
};

}  // namespace ordinaut::testing
