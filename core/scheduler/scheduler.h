// The scheduler's thread: sleeps until the next task is due or someone changed one, then fires what
// is due.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "metrics/registry.h"
#include "scheduler/calendar_cache.h"
#include "scheduler/schedule_cache.h"
#include "store/schedule_store.h"
#include "store/system_store.h"
#include "store/wakeup.h"

namespace ordinaut::scheduler {

struct SchedulerOptions {
    metrics::Registry* metrics = nullptr;  // Where lateness is measured; null = nowhere.
    int batch = 500;                       // Tasks per transaction.
    // Looks at least this often, whatever was or was not notified.
    std::chrono::milliseconds poll_max{5000};
    size_t calendars_cached = 1'000;  // Likewise exclusion calendars.
    // Parsed schedules kept for the next fire of their task.
    size_t schedules_cached = 20'000;
    // As the server checks schedules when they are saved.
    std::chrono::seconds min_interval{1};
};

// Thread-safe. The stores must outlive it.
class Scheduler {
public:
    Scheduler(store::ScheduleStore& schedules, store::SystemStore& system, store::Wakeup& wakeup,
              SchedulerOptions options);
    ~Scheduler();  // Stops.

    void start();
    void stop();  // Returns after the transaction in progress.

    // One batch of fires and one of expiries; how many the larger was. For the thread and for
    // tests.
    Result<int> tick();

    // What events do to a task; for EventStore::take_in.
    Result<store::FirePlan> plan_events(const store::DueTask& due,
                                        const std::vector<WallTime>& published, WallTime now);

    // When `version` is not the release of the time zone data that the tasks' next occurrences were
    // computed with (on any process): computes those that lie ahead anew. True when it was another.
    // The thread begins with it.
    Result<bool> follow_zone_data(std::string_view version);

private:
    void loop();
    Result<store::FirePlan> plan(const store::DueTask& due, WallTime now);
    std::chrono::microseconds time_to_sleep(bool found_nothing);

    store::ScheduleStore& schedules_;
    store::SystemStore& system_;
    store::Wakeup& wakeup_;
    const SchedulerOptions options_;
    ScheduleCache cache_;
    CalendarCache calendars_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool woken_ = false;
    std::shared_ptr<void> listening_;
    std::thread thread_;
};

}  // namespace ordinaut::scheduler
