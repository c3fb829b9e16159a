#include "runner/completer.h"

#include "base/log.h"

namespace ordinaut::runner {
namespace {
constexpr std::chrono::milliseconds kRetryEvery{500};
constexpr int kTriesWhenStopping = 10;
}  // namespace

struct Completer::Pending {
    std::vector<store::Completion> completions;
    // (run, step id) → its latest record.
    std::map<std::pair<Id, std::string>, std::pair<store::LeaseRef, Step>> steps;
    std::vector<RunLogLine> logs;
    int64_t logs_dropped = 0;

    bool empty() const { return completions.empty() && steps.empty() && logs.empty(); }
    // Work that should not wait for the next round of progress.
    bool urgent() const { return !completions.empty(); }
};

Completer::Completer(store::QueueStore& queue, std::string worker, CompleterOptions options,
                     Recorded recorded)
    : queue_(queue),
      worker_(std::move(worker)),
      options_(options),
      recorded_(std::move(recorded)),
      pending_(std::make_unique<Pending>()) {}

Completer::~Completer() { stop(); }

void Completer::start() {
    thread_ = std::thread([this] { loop(); });
}

void Completer::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void Completer::complete(store::Completion completion) {
    {
        std::lock_guard lock(mutex_);
        pending_->completions.push_back(std::move(completion));
    }
    changed_.notify_one();
}

void Completer::progress(store::LeaseRef lease, Step step) {
    std::lock_guard lock(mutex_);
    auto key = std::make_pair(lease.run_id, step.id);
    pending_->steps.insert_or_assign(std::move(key),
                                     std::make_pair(std::move(lease), std::move(step)));
}

void Completer::log(RunLogLine line) {
    std::lock_guard lock(mutex_);
    if (pending_->logs.size() < static_cast<size_t>(options_.log_lines_max))
        pending_->logs.push_back(std::move(line));
    else
        ++pending_->logs_dropped;
}

void Completer::loop() {
    auto batch = std::make_unique<Pending>();
    int tries_when_stopping = 0;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, options_.progress_every,
                              [this] { return stopping_ || pending_->urgent(); });
            if (stopping_ && pending_->empty()) return;
            std::swap(batch, pending_);
        }
        bool done = write(*batch);
        while (!done) {
            std::unique_lock lock(mutex_);
            if (stopping_ && ++tries_when_stopping > kTriesWhenStopping) {
                log_error("completer.gave_up", {{"completions", batch->completions.size()}});
                return;
            }
            changed_.wait_for(lock, kRetryEvery, [] { return false; });
            lock.unlock();
            done = write(*batch);
        }
        *batch = Pending{};
    }
}

void Completer::write_progress(Pending& batch) {
    if (batch.logs_dropped > 0) log_warn("run_log.dropped", {{"lines", batch.logs_dropped}});
    if (!batch.logs.empty()) {
        if (const Status written = queue_.append_logs(batch.logs); !written.ok())
            log_warn("run_log.write_failed",
                     {{"lines", batch.logs.size()}, {"error", written.error().message}});
        batch.logs.clear();
    }
    // A completion carries all steps of its run.
    for (const auto& completion : batch.completions)
        std::erase_if(batch.steps, [&](const auto& entry) {
            return entry.first.first == completion.lease.run_id;
        });
    if (batch.steps.empty()) return;
    std::vector<std::pair<store::LeaseRef, Step>> steps;
    for (auto& [key, step] : batch.steps) steps.push_back(std::move(step));
    batch.steps.clear();
    if (const Status written = queue_.record_steps(steps); !written.ok())
        log_warn("run_step.write_failed",
                 {{"steps", steps.size()}, {"error", written.error().message}});
}

bool Completer::write(Pending& batch) {
    write_progress(batch);
    while (!batch.completions.empty()) {
        const size_t count =
            std::min(batch.completions.size(), static_cast<size_t>(options_.batch_max));
        std::vector<store::Completion> part(
            batch.completions.begin(), batch.completions.begin() + static_cast<ptrdiff_t>(count));
        const auto outcomes = queue_.complete(part, worker_);
        if (!outcomes.ok()) {
            log_error("run.record_failed",
                      {{"runs", part.size()}, {"error", outcomes.error().message}});
            return false;
        }
        for (size_t i = 0; i < part.size(); ++i) recorded_(part[i].lease.run_id, (*outcomes)[i]);
        batch.completions.erase(batch.completions.begin(),
                                batch.completions.begin() + static_cast<ptrdiff_t>(count));
    }
    return true;
}

}  // namespace ordinaut::runner
