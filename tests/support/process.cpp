#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <mutex>
#include <thread>
#include <utility>

#include "base/check.h"

extern char** environ;

namespace ordinaut::testing {
namespace {

struct Captured {
    std::string text;
    int fd = -1;  // -1 after its end.
};

std::vector<std::string> environment_of(const ProcessOptions& options) {
    std::map<std::string, std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const size_t equals = text.find('=');
        if (equals == std::string::npos) continue;
        const std::string name = text.substr(0, equals);
        if (!options.clean_env || name == "PATH") all[name] = text.substr(equals + 1);
    }
    for (const auto& [name, value] : options.env) all[name] = value;
    std::vector<std::string> list;
    for (const auto& [name, value] : all) list.push_back(name + "=" + value);
    return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

std::optional<std::string> line_with(const std::string& output, const std::string& text) {
    for (size_t at = output.find(text); at != std::string::npos; at = output.find(text, at + 1)) {
        const size_t end = output.find('\n', at);
        if (end == std::string::npos) return std::nullopt;  // Not whole yet.
        const size_t before = output.rfind('\n', at);
        const size_t begin = before == std::string::npos ? 0 : before + 1;
        return output.substr(begin, end - begin);
    }
    return std::nullopt;
}

}  // namespace

struct Process::State {
    pid_t pid = -1;
    bool own_group = false;
    int exit_fd = -1;
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::array<Captured, 2> streams;  // By Stream.
    std::optional<int> exit_code;
    bool reaped = false;  // Its number may belong to another process from here on.
    std::string input;
    int input_fd = -1;
    std::thread reader;
    int quit_fds[2] = {-1, -1};

    void read_all();
    bool read_one(Captured& stream);
    void write_input();
    void reap();
};

bool Process::State::read_one(Captured& stream) {
    std::array<char, 16384> buffer;
    const ssize_t got = read(stream.fd, buffer.data(), buffer.size());
    const std::lock_guard lock(mutex);
    if (got > 0)
        stream.text.append(buffer.data(), static_cast<size_t>(got));
    else
        close(std::exchange(stream.fd, -1));
    return got > 0;
}

void Process::State::write_input() {
    const ssize_t written = write(input_fd, input.data(), input.size());
    if (written > 0) input.erase(0, static_cast<size_t>(written));
    if (written < 0 || input.empty()) close(std::exchange(input_fd, -1));
}

void Process::State::reap() {
    const std::lock_guard lock(mutex);
    int status = 0;
    if (waitpid(pid, &status, 0) != pid) return;
    reaped = true;
    exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Reads both streams and waits for the end. What a grandchild holds open does not delay the exit
// code.
void Process::State::read_all() {
    if (input.empty()) close(std::exchange(input_fd, -1));
    for (;;) {
        std::array<pollfd, 5> fds{{{quit_fds[0], POLLIN, 0},
                                   {exit_code ? -1 : exit_fd, POLLIN, 0},
                                   {streams[0].fd, POLLIN, 0},
                                   {streams[1].fd, POLLIN, 0},
                                   {input_fd, POLLOUT, 0}}};
        if (exit_code && streams[0].fd < 0 && streams[1].fd < 0) return;
        poll(fds.data(), fds.size(), -1);
        if (fds[0].revents != 0) return;
        if (fds[2].revents != 0) read_one(streams[0]);
        if (fds[3].revents != 0) read_one(streams[1]);
        if (fds[4].revents != 0) write_input();
        // The end is told only after what was written before it.
        if (fds[1].revents != 0 && fds[2].revents == 0 && fds[3].revents == 0) reap();
        changed.notify_all();
    }
}

Process::Process(ProcessOptions options) : state_(std::make_unique<State>()) {
    CHECK(!options.argv.empty());
    int in[2], out[2], err[2];
    CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
    CHECK(pipe2(state_->quit_fds, O_CLOEXEC) == 0);
    std::signal(SIGPIPE, SIG_IGN);  // A program that does not read its input must not end the test.
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    if (!options.directory.empty())
        posix_spawn_file_actions_addchdir_np(&actions, options.directory.c_str());
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, pipe_only;
    sigemptyset(&none);
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipe_only);
    posix_spawnattr_setpgroup(&attributes, 0);
    const int group_flag = options.own_group ? POSIX_SPAWN_SETPGROUP : 0;
    posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK |
                                                             POSIX_SPAWN_SETSIGDEF | group_flag));
    auto env = environment_of(options);
    const auto env_pointers = pointers(env), argv_pointers = pointers(options.argv);
    const int error = posix_spawnp(&state_->pid, argv_pointers[0], &actions, &attributes,
                                   argv_pointers.data(), env_pointers.data());
    if (error != 0)
        std::fprintf(stderr, "cannot run %s: %s\n", argv_pointers[0], std::strerror(error));
    CHECK(error == 0);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    for (const int fd : {in[0], out[1], err[1]}) close(fd);

    state_->own_group = options.own_group;
    state_->exit_fd = static_cast<int>(syscall(SYS_pidfd_open, state_->pid, 0U));
    CHECK(state_->exit_fd >= 0);
    state_->streams[0].fd = out[0];
    state_->streams[1].fd = err[0];
    state_->input_fd = in[1];
    state_->input = std::move(options.stdin_text);
    fcntl(state_->input_fd, F_SETFL, O_NONBLOCK);
    state_->reader = std::thread([state = state_.get()] { state->read_all(); });
}

Process::~Process() {
    if (state_->own_group) signal_group(SIGKILL);
    signal(SIGKILL);
    [[maybe_unused]] const auto written = write(state_->quit_fds[1], "q", 1);
    state_->reader.join();
    if (!state_->reaped) state_->reap();
    for (const int fd : {state_->exit_fd, state_->input_fd, state_->streams[0].fd,
                         state_->streams[1].fd, state_->quit_fds[0], state_->quit_fds[1]})
        if (fd >= 0) close(fd);
}

pid_t Process::pid() const { return state_->pid; }

bool Process::running() const {
    const std::lock_guard lock(state_->mutex);
    return !state_->exit_code;
}

void Process::signal(int number) {
    const std::lock_guard lock(state_->mutex);
    if (!state_->reaped) kill(state_->pid, number);
}

void Process::signal_group(int number) {
    CHECK(state_->own_group);
    const std::lock_guard lock(state_->mutex);
    if (!state_->reaped) kill(-state_->pid, number);
}

std::optional<std::string> Process::wait_for_line(const std::string& text,
                                                  std::chrono::milliseconds limit) {
    std::unique_lock lock(state_->mutex);
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        for (const auto& stream : state_->streams)
            if (auto line = line_with(stream.text, text)) return line;
        if (state_->streams[0].fd < 0 && state_->streams[1].fd < 0) return std::nullopt;
        if (state_->changed.wait_until(lock, deadline) == std::cv_status::timeout)
            return std::nullopt;
    }
}

std::optional<int> Process::wait_exit(std::chrono::milliseconds limit) {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait_for(lock, limit, [this] { return state_->exit_code.has_value(); });
    return state_->exit_code;
}

std::string Process::out() const {
    const std::lock_guard lock(state_->mutex);
    return state_->streams[0].text;
}

std::string Process::err() const {
    const std::lock_guard lock(state_->mutex);
    return state_->streams[1].text;
}

Outcome run_process(ProcessOptions options, std::chrono::milliseconds limit) {
    Process process(std::move(options));
    Outcome outcome;
    outcome.exit_code = process.wait_exit(limit);
    outcome.out = process.out();
    outcome.err = process.err();
    return outcome;
}

}  // namespace ordinaut::testing
