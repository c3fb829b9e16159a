#include "session.h"

#include <algorithm>
#include <random>

namespace mcp_http {
namespace {

constexpr size_t kSessionsMax = 1000;
constexpr size_t kSessionsOfOneMax = 50;
constexpr size_t kChannelsMax = 32;
constexpr size_t kExchangesMax = 1000;
constexpr size_t kSubscriptionsMax = 1000;
constexpr std::chrono::minutes kIdleMax{30};

std::string random_id() {
    constexpr char kDigits[] = "0123456789abcdef";
    std::random_device random;
    std::string id;
    for (int n = 0; n < 8; ++n) {
        const uint32_t word = random();
        for (int shift = 28; shift >= 0; shift -= 4) id.push_back(kDigits[word >> shift & 15]);
    }
    return id;
}

}  // namespace

Session::Session(ordinaut::Host host, std::string i, std::string p, std::string v)
    : id(std::move(i)),
      principal(std::move(p)),
      version(std::move(v)),
      host_(host),
      general_(std::make_shared<Channel>(host, "g", true)),
      touched_(host.now()) {}

std::shared_ptr<Channel> Session::open_channel() {
    const std::lock_guard lock(mutex_);
    if (channels_.size() >= kChannelsMax) {
        const auto over = std::find_if(channels_.begin(), channels_.end(),
                                       [](const auto& channel) { return channel->finished(); });
        if (over != channels_.end()) channels_.erase(over);
    }
    if (channels_.size() >= kChannelsMax)
        throw RpcError(kInvalidRequest,
                       "this session has too many open streams; wait for some to end", {}, 429);
    return channels_.emplace_back(
        std::make_shared<Channel>(host_, "r" + std::to_string(++channels_made_), true));
}

std::shared_ptr<Channel> Session::find_channel(std::string_view name) const {
    if (name == general_->name()) return general_;
    const std::lock_guard lock(mutex_);
    for (const auto& channel : channels_)
        if (channel->name() == name) return channel;
    return nullptr;
}

void Session::began(const Json& request, const std::weak_ptr<Exchange>& exchange) {
    const std::lock_guard lock(mutex_);
    if (exchanges_.size() >= kExchangesMax)
        throw RpcError(kInvalidRequest, "this session has too many requests in progress", {}, 429);
    exchanges_[request.text()] = exchange;
}

void Session::ended(const Json& request) {
    const std::lock_guard lock(mutex_);
    exchanges_.erase(request.text());
}

std::shared_ptr<Exchange> Session::in_progress(const Json& request) const {
    const std::lock_guard lock(mutex_);
    const auto found = exchanges_.find(request.text());
    return found == exchanges_.end() ? nullptr : found->second.lock();
}

void Session::set_log_level(int level) {
    const std::lock_guard lock(mutex_);
    log_level_ = level;
}

std::optional<int> Session::log_level() const {
    const std::lock_guard lock(mutex_);
    return log_level_;
}

bool Session::subscribe(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    if (subscriptions_.size() >= kSubscriptionsMax && subscriptions_.count(uri) == 0) return false;
    subscriptions_.insert(uri);
    return true;
}

void Session::unsubscribe(const std::string& uri) {
    const std::lock_guard lock(mutex_);
    subscriptions_.erase(uri);
}

std::set<std::string> Session::subscriptions() const {
    const std::lock_guard lock(mutex_);
    return subscriptions_;
}

void Session::touch(std::chrono::system_clock::time_point now) {
    const std::lock_guard lock(mutex_);
    touched_ = now;
}

std::chrono::system_clock::time_point Session::touched() const {
    const std::lock_guard lock(mutex_);
    return touched_;
}

bool Session::in_use() const {
    if (general_->listener()) return true;
    const std::lock_guard lock(mutex_);
    return std::any_of(exchanges_.begin(), exchanges_.end(),
                       [](const auto& exchange) { return !exchange.second.expired(); });
}

void Session::close() {
    std::vector<std::shared_ptr<Channel>> channels;
    {
        const std::lock_guard lock(mutex_);
        channels.swap(channels_);
    }
    for (const auto& channel : channels) channel->finish();
    general_->finish();
}

std::shared_ptr<Session> Sessions::open(std::string_view principal, std::string_view version) {
    auto session =
        std::make_shared<Session>(host_, random_id(), std::string(principal), std::string(version));
    std::vector<std::shared_ptr<Session>> over;
    {
        const std::lock_guard lock(mutex_);
        over = expire(session->touched());
        const auto own = static_cast<size_t>(
            std::count_if(sessions_.begin(), sessions_.end(),
                          [&](const auto& known) { return known.second->principal == principal; }));
        if (own >= kSessionsOfOneMax)
            over.push_back(make_room(principal, true));
        else if (sessions_.size() >= kSessionsMax)
            over.push_back(make_room(principal, false));
        sessions_.emplace(session->id, session);
    }
    for (const auto& gone : over) gone->close();
    return session;
}

std::shared_ptr<Session> Sessions::find(std::string_view id, std::string_view principal) {
    const auto now = host_.now();
    std::vector<std::shared_ptr<Session>> over;
    std::shared_ptr<Session> session;
    {
        const std::lock_guard lock(mutex_);
        over = expire(now);
        if (const auto found = sessions_.find(id);
            found != sessions_.end() && found->second->principal == principal)
            session = found->second;
    }
    for (const auto& gone : over) gone->close();
    if (session) session->touch(now);
    return session;
}

bool Sessions::close(std::string_view id, std::string_view principal) {
    std::shared_ptr<Session> session;
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(id);
        if (found == sessions_.end() || found->second->principal != principal) return false;
        session = found->second;
        sessions_.erase(found);
    }
    session->close();
    return true;
}

void Sessions::close_all() {
    Map all;
    {
        const std::lock_guard lock(mutex_);
        all.swap(sessions_);
    }
    for (const auto& [id, session] : all) session->close();
}

size_t Sessions::count() const {
    const std::lock_guard lock(mutex_);
    return sessions_.size();
}

std::vector<std::shared_ptr<Session>> Sessions::expire(std::chrono::system_clock::time_point now) {
    std::vector<std::shared_ptr<Session>> over;
    for (auto at = sessions_.begin(); at != sessions_.end();) {
        if (now - at->second->touched() > kIdleMax && !at->second->in_use()) {
            over.push_back(at->second);
            at = sessions_.erase(at);
        } else {
            ++at;
        }
    }
    return over;
}

std::shared_ptr<Session> Sessions::make_room(std::string_view principal, bool own) {
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at) {
        if (own && at->second->principal != principal) continue;
        if (oldest == sessions_.end() || at->second->touched() < oldest->second->touched())
            oldest = at;
    }
    auto session = oldest->second;
    sessions_.erase(oldest);
    return session;
}

}  // namespace mcp_http
