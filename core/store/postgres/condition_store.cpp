#include "store/postgres/condition_store.h"

#include "store/postgres/firing.h"

namespace ordinaut::store::postgres {
namespace {
const Actor kWatcher{"", "condition", "", ""};

std::string stored_form(const ConditionState& state) {
    JsonWriter writer;
    write_json(writer, state);
    return writer.take();
}

// The states before, of those answers whose lease still holds.
struct Locked {
    WallTime now{};
    std::map<Id, ConditionState> before;  // By lease token.
};

Locked lock_answered(Transaction& tx, const std::vector<ConditionAnswer>& answers) {
    Array ids, tokens;
    for (const ConditionAnswer& answer : answers) {
        ids.id(answer.task_id);
        tokens.id(answer.lease_token);
    }
    Locked locked;
    for (const auto& line : tx.run("lock_answered_conditions", Params().array(ids).array(tokens))) {
        Row row(line);
        locked.now = row.time();
        Id token = row.text();
        locked.before.emplace(std::move(token), condition_state_from_stored(row.text()));
    }
    return locked;
}

struct Judged {
    ConditionVerdict verdict;
    AnswerOutcome outcome = AnswerOutcome::kLost;
};

// The tasks of edges, locked, as far as they are active; the edge stands as next_run_at.
std::vector<Task> lock_edges(Transaction& tx, const std::vector<Judged>& judged,
                             const std::vector<ConditionAnswer>& answers, WallTime now) {
    std::vector<Id> ids;
    for (size_t i = 0; i < answers.size(); ++i)
        if (judged[i].verdict.fires) ids.push_back(answers[i].task_id);
    if (ids.empty()) return {};
    return read_all(tx.run("lock_edge_tasks", Params().ids(ids)), [&](Row& row) {
        Task task = row.task();
        task.next_run_at = now;
        return task;
    });
}

// Edges become runs, or reasons. What is not active is lost; what cannot be decided now is busy.
void fire_edges(Transaction& tx, std::vector<Judged>& judged,
                const std::vector<ConditionAnswer>& answers, const Locked& locked,
                const ConditionStore::Planner& plan) {
    auto tasks = lock_edges(tx, judged, answers, locked.now);
    std::set<Id> active;
    for (const Task& task : tasks) active.insert(task.id);
    const DueBatch batch = look_at_runs(tx, locked.now, std::move(tasks));
    Firing firing;
    for (size_t i = 0; i < answers.size(); ++i) {
        if (!judged[i].verdict.fires) continue;
        const auto due =
            std::find_if(batch.tasks.begin(), batch.tasks.end(),
                         [&](const DueTask& one) { return one.task.id == answers[i].task_id; });
        judged[i].outcome =
            active.count(answers[i].task_id) == 0 ? AnswerOutcome::kLost : AnswerOutcome::kBusy;
        if (due == batch.tasks.end()) continue;
        judged[i].outcome = AnswerOutcome::kFired;
        const auto planned = plan(*due, locked.now);
        if (planned)
            add_plan(firing, due->task, *planned, batch.live.at(due->task.id),
                     RunSource::kCondition, judged[i].verdict.event_json);
        else
            pause_task(tx, due->task.id, planned.error().message, kWatcher);
    }
    write(tx, firing, kWatcher.name);
}

}  // namespace

Result<std::vector<ConditionLease>> PgConditionStore::claim(int limit,
                                                            std::chrono::milliseconds ttl) {
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<ConditionLease>> {
        const auto due = read_all(tx.run("lock_due_conditions", Params().number(limit)),
                                  [](Row& row) { return Id(row.text()); });
        if (due.empty()) return std::vector<ConditionLease>();
        tx.run("rest_conditions", Params().ids(due));
        return read_all(tx.run("lease_conditions", Params().ids(due).number(ttl.count())),
                        [](Row& row) {
                            ConditionLease lease;
                            lease.lease_token = row.text();
                            lease.owner_scopes = row.texts();
                            lease.task = row.task();
                            return lease;
                        });
    });
}

Result<std::vector<AnswerOutcome>> PgConditionStore::settle(
    const std::vector<ConditionAnswer>& answers, const Judge& judge, const Planner& plan) {
    return pool_.transact([&](Transaction& tx) -> Result<std::vector<AnswerOutcome>> {
        const Locked locked = lock_answered(tx, answers);
        std::vector<Judged> judged(answers.size());
        for (size_t i = 0; i < answers.size(); ++i) {
            const auto before = locked.before.find(answers[i].lease_token);
            if (before == locked.before.end()) continue;
            judged[i].verdict = judge(answers[i], before->second, locked.now);
            judged[i].outcome = AnswerOutcome::kStored;
        }
        fire_edges(tx, judged, answers, locked, plan);
        Array ids, states, intervals;
        std::vector<std::pair<Id, std::vector<Skip>>> skips;
        std::vector<AnswerOutcome> outcomes;
        bool any = false;
        for (size_t i = 0; i < answers.size(); ++i) {
            outcomes.push_back(judged[i].outcome);
            if (judged[i].outcome == AnswerOutcome::kLost ||
                judged[i].outcome == AnswerOutcome::kBusy)
                continue;
            any = true;
            ids.id(answers[i].task_id);
            states.text(stored_form(judged[i].verdict.state));
            intervals.number(answers[i].condition.interval_seconds);
            if (!judged[i].verdict.skips.empty())
                skips.emplace_back(answers[i].task_id, judged[i].verdict.skips);
        }
        if (any) tx.run("settle_conditions", Params().array(ids).array(states).array(intervals));
        record_skips(tx, skips);
        return outcomes;
    });
}

Status PgConditionStore::release(const std::vector<std::pair<Id, Id>>& tasks_and_tokens) {
    return pool_.transact([&](Transaction& tx) -> Status {
        Array ids, tokens;
        for (const auto& [task_id, token] : tasks_and_tokens) {
            ids.id(task_id);
            tokens.id(token);
        }
        tx.run("release_conditions", Params().array(ids).array(tokens));
        return ok();
    });
}

}  // namespace ordinaut::store::postgres
