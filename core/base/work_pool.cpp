#include "base/work_pool.h"

#include <pthread.h>

#include <exception>

#include "base/log.h"

namespace ordinaut {

WorkPool::WorkPool(std::string name, int threads, size_t queued_max)
    : name_(std::move(name)), queued_max_(queued_max) {
    threads_.reserve(static_cast<size_t>(threads));
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkPool::~WorkPool() { stop(); }

bool WorkPool::try_submit(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopped_ || queue_.size() >= queued_max_) return false;
        queue_.push_back(std::move(work));
    }
    wake_.notify_one();
    return true;
}

void WorkPool::stop() {
    std::deque<Work> unrun;
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        unrun.swap(queue_);
        threads.swap(threads_);
    }
    wake_.notify_all();
    unrun.clear();  // Before waiting: what runs may wait for something that only this destruction
                    // sets free.
    for (auto& thread : threads) thread.join();
}

size_t WorkPool::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void WorkPool::run() {
    pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
    for (;;) {
        Work work;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
            if (stopped_) return;
            work = std::move(queue_.front());
            queue_.pop_front();
        }
        try {
            work();
        } catch (const std::exception& fault) {
            log_error("work.failed", {{"pool", name_}, {"reason", fault.what()}});
        } catch (...) {
            log_error("work.failed",
                      {{"pool", name_}, {"reason", "an exception that is not std::exception"}});
        }
    }
}

}  // namespace ordinaut
