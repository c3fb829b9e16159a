// ordinaut.hpp: write an extension in C++17. Header-only, over the C ABI; exceptions stop at the boundary.
//
//   struct Greeter : ordinaut::Extension {
//       void setup(ordinaut::Setup& s) override {
//           s.tool("greet", [](ordinaut::ToolCall& call) { return call.ok({{"text", "Hello " + call.arg("name")}}); });
//       }
//   };
//   ORDINAUT_EXTENSION(Greeter)
//
// A handler answers with one of ok(), fail…(), or keeps the call with later() and answers from any thread. A handler that
// does none of these, or throws, completes its call as ORD_E_INTERNAL with the reason. Objects here are safe to use from
// any thread until the extension is stopped, unless they say otherwise.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "config.h"
#include "core.h"
#include "extension.h"
#include "host.hpp"
#include "http.h"
#include "json.hpp"
#include "log.h"
#include "tools.h"

namespace ordinaut {

// Thrown inside a handler to fail the call; `details` as [{"pointer","message"}].
struct CallError : std::runtime_error {
    ord_status status;
    Json details;
    CallError(ord_status s, const std::string& message, Json d = {}) : std::runtime_error(message), status(s), details(std::move(d)) {}
};
// A wrong input: names the place and says what would be right.
inline CallError invalid_input(const std::string& pointer, const std::string& message) {
    return {ORD_E_INVALID, pointer + ": " + message, Json::array({Json{{"pointer", pointer}, {"message", message}}})};
}

// A call kept beyond its handler. Copyable; all copies are one call, answered once: later answers are ignored. When the
// last copy goes without an answer, the call fails as ORD_E_INTERNAL ("dropped").
class Completion {
public:
    void ok(const Json& result) const { ok_text(result.text()); }
    void ok_text(std::string_view json) const;  // `json` is one JSON text.
    void fail(ord_status status, std::string_view message, const Json& details = {},
              std::optional<std::chrono::milliseconds> retry_after = {}) const;
    bool canceled() const;  // Nobody waits for the answer any more.
    // `action` runs at most once, on any thread, when the call is canceled; at once if it already is. Must not block.
    void on_cancel(std::function<void()> action) const;
    ord_handle inv() const;

private:
    friend class Instance;
    friend class Event;
    friend class Reply;
    friend class Stream;
    friend class ToolCall;
    struct State;
    explicit Completion(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

// One tool call, on a [worker] thread. Views end with the handler.
class ToolCall {
public:
    std::string_view input_text() const { return to_view(raw_->input_json); }
    const Json& input();  // Parsed on first use.

    // An argument; a missing one or one of another type fails the call as ORD_E_INVALID, naming it.
    std::string arg(std::string_view name) { return arg<std::string>(name); }
    template <class T>
    T arg(std::string_view name) {
        const Json* found = input().find(name);
        if (found == nullptr) throw invalid_input("/" + std::string(name), "is required");
        return convert<T>(name, *found);
    }
    template <class T>
    T arg_or(std::string_view name, T fallback) {
        const Json* found = input().find(name);
        return found == nullptr ? fallback : convert<T>(name, *found);
    }

    void ok(const Json& result) { completion_.ok(result); }
    void ok_text(std::string_view json) { completion_.ok_text(json); }
    void fail(ord_status status, std::string_view message, const Json& details = {}) { completion_.fail(status, message, details); }
    void fail_retryable(std::string_view message, std::optional<std::chrono::milliseconds> after = {}) {
        completion_.fail(ORD_E_RETRYABLE, message, {}, after);
    }
    void fail_rate_limited(std::string_view message, std::chrono::milliseconds after) {
        completion_.fail(ORD_E_RATE_LIMITED, message, {}, after);
    }
    void fail_terminal(std::string_view message) { completion_.fail(ORD_E_TERMINAL, message); }

    Completion later();  // Keeps the call beyond the handler.
    const Completion& completion() const { return completion_; }
    Host host() const { return host_; }
    void log(Level level, std::string_view message, const LogFields& fields = {}) const { host_.log(level, message, fields); }
    const ord_call& context() const { return *raw_->call; }

private:
    friend class Instance;
    ToolCall(const ord_tool_call& raw, Completion completion, Host host)
        : raw_(&raw), completion_(std::move(completion)), host_(host) {}
    template <class T>
    static T convert(std::string_view name, const Json& json) try {
        if constexpr (std::is_same_v<T, std::string>) return json.as_string();
        else if constexpr (std::is_same_v<T, bool>) return json.as_bool();
        else if constexpr (std::is_same_v<T, Json>) return json;
        else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(json.as_double());
        else return static_cast<T>(json.as_int());
    } catch (const JsonError& error) {
        throw invalid_input("/" + std::string(name), error.what());
    }

    const ord_tool_call* raw_;
    Completion completion_;
    Host host_;
    std::optional<Json> input_;
    bool kept_ = false;
};

using ToolHandler = std::function<void(ToolCall&)>;
class Request;  // http.hpp
using RouteHandler = std::function<void(Request&)>;

struct EventPolicy {
    std::string group = "default";  // Processes of one group share the events.
    std::string from_id{};          // Where a new group begins: empty = now, "0" = the oldest kept, else after this id.
    std::chrono::nanoseconds ack_timeout{0};  // 0 = 60 s.
    uint32_t max_in_flight = 0;               // 0 = 16.
    uint32_t max_deliveries = 0;              // 0 = 10.
};
class Event;  // events.hpp
// Returning: done. Throwing CallError: as its status says; anything else thrown: delivered again.
using EventHandler = std::function<void(Event&)>;

struct TaskPolicy {
    std::chrono::nanoseconds period{0};  // Start to start; 0 = runs once, until it returns without throwing.
    std::chrono::nanoseconds backoff_min{0}, backoff_max{0};  // 0 = 1 s, 60 s.
    std::chrono::nanoseconds heartbeat{0};  // Without sleep() or heartbeat() for so long it counts as stuck; 0 = never.
    uint32_t max_failures = 0;              // In a row, then it is given up; 0 = no limit.
    bool cluster = true;                    // In one process of the installation; the manifest's scope wins.
};
// Returning: done. Throwing: failed, started again after the backoff.
using TaskLoop = std::function<void(TaskToken&)>;

// What setup() declares. Valid inside setup() only.
class Setup {
public:
    explicit Setup(Instance& instance) : instance_(instance) {}
    // The schemas come from extension.json, where the tool is declared. Throws when the host refuses it.
    void tool(std::string_view name, ToolHandler handler);
    // A route below /ext/<id>: "/hello", "/items/{id}", "/files/{*}". Without the grant ROUTES it is logged and left out.
    void route(std::string_view method, std::string_view pattern, RouteHandler handler, uint64_t body_bytes_max = 0);
    void get(std::string_view pattern, RouteHandler handler) { route("GET", pattern, std::move(handler)); }
    void post(std::string_view pattern, RouteHandler handler) { route("POST", pattern, std::move(handler)); }
    void put(std::string_view pattern, RouteHandler handler) { route("PUT", pattern, std::move(handler)); }
    void patch(std::string_view pattern, RouteHandler handler) { route("PATCH", pattern, std::move(handler)); }
    void del(std::string_view pattern, RouteHandler handler) { route("DELETE", pattern, std::move(handler)); }
    void any(std::string_view pattern, RouteHandler handler) { route("", pattern, std::move(handler)); }
    // Events of a topic (wildcards "*" and "#"); an empty `ns` is the shared spine. Throws when the host refuses it.
    void on_event(std::string_view ns, std::string_view topic, const EventPolicy& policy, EventHandler handler);  // events.hpp
    // Work of its own, on a thread of its own. Throws when the host refuses it.
    void background(std::string_view name, const TaskPolicy& policy, TaskLoop loop);  // background.hpp
    const Json& config() const;
    Host host() const { return Host(instance_); }

private:
    Instance& instance_;
};

// Derive from it; one object per instance. Constructed and destroyed on the control thread.
class Extension {
public:
    virtual ~Extension() = default;
    virtual void setup(Setup& setup) = 0;  // Throwing refuses to start, with the exception's message as the reason.
    virtual void quiesce() {}              // No new calls come; end what is kept soon. Must not block.
    virtual void stop() {}                 // Join your threads here.
};

}  // namespace ordinaut

#include "http.hpp"
#include "instance.hpp"
