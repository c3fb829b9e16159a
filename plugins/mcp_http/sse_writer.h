// One open event stream: what is sent goes out in order, as fast as its client reads.
#pragma once
#include <deque>

#include <ordinaut/ordinaut.hpp>

namespace mcp_http {

// Thread-safe. A client that lets more than 8 MiB wait is cut off. A silent stream gets a comment
// every 15 s.
class SseWriter : public std::enable_shared_from_this<SseWriter> {
public:
    // Opens it on a request; throws CallError when that is answered already. `gone` runs at most
    // once, when the client has left.
    static std::shared_ptr<SseWriter> open(ordinaut::Host host, ordinaut::Reply reply,
                                           std::function<void()> gone);
    void send(const std::string& text);
    void end();  // After what was sent.
    const ordinaut::Reply& reply() const { return reply_; }

private:
    SseWriter(ordinaut::Host host, ordinaut::Reply reply) : host_(host), reply_(std::move(reply)) {}
    void pump();
    void room();
    void keep_alive();

    ordinaut::Host host_;
    ordinaut::Reply reply_;
    std::mutex mutex_;
    std::optional<ordinaut::Stream> stream_;  // None: over.
    std::deque<std::string> queue_;
    size_t bytes_ = 0;
    bool pumping_ = false, full_ = false, ending_ = false;
};

}  // namespace mcp_http
