// What a process does besides answering: fires schedules, runs due work, says that it lives.
#pragma once
#include <string>

#include "auth/secret_box.h"
#include "cli/cli.h"
#include "condition/watcher.h"
#include "metrics/registry.h"
#include "runner/process_beat.h"
#include "runner/runner.h"
#include "scheduler/edge_planner.h"
#include "scheduler/scheduler.h"
#include "spine/intake.h"
#include "spine/relay.h"
#include "store/stores.h"
#include "tool/catalogue.h"

namespace ordinaut::server {

// Everything given must outlive it. Parts are made here and started by whoever owns it.
struct Roles {
    Roles(const cli::ServerConfig& config, const std::string& name, const store::Stores& stores,
          events::EventStreams& streams, const tool::Catalogue& tools,
          const auth::SecretBox& secret_box, metrics::Registry& metrics, const Clock& clock);

    // The role scheduler: schedules and events into due work, and the host's own events out.
    void start_scheduling();
    void stop_scheduling();

    void start(const cli::ServerConfig& config);  // Those it names, and the beat.
    // Due work and the evaluation of conditions. Nothing to do where they were not started.
    void stop_runner();

    scheduler::Scheduler scheduler;
    scheduler::EdgePlanner edges;
    spine::Intake intake;
    spine::Relay relay;
    runner::Runner runner;
    condition::Watcher watcher;
    runner::ProcessBeat beat;
};

}  // namespace ordinaut::server
