// ordinaut.hpp: write an extension in C++17. Header-only, over the C ABI; exceptions stop at the
// boundary.
//
//   struct Greeter : ordinaut::Extension {
//       void setup(ordinaut::Setup& s) override {
//           s.tool("greet", [](ordinaut::ToolCall& call) {
//               return call.ok({{"text", "Hello " + call.arg("name")}});
//           });
//       }
//   };
//   ORDINAUT_EXTENSION(Greeter)
//
// A handler answers with one of ok(), fail…(), or keeps the call with later() and answers from any
// thread. A handler that does none of these, or throws, completes its call as ORD_E_INTERNAL with
// the reason. Objects here are safe to use from any thread until the extension is stopped, unless
// they say otherwise.
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
#include "tool_call.hpp"
#include "tools.h"

namespace ordinaut {

using ToolHandler = std::function<void(ToolCall&)>;
class Request;  // http.hpp
using RouteHandler = std::function<void(Request&)>;

struct EventPolicy {
    // Processes of one group share the events; empty: it looks on, by itself (events.h).
    std::string group = "default";
    // Where a new group begins: empty = now, "0" = the oldest kept, else after this id.
    std::string from_id{};
    std::chrono::nanoseconds ack_timeout{0};  // 0 = 60 s.
    uint32_t max_in_flight = 0;               // 0 = 16.
    uint32_t max_deliveries = 0;              // 0 = 10.
};

struct TaskPolicy {
    // Start to start; 0 = runs once, until it returns without throwing.
    std::chrono::nanoseconds period{0};
    std::chrono::nanoseconds backoff_min{0}, backoff_max{0};  // 0 = 1 s, 60 s.
    // Without sleep() or heartbeat() for so long it counts as stuck; 0 = never.
    std::chrono::nanoseconds heartbeat{0};
    uint32_t max_failures = 0;  // In a row, then it is given up; 0 = no limit.
    // In one process of the installation; the manifest's scope wins.
    bool cluster = true;
};
// Returning: done. Throwing: failed, started again after the backoff.
using TaskLoop = std::function<void(TaskToken&)>;

// What setup() declares. Valid inside setup() only.
class Setup {
public:
    explicit Setup(Instance& instance) : instance_(instance) {}
    // The schemas come from extension.json, where the tool is declared. Throws when the host
    // refuses it.
    void tool(std::string_view name, ToolHandler handler);
    // A route below /ext/<id>: "/hello", "/items/{id}", "/files/{*}". Without the grant ROUTES it
    // is logged and left out.
    void route(std::string_view method, std::string_view pattern, RouteHandler handler,
               uint64_t body_bytes_max = 0);
    void get(std::string_view pattern, RouteHandler handler) {
        route("GET", pattern, std::move(handler));
    }
    void post(std::string_view pattern, RouteHandler handler) {
        route("POST", pattern, std::move(handler));
    }
    void put(std::string_view pattern, RouteHandler handler) {
        route("PUT", pattern, std::move(handler));
    }
    void patch(std::string_view pattern, RouteHandler handler) {
        route("PATCH", pattern, std::move(handler));
    }
    void del(std::string_view pattern, RouteHandler handler) {
        route("DELETE", pattern, std::move(handler));
    }
    void any(std::string_view pattern, RouteHandler handler) {
        route("", pattern, std::move(handler));
    }
    // Events of a topic (wildcards "*" and "#"); an empty `ns` is the shared spine. Throws when the
    // host refuses it. Its body: events.hpp.
    void on_event(std::string_view ns, std::string_view topic, const EventPolicy& policy,
                  EventHandler handler);
    // Work of its own, on a thread of its own. Throws when the host refuses it. Its body:
    // background.hpp.
    void background(std::string_view name, const TaskPolicy& policy, TaskLoop loop);
    const Json& config() const;
    Host host() const { return Host(instance_); }

private:
    Instance& instance_;
};

// Derive from it; one object per instance. Constructed and destroyed on the control thread.
class Extension {
public:
    virtual ~Extension() = default;
    // Throwing refuses to start, with the exception's message as the reason.
    virtual void setup(Setup& setup) = 0;
    // Whoever overrides it is asked how it is, on a [worker] thread. Throwing: not well, and the
    // exception's message is shown to operators. Must answer within two seconds.
    virtual void health() {}
    // No new calls come; end what is kept soon. Must not block.
    virtual void quiesce() {}
    virtual void stop() {}  // Join your threads here.
};

}  // namespace ordinaut

#include "http.hpp"
#include "instance.hpp"
