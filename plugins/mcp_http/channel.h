// What one request, or the server on its own account, tells a client as events: over one connection
// at a time, and, in the era of sessions, over the next one where the first broke off.
#pragma once
#include <deque>

#include "rpc.h"
#include "sse_writer.h"

namespace mcp_http {

// Thread-safe.
class Channel : public std::enable_shared_from_this<Channel> {
public:
    // `resumable`: events carry ids, "<name>-<number>", and the latest 256 (4 MiB) are kept.
    Channel(ordinaut::Host host, std::string name, bool resumable)
        : host_(host), name_(std::move(name)), resumable_(resumable) {}

    // Goes on over this request, with the events after number `after`. The connection used before
    // is ended. `prime`: begins with an empty event, so that the client knows an id.
    void attach(const ordinaut::Reply& reply, uint64_t after, bool prime);
    void send(const Json& message);
    void finish();  // Nothing follows, and nobody waits for the client any more.

    // The request a client listens on; none: it broke off.
    std::optional<ordinaut::Reply> listener() const;
    // `action` runs when a client listens again (at once if one does); it replaces an earlier one.
    void when_attached(std::function<void()> action);
    const std::string& name() const { return name_; }
    uint64_t last() const;  // Number of the latest event.
    bool finished() const;

private:
    struct Kept {
        uint64_t number;
        std::string text;
    };
    void lost(const SseWriter* writer);

    ordinaut::Host host_;
    const std::string name_;
    const bool resumable_;
    mutable std::mutex mutex_;
    std::shared_ptr<SseWriter> writer_;
    std::deque<Kept> kept_;
    size_t kept_bytes_ = 0;
    uint64_t last_ = 0;
    bool finished_ = false;
    std::function<void()> when_attached_;
};

}  // namespace mcp_http
