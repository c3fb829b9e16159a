// A call that is kept and answered by another thread. The host's thread goes back at once, however
// long the work takes.
#include <ordinaut/ordinaut.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

class SlowCopy : public ordinaut::Extension {
public:
    // When setup() fails after the thread began, only this is called.
    ~SlowCopy() override {
        if (worker_.joinable()) stop();
    }

private:
    struct Job {
        ordinaut::Completion call;
        int64_t steps;
    };

    void setup(ordinaut::Setup& s) override {
        s.tool("copy", [this](ordinaut::ToolCall& call) {
            const std::lock_guard lock(mutex_);
            jobs_.push_back({call.later(), call.arg<int64_t>("steps")});
            changed_.notify_one();
        });
        worker_ = std::thread([this] { work(); });
    }
    // Own threads end here, whatever they are at.
    void stop() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            changed_.notify_one();
        }
        worker_.join();
    }
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
            if (stopping_) break;
            const Job job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            copy(job);
            lock.lock();
        }
        for (const auto& job : jobs_) job.call.fail(ORD_E_RETRYABLE, "the extension is stopping");
    }
    void copy(const Job& job) {
        for (int64_t n = 0; n < job.steps; ++n) {
            if (job.call.canceled())
                return job.call.fail(ORD_E_CANCELED,
                                     "canceled after " + std::to_string(n) + " steps");
            if (stopping_) return job.call.fail(ORD_E_RETRYABLE, "the extension is stopping");
            // One step of the work would be here.
        }
        job.call.ok({{"copied", job.steps}});
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    std::atomic<bool> stopping_{false};
    std::thread worker_;
};
ORDINAUT_EXTENSION(SlowCopy)
