// One child process: its own session, an unprivileged user, its output in a ServerLog, and the
// kernel's promise that it is signalled when we die.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "embedded/account.h"
#include "embedded/server_log.h"

namespace ordinaut::embedded {

struct ChildSpec {
    std::vector<std::string> argv;  // argv[0] is the absolute path of the program.
    Account account;
    int keep_fd = -1;  // Stays open in the child (a lock it shall hold); -1: none. Not taken over.
    int death_signal = 0;  // Sent to the child by the kernel when the thread that spawned it ends.
};

// Used by the thread that spawned it, and by no other: when that thread ends, the child gets its
// death signal.
class Child {
public:
    // Returns after the program has been executed. `log` must outlive the child. kUnavailable says
    // what failed.
    static Result<Child> spawn(const ChildSpec& spec, ServerLog& log);

    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child();  // A child that still runs is killed and reaped.

    pid_t pid() const { return pid_; }
    bool running() const { return running_; }
    std::string exit_text() const;  // "exit code 1", "signal 9"; once it is no longer running.
    bool succeeded() const { return !running_ && wait_status_ == 0; }

    int exit_fd() const { return exit_fd_; }  // Readable when the process has ended.
    int output_fd() const {
        return output_fd_;
    }  // Readable when it wrote something; -1 after its end.

    void pump();              // Moves what it wrote into the log and notices its end. Never blocks.
    void signal(int number);  // Nothing happens when it has ended.
    bool wait(std::chrono::milliseconds
                  limit);  // Pumps until it has ended; false when `limit` passed first.

private:
    Child() = default;
    void release();

    pid_t pid_ = -1;
    int exit_fd_ = -1;
    int output_fd_ = -1;
    int wait_status_ = 0;
    bool running_ = false;
    ServerLog* log_ = nullptr;
};

}  // namespace ordinaut::embedded
