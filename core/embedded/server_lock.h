// A lock that a server and all processes it forks hold for as long as one of them lives.
//
// The descriptor is inherited by the server, so the kernel gives the lock back when the last of its
// processes has ended: no guess from process ids, no race with backends that outlive a killed
// parent.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>

#include "base/result.h"

namespace ordinaut::embedded {

class ServerLock {
public:
    // Takes the lock at `path`. While processes of an earlier run hold it, asks the recorded one to
    // end: `stop_signal` first, SIGQUIT after a third of `limit`, SIGKILL after two thirds.
    // kUnavailable when `limit` passes.
    static Result<ServerLock> take(const std::string& path, int stop_signal,
                                   std::chrono::milliseconds limit);

    ServerLock(ServerLock&& other) noexcept;
    ServerLock& operator=(ServerLock&&) = delete;
    ~ServerLock();  // Our own descriptor only: a child that inherited it keeps the lock.

    int fd() const { return fd_; }
    void record(pid_t server);  // Who will hold the lock, for `take` of a later run.

private:
    explicit ServerLock(int fd) : fd_(fd) {}
    int fd_;
};

}  // namespace ordinaut::embedded
