#include "tests/e2e/event_stream_client.h"

#include <cstdlib>

namespace ordinaut::testing {

using namespace std::chrono_literals;

uint16_t port_of(const std::string& url) {
    return static_cast<uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
}

std::string stream_request(const std::string& token, const std::string& query,
                           const std::string& last_event_id) {
    std::string text =
        "GET /stream" + query + " HTTP/1.0\r\nAuthorization: Bearer " + token + "\r\n";
    if (!last_event_id.empty()) text += "Last-Event-ID: " + last_event_id + "\r\n";
    return text + "\r\n";
}

EventStreamClient::EventStreamClient(const std::string& url, const std::string& token,
                                     const std::string& query, const std::string& last_event_id)
    : socket_(std::make_unique<RawSocket>(port_of(url))) {
    socket_->send(stream_request(token, query, last_event_id));
    head_ = socket_->read_until("\r\n\r\n", 60s);
    if (head_.size() > 12) status_ = std::atoi(head_.c_str() + 9);
    if (status_ == 200)
        block(60s);
    else
        body_ = socket_->read_to_end();
}

std::string EventStreamClient::block(std::chrono::milliseconds limit) {
    std::string text = socket_->read_until("\n\n", limit);
    if (!text.ends_with("\n\n")) return {};
    for (size_t at = 0; at < text.size();) {
        const size_t end = text.find('\n', at);
        if (text.compare(at, 4, "id: ") == 0) last_id_ = text.substr(at + 4, end - at - 4);
        if (text.compare(at, 11, ": heartbeat") == 0) ++heartbeats_;
        at = end + 1;
    }
    return text;
}

std::optional<StreamEvent> EventStreamClient::next(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return std::nullopt;
        const std::string text = block(left);
        if (text.empty()) return std::nullopt;
        const size_t kind = text.find("\nevent: "), data = text.find("\ndata: ");
        if (kind == std::string::npos || data == std::string::npos) continue;
        StreamEvent event;
        event.id = last_id_;
        event.kind = text.substr(kind + 8, text.find('\n', kind + 1) - kind - 8);
        auto json = parse_json(text.substr(data + 7, text.find('\n', data + 1) - data - 7));
        if (!json.ok()) return std::nullopt;
        event.data = std::move(*json);
        return event;
    }
}

std::optional<StreamEvent> EventStreamClient::next_of(const std::string& type) {
    while (auto event = next())
        if (event->type() == type) return event;
    return std::nullopt;
}

bool EventStreamClient::next_heartbeat() {
    const int before = heartbeats_;
    while (heartbeats_ == before)
        if (block(60s).empty()) return false;
    return true;
}

}  // namespace ordinaut::testing
