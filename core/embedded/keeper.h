// The thread that owns the servers: starts them, watches them, starts a crashed one again, stops
// them, always in the order given. It lives as long as they do, because their parent-death signal
// follows the thread that forked them.
#pragma once
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "embedded/child.h"
#include "embedded/data_dir.h"
#include "embedded/server.h"
#include "embedded/server_lock.h"

namespace ordinaut::embedded {

// `server` is "PostgreSQL" or "Redis"; `what` says how it ended, or "" when it runs again.
using ServerReport = std::function<void(std::string_view server, std::string_view what)>;

class Keeper {
public:
    // Nothing runs before start(). `report` is called by the keeper's thread.
    Keeper(DataDir dir, std::vector<std::unique_ptr<Server>> servers, ServerReport report);
    ~Keeper();  // stop()
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    // Returns when every server is ready, or with the first failure; then none is left running.
    // Call once.
    Status start();
    // Ends the servers in the order they were started in, and the thread. Idempotent.
    void stop();

private:
    struct Kept {
        std::unique_ptr<Server> server;
        std::unique_ptr<ServerLog> log;
        std::optional<Child> child;
        std::chrono::steady_clock::time_point started_at{};
        std::optional<std::chrono::steady_clock::time_point> restart_at;  // Set while it is down.
        int failures = 0;
    };

    void run(std::promise<Status> started);
    Status start_server(Kept& kept);
    Status wait_ready(Kept& kept);
    Status run_tool(Kept& kept, const ServerLock& lock, std::vector<std::string> argv);
    void look_after(Kept& kept);
    void stop_servers();
    void poll_all(std::chrono::milliseconds limit);
    std::chrono::milliseconds until_restart() const;

    DataDir dir_;
    std::vector<Kept> kept_;
    ServerReport report_;
    int stop_fd_ = -1;  // An eventfd: readable once stop() was called.
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ordinaut::embedded
