#include "store/memory/condition_store.h"

namespace ordinaut::store::memory {

Result<std::vector<ConditionLease>> MemoryConditionStore::claim(int limit,
                                                                std::chrono::milliseconds ttl) {
    Change change(state_);
    const WallTime now = state_.now();
    std::vector<std::pair<WallTime, Id>> due;
    for (const auto& [id, row] : state_.conditions)
        if (state_.tasks.at(id).status == TaskStatus::kActive && row.evaluate_at <= now &&
            (!row.locked_until || *row.locked_until < now))
            due.emplace_back(*row.evaluate_at, id);
    std::sort(due.begin(), due.end());
    if (due.size() > static_cast<size_t>(limit)) due.resize(static_cast<size_t>(limit));
    std::vector<ConditionLease> leases;
    for (const auto& [at, id] : due) {
        ConditionRow& row = state_.conditions.at(id);
        row.locked_until = now + ttl;
        row.lease_token = new_id();
        ConditionLease lease;
        lease.lease_token = row.lease_token;
        lease.task = state_.tasks.at(id);
        const auto owner = state_.agents.find(lease.task.owner);
        if (owner != state_.agents.end() && owner->second.agent.enabled)
            lease.owner_scopes = owner->second.agent.scopes;
        leases.push_back(std::move(lease));
    }
    return leases;
}

ConditionRow* MemoryConditionStore::held(const Id& task_id, const Id& token) {
    const auto row = state_.conditions.find(task_id);
    return row != state_.conditions.end() && row->second.lease_token == token ? &row->second
                                                                              : nullptr;
}

// What becomes of an edge of an active task, which stands as its next_run_at.
void MemoryConditionStore::fire(const Task& edge, const ConditionVerdict& verdict,
                                const Planner& plan, Change& change) {
    const auto planned = plan(state_.due_view(edge), state_.now());
    if (!planned) return state_.pause_task(state_.tasks.at(edge.id), planned.error().message);
    const auto fired =
        state_.fire(edge, *planned, RunSource::kCondition, verdict.event_json, "condition");
    if (fired.any) {
        change.notify(Channel::kDue);
        change.notify(Channel::kRuns);
    }
    if (fired.asked) change.notify(Channel::kControl);
}

Result<std::vector<AnswerOutcome>> MemoryConditionStore::settle(
    const std::vector<ConditionAnswer>& answers, const Judge& judge, const Planner& plan) {
    Change change(state_);
    const WallTime now = state_.now();
    std::vector<AnswerOutcome> outcomes;
    for (const ConditionAnswer& answer : answers) {
        ConditionRow* row = held(answer.task_id, answer.lease_token);
        outcomes.push_back(AnswerOutcome::kLost);
        if (row == nullptr) continue;
        const ConditionVerdict verdict = judge(answer, row->state, now);
        Task task = state_.tasks.at(answer.task_id);
        if (verdict.fires && task.status != TaskStatus::kActive) continue;
        const std::chrono::seconds interval(answer.condition.interval_seconds);
        row->state = verdict.state;
        row->evaluate_at =
            (*row->evaluate_at + interval > now ? *row->evaluate_at : now) + interval;
        row->locked_until.reset();
        row->lease_token.clear();
        state_.record_skips(task, verdict.skips);
        outcomes.back() = verdict.fires ? AnswerOutcome::kFired : AnswerOutcome::kStored;
        if (!verdict.fires) continue;
        task.next_run_at = now;
        fire(task, verdict, plan, change);
    }
    return outcomes;
}

Status MemoryConditionStore::release(const std::vector<std::pair<Id, Id>>& tasks_and_tokens) {
    Change change(state_);
    for (const auto& [task_id, token] : tasks_and_tokens)
        if (ConditionRow* row = held(task_id, token)) {
            row->locked_until.reset();
            row->lease_token.clear();
        }
    return ok();
}

}  // namespace ordinaut::store::memory
