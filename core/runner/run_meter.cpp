#include "runner/run_meter.h"

namespace ordinaut::runner {
namespace {

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

constexpr std::string_view kRuns = "orchestrator_runs_total";
constexpr std::string_view kRunsHelp = "Runs that ended, by outcome.";
constexpr std::string_view kClaims = "orchestrator_claims_total";
constexpr std::string_view kClaimsHelp = "Due work claimed by this process.";

}  // namespace

RunMeter::RunMeter(metrics::Registry* registry, const tool::Catalogue& tools)
    : registry_(registry), tools_(tools) {
    if (registry_ == nullptr) return;
    // From the beginning, so that the first failure is an increase to whoever watches.
    registry_->counter(kClaims, kClaimsHelp);
    for (const RunState state : {RunState::kSucceeded, RunState::kFailed, RunState::kTimedOut,
                                 RunState::kCanceled, RunState::kExpired})
        registry_->counter(kRuns, kRunsHelp, {{"status", std::string(name_of(state))}});
}

void RunMeter::claimed(const std::vector<store::Lease>& leases) {
    if (registry_ == nullptr || leases.empty()) return;
    registry_->counter(kClaims, kClaimsHelp).add(static_cast<double>(leases.size()));
    metrics::Histogram& late =
        registry_->histogram("orchestrator_run_lateness_seconds",
                             "From the time a run was due to its first claim, in seconds.");
    for (const auto& lease : leases)
        if (lease.run.attempt == 1 && lease.run.started_at)
            late.observe(seconds(*lease.run.started_at - lease.run.run_at));
}

void RunMeter::step(const Step& step) {
    if (registry_ == nullptr || !step.started_at || !step.finished_at) return;
    const bool known = tools_.find(step.tool) != nullptr;
    registry_
        ->histogram(
            "orchestrator_step_duration_seconds",
            "Time of a step of a pipeline, in seconds, by tool and outcome.",
            {{"tool", known ? step.tool : "unknown"}, {"status", std::string(name_of(step.state))}})
        .observe(seconds(*step.finished_at - *step.started_at));
}

void RunMeter::ended(RunState state, std::chrono::nanoseconds took) {
    if (registry_ == nullptr || !is_terminal(state)) return;
    const metrics::Labels labels = {{"status", std::string(name_of(state))}};
    registry_->counter(kRuns, kRunsHelp, labels).add();
    registry_
        ->histogram("orchestrator_task_duration_seconds",
                    "From the last claim of a run to its end, in seconds.", labels)
        .observe(seconds(took));
}

}  // namespace ordinaut::runner
