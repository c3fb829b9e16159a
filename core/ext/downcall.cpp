#include "ext/downcall.h"

#include "base/json.h"

namespace ordinaut::ext {
namespace {

std::string details_json(const Error& error) {
    if (error.details.empty()) return {};
    JsonWriter writer;
    writer.begin_array();
    for (const auto& detail : error.details)
        writer.begin_object()
            .field("pointer", detail.pointer)
            .field("message", detail.message)
            .end_object();
    return writer.end_array().take();
}

}  // namespace

std::string head_json(std::string_view message, std::string_view details,
                      std::optional<std::chrono::milliseconds> retry_after) {
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

LateAnswer late_error(const Error& error) {
    return {status_of(error.code), head_json(error.message, details_json(error), error.retry_after),
            ""};
}

ord_status answer_later(Instance& instance, uint64_t token, std::function<LateAnswer()> work) {
    const auto place = instance.take_blocking_place();
    if (place == nullptr) return ORD_E_LIMIT;
    if (const ord_status refused = instance.open_downcall(token, 0); refused != ORD_OK)
        return refused;
    const bool accepted = instance.context().blocking_calls.post(
        [self = instance.shared_from_this(), token, place, work = std::move(work)] {
            LateAnswer answer = work();
            self->answer(token, answer.status, std::move(answer.head_json),
                         std::move(answer.bytes));
        });
    if (!accepted) answer_error(instance, token, unavailable("the host is stopping"));
    return ORD_OK;
}

void answer_error(Instance& instance, uint64_t token, const Error& error) {
    instance.answer(token, status_of(error.code),
                    head_json(error.message, details_json(error), error.retry_after), "");
}

void answer_result(Instance& instance, uint64_t token, const Result<std::string>& result) {
    if (result.ok())
        instance.answer(token, ORD_OK, "", result->empty() ? "null" : *result);
    else
        answer_error(instance, token, result.error());
}

ord_status caller_of(Instance& instance, ord_handle inv, tool::ToolCall& call) {
    if (inv != 0) {
        const auto invocation = invocations().find(inv);
        if (invocation == nullptr) return ORD_E_HANDLE;
        call = invocation->call();
        return ORD_OK;
    }
    const auto identity = instance.own_identity();
    if (!identity) return ORD_E_DENIED;
    call = {};
    call.principal = identity->principal;
    call.scopes = identity->scopes;
    return ORD_OK;
}

}  // namespace ordinaut::ext
