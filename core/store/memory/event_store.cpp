#include "store/memory/event_store.h"

namespace ordinaut::store::memory {

std::map<Id, MemoryEventStore::Indexes> MemoryEventStore::match(
    const std::vector<IncomingEvent>& events, const Matches& matches) {
    std::map<Id, Indexes> wanted;
    for (const auto& [id, task] : state_.tasks) {
        if (task.schedule_kind != ScheduleKind::kEvent ||
            (task.status != TaskStatus::kActive && task.status != TaskStatus::kPaused))
            continue;
        const auto agent = state_.agents.find(task.owner);
        const bool admin = agent != state_.agents.end() && agent->second.agent.enabled &&
                           std::count(agent->second.agent.scopes.begin(),
                                      agent->second.agent.scopes.end(), "admin") > 0;
        for (size_t i = 0; i < events.size(); ++i)
            if (concerns(events[i], task.owner, admin) && young_enough(events[i], task) &&
                matches(task.schedule_expr, events[i].topic))
                wanted[id].push_back(i);
    }
    return wanted;
}

void MemoryEventStore::fire(Task& task, const std::vector<IncomingEvent>& events,
                            const Indexes& mine, const Planner& plan, Change& change,
                            Intake& intake) {
    std::vector<WallTime> published;
    for (const size_t i : mine) published.push_back(events[i].published_at);
    if (task.status == TaskStatus::kPaused) {
        state_.record_skips(task, {{published.front(), published.back(),
                                    static_cast<int64_t>(mine.size()), "skipped(paused)", 0}});
        intake.skipped += static_cast<int>(mine.size());
        return;
    }
    const auto others = state_.live_ids_of(task.id);
    const auto planned = plan(state_.due_view(task), published, state_.now());
    if (!planned.ok()) return state_.pause_task(task, planned.error().message);
    for (const Fire& fire : planned->fires) {
        const IncomingEvent& event = events[mine.at(fire.event)];
        intake.queued += state_.queue_run(run_of(task, event, fire), "scheduler");
    }
    if (planned->cancel_others && state_.cancel_runs(others, kOverlapReason, "scheduler").asked > 0)
        change.notify(Channel::kControl);
    state_.record_skips(task, planned->skips);
    for (const Skip& skip : planned->skips) intake.skipped += static_cast<int>(skip.count);
}

Result<Intake> MemoryEventStore::take_in(const std::vector<IncomingEvent>& events,
                                         const Matches& matches, const Planner& plan) {
    Change change(state_);
    Intake intake;
    auto wanted = match(events, matches);
    std::set<size_t> all, fresh;
    for (const auto& [task, indexes] : wanted) all.insert(indexes.begin(), indexes.end());
    std::set<std::pair<std::string, std::string>> repeated;
    for (const size_t i : all) {
        const std::pair name(events[i].source, events[i].event_id);
        if (state_.events_seen.insert(name).second)
            fresh.insert(i);
        else
            repeated.insert(name);
    }
    for (const size_t i : fresh) repeated.erase({events[i].source, events[i].event_id});
    intake.repeated = static_cast<int>(repeated.size());
    for (auto& [id, indexes] : wanted) {
        std::erase_if(indexes, [&](size_t i) { return fresh.count(i) == 0; });
        if (!indexes.empty()) fire(state_.tasks.at(id), events, indexes, plan, change, intake);
    }
    if (intake.queued > 0) {
        change.notify(Channel::kDue);
        change.notify(Channel::kRuns);
    }
    return intake;
}

Result<std::vector<Id>> MemoryEventStore::waiting_for(std::string_view topic,
                                                      const Matches& matches,
                                                      const OwnerFilter& owner, int limit) {
    Change change(state_);
    std::vector<Id> ids;
    for (const auto& [id, task] : state_.tasks)
        if (task.schedule_kind == ScheduleKind::kEvent && task.status == TaskStatus::kActive &&
            sees(owner, task.owner) && matches(task.schedule_expr, topic) &&
            ids.size() < static_cast<size_t>(limit))
            ids.push_back(id);
    return ids;
}

Status MemoryEventStore::tell(const std::vector<HostEvent>& events, std::string_view audit_action,
                              std::string_view audit_subject, const Actor& actor) {
    Change change(state_);
    for (const HostEvent& event : events) state_.announce(event);
    state_.audit(audit_action, audit_subject, "", actor);
    change.notify(Channel::kRuns);
    return ok();
}

Result<int> MemoryEventStore::relay(int limit, const Publish& publish) {
    std::vector<OutboxBatch> batches;
    {
        Change change(state_);
        while (!state_.outbox.empty() && batches.size() < static_cast<size_t>(limit)) {
            batches.push_back(std::move(state_.outbox.front()));
            state_.outbox.pop_front();
        }
    }
    if (batches.empty()) return 0;
    if (const Status published = publish(batches); !published.ok()) {
        Change change(state_);
        state_.outbox.insert(state_.outbox.begin(), batches.begin(), batches.end());
        return published.error();
    }
    return static_cast<int>(batches.size());
}

}  // namespace ordinaut::store::memory
