#include "operations/dispatcher.h"

#include "auth/scope.h"
#include "base/check.h"
#include "base/id.h"
#include "base/json_schema.h"
#include "base/log.h"
#include "operations/services.h"

namespace ordinaut::operations {

struct Dispatcher::Schemas {
    std::map<std::string_view, JsonSchema> by_name;
};

Dispatcher::Dispatcher(Services& services)
    : services_(services), schemas_(std::make_unique<Schemas>()) {
    for (const Operation& operation : operation_table()) {
        CHECK((operation.handler != nullptr) != (operation.async_handler != nullptr));
        if (schemas_->by_name.contains(operation.input)) continue;
        auto compiled = JsonSchema::compile(std::string_view(schema_json(operation.input)));
        CHECK(compiled.ok());
        schemas_->by_name.emplace(operation.input, std::move(*compiled));
    }
}

Dispatcher::~Dispatcher() = default;

namespace {

Result<Reply> with_status(Result<Reply> reply, const Operation& operation) {
    if (reply.ok() && reply->status == 0) reply->status = operation.success;
    return reply;
}

// A handler's exceptions are faults of ours: logged in full, answered without details.
Result<Reply> run_handler(const Operation& operation, Services& services, const Call& call) {
    try {
        return operation.handler(services, call);
    } catch (const std::exception& error) {
        log_error("operation.failed", {{"operation", operation.id},
                                       {"request_id", call.request_id},
                                       {"error", error.what()}});
        return internal(
            "the server could not complete this request; its log has the details under this "
            "request_id");
    }
}

bool wants_idempotency(const Operation& operation, const Call& call) {
    return !call.idempotency_key.empty() && operation.method == Method::kPost &&
           operation.effect != Effect::kRead && !call.caller.agent_id.empty();
}

// Only an answer that says "nothing happened" frees the key; an unknown outcome keeps it until it
// expires.
bool had_no_effect(const Error& error) {
    return error.code != ErrorCode::kInDoubt && error.code != ErrorCode::kInternal &&
           error.code != ErrorCode::kDeadline;
}

// No secret's name has a ':'.
std::string sealed_name(std::string_view key) { return "idempotency:" + std::string(key); }

// Answers may hold what is shown once, such as an agent's secret: they are stored sealed.
Result<Reply> replayed(const Services& services, const Call& call,
                       const store::IdempotentReply& first) {
    auto body = services.secret_box.open_text(first.body_json, call.caller.agent_id,
                                              sealed_name(call.idempotency_key));
    if (!body.ok())
        return conflict(
            "the first answer to this Idempotency-Key was stored with another secret_key and "
            "cannot be given again");
    return Reply{.status = first.status,
                 .body_json = std::move(*body),
                 .headers = {{"Idempotency-Replayed", "true"}}};
}

// Wraps `finish` so that the first answer is stored under the key.
Finish remember(Services& services, const Call& call, Finish finish) {
    return [&services, agent = call.caller.agent_id, key = call.idempotency_key,
            finish = std::move(finish)](Result<Reply> reply) {
        Status stored;
        if (reply.ok())
            stored = services.stores.system.finish_idempotent(
                agent, key,
                {reply->status,
                 services.secret_box.seal_text(reply->body_json, agent, sealed_name(key))});
        else if (had_no_effect(reply.error()))
            stored = services.stores.system.abandon_idempotent(agent, key);
        if (!stored.ok()) log_warn("idempotency.store_failed", {{"error", stored.error().message}});
        finish(std::move(reply));
    };
}

}  // namespace

Status Dispatcher::check(const Operation& operation, const Call& call) const {
    if (!operation.scope.empty() && !auth::allows(call.caller.scopes, operation.scope)) {
        Error denied{ErrorCode::kDenied, "this needs the scope '" + std::string(operation.scope) +
                                             "', which the token does not have"};
        denied.missing_scope = operation.scope;
        if (services_.metrics != nullptr)
            services_.metrics
                ->counter("orchestrator_security_events_total",
                          "What an operator should look at, by kind.", {{"kind", "scope_missing"}})
                .add();
        return denied;
    }
    return schemas_->by_name.at(operation.input).validate(call.input);
}

void Dispatcher::invoke(const Operation& operation, Call call, Finish finish) const {
    if (const Status allowed = check(operation, call); !allowed.ok())
        return finish(allowed.error());
    if (wants_idempotency(operation, call)) {
        if (call.idempotency_key.size() > 200)
            return finish(invalid("/headers/idempotency-key", "must have at most 200 characters"));
        const std::string fingerprint = derived_id(operation.id, to_json(call.input));
        auto begun = services_.stores.system.begin_idempotent(
            call.caller.agent_id, call.idempotency_key, operation.id, fingerprint);
        if (!begun.ok()) return finish(std::move(begun.error()));
        if (!begun->first) {
            if (!begun->reply)
                return finish(conflict(
                    "a request with this Idempotency-Key is still in progress; try again"));
            return finish(replayed(services_, call, *begun->reply));
        }
        finish = remember(services_, call, std::move(finish));
    }
    if (operation.async_handler == nullptr)
        return finish(with_status(run_handler(operation, services_, call), operation));
    operation.async_handler(services_, std::move(call),
                            [&operation, finish = std::move(finish)](Result<Reply> reply) {
                                finish(with_status(std::move(reply), operation));
                            });
}

void Dispatcher::invoke(std::string_view operation_id, Call call, Finish finish) const {
    const Operation* operation = find_operation(operation_id);
    if (operation == nullptr)
        return finish(not_found("there is no operation '" + std::string(operation_id) + "'"));
    invoke(*operation, std::move(call), std::move(finish));
}

}  // namespace ordinaut::operations
