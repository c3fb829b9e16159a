// What the stores in memory share: the rows, and the moves of runs between queued, running and
// finished.
#pragma once
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "store/memory/rows.h"

namespace ordinaut::store::memory {

struct State {
    explicit State(const Clock& wall) : clock(wall) {}

    const Clock& clock;
    std::mutex mutex;

    std::map<Id, Task> tasks;
    std::map<std::pair<Id, std::string>, DedupeKey> dedupe;  // By owner and key.
    std::map<Id, LiveRun> live;
    std::map<Id, FinishedRun> finished;
    std::map<Id, std::map<std::string, Step>> steps;  // By run and step.
    std::map<Id, std::vector<RunEvent>> events;
    std::map<Id, std::vector<RunLogLine>> logs;
    std::vector<SkipRow> skips;
    std::map<Id, int> failures_in_a_row;    // By task.
    std::map<Id, ConditionRow> conditions;  // By task.
    std::optional<std::string> paused_by;
    std::map<std::string, WorkerInfo> workers;

    std::map<Id, AgentRow> agents;
    std::map<std::string, RefreshToken> refresh_tokens;  // By hash.
    std::map<std::string, LoginLink> links;              // By hash.
    std::map<std::string, Session> sessions;             // By hash.
    std::map<std::pair<Id, std::string>, SecretRow> secrets;
    std::map<std::pair<Id, std::string>, Calendar> calendars;  // By owner and name.
    std::set<Id> snoozed;                                      // Tasks.
    std::map<std::string, std::string> settings;
    std::map<std::pair<Id, std::string>, IdempotencyRow> idempotency;
    std::map<std::string, ExtensionDecision> extensions;
    std::vector<AuditRow> audits;
    std::deque<ChangeNote> changes;  // In order.
    ChangePosition change_horizon;
    int64_t told = 0;  // Changes so far.
    // By source and event_id.
    std::set<std::pair<std::string, std::string>> events_seen;
    std::deque<OutboxBatch> outbox;

    std::mutex listeners_mutex;
    std::map<int, std::pair<Channel, Wakeup::Listener>> listeners;
    int next_listener = 0;
    int64_t sequence = 0;

    // The rest is called with `mutex` held.
    WallTime now() const { return clock.wall_now(); }
    // Gives it its position; here every change is a transaction of its own.
    void tell(ChangeNote note);
    // Of the task an audit row is about.
    Id owner_of(std::string_view subject) const;
    void audit(std::string_view action, std::string_view subject, std::string_view details,
               const Actor& actor);

    void announce(const HostEvent& event);  // To the outbox.
    void announce_end(const Run& run, std::string_view reason);

    Result<Task*> find_task(const Id& id, const OwnerFilter& owner);
    Task with_last_run(const Task& task) const;
    RunState shown_state(const LiveRun& live) const;
    Run shown(const LiveRun& live) const;
    std::optional<Run> find_run(const Id& id, const OwnerFilter& owner) const;
    int live_runs_of(const Id& task_id) const;

    void note(const Run& run, std::string_view from, std::string_view to, std::string_view actor,
              std::string_view reason, WallTime at);
    // False when the run exists already, live or finished.
    bool queue_run(const NewRun& run, const std::string& actor);
    // `run_id` by value: callers pass the id of the very row that goes away.
    void end_run(Id run_id, RunState state, std::string_view output, std::string_view error,
                 std::string_view reason, const std::string& actor);
    // end_run in two steps, for several runs that end together.
    Id move_to_finished(Id run_id, RunState state, std::string_view output, std::string_view error,
                        std::string_view reason, const std::string& actor);
    void settle(const Id& task_id, RunState ended, const std::string& actor);
    void expire(const Id& run_id, const std::string& actor);
    void complete_if_exhausted(const Id& task_id);
    void release_buffered(const Id& task_id, const std::string& actor);
    void count_failure(const Id& task_id, RunState ended);
    void pause_task(Task& task, std::string_view reason);
    void record_skips(const Task& task, const std::vector<Skip>& more);
    // What a planner is told of a task.
    DueTask due_view(const Task& task) const;
    // Queues what the plan fires; true when any run is new. Asked: running ones were told to stop.
    struct Fired {
        bool any = false, asked = false;
    };
    Fired fire(const Task& task, const FirePlan& plan, RunSource source,
               const std::string& event_json, const std::string& actor);
    // Whatever is being evaluated is lost; the next evaluation is due at once.
    void restart_condition(const Task& task, const ConditionState& state);
    CanceledRuns cancel_runs(const std::vector<Id>& run_ids, std::string_view reason,
                             const std::string& actor);
    std::vector<Id> live_ids_of(const Id& task_id) const;
};

// Holds the state's mutex; wakes the noted channels after releasing it.
class Change {
public:
    explicit Change(State& state) : state_(state), lock_(state.mutex), told_before_(state.told) {}
    ~Change();
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;
    void notify(Channel channel) { channels_.insert(channel); }

private:
    State& state_;
    std::unique_lock<std::mutex> lock_;
    const int64_t told_before_;
    std::set<Channel> channels_;
};

std::string actor_label(const Actor& actor);
inline bool sees(const OwnerFilter& filter, const Id& owner) { return !filter || *filter == owner; }

// The page of `items`, and how many there are.
template <class Item>
Listing<Item> page_of(std::vector<Item> items, Page page) {
    Listing<Item> listing;
    listing.total = static_cast<int64_t>(items.size());
    const auto first = std::min(items.size(), static_cast<size_t>(page.offset));
    const auto last = std::min(items.size(), first + static_cast<size_t>(page.limit));
    listing.items.assign(
        std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(first)),
        std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(last)));
    return listing;
}

}  // namespace ordinaut::store::memory
