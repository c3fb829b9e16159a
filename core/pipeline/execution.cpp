#include "pipeline/execution.h"

#include "base/check.h"

namespace ordinaut::pipeline {
namespace {

using tool::Outcome;
using tool::ToolResult;

ToolResult terminal(std::string message) {
    ToolResult result;
    result.outcome = Outcome::kTerminal;
    result.message = std::move(message);
    return result;
}

// An Error of a template or condition as a step's failure, with its places as details.
ToolResult terminal(const Error& error) {
    ToolResult result = terminal(error.message);
    if (!error.details.empty()) {
        JsonWriter writer;
        writer.begin_array();
        for (const auto& detail : error.details)
            writer.begin_object()
                .field("pointer", detail.pointer)
                .field("message", detail.message)
                .end_object();
        result.details_json = writer.end_array().take();
    }
    return result;
}

std::string_view outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::kOk: return "ok";
        case Outcome::kRetryable: return "retryable";
        case Outcome::kRateLimited: return "rate_limited";
        case Outcome::kTerminal: return "terminal";
        case Outcome::kTimedOut: return "timed_out";
        case Outcome::kCanceled: return "canceled";
    }
    return "";
}

std::string error_json(const ToolResult& result) {
    JsonWriter writer;
    writer.begin_object()
        .field("error", result.in_doubt ? kOutcomeUnknown : outcome_name(result.outcome))
        .field("message", result.message);
    if (!result.details_json.empty()) writer.raw("details", result.details_json);
    return writer.end_object().take();
}

ToolResult unrecorded(const Error& error) {
    ToolResult result = terminal(
        "the tool was not called, because it cannot be recorded that it "
        "is: " +
        error.message);
    if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kInDoubt)
        result.outcome = Outcome::kRetryable;
    return result;
}

// A call nobody answered any more.
ToolResult unanswered(Outcome outcome, std::string message) {
    ToolResult result;
    result.outcome = outcome;
    result.message = std::move(message);
    result.in_doubt = true;
    return result;
}

// What a person has to know who is to settle it.
std::string in_doubt_message(const Step& step, const std::string& why) {
    return "it is not known whether step '" + step.id + "' took effect: " + why + ". " + step.tool +
           " must not be called twice (at_most_once), so nothing is tried again by itself; look "
           "there what happened, and retry the run to call it once more";
}

std::string too_large(std::string_view what, size_t bytes) {
    return std::string(what) + " has " + std::to_string(bytes) + " bytes; the limit is " +
           std::to_string(kOutputBytesMax);
}

constexpr size_t kMemoryChunkBytes =
    4096;                                // Thousands of executions wait at once; most see little.
constexpr size_t kMaskableBytesMin = 4;  // Shorter secrets would blot out ordinary text.
constexpr int kOutputDepthMax =
    90;  // Room for the objects around it, within what parse_json reads.

JsonValue make_scope(const ExecutionInput& input, jmespath::Arena& allocator) {
    JsonValue scope(rapidjson::kObjectType);
    const auto add = [&](const char* name, const JsonValue& value) {
        scope.AddMember(rapidjson::StringRef(name), JsonValue(value, allocator), allocator);
    };
    scope.AddMember("params", alias(input.definition.params()), allocator);
    add("event", input.event);
    add("task", input.task);
    add("run", input.run);
    scope.AddMember("now", JsonValue(format_time(input.now), allocator), allocator);
    scope.AddMember("steps", JsonValue(rapidjson::kObjectType), allocator);
    return scope;
}

void add_result(JsonValue& scope, const std::string& name, const JsonValue& value,
                jmespath::Arena& allocator) {
    scope["steps"].AddMember(JsonValue(name, allocator), JsonValue(value, allocator), allocator);
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// `text` without any secret, as it is or as it stands in JSON: one may come back in a tool's answer
// or message.
std::string masked(std::string text, const std::map<std::string, std::string>& secrets) {
    for (const auto& [name, secret] : secrets) {
        if (secret.size() < kMaskableBytesMin) continue;
        replace_all(text, secret, kMask);
        const std::string quoted = JsonWriter().string(secret).take();
        replace_all(text, std::string_view(quoted).substr(1, quoted.size() - 2), kMask);
    }
    return text;
}

}  // namespace

std::shared_ptr<Execution> Execution::create(ExecutionInput input, Observer observer) {
    return std::shared_ptr<Execution>(new Execution(std::move(input), std::move(observer)));
}

Execution::Execution(ExecutionInput input, Observer observer)
    : input_(std::move(input)),
      observer_(std::move(observer)),
      memory_(kMemoryChunkBytes),
      scope_(make_scope(input_, memory_)) {
    take_earlier_steps();
    input_.event = Json();  // In the scope now.
    input_.task = Json();
    input_.run = Json();
    input_.earlier.clear();
}

// One record per step of the definition; what succeeded or was skipped before stands, the rest
// begins again. But for a tool that must not be called twice: a call that was begun and has no end
// is answered here, by nobody.
void Execution::take_earlier_steps() {
    const auto& definitions = input_.definition.steps();
    for (size_t i = 0; i < definitions.size(); ++i) {
        Step step;
        step.id = definitions[i].id;
        step.index = static_cast<int>(i);
        step.tool = definitions[i].uses;
        step.save_as = definitions[i].save_as;
        const auto earlier = std::find_if(input_.earlier.begin(), input_.earlier.end(),
                                          [&](const Step& s) { return s.id == step.id; });
        if (earlier != input_.earlier.end() && earlier->state == StepState::kRunning &&
            must_not_repeat(earlier->tool)) {
            // An earlier one had an end, which was lost as well: it is not called again either.
            if (current_ >= 0) steps_[static_cast<size_t>(current_)].state = StepState::kUnknown;
            step = *earlier;
            step.index = current_ = static_cast<int>(i);
            answer_ = unanswered(Outcome::kTerminal,
                                 "its worker was lost after it had begun the call, before it "
                                 "could record an answer");
        } else if (earlier != input_.earlier.end()) {
            step.attempt = earlier->attempt;
            const bool stands =
                earlier->state == StepState::kSucceeded || earlier->state == StepState::kSkipped;
            auto output =
                parse_json(earlier->output_json, {.bytes_max = kOutputBytesMax, .depth_max = 100});
            if (stands && (earlier->state == StepState::kSkipped || output.ok())) {
                step = *earlier;
                step.index = static_cast<int>(i);
                if (output.ok()) add_result(scope_, step.save_as, *output, memory_);
            }
        }
        steps_.push_back(std::move(step));
    }
}

void Execution::start() { advance(); }

void Execution::advance() {
    std::unique_lock lock(mutex_);
    if (advancing_) return;
    advancing_ = true;
    while (!ended_) {
        if (answer_) {
            ToolResult result = std::move(*answer_);
            answer_.reset();
            lock.unlock();
            settle(std::move(result));
            lock.lock();
            continue;
        }
        if (calling_) break;
        const bool stop = cancel_asked_;
        if (unrecorded_ && !stop) {
            if (!recorded_) break;
            std::string input_json = *std::exchange(unrecorded_, std::nullopt);
            const Status recorded = *std::exchange(recorded_, std::nullopt);
            lock.unlock();
            if (recorded.ok())
                call_tool(std::move(input_json));
            else
                fail(current_, unrecorded(recorded.error()));
            lock.lock();
            continue;
        }
        lock.unlock();
        const auto next = std::find_if(steps_.begin(), steps_.end(), [](const Step& step) {
            return step.state == StepState::kPending;
        });
        if (stop)
            end(canceled());
        else if (next == steps_.end())
            end(success());
        else
            begin_step(next->index);
        lock.lock();
    }
    advancing_ = false;
}

Scope Execution::templates_scope() const {
    return {.data = &scope_, .now = input_.now, .secrets = &input_.secrets};
}

Result<bool> Execution::condition_holds(const StepDefinition& definition) {
    if (!definition.condition) return true;
    jmespath::Arena arena;
    const auto value = definition.condition->evaluate(templates_scope(), arena);
    if (!value.ok()) return Error(value.error());
    return jmespath::truthy(**value);
}

void Execution::begin_step(int index) {
    const StepDefinition& definition = input_.definition.steps()[static_cast<size_t>(index)];
    Step& step = steps_[static_cast<size_t>(index)];
    ++step.attempt;
    step.started_at = input_.clock->wall_now();
    const auto holds = condition_holds(definition);
    if (!holds.ok()) {
        Error error = holds.error();
        error.message =
            "the condition of step '" + step.id + "' cannot be evaluated: " + error.message;
        return fail(index, terminal(error));
    }
    if (!*holds) return close_step(step, StepState::kSkipped);
    auto rendered = definition.with.render(templates_scope());
    if (!rendered.ok()) return fail(index, terminal(rendered.error()));
    step.input_json = masked(std::move(rendered->masked_json), input_.secrets);
    step.state = StepState::kRunning;
    current_ = index;
    // A tool that is not there is not called either.
    if (input_.tools->find(step.tool) != nullptr && must_not_repeat(step.tool))
        return record_begin(step, std::move(rendered->json));
    observer_.step_changed(step);
    call_tool(std::move(rendered->json));
}

// Of a tool that is not known (any more) neither can it be told whether a repeated call does harm.
bool Execution::must_not_repeat(const std::string& tool) const {
    const auto known = input_.tools->find(tool);
    return known == nullptr || known->spec().effect == tool::Effect::kAtMostOnce;
}

void Execution::record_begin(const Step& step, std::string input_json) {
    int serial = 0;
    {
        std::lock_guard lock(mutex_);
        unrecorded_ = std::move(input_json);
        serial = ++serial_;
    }
    observer_.step_begins(step, [self = shared_from_this(), serial](Status recorded) {
        self->begin_recorded(serial, std::move(recorded));
    });
}

void Execution::begin_recorded(int serial, Status recorded) {
    {
        std::lock_guard lock(mutex_);
        if (serial != serial_ || !unrecorded_ || recorded_ || ended_) return;
        recorded_ = std::move(recorded);
    }
    advance();
}

void Execution::call_tool(std::string input_json) {
    const StepDefinition& definition = input_.definition.steps()[static_cast<size_t>(current_)];
    const Step& step = steps_[static_cast<size_t>(current_)];
    tool::ToolCall call;
    call.name = definition.uses;
    call.input_json = std::move(input_json);
    call.deadline = input_.clock->mono_now() + definition.timeout.value_or(kStepTimeoutDefault);
    call.attempt = step.attempt;
    call.principal = input_.principal;
    call.scopes = input_.scopes;
    call.idempotency_key = input_.run_id + "/" + step.id + "/0";
    call.run_id = input_.run_id;
    call.step_id = step.id;
    call.task_id = input_.task_id;
    call.trace_id = input_.trace_id;
    call.causation_depth = input_.causation_depth;
    int serial = 0;
    {
        std::lock_guard lock(mutex_);
        calling_ = true;
        serial = ++serial_;
    }
    auto cancel_call = input_.tools->invoke(std::move(call),
                                            [self = shared_from_this(), serial](ToolResult result) {
                                                self->tool_answered(serial, std::move(result));
                                            });
    {
        std::lock_guard lock(mutex_);
        if (!calling_ || serial != serial_) return;  // It answered already.
        cancel_call_ = cancel_call;
        if (!cancel_asked_) return;
    }
    if (cancel_call) cancel_call();
}

void Execution::tool_answered(int serial, ToolResult result) {
    {
        std::lock_guard lock(mutex_);
        if (serial != serial_ || !calling_) return;  // Abandoned, or a second answer.
        calling_ = false;
        cancel_call_ = nullptr;
        answer_ = std::move(result);
    }
    advance();
}

void Execution::settle(ToolResult result) {
    Step& step = steps_[static_cast<size_t>(current_)];
    if (result.outcome != Outcome::kOk) return fail(current_, std::move(result));
    if (result.output_json.size() > kOutputBytesMax)
        return fail(current_, terminal(too_large("the output of step '" + step.id + "'",
                                                 result.output_json.size())));
    const auto output = parse_json(result.output_json,
                                   {.bytes_max = kOutputBytesMax, .depth_max = kOutputDepthMax});
    if (!output.ok())
        return fail(current_,
                    terminal("the tool's answer is not usable: " + output.error().message));
    add_result(scope_, step.save_as, *output, memory_);
    step.output_json = std::move(result.output_json);
    close_step(step, StepState::kSucceeded);
}

void Execution::close_step(Step& step, StepState state) {
    step.state = state;
    step.finished_at = input_.clock->wall_now();
    observer_.step_changed(step);
}

void Execution::fail(int index, ToolResult result) {
    Step& step = steps_[static_cast<size_t>(index)];
    bool stopped = false;
    {
        std::lock_guard lock(mutex_);
        stopped = cancel_asked_;
    }
    result.in_doubt = result.in_doubt && must_not_repeat(step.tool);
    if (stopped && !result.in_doubt && result.outcome != Outcome::kTerminal) return end(canceled());
    if (result.in_doubt) {
        result.outcome = Outcome::kTerminal;
        result.message = in_doubt_message(step, result.message);
    }
    result.message = masked(std::move(result.message), input_.secrets);
    result.details_json = masked(std::move(result.details_json), input_.secrets);
    step.error_json = error_json(result);
    close_step(step, result.in_doubt ? StepState::kUnknown : StepState::kFailed);
    ExecutionResult failed;
    failed.ending = stopped && result.in_doubt ? Ending::kCanceled : Ending::kFailed;
    failed.in_doubt = result.in_doubt;
    failed.failed_step = index;
    failed.outcome = result.outcome;
    failed.message = std::move(result.message);
    failed.details_json = std::move(result.details_json);
    failed.retry_after = result.retry_after;
    end(std::move(failed));
}

ExecutionResult Execution::success() {
    ExecutionResult result;
    JsonWriter writer;
    writer.begin_object();
    for (const Step& step : steps_)
        if (step.state == StepState::kSucceeded) writer.raw(step.save_as, step.output_json);
    result.output_json = writer.end_object().take();
    if (result.output_json.size() > kOutputBytesMax) {
        result.ending = Ending::kFailed;
        result.outcome = Outcome::kTerminal;
        result.message = too_large("the output of all steps together", result.output_json.size());
        result.output_json.clear();
    }
    return result;
}

ExecutionResult Execution::canceled() {
    for (Step& step : steps_)
        if (step.state == StepState::kRunning) close_step(step, StepState::kCanceled);
    ExecutionResult result;
    result.ending = Ending::kCanceled;
    return result;
}

void Execution::end(ExecutionResult result) {
    {
        std::lock_guard lock(mutex_);
        CHECK(!ended_);
        ended_ = true;
    }
    result.steps = steps_;
    observer_.ended(std::move(result));
}

void Execution::cancel() {
    tool::CancelCall cancel_call;
    {
        std::lock_guard lock(mutex_);
        if (ended_) return;
        cancel_asked_ = true;
        cancel_call = cancel_call_;
    }
    if (cancel_call) cancel_call();
    advance();
}

void Execution::abandon() {
    {
        std::lock_guard lock(mutex_);
        if (ended_) return;
        cancel_asked_ = true;
        if (calling_)
            answer_ = unanswered(Outcome::kCanceled, "it was stopped and did not answer any more");
        calling_ = false;
        cancel_call_ = nullptr;
        ++serial_;  // The tool's answer, should it come, is late.
    }
    advance();
}

}  // namespace ordinaut::pipeline
