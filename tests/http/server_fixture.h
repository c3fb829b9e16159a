// A server on a free port of the loopback, with handlers by path and a clock moved by hand.
#pragma once
#include <gtest/gtest.h>

#include <map>

#include "http/server.h"
#include "tests/http/raw_client.h"

namespace ordinaut::http {

class ServerTest : public testing::Test {
protected:
    // Starts with `limits`; handlers are found by path, others get 404.
    void start(Limits limits = {}, int threads = 4, size_t queued_max = 1000) {
        pool_ = std::make_unique<WorkPool>("test", threads, queued_max);
        auto server = Server::start(
            {.limits = limits}, clock_, *pool_, [this](Request request, Responder responder) {
                const auto found = handlers_.find(request.target.path);
                if (found == handlers_.end())
                    return responder.respond({.status = 404, .body = "no " + request.target.path});
                found->second(std::move(request), std::move(responder));
            });
        ASSERT_TRUE(server.ok()) << server.error().message;
        server_ = std::move(*server);
    }

    // A test whose handlers refer to its local variables calls this at its end.
    void stop() {
        if (server_) server_->stop(std::chrono::seconds(5));
        if (pool_) pool_->stop();
    }
    void TearDown() override { stop(); }

    static std::string get(const std::string& path, const std::string& headers = "") {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + headers + "\r\n";
    }
    static std::string post(const std::string& path, const std::string& body) {
        return "POST " + path +
               " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n\r\n" + body;
    }

    ManualClock clock_{*parse_time("2026-03-01T08:00:00Z")};
    std::map<std::string, Handler> handlers_;
    std::unique_ptr<WorkPool> pool_;
    std::unique_ptr<Server> server_;
};

inline void echo(Request request, Responder responder) {
    responder.respond({.headers = {{"X-Method", request.method}},
                       .body = request.target.raw_query + request.body});
}

// True once `condition` holds; false when it does not within 20 s.
[[nodiscard]] inline bool eventually(const std::function<bool()>& condition) {
    const auto patience_ends = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > patience_ends) return false;
        std::this_thread::yield();
    }
    return true;
}

// Something one thread announces and another waits for.
class Signal {
public:
    void set() {
        const std::lock_guard lock(mutex_);
        set_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [this] { return set_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool set_ = false;
};

}  // namespace ordinaut::http
