#include "runner/queue_gauges.h"

#include <algorithm>
#include <limits>

namespace ordinaut::runner {
namespace {

constexpr std::chrono::seconds kAliveWithin{30};
constexpr double kNobodyKnows = std::numeric_limits<double>::quiet_NaN();

}  // namespace

QueueGauges::QueueGauges(store::QueueStore& queue, store::SystemStore& system,
                         metrics::Registry& registry)
    : queue_(queue), system_(system), registry_(registry) {}

void QueueGauges::sample() {
    sample_queue();
    sample_workers();
}

void QueueGauges::sample_queue() {
    const auto read = queue_.stats({});
    const auto depth = [&](const char* state, int64_t count) {
        registry_
            .gauge("orchestrator_due_work_queue_depth", "Runs in the queue, by state.",
                   {{"state", state}})
            .set(read.ok() ? static_cast<double>(count) : kNobodyKnows);
    };
    const store::QueueStats stats = read.ok() ? *read : store::QueueStats{};
    depth("ready", stats.ready);
    depth("running", stats.running);
    depth("scheduled", stats.scheduled);
    depth("retry_wait", stats.retry_wait);
    registry_
        .gauge("orchestrator_due_work_lateness_seconds",
               "How long the oldest run that is ready has waited for a worker, in seconds.")
        .set(read.ok() ? stats.lateness_seconds : kNobodyKnows);
    registry_.gauge("orchestrator_queue_paused", "1 while an operator has paused the queue.")
        .set(!read.ok()     ? kNobodyKnows
             : stats.paused ? 1
                            : 0);
}

void QueueGauges::sample_workers() {
    const auto workers = queue_.workers();
    const auto now = system_.now();
    for (const std::string role : {"api", "scheduler", "runner"}) {
        const auto lives = [&](const store::WorkerInfo& worker) {
            return *now - worker.seen_at < kAliveWithin &&
                   std::find(worker.roles.begin(), worker.roles.end(), role) != worker.roles.end();
        };
        const bool known = workers.ok() && now.ok();
        registry_
            .gauge("orchestrator_active_workers",
                   "Processes that were heard of within 30 s, by role.", {{"role", role}})
            .set(known ? static_cast<double>(std::count_if(workers->begin(), workers->end(), lives))
                       : kNobodyKnows);
    }
}

}  // namespace ordinaut::runner
