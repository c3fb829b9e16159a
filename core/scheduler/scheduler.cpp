#include "scheduler/scheduler.h"

#include "base/log.h"
#include "scheduler/fire_planner.h"

namespace ordinaut::scheduler {
namespace {
// Something is due and was not to be had: another process has it in hand at this moment.
constexpr std::chrono::milliseconds kBreath{20};
}  // namespace

Scheduler::Scheduler(store::ScheduleStore& schedules, store::SystemStore& system,
                     store::Wakeup& wakeup, SchedulerOptions options)
    : schedules_(schedules),
      system_(system),
      wakeup_(wakeup),
      options_(options),
      cache_(options.schedules_cached, options.min_interval),
      calendars_(options.calendars_cached) {}

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

Result<store::FirePlan> Scheduler::plan(const store::DueTask& due, WallTime now) {
    const auto schedule = TRY(cache_.get(due.task));
    const auto next_after = [&](WallTime after) { return schedule->next_after(after); };
    if (due.task.calendars.empty()) return plan_fires(due, now, next_after);
    auto exclusions = TRY(calendars_.set_for(due, schedule->zone()));
    return plan_fires(due, now, next_after, [&](WallTime at) { return exclusions.reason(at); });
}

Result<store::FirePlan> Scheduler::plan_events(const store::DueTask& due,
                                               const std::vector<WallTime>& published,
                                               WallTime now) {
    if (due.task.calendars.empty()) return scheduler::plan_events(due, published, now);
    auto exclusions = TRY(calendars_.set_for(due, TRY(schedule::Zone::find(due.task.timezone))));
    return scheduler::plan_events(due, published, now,
                                  [&](WallTime at) { return exclusions.reason(at); });
}

Result<int> Scheduler::tick() {
    const int fired =
        TRY(schedules_.fire_due(options_.batch, [this](const store::DueTask& due, WallTime now) {
            if (options_.metrics != nullptr && due.task.next_run_at)
                options_.metrics
                    ->histogram("orchestrator_scheduler_lag_seconds",
                                "How late occurrences are fired, in seconds.")
                    .observe(std::chrono::duration<double>(now - *due.task.next_run_at).count());
            return plan(due, now);
        }));
    const int expired = TRY(schedules_.expire_unstarted(options_.batch));
    return std::max(fired, expired);
}

Result<bool> Scheduler::follow_zone_data(std::string_view version) {
    constexpr std::string_view kSetting = "zone_data.version";
    if (TRY(system_.setting_or_init(kSetting, version)) == version) return false;
    std::optional<Id> last;
    while (true) {
        {
            std::lock_guard lock(mutex_);
            if (stopping_) return true;  // The next start goes on: the setting is written last.
        }
        last = TRY(schedules_.reschedule(
            last, options_.batch,
            [this](const Task& task, WallTime after) -> Result<std::optional<WallTime>> {
                return TRY(cache_.get(task))->next_after(after);
            }));
        if (!last) break;
    }
    TRY(system_.set_setting(kSetting, version));
    log_info("scheduler.zone_data_changed", {{"version", version}});
    return true;
}

std::chrono::microseconds Scheduler::time_to_sleep(bool found_nothing) {
    const auto next = schedules_.until_next();
    if (!next.ok() || !*next) return options_.poll_max;
    const auto wait = std::min<std::chrono::microseconds>(**next, options_.poll_max);
    if (found_nothing && wait <= std::chrono::microseconds(0)) return kBreath;
    return std::max(wait, std::chrono::microseconds(0));
}

void Scheduler::loop() {
    if (const auto followed = follow_zone_data(schedule::tzdata_version()); !followed.ok())
        log_error("scheduler.zone_data_not_followed", {{"error", followed.error().message}});
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
            if (failing)
                log_error("scheduler.tick_failed", {{"error", handled.error().message}});
            else
                log_info("scheduler.recovered");
        }
        if (handled.ok() && *handled == options_.batch) continue;  // There may be more.
        const auto pause = failing ? std::chrono::microseconds(std::chrono::seconds(1))
                                   : time_to_sleep(*handled == 0);
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, pause, [this] { return stopping_ || woken_; });
    }
}

}  // namespace ordinaut::scheduler
