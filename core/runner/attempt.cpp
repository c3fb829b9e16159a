#include "runner/attempt.h"

#include <random>

#include "base/excerpt.h"
#include "base/log.h"
#include "pipeline/execution.h"
#include "runner/backoff.h"
#include "store/event_store.h"

namespace ordinaut::runner {
namespace {

using pipeline::Ending;
using pipeline::ExecutionResult;
using tool::Outcome;

uint64_t random_number() {
    static thread_local std::mt19937_64 engine{std::random_device{}()};
    return engine();
}

std::string_view outcome_word(Outcome outcome) {
    switch (outcome) {
        case Outcome::kRetryable: return "step_failed";
        case Outcome::kRateLimited: return "rate_limited";
        case Outcome::kTimedOut: return "timed_out";
        case Outcome::kCanceled: return "canceled";
        default: return "step_failed";
    }
}

constexpr size_t kReasonBytesMax = 500;

std::string failure_json(const ExecutionResult& result) {
    JsonWriter writer;
    writer.begin_object()
        .field("error", result.in_doubt ? pipeline::kOutcomeUnknown : outcome_word(result.outcome))
        .field("message", result.message);
    if (result.failed_step >= 0)
        writer.field("step_id", result.steps[static_cast<size_t>(result.failed_step)].id);
    if (!result.details_json.empty()) writer.raw("details", result.details_json);
    return writer.end_object().take();
}

// What templates see as `task` and `run`.
Json task_scope(const Task& task) {
    JsonWriter writer;
    writer.begin_object()
        .field("id", task.id)
        .field("title", task.title)
        .field("description", task.description);
    writer.field("created_by", task.owner).field("schedule_kind", name_of(task.schedule_kind));
    writer.field("schedule_expr", task.schedule_expr)
        .field("timezone", task.timezone)
        .field("priority", task.priority);
    return std::move(*parse_json(writer.end_object().take()));
}

Json run_scope(const Run& run) {
    JsonWriter writer;
    writer.begin_object()
        .field("id", run.id)
        .field("source", name_of(run.source))
        .field("attempt", run.attempt);
    if (run.nominal_at)
        writer.field("nominal_at", format_time(*run.nominal_at));
    else
        writer.key("nominal_at").null();
    writer.field("created_at", format_time(run.created_at));
    if (!run.trigger_json.empty()) writer.raw("trigger", run.trigger_json);
    return std::move(*parse_json(writer.end_object().take()));
}

class PipelineAttempt final : public Attempt, public std::enable_shared_from_this<PipelineAttempt> {
public:
    PipelineAttempt(const AttemptContext& context, store::Lease lease, AttemptEvents events)
        : context_(context), lease_(std::move(lease)), events_(std::move(events)) {}

    void start() override {
        {
            std::unique_lock lock(mutex_);
            if (stop_) {
                lock.unlock();
                ExecutionResult nothing;
                nothing.ending = Ending::kCanceled;
                return ended(std::move(nothing));
            }
        }
        auto input = prepare();
        if (!input.ok()) return fail_before_start(input.error());
        auto execution = pipeline::Execution::create(std::move(*input), observer());
        bool stop_asked = false;
        {
            std::lock_guard lock(mutex_);
            execution_ = execution;
            stop_asked = stop_.has_value();
        }
        if (stop_asked)
            execution->cancel();
        else
            execution->start();
    }

    void stop(StopReason reason) override {
        std::shared_ptr<pipeline::Execution> execution;
        {
            std::lock_guard lock(mutex_);
            if (!stop_ || reason == StopReason::kLeaseLost) stop_ = reason;
            execution = execution_;
        }
        if (execution != nullptr) execution->cancel();
    }

    void abandon() override {
        std::shared_ptr<pipeline::Execution> execution;
        {
            std::lock_guard lock(mutex_);
            execution = execution_;
        }
        if (execution == nullptr) return;
        log_warn("attempt.abandoned", {{"run_id", lease_.run_id}});
        execution->abandon();
    }

private:
    store::LeaseRef ref() const { return {lease_.run_id, lease_.lease_token}; }

    // Holds the attempt weakly: the attempt owns its execution, and one that breaks never ends.
    pipeline::Execution::Observer observer() {
        const auto weak = weak_from_this();
        return {.step_changed =
                    [weak](const Step& step) {
                        if (const auto self = weak.lock())
                            self->events_.progress(self->ref(), step);
                    },
                .step_begins =
                    [weak](const Step& step, std::function<void(Status)> recorded) {
                        if (const auto self = weak.lock())
                            self->events_.step_begins(self->ref(), step, std::move(recorded));
                    },
                .ended =
                    [weak](ExecutionResult result) {
                        if (const auto self = weak.lock()) self->ended(std::move(result));
                    }};
    }

    Result<pipeline::ExecutionInput> prepare() {
        definition_ = TRY(pipeline::Definition::parse(TRY(parse_json(lease_.task.payload_json)),
                                                      "/payload", nullptr));
        pipeline::ExecutionInput input{
            .tools = &context_.tools, .clock = &context_.clock, .definition = *definition_};
        if (!lease_.run.event_json.empty()) input.event = TRY(parse_json(lease_.run.event_json));
        input.task = task_scope(lease_.task);
        input.run = run_scope(lease_.run);
        input.now = lease_.run.started_at.value_or(context_.clock.wall_now());
        if (!input.definition.secrets().empty())
            input.secrets = TRY(context_.secrets(lease_.task.owner, input.definition.secrets()));
        input.earlier = lease_.steps;
        input.run_id = lease_.run_id;
        input.task_id = lease_.task.id;
        input.principal = lease_.task.owner;
        input.scopes = lease_.owner_scopes;
        input.trace_id = lease_.run.trace_id;
        input.causation_depth = store::depth_after(lease_.run.trigger_json);
        return input;
    }

    // Nothing ran: the payload or a secret cannot be used, or the store is out of reach for the
    // moment.
    void fail_before_start(const Error& error) {
        ExecutionResult result;
        result.ending = Ending::kFailed;
        result.outcome =
            error.code == ErrorCode::kUnavailable ? Outcome::kRetryable : Outcome::kTerminal;
        result.message = error.message;
        ended(std::move(result));
    }

    void ended(ExecutionResult result) {
        std::optional<StopReason> stop;
        {
            std::lock_guard lock(mutex_);
            stop = stop_;
            execution_.reset();
        }
        if (stop == StopReason::kLeaseLost) return events_.lost();
        store::Completion completion{.lease = ref()};
        // Given back it would be called again.
        if (stop == StopReason::kDrained && result.in_doubt) result.ending = Ending::kFailed;
        completion.steps = std::move(result.steps);
        switch (result.ending) {
            case Ending::kSucceeded:
                completion.next = RunState::kSucceeded;
                completion.output_json = std::move(result.output_json);
                break;
            case Ending::kCanceled:
                completion.next =
                    stop == StopReason::kDrained ? RunState::kReady : RunState::kCanceled;
                completion.reason =
                    stop == StopReason::kDrained ? "the worker is stopping" : "canceled";
                if (completion.next == RunState::kCanceled)
                    completion.error_json =
                        R"({"error":"canceled","message":"the run was canceled"})";
                break;
            case Ending::kFailed:
                result.steps = std::move(completion.steps);
                decide_failure(result, completion);
                completion.steps = std::move(result.steps);
                break;
        }
        events_.done(std::move(completion));
    }

    // Tries left: a step's own max_retries counts that step's tries; without one the run's failures
    // count against the task's.
    bool tries_left(const ExecutionResult& result) const {
        if (result.failed_step >= 0) {
            const auto index = static_cast<size_t>(result.failed_step);
            if (const auto own = definition_->steps()[index].max_retries)
                return result.steps[index].attempt <= *own;
        }
        return lease_.run.failures < lease_.task.max_retries;
    }

    void decide_failure(const ExecutionResult& result, store::Completion& completion) const {
        completion.error_json = failure_json(result);
        completion.reason = excerpt(result.message, kReasonBytesMax);
        completion.count_failure = true;
        const bool may_retry = result.outcome == Outcome::kRetryable ||
                               result.outcome == Outcome::kRateLimited ||
                               result.outcome == Outcome::kTimedOut;
        if (may_retry && tries_left(result)) {
            completion.next = RunState::kRetryWait;
            completion.retry_in =
                result.retry_after
                    ? std::min(*result.retry_after, kBackoffMax)
                    : backoff_delay(lease_.task.backoff, lease_.run.failures + 1, random_number());
        } else {
            completion.next =
                result.outcome == Outcome::kTimedOut ? RunState::kTimedOut : RunState::kFailed;
        }
    }

    const AttemptContext& context_;
    const store::Lease lease_;
    const AttemptEvents events_;
    std::optional<pipeline::Definition> definition_;  // Set before anything runs.
    std::mutex mutex_;
    std::shared_ptr<pipeline::Execution> execution_;  // While it runs.
    std::optional<StopReason> stop_;
};

}  // namespace

std::shared_ptr<Attempt> make_attempt(const AttemptContext& context, store::Lease lease,
                                      AttemptEvents events) {
    return std::make_shared<PipelineAttempt>(context, std::move(lease), std::move(events));
}

}  // namespace ordinaut::runner
