#include "ext/deadlines.h"

namespace ordinaut::ext {

Deadlines::Deadlines() : thread_([this] { run(); }) {}

Deadlines::~Deadlines() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

Deadlines::Ticket Deadlines::add(MonoTime time, std::function<void()> action) {
    const std::lock_guard lock(mutex_);
    const Ticket ticket{time, ++last_};
    waiting_.emplace(ticket, std::move(action));
    if (time < wakes_at_) changed_.notify_one();
    return ticket;
}

void Deadlines::remove(const Ticket& ticket) {
    Action dropped;  // Destroyed after the lock is released.
    const std::lock_guard lock(mutex_);
    if (const auto found = waiting_.find(ticket); found != waiting_.end()) {
        dropped = std::move(found->second);
        waiting_.erase(found);
    }
}

// Most deadlines are taken back before they come; the thread sleeps on past those, so that a call
// that adds one and takes it back wakes nobody.
void Deadlines::sleep_until(MonoTime time, std::unique_lock<std::mutex>& lock) {
    wakes_at_ = time;
    if (time == MonoTime::max())
        changed_.wait(lock);
    else
        changed_.wait_until(lock, time);
    wakes_at_ = MonoTime::min();
}

void Deadlines::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto first = waiting_.begin();
        const MonoTime due = first == waiting_.end() ? MonoTime::max() : first->first.first;
        if (std::chrono::steady_clock::now() < due) {
            sleep_until(due, lock);
            continue;
        }
        const auto action = std::move(first->second);
        waiting_.erase(first);
        lock.unlock();
        action();
        lock.lock();
    }
}

}  // namespace ordinaut::ext
