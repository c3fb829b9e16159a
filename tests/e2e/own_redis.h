// A Redis that keeps its data in a file, on a socket of its own, to be killed and started again.
#pragma once
#include <chrono>
#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace ordinaut::testing {

class OwnRedis {
public:
    OwnRedis() { start(); }
    std::string url() const { return "unix://" + (dir_ / "redis.sock"); }
    void start() {
        process_ = std::make_unique<Process>(ProcessOptions{
            .argv = {"redis-server", "--port", "0", "--unixsocket", dir_ / "redis.sock", "--dir",
                     dir_.path(), "--appendonly", "yes", "--save", ""}});
        if (!process_->wait_for_line("eady to accept connections", std::chrono::seconds(30)))
            throw std::runtime_error("redis-server does not start: " + process_->out());
    }
    void kill() {
        process_->signal(SIGKILL);
        process_->wait_exit(std::chrono::seconds(10));
    }

private:
    TempDir dir_;
    std::unique_ptr<Process> process_;
};

}  // namespace ordinaut::testing
