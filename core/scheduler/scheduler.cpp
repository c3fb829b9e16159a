#include "scheduler/scheduler.h"

#include "base/log.h"
#include "scheduler/fire_planner.h"

namespace ordinaut::scheduler {

Scheduler::Scheduler(store::ScheduleStore& schedules, store::Wakeup& wakeup, SchedulerOptions options)
    : schedules_(schedules), wakeup_(wakeup), options_(options), cache_(options.schedules_cached, options.min_interval) {}

Scheduler::~Scheduler() { stop(); }

void Scheduler::start() {
    listening_ = wakeup_.listen(store::Channel::kDue, [this] {
        std::lock_guard lock(mutex_);
        woken_ = true;
        changed_.notify_one();
    });
    thread_ = std::thread([this] { loop(); });
}

void Scheduler::stop() {
    listening_.reset();
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

Result<int> Scheduler::tick() {
    const int fired = TRY(schedules_.fire_due(options_.batch, [this](const store::DueTask& due, WallTime now) -> Result<store::FirePlan> {
        const auto schedule = TRY(cache_.get(due.task));
        return plan_fires(due, now, [&](WallTime after) { return schedule->next_after(after); });
    }));
    const int expired = TRY(schedules_.expire_unstarted(options_.batch));
    return std::max(fired, expired);
}

std::chrono::microseconds Scheduler::time_to_sleep() {
    const auto next = schedules_.until_next();
    if (!next.ok() || !*next) return options_.poll_max;
    return std::clamp<std::chrono::microseconds>(**next, std::chrono::microseconds(0), options_.poll_max);
}

void Scheduler::loop() {
    bool failing = false;
    while (true) {
        {
            std::lock_guard lock(mutex_);
            if (stopping_) return;
            woken_ = false;  // Before looking: a change made after this line wakes the wait below.
        }
        const auto handled = tick();
        if (handled.ok() == failing) {
            failing = !handled.ok();
            if (failing) log_error("scheduler.tick_failed", {{"error", handled.error().message}});
            else log_info("scheduler.recovered");
        }
        if (handled.ok() && *handled == options_.batch) continue;  // There may be more.
        const auto pause = failing ? std::chrono::microseconds(std::chrono::seconds(1)) : time_to_sleep();
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, pause, [this] { return stopping_ || woken_; });
    }
}

}  // namespace ordinaut::scheduler
