#include "http/flusher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/check.h"
#include "http/connection.h"

namespace ordinaut::http {
namespace {

constexpr int kTickMs = 50;  // How late a timeout may be noticed.
constexpr int kEventsMax = 64;

}  // namespace

Flusher::Flusher(const Clock& clock)
    : clock_(clock),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    CHECK(epoll_ >= 0 && wake_ >= 0);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = 0}};  // 0 is no connection's id.
    CHECK(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0);
    thread_ = std::thread([this] { run(); });
}

Flusher::~Flusher() {
    stop();
    close(epoll_);
    close(wake_);
}

void Flusher::stop() {
    if (stopping_.exchange(true)) return;
    const uint64_t one = 1;
    CHECK(write(wake_, &one, sizeof one) == sizeof one);
    thread_.join();
}

void Flusher::add(uint64_t id, std::shared_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    connections_.emplace(id, std::move(connection));
}

void Flusher::remove(uint64_t id) {
    const std::lock_guard lock(mutex_);
    connections_.erase(id);
}

size_t Flusher::size() const {
    const std::lock_guard lock(mutex_);
    return connections_.size();
}

std::vector<std::shared_ptr<Connection>> Flusher::all() const {
    std::vector<std::shared_ptr<Connection>> copies;
    const std::lock_guard lock(mutex_);
    copies.reserve(connections_.size());
    for (const auto& [id, connection] : connections_) copies.push_back(connection);
    return copies;
}

std::shared_ptr<Connection> Flusher::find(uint64_t id) const {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second;
}

void Flusher::arm(int fd, uint64_t id) {
    epoll_event event{.events = EPOLLOUT | EPOLLONESHOT, .data = {.u64 = id}};
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event) != 0)
        epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

// Explicit, because closing one duplicate of a socket does not take it out of an epoll set.
void Flusher::disarm(int fd) { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

void Flusher::owing_changed(int by) {
    const std::lock_guard lock(mutex_);
    owing_ += by;
    if (owing_ == 0) nothing_owed_.notify_all();
}

bool Flusher::wait_until_nothing_owed(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return nothing_owed_.wait_for(lock, limit, [this] { return owing_ == 0; });
}

void Flusher::run() {
    auto last_tick = std::chrono::steady_clock::now();
    while (!stopping_) {
        epoll_event events[kEventsMax];
        const int count = epoll_wait(epoll_, events, kEventsMax, kTickMs);
        for (int i = 0; i < count; ++i)
            if (const auto connection = find(events[i].data.u64)) connection->on_writable();
        const auto now = std::chrono::steady_clock::now();
        if (now - last_tick < std::chrono::milliseconds(kTickMs)) continue;
        last_tick = now;
        for (const auto& connection : all()) connection->on_tick(clock_.mono_now());
    }
}

}  // namespace ordinaut::http
