// What the era of sessions keeps of one client between its requests. Bounded in number and in time.
#pragma once
#include <chrono>
#include <map>
#include <set>

#include "channel.h"

namespace mcp_http {

class Exchange;

// Thread-safe.
class Session {
public:
    Session(ordinaut::Host host, std::string id, std::string principal, std::string version);

    const std::string id, principal, version;

    // The channel of the standing GET stream.
    const std::shared_ptr<Channel>& general() const { return general_; }
    // A new channel for one request; the oldest finished one is forgotten beyond 32.
    std::shared_ptr<Channel> open_channel();
    std::shared_ptr<Channel> find_channel(std::string_view name) const;  // Null: unknown.

    void began(const Json& id, const std::weak_ptr<Exchange>& exchange);
    void ended(const Json& id);
    std::shared_ptr<Exchange> in_progress(const Json& id) const;

    // From this level on the client wants to be told; none: it has not asked.
    void set_log_level(int level);
    std::optional<int> log_level() const;

    // False when there are 1,000 already.
    bool subscribe(const std::string& uri);
    void unsubscribe(const std::string& uri);
    std::set<std::string> subscriptions() const;

    void touch(std::chrono::system_clock::time_point now);
    std::chrono::system_clock::time_point touched() const;
    bool in_use() const;  // A client listens, or a request is in progress.
    void close();         // Ends its streams.

private:
    ordinaut::Host host_;
    const std::shared_ptr<Channel> general_;
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<Channel>> channels_;
    uint64_t channels_made_ = 0;
    std::map<std::string, std::weak_ptr<Exchange>> exchanges_;
    std::set<std::string> subscriptions_;
    std::optional<int> log_level_;
    std::chrono::system_clock::time_point touched_{};
};

// Thread-safe. At most 1,000 sessions and 50 of one agent (the longest unused gives way); one that
// was unused for 30 minutes is gone.
class Sessions {
public:
    explicit Sessions(ordinaut::Host host) : host_(host) {}
    std::shared_ptr<Session> open(std::string_view principal, std::string_view version);
    // Null: unknown, gone, or another agent's.
    std::shared_ptr<Session> find(std::string_view id, std::string_view principal);
    bool close(std::string_view id, std::string_view principal);
    void close_all();
    size_t count() const;

private:
    using Map = std::map<std::string, std::shared_ptr<Session>, std::less<>>;
    // Takes out what is over; the caller closes it without the lock.
    std::vector<std::shared_ptr<Session>> expire(std::chrono::system_clock::time_point now);
    std::shared_ptr<Session> make_room(std::string_view principal, bool own);

    ordinaut::Host host_;
    mutable std::mutex mutex_;
    Map sessions_;
};

}  // namespace mcp_http
