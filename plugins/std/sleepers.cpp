#include "sleepers.h"

namespace std_extension {

struct Sleepers::State {
    struct Sleeper {
        ordinaut::Completion call;
        double seconds;
    };
    using Queue = std::multimap<Clock::time_point, Sleeper>;

    std::mutex mutex;
    std::condition_variable changed;
    Queue queue;
    std::map<ord_handle, Queue::iterator> by_call;
    bool stopping = false;

    // The mutex is held; the caller answers after releasing it.
    Sleeper take(Queue::iterator at) {
        Sleeper sleeper = std::move(at->second);
        by_call.erase(sleeper.call.inv());
        queue.erase(at);
        return sleeper;
    }

    void cancel(ord_handle inv) {
        std::unique_lock lock(mutex);
        const auto found = by_call.find(inv);
        if (found == by_call.end()) return;
        const Sleeper sleeper = take(found->second);
        lock.unlock();
        sleeper.call.fail(ORD_E_CANCELED, "canceled while asleep");
    }

    void run() {
        std::unique_lock lock(mutex);
        while (!stopping) {
            if (queue.empty()) {
                changed.wait(lock);
                continue;
            }
            const auto due = queue.begin()->first;
            if (Clock::now() < due) {
                changed.wait_until(lock, due);
                continue;
            }
            const Sleeper sleeper = take(queue.begin());
            lock.unlock();
            sleeper.call.ok({{"slept_seconds", sleeper.seconds}});
            lock.lock();
        }
    }
};

Sleepers::Sleepers()
    : state_(std::make_shared<State>()), thread_([state = state_] { state->run(); }) {}

Sleepers::~Sleepers() {
    try {
        stop();
    } catch (const std::exception&) {
        // Whoever still slept cannot be told.
    }
}

void Sleepers::add(const ordinaut::Completion& call, std::chrono::duration<double> time) {
    const ord_handle inv = call.inv();
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping) return call.fail(ORD_E_RETRYABLE, "the extension is stopping");
        const auto due = Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
        const auto at = state_->queue.emplace(due, State::Sleeper{call, time.count()});
        state_->by_call.emplace(inv, at);
        if (at == state_->queue.begin()) state_->changed.notify_one();
    }
    // Weak: the call holds the action, and the state holds the call.
    call.on_cancel([weak = std::weak_ptr(state_), inv] {
        if (const auto state = weak.lock()) state->cancel(inv);
    });
}

void Sleepers::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->changed.notify_one();
    if (thread_.joinable()) thread_.join();
    State::Queue left;
    {
        const std::lock_guard lock(state_->mutex);
        left.swap(state_->queue);
        state_->by_call.clear();
    }
    for (const auto& [due, sleeper] : left)
        sleeper.call.fail(ORD_E_RETRYABLE, "the extension is stopping");
}

}  // namespace std_extension
