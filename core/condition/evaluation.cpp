#include "condition/evaluation.h"

#include "base/excerpt.h"
#include "jmespath/expression.h"

namespace ordinaut::condition {
namespace {

store::OwnerFilter filter_of(const store::ConditionLease& lease) {
    const auto& scopes = lease.owner_scopes;
    const bool admin = std::find(scopes.begin(), scopes.end(), "admin") != scopes.end();
    return admin ? store::OwnerFilter{} : store::OwnerFilter{lease.task.owner};
}

Result<Json> queue_data(const EvaluationContext& context, const store::OwnerFilter& owner) {
    const auto stats = TRY(context.queue.stats(owner));
    JsonWriter writer;
    writer.begin_object()
        .field("ready", stats.ready)
        .field("running", stats.running)
        .field("scheduled", stats.scheduled)
        .field("retry_wait", stats.retry_wait)
        .field("depth", stats.ready + stats.running + stats.scheduled + stats.retry_wait)
        .field("lateness_seconds", stats.lateness_seconds);
    if (stats.oldest_ready_at)
        writer.field("oldest_ready_at", format_time(*stats.oldest_ready_at));
    else
        writer.key("oldest_ready_at").null();
    return parse_json(writer.field("paused", stats.paused).end_object().take());
}

// The owner's own tasks only, whatever else the owner may see.
Result<Json> task_data(const EvaluationContext& context, const Id& task_id, const Id& owner) {
    const Task task = TRY(context.tasks.get(task_id, owner));
    JsonWriter writer;
    writer.begin_object().field("id", task.id).field("title", task.title);
    writer.field("status", name_of(task.status)).key("last_run");
    const auto run = context.runs.latest(task_id, owner);
    if (run.ok())
        write_json(writer, run->run);
    else if (run.error().code == ErrorCode::kNotFound)
        writer.null();
    else
        return run.error();
    return parse_json(writer.end_object().take(), {.bytes_max = 4 << 20});
}

// What templates of a source's input see.
Result<Json> scope_of(const store::ConditionLease& lease) {
    const Json payload = TRY(parse_json(lease.task.payload_json));
    JsonWriter writer;
    writer.begin_object();
    if (const JsonValue* params = find(payload, "params")) writer.key("params").value(*params);
    writer.key("task")
        .begin_object()
        .field("id", lease.task.id)
        .field("title", lease.task.title)
        .field("created_by", lease.task.owner)
        .end_object();
    return parse_json(writer.end_object().take());
}

Error failure_of(const tool::ToolResult& result) {
    switch (result.outcome) {
        case tool::Outcome::kTimedOut: return {ErrorCode::kDeadline, "no answer in time"};
        case tool::Outcome::kCanceled: return {ErrorCode::kCanceled, "the process is stopping"};
        default: return unavailable(result.message.empty() ? "the tool failed" : result.message);
    }
}

// Text that can be stored and sent, whatever a tool said.
std::string presentable(std::string_view said) {
    const std::string text = excerpt(said, kErrorBytesMax);
    JsonWriter writer;
    writer.string(text);
    return parse_json(writer.take()).ok() ? text : "it failed, with a message that is not text";
}

}  // namespace

std::chrono::seconds deadline_of(const Condition& condition) {
    return std::min(kDeadlineMax, std::chrono::seconds(condition.interval_seconds));
}

Result<std::string> answer_to(std::string_view expression, const JsonValue& data) {
    const auto compiled = TRY(jmespath::Expression::parse(expression));
    Json memory;
    const JsonValue* value = TRY(compiled.evaluate(data, memory.GetAllocator()));
    if (value->IsNull())
        return invalid("/schedule_expr",
                       "the expression gives null, which answers nothing; if a missing value is "
                       "an answer, say which: not_null(x, `false`)");
    std::string json = to_json(*value);
    if (json.size() > kAnswerBytesMax)
        return Error{ErrorCode::kTooLarge, "the expression gives " + std::to_string(json.size()) +
                                               " bytes; at most " +
                                               std::to_string(kAnswerBytesMax) + " are kept"};
    TRY(parse_json(json, {.bytes_max = kAnswerBytesMax, .depth_max = kAnswerDepthMax}));
    return json;
}

Evaluation::Evaluation(const EvaluationContext& context, std::shared_ptr<WorkPool> pool,
                       store::ConditionLease lease, Answered answered)
    : context_(context),
      pool_(std::move(pool)),
      lease_(std::move(lease)),
      answered_(std::move(answered)) {}

void Evaluation::start() {
    if (!pool_->try_submit([self = shared_from_this()] { self->ask(); }))
        answer(unavailable("this process is too busy to evaluate it"));
}

void Evaluation::cancel() {
    tool::CancelCall call;
    {
        std::lock_guard lock(mutex_);
        canceled_ = true;
        call = cancel_call_;
    }
    if (call) call();
}

void Evaluation::ask() {
    const auto text = parse_json(lease_.task.condition->source_json);
    if (!text.ok()) return answer(text.error());
    const auto source = Source::parse(*text, "/condition/source", &context_.tools);
    if (!source.ok()) return answer(source.error());
    if (source->kind() == SourceKind::kQueue)
        return judge_data(queue_data(context_, filter_of(lease_)));
    if (source->kind() == SourceKind::kTask)
        return judge_data(task_data(context_, source->task_id(), lease_.task.owner));
    const Status called = call_tool(*source);
    if (!called.ok()) answer(called.error());
}

Status Evaluation::call_tool(const Source& source) {
    const Json data = TRY(scope_of(lease_));
    std::map<std::string, std::string> secrets;
    const auto names = source.secrets();
    if (!names.empty()) secrets = TRY(context_.secrets(lease_.task.owner, names));
    const auto input = TRY(source.input().render({&data, context_.clock.wall_now(), &secrets}));
    tool::ToolCall call;
    call.name = source.tool();
    call.input_json = input.json;
    call.deadline = context_.clock.mono_now() + deadline_of(*lease_.task.condition);
    call.principal = lease_.task.owner;
    call.scopes = lease_.owner_scopes;
    call.task_id = lease_.task.id;
    const auto cancel = context_.tools.invoke(
        std::move(call), [self = shared_from_this()](tool::ToolResult result) {
            // Its thread is the tool's.
            auto shared = std::make_shared<tool::ToolResult>(std::move(result));
            if (!self->pool_->try_submit([self, shared] { self->tool_answered(*shared); }))
                self->answer(unavailable("this process is too busy to evaluate it"));
        });
    bool canceled = false;
    {
        std::lock_guard lock(mutex_);
        if (!over_) cancel_call_ = cancel;
        canceled = canceled_;
    }
    if (canceled && cancel) cancel();
    return ok();
}

void Evaluation::tool_answered(const tool::ToolResult& result) {
    if (result.outcome != tool::Outcome::kOk) return answer(failure_of(result));
    judge_data(parse_json(result.output_json, {.bytes_max = 4 << 20}));
}

void Evaluation::judge_data(Result<Json> data) {
    if (!data.ok()) return answer(data.error());
    answer(answer_to(lease_.task.schedule_expr, *data));
}

void Evaluation::answer(Result<std::string> value_json) {
    store::ConditionAnswer answer{lease_.task.id, lease_.lease_token, *lease_.task.condition, "",
                                  ""};
    if (value_json.ok())
        answer.value_json = std::move(*value_json);
    else
        answer.error = presentable(value_json.error().message);
    // What cancels the call may hold the call, and with it this.
    tool::CancelCall dropped;
    {
        std::lock_guard lock(mutex_);
        over_ = true;
        dropped.swap(cancel_call_);
    }
    answered_(std::move(answer));
}

}  // namespace ordinaut::condition
