// A client of GET /ext/events_demo/stream/{name} that reads one event after the other.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "tests/support/raw_socket.h"

namespace ordinaut::testing {

struct DemoEvent {
    std::string id, text;  // `text`: the data as it came.
    Json data;
};

class DemoStream {
public:
    // `path`: "orders.created?group=g"; its "#" are escaped. Returns when the stream is open or
    // has been refused.
    DemoStream(const std::string& url, const std::string& token, std::string path,
               const std::string& last_event_id = "");

    int status() const { return status_; }
    const std::string& head() const { return head_; }
    const std::string& body() const { return body_; }  // Of a refusal.
    const Json& opened() const { return opened_; }     // What the first event said.
    const std::string& last_id() const { return last_id_; }

    // The next one; none: the stream ended, or `limit` passed.
    std::optional<DemoEvent> next(std::chrono::milliseconds limit = std::chrono::seconds(60));
    bool next_heartbeat();  // Reads until one came; events before it are dropped.

private:
    struct Block {
        std::string text, event, data, id;
    };
    std::optional<Block> block(std::chrono::milliseconds limit);

    std::unique_ptr<RawSocket> socket_;
    int status_ = 0;
    std::string head_, body_, last_id_;
    Json opened_;
};

}  // namespace ordinaut::testing
