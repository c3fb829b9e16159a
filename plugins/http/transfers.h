// All requests on their way, on one thread.
#pragma once
#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "request.h"

namespace http_extension {

// Thread-safe.
class Transfers {
public:
    explicit Transfers(const Settings& settings);
    ~Transfers();  // As stop().

    void add(std::unique_ptr<Request> request);
    void stop();  // Fails what is under way (retryable), and joins the thread.

private:
    struct State;
    std::shared_ptr<State> state_;  // Shared with the cancel actions.
    std::thread thread_;
};

}  // namespace http_extension
