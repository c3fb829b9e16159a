#include "store/postgres/event_store.h"

#include "base/check.h"
#include "store/postgres/firing.h"

namespace ordinaut::store::postgres {
namespace {

const Actor kScheduler{"", "scheduler", "", ""};

using Matches = EventStore::Matches;
using Name = std::pair<std::string, std::string>;  // Source and event_id.
using Indexes = std::vector<size_t>;

struct Candidate {
    Id id, owner;
    std::string pattern;
    bool owner_is_admin = false, is_active = false;
};

std::vector<Candidate> find_candidates(Transaction& tx, const std::vector<std::string>& topics) {
    return read_all(tx.run("event_tasks", Params().texts(topics)), [](Row& row) {
        Candidate candidate;
        candidate.id = row.text();
        candidate.pattern = row.text();
        candidate.owner = row.text();
        candidate.owner_is_admin = row.boolean();
        candidate.is_active = row.text() == name_of(TaskStatus::kActive);
        return candidate;
    });
}

// Which of the events each task waits for.
std::map<Id, Indexes> match(Transaction& tx, const std::vector<IncomingEvent>& events,
                            const Matches& matches) {
    std::map<std::string, Indexes> by_topic;
    for (size_t i = 0; i < events.size(); ++i) by_topic[events[i].topic].push_back(i);
    std::vector<std::string> topics;
    for (const auto& [topic, indexes] : by_topic) topics.push_back(topic);
    std::map<Id, Indexes> wanted;
    for (const Candidate& candidate : find_candidates(tx, topics)) {
        Indexes mine;
        for (const auto& [topic, indexes] : by_topic) {
            if (!matches(candidate.pattern, topic)) continue;
            for (const size_t i : indexes)
                if (concerns(events[i], candidate.owner, candidate.owner_is_admin))
                    mine.push_back(i);
        }
        if (mine.empty()) continue;
        std::sort(mine.begin(), mine.end());  // As they stand in the spine.
        wanted.emplace(candidate.id, std::move(mine));
    }
    return wanted;
}

// Notes those that tasks wait for; the indexes of the new ones, and how many were known.
std::pair<std::set<size_t>, int> note(Transaction& tx, const std::vector<IncomingEvent>& events,
                                      const std::map<Id, Indexes>& wanted) {
    std::map<Name, size_t> by_name;  // The first of those that came twice.
    for (const auto& [task, indexes] : wanted)
        for (const size_t i : indexes) {
            auto& first =
                by_name.try_emplace({events[i].source, events[i].event_id}, i).first->second;
            first = std::min(first, i);
        }
    Array sources, ids, topics;
    for (const auto& [name, i] : by_name) {
        sources.text(name.first);
        ids.text(name.second);
        topics.text(events[i].topic);
    }
    std::set<size_t> fresh;
    for (const auto& line :
         tx.run("note_events", Params().array(sources).array(ids).array(topics))) {
        Row row(line);
        std::string source = row.text();
        fresh.insert(by_name.at({std::move(source), row.text()}));
    }
    return {fresh, static_cast<int>(by_name.size() - fresh.size())};
}

struct Waiting {
    WallTime now{};
    std::vector<Task> tasks;
};

// The tasks that still want their events, locked, with what they get.
Waiting lock_tasks(Transaction& tx, const std::vector<IncomingEvent>& events,
                   const Matches& matches, std::map<Id, Indexes>& wanted) {
    std::vector<Id> ids;
    for (const auto& [id, indexes] : wanted) ids.push_back(id);
    Waiting waiting;
    waiting.tasks = read_all(tx.run("lock_event_tasks", Params().ids(ids)), [&](Row& row) {
        waiting.now = row.time();
        return row.task();
    });
    std::erase_if(waiting.tasks, [&](const Task& task) {  // It may have been changed meanwhile.
        Indexes& mine = wanted.at(task.id);
        std::erase_if(mine, [&](size_t i) {
            return !matches(task.schedule_expr, events[i].topic) || !young_enough(events[i], task);
        });
        return mine.empty();
    });
    return waiting;
}

// Sets aside paused tasks with a record of what they miss.
void skip_paused(Waiting& waiting, const std::vector<IncomingEvent>& events,
                 const std::map<Id, Indexes>& wanted, Firing& firing, Intake& intake) {
    std::erase_if(waiting.tasks, [&](const Task& task) {
        if (task.status != TaskStatus::kPaused) return false;
        const Indexes& mine = wanted.at(task.id);
        Skip skip;
        skip.first = events[mine.front()].published_at;
        skip.last = events[mine.back()].published_at;
        skip.count = static_cast<int64_t>(mine.size());
        skip.reason = "skipped(paused)";
        firing.skips.emplace_back(task.id, std::vector<Skip>{skip});
        intake.skipped += static_cast<int>(mine.size());
        return true;
    });
}

// What the plan for one task writes.
void add_event_plan(Firing& firing, const DueTask& due, const FirePlan& plan, const LiveRuns& live,
                    const std::vector<IncomingEvent>& events, const Indexes& mine) {
    for (const Fire& fire : plan.fires)
        firing.runs.push_back(run_of(due.task, events[mine.at(fire.event)], fire));
    if (!plan.skips.empty()) firing.skips.emplace_back(due.task.id, plan.skips);
    if (plan.cancel_others)
        firing.canceled.insert(firing.canceled.end(), live.locked.begin(), live.locked.end());
}

}  // namespace

Result<Intake> PgEventStore::take_in(const std::vector<IncomingEvent>& events,
                                     const Matches& matches, const Planner& plan) {
    if (events.empty()) return Intake{};
    return pool_.transact([&](Transaction& tx) -> Result<Intake> {
        Intake intake;
        auto wanted = match(tx, events, matches);
        if (wanted.empty()) return intake;
        const auto [fresh, repeated] = note(tx, events, wanted);
        intake.repeated = repeated;
        for (auto& [id, indexes] : wanted)
            std::erase_if(indexes, [&fresh = fresh](size_t i) { return fresh.count(i) == 0; });
        std::erase_if(wanted, [](const auto& entry) { return entry.second.empty(); });
        if (wanted.empty()) return intake;

        Waiting waiting = lock_tasks(tx, events, matches, wanted);
        Firing firing;
        skip_paused(waiting, events, wanted, firing, intake);
        const size_t expected = waiting.tasks.size();
        const DueBatch batch = look_at_runs(tx, waiting.now, std::move(waiting.tasks));
        if (batch.tasks.size() < expected)
            return conflict("runs of a task that waits for the event are just being changed");
        for (const DueTask& due : batch.tasks) {
            std::vector<WallTime> published;
            const Indexes& mine = wanted.at(due.task.id);
            for (const size_t i : mine) published.push_back(events[i].published_at);
            const auto planned = plan(due, published, batch.now);
            if (!planned.ok()) {
                pause_task(tx, due.task.id, planned.error().message, kScheduler);
                continue;
            }
            add_event_plan(firing, due, *planned, batch.live.at(due.task.id), events, mine);
            for (const Skip& skip : planned->skips) intake.skipped += static_cast<int>(skip.count);
        }
        intake.queued = write(tx, firing, kScheduler.name);
        return intake;
    });
}

Result<std::vector<Id>> PgEventStore::waiting_for(std::string_view topic, const Matches& matches,
                                                  const OwnerFilter& owner, int limit) {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<Id>> {
        std::vector<Id> ids;
        for (const Candidate& candidate : find_candidates(tx, {std::string(topic)}))
            if (candidate.is_active && (!owner || *owner == candidate.owner) &&
                matches(candidate.pattern, topic))
                ids.push_back(candidate.id);
        std::sort(ids.begin(), ids.end());
        if (ids.size() > static_cast<size_t>(limit)) ids.resize(static_cast<size_t>(limit));
        return ids;
    });
}

Status PgEventStore::tell(const std::vector<HostEvent>& events, std::string_view audit_action,
                          std::string_view audit_subject, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        for (const HostEvent& event : events) tx.tell(event);
        append_audit(tx, audit_action, audit_subject,
                     events.empty() ? "" : events.front().payload_json, actor);
        return ok();
    });
}

namespace {

std::vector<HostEvent> read_events(std::string_view json) {
    const auto parsed = parse_json(json, {.bytes_max = size_t{256} << 20});
    CHECK(parsed.ok() && parsed->IsArray());  // Written by this program.
    std::vector<HostEvent> events;
    for (const auto& item : parsed->GetArray()) {
        HostEvent event;
        event.topic = string_or(item, "topic", "");
        event.payload_json = to_json(*find(item, "payload"));
        event.trace_id = string_or(item, "trace_id", "");
        event.causation_depth = find(item, "depth")->GetInt();
        events.push_back(std::move(event));
    }
    return events;
}

}  // namespace

Result<int> PgEventStore::relay(int limit, const Publish& publish) {
    return pool_.transact([&](Transaction& tx) -> Result<int> {
        std::map<int64_t, OutboxBatch> in_order;
        for (const auto& line : tx.run("take_outbox", Params().number(limit))) {
            Row row(line);
            OutboxBatch& batch = in_order[row.number()];
            batch.id = row.text();
            batch.events = read_events(row.text());
        }
        if (in_order.empty()) return 0;
        std::vector<OutboxBatch> batches;
        for (auto& [sequence, batch] : in_order) batches.push_back(std::move(batch));
        TRY(publish(batches));
        return static_cast<int>(batches.size());
    });
}

}  // namespace ordinaut::store::postgres
