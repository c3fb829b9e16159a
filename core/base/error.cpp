#include "base/error.h"

namespace ordinaut {

std::string_view error_name(ErrorCode code) {
    switch (code) {
        case ErrorCode::kMalformed: return "malformed_request";
        case ErrorCode::kInvalid: return "validation_error";
        case ErrorCode::kUnauthenticated: return "unauthenticated";
        case ErrorCode::kDenied: return "forbidden";
        case ErrorCode::kNotFound: return "not_found";
        case ErrorCode::kConflict: return "conflict";
        case ErrorCode::kTooLarge: return "too_large";
        case ErrorCode::kUnsupportedMedia: return "unsupported_media_type";
        case ErrorCode::kRateLimited: return "rate_limited";
        case ErrorCode::kUnavailable: return "unavailable";
        case ErrorCode::kInDoubt: return "outcome_unknown";
        case ErrorCode::kLeaseLost: return "lease_lost";
        case ErrorCode::kCanceled: return "canceled";
        case ErrorCode::kDeadline: return "deadline_exceeded";
        case ErrorCode::kInternal: return "internal_error";
    }
    return "internal_error";
}

Error malformed(std::string message) { return {ErrorCode::kMalformed, std::move(message)}; }
Error not_found(std::string message) { return {ErrorCode::kNotFound, std::move(message)}; }
Error conflict(std::string message) { return {ErrorCode::kConflict, std::move(message)}; }
Error unavailable(std::string message) { return {ErrorCode::kUnavailable, std::move(message)}; }
Error internal(std::string message) { return {ErrorCode::kInternal, std::move(message)}; }

Error invalid(std::string pointer, std::string message) {
    return invalid(std::vector<ErrorDetail>{{std::move(pointer), std::move(message)}});
}

Error invalid(std::vector<ErrorDetail> details) {
    Error error{ErrorCode::kInvalid, ""};
    if (!details.empty()) {
        const auto& first = details.front();
        error.message =
            first.pointer.empty() ? first.message : first.pointer + ": " + first.message;
        if (details.size() > 1)
            error.message += " (and " + std::to_string(details.size() - 1) + " more)";
    }
    error.details = std::move(details);
    return error;
}

}  // namespace ordinaut
