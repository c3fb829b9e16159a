// Ordinaut, from top to bottom: builds everything in the order in which it stands on each other, and nothing else.
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "auth/authenticator.h"
#include "auth/first_admin.h"
#include "auth/scope.h"
#include "auth/secret_box.h"
#include "base/check.h"
#include "base/log.h"
#include "cli/cli.h"
#include "embedded/embedded_servers.h"
#include "events/redis/redis_event_bus.h"
#include "events/redis/redis_event_streams.h"
#include "ext/host.h"
#include "ext/steward.h"
#include "ext_check/check.h"
#include "http/docs_page.h"
#include "http/router.h"
#include "http/server.h"
#include "operations/dispatcher.h"
#include "operations/services.h"
#include "runner/process_beat.h"
#include "runner/runner.h"
#include "scheduler/scheduler.h"
#include "scheduler/simulation.h"
#include "store/postgres/database.h"

namespace ordinaut {
namespace {

using cli::ServerConfig;

constexpr int kExitUnavailable = 5;
constexpr int kExitUsage = 2;

int refuse(const Error& error) {
    std::fprintf(stderr, "ordinaut: %s\n", error.message.c_str());
    return error.code == ErrorCode::kInvalid ? kExitUsage : kExitUnavailable;
}

// ── identity ─────────────────────────────────────────────────────────────────────────────────────

// The key that signs access tokens: the operator's, or one that the database keeps for all processes.
Result<auth::TokenSigner> make_signer(const ServerConfig& config, store::SystemStore& system, const Clock& clock) {
    std::string key = config.jwt_secret_key;
    if (key.empty()) key = TRY(system.setting_or_init("jwt_secret_key", random_token(48)));
    return auth::TokenSigner::create(std::move(key), clock);
}

// The key that seals pipeline secrets is never in the database: the operator's, or a file in the data directory.
Result<auth::SecretBox> make_secret_box(const ServerConfig& config) {
    if (!config.secret_key.empty()) return auth::SecretBox::from_base64(config.secret_key);
    return auth::SecretBox::from_file(config.data_dir + "/secret.key");
}

// What the command line on this machine logs in with; readable by the owner of the data directory alone.
Status write_credentials(const std::string& path, const auth::Credentials& credentials, const std::string& url) {
    JsonWriter writer;
    writer.begin_object().field("agent_id", credentials.agent_id).field("agent_secret", credentials.agent_secret);
    const std::string text = writer.field("url", url).end_object().take() + "\n";
    const std::string fresh = path + ".new";
    const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool written = fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0) close(fd);
    if (!written || rename(fresh.c_str(), path.c_str()) != 0) return unavailable("cannot write " + path);
    return ok();
}

std::optional<auth::Credentials> read_credentials(const std::string& path) {
    std::string text(4096, '\0');
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, text.data(), text.size());
    if (fd >= 0) close(fd);
    if (got <= 0) return std::nullopt;
    const auto json = parse_json(std::string_view(text).substr(0, static_cast<size_t>(got)));
    if (!json.ok() || !is_id(string_or(*json, "agent_id", ""))) return std::nullopt;
    return auth::Credentials{Id(string_or(*json, "agent_id", "")), std::string(string_or(*json, "agent_secret", ""))};
}

// Whoever runs the server has an admin. `up` keeps credentials.json in the data directory: what it holds when that still
// works, else a fresh secret. `serve` makes the first admin and shows it once.
Result<Id> operator_agent(const ServerConfig& config, bool owns_data_dir, store::AgentStore& agents, auth::Authenticator& authenticator,
                          std::optional<auth::Credentials>& credentials) {
    if (owns_data_dir) {
        credentials = read_credentials(config.data_dir + "/credentials.json");
        if (!credentials || !authenticator.log_in(credentials->agent_id, credentials->agent_secret).ok())
            credentials = TRY(auth::renew_admin(agents));
        return credentials->agent_id;
    }
    if (const auto first = TRY(auth::make_first_admin(agents))) {
        std::printf("The first admin was made. It is shown this once:\n  agent_id      %s\n  agent_secret  %s\n\n", first->agent_id.c_str(),
                    first->agent_secret.c_str());
        return first->agent_id;
    }
    const auto admin = agents.find_by_name("admin");
    return admin.ok() ? admin->id : Id();
}

// ── extensions ───────────────────────────────────────────────────────────────────────────────────

std::filesystem::path program_folder() {
    std::error_code error;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::filesystem::current_path() : path.parent_path();
}

ext::SearchPaths search_paths(const ServerConfig& config) {
    const auto here = program_folder();
    ext::SearchPaths paths;
    paths.builtin = {here / "plugins", here.parent_path() / "lib/ordinaut/extensions"};
    for (const auto& entry : config.ext_paths) paths.drop_in.emplace_back(entry);
    paths.packages = {"/usr/lib/ordinaut/extensions"};
    if (const char* data_home = std::getenv("XDG_DATA_HOME")) paths.packages.push_back(std::filesystem::path(data_home) / "ordinaut/extensions");
    return paths;
}

Result<ext::HostOptions> host_options(const ServerConfig& config, ext::Steward& steward) {
    ext::HostOptions options;
    options.paths = search_paths(config);
    options.policy.drop_in = config.ext_policy == "manifest" ? ext::DropInPolicy::kManifest : ext::DropInPolicy::kExplicit;
    if (!config.ext_grants.empty()) options.policy.granted = TRY(ext::parse_operator_grants(config.ext_grants));
    options.config = config.extensions;
    options.eager = config.ext_eager;
    options.require_scopes = config.require_scopes;
    options.standings = TRY(steward.standings());
    return options;
}

// What extensions ask of the server (ord.core) and log within runs. Opened once there is someone to ask.
class Doors {
public:
    ext::Seams seams(ext::Steward& steward, const store::Stores& stores, events::EventStreams& streams, metrics::Registry& metrics) {
        ext::Seams seams;
        seams.own_identity = [&steward](std::string_view id) { return steward.own_identity(id); };
        seams.changed = [&steward](ext::StateChange change) { steward.changed(std::move(change)); };
        seams.metrics = &metrics;
        seams.streams = &streams;
        seams.kv = &stores.kv;
        seams.leases = &stores.leases;
        seams.core = [this](const ext::CallerIdentity& identity, std::string operation, std::string input_json, ext::CoreDone done) {
            call(identity, std::move(operation), input_json, std::move(done));
        };
        seams.run_log = [this](std::string_view run_id, std::string_view step_id, std::string_view level, std::string_view message,
                               std::string_view fields_json) {
            runner::Runner* runner = runner_;
            if (runner == nullptr) return;
            runner->log({std::string(run_id), SystemClock().wall_now(), std::string(level), std::string(step_id), std::string(message),
                         std::string(fields_json)});
        };
        return seams;
    }
    void open_core(const operations::Dispatcher& dispatcher) { dispatcher_ = &dispatcher; }
    void open_log(runner::Runner& runner) { runner_ = &runner; }
    void close() {
        runner_ = nullptr;
        pool_.stop();
    }

private:
    void call(const ext::CallerIdentity& identity, std::string operation, const std::string& input_json, ext::CoreDone done) {
        auto input = parse_json(input_json);
        if (!input.ok()) return done(std::move(input.error()));
        auto call = std::make_shared<operations::Call>();
        call->caller = {identity.principal, "extension " + identity.extension_id, auth::expand_roles(identity.scopes)};
        call->input = std::move(*input);
        call->request_id = new_id();
        call->trace_id = identity.trace_id;
        const auto shared_done = std::make_shared<ext::CoreDone>(std::move(done));
        const bool taken = pool_.try_submit([this, operation = std::move(operation), call, shared_done] {
            dispatcher_.load()->invoke(operation, std::move(*call), [shared_done](Result<operations::Reply> reply) {
                if (reply.ok()) (*shared_done)(std::move(reply->body_json));
                else (*shared_done)(std::move(reply.error()));
            });
        });
        if (!taken) (*shared_done)(unavailable("the server has too many calls of extensions waiting; try again"));
    }

    WorkPool pool_{"core-call", 2, 20'000};
    std::atomic<const operations::Dispatcher*> dispatcher_{nullptr};
    std::atomic<runner::Runner*> runner_{nullptr};
};

// ── the process ──────────────────────────────────────────────────────────────────────────────────

// Signals are taken by wait_for_stop() alone; threads made later inherit the mask.
void block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
}

void wait_for_stop() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    int number = 0;
    do sigwait(&set, &number);
    while (number == SIGHUP);
    log_info("server.stopping", {{"signal", number == SIGINT ? "SIGINT" : "SIGTERM"}});
}

void configure_log(const ServerConfig& config) {
    const bool json = config.log_format == "json" || (config.log_format == "auto" && isatty(STDERR_FILENO) == 0);
    const LogLevel level = config.log_level == "debug"  ? LogLevel::kDebug
                           : config.log_level == "warn"  ? LogLevel::kWarn
                           : config.log_level == "error" ? LogLevel::kError
                                                         : LogLevel::kInfo;
    log_configure(level, json ? LogFormat::kJson : LogFormat::kText);
}

std::string worker_name() {
    char host[256] = "localhost";
    gethostname(host, sizeof host - 1);
    return std::string(host) + "-" + std::to_string(getpid()) + "-" + random_token(3);
}

// Clear values of an owner's secrets, for the pipelines of that owner's tasks.
auto secret_opener(store::SecretStore& secrets, const auth::SecretBox& box) {
    return [&](const Id& owner, const std::vector<std::string>& names) -> Result<std::map<std::string, std::string>> {
        std::map<std::string, std::string> clear;
        for (const auto& sealed : TRY(secrets.find(owner, names)))
            clear.emplace(sealed.name, TRY(box.open(sealed.sealed, sealed.owner, sealed.name)));
        return clear;
    };
}

runner::RunnerOptions runner_options(const ServerConfig& config, const std::string& name, metrics::Registry& metrics) {
    runner::RunnerOptions options;
    options.worker = name;
    options.slots = static_cast<int>(config.runner_slots);
    options.batch = static_cast<int>(config.runner_batch);
    options.executor_threads = static_cast<int>(config.executor_threads);
    options.drain = std::chrono::seconds(config.drain_seconds);
    options.lease.ttl = std::chrono::seconds(config.lease_seconds);
    options.lease.margin = options.lease.ttl / 6;
    options.metrics = &metrics;
    return options;
}

store::WorkerInfo describe_process(const ServerConfig& config, const std::string& name, WallTime started_at, const runner::Runner& runner) {
    store::WorkerInfo info;
    info.name = name;
    info.host = name.substr(0, name.find('-'));
    info.pid = getpid();
    info.roles = config.roles;
    info.version = ORDINAUT_VERSION;
    info.started_at = started_at;
    info.running = runner.running();
    info.completed = runner.completed();
    return info;
}

// What the process says of itself at every beat. All must outlive it.
auto heartbeat(const ServerConfig& config, const std::string& name, WallTime started_at, const runner::Runner& runner, metrics::Registry& metrics) {
    return [&config, &name, &runner, &metrics, started_at] {
        metrics.counter("orchestrator_worker_heartbeat_total", "Heartbeats of this process.").add();
        metrics.gauge("orchestrator_active_runs", "Runs this process is executing.").set(runner.running());
        return describe_process(config, name, started_at, runner);
    };
}

http::ServerOptions server_options(const ServerConfig& config) {
    http::ServerOptions options;
    options.host = config.host;
    options.port = static_cast<uint16_t>(config.port);
    options.limits.framing.body_bytes_max = static_cast<size_t>(config.body_limit_bytes);
    options.limits.connections_max = static_cast<size_t>(config.connections_max);
    return options;
}

// Labels are route templates, never paths.
void observe_http(http::RouterOptions& options, metrics::Registry& metrics) {
    options.observe = [&metrics](std::string_view route, std::string_view method, int status, std::chrono::nanoseconds took) {
        const metrics::Labels labels = {{"method", std::string(method)}, {"route", std::string(route.empty() ? "none" : route)}};
        metrics::Labels with_status = labels;
        with_status.emplace_back("status", std::to_string(status));
        metrics.counter("ord_http_requests_total", "HTTP requests answered.", with_status).add();
        metrics.histogram("ord_http_request_duration_seconds", "Time in the router, in seconds.", labels).observe(std::chrono::duration<double>(took).count());
    };
}

http::RouterOptions router_options(const ServerConfig& config, auth::Authenticator& authenticator, const ext::Host& host, const Id& admin,
                                   metrics::Registry& metrics) {
    http::RouterOptions options;
    observe_http(options, metrics);
    options.authenticate = [&](std::string_view token) { return authenticator.authenticate(token); };
    if (!config.auth) options.everyone = auth::Caller{admin, "admin", {"admin"}};  // Loopback only.
    options.api = config.has_role("api");
    if (!options.api) return options;
    options.assets = http::docs_response;
    options.mounts["ext"] = [&host](http::MountedRequest request) { host.serve(std::move(request)); };
    return options;
}

void report_embedded(std::string_view server, std::string_view what) {
    if (what.empty()) log_info("embedded.recovered", {{"server", server}});
    else log_error("embedded.ended", {{"server", server}, {"what", what}});
}

struct ServerPlan {
    ServerConfig config;
    bool migrate = false;     // Bring the schema up to date first.
    bool owns_data_dir = false;  // Keep credentials.json and print a login link.
    MonoTime began;
};

void print_ready(const ServerPlan& plan, const std::string& url, const std::string& login_token, const Clock& clock) {
    const double seconds = std::chrono::duration<double>(clock.mono_now() - plan.began).count();
    std::printf("Ordinaut %s\n\n", ORDINAUT_VERSION);
    std::printf("  API          %s\n", url.c_str());
    std::printf("  Docs         %s/docs\n", url.c_str());
    if (!login_token.empty()) std::printf("  Log in       %s/docs#login=%s  (works once, for 10 minutes)\n", url.c_str(), login_token.c_str());
    if (plan.owns_data_dir) std::printf("  Credentials  %s/credentials.json\n", plan.config.data_dir.c_str());
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
    return unavailable("the database's schema is not up to date (" + std::to_string(status.pending.size()) + " pending); run `ordinaut migrate` first");
}

Status run_server(const ServerPlan& plan) {
    const ServerConfig& config = plan.config;
    const SystemClock clock;

    // Durable state, and what tells of its changes.
    const auto database = TRY(store::postgres::Database::open({.url = config.database_url, .pool_size = static_cast<int>(config.db_pool_size)}));
    TRY(prepare_schema(plan, *database));
    store::Stores stores = database->stores();
    const auto event_bus = TRY(events::redis::RedisEventBus::create(config.redis_url, {}, clock));
    const auto event_streams = TRY(events::redis::RedisEventStreams::create(config.redis_url, {}, clock));

    // Identity and secrets.
    auth::Authenticator authenticator(stores.agents, TRY(make_signer(config, stores.system, clock)), clock);
    const auth::SecretBox secret_box = TRY(make_secret_box(config));
    std::optional<auth::Credentials> credentials;
    const Id admin = TRY(operator_agent(config, plan.owns_data_dir, stores.agents, authenticator, credentials));

    // Tools: the catalogue, and the extensions that fill it.
    tool::Catalogue tools;
    metrics::Registry metrics;
    Doors doors;
    const std::string name = worker_name();
    ext::Steward steward(stores, *event_bus, clock, name);
    ext::Host host(tools, doors.seams(steward, stores, *event_streams, metrics));

    // Everything the server can be asked to do.
    operations::Services services{stores, tools, steward, authenticator, secret_box, *event_bus, clock,
                                  {ORDINAUT_VERSION, config.default_timezone, std::chrono::seconds(config.min_interval_seconds), config.roles}};
    const operations::Dispatcher dispatcher(services);
    doors.open_core(dispatcher);
    host.start(TRY(host_options(config, steward)));
    steward.follow(host);

    // The roles.
    scheduler::Scheduler scheduler(stores.schedules, stores.system, stores.wakeup, {.metrics = &metrics, .min_interval = std::chrono::seconds(config.min_interval_seconds)});
    runner::Runner runner(stores.queue, stores.wakeup, clock, {tools, clock, secret_opener(stores.secrets, secret_box)},
                          runner_options(config, name, metrics));
    runner::ProcessBeat beat(stores.queue, stores.system, {.prune = {.runs = std::chrono::hours(24 * config.retention_days)}},
                             heartbeat(config, name, clock.wall_now(), runner, metrics));

    // The surface.
    WorkPool requests("request", static_cast<int>(config.work_threads), 1000);
    const http::Router router(dispatcher, clock, router_options(config, authenticator, host, admin, metrics));
    const auto server = TRY(http::Server::start(server_options(config), clock, requests, router.handler()));

    if (credentials) TRY(write_credentials(config.data_dir + "/credentials.json", *credentials, server->url()));
    const std::string login_token = credentials ? TRY(authenticator.make_login_link(admin)) : "";
    beat.start();
    if (config.has_role("scheduler")) scheduler.start();
    if (config.has_role("runner")) {
        doors.open_log(runner);
        runner.start();
    }
    print_ready(plan, server->url(), login_token, clock);
    wait_for_stop();

    // Down again: nothing new is taken, what runs may finish, what cannot is given back.
    scheduler.stop();
    server->stop(std::chrono::seconds(2));
    runner.stop();
    steward.stop();
    host.stop(clock.mono_now() + std::chrono::seconds(5));
    doors.close();
    requests.stop();
    beat.stop();
    log_info("server.stopped");
    return ok();
}

// ── commands ─────────────────────────────────────────────────────────────────────────────────────

int up(ServerConfig config) {
    ServerPlan plan{.config = std::move(config), .migrate = true, .owns_data_dir = true, .began = SystemClock().mono_now()};
    configure_log(plan.config);
    block_signals();
    std::unique_ptr<embedded::EmbeddedServers> servers;
    if (plan.config.database_url.empty() || plan.config.redis_url.empty()) {
        auto started = embedded::EmbeddedServers::start({.data_dir = plan.config.data_dir, .on_change = report_embedded});
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
    const auto database = TRY(store::postgres::Database::open({.url = config.database_url, .pool_size = 1}));
    const store::Stores stores = database->stores();
    scheduler::SimulationOptions options{asked.from, asked.to, {}, std::chrono::seconds(asked.run_seconds),
                                         std::chrono::seconds(config.min_interval_seconds)};
    for (const auto& [from, to] : asked.outages) options.outages.push_back({from, to});
    store::TaskQuery query{.sort = "created_at", .descending = false, .page = {200, 0}};
    for (int64_t seen = 0, total = 1; seen < total; query.page.offset += query.page.limit) {
        const auto page = TRY(stores.tasks.list(query));
        if (page.items.empty()) break;
        for (const Task& task : page.items) {
            std::vector<Calendar> calendars;
            if (!task.calendars.empty()) calendars = TRY(stores.calendars.find(task.owner, task.calendars));
            const auto simulated = scheduler::simulate(task, calendars, options);
            if (!simulated.ok()) std::printf("%s  %s\n  cannot fire: %s\n", task.id.c_str(), task.title.c_str(), simulated.error().message.c_str());
            else if (!simulated->slots.empty()) std::fputs(scheduler::report(task, *simulated, asked.lines).c_str(), stdout);
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
    for (const auto& file : report->pending) std::printf("%s %s\n", dry_run ? "would apply" : "applied", file.c_str());
    if (report->pending.empty()) std::printf("up to date at version %d\n", report->current);
    return 0;
}

}  // namespace
int check_extension(const cli::ExtensionCheck& wanted) {
    const auto report = ext_check::check({.folder = wanted.folder, .timeout = std::chrono::seconds(wanted.timeout_seconds)});
    std::fputs(ext_check::render(report, wanted.format).c_str(), stdout);
    return report.good() ? 0 : 1;
}

}  // namespace ordinaut

int main(int argc, char** argv) {
    return ordinaut::cli::run(argc, argv, {.up = ordinaut::up, .serve = ordinaut::serve, .migrate = ordinaut::migrate,
                                         .check_extension = ordinaut::check_extension, .simulate = ordinaut::simulate});
}
