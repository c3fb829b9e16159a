#include "runner/runner.h"

#include "base/check.h"
#include "base/log.h"

namespace ordinaut::runner {
namespace {
// Something is due and was not to be had: another process has it in hand at this moment.
constexpr std::chrono::milliseconds kBreath{20};
}  // namespace

Runner::Runner(store::QueueStore& queue, store::Wakeup& wakeup, const Clock& clock,
               AttemptContext attempts, RunnerOptions options)
    : queue_(queue),
      wakeup_(wakeup),
      clock_(clock),
      attempts_(std::move(attempts)),
      options_(std::move(options)),
      meter_(options_.metrics, attempts_.tools),
      completer_(queue, options_.worker, {},
                 [this](const store::LeaseRef& lease, store::CompleteOutcome outcome) {
                     if (outcome == store::CompleteOutcome::kLost)
                         log_warn("run.result_discarded",
                                  {{"run_id", lease.run_id}, {"why", "lease lost"}});
                     release(lease.lease_token);
                 }),
      keeper_(queue, wakeup, clock, options_.lease),
      executors_("executor", options_.executor_threads, 2 * static_cast<size_t>(options_.slots)) {}

Runner::~Runner() { stop(); }

void Runner::start() {
    listening_ = wakeup_.listen(store::Channel::kDue, [this] {
        std::lock_guard lock(mutex_);
        woken_ = true;
        changed_.notify_all();
    });
    completer_.start();
    keeper_.start();
    claimer_ = std::thread([this] { claim_loop(); });
}

int Runner::running() const {
    std::lock_guard lock(mutex_);
    return static_cast<int>(slots_.size());
}

int64_t Runner::completed() const {
    std::lock_guard lock(mutex_);
    return completed_;
}

void Runner::claim_loop() {
    while (true) {
        int free = 0;
        {
            std::lock_guard lock(mutex_);
            if (draining_) return;
            woken_ = false;  // Before looking: what comes after this line wakes the wait below.
            free = std::max(options_.slots - static_cast<int>(slots_.size() + going_on_), 0);
        }
        const int wanted = std::min(free, options_.batch);
        const int claimed = wanted > 0 ? claim_once(wanted) : 0;
        if (wanted > 0 && claimed == wanted) continue;  // There may be more.
        const auto pause = claimed < 0   ? std::chrono::microseconds(std::chrono::seconds(1))
                           : wanted == 0 ? std::chrono::microseconds(options_.poll_max)
                                         : time_to_sleep(claimed == 0);
        std::unique_lock lock(mutex_);
        const bool full = wanted == 0;
        changed_.wait_for(lock, pause, [&] {
            return draining_ ||
                   (full ? static_cast<int>(slots_.size() + going_on_) < options_.slots : woken_);
        });
        lock.unlock();
        abandon_overdue();
    }
}

std::chrono::microseconds Runner::time_to_sleep(bool found_nothing) {
    std::chrono::microseconds longest = options_.poll_max;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [id, slot] : slots_)
            if (slot.abandon_at)
                longest = std::min<std::chrono::microseconds>(longest, std::chrono::seconds(1));
    }
    const auto next = queue_.until_next();
    if (!next.ok() || !*next) return longest;
    const std::chrono::microseconds wait = std::min(**next, longest);
    if (found_nothing && wait <= std::chrono::microseconds(0)) return kBreath;
    return std::max(wait, std::chrono::microseconds(0));
}

// How many were claimed; -1 when the store is out of reach.
int Runner::claim_once(int free_slots) {
    const MonoTime asked_at = clock_.mono_now();
    auto leases = queue_.claim(options_.worker, free_slots, options_.lease.ttl);
    if (!leases.ok()) {
        log_error("claim.failed", {{"error", leases.error().message}});
        return -1;
    }
    meter_.claimed(*leases);
    for (store::Lease& lease : *leases) {
        const Id token = lease.lease_token;
        {
            std::lock_guard lock(mutex_);
            slots_[token].run_id = lease.run_id;
        }
        keeper_.keep({lease.run_id, token}, asked_at, [this, token](LeaseEvent event) {
            stop_attempt(
                token, event == LeaseEvent::kLost ? StopReason::kLeaseLost : StopReason::kCanceled);
        });
        // The pool has room for every slot and for as many that go on, and those count when runs
        // are claimed: a claimed run always finds room.
        CHECK(
            executors_.try_submit([this, lease = std::make_shared<store::Lease>(std::move(lease))] {
                const store::LeaseRef ref{lease->run_id, lease->lease_token};
                run_safely(ref, [&] { begin(std::move(*lease)); });
            }));
    }
    return static_cast<int>(leases->size());
}

// What an attempt that breaks had begun, nobody knows: the run is left to the expiry of its lease,
// like that of a process that died.
void Runner::run_safely(const store::LeaseRef& ref, const std::function<void()>& part) {
    std::string reason;
    try {
        return part();
    } catch (const std::exception& fault) {
        reason = fault.what();
    } catch (...) {
        reason = "an exception that is not std::exception";
    }
    log_error("run.attempt_broke", {{"run_id", ref.run_id}, {"reason", reason}});
    stop_attempt(ref.lease_token, StopReason::kLeaseLost);
    release(ref.lease_token);
}

void Runner::begin(store::Lease lease) {
    const Id token = lease.lease_token;
    log_debug(
        "run.started",
        {{"run_id", lease.run_id}, {"task_id", lease.task.id}, {"attempt", lease.run.attempt}});
    const auto attempt =
        make_attempt(attempts_, std::move(lease),
                     {.progress =
                          [this](const store::LeaseRef& ref, const Step& step) {
                              meter_.step(step);
                              completer_.progress(ref, step);
                          },
                      .step_begins =
                          [this](const store::LeaseRef& ref, const Step& step,
                                 std::function<void(Status)> recorded) {
                              step_begins(ref, step, std::move(recorded));
                          },
                      .done =
                          [this, began = clock_.mono_now()](store::Completion completion) {
                              meter_.ended(completion.next, clock_.mono_now() - began);
                              completer_.complete(std::move(completion));
                          },
                      .lost = [this, token] { release(token); }});
    std::optional<StopReason> stop_asked;
    {
        std::lock_guard lock(mutex_);
        Slot& slot = slots_.at(token);  // It goes when the attempt ends.
        slot.attempt = attempt;
        stop_asked = slot.stop_asked;
    }
    // Before it starts: a run that nobody wants any more, or that is another's, calls no tool.
    if (stop_asked) attempt->stop(*stop_asked);
    attempt->start();
}

// The completer's thread has more to do than to start tools.
void Runner::step_begins(const store::LeaseRef& lease, const Step& step,
                         std::function<void(Status)> recorded) {
    completer_.begin(lease, step, [this, lease, recorded](Status status) {
        if (!status.ok() && status.error().code == ErrorCode::kLeaseLost)
            return stop_attempt(lease.lease_token, StopReason::kLeaseLost);
        {
            std::lock_guard lock(mutex_);
            ++going_on_;
        }
        const bool goes_on =
            executors_.try_submit([this, lease, recorded, status = std::move(status)] {
                went_on();
                run_safely(lease, [&] { recorded(status); });
            });
        if (!goes_on) went_on();  // Stopped: nothing is waited for any more.
    });
}

void Runner::went_on() {
    {
        std::lock_guard lock(mutex_);
        --going_on_;
    }
    changed_.notify_all();
}

void Runner::stop_attempt(const Id& lease_token, StopReason reason) {
    std::shared_ptr<Attempt> attempt;
    {
        std::lock_guard lock(mutex_);
        const auto it = slots_.find(lease_token);
        if (it == slots_.end()) return;
        if (!it->second.stop_asked) it->second.stop_asked = reason;
        it->second.abandon_at = clock_.mono_now() + options_.cancel_grace;
        attempt = it->second.attempt;
        woken_ = true;  // The claimer's loop also abandons what is overdue.
    }
    changed_.notify_all();
    if (attempt != nullptr) attempt->stop(reason);
}

void Runner::abandon_overdue() {
    std::vector<std::shared_ptr<Attempt>> overdue;
    {
        std::lock_guard lock(mutex_);
        const MonoTime now = clock_.mono_now();
        for (auto& [token, slot] : slots_) {
            if (!slot.abandon_at || *slot.abandon_at > now || slot.attempt == nullptr) continue;
            slot.abandon_at.reset();
            overdue.push_back(slot.attempt);
        }
    }
    for (const auto& attempt : overdue) attempt->abandon();
}

void Runner::release(const Id& lease_token) {
    keeper_.forget(lease_token);
    std::shared_ptr<Attempt> ended;  // Destroyed after the lock is gone.
    {
        std::lock_guard lock(mutex_);
        const auto it = slots_.find(lease_token);
        if (it == slots_.end()) return;
        ended = std::move(it->second.attempt);
        slots_.erase(it);
        ++completed_;
    }
    changed_.notify_all();
}

// Those that no executor came to.
void Runner::give_back_unbegun() {
    std::vector<store::LeaseRef> unbegun;
    {
        std::lock_guard lock(mutex_);
        for (const auto& [token, slot] : slots_)
            if (slot.attempt == nullptr) unbegun.push_back({slot.run_id, token});
    }
    for (auto& lease : unbegun) {
        store::Completion completion{.lease = std::move(lease), .next = RunState::kReady};
        completion.reason = "the worker is stopping";
        completer_.complete(std::move(completion));
    }
}

void Runner::stop() {
    {
        std::lock_guard lock(mutex_);
        if (draining_ || !claimer_.joinable()) return;
        draining_ = true;
    }
    changed_.notify_all();
    claimer_.join();
    listening_.reset();
    const auto all_ended = [this] { return slots_.empty(); };
    std::vector<Id> left;
    {
        std::unique_lock lock(mutex_);
        log_info("runner.draining", {{"running", slots_.size()}});
        if (!changed_.wait_for(lock, options_.drain, all_ended))
            for (const auto& [token, slot] : slots_) left.push_back(token);
    }
    for (const Id& token : left) stop_attempt(token, StopReason::kDrained);
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(1), all_ended);
        for (auto& [token, slot] : slots_) slot.abandon_at = clock_.mono_now();
    }
    abandon_overdue();
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(5), all_ended);
    }
    executors_.stop();
    give_back_unbegun();
    keeper_.stop();
    completer_.stop();
}

}  // namespace ordinaut::runner
