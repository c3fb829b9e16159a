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

void Deadlines::Action::operator()() const {
    if (step == nullptr) return any();
    if (const auto alive = target.lock()) step(alive.get());
}

Deadlines::Ticket Deadlines::add(MonoTime time, std::function<void()> action) {
    return insert(time, {std::move(action), {}, nullptr});
}

Deadlines::Ticket Deadlines::add(MonoTime time, std::weak_ptr<void> target, void (*step)(void*)) {
    return insert(time, {nullptr, std::move(target), step});
}

Deadlines::Ticket Deadlines::insert(MonoTime time, Action action) {
    const std::lock_guard lock(mutex_);
    const Ticket ticket{time, ++last_};
    const auto at = waiting_.emplace(ticket, std::move(action)).first;
    if (at == waiting_.begin()) changed_.notify_one();
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

void Deadlines::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (waiting_.empty()) {
            changed_.wait(lock);
            continue;
        }
        const auto first = waiting_.begin();
        if (const MonoTime due = first->first.first; std::chrono::steady_clock::now() < due) {
            changed_.wait_until(lock, due);
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
