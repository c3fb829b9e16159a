// Events on their way into the queue, and the host's own on their way out. SEMANTICS: at least once
// in, each event exactly one run of each task that waits for it.
#pragma once
#include <functional>

#include "store/schedule_store.h"

namespace ordinaut::store {

// An event caused by so many others is the last of its chain: what it causes is not published.
inline constexpr int kCausationDepthMax = 8;

// An event of the spine.
struct IncomingEvent {
    std::string source, event_id;  // Together its name.
    std::string topic, payload_json, trace_id;
    int causation_depth = 0;
    WallTime published_at{};
    // Only tasks of this owner, and of admins, get it; empty = of admins; none = everyone's.
    std::optional<Id> concerns = std::nullopt;
};

struct Intake {
    int queued = 0;    // Runs.
    int skipped = 0;   // Recorded as not run, with the reason.
    int repeated = 0;  // Events that had been taken in before.
};

// What the host has to say of its own.
struct HostEvent {
    std::string topic;
    std::string payload_json;  // One object.
    std::string trace_id = {};
    int causation_depth = 0;
};

struct OutboxBatch {
    Id id;
    std::vector<HostEvent> events;
};

// Thread-safe.
class EventStore {
public:
    virtual ~EventStore() = default;

    // Whether a topic is meant by a task's schedule_expr. Must not call the store, nor may Planner.
    using Matches = std::function<bool(std::string_view pattern, std::string_view topic)>;
    // What the events of these times, in the spine's order, do to the task. FirePlan::next_run_at
    // does not matter; Fire::event is the index of the time.
    using Planner = std::function<Result<FirePlan>(
        const DueTask&, const std::vector<WallTime>& published, WallTime now)>;

    // One transaction: notes the events that concern a task and were not noted before, locks those
    // tasks, asks `plan` for the active ones and queues the runs (source event, id derived from
    // task and event), records what does not run ("skipped(paused)" for paused tasks) and notifies
    // `ordinaut_due`. An event does not concern a task whose schedule is more than a minute
    // younger, nor any when its chain is too long. An error from `plan` pauses the task with that
    // reason. kConflict: runs that an overlap policy acts on are being changed at this moment;
    // nothing was done, try again.
    virtual Result<Intake> take_in(const std::vector<IncomingEvent>& events, const Matches& matches,
                                   const Planner& plan) = 0;

    // Active tasks that would get an event of this topic published by anyone, by id, at most
    // `limit`.
    virtual Result<std::vector<Id>> waiting_for(std::string_view topic, const Matches& matches,
                                                const OwnerFilter& owner, int limit) = 0;

    // Writes events to the outbox, and the audit row they belong to. Stores do so themselves for
    // what they change.
    virtual Status tell(const std::vector<HostEvent>& events, std::string_view audit_action,
                        std::string_view audit_subject, const Actor& actor) = 0;

    // Takes at most `limit` batches out of the outbox, oldest first, when `publish` says ok; else
    // they stay, and its error comes back. How many. A batch may be published again when the
    // process ends in between: its id is the same. `publish` must not call the store.
    using Publish = std::function<Status(const std::vector<OutboxBatch>&)>;
    virtual Result<int> relay(int limit, const Publish& publish) = 0;
};

// The id of the run that an event causes.
Id event_run_id(const Id& task_id, std::string_view source, std::string_view event_id);

// Whether the event reaches the task at all.
bool concerns(const IncomingEvent& event, const Id& task_owner, bool owner_is_admin);
// False: the event is older than the task's schedule by more than clocks differ.
bool young_enough(const IncomingEvent& event, const Task& task);
// Run::trigger_json of the event.
std::string trigger_of(const IncomingEvent& event);
// Run::trigger_json of a run asked for on behalf of another that an event caused; empty = of none.
std::string trigger_of(const Actor& actor);
// Of events published because of a run with this trigger.
int depth_after(std::string_view trigger_json);

// What the host says when a task changes; empty texts and null are left out of the payload.
HostEvent task_event(std::string_view topic, const Id& task_id, const Id& owner,
                     std::string_view reason, const Actor& actor);

}  // namespace ordinaut::store
