// What stands behind FakeHost: open calls, deliveries on a thread of their own, a clock moved by
// hand. Tests use fake_host.hpp; the C functions in tables*.hpp use this.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "invocation.hpp"
#include "json_scan.hpp"
#include "layout.hpp"
#include "ordinaut/log.h"

namespace ordinaut::testing {

inline ord_str to_c(const std::string& text) { return {text.data(), text.size()}; }
inline std::string from_c(ord_str text) {
    return text.ptr == nullptr ? std::string() : std::string(text.ptr, text.len);
}

enum class Stage { kNew, kCreated, kRunning, kQuiescing, kStopped, kDestroyed };

// Thread-safe: `mutex` guards every member below it.
class Engine : public std::enable_shared_from_this<Engine> {
public:
    static std::shared_ptr<Engine> make(Options options);
    ~Engine();
    // The host that made `handle`, or null.
    static std::shared_ptr<Engine> of(ord_handle handle);

    // Needs the lock.
    ord_handle new_handle() { return (uint64_t{number_} << 40) | ++last_handle_; }
    ord_handle self() const { return (uint64_t{number_} << 40) | 1; }
    const Options& options() const { return options_; }

    // Something the extension did that a host would refuse. Each once.
    void violation(const std::string& what);
    void violation_locked(const std::string& what);
    bool denied(const std::string& grant) const { return options_.denied.count(grant) != 0; }

    // ── calls ──
    std::shared_ptr<Invocation> open(CallKind kind, std::string what, const CallOptions& call);
    std::shared_ptr<Invocation> find(ord_handle inv);  // Needs the lock. Also ended ones.
    // The upcall came back with `status`.
    void returned(const std::shared_ptr<Invocation>& invocation, ord_status status);
    ord_status finish(ord_handle inv, ord_status status, const std::string& json,
                      const std::string& message);
    void end_locked(Invocation& invocation, Outcome outcome, bool by_host);
    void cancel(ord_handle inv);
    bool wait_ended(const std::shared_ptr<Invocation>& invocation);

    // ── what the extension asked for and gets in on_async ──
    ord_status ask(uint64_t token, std::function<void()> on_cancel = {});
    void answer(uint64_t token, const Reply& reply,
                uint32_t flags = ORD_ASYNC_DATA | ORD_ASYNC_END);
    ord_status cancel_asked(uint64_t token);
    // What fail_next() prepared for `function`.
    std::optional<Reply> prepared(const std::string& function);

    // ── time and deliveries ──
    // 2026-01-01.
    int64_t unix_ns() const {
        return 1767225600'000000000 + static_cast<int64_t>(now_ns - born_ns);
    }
    void at(uint64_t monotonic_ns, uint64_t id, std::function<void()> action);  // Needs the lock.
    void forget_timer(uint64_t id);
    void advance(Nanoseconds by);
    // Until nothing is left to deliver and every task sleeps. False: patience ran out.
    bool settle();
    void post(std::function<void()> job);  // Runs on the delivery thread.
    void stop_deliveries();

    ord_buf make_buffer(std::string text);

    std::mutex mutex;
    std::condition_variable changed;
    const ord_extension_v1* table = nullptr;
    void* instance = nullptr;
    Stage stage = Stage::kNew;
    uint64_t now_ns = 0, born_ns = 0;

    std::vector<std::string> violations;
    std::vector<LogLine> logs;
    std::vector<ToolSpec> tools;
    std::vector<Route> routes;
    std::vector<Published> published;
    std::vector<Subscription> subscriptions;
    std::map<ord_handle, BackgroundTask> tasks;
    std::map<std::string, KvEntry> kv;
    struct Family {
        std::string name;
        uint32_t kind;
        std::vector<std::string> labels;
        std::map<std::vector<std::string>, double> values;  // A histogram: the sum.
        std::map<std::vector<std::string>, uint64_t> counts;
    };
    std::map<ord_handle, Family> metrics;
    std::vector<Asked> operations_called, tools_invoked;
    std::vector<Progress> progress;
    std::map<std::string, Responder> operations, foreign_tools;
    std::map<std::string, std::string> secrets;
    std::map<std::string, std::deque<Reply>> failing;
    std::map<uint64_t, Watched> watches;  // By token.
    std::map<ord_handle, std::string> buffers;
    std::map<ord_handle, std::shared_ptr<Invocation>> invocations;

private:
    struct Asking {
        std::function<void()> on_cancel;
        bool watch = false;
    };
    struct Timer {
        uint64_t when, id;
        std::function<void()> action;
    };
    explicit Engine(Options options, uint32_t number)
        : options_(std::move(options)), number_(number) {}
    static std::map<uint32_t, std::weak_ptr<Engine>>& all();
    static std::mutex& all_mutex();
    bool busy_locked() const;

    const Options options_;
    const uint32_t number_;
    uint64_t last_handle_ = 1;
    std::map<uint64_t, Asking> asking_;
    std::vector<Timer> timers_;
    std::deque<std::function<void()>> jobs_;
    bool delivering_ = false, closed_ = false;
    std::thread deliveries_;
};

}  // namespace ordinaut::testing

#include "engine_calls.hpp"
#include "engine_time.hpp"
