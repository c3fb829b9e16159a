#include "runner/completer.h"

#include <map>
#include <set>

#include "base/log.h"

namespace ordinaut::runner {
namespace {
constexpr std::chrono::milliseconds kRetryEvery{500};
constexpr int kTriesWhenStopping = 10;

// A step that may begin once it is recorded.
struct Beginning {
    store::LeaseRef lease;
    Step step;
    std::function<void(Status)> recorded;
};

size_t bytes_of(const Step& step) {
    return step.input_json.size() + step.output_json.size() + step.error_json.size();
}
size_t bytes_of(const std::pair<store::LeaseRef, Step>& entry) { return bytes_of(entry.second); }
size_t bytes_of(const Beginning& beginning) { return bytes_of(beginning.step); }
size_t bytes_of(const RunLogLine& line) { return line.message.size() + line.fields_json.size(); }
size_t bytes_of(const store::Completion& completion) {
    size_t bytes = completion.output_json.size() + completion.error_json.size();
    for (const Step& step : completion.steps) bytes += bytes_of(step);
    return bytes;
}

// How many of the first items make one batch; at least one.
template <class Item>
size_t batch_of(const std::vector<Item>& items, const CompleterOptions& options) {
    size_t count = 0, bytes = 0;
    for (; count < std::min(items.size(), options.batch_max); ++count) {
        bytes += bytes_of(items[count]);
        if (count > 0 && bytes > options.batch_bytes_max) break;
    }
    return count;
}

// Takes the first items out.
template <class Item>
std::vector<Item> take_first(std::vector<Item>& items, size_t count) {
    const auto end = items.begin() + static_cast<ptrdiff_t>(count);
    std::vector<Item> taken(std::make_move_iterator(items.begin()), std::make_move_iterator(end));
    items.erase(items.begin(), end);
    return taken;
}

// Nothing is wrong with what was written: the same may succeed later.
bool is_passing(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kInDoubt;
}

// How a run ends whose result cannot be stored. Its steps stay as they were recorded.
store::Completion refused(const store::Completion& completion, const Error& why) {
    store::Completion ending{.lease = completion.lease, .next = RunState::kFailed};
    ending.count_failure = true;
    ending.reason = "its result cannot be stored";
    ending.error_json =
        JsonWriter()
            .begin_object()
            .field("error", "result_refused")
            .field("message", "the result of the run cannot be stored: " + why.message)
            .end_object()
            .take();
    return ending;
}
}  // namespace

struct Completer::Pending {
    std::vector<store::Completion> completions;
    // (lease token, step id) → its latest record.
    std::map<std::pair<Id, std::string>, std::pair<store::LeaseRef, Step>> steps;
    std::vector<Beginning> begins;
    std::vector<RunLogLine> logs;
    int64_t logs_dropped = 0;

    bool empty() const {
        return completions.empty() && begins.empty() && steps.empty() && logs.empty();
    }
    // Work that should not wait for the next round of progress.
    bool urgent() const { return !completions.empty() || !begins.empty(); }
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
    auto key = std::make_pair(lease.lease_token, step.id);
    pending_->steps.insert_or_assign(std::move(key),
                                     std::make_pair(std::move(lease), std::move(step)));
}

void Completer::begin(store::LeaseRef lease, Step step, std::function<void(Status)> recorded) {
    {
        std::lock_guard lock(mutex_);
        pending_->begins.push_back({std::move(lease), std::move(step), std::move(recorded)});
    }
    changed_.notify_one();
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
    batch.logs_dropped = 0;
    while (!batch.logs.empty()) {
        const auto lines = take_first(batch.logs, batch_of(batch.logs, options_));
        if (const Status written = queue_.append_logs(lines); !written.ok())
            log_warn("run_log.write_failed",
                     {{"lines", lines.size()}, {"error", written.error().message}});
    }
    // A completion carries all steps of its run.
    for (const auto& completion : batch.completions)
        std::erase_if(batch.steps, [&](const auto& entry) {
            return entry.first.first == completion.lease.lease_token;
        });
    std::vector<std::pair<store::LeaseRef, Step>> steps;
    steps.reserve(batch.steps.size());
    for (auto& [key, step] : batch.steps) steps.push_back(std::move(step));
    batch.steps.clear();
    while (!steps.empty()) {
        const auto part = take_first(steps, batch_of(steps, options_));
        if (const auto written = queue_.record_steps(part); !written.ok())
            log_warn("run_step.write_failed",
                     {{"steps", part.size()}, {"error", written.error().message}});
    }
}

Status Completer::record(const std::vector<store::Completion>& completions) {
    const auto outcomes = TRY(queue_.complete(completions, worker_));
    for (size_t i = 0; i < completions.size(); ++i) recorded_(completions[i].lease, outcomes[i]);
    return ok();
}

// An error is a passing one.
Status Completer::record_alone(const store::Completion& completion) {
    Status recorded = record({completion});
    if (recorded.ok() || is_passing(recorded.error())) return recorded;
    const ErrorCode code = recorded.error().code;
    if (code == ErrorCode::kInvalid || code == ErrorCode::kTooLarge) {
        log_error("run.result_refused",
                  {{"run_id", completion.lease.run_id}, {"error", recorded.error().message}});
        recorded = record({refused(completion, recorded.error())});
        if (recorded.ok() || is_passing(recorded.error())) return recorded;
    }
    log_error("run.not_recorded",
              {{"run_id", completion.lease.run_id}, {"error", recorded.error().message}});
    recorded_(completion.lease, store::CompleteOutcome::kLost);
    return ok();
}

// False: the store is out of reach; what was not written is back in its place.
bool Completer::write_first(Pending& batch, size_t count) {
    auto part = take_first(batch.completions, count);
    Status written = record(part);
    if (written.ok()) return true;
    if (!is_passing(written.error())) {
        size_t done = 0;
        for (written = ok(); done < part.size() && written.ok(); done += written.ok())
            written = record_alone(part[done]);
        if (written.ok()) return true;
        take_first(part, done);
    }
    log_error("run.record_failed", {{"runs", part.size()}, {"error", written.error().message}});
    batch.completions.insert(batch.completions.begin(), std::make_move_iterator(part.begin()),
                             std::make_move_iterator(part.end()));
    return false;
}

// False: as write_first().
bool Completer::write_begins(Pending& batch) {
    std::set<Id> over;  // Attempts that end before they were told to begin.
    if (!batch.begins.empty())
        for (const auto& completion : batch.completions) over.insert(completion.lease.lease_token);
    std::erase_if(batch.begins,
                  [&](const Beginning& begun) { return over.contains(begun.lease.lease_token); });
    size_t count = batch_of(batch.begins, options_);
    while (!batch.begins.empty()) {
        std::vector<std::pair<store::LeaseRef, Step>> steps;
        for (size_t i = 0; i < count; ++i)
            steps.emplace_back(batch.begins[i].lease, batch.begins[i].step);
        // With what the same attempts did before: a step never stands alone.
        for (size_t i = 0; i < count; ++i) {
            const Id& token = batch.begins[i].lease.lease_token;
            for (auto at = batch.steps.lower_bound({token, ""});
                 at != batch.steps.end() && at->first.first == token; ++at)
                steps.push_back(at->second);
        }
        const auto held = queue_.record_steps(steps);
        if (!held.ok() && is_passing(held.error())) {
            log_error("run_step.begin_failed",
                      {{"steps", steps.size()}, {"error", held.error().message}});
            return false;
        }
        if (!held.ok() && count > 1) {  // One of them is refused.
            count = 1;
            continue;
        }
        const auto written = take_first(batch.begins, count);
        for (const Beginning& beginning : written) {
            const Id& token = beginning.lease.lease_token;
            auto at = batch.steps.lower_bound({token, ""});
            while (at != batch.steps.end() && at->first.first == token) at = batch.steps.erase(at);
        }
        for (size_t i = 0; i < count; ++i)
            written[i].recorded(!held.ok()   ? Status(held.error())
                                : (*held)[i] ? ok()
                                             : Status(Error{ErrorCode::kLeaseLost, "lease lost"}));
        count = std::min(count, batch.begins.size());
    }
    return true;
}

bool Completer::write(Pending& batch) {
    if (!write_begins(batch)) return false;
    write_progress(batch);
    while (!batch.completions.empty())
        if (!write_first(batch, batch_of(batch.completions, options_))) return false;
    return true;
}

}  // namespace ordinaut::runner
