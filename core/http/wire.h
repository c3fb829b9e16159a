// What a response looks like on the wire (RFC 9112). Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace ordinaut::http {

enum class BodyForm {
    kWhole,      // Content-Length.
    kChunked,    // Transfer-Encoding: chunked.
    kUntilClose  // HTTP/1.0: the end of the connection ends the body.
};

struct HeadOptions {
    BodyForm form = BodyForm::kWhole;
    size_t body_bytes = 0;  // kWhole only.
    bool keep_alive = true;
    bool http11 = true;
    WallTime now{};
};

// Whether HTTP can carry it: a name of letters, digits and marks, a value without control
// characters.
bool is_header(std::string_view name, std::string_view value);

// Status line and headers with the final empty line. Fields the transport owns are left out of
// `headers`; a field that would break the framing (a control character in it) is left out too.
std::string wire_head(int status, const Headers& headers, const HeadOptions& options);

inline bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

// `bytes` must not be empty: an empty chunk ends the body.
std::string wire_chunk(std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string format_http_date(WallTime time);  // "Sun, 06 Nov 1994 08:49:37 GMT"

}  // namespace ordinaut::http
