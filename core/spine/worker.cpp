#include "spine/worker.h"

#include "base/log.h"

namespace ordinaut::spine {
namespace {
constexpr std::chrono::milliseconds kRetryMin{100}, kRetryMax{5000};
}

void Worker::start(Step step, Idle idle) {
    thread_ =
        std::thread([this, step = std::move(step), idle = std::move(idle)] { loop(step, idle); });
}

void Worker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Worker::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void Worker::pause(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return stopping_ || woken_; });
    woken_ = false;
}

void Worker::rest(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return stopping_; });
}

bool Worker::stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void Worker::loop(const Step& step, const Idle& idle) {
    std::chrono::milliseconds retry{0};
    while (!stopping()) {
        const auto more = step();
        if (more.ok()) {
            if (retry.count() > 0) log_info("spine.recovered", {{"part", name_}});
            retry = {};
            if (!*more) idle(*this);
            continue;
        }
        if (retry.count() == 0)
            log_warn("spine.failing", {{"part", name_}, {"error", more.error().message}});
        retry = std::clamp(retry * 2, kRetryMin, kRetryMax);
        rest(retry);
    }
}

}  // namespace ordinaut::spine
