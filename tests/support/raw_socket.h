// A TCP connection to 127.0.0.1 for what no HTTP client would send: broken requests, slow ones,
// half ones.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ordinaut::testing {

// Every wait is bounded by `limit` of the call. Not thread-safe.
class RawSocket {
public:
    explicit RawSocket(uint16_t port);  // Aborts the test program when nobody listens there.
    ~RawSocket();
    RawSocket(const RawSocket&) = delete;
    RawSocket& operator=(const RawSocket&) = delete;

    bool send(std::string_view bytes);  // False: the other side closed, or did not read for 10 s.
    void finish_sending();              // Half-close: the other side reads the end.
    void reset();                       // Closes with RST, as a crashing peer does.

    // What was received: until `text` is in it, the other side closed, or `limit` passed. Bytes
    // after `text` stay for the next call.
    std::string read_until(std::string_view text,
                           std::chrono::milliseconds limit = std::chrono::seconds(10));
    std::string read_to_end(std::chrono::milliseconds limit = std::chrono::seconds(10));
    bool closed() const { return closed_; }  // Known after a read that met the end.

    // The next whole HTTP answer with a Content-Length (head and body); shorter when the connection
    // ends before.
    std::string read_answer(std::chrono::milliseconds limit = std::chrono::seconds(10));

    int fd() const { return fd_; }

private:
    bool fill(std::chrono::steady_clock::time_point deadline);

    int fd_ = -1;
    bool closed_ = false;
    std::string buffer_;
};

// A TCP port that was free a moment ago. For binaries that cannot be told port 0.
uint16_t free_port();

}  // namespace ordinaut::testing
