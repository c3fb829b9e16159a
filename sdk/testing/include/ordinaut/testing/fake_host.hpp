// fake_host.hpp: a host for unit tests. Runs one extension in the test's process, with a clock
// moved by hand, and writes down what the extension does.
//
//   ordinaut::testing::FakeHost host;                    // The extension linked into this program.
//   host.start();
//   const auto answer = host.call("greet", R"({"name":"Ada"})");
//   // answer.status == ORD_OK, answer.json == R"({"text":"Hello Ada"})"
//
// Upcalls run on the thread that makes them here; on_async, on_cancel and timers on one of the
// host's; every background task on its own. Nothing moves time but advance(). At the end
// violations() lists what a host would not put up with.
#pragma once
#include <dlfcn.h>

#include "interfaces.hpp"

namespace ordinaut::testing {

// One upcall under way. Copyable; all copies are the same call.
class Call {
public:
    Call(std::shared_ptr<Engine> engine, std::shared_ptr<Invocation> invocation)
        : engine_(std::move(engine)), invocation_(std::move(invocation)) {}
    // Its completion; DEADLINE with "no answer …" when patience runs out.
    Outcome wait() const;
    bool ended() const;
    // Nobody waits any more: on_cancel(), cancelled().
    void cancel() const { engine_->cancel(invocation_->handle); }
    // How often the extension completed it; more than 1 is its mistake.
    unsigned answers() const;
    ord_handle inv() const { return invocation_->handle; }

    // For requests. http(): what has been answered so far. wait_body(): until the body holds `text`
    // or the answer ends.
    HttpAnswer http() const;
    bool wait_body(const std::string& text) const;
    // The client takes what was written: makes room in Options::http_window.
    void read_all() const;
    void leave() const { cancel(); }

private:
    std::shared_ptr<Engine> engine_;
    std::shared_ptr<Invocation> invocation_;
};

class FakeHost {
public:
    // null: the linked one.
    explicit FakeHost(Options options = {}, const ord_extension_v1* descriptor = nullptr);
    ~FakeHost();  // As stop().
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    // ── life ──
    // create() and start(); background tasks begin. Not OK: nothing more happens.
    ord_status start();
    void stop();          // quiesce(), stop(), destroy(); open calls end as GONE. Again: nothing.
    ord_status create();  // The steps one by one, in this order.
    ord_status start_created();
    void quiesce();
    void stop_quiesced();
    void destroy();
    ord_status reconfigure(const std::string& config_json);

    // ── calls ──
    Outcome call(const std::string& tool, const std::string& input_json,
                 const CallOptions& options = {}) {
        return begin(tool, input_json, options).wait();
    }
    Call begin(const std::string& tool, const std::string& input_json,
               const CallOptions& options = {});
    // "/path?query"; 404: no route.
    HttpAnswer http(const std::string& method, const std::string& target,
                    const HttpOptions& options = {});
    Call begin_http(const std::string& method, const std::string& target,
                    const HttpOptions& options = {});
    // One delivery to each open subscription that wants it.
    std::vector<Call> deliver(const std::string& topic, const std::string& payload_json,
                              const EventOptions& options = {});
    Outcome health();  // OK when the extension has no health().

    // ── time ──
    // Timers, deadlines, sleeps and periods on the way happen.
    void advance(Nanoseconds by) { engine_->advance(by); }
    // Until everything asked for is delivered and tasks sleep.
    bool settle() { return engine_->settle(); }

    // ── what others answer ──
    void on_operation(const std::string& id, Responder responder) {
        set(engine_->operations, id, std::move(responder));
    }
    void on_tool(const std::string& name, Responder responder) {
        set(engine_->foreign_tools, name, std::move(responder));
    }
    void set_secret(const std::string& name, const std::string& text) {
        set(engine_->secrets, name, text);
    }
    void set_kv(const std::string& key, const std::string& value_json) {
        set(engine_->kv, key, KvEntry{value_json, 1, 0});
    }
    // The next answer of "kv.get", "kv.put", "kv.erase", "kv.scan", "events.publish" or
    // "core.watch".
    void fail_next(const std::string& function, ord_status status,
                   const std::string& message = "as the test asked");
    // To every open watch of ord.core, whatever its filter; a watch whose call has ended ends.
    void emit_change(const std::string& change_json);
    // Ends all of them, as a host does that takes the right away.
    void end_watches(ord_status status, const std::string& message = "as the test asked");

    // ── what it did ──
    std::vector<LogLine> logs() const { return get(engine_->logs); }
    bool logged(const std::string& part) const;
    std::vector<ToolSpec> tools() const { return get(engine_->tools); }
    std::vector<Route> routes() const { return get(engine_->routes); }
    std::vector<Published> published() const { return get(engine_->published); }
    std::vector<Subscription> subscriptions() const { return get(engine_->subscriptions); }
    std::map<ord_handle, BackgroundTask> tasks() const { return get(engine_->tasks); }
    BackgroundTask task(const std::string& name) const;
    std::optional<std::string> kv(const std::string& key) const;
    // A histogram: its sum. NaN: not there.
    double metric(const std::string& name, const std::vector<std::string>& label_values = {}) const;
    std::vector<Asked> operations_called() const { return get(engine_->operations_called); }
    std::vector<Asked> tools_invoked() const { return get(engine_->tools_invoked); }
    std::map<uint64_t, Watched> watches() const { return get(engine_->watches); }  // Open ones.
    std::vector<Progress> progress() const { return get(engine_->progress); }
    std::vector<std::string> violations() const { return get(engine_->violations); }

    const ord_extension_v1& descriptor() const { return *engine_->table; }

private:
    template <class Map, class Value>
    void set(Map& map, const std::string& key, Value value) {
        const std::lock_guard lock(engine_->mutex);
        map[key] = std::move(value);
    }
    template <class T>
    T get(const T& value) const {
        const std::lock_guard lock(engine_->mutex);
        return value;
    }
    template <class Upcall>
    Call begin_upcall(CallKind kind, const std::string& what, const CallOptions& options,
                      Upcall upcall);

    std::shared_ptr<Engine> engine_;
};

// The descriptor of a built extension, "…/libgreeter.so"; null, with the reason in `why`, when it
// cannot be loaded. It is never unloaded.
inline const ord_extension_v1* load(const std::string& file, std::string* why = nullptr) {
    void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    void* const entry = library == nullptr ? nullptr : dlsym(library, "ordinaut_extension_v1");
    if (entry == nullptr) {
        if (why != nullptr) *why = dlerror();
        return nullptr;
    }
    return reinterpret_cast<const ord_extension_v1* (*)(void)>(entry)();
}

}  // namespace ordinaut::testing

#include "fake_host_calls.hpp"
