// Threads that run jobs in order of arrival; started when needed, at most `threads_max`. With one
// thread it is a strand.
#pragma once
#include <functional>
#include <memory>

#include "base/clock.h"

namespace ordinaut::ext {

// Thread-safe. A job may block for ever: stop() then gives up on its thread, which keeps what it
// needs alive.
class Workers {
public:
    explicit Workers(size_t threads_max);
    ~Workers();  // As stop() with no patience.
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    // False: stopped; the job is dropped. A job must not throw.
    bool post(std::function<void()> job);
    // Takes no more jobs, runs those it has, waits for its threads. False: some are still busy at
    // `until`; they are left behind. On a thread of its own it does not wait for itself.
    bool stop(MonoTime until);

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace ordinaut::ext
