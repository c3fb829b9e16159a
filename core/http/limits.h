// Every bound of the transport, with the values it has unless told otherwise.
#pragma once
#include <chrono>
#include <cstddef>

namespace ordinaut::http {

struct FramingLimits {
    size_t head_bytes_max = 32 << 10;      // Request line and headers. Beyond it: 431.
    size_t target_bytes_max = 8 << 10;     // Beyond it: 414.
    size_t headers_max = 100;              // Beyond it: 431.
    size_t query_pairs_max = 100;          // Beyond it: 400.
    size_t body_bytes_max = 1 << 20;       // Beyond it: 413.
    size_t overhead_bytes_max = 16 << 10;  // One chunk header, or the trailers. Beyond it: 400.
};

struct Limits {
    FramingLimits framing = {};
    size_t connections_max = 4096;  // Beyond it: 503, and the connection closes.
    // What a stream may have unsent before write() says kAgain.
    size_t stream_queue_bytes_max = 1 << 20;
    // From the first byte (or the accept) to the end of the headers: 408.
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};   // From there to the end of the body: 408.
    std::chrono::milliseconds idle_timeout{150'000};  // Between requests on one connection.
    // A client that takes none of what waits for it is cut off.
    std::chrono::milliseconds stall_timeout{30'000};
    // After the last answer the rest of what the client sends is read and dropped, so that the
    // answer is not lost to a reset.
    std::chrono::milliseconds linger_timeout{5'000};
    size_t linger_bytes_max = 32 << 20;
};

}  // namespace ordinaut::http
