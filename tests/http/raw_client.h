// A client that sends bytes as they are given and reads whatever comes back: what no decent HTTP
// client would do.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ordinaut::http {

struct Answer {
    // 0 = the connection closed, or the time was up, before a whole answer had come.
    int status = 0;
    std::string head;
    std::string body;
    std::string header(std::string_view name) const;  // Lower-case name; empty when there is none.
};

class RawClient {
public:
    explicit RawClient(uint16_t port, int receive_buffer_bytes = 0);
    ~RawClient();
    RawClient(const RawClient&) = delete;

    bool connected() const { return fd_ >= 0; }
    // Blocks until all is sent; false when the connection broke.
    bool send(std::string_view bytes);
    void half_close();  // "I send no more."
    void reset();       // Ends with RST instead of FIN.

    // The next answer: by Content-Length, chunked, or none after HEAD, 204, 304 and 100.
    Answer read_answer(bool to_head = false);
    std::string read_some();  // What has come next; empty = closed or time is up.
    std::string read_until_closed();
    bool closed_by_server();  // True when the end of the stream (or a reset) is what comes next.

private:
    bool fill();
    int fd_ = -1;
    std::string buffer_;
    bool ended_ = false;
};

}  // namespace ordinaut::http
