// A thread that repeats a step: at once while there is more, after a wait when there is nothing,
// and ever more rarely while it fails.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"

namespace ordinaut::spine {

class Worker {
public:
    // True: there may be more.
    using Step = std::function<Result<bool>()>;
    // Returns when a step may be worth it again; must return soon after stop() is called.
    using Idle = std::function<void(Worker&)>;

    explicit Worker(std::string name) : name_(std::move(name)) {}
    ~Worker() { stop(); }

    void start(Step step, Idle idle);
    void stop();  // Returns after the step in progress.
    void wake();  // Ends a pause.

    // Until `limit` passed, wake() or stop().
    void pause(std::chrono::milliseconds limit);
    // Until `limit` passed or stop(), whoever wakes.
    void rest(std::chrono::milliseconds limit);
    bool stopping();

private:
    void loop(const Step& step, const Idle& idle);

    const std::string name_;  // In log lines.
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false, woken_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::spine
