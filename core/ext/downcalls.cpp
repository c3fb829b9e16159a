// The part of an instance that answers what its extension asks for.
#include "base/json.h"
#include "base/log.h"
#include "ext/call_context.h"
#include "ext/instance.h"
#include "ext/upcall.h"

namespace ordinaut::ext {
namespace {

constexpr size_t kDowncallsMax = 100'000;
constexpr size_t kToolsMax = 1000;
constexpr int kBlockingMax = 1000;

// An empty one leaves it to the manifest.
bool same_schema(const std::string& given, const std::string& declared) {
    if (given.empty()) return true;
    const auto left = parse_json(given);
    const auto right = parse_json(declared);
    return left.ok() && right.ok() && *left == *right;
}

// As if it had not been tried: another process or generation may take it at once.
tool::ToolResult stopping_result(const std::string& id) {
    tool::ToolResult result;
    result.outcome = tool::Outcome::kRetryable;
    result.message = "extension '" + id + "' is stopping";
    result.retry_after = std::chrono::milliseconds(0);
    return result;
}

std::string_view level_name(uint32_t level) {
    static constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
    return kLevels[std::min<uint32_t>(level, 3)];
}

}  // namespace

ord_status Instance::register_tool(tool::ToolSpec spec) {
    if (!grants().has(Grant::kTools)) {
        fault("asked to register '" + spec.name + "' without the grant TOOLS");
        return ORD_E_DENIED;
    }
    const auto declared = std::find_if(manifest_.tools.begin(), manifest_.tools.end(),
                                       [&](const auto& known) { return known.name == spec.name; });
    {
        const std::lock_guard lock(mutex_);
        if (registered_.count(spec.name) != 0) return ORD_E_CONFLICT;
        if (registered_.size() >= kToolsMax) return ORD_E_LIMIT;
    }
    if (declared != manifest_.tools.end()) {
        const bool same = same_schema(spec.input_schema_json, declared->input_schema_json) &&
                          same_schema(spec.output_schema_json, declared->output_schema_json);
        if (!same) {
            log(3, "'" + spec.name + "' is registered with other schemas than the manifest's", {},
                nullptr);
            return ORD_E_INVALID;
        }
        const std::lock_guard lock(mutex_);
        registered_.insert(spec.name);
        return ORD_OK;
    }
    {
        const std::lock_guard lock(mutex_);
        registered_.insert(spec.name);
        // Before it is offered: whoever makes this generation the serving one looks here.
        offered_.insert_or_assign(spec.name, spec);
    }
    const auto home = home_.lock();
    const auto offered =
        home == nullptr ? Status(unavailable("the extension is stopping")) : home->offer(spec);
    if (offered.ok()) return ORD_OK;
    log(3, "'" + spec.name + "' cannot be registered: " + offered.error().message, {}, nullptr);
    const std::lock_guard lock(mutex_);
    registered_.erase(spec.name);
    offered_.erase(spec.name);
    return offered.error().code == ErrorCode::kConflict ? ORD_E_CONFLICT : ORD_E_INVALID;
}

ord_status Instance::unregister_tool(const std::string& bare_name) {
    if (!grants().has(Grant::kTools)) return ORD_E_DENIED;
    const std::string name = manifest_.id + "." + bare_name;
    {
        const std::lock_guard lock(mutex_);
        if (registered_.erase(name) == 0) return ORD_E_NOT_FOUND;
        offered_.erase(name);
    }
    if (const auto home = home_.lock()) home->retract(name);
    return ORD_OK;
}

ord_status Instance::subscribe(SubscriptionPlan plan, ord_handle* subscription) {
    if (table_.on_event == nullptr) {
        fault("subscribed to '" + plan.topic + "', but has a null on_event");
        return ORD_E_INVALID;
    }
    return subscriptions_->subscribe(shared_from_this(), std::move(plan), subscription);
}

void Instance::post_upcall(const InvocationRef& invocation, OwnUpcall step) {
    invocation->pin();
    const bool posted =
        workers_.post([self = shared_from_this(), invocation, step = std::move(step)] {
            self->run_upcall(invocation, step);
        });
    if (!posted) invocation->complete(stopping_result(manifest_.id), EndedBy::kHost);
}

void Instance::run_upcall(const InvocationRef& invocation, const OwnUpcall& step) {
    // Assigned before looking: a stop that comes later waits for it.
    if (!invocation->assign(*this)) return;
    if (quiescing_) {
        invocation->complete(stopping_result(manifest_.id), EndedBy::kHost);
        return;
    }
    if (!invocation->enter(*this)) return;
    const CallContext context(invocation->handle(), invocation->call());
    std::string caught;
    const ord_status status = upcall(
        *invocation,
        [&](const auto& table, void* self) { return step(table, self, context.get()); }, caught);
    left(*invocation);
    if (status == ORD_OK) return;
    const std::string& name = invocation->call().name;
    tool::ToolResult result;
    result.outcome = outcome_of(status);
    result.message = caught.empty() ? name + " returned " + status_name(status)
                                    : name + " threw an exception across the boundary: " + caught;
    if (!caught.empty()) fault(result.message);
    invocation->complete(std::move(result), EndedBy::kExtension);
}

ord_status Instance::spawn_task(TaskPlan plan, ord_handle* task) {
    if (table_.on_task == nullptr) {
        fault("asked to spawn the task '" + plan.name + "', but has a null on_task");
        return ORD_E_INVALID;
    }
    return supervisor_.spawn(shared_from_this(), std::move(plan), task);
}

std::shared_ptr<void> Instance::take_blocking_place() {
    if (++*blocking_ > kBlockingMax) return --*blocking_, nullptr;
    return {blocking_.get(), [held = blocking_](void*) { --*held; }};
}

ord_status Instance::open_downcall(uint64_t token, uint64_t deadline_ns, ord_status at_deadline) {
    const std::lock_guard lock(mutex_);
    if (downcalls_.size() >= kDowncallsMax) return ORD_E_LIMIT;
    const auto [at, added] = downcalls_.try_emplace(token);
    if (!added) return ORD_E_CONFLICT;
    if (deadline_ns != 0) {
        const MonoTime when{std::chrono::nanoseconds(std::min<uint64_t>(deadline_ns, INT64_MAX))};
        at->second.deadline =
            context_.deadlines.add(when, [weak = weak_from_this(), token, at_deadline] {
                const auto self = weak.lock();
                if (self == nullptr) return;
                if (at_deadline == ORD_OK)
                    self->answer(token, ORD_OK, {}, "null");
                else
                    self->answer(token, at_deadline, R"({"message":"there was no answer in time"})",
                                 {});
            });
    }
    return ORD_OK;
}

void Instance::set_cancel(uint64_t token, tool::CancelCall cancel) {
    const std::lock_guard lock(mutex_);
    if (const auto found = downcalls_.find(token); found != downcalls_.end())
        found->second.cancel = std::move(cancel);
}

void Instance::answer(uint64_t token, ord_status status, std::string head_json, std::string bytes,
                      uint32_t flags) {
    Downcall downcall;
    {
        const std::lock_guard lock(mutex_);
        const auto found = downcalls_.find(token);
        if (found == downcalls_.end()) return;
        downcall = std::move(found->second);
        downcalls_.erase(found);
        if (downcall.deadline) context_.deadlines.remove(*downcall.deadline);
    }
    if (table_.on_async == nullptr)
        return fault("asked for something asynchronous, but has a null on_async");
    signals_.post([self = shared_from_this(), token, status, flags, head = std::move(head_json),
                   body = std::move(bytes)] {
        ord_async answer{};
        answer.struct_size = sizeof answer;
        answer.flags = flags | ORD_ASYNC_END | (status == ORD_E_CANCELED ? ORD_ASYNC_CANCELED : 0);
        answer.token = token;
        answer.status = status;
        answer.head_json = {head.data(), head.size()};
        answer.bytes = {body.data(), body.size()};
        std::string caught;
        guarded([&] { self->table_.on_async(self->instance_, &answer); }, caught);
        if (!caught.empty())
            self->fault("on_async threw an exception across the boundary: " + caught);
    });
}

void Instance::tell(uint64_t token, std::string bytes, std::function<void(Instance&)> delivered) {
    // Posted under the lock: the answer comes after it.
    const std::lock_guard lock(mutex_);
    if (downcalls_.count(token) == 0 || table_.on_async == nullptr) return;
    signals_.post([self = shared_from_this(), token, body = std::move(bytes),
                   delivered = std::move(delivered)] {
        ord_async message{};
        message.struct_size = sizeof message;
        message.flags = ORD_ASYNC_DATA;
        message.token = token;
        message.bytes = {body.data(), body.size()};
        std::string caught;
        guarded([&] { self->table_.on_async(self->instance_, &message); }, caught);
        if (!caught.empty())
            self->fault("on_async threw an exception across the boundary: " + caught);
        delivered(*self);
    });
}

ord_status Instance::cancel_downcall(uint64_t token) {
    if (watches_.cancel(token)) return ORD_OK;
    tool::CancelCall cancel;
    {
        const std::lock_guard lock(mutex_);
        const auto found = downcalls_.find(token);
        if (found == downcalls_.end()) return ORD_E_NOT_FOUND;
        cancel = found->second.cancel;
    }
    // An operation cannot be taken back: its caller gets the answer now, and what it does goes on.
    if (cancel)
        cancel();
    else
        answer(token, ORD_E_CANCELED, R"({"message":"canceled"})", {});
    return ORD_OK;
}

// A flood ends here: what is dropped is counted, and said when lines are written again.
bool Instance::admit_line() {
    uint64_t dropped = 0;
    if (!log_->admit(std::chrono::steady_clock::now(), dropped)) return false;
    if (dropped == 0) return true;
    const std::string text = std::to_string(dropped) + " log lines were dropped: more than " +
                             std::to_string(ExtensionLog::kPerSecond) + " a second";
    log_->add(SystemClock().wall_now(), "warn", text);
    log_warn("extension.log_dropped", {{"ext_id", manifest_.id}, {"count", dropped}});
    return true;
}

void Instance::log(uint32_t level, std::string_view message,
                   const std::vector<std::pair<std::string, std::string>>& fields,
                   const Invocation* invocation) {
    const LogLevel severity = static_cast<LogLevel>(std::min<uint32_t>(level, 3));
    if (severity == LogLevel::kError) {
        const std::lock_guard lock(mutex_);
        last_error_line_ = message;
    }
    if (!admit_line()) return;
    JsonWriter writer;
    writer.begin_object();
    for (const auto& [key, value] : fields) writer.field(key, value);
    const std::string fields_json = writer.end_object().take();
    const bool in_run = invocation != nullptr && !invocation->call().run_id.empty();
    log_->add(SystemClock().wall_now(), level_name(level), message, fields_json,
              in_run ? invocation->call().run_id : "");
    if (!in_run) {
        log_write(severity, "extension.log",
                  {{"ext_id", manifest_.id}, {"message", message}, {"fields", fields_json}});
        return;
    }
    const tool::ToolCall& call = invocation->call();
    log_write(severity, "extension.log",
              {{"ext_id", manifest_.id},
               {"message", message},
               {"fields", fields_json},
               {"run_id", call.run_id},
               {"step_id", call.step_id}});
    if (context_.seams.run_log)
        context_.seams.run_log(call.run_id, call.step_id, level_name(level), message, fields_json);
}

void Instance::progress(const Invocation& invocation, uint32_t permille, std::string_view message) {
    const tool::ToolCall& call = invocation.call();
    if (call.run_id.empty() || !context_.seams.run_log || !admit_line()) return;
    const std::string percent =
        std::to_string(permille / 10) + "." + std::to_string(permille % 10) + " %";
    const std::string text = message.empty() ? percent : percent + " " + std::string(message);
    const std::string fields = JsonWriter()
                                   .begin_object()
                                   .field("progress_permille", std::to_string(permille))
                                   .end_object()
                                   .take();
    context_.seams.run_log(call.run_id, call.step_id, "info", text, fields);
}

}  // namespace ordinaut::ext
