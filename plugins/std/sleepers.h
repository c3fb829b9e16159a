// Calls that wait for a moment: one thread, however many wait.
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <ordinaut/ordinaut.hpp>
#include <thread>

namespace std_extension {

using Clock = std::chrono::steady_clock;

// Thread-safe.
class Sleepers {
public:
    Sleepers();
    ~Sleepers();  // As stop().

    // Answers `call` after `time`, or as canceled as soon as it is canceled.
    void add(const ordinaut::Completion& call, std::chrono::duration<double> time);
    // Fails whoever still sleeps (retryable), and joins the thread. Later calls to add() fail
    // likewise.
    void stop();

private:
    struct State;
    std::shared_ptr<State> state_;  // Shared with the cancel actions of waiting calls.
    std::thread thread_;
};

}  // namespace std_extension
