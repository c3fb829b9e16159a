// Errors as they leave: one JSON shape for every error, from the router or from the framing.
//   {"error":"not_found","message":"…","details":[{"pointer":"/a","message":"…"}],"request_id":"…","timestamp":"…"}
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "http/message.h"

namespace ordinaut::http {

int status_of(ErrorCode code);

// For kDenied `details` is {"missing_scope": …}. The message of kInternal stays inside: the client
// gets a fixed sentence, and the caller logs the rest with the request id. `retry_after` becomes a
// Retry-After header, 1 s at least; a 503 always has one.
Response error_response(const Error& error, std::string_view request_id, WallTime now);

// The same with another status than the code's own.
Response error_response(int status, const Error& error, std::string_view request_id, WallTime now);

// For statuses no ErrorCode stands for: 405, 408, 414, 417, 431, 501, 505.
Response error_response(int status, std::string_view message, std::string_view request_id,
                        WallTime now);

}  // namespace ordinaut::http
