// The one error type of the host. An Error is made where the fault is understood and travels
// unchanged to the surface, which maps its code to an HTTP status or an exit code.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ordinaut {

enum class ErrorCode {
    kMalformed,         // The input could not be parsed. HTTP 400.
    kInvalid,           // Understood but not acceptable; `details` name the fields. HTTP 422.
    kUnauthenticated,   // No identity, or one that is not valid. HTTP 401.
    kDenied,            // A known identity without the right; `missing_scope` says which. HTTP 403.
    kNotFound,          // Also: exists, but belongs to someone else. HTTP 404.
    kConflict,          // The state does not allow it, or a concurrent change won. HTTP 409.
    kTooLarge,          // A size limit was exceeded. HTTP 413.
    kUnsupportedMedia,  // HTTP 415.
    kRateLimited,       // Try again after `retry_after`. HTTP 429.
    kUnavailable,       // A dependency is down; nothing was done. HTTP 503.
    // The connection broke during commit: it may or may not have happened. Never retried blindly.
    // HTTP 503.
    kInDoubt,
    kLeaseLost,  // The lease token no longer owns the row; stop and discard.
    kCanceled,   // Someone asked to stop.
    kDeadline,   // It took longer than allowed. HTTP 504.
    kInternal,   // A fault of ours. HTTP 500; the message is for the log.
};

// One offending place: a JSON pointer into the caller's input and a sentence that says what would
// be right.
struct ErrorDetail {
    std::string pointer;
    std::string message;
};

struct Error {
    ErrorCode code = ErrorCode::kInternal;
    std::string message;
    std::vector<ErrorDetail> details = {};
    std::string missing_scope = {};                             // kDenied only.
    std::optional<std::chrono::milliseconds> retry_after = {};  // kRateLimited and kUnavailable.
};

// The name as it appears in `"error"` of a response and in logs: "validation_error", "not_found", …
std::string_view error_name(ErrorCode code);

// Short forms for the common cases.
Error malformed(std::string message);
Error not_found(std::string message);
Error conflict(std::string message);
Error unavailable(std::string message);
Error internal(std::string message);
// One wrong field: kInvalid with `details = {{pointer, message}}` and the message prefixed by the
// pointer.
Error invalid(std::string pointer, std::string message);
// Several wrong fields at once.
Error invalid(std::vector<ErrorDetail> details);

}  // namespace ordinaut
