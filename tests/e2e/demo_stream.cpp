#include "tests/e2e/demo_stream.h"

#include <cstdlib>

#include "tests/e2e/event_stream_client.h"

namespace ordinaut::testing {

using namespace std::chrono_literals;

DemoStream::DemoStream(const std::string& url, const std::string& token, std::string path,
                       const std::string& last_event_id)
    : socket_(std::make_unique<RawSocket>(port_of(url))) {
    for (size_t at = 0; (at = path.find('#', at)) != std::string::npos;) path.replace(at, 1, "%23");
    std::string request = "GET /ext/events_demo/stream/" + path +
                          " HTTP/1.0\r\nAuthorization: Bearer " + token + "\r\n";
    if (!last_event_id.empty()) request += "Last-Event-ID: " + last_event_id + "\r\n";
    socket_->send(request + "\r\n");
    head_ = socket_->read_until("\r\n\r\n", 60s);
    if (head_.size() > 12) status_ = std::atoi(head_.c_str() + 9);
    if (status_ != 200) {
        body_ = socket_->read_to_end();
        return;
    }
    const auto first = block(60s);
    if (!first || first->event != "open") return;
    if (auto json = parse_json(first->data); json.ok()) opened_ = std::move(*json);
}

std::optional<DemoStream::Block> DemoStream::block(std::chrono::milliseconds limit) {
    Block block;
    block.text = socket_->read_until("\n\n", limit);
    if (!block.text.ends_with("\n\n")) return std::nullopt;
    const auto take = [](const std::string& line, const std::string& name, std::string& into) {
        if (line.compare(0, name.size(), name) == 0) into += line.substr(name.size());
    };
    for (size_t at = 0; at < block.text.size();) {
        const size_t end = block.text.find('\n', at);
        const std::string line = block.text.substr(at, end - at);
        take(line, "event: ", block.event);
        take(line, "data: ", block.data);
        take(line, "id: ", block.id);
        at = end + 1;
    }
    if (!block.id.empty()) last_id_ = block.id;
    return block;
}

std::optional<DemoEvent> DemoStream::next(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return std::nullopt;
        auto given = block(left);
        if (!given) return std::nullopt;
        if (given->data.empty() || !given->event.empty()) continue;
        auto json = parse_json(given->data);
        if (!json.ok()) return std::nullopt;
        return DemoEvent{std::move(given->id), std::move(given->data), std::move(*json)};
    }
}

bool DemoStream::next_heartbeat() {
    while (const auto given = block(60s))
        if (given->text.find(": heartbeat\n") != std::string::npos) return true;
    return false;
}

}  // namespace ordinaut::testing
