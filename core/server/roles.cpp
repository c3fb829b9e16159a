#include "server/roles.h"

#include <unistd.h>

#include "runner/queue_gauges.h"
#include "server/process.h"

namespace ordinaut::server {
namespace {

using cli::ServerConfig;

store::WorkerInfo describe_process(const ServerConfig& config, const std::string& name,
                                   WallTime started_at, const runner::Runner& runner) {
    store::WorkerInfo info;
    info.name = name;
    info.host = host_name();
    info.pid = getpid();
    info.roles = config.roles;
    info.version = ORDINAUT_VERSION;
    info.started_at = started_at;
    info.running = runner.running();
    info.completed = runner.completed();
    return info;
}

// Clear values of an owner's secrets, for the pipelines of that owner's tasks.
auto secret_opener(store::SecretStore& secrets, const auth::SecretBox& box) {
    return
        [&](const Id& owner,
            const std::vector<std::string>& names) -> Result<std::map<std::string, std::string>> {
            std::map<std::string, std::string> clear;
            for (const auto& sealed : TRY(secrets.find(owner, names)))
                clear.emplace(sealed.name, TRY(box.open(sealed.sealed, sealed.owner, sealed.name)));
            return clear;
        };
}

runner::RunnerOptions runner_options(const ServerConfig& config, const std::string& name,
                                     metrics::Registry& metrics) {
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

// What the process says of itself at every beat.
auto heartbeat(const ServerConfig& config, const std::string& name, WallTime started_at,
               const runner::Runner& runner, metrics::Registry& metrics) {
    return [&config, &name, &runner, &metrics, started_at] {
        metrics.counter("orchestrator_worker_heartbeat_total", "Heartbeats of this process.").add();
        metrics.gauge("orchestrator_active_runs", "Runs this process is executing.")
            .set(runner.running());
        return describe_process(config, name, started_at, runner);
    };
}

runner::BeatOptions beat_options(const ServerConfig& config, const store::Stores& stores,
                                 metrics::Registry& metrics) {
    runner::BeatOptions options;
    options.prune.runs = std::chrono::hours(24 * config.retention_days);
    options.beaten = [gauges = std::make_shared<runner::QueueGauges>(
                          stores.queue, stores.system, metrics)] { gauges->sample(); };
    return options;
}

scheduler::SchedulerOptions scheduler_options(const ServerConfig& config,
                                              metrics::Registry& metrics) {
    return {.metrics = &metrics, .min_interval = std::chrono::seconds(config.min_interval_seconds)};
}

}  // namespace

Roles::Roles(const ServerConfig& config, const std::string& name, const store::Stores& stores,
             events::EventStreams& streams, const tool::Catalogue& tools,
             const auth::SecretBox& secret_box, metrics::Registry& metrics, const Clock& clock)
    : scheduler(stores.schedules, stores.system, stores.wakeup, scheduler_options(config, metrics)),
      intake(streams, stores.events, clock,
             [this](const store::DueTask& due, const std::vector<WallTime>& published,
                    WallTime now) { return scheduler.plan_events(due, published, now); },
             {.metrics = &metrics}),
      relay(stores.events, streams, stores.wakeup, {.metrics = &metrics}),
      runner(stores.queue, stores.wakeup, clock,
             {tools, clock, secret_opener(stores.secrets, secret_box)},
             runner_options(config, name, metrics)),
      watcher(stores.conditions,
              {stores.queue, stores.runs, stores.tasks, tools, clock,
               secret_opener(stores.secrets, secret_box)},
              [this](const store::DueTask& due, WallTime now) { return edges.plan(due, now); },
              {.metrics = &metrics}),
      beat(stores.queue, stores.system, beat_options(config, stores, metrics),
           heartbeat(config, name, clock.wall_now(), runner, metrics)) {}

void Roles::start(const ServerConfig& config) {
    beat.start();
    if (config.has_role("scheduler")) start_scheduling();
    if (config.has_role("runner")) {
        runner.start();
        watcher.start();
    }
}

void Roles::stop_runner() {
    watcher.stop();
    runner.stop();
}

void Roles::start_scheduling() {
    scheduler.start();
    intake.start();
    relay.start();
}

void Roles::stop_scheduling() {
    scheduler.stop();
    intake.stop();
    relay.stop();
}

}  // namespace ordinaut::server
