// ord.tools, ord.core and ord.config, and where every interface is found.
#include <ordinaut/config.h>
#include <ordinaut/core.h>
#include <ordinaut/log.h>
#include <ordinaut/tools.h>

#include "base/json.h"
#include "ext/arguments.h"
#include "ext/downcall.h"
#include "ext/host_table.h"
#include "ext/interface_tables.h"

namespace ordinaut::ext {

namespace {

std::string_view effect_name(tool::Effect effect) {
    switch (effect) {
        case tool::Effect::kPure: return "pure";
        case tool::Effect::kIdempotent: return "idempotent";
        case tool::Effect::kAtMostOnce: return "at_most_once";
    }
    return "";
}

ord_status register_tool(ord_handle self, const ord_tool_spec* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(instance, "register_tool", given)) return ORD_E_INVALID;
        tool::ToolSpec spec;
        spec.name = instance.manifest().id + "." + std::string(text_of(given->name));
        spec.description = clean(text_of(given->description), 2000);
        spec.input_schema_json = text_of(given->input_schema_json);
        spec.output_schema_json = text_of(given->output_schema_json);
        spec.effect = given->effect == ORD_EFFECT_PURE           ? tool::Effect::kPure
                      : given->effect == ORD_EFFECT_AT_MOST_ONCE ? tool::Effect::kAtMostOnce
                                                                 : tool::Effect::kIdempotent;
        spec.extension_id = instance.manifest().id;
        return instance.register_tool(std::move(spec));
    });
}

ord_status unregister_tool(ord_handle self, ord_str name) {
    return with_instance(self, [&](Instance& instance) {
        return instance.unregister_tool(std::string(text_of(name)));
    });
}

ord_status progress(ord_handle self, const ord_tool_progress* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(instance, "progress", given) || given->permille > 1000) return ORD_E_INVALID;
        const auto invocation = invocations().find(given->inv);
        if (invocation == nullptr) return ORD_E_HANDLE;
        instance.progress(*invocation, given->permille, clean(text_of(given->message), 1000));
        return ORD_OK;
    });
}

ord_status invoke(ord_handle self, const ord_tool_invoke* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(instance, "invoke", given)) return ORD_E_INVALID;
        tool::ToolCall call;
        if (const ord_status refused = caller_of(instance, given->inv, call); refused != ORD_OK)
            return refused;
        if (const ord_status refused = instance.open_downcall(given->token, given->deadline_ns);
            refused != ORD_OK)
            return refused;
        call.name = text_of(given->name);
        call.input_json = text_of(given->input_json);
        const uint64_t token = given->token;
        auto cancel = instance.context().tools.invoke(
            std::move(call),
            [self = instance.shared_from_this(), token](const tool::ToolResult& result) {
                const bool good = result.outcome == tool::Outcome::kOk;
                self->answer(
                    token, status_of(result.outcome),
                    good ? "" : head_json(result.message, result.details_json, result.retry_after),
                    good ? result.output_json : "");
            });
        instance.set_cancel(token, std::move(cancel));
        return ORD_OK;
    });
}

ord_status list(ord_handle self, ord_buf* out) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        JsonWriter writer;
        writer.begin_array();
        for (const auto& spec : instance.context().tools.list()) {
            writer.begin_object()
                .field("name", spec.name)
                .field("description", spec.description)
                .field("effect", effect_name(spec.effect));
            writer.raw("input_schema", spec.input_schema_json.empty() ? R"({"type":"object"})"
                                                                      : spec.input_schema_json);
            writer.raw("output_schema",
                       spec.output_schema_json.empty() ? "null" : spec.output_schema_json);
            writer.field("extension_id", spec.extension_id);
            if (!spec.mcp_name.empty()) writer.field("mcp_name", spec.mcp_name);
            writer.end_object();
        }
        *out = make_buffer(writer.end_array().take());
        return ORD_OK;
    });
}

ord_status core_call(ord_handle self, const ord_core_call* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(instance, "call", given, offsetof(ord_core_call, idempotency_key)))
            return ORD_E_INVALID;
        if (!instance.context().seams.core) return ORD_E_UNSUPPORTED;
        tool::ToolCall caller;
        if (const ord_status refused = caller_of(instance, given->inv, caller); refused != ORD_OK)
            return refused;
        if (const ord_status refused = instance.open_downcall(given->token, given->deadline_ns);
            refused != ORD_OK)
            return refused;
        CallerIdentity identity{caller.principal, caller.scopes, caller.trace_id,
                                instance.manifest().id};
        identity.causation_depth = caller.causation_depth;
        if (ORD_HAS(given, idempotency_key))
            identity.idempotency_key = text_of(given->idempotency_key);
        if (ORD_HAS(given, if_match)) identity.if_match = text_of(given->if_match);
        auto answer = [self = instance.shared_from_this(),
                       token = given->token](const Result<std::string>& result) {
            answer_result(*self, token, result);
        };
        std::string input(text_of(given->input_json));
        const bool accepted = instance.context().core_calls.post(
            [&seams = instance.context().seams, identity = std::move(identity),
             operation = std::string(text_of(given->operation)),
             input = input.empty() ? "{}" : std::move(input), answer]() mutable {
                seams.core(identity, std::move(operation), std::move(input), answer);
            });
        if (!accepted) answer(unavailable("the host is stopping"));
        return ORD_OK;
    });
}

ord_status core_watch(ord_handle self, const ord_core_watch* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (!is_whole(instance, "watch", given)) return ORD_E_INVALID;
        if (!instance.context().seams.watch) return ORD_E_UNSUPPORTED;
        Watches::Plan plan;
        plan.token = given->token;
        plan.inv = given->inv;
        plan.filter_json = text_of(given->filter_json);
        tool::ToolCall caller;
        if (const ord_status refused = caller_of(instance, given->inv, caller); refused != ORD_OK)
            return refused;
        if (given->inv == 0)
            plan.identify = [weak = instance.weak_from_this()] {
                const auto self = weak.lock();
                return self == nullptr ? std::nullopt : self->own_identity();
            };
        else
            plan.identify = [identity = CallerIdentity{caller.principal, caller.scopes,
                                                       caller.trace_id, instance.manifest().id}] {
                return std::optional(identity);
            };
        if (const ord_status refused = instance.open_downcall(given->token, 0); refused != ORD_OK)
            return refused;
        instance.watches().open(instance.shared_from_this(), std::move(plan));
        return ORD_OK;
    });
}

ord_status get_config(ord_handle self, ord_str key, ord_buf* out) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        if (key.len == 0) return *out = make_buffer(instance.config_json()), ORD_OK;
        const auto json = parse_json(instance.config_json());
        const JsonValue* value = json.ok() ? find(*json, text_of(key)) : nullptr;
        if (value == nullptr) return ORD_E_NOT_FOUND;
        return *out = make_buffer(to_json(*value)), ORD_OK;
    });
}

ord_status get_secret(ord_handle self, ord_str name, ord_buf* out) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (out == nullptr) return ORD_E_INVALID;
        const auto& reader = instance.context().seams.secret;
        if (!reader) return ORD_E_UNSUPPORTED;
        auto secret = reader(instance.manifest().id, text_of(name));
        if (!secret.ok()) return status_of(secret.error().code);
        return *out = make_buffer(std::move(*secret)), ORD_OK;
    });
}

constexpr ord_tools_v1 kTools = {
    sizeof(ord_tools_v1), 0, register_tool, unregister_tool, progress, invoke, list};
constexpr ord_core_v1 kCore = {sizeof(ord_core_v1), 1, core_call, core_watch};
constexpr ord_config_v1 kConfig = {sizeof(ord_config_v1), 0, get_config, get_secret};

}  // namespace

InterfaceTable find_interface(const char* name, uint64_t size, uint32_t major) {
    const std::string_view wanted = text_of({name, size});
    if (major != 1) return {};
    if (wanted == "ord.tools") return {&kTools, 0};
    if (wanted == "ord.core") return {&kCore, 1};
    if (wanted == "ord.config") return {&kConfig, 0};
    if (wanted == "ord.http") return {&http_table(), 0};
    if (wanted == "ord.log") return {&log_table(), 0};
    if (wanted == "ord.background") return {&background_table(), 0};
    if (wanted == "ord.events") return {&events_table(), 0};
    if (wanted == "ord.kv") return {&kv_table(), 0};
    if (wanted == "ord.metrics") return {&metrics_table(), 0};
    if (wanted == "ord.timer") return {&timer_table(), 0};
    return {};
}

}  // namespace ordinaut::ext
