#include "store/postgres/firing.h"

namespace ordinaut::store::postgres {
namespace {

bool acts_on_runs(const Task& task) {
    return task.overlap == Overlap::kBufferOne || task.overlap == Overlap::kBufferAll ||
           task.overlap == Overlap::kCancelOther;
}

std::map<Id, LiveRuns> lock_live_runs(Transaction& tx, const std::vector<DueTask>& tasks) {
    std::vector<Id> ids;
    for (const DueTask& due : tasks)
        if (acts_on_runs(due.task)) ids.push_back(due.task.id);
    std::map<Id, LiveRuns> live;
    if (ids.empty()) return live;
    for (const auto& line : tx.run("lock_live_runs", Params().ids(ids))) {
        Row row(line);
        LiveRuns& runs = live[row.text()];
        LockedRun run;
        run.run_id = row.text();
        run.is_leased = row.boolean();
        runs.running += run.is_leased;
        runs.buffered += row.boolean();
        runs.locked.push_back(std::move(run));
    }
    return live;
}

void load_calendars(Transaction& tx, std::vector<DueTask>& tasks) {
    Array owners, names;
    bool any = false;
    for (const DueTask& due : tasks)
        for (const std::string& name : due.task.calendars) {
            any = true;
            owners.id(due.task.owner);
            names.text(name);
        }
    if (!any) return;
    std::map<std::pair<Id, std::string>, std::shared_ptr<const Calendar>> calendars;
    for (const auto& line : tx.run("calendars_of", Params().array(owners).array(names))) {
        Row row(line);
        const auto calendar = std::make_shared<const Calendar>(row.calendar());
        calendars[{calendar->owner, calendar->name}] = calendar;
    }
    for (DueTask& due : tasks)
        for (const std::string& name : due.task.calendars)
            if (const auto found = calendars.find({due.task.owner, name}); found != calendars.end())
                due.calendars.push_back(found->second);
}

}  // namespace

DueBatch look_at_runs(Transaction& tx, WallTime now, std::vector<Task> tasks) {
    DueBatch batch;
    batch.now = now;
    for (Task& task : tasks) {
        DueTask due;
        due.task = std::move(task);
        batch.tasks.push_back(std::move(due));
    }
    if (batch.tasks.empty()) return batch;
    load_calendars(tx, batch.tasks);
    batch.live = lock_live_runs(tx, batch.tasks);
    std::vector<Id> ids;
    for (const DueTask& due : batch.tasks) ids.push_back(due.task.id);
    std::map<Id, int> counts;
    for (const auto& line : tx.run("count_live_runs", Params().ids(ids))) {
        Row row(line);
        const Id id = row.text();
        counts[id] = row.integer();
    }
    for (DueTask& due : batch.tasks) {
        due.live_runs = counts[due.task.id];
        const LiveRuns& live = batch.live[due.task.id];
        due.running_runs = live.running;
        due.buffered_runs = live.buffered;
    }
    std::erase_if(batch.tasks, [&](const DueTask& due) {
        return acts_on_runs(due.task) &&
               static_cast<int>(batch.live[due.task.id].locked.size()) < due.live_runs;
    });
    return batch;
}

void add_plan(Firing& firing, const Task& task, const FirePlan& plan, const LiveRuns& live,
              RunSource source, const std::string& event_json) {
    for (const Fire& fire : plan.fires) {
        NewRun run;
        run.run_id = occurrence_run_id(task.id, task.generation, fire.nominal_at);
        run.task = &task;
        run.source = source;
        run.nominal_at = fire.nominal_at;
        run.run_at = fire.run_at;
        run.event_json = event_json;
        run.buffered = fire.buffered;
        firing.runs.push_back(std::move(run));
    }
    if (!plan.skips.empty()) firing.skips.emplace_back(task.id, plan.skips);
    if (plan.cancel_others)
        firing.canceled.insert(firing.canceled.end(), live.locked.begin(), live.locked.end());
}

int write(Transaction& tx, const Firing& firing, const std::string& actor) {
    const int queued = queue_runs(tx, firing.runs, actor);
    cancel_locked(tx, firing.canceled, kOverlapReason, actor);
    record_skips(tx, firing.skips);
    return queued;
}

}  // namespace ordinaut::store::postgres
