// Things to do at a moment, unless taken back before: one thread for all of them, however many
// wait.
#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "ext/recycling.h"

namespace ordinaut::ext {

// Thread-safe.
class Deadlines {
public:
    using Ticket = std::pair<MonoTime, uint64_t>;

    Deadlines();
    ~Deadlines();  // What still waits is dropped.

    // `action` runs on the deadline thread at `time` or soon after; it must not block.
    Ticket add(MonoTime time, std::function<void()> action);
    // Afterwards the action does not start any more; it may be running.
    void remove(const Ticket& ticket);

private:
    void run();
    void sleep_until(MonoTime time, std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;
    std::condition_variable changed_;
    using Action = std::function<void()>;
    std::map<Ticket, Action, std::less<>, Recycling<std::pair<const Ticket, Action>>> waiting_;
    uint64_t last_ = 0;
    MonoTime wakes_at_ = MonoTime::min();  // Of the thread; min while it is awake.
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::ext
