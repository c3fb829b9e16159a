#include "events/event_bus.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "schedule/zone.h"

namespace ordinaut::operations {
namespace {

Reply queue_reply(const store::QueueStats& stats) {
    JsonWriter writer;
    writer.begin_object()
        .field("ready", stats.ready)
        .field("running", stats.running)
        .field("scheduled", stats.scheduled)
        .field("retry_wait", stats.retry_wait)
        .field("depth", stats.ready + stats.running + stats.scheduled + stats.retry_wait);
    if (stats.oldest_ready_at)
        writer.field("oldest_ready_at", format_time(*stats.oldest_ready_at));
    else
        writer.key("oldest_ready_at").null();
    writer.field("lateness_seconds", stats.lateness_seconds).field("paused", stats.paused);
    if (stats.paused_by.empty())
        writer.key("paused_by").null();
    else
        writer.field("paused_by", stats.paused_by);
    return {.body_json = writer.end_object().take()};
}

constexpr std::chrono::seconds kAliveWithin{30};

// Anyone may ask for it: no message names a host, a path or a person.
struct Check {
    std::string_view name;
    std::string_view status;
    std::string message;
    bool needed_for_ready = false;
};

bool role_alive(const std::vector<store::WorkerInfo>& workers, std::string_view role,
                WallTime now) {
    for (const auto& worker : workers)
        if (now - worker.seen_at < kAliveWithin)
            for (const auto& held : worker.roles)
                if (held == role) return true;
    return false;
}

void check_workers(Services& services, std::vector<Check>& checks) {
    const auto workers = services.stores.queue.workers();
    const auto now = services.stores.system.now();
    if (!workers.ok() || !now.ok()) return;
    if (role_alive(*workers, "scheduler", *now))
        checks.push_back({"scheduler", "ok", ""});
    else
        checks.push_back({"scheduler", "degraded",
                          "no process with the scheduler role was heard of for 30 s; nothing is "
                          "queued on time"});
    if (role_alive(*workers, "runner", *now))
        checks.push_back({"workers", "ok", ""});
    else
        checks.push_back({"workers", "degraded",
                          "no process with the runner role was heard of for 30 s; nothing runs"});
}

void check_extensions(Services& services, std::vector<Check>& checks) {
    const auto complaints = services.extensions.complaints();
    if (complaints.empty()) return checks.push_back({"extensions", "ok", ""});
    std::string failed;
    for (const auto& complaint : complaints) failed += (failed.empty() ? "" : ", ") + complaint.id;
    checks.push_back({"extensions", "degraded",
                      "in error or failing: " + failed + "; see /extensions for the reasons"});
}

std::vector<Check> run_checks(Services& services) {
    std::vector<Check> checks;
    if (const Status database = services.stores.system.ping(); database.ok())
        checks.push_back({"database", "ok", "", true});
    else
        checks.push_back(
            {"database", "down", "cannot be reached; the server's log says why", true});
    if (const Status redis = services.events.ping(); redis.ok())
        checks.push_back({"redis", "ok", ""});
    else
        checks.push_back(
            {"redis", "degraded", "cannot be reached, events wait; the server's log says why"});
    if (checks.front().status == "ok") check_workers(services, checks);
    check_extensions(services, checks);
    return checks;
}

Reply health_reply(Services& services, const std::vector<Check>& checks, int status) {
    std::string_view worst = "ok";
    for (const auto& check : checks)
        if (check.status == "down" || (check.status == "degraded" && worst == "ok"))
            worst = check.status;
    JsonWriter writer;
    writer.begin_object().field("status", worst).field("version", services.settings.version);
    writer.field("tzdata", schedule::tzdata_version());
    writer.key("checks").begin_array();
    for (const auto& check : checks) {
        writer.begin_object().field("name", check.name).field("status", check.status);
        if (!check.message.empty()) writer.field("message", check.message);
        writer.end_object();
    }
    return {.status = status, .body_json = writer.end_array().end_object().take()};
}

}  // namespace

Result<Reply> queue_status(Services& services, const Call& call) {
    return queue_reply(TRY(services.stores.queue.stats(owner(call))));
}

Result<Reply> pause_queue(Services& services, const Call& call) {
    TRY(services.stores.queue.set_paused(true, actor(call)));
    return queue_status(services, call);
}

Result<Reply> resume_queue(Services& services, const Call& call) {
    TRY(services.stores.queue.set_paused(false, actor(call)));
    return queue_status(services, call);
}

Result<Reply> stream_elsewhere(Services&, const Call&) {
    return invalid("", "a stream cannot be one answer: open GET /stream, or use ord.core's watch");
}

Result<Reply> list_workers(Services& services, const Call&) {
    const auto workers = TRY(services.stores.queue.workers());
    const WallTime now = TRY(services.stores.system.now());
    JsonWriter writer;
    writer.begin_object().key("items").begin_array();
    for (const auto& worker : workers) {
        writer.begin_object()
            .field("name", worker.name)
            .field("host", worker.host)
            .field("pid", worker.pid);
        writer.key("roles").begin_array();
        for (const auto& role : worker.roles) writer.string(role);
        writer.end_array()
            .field("version", worker.version)
            .field("started_at", format_time(worker.started_at))
            .field("seen_at", format_time(worker.seen_at))
            .field("alive", now - worker.seen_at < kAliveWithin)
            .field("running", worker.running)
            .field("completed", worker.completed)
            .end_object();
    }
    return Reply{.body_json = writer.end_array().end_object().take()};
}

Result<Reply> health(Services& services, const Call&) {
    return health_reply(services, run_checks(services), 200);
}

Result<Reply> health_live(Services& services, const Call&) {
    return health_reply(services, {}, 200);
}

Result<Reply> health_ready(Services& services, const Call&) {
    const auto checks = run_checks(services);
    int status = 200;
    for (const auto& check : checks)
        if (check.needed_for_ready && check.status != "ok") status = 503;
    return health_reply(services, checks, status);
}

Result<Reply> root(Services& services, const Call&) {
    JsonWriter writer;
    writer.begin_object().field("name", "ordinaut").field("version", services.settings.version);
    writer.raw(
        "links",
        R"({"docs":"/docs","openapi":"/openapi.json","health":"/health","tasks":"/tasks","runs":"/runs","extensions":"/extensions"})");
    return Reply{.body_json = writer.end_object().take()};
}

Result<Reply> openapi(Services& services, const Call& call) {
    return Reply{.body_json = openapi_json(call.base_url, services.settings.version)};
}

}  // namespace ordinaut::operations
