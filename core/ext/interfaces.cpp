// ord.tools, ord.core and ord.config, and where every interface is found.
#include <ordinaut/config.h>
#include <ordinaut/core.h>
#include <ordinaut/log.h>
#include <ordinaut/tools.h>

#include "base/json.h"
#include "ext/arguments.h"
#include "ext/host_table.h"
#include "ext/instance.h"

namespace ordinaut::ext {

const ord_log_v1& log_table();

namespace {

// `step` gets the instance of `self`.
template <class Step>
ord_status with_instance(ord_handle self, Step step) noexcept {
    try {
        const auto instance = instances().find(self);
        return instance == nullptr ? ORD_E_HANDLE : step(*instance);
    } catch (...) {
        return ORD_E_INTERNAL;
    }
}

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
        if (given == nullptr || given->struct_size < sizeof(ord_tool_spec)) return ORD_E_INVALID;
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
    return with_instance(self, [&](Instance& instance) { return instance.unregister_tool(std::string(text_of(name))); });
}

ord_status progress(ord_handle self, const ord_tool_progress* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (given == nullptr || given->struct_size < sizeof(ord_tool_progress) || given->permille > 1000) return ORD_E_INVALID;
        const auto invocation = invocations().find(given->inv);
        if (invocation == nullptr) return ORD_E_HANDLE;
        instance.log(ORD_LOG_DEBUG, clean(text_of(given->message), 1000), {{"progress_permille", std::to_string(given->permille)}}, invocation.get());
        return ORD_OK;
    });
}

std::string head_json(std::string_view message, std::string_view details, std::optional<std::chrono::milliseconds> retry_after) {
    JsonWriter writer;
    writer.begin_object().field("message", message);
    if (!details.empty()) writer.raw("details", details);
    if (retry_after) writer.field("retry_after_ms", int64_t{retry_after->count()});
    return writer.end_object().take();
}

ord_status status_of(tool::Outcome outcome) {
    switch (outcome) {
        case tool::Outcome::kOk: return ORD_OK;
        case tool::Outcome::kRetryable: return ORD_E_RETRYABLE;
        case tool::Outcome::kRateLimited: return ORD_E_RATE_LIMITED;
        case tool::Outcome::kTerminal: return ORD_E_TERMINAL;
        case tool::Outcome::kTimedOut: return ORD_E_DEADLINE;
        case tool::Outcome::kCanceled: return ORD_E_CANCELED;
    }
    return ORD_E_TERMINAL;
}

ord_status status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kMalformed:
        case ErrorCode::kInvalid:
        case ErrorCode::kUnsupportedMedia: return ORD_E_INVALID;
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kDenied: return ORD_E_DENIED;
        case ErrorCode::kNotFound: return ORD_E_NOT_FOUND;
        case ErrorCode::kConflict: return ORD_E_CONFLICT;
        case ErrorCode::kTooLarge: return ORD_E_LIMIT;
        case ErrorCode::kRateLimited: return ORD_E_RATE_LIMITED;
        case ErrorCode::kUnavailable: return ORD_E_RETRYABLE;
        case ErrorCode::kCanceled:
        case ErrorCode::kLeaseLost: return ORD_E_CANCELED;
        case ErrorCode::kDeadline: return ORD_E_DEADLINE;
        case ErrorCode::kInDoubt:
        case ErrorCode::kInternal: return ORD_E_INTERNAL;
    }
    return ORD_E_INTERNAL;
}

std::string details_json(const Error& error) {
    if (error.details.empty()) return {};
    JsonWriter writer;
    writer.begin_array();
    for (const auto& detail : error.details)
        writer.begin_object().field("pointer", detail.pointer).field("message", detail.message).end_object();
    return writer.end_array().take();
}

// The open invocation a downcall acts for. An extension has no identity of its own: inv = 0 is DENIED.
ord_status caller_of(ord_handle inv, std::shared_ptr<Invocation>& out) {
    if (inv == 0) return ORD_E_DENIED;
    out = invocations().find(inv);
    return out == nullptr ? ORD_E_HANDLE : ORD_OK;
}

ord_status invoke(ord_handle self, const ord_tool_invoke* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (given == nullptr || given->struct_size < sizeof(ord_tool_invoke)) return ORD_E_INVALID;
        std::shared_ptr<Invocation> caller;
        if (const ord_status refused = caller_of(given->inv, caller); refused != ORD_OK) return refused;
        if (const ord_status refused = instance.open_downcall(given->token, given->deadline_ns); refused != ORD_OK) return refused;
        tool::ToolCall call = caller->call();
        call.name = text_of(given->name);
        call.input_json = text_of(given->input_json);
        const uint64_t token = given->token;
        auto cancel = instance.context().tools.invoke(std::move(call), [self = instance.shared_from_this(), token](const tool::ToolResult& result) {
            const bool good = result.outcome == tool::Outcome::kOk;
            self->answer(token, status_of(result.outcome), good ? "" : head_json(result.message, result.details_json, result.retry_after),
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
            writer.begin_object().field("name", spec.name).field("description", spec.description).field("effect", effect_name(spec.effect));
            writer.raw("input_schema", spec.input_schema_json.empty() ? R"({"type":"object"})" : spec.input_schema_json);
            writer.raw("output_schema", spec.output_schema_json.empty() ? "null" : spec.output_schema_json);
            writer.field("extension_id", spec.extension_id).end_object();
        }
        *out = make_buffer(writer.end_array().take());
        return ORD_OK;
    });
}

ord_status core_call(ord_handle self, const ord_core_call* given) {
    return with_instance(self, [&](Instance& instance) -> ord_status {
        if (given == nullptr || given->struct_size < sizeof(ord_core_call)) return ORD_E_INVALID;
        if (!instance.context().seams.core) return ORD_E_UNSUPPORTED;
        std::shared_ptr<Invocation> caller;
        if (const ord_status refused = caller_of(given->inv, caller); refused != ORD_OK) return refused;
        if (const ord_status refused = instance.open_downcall(given->token, given->deadline_ns); refused != ORD_OK) return refused;
        CallerIdentity identity{caller->call().principal, caller->call().scopes, caller->call().trace_id, instance.manifest().id};
        auto answer = [self = instance.shared_from_this(), token = given->token](const Result<std::string>& result) {
            if (result.ok()) return self->answer(token, ORD_OK, "", result->empty() ? "null" : *result);
            const Error& error = result.error();
            self->answer(token, status_of(error.code), head_json(error.message, details_json(error), error.retry_after), "");
        };
        std::string input(text_of(given->input_json));
        const bool accepted = instance.context().core_calls.post(
            [&seams = instance.context().seams, identity = std::move(identity), operation = std::string(text_of(given->operation)),
             input = input.empty() ? "{}" : std::move(input), answer]() mutable {
                seams.core(identity, std::move(operation), std::move(input), answer);
            });
        if (!accepted) answer(unavailable("the host is stopping"));
        return ORD_OK;
    });
}

// This host has no live changes to offer.
ord_status core_watch(ord_handle self, const ord_core_watch* given) {
    return with_instance(self, [&](Instance&) -> ord_status {
        return given == nullptr || given->struct_size < sizeof(ord_core_watch) ? ORD_E_INVALID : ORD_E_UNSUPPORTED;
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

constexpr ord_tools_v1 kTools = {sizeof(ord_tools_v1), 0, register_tool, unregister_tool, progress, invoke, list};
constexpr ord_core_v1 kCore = {sizeof(ord_core_v1), 0, core_call, core_watch};
constexpr ord_config_v1 kConfig = {sizeof(ord_config_v1), 0, get_config, get_secret};

}  // namespace

InterfaceTable find_interface(const char* name, uint64_t size, uint32_t major) {
    const std::string_view wanted = text_of({name, size});
    if (major != 1) return {};
    if (wanted == "ord.tools") return {&kTools, 0};
    if (wanted == "ord.core") return {&kCore, 0};
    if (wanted == "ord.config") return {&kConfig, 0};
    if (wanted == "ord.log") return {&log_table(), 0};
    return {};
}

}  // namespace ordinaut::ext
