// What an extension may ask of its host. Included by ordinaut.hpp.
#pragma once
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extension.h"
#include "log.h"

namespace ordinaut {

inline ord_str to_ord(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view to_view(ord_str text) { return {text.ptr, static_cast<size_t>(text.len)}; }

enum class Level : uint32_t {
    kDebug = ORD_LOG_DEBUG,
    kInfo = ORD_LOG_INFO,
    kWarn = ORD_LOG_WARN,
    kError = ORD_LOG_ERROR
};

using LogFields = std::vector<std::pair<std::string, std::string>>;

// The answer to an asynchronous request.
struct Answer {
    ord_status status;
    // ORD_OK: the result. Otherwise {"message", "details"?, "retry_after_ms"?, …}.
    std::string json;
    std::string message;  // Otherwise: what went wrong.
    bool ok() const { return status == ORD_OK; }
};
using OnAnswer = std::function<void(Answer)>;
using OnChange = std::function<void(std::string_view change_json)>;
using Token = uint64_t;  // Of an asynchronous request, for Host::cancel().

class Completion;  // ordinaut.hpp

struct PublishOptions {
    const Completion* call = nullptr;  // Its trace and causation go on in the event.
    // The same one again changes nothing; empty: the host makes one.
    std::string_view event_id{};
};

struct CoreOptions {
    std::string_view idempotency_key{};  // The same one again gives the first answer again.
    // The version (of a task) it must still have; else ORD_E_CONFLICT.
    std::string_view if_match{};
};

struct KvOptions {
    std::optional<uint64_t> expected_revision{};  // None = any; 0 = there must be none.
    std::chrono::nanoseconds ttl{0};              // Then it is gone; 0 = never.
};

struct EventPolicy;  // ordinaut.hpp
class Event;         // events.hpp
// Returning: done. Throwing CallError: as its status says; anything else thrown: delivered again.
using EventHandler = std::function<void(Event&)>;

class Instance;   // instance.hpp
class TaskToken;  // background.hpp
class Counter;    // metrics.hpp
class Gauge;
class Histogram;

// Cheap to copy; valid until the extension is destroyed. Every `done` runs exactly once, on a host
// thread, and must not block; a refusal at once comes the same way, on the calling thread.
class Host {
public:
    explicit Host(Instance& instance) : instance_(&instance) {}
    void log(Level level, std::string_view message, const LogFields& fields = {}) const;
    // Calls an operation of the server, or a tool, for the caller of `call` (none: for the
    // extension itself).
    Token core(const Completion* call, std::string_view operation, std::string_view input_json,
               OnAnswer done, const CoreOptions& options = {}) const;
    Token invoke(const Completion* call, std::string_view tool, std::string_view input_json,
                 OnAnswer done) const;
    // The catalogue: a JSON array, as ord_tools_v1::list.
    std::string tools() const;
    // core.hpp. `change` for each change of tasks and runs that fits ({"type","task_id",…}, or
    // {"type":"resync"}: read anew), one after the other; it must not block. Then `ended`, also
    // when it is refused. For the caller of `call`, until that is answered; none: for the
    // extension.
    Token watch(const Completion* call, std::string_view filter_json, OnChange change,
                OnAnswer ended = {}) const;
    void cancel(Token token) const;  // The answer still comes, usually ORD_E_CANCELED.
    std::optional<std::string> secret(std::string_view name) const;

    // timer.hpp
    std::chrono::system_clock::time_point now() const;
    Token after(std::chrono::nanoseconds delay, OnAnswer done) const;

    // events.hpp. An empty `ns` is the shared spine. With `done` absent a failure is logged.
    Token publish(std::string_view ns, std::string_view topic, std::string_view payload_json,
                  OnAnswer done = {}, const PublishOptions& options = {}) const;
    // As Setup::on_event, at any time. A round trip: not while holding what the handler wants.
    ord_handle subscribe(std::string_view ns, std::string_view topic, const EventPolicy& policy,
                         EventHandler handler) const;
    // The handler is called no more, but may be at work; what it had not done goes to others.
    void unsubscribe(ord_handle subscription) const;

    // kv.hpp. What goes wrong comes in the answer.
    Token kv_get(std::string_view key, OnAnswer done) const;
    Token kv_put(std::string_view key, std::string_view value_json, OnAnswer done,
                 const KvOptions& options = {}) const;
    Token kv_erase(std::string_view key, OnAnswer done,
                   std::optional<uint64_t> expected_revision = {}) const;
    Token kv_scan(std::string_view prefix, std::string_view after, uint32_t limit,
                  OnAnswer done) const;

    // metrics.hpp. Throws CallError when the host refuses the name or its shape.
    Counter counter(std::string_view name, std::string_view help,
                    const std::vector<std::string>& labels = {}) const;
    Gauge gauge(std::string_view name, std::string_view help,
                const std::vector<std::string>& labels = {}) const;
    Histogram histogram(std::string_view name, std::string_view help,
                        const std::vector<std::string>& labels = {},
                        const std::vector<double>& buckets = {}) const;
    std::string metrics() const;  // Of the whole process, as ord_metrics_v1::collect.

private:
    Instance* instance_;
};

// Waits for one asynchronous request; never in an OnAnswer, which comes on the thread that would
// bring the answer.
//   const Answer a = ordinaut::await([&](OnAnswer done) { host.kv_get("cursor", std::move(done));
//   });
template <class Start>
Answer await(Start start) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    start(OnAnswer([promise](Answer given) { promise->set_value(std::move(given)); }));
    return answer.get();
}

}  // namespace ordinaut
