#include "ext/background_task.h"

#include <thread>

#include "base/id.h"
#include "base/log.h"
#include "ext/call_context.h"
#include "ext/instance.h"
#include "ext/task_leases.h"

namespace ordinaut::ext {
namespace {

constexpr std::chrono::milliseconds kRetryHere{50};  // An earlier generation's task is ending.

MonoTime now() { return std::chrono::steady_clock::now(); }

// The next start after `slot` that is not over yet; starts that would overlap are left out.
MonoTime next_start(MonoTime slot, std::chrono::nanoseconds period) {
    const auto late = now() - slot;
    const auto periods = late > std::chrono::nanoseconds(0) ? late / period + 1 : 1;
    return slot + period * periods;
}

std::chrono::nanoseconds backoff(const TaskPlan& plan, uint32_t failures) {
    auto delay = plan.backoff_min;
    for (uint32_t n = 1; n < failures && delay < plan.backoff_max; ++n) delay *= 2;
    return std::min(delay, plan.backoff_max);
}

}  // namespace

HandleTable<BackgroundTask>& background_tasks() {
    static HandleTable<BackgroundTask> table(HandleKind::kTask);
    return table;
}

void BackgroundTask::start(std::shared_ptr<Instance> instance) {
    {
        const std::lock_guard lock(mutex_);
        if (started_) return;
        started_ = true;
        ended_ = stop_;
        if (ended_) return;
    }
    std::thread([self = shared_from_this(), instance = std::move(instance)]() mutable {
        self->run(*instance);
        background_tasks().drop(self->handle_);
        instance.reset();
        const std::lock_guard lock(self->mutex_);
        self->ended_ = true;
        self->changed_.notify_all();
    }).detach();
}

void BackgroundTask::request_stop() {
    InvocationRef running;
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        running = running_;
    }
    changed_.notify_all();
    if (running != nullptr) running->cancel();
}

void BackgroundTask::lose_lease() {
    InvocationRef running;
    {
        const std::lock_guard lock(mutex_);
        lease_lost_ = true;
        running = running_;
    }
    changed_.notify_all();
    if (running != nullptr) running->cancel();
}

bool BackgroundTask::wait_ended(MonoTime until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return ended_ || !started_; });
}

bool BackgroundTask::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

bool BackgroundTask::wait_until(MonoTime time) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, time, [this] { return stop_ || (lease_lost_ && plan_.cluster); });
    return !stop_;
}

ord_status BackgroundTask::sleep(std::chrono::nanoseconds duration) {
    std::unique_lock lock(mutex_);
    sleeping_ = true;
    const bool canceled =
        changed_.wait_until(lock, now() + duration, [this] { return must_return(); });
    sleeping_ = false;
    beat_ = now();
    return canceled ? ORD_E_CANCELED : ORD_OK;
}

ord_status BackgroundTask::heartbeat() {
    const std::lock_guard lock(mutex_);
    beat_ = now();
    return must_return() ? ORD_E_CANCELED : ORD_OK;
}

bool BackgroundTask::take_lease(Instance& instance) {
    const std::string name = instance.manifest().id + "/" + plan_.name;
    while (true) {
        const auto taken = leases_.take(name, plan_.cluster, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->lose_lease();
        });
        if (taken == TaskLeases::Taken::kMine) return true;
        std::unique_lock lock(mutex_);
        const auto pause =
            taken == TaskLeases::Taken::kHereAlready ? kRetryHere : leases_.retry_every();
        if (changed_.wait_for(lock, pause, [this] { return stop_; })) return false;
    }
}

bool BackgroundTask::was_lease_lost() {
    const std::lock_guard lock(mutex_);
    return std::exchange(lease_lost_, false);
}

void BackgroundTask::run(Instance& instance) {
    const std::string name = instance.manifest().id + "/" + plan_.name;
    uint32_t failures = 0;
    MonoTime slot = now(), next = slot;
    bool leased = false, more = true;
    while (more) {
        if (!leased) leased = take_lease(instance);
        if (!leased) break;
        if (!wait_until(next)) break;
        if (was_lease_lost()) {
            leases_.release(name);
            leased = false;
            continue;
        }
        const ord_status status = run_once(instance, failures);
        const std::lock_guard lock(mutex_);
        if (stop_) break;
        if (lease_lost_) continue;  // What a canceled start returns says nothing.
        if (status == ORD_OK) {
            failures = 0;
            more = plan_.period.count() > 0;
            if (more) next = slot = next_start(slot, plan_.period);
        } else {
            ++failures;
            more = plan_.failures_max == 0 || failures < plan_.failures_max;
            next = now() + backoff(plan_, failures);
        }
    }
    if (leased) leases_.release(name);
    if (!more && failures > 0)
        instance.fault("the task '" + plan_.name + "' failed " + std::to_string(failures) +
                       " times in a row and is given up");
}

ord_status BackgroundTask::run_once(Instance& instance, uint32_t failures) {
    tool::ToolCall call;
    call.name = instance.manifest().id + "/" + plan_.name;
    call.attempt = static_cast<int>(failures + 1);
    call.trace_id = new_id();
    std::erase(call.trace_id, '-');
    if (const auto identity = instance.own_identity()) {
        call.principal = identity->principal;
        call.scopes = identity->scopes;
    }
    const auto invocation = Invocation::begin(instance.context().deadlines, std::move(call),
                                              [](const tool::ToolResult&) {});
    invocation->pin();
    {
        const std::lock_guard lock(mutex_);
        if (must_return() || !invocation->assign(instance) || !invocation->enter(instance)) {
            invocation->complete({}, EndedBy::kHost);
            return ORD_E_CANCELED;
        }
        running_ = invocation;
        beat_ = now();
    }
    if (plan_.heartbeat.count() > 0) watch_heartbeat(instance, now() + plan_.heartbeat);
    const CallContext context(invocation->handle(), invocation->call());
    const ord_task raw{
        sizeof raw, failures, context.get(), handle_, {plan_.name.data(), plan_.name.size()}};
    std::string caught;
    const ord_status status = instance.upcall(
        *invocation, [&](const auto& table, void* self) { return table.on_task(self, &raw); },
        caught);
    instance.left(*invocation);
    bool asked = false;
    {
        const std::lock_guard lock(mutex_);
        running_ = nullptr;
        asked = must_return();
    }
    invocation->complete({}, EndedBy::kHost);
    if (!caught.empty())
        instance.fault("the task '" + plan_.name +
                       "' threw an exception across the boundary: " + caught);
    else if (status != ORD_OK && !asked)
        instance.fault("the task '" + plan_.name + "' failed: it returned " + status_name(status));
    return status;
}

void BackgroundTask::watch_heartbeat(Instance& instance, MonoTime at) {
    instance.context().deadlines.add(at,
                                     [weak = weak_from_this(), owner = instance.weak_from_this()] {
                                         const auto self = weak.lock();
                                         const auto alive = owner.lock();
                                         if (self != nullptr && alive != nullptr)
                                             self->check_heartbeat(*alive);
                                     });
}

void BackgroundTask::check_heartbeat(Instance& instance) {
    MonoTime next{};
    {
        const std::lock_guard lock(mutex_);
        if (running_ == nullptr || ended_) return;
        if (sleeping_) beat_ = now();
        if (now() - beat_ < plan_.heartbeat) next = beat_ + plan_.heartbeat;
    }
    if (next != MonoTime{}) return watch_heartbeat(instance, next);
    const auto seconds = std::chrono::duration<double>(plan_.heartbeat).count();
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", seconds);
    instance.fault("the task '" + plan_.name + "' has not called sleep() or heartbeat() for " +
                   text + " s; it counts as stuck");
}

}  // namespace ordinaut::ext
