#include "runner/process_beat.h"

#include "base/log.h"

namespace ordinaut::runner {
namespace {
constexpr int kAuditRowsPerSeal = 1000;
}

ProcessBeat::ProcessBeat(store::QueueStore& queue, store::SystemStore& system, BeatOptions options,
                         std::function<store::WorkerInfo()> describe)
    : queue_(queue),
      system_(system),
      options_(std::move(options)),
      describe_(std::move(describe)) {}

ProcessBeat::~ProcessBeat() { stop(); }

void ProcessBeat::start() {
    beat();
    thread_ = std::thread([this] { loop(); });
}

void ProcessBeat::stop() {
    if (!thread_.joinable()) return;
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    if (const Status gone = queue_.forget_worker(describe_().name); !gone.ok())
        log_debug("worker.forget_failed", {{"error", gone.error().message}});
}

void ProcessBeat::beat() {
    const Status written = queue_.heartbeat(describe_());
    if (written.ok() == failing_) {
        failing_ = !written.ok();
        if (failing_)
            log_error("worker.heartbeat_failed", {{"error", written.error().message}});
        else
            log_info("worker.heartbeat_recovered");
    }
    if (options_.beaten) options_.beaten();
}

void ProcessBeat::upkeep() {
    if (const Status done = system_.upkeep(options_.prune); !done.ok())
        log_warn("upkeep.failed", {{"error", done.error().message}});
    while (true) {
        const auto sealed = system_.seal_audit(kAuditRowsPerSeal);
        if (!sealed.ok()) log_warn("audit.seal_failed", {{"error", sealed.error().message}});
        if (!sealed.ok() || *sealed < kAuditRowsPerSeal) return;
    }
}

void ProcessBeat::loop() {
    auto upkeep_at = std::chrono::steady_clock::now();
    while (true) {
        if (std::chrono::steady_clock::now() >= upkeep_at) {
            upkeep();
            upkeep_at = std::chrono::steady_clock::now() + options_.upkeep_every;
        }
        {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, options_.every, [this] { return stopping_; })) return;
        }
        beat();
    }
}

}  // namespace ordinaut::runner
