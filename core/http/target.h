// Request targets (RFC 9112 §3.2, RFC 3986): from the request line to decoded segments and query
// pairs.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace ordinaut::http {

// Origin form ("/a?b=c"), absolute form ("http://host/a") and "*" (no segments). kMalformed names
// what is wrong: a bad or truncated escape, a dot segment, an encoded '/', '\' or control
// character, text that is not UTF-8, or more than `query_pairs_max` pairs.
Result<Target> parse_target(std::string_view text, size_t query_pairs_max);

// Strict percent-decoding; '+' becomes a space only when `form` is set.
Result<std::string> percent_decode(std::string_view text, bool form);

// Well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates.
bool is_utf8(std::string_view text);

}  // namespace ordinaut::http
