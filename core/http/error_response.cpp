#include "http/error_response.h"

#include "base/json.h"

namespace ordinaut::http {
namespace {

std::string_view name_of(int status) {
    switch (status) {
        case 400: return error_name(ErrorCode::kMalformed);
        case 401: return error_name(ErrorCode::kUnauthenticated);
        case 403: return error_name(ErrorCode::kDenied);
        case 404: return error_name(ErrorCode::kNotFound);
        case 405: return "method_not_allowed";
        case 408: return "request_timeout";
        case 409: return error_name(ErrorCode::kConflict);
        case 413: return error_name(ErrorCode::kTooLarge);
        case 414: return "target_too_long";
        case 415: return error_name(ErrorCode::kUnsupportedMedia);
        case 416: return "range_not_satisfiable";
        case 417: return "expectation_failed";
        case 422: return error_name(ErrorCode::kInvalid);
        case 429: return error_name(ErrorCode::kRateLimited);
        case 431: return "headers_too_large";
        case 501: return "unsupported_encoding";
        case 503: return error_name(ErrorCode::kUnavailable);
        case 504: return error_name(ErrorCode::kDeadline);
        case 505: return "unsupported_version";
        default: return status < 500 ? "request_refused" : error_name(ErrorCode::kInternal);
    }
}

void write_details(JsonWriter& json, const Error& error) {
    json.key("details");
    if (error.code == ErrorCode::kDenied) {
        json.begin_object();
        if (!error.missing_scope.empty()) json.field("missing_scope", error.missing_scope);
        json.end_object();
        return;
    }
    json.begin_array();
    for (const auto& detail : error.details)
        json.begin_object()
            .field("pointer", detail.pointer)
            .field("message", detail.message)
            .end_object();
    json.end_array();
}

Response respond(int status, std::string_view name, std::string_view message, const Error& error,
                 std::string_view request_id, WallTime now) {
    JsonWriter json;
    json.begin_object().field("error", name).field("message", message);
    write_details(json, error);
    json.field("request_id", request_id).field("timestamp", format_time(now)).end_object();
    Response response{.status = status,
                      .headers = {{"Content-Type", "application/json"},
                                  {"X-Request-ID", std::string(request_id)},
                                  {"X-Content-Type-Options", "nosniff"},
                                  {"Cache-Control", "no-store"}},
                      .body = json.take()};
    if (status == 401) response.headers.add("WWW-Authenticate", "Bearer");
    if (error.retry_after || status == 503) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(
            error.retry_after.value_or(std::chrono::seconds(1)));
        response.headers.add("Retry-After", std::to_string(std::max<int64_t>(wait.count(), 1)));
    }
    return response;
}

}  // namespace

int status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::kMalformed: return 400;
        case ErrorCode::kInvalid: return 422;
        case ErrorCode::kUnauthenticated: return 401;
        case ErrorCode::kDenied: return 403;
        case ErrorCode::kNotFound: return 404;
        case ErrorCode::kConflict:
        case ErrorCode::kLeaseLost: return 409;
        case ErrorCode::kTooLarge: return 413;
        case ErrorCode::kUnsupportedMedia: return 415;
        case ErrorCode::kRateLimited: return 429;
        case ErrorCode::kUnavailable:
        case ErrorCode::kInDoubt:
        case ErrorCode::kCanceled: return 503;
        case ErrorCode::kDeadline: return 504;
        case ErrorCode::kInternal: return 500;
    }
    return 500;
}

Response error_response(const Error& error, std::string_view request_id, WallTime now) {
    if (error.code == ErrorCode::kInternal)
        return error_response(500,
                              "Something went wrong on the server; its log has the request id.",
                              request_id, now);
    return respond(status_of(error.code), error_name(error.code), error.message, error, request_id,
                   now);
}

Response error_response(int status, const Error& error, std::string_view request_id, WallTime now) {
    return respond(status, name_of(status), error.message, error, request_id, now);
}

Response error_response(int status, std::string_view message, std::string_view request_id,
                        WallTime now) {
    return respond(status, name_of(status), message, Error{ErrorCode::kInternal, {}}, request_id,
                   now);
}

}  // namespace ordinaut::http
