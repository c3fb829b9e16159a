// Runs a real binary: arguments, environment, its output line by line, signals, exit code.
//
//   Process server({.argv = {ORDINAUT_BINARY, "up", "--port", "0"}, .env = {{"ORDINAUT_LOG",
//   "debug"}}}); const auto line = server.wait_for_line("listening on", 10s);
//   server.signal(SIGTERM);
//   EXPECT_EQ(server.wait_exit(30s), 0);
#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ordinaut::testing {

struct ProcessOptions {
    std::vector<std::string> argv;  // argv[0]: the program's path, or a name looked for in PATH.
    std::map<std::string, std::string> env =
        {};                       // Added to (or replacing in) the environment of the test.
    bool clean_env = false;       // Only `env` and PATH.
    std::string stdin_text = {};  // Written to standard input, which is then closed.
    std::string directory = {};   // Working directory; "" stays.
    bool own_group = true;        // Leads a process group of its own, for signal_group().
};

enum class Stream { kStdout, kStderr };

// Thread-safe. Aborts the test program when the program cannot be started.
class Process {
public:
    explicit Process(ProcessOptions options);
    ~Process();  // Still running: SIGKILL for its group (or itself), and reaped.
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const;
    bool running() const;
    void signal(int number);
    void signal_group(int number);

    // The first whole line of either stream that contains `text`, already written or coming within
    // `limit`. nullopt when time passes or both streams end without it.
    std::optional<std::string> wait_for_line(const std::string& text,
                                             std::chrono::milliseconds limit);

    // The exit code, or 128 + the signal that ended it; nullopt when it still runs after `limit`.
    std::optional<int> wait_exit(std::chrono::milliseconds limit);

    std::string out() const;  // Everything written so far.
    std::string err() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Runs to the end; nullopt exit code when `limit` passes (then it is killed).
struct Outcome {
    std::optional<int> exit_code;
    std::string out;
    std::string err;
};
Outcome run_process(ProcessOptions options,
                    std::chrono::milliseconds limit = std::chrono::seconds(60));

}  // namespace ordinaut::testing
