// One running generation of an extension: its table, its threads, its open calls. Every upcall is
// made here, and what goes wrong in one becomes one clear sentence.
#pragma once
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>

#include "ext/extension_metrics.h"
#include "ext/handles.h"
#include "ext/home.h"
#include "ext/instance_context.h"
#include "ext/invocation.h"
#include "ext/library.h"
#include "ext/manifest.h"
#include "ext/subscriptions.h"
#include "ext/supervisor.h"
#include "ext/upcall.h"
#include "ext/watches.h"
#include "ext/workers.h"

namespace ordinaut::ext {

// Thread-safe but for start() and stop(), which are [control].
class Instance : public std::enable_shared_from_this<Instance> {
public:
    // Checks the descriptor and calls create and start. kInvalid, kUnavailable: why it does not
    // run; nothing is left behind.
    using Started = Result<std::shared_ptr<Instance>>;
    static Started start(InstanceContext& context, const Manifest& manifest, Grants grants,
                         std::string config_json, std::shared_ptr<const Library> library,
                         const std::shared_ptr<Home>& home);

    // Makes the upcall on a worker thread. `invocation` completes exactly once, whatever happens;
    // one that was not begun when this instance stops goes back to its home.
    void call(const InvocationRef& invocation);
    // Begins a call and makes its upcall on this thread. `meter` may be null.
    void call_here(tool::ToolCall&& call, tool::Done&& done,
                   const std::shared_ptr<ToolMeter>& meter);
    void post_cancel(ord_handle inv);

    // Hands calls back that have not begun, quiesces, waits for open ones until `deadline`,
    // completes the rest as gone, stops and destroys. False: some of its threads did not come back;
    // the instance is left in memory.
    bool stop(MonoTime deadline);
    // A stop under way, or to come, waits no longer than this. Thread-safe.
    void hurry(MonoTime deadline);
    // [control] True: it works with the new configuration; false: it has no way to take one and
    // must be started anew.
    Result<bool> reconfigure(const std::string& config_json);

    bool tells_health() const { return table_.health != nullptr; }
    // `done` once, also when it does not answer by `deadline`.
    void check_health(MonoTime deadline, tool::Done done);

    const Manifest& manifest() const { return manifest_; }
    Grants grants() const { return grants_; }
    // At once; what was registered stays registered.
    void narrow(Grants allowed) { grants_ = grants() & allowed; }
    // Tools it registered that the manifest does not declare.
    std::vector<tool::ToolSpec> offered() const;
    ord_handle self() const { return self_; }
    InstanceContext& context() const { return context_; }
    std::string config_json() const;

    // Downcalls. The table checks arguments, these decide.
    ord_status register_tool(tool::ToolSpec spec);
    ord_status unregister_tool(const std::string& bare_name);
    ord_status add_route(Route route, uint32_t flags);  // [control]
    // Reserves `token` for one answer, at `deadline_ns` (or 0) `at_deadline`. CONFLICT, LIMIT.
    ord_status open_downcall(uint64_t token, uint64_t deadline_ns,
                             ord_status at_deadline = ORD_E_DEADLINE);
    void set_cancel(uint64_t token, tool::CancelCall cancel);
    // The first one wins. `flags`: ORD_ASYNC_…; END is added.
    void answer(uint64_t token, ord_status status, std::string head_json, std::string bytes,
                uint32_t flags = ORD_ASYNC_DATA);
    // One message before the answer, if `token` is open; `delivered` runs after it, on its strand.
    void tell(uint64_t token, std::string bytes, std::function<void(Instance&)> delivered);
    Watches& watches() { return watches_; }
    ord_status cancel_downcall(uint64_t token);
    void log(uint32_t level, std::string_view message,
             const std::vector<std::pair<std::string, std::string>>& fields,
             const Invocation* invocation);
    // How far an invocation is: a line of its run's log. HANDLE is the table's to say.
    void progress(const Invocation& invocation, uint32_t permille, std::string_view message);

    // Calls the extension on this thread, as the upcall of `invocation`, which the caller holds. An
    // exception is ORD_E_INTERNAL, its message in `caught`.
    template <class Step>  // (const ord_extension_v1& table, void* instance) → ord_status
    ord_status upcall(Invocation& invocation, const Step& step, std::string& caught) {
        upcall_here = &invocation;
        const ord_status status = guarded([&] { return step(table_, instance_); }, caught);
        upcall_here = nullptr;
        return status;
    }
    void left(Invocation& invocation);  // An upcall that was entered has returned.
    // For whom it acts on its own; none: the operator gave it no identity. May ask the store.
    std::optional<CallerIdentity> own_identity() const;
    // Held while a downcall waits for a server; null: 1,000 wait already.
    std::shared_ptr<void> take_blocking_place();
    // Makes an upcall that is this instance's own matter (an event) on a worker thread. What it
    // returns is the completion, unless it is OK. `invocation` completes exactly once; while
    // stopping as retryable at once.
    using OwnUpcall = std::function<ord_status(const ord_extension_v1& table, void* instance,
                                               const ord_call* call)>;
    void post_upcall(const InvocationRef& invocation, OwnUpcall step);
    // INVALID: it has no on_event. Otherwise as Subscriptions.
    ord_status subscribe(SubscriptionPlan plan, ord_handle* subscription);
    Subscriptions& subscriptions() { return *subscriptions_; }
    ExtensionMetrics& metrics() { return metrics_; }
    // INVALID: it has no on_task. Otherwise as Supervisor.
    ord_status spawn_task(TaskPlan plan, ord_handle* task);

    // What it did wrong: at most 20 are remembered, and logged once. Of a `kind`: one, all logged.
    void fault(const std::string& what, const std::string& kind = {});
    std::vector<std::string> faults() const;
    std::vector<std::string> tasks_not_spawned() const;  // Of those the manifest declares.
    int stuck_upcalls() const;
    // Invocations given to it that have not ended. For who holds the instance.
    int open_count() const { return static_cast<int>((holds_ & ~kDraining) - kOwners); }
    // From Invocation; in between, the instance lives.
    void opened() { holds_ += kOne; }
    void closed();
    void stuck(Invocation& invocation);  // Its upcall does not return.

    // The invocation whose upcall runs on this thread, which lives as long as that; null: none.
    static Invocation* upcall_of_this_thread() { return upcall_here; }

private:
    struct Downcall {
        tool::CancelCall cancel;
        std::optional<Deadlines::Ticket> deadline;
    };
    Instance(InstanceContext& context, const Manifest& manifest, Grants grants,
             std::string config_json, std::shared_ptr<const Library> library,
             const std::shared_ptr<Home>& home);
    ~Instance();
    void let_go();
    Status create_and_start();
    Status check_registered() const;
    bool admit_line();
    std::string reason(const std::string& step, ord_status status) const;
    void run_upcall(const InvocationRef& invocation, const OwnUpcall& step);
    void run_tool(const InvocationRef& invocation);
    void run_entered(Invocation& invocation);
    void end_unbegun(Invocation& invocation);
    // http_upcall.cpp
    bool admit(const InvocationRef& invocation);
    void run_http(const InvocationRef& invocation);
    bool registers(const Route& declared) const;
    void cancel_streams();
    std::vector<InvocationRef> open_calls() const;
    void forget_downcalls();
    void hand_back(const InvocationRef& invocation);

    inline static constinit thread_local Invocation* upcall_here = nullptr;
    InstanceContext& context_;
    const Manifest manifest_;
    std::atomic<Grants> grants_;
    const std::shared_ptr<const Library> library_;
    const ord_extension_v1& table_;
    const std::weak_ptr<Home> home_;  // Owns this.
    const std::shared_ptr<ExtensionLog> log_;
    ord_handle self_ = 0;
    void* instance_ = nullptr;
    Routes routes_;  // [control] until start() returned; constant from then on.
    std::atomic<bool> routes_closed_{false};
    std::atomic<bool> quiescing_{false};
    // What keeps it in memory: all its shared_ptr together, and each open invocation. And whether
    // someone waits for the invocations to end.
    static constexpr uint64_t kOwners = 1, kOne = 1, kDraining = uint64_t{1} << 32;
    std::atomic<uint64_t> holds_{kOwners};
    std::atomic<int> stuck_count_{0};  // Of stuck_calls_.
    ExtensionMetrics metrics_;
    Supervisor supervisor_;
    const std::shared_ptr<Subscriptions> subscriptions_;
    std::shared_ptr<std::atomic<int>> blocking_ = std::make_shared<std::atomic<int>>(0);
    Watches watches_;
    Workers workers_;  // [worker] upcalls.
    Workers signals_;  // on_async, on_cancel, in order.

    mutable std::mutex mutex_;  // Guards what follows.
    std::string config_json_;
    MonoTime stop_deadline_ = MonoTime::max();
    std::condition_variable drained_;
    std::set<ord_handle> stuck_calls_;  // Upcalls that were given up and have not returned.
    std::unordered_map<uint64_t, Downcall> downcalls_;
    std::set<std::string> registered_;               // Full names.
    std::map<std::string, tool::ToolSpec> offered_;  // Those the manifest does not declare.
    std::vector<std::pair<std::string, std::string>> faults_;  // Kind, what.
    // Logged at level error during create and start: the reason, in the extension's words.
    std::string last_error_line_;
};

// Every instance of this process that has a valid `self`.
HandleTable<Instance>& instances();

}  // namespace ordinaut::ext
