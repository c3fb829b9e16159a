// A client of GET /stream that reads one event after the other.
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "tests/support/raw_socket.h"

namespace ordinaut::testing {

struct StreamEvent {
    std::string id, kind;
    Json data;
    std::string type() const { return std::string(string_or(data, "type", "")); }
    std::string reason() const { return std::string(string_or(data, "reason", "")); }
};

class EventStreamClient {
public:
    // `query`: "" or "?state=failed". Returns when the stream has shown its first position, or has
    // been refused.
    EventStreamClient(const std::string& url, const std::string& token,
                      const std::string& query = "", const std::string& last_event_id = "");

    int status() const { return status_; }
    const std::string& head() const { return head_; }
    const std::string& body() const { return body_; }  // Of a refusal.
    const std::string& last_id() const { return last_id_; }
    int heartbeats() const { return heartbeats_; }
    bool ended() const { return socket_->closed(); }
    RawSocket& socket() { return *socket_; }

    // The next one; none: the stream ended, or `limit` passed.
    std::optional<StreamEvent> next(std::chrono::milliseconds limit = std::chrono::seconds(60));
    // The next one of that type; the ones before it are dropped.
    std::optional<StreamEvent> next_of(const std::string& type);
    // Reads the next heartbeat; events before it are dropped.
    bool next_heartbeat();

private:
    std::string block(std::chrono::milliseconds limit);

    std::unique_ptr<RawSocket> socket_;
    int status_ = 0;
    std::string head_, body_, last_id_;
    int heartbeats_ = 0;
};

uint16_t port_of(const std::string& url);

// What such a client sends. HTTP/1.0: the body comes without chunks.
std::string stream_request(const std::string& token, const std::string& query = "",
                           const std::string& last_event_id = "");

}  // namespace ordinaut::testing
