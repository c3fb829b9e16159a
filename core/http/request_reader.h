// Framing: bytes of one connection in, whole requests out (RFC 9112). Pure; no I/O, no clock.
//
// Boost.Beast parses. Around it stand the checks it lacks, so that no other server on the way can
// read the same bytes as different requests: one Content-Length of digits only, never together with
// Transfer-Encoding; Transfer-Encoding only "chunked" and only in HTTP/1.1; exactly one Host in
// HTTP/1.1; lines end in CRLF and nothing but CRLF; no control characters; no folded lines; bounded
// counts and sizes. Trailers are read and dropped.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "http/limits.h"
#include "http/message.h"

namespace ordinaut::http {

// Why a request cannot be read. What follows on the connection has no meaning any more.
struct Fault {
    int status;           // 400, 413, 414, 417, 431, 501 or 505.
    std::string message;  // For the client.
};

// Not thread-safe. After kFault only the destructor may be called.
class RequestReader {
public:
    enum class Outcome { kNeedMore, kRequest, kFault };
    // Between requests; inside the headers; inside the body.
    enum class Phase { kIdle, kHead, kBody };

    explicit RequestReader(const FramingLimits& limits);
    ~RequestReader();

    void append(std::string_view bytes);
    size_t buffered() const { return buffer_.size() - consumed_; }

    // Reads on. kRequest: take() it, then call again for the next one. kFault: see fault().
    Outcome next();
    Request take() { return std::move(request_); }
    const Fault& fault() const { return fault_; }
    Phase phase() const { return phase_; }

    // True once per request whose client waits for "100 Continue" before it sends the body.
    bool take_expects_continue() { return std::exchange(expects_continue_, false); }

private:
    struct Parser;

    Outcome read_head();
    Outcome read_body();
    Outcome accept_head(std::string_view head);
    Outcome finish();
    Outcome fail(int status, std::string message);
    void drop_consumed();

    const FramingLimits& limits_;
    std::string buffer_;
    size_t consumed_ = 0;  // Bytes of `buffer_` that are done with.
    size_t scanned_ = 0;   // Bytes after them that hold no end of the headers.
    Phase phase_ = Phase::kIdle;
    std::unique_ptr<Parser> parser_;
    Request request_;
    Fault fault_{};
    bool expects_continue_ = false;
};

}  // namespace ordinaut::http
