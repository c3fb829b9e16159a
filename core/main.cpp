// Ordinaut, from top to bottom: builds everything in the order in which it stands on each other,
// and nothing else.
#include <cstdio>

#include "base/log.h"
#include "cli/cli.h"
#include "embedded/embedded_servers.h"
#include "events/redis/redis_event_bus.h"
#include "events/redis/redis_event_streams.h"
#include "ext/host.h"
#include "ext/steward.h"
#include "ext_check/check.h"
#include "http/router.h"
#include "http/server.h"
#include "live/feed.h"
#include "operations/dispatcher.h"
#include "operations/services.h"
#include "scheduler/simulation.h"
#include "server/extensions.h"
#include "server/identity.h"
#include "server/process.h"
#include "server/roles.h"
#include "server/surface.h"
#include "store/postgres/database.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

constexpr int kExitUnavailable = 5;
constexpr int kExitUsage = 2;

int refuse(const Error& error) {
    std::fprintf(stderr, "ordinaut: %s\n", error.message.c_str());
    return error.code == ErrorCode::kInvalid ? kExitUsage : kExitUnavailable;
}

void report_embedded(std::string_view server, std::string_view what) {
    if (what.empty())
        log_info("embedded.recovered", {{"server", server}});
    else
        log_error("embedded.ended", {{"server", server}, {"what", what}});
}

struct ServerPlan {
    ServerConfig config;
    bool migrate = false;        // Bring the schema up to date first.
    bool owns_data_dir = false;  // Keep credentials.json and print a login link.
    MonoTime began;
};

// What whoever started the server wants to open. Without the extension webui there is no page to
// log in to but the documentation.
struct Doorways {
    std::string url;
    bool web_ui = false;
    std::string login_token;  // Of a one-time link; empty = none.
};

void print_ready(const ServerPlan& plan, const Doorways& ways, const Clock& clock) {
    const double seconds = std::chrono::duration<double>(clock.mono_now() - plan.began).count();
    std::printf("Ordinaut %s\n\n", ORDINAUT_VERSION);
    const char* url = ways.url.c_str();
    if (ways.web_ui) std::printf("  Web UI       %s/ext/webui/\n", url);
    std::printf("  API          %s\n", url);
    std::printf("  Docs         %s/docs\n", url);
    if (!ways.login_token.empty())
        std::printf("  Log in       %s%s#login=%s  (works once, for 10 minutes)\n", url,
                    ways.web_ui ? "/ext/webui/" : "/docs", ways.login_token.c_str());
    if (plan.owns_data_dir)
        std::printf("  Credentials  %s/credentials.json\n", plan.config.data_dir.c_str());
    std::printf("\nReady in %.1f s. Ctrl-C stops it.\n", seconds);
    std::fflush(stdout);
}

Status prepare_schema(const ServerPlan& plan, store::postgres::Database& database) {
    if (plan.migrate) {
        TRY(database.migrate());
        return ok();
    }
    const auto status = TRY(database.migration_status());
    if (status.pending.empty()) return ok();
    return unavailable("the database's schema is not up to date (" +
                       std::to_string(status.pending.size()) +
                       " pending); run `ordinaut migrate` first");
}

operations::ServerSettings server_settings(const ServerConfig& config) {
    return {ORDINAUT_VERSION, config.default_timezone,
            std::chrono::seconds(config.min_interval_seconds), config.roles};
}

Status run_server(const ServerPlan& plan) {
    const ServerConfig& config = plan.config;
    const SystemClock clock;

    // Durable state, and what tells of its changes.
    const auto database = TRY(store::postgres::Database::open(
        {.url = config.database_url, .pool_size = static_cast<int>(config.db_pool_size)}));
    TRY(prepare_schema(plan, *database));
    store::Stores stores = database->stores();
    const auto event_bus = TRY(events::redis::RedisEventBus::create(config.redis_url, {}, clock));
    const auto event_streams =
        TRY(events::redis::RedisEventStreams::create(config.redis_url, {}, clock));
    live::Feed feed(stores.changes, stores.wakeup, clock, feed_options(config));

    // Identity and secrets.
    metrics::Registry metrics;
    auth::Authenticator authenticator(stores.agents, TRY(make_signer(config, stores.system, clock)),
                                      clock);
    authenticator.count_in(metrics);
    const auth::SecretBox secret_box = TRY(make_secret_box(config));
    std::optional<auth::Credentials> credentials;
    const Id admin =
        TRY(operator_agent(config, plan.owns_data_dir, stores.agents, authenticator, credentials));

    // Tools: the catalogue, and the extensions that fill it.
    tool::Catalogue tools;
    Doors doors;
    const std::string name = worker_name();
    ext::Steward steward(stores, clock, name, event_streams.get());
    ext::Host host(tools, doors.seams(steward, stores, *event_streams, metrics, feed));

    // Everything the server can be asked to do.
    operations::Services services{stores,     tools,      steward, authenticator,
                                  secret_box, *event_bus, clock,   server_settings(config),
                                  &metrics};
    const operations::Dispatcher dispatcher(services);
    doors.open_core(dispatcher);
    host.start(TRY(host_options(config, steward)));
    steward.follow(host);

    // What it does by itself.
    Roles roles(config, name, stores, *event_streams, tools, secret_box, metrics, clock);

    // The surface.
    WorkPool requests("request", static_cast<int>(config.work_threads), 1000);
    const http::Router router(dispatcher, clock,
                              router_options(config, authenticator, host, admin, metrics, feed));
    const auto server =
        TRY(http::Server::start(server_options(config), clock, requests, router.handler()));

    if (credentials) TRY(write_credentials(config.data_dir, *credentials, server->url()));
    const std::string login_token = credentials ? TRY(authenticator.make_login_link(admin)) : "";
    if (config.has_role("runner")) doors.open_log(roles.runner);
    roles.start(config);
    print_ready(plan, {server->url(), host.info("webui").ok(), login_token}, clock);
    wait_for_stop();

    // Down again: nothing new is taken, what runs may finish, what cannot is given back.
    roles.stop_scheduling();
    server->stop(std::chrono::seconds(2));
    roles.stop_runner();
    steward.stop();
    host.stop(clock.mono_now() + std::chrono::seconds(5));
    feed.stop();
    doors.close();
    requests.stop();
    roles.beat.stop();
    log_info("server.stopped");
    return ok();
}

int up(ServerConfig config) {
    ServerPlan plan{.config = std::move(config),
                    .migrate = true,
                    .owns_data_dir = true,
                    .began = SystemClock().mono_now()};
    configure_log(plan.config);
    block_signals();
    std::unique_ptr<embedded::EmbeddedServers> servers;
    if (plan.config.database_url.empty() || plan.config.redis_url.empty()) {
        auto started = embedded::EmbeddedServers::start(
            {.data_dir = plan.config.data_dir, .on_change = report_embedded});
        if (!started.ok()) return refuse(started.error());
        servers = std::move(*started);
        if (plan.config.database_url.empty()) plan.config.database_url = servers->database_url();
        if (plan.config.redis_url.empty()) plan.config.redis_url = servers->redis_url();
    }
    const Status ran = run_server(plan);
    if (servers != nullptr) servers->stop();
    return ran.ok() ? 0 : refuse(ran.error());
}

int serve(ServerConfig config) {
    configure_log(config);
    block_signals();
    const Status ran = run_server({.config = std::move(config), .began = SystemClock().mono_now()});
    return ran.ok() ? 0 : refuse(ran.error());
}

// Reads tasks and calendars; nothing is written.
Status simulate_all(const ServerConfig& config, const cli::Simulation& asked) {
    const std::string url = config.database_url.empty()
                                ? TRY(embedded::running_database_url(config.data_dir))
                                : config.database_url;
    const auto database = TRY(store::postgres::Database::open({.url = url, .pool_size = 1}));
    const store::Stores stores = database->stores();
    scheduler::SimulationOptions options{asked.from,
                                         asked.to,
                                         {},
                                         std::chrono::seconds(asked.run_seconds),
                                         std::chrono::seconds(config.min_interval_seconds)};
    for (const auto& [from, to] : asked.outages) options.outages.push_back({from, to});
    store::TaskQuery query{.sort = "created_at", .descending = false, .page = {200, 0}};
    for (int64_t seen = 0, total = 1; seen < total; query.page.offset += query.page.limit) {
        const auto page = TRY(stores.tasks.list(query));
        if (page.items.empty()) break;
        for (const Task& task : page.items) {
            std::vector<Calendar> calendars;
            if (!task.calendars.empty())
                calendars = TRY(stores.calendars.find(task.owner, task.calendars));
            const auto simulated = scheduler::simulate(task, calendars, options);
            if (!simulated.ok())
                std::printf("%s  %s\n  cannot fire: %s\n", task.id.c_str(), task.title.c_str(),
                            simulated.error().message.c_str());
            else if (!simulated->slots.empty() || task.schedule_kind == ScheduleKind::kCondition)
                std::fputs(scheduler::report(task, *simulated, asked.lines).c_str(), stdout);
        }
        seen += static_cast<int64_t>(page.items.size());
        total = page.total;
    }
    return ok();
}

int simulate(const ServerConfig& config, const cli::Simulation& asked) {
    const Status done = simulate_all(config, asked);
    return done.ok() ? 0 : refuse(done.error());
}

int migrate(const ServerConfig& config, bool dry_run) {
    auto database = store::postgres::Database::open({.url = config.database_url, .pool_size = 1});
    if (!database.ok()) return refuse(database.error());
    const auto report = dry_run ? (*database)->migration_status() : (*database)->migrate();
    if (!report.ok()) return refuse(report.error());
    for (const auto& file : report->pending)
        std::printf("%s %s\n", dry_run ? "would apply" : "applied", file.c_str());
    if (report->pending.empty()) std::printf("up to date at version %d\n", report->current);
    return 0;
}

int check_extension(const cli::ExtensionCheck& wanted) {
    const auto report = ext_check::check(
        {.folder = wanted.folder, .timeout = std::chrono::seconds(wanted.timeout_seconds)});
    std::fputs(ext_check::render(report, wanted.format).c_str(), stdout);
    return report.good() ? 0 : 1;
}

}  // namespace
}  // namespace ordinaut::server

int main(int argc, char** argv) {
    namespace server = ordinaut::server;
    return ordinaut::cli::run(argc, argv,
                              {.up = server::up,
                               .serve = server::serve,
                               .migrate = server::migrate,
                               .check_extension = server::check_extension,
                               .simulate = server::simulate});
}
