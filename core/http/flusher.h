// All open connections, and the one thread that finishes writes which would have blocked and ends
// what takes too long.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"

namespace ordinaut::http {

class Connection;

// Thread-safe. Its lock is taken under a connection's lock, never the other way round.
class Flusher {
public:
    explicit Flusher(const Clock& clock);
    ~Flusher();
    Flusher(const Flusher&) = delete;
    Flusher& operator=(const Flusher&) = delete;

    uint64_t next_id() { return ++last_id_; }
    void add(uint64_t id, std::shared_ptr<Connection> connection);  // Kept alive until remove().
    void remove(uint64_t id);
    size_t size() const;
    std::vector<std::shared_ptr<Connection>> all() const;

    // Calls on_writable of connection `id` once `fd` takes bytes again. disarm() before `fd` is
    // closed.
    void arm(int fd, uint64_t id);
    void disarm(int fd);

    // How many connections owe their client an answer or unsent bytes.
    void owing_changed(int by);
    // False when some still owe after `limit`.
    bool wait_until_nothing_owed(std::chrono::milliseconds limit);

    void stop();  // Ends the thread. Idempotent; not from the thread itself.

private:
    void run();
    std::shared_ptr<Connection> find(uint64_t id) const;

    const Clock& clock_;
    const int epoll_;
    const int wake_;
    std::atomic<uint64_t> last_id_{0};
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::condition_variable nothing_owed_;
    int owing_ = 0;
    std::unordered_map<uint64_t, std::shared_ptr<Connection>> connections_;
    std::thread thread_;
};

}  // namespace ordinaut::http
