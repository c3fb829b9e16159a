// Engine: the manual clock, timers, deliveries, buffers. Included by engine.hpp.
#pragma once
#include "engine.hpp"

namespace ordinaut::testing {

inline void Engine::at(uint64_t monotonic_ns, uint64_t id, std::function<void()> action) {
    timers_.push_back({monotonic_ns, id, std::move(action)});
}
inline void Engine::forget_timer(uint64_t id) {
    const std::lock_guard lock(mutex);
    timers_.erase(std::remove_if(timers_.begin(), timers_.end(),
                                 [&](const Timer& timer) { return timer.id == id; }),
                  timers_.end());
}
inline void Engine::advance(Nanoseconds by) {
    settle();
    std::unique_lock lock(mutex);
    const uint64_t until = now_ns + static_cast<uint64_t>(by.count());
    for (;;) {
        uint64_t next = until;
        for (const auto& timer : timers_) next = std::min(next, timer.when);
        for (const auto& [handle, task] : tasks)
            if (task.state < TaskState::kEnded && task.wake_ns > now_ns)
                next = std::min(next, task.wake_ns);
        now_ns = std::max(now_ns, next);
        changed.notify_all();
        const auto due = std::find_if(timers_.begin(), timers_.end(),
                                      [&](const Timer& timer) { return timer.when <= now_ns; });
        const bool last = now_ns >= until && due == timers_.end();
        std::function<void()> action;
        if (due != timers_.end()) {
            action = std::move(due->action);
            timers_.erase(due);
        }
        lock.unlock();
        if (action) action();
        settle();
        if (last) return;
        lock.lock();
    }
}

inline bool Engine::busy_locked() const {
    if (delivering_ || !jobs_.empty()) return true;
    for (const auto& [handle, task] : tasks) {
        const bool resting = task.state == TaskState::kWaiting ? task.wake_ns != 0 : task.asleep;
        if (task.state == TaskState::kRunning && !resting) return true;
        // About to wake.
        if (task.state < TaskState::kEnded && resting && (task.canceled || now_ns >= task.wake_ns))
            return true;
    }
    return false;
}
// On the delivery thread itself there is nothing to wait for.
inline bool Engine::settle() {
    if (std::this_thread::get_id() == deliveries_.get_id()) return true;
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, options_.patience, [&] { return !busy_locked(); });
}
inline void Engine::post(std::function<void()> job) {
    const std::lock_guard lock(mutex);
    if (closed_) return;
    jobs_.push_back(std::move(job));
    changed.notify_all();
    if (deliveries_.joinable()) return;
    deliveries_ = std::thread([this] {
        std::unique_lock inner(mutex);
        for (;;) {
            changed.wait(inner, [&] { return closed_ || !jobs_.empty(); });
            if (jobs_.empty()) return;
            const auto next = std::move(jobs_.front());
            jobs_.pop_front();
            delivering_ = true;
            inner.unlock();
            next();
            inner.lock();
            delivering_ = false;
            changed.notify_all();
        }
    });
}
// What is queued is still delivered.
inline void Engine::stop_deliveries() {
    {
        const std::lock_guard lock(mutex);
        closed_ = true;
        changed.notify_all();
    }
    if (deliveries_.joinable()) deliveries_.join();
}

inline ord_buf Engine::make_buffer(std::string text) {
    const std::lock_guard lock(mutex);
    const ord_handle owner = new_handle();
    const std::string& kept = buffers[owner] = std::move(text);
    return {to_c(kept), owner};
}

}  // namespace ordinaut::testing
