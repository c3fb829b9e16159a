#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/run_counts.h"

namespace ordinaut::operations {
namespace {

Reply run_reply(const Run& run) { return {.body_json = json_of(run)}; }

Reply detail_reply(const store::RunDetail& detail) {
    JsonWriter writer;
    write_json(writer, detail.run, detail.steps);
    return {.body_json = writer.take()};
}

void write_counts(JsonWriter& writer, const store::RunCounts& counts) {
    write_outcomes(writer, counts);
    optional_number(writer, "success_rate", counts.success_rate);
    optional_number(writer, "duration_seconds_mean", counts.duration_seconds_mean);
    optional_number(writer, "duration_seconds_p50", counts.duration_seconds_p50);
    optional_number(writer, "duration_seconds_p95", counts.duration_seconds_p95);
    optional_number(writer, "lateness_seconds_mean", counts.lateness_seconds_mean);
}

Result<Reply> stats_reply(Services& services, const Call& call, const Id& task_id) {
    const auto stats = TRY(services.stores.runs.stats(
        task_id, static_cast<int>(integer_of(call, "days", 7)), owner(call)));
    JsonWriter writer;
    writer.begin_object().field("days", stats.days);
    write_counts(writer, stats.all);
    writer.key("per_day").begin_array();
    for (const auto& day : stats.per_day) {
        writer.begin_object().field("day", day.day);
        write_counts(writer, day.counts);
        writer.end_object();
    }
    writer.end_array().end_object();
    return Reply{.body_json = writer.take()};
}

}  // namespace

Result<Reply> list_runs(Services& services, const Call& call) {
    store::RunQuery query;
    query.owner = owner(call);
    query.page = page_of(call);
    if (find(call.input, "task_id") != nullptr) query.task_id = id_of(call, "task_id");
    if (find(call.input, "success") != nullptr) query.success = boolean_of(call, "success", false);
    if (find(call.input, "state") != nullptr)
        query.state = find_name<RunState>(text_of(call, "state"));
    if (find(call.input, "created_by") != nullptr) {
        const Id created_by = id_of(call, "created_by");
        // What others own is not there for who is no admin.
        if (!call.caller.admin() && created_by != call.caller.agent_id)
            return Reply{.body_json = list_json(store::Listing<Run>{}, query.page,
                                                [](JsonWriter&, const Run&) {})};
        query.owner = created_by;
    }
    const std::string sort = text_of(call, "sort", "-created_at");
    query.descending = sort.starts_with('-');
    query.sort = sort.substr(query.descending ? 1 : 0);
    query.start_time = TRY(time_of(call, "start_time"));
    query.end_time = TRY(time_of(call, "end_time"));
    query.id_part = id_of(call, "id");
    auto listing = TRY(services.stores.runs.list(query));
    if (!boolean_of(call, "include_errors", true))
        for (Run& run : listing.items) run.error_json.clear();
    return Reply{.body_json = list_json(listing, query.page,
                                        [](JsonWriter& w, const Run& run) { write_json(w, run); })};
}

Result<Reply> get_run(Services& services, const Call& call) {
    return detail_reply(TRY(services.stores.runs.get(id_of(call, "run_id"), owner(call))));
}

Result<Reply> latest_run(Services& services, const Call& call) {
    return detail_reply(TRY(services.stores.runs.latest(id_of(call, "task_id"), owner(call))));
}

Result<Reply> run_events(Services& services, const Call& call) {
    const auto events = TRY(services.stores.runs.events(id_of(call, "run_id"), owner(call)));
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& event : events) write_json(writer, event);
    return Reply{.body_json = writer.end_array().end_object().take()};
}

Result<Reply> run_logs(Services& services, const Call& call) {
    const int64_t after = integer_of(call, "after", 0);
    const auto lines =
        TRY(services.stores.runs.logs(id_of(call, "run_id"), owner(call), after,
                                      static_cast<int>(integer_of(call, "limit", 200))));
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& line : lines) write_json(writer, line);
    writer.end_array().field("next_after", after + static_cast<int64_t>(lines.size()));
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> cancel_run(Services& services, const Call& call) {
    return run_reply(TRY(services.stores.queue.cancel(
        id_of(call, "run_id"), text_of(call, "reason"), owner(call), actor(call))));
}

Result<Reply> retry_run(Services& services, const Call& call) {
    return run_reply(
        TRY(services.stores.queue.retry(id_of(call, "run_id"), owner(call), actor(call))));
}

Result<Reply> replay_run(Services& services, const Call& call) {
    return run_reply(
        TRY(services.stores.queue.replay(id_of(call, "run_id"), owner(call), actor(call))));
}

Result<Reply> task_run_stats(Services& services, const Call& call) {
    TRY(services.stores.tasks.get(id_of(call, "task_id"), owner(call)));
    return stats_reply(services, call, id_of(call, "task_id"));
}

Result<Reply> run_summary(Services& services, const Call& call) {
    return stats_reply(services, call, "");
}

}  // namespace ordinaut::operations
