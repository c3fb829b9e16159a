// The private Redis: append-only, reachable over its unix socket alone.
#pragma once
#include <string>
#include <vector>

#include "embedded/data_dir.h"
#include "embedded/server.h"

namespace ordinaut::embedded {

class RedisServer final : public Server {
public:
    // `path`: the directories to look in, colon-separated.
    static Result<RedisServer> find(const DataDir& dir, const std::string& path, bool durable);

    const char* name() const override { return "redis"; }
    const char* title() const override { return "Redis"; }
    Status prepare(const RunTool& run) override;
    std::vector<std::string> command() const override;
    bool ready(int pid) const override;
    int stop_signal() const override;

    std::string url() const { return "unix://" + socket_; }

private:
    RedisServer() = default;

    std::string program_;
    std::string directory_;
    std::string socket_;
    bool durable_ = true;
};

}  // namespace ordinaut::embedded
