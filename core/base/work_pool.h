// A fixed number of threads over a bounded queue.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ordinaut {

// Thread-safe. An exception that leaves a piece of work is logged (`work.failed`) and ends only
// that piece.
class WorkPool {
public:
    using Work = std::function<void()>;

    // `name` (at most 15 bytes) is what the threads are called in a debugger.
    WorkPool(std::string name, int threads, size_t queued_max);
    ~WorkPool();  // As stop().
    WorkPool(const WorkPool&) = delete;
    WorkPool& operator=(const WorkPool&) = delete;

    // False when `queued_max` pieces wait already or the pool is stopped: `work` is destroyed
    // unrun.
    [[nodiscard]] bool try_submit(Work work);

    // Destroys what waits unrun, lets what runs finish, joins the threads. Not from a piece of
    // work. Idempotent.
    void stop();

    size_t queued() const;

private:
    void run();

    const std::string name_;
    const size_t queued_max_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Work> queue_;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace ordinaut
