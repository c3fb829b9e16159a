#include "ext/workers.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace ordinaut::ext {

struct Workers::State {
    std::mutex mutex;
    std::condition_variable work;  // A job came, or stopping.
    std::condition_variable left;  // A thread ended.
    std::deque<std::function<void()>> jobs;
    size_t threads_max = 1, threads = 0, idle = 0;
    bool stopping = false;

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            ++idle;
            work.wait(lock, [this] { return stopping || !jobs.empty(); });
            --idle;
            if (jobs.empty()) break;
            auto job = std::move(jobs.front());
            jobs.pop_front();
            lock.unlock();
            job();
            job = nullptr;
            lock.lock();
        }
        --threads;
        left.notify_all();
    }
};

namespace {
thread_local const void* running_state = nullptr;
}

Workers::Workers(size_t threads_max) : state_(std::make_shared<State>()) {
    state_->threads_max = threads_max;
}

Workers::~Workers() { stop(std::chrono::steady_clock::now()); }

bool Workers::post(std::function<void()> job) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return false;
    state_->jobs.push_back(std::move(job));
    if (state_->jobs.size() > state_->idle && state_->threads < state_->threads_max) {
        ++state_->threads;
        std::thread([state = state_] {
            running_state = state.get();
            state->run();
        }).detach();
    }
    state_->work.notify_one();
    return true;
}

bool Workers::stop(MonoTime until) {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->work.notify_all();
    const size_t own = running_state == state_.get() ? 1 : 0;
    return state_->left.wait_until(lock, until, [&] { return state_->threads <= own; });
}

}  // namespace ordinaut::ext
