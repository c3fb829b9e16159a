// A runner on a memory store, with tools a test adds, and runs that are waited for.
#pragma once
#include <condition_variable>
#include <mutex>

#include "fixture.h"
#include "runner/runner.h"

namespace ordinaut::runner {

struct Clocked {
    SystemClock clock_;
};

class RunningFixture : protected Clocked, public StoreFixture {
protected:
    RunningFixture() : StoreFixture(clock_) {}

    // Short of patience.
    static RunnerOptions options() {
        RunnerOptions options;
        options.worker = "worker-a";
        options.poll_max = std::chrono::milliseconds(50);
        options.drain = std::chrono::milliseconds(100);
        options.cancel_grace = std::chrono::milliseconds(100);
        return options;
    }

    std::unique_ptr<Runner> start(const RunnerOptions& options = RunningFixture::options()) {
        return start(options, stores_.queue);
    }
    std::unique_ptr<Runner> start(const RunnerOptions& options, store::QueueStore& queue) {
        auto runner = std::make_unique<Runner>(
            queue, stores_.wakeup, clock_,
            AttemptContext{tools_, clock_,
                           [](const Id&, const std::vector<std::string>&) {
                               return std::map<std::string, std::string>{{"KEY", "s3cret-value"}};
                           }},
            options);
        runner->start();
        return runner;
    }

    // The run once it is in `state`; the store tells of every change.
    store::RunDetail wait_for(const Id& run_id, RunState state) {
        std::mutex mutex;
        std::condition_variable changed;
        bool news = true;
        const auto listening = stores_.wakeup.listen(store::Channel::kRuns, [&] {
            std::lock_guard lock(mutex);
            news = true;
            changed.notify_all();
        });
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (std::chrono::steady_clock::now() < deadline) {
            auto detail = stores_.runs.get(run_id, {});
            if (detail.ok() && detail->run.state == state) return std::move(*detail);
            std::unique_lock lock(mutex);
            changed.wait_for(lock, std::chrono::milliseconds(20), [&] { return news; });
            news = false;
        }
        ADD_FAILURE() << "run " << run_id << " never became " << name_of(state) << "; it is "
                      << name_of(stores_.runs.get(run_id, {})->run.state);
        return {};
    }

    tool::Catalogue tools_;
};

}  // namespace ordinaut::runner
