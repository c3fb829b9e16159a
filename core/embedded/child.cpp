#include "embedded/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace ordinaut::embedded {
namespace {

constexpr int kKeepFd = 3;         // Where the child finds the descriptor it keeps.
constexpr int kStatusFd = 4;       // Where it reports a failure before exec; closed by exec.
constexpr int kReadsPerPump = 64;  // A child that never stops writing must not keep us reading.

// A descriptor number out of the way of the ones the child is given.
int above_standard(int fd) {
    const int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    close(fd);
    return moved;
}

struct Pipe {
    int read_end = -1;
    int write_end = -1;
    bool open() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0) return false;
        read_end = above_standard(ends[0]);
        write_end = above_standard(ends[1]);
        return read_end >= 0 && write_end >= 0;
    }
    ~Pipe() {
        if (read_end >= 0) close(read_end);
        if (write_end >= 0) close(write_end);
    }
};

// What went wrong between fork and exec.
struct SpawnFault {
    int error;
    char step[24];
};

// Everything the child needs, made before fork: after it, only async-signal-safe calls are allowed.
struct Launch {
    const char* program;
    char* const* argv;
    char* const* envp;
    const ChildSpec* spec;
    pid_t parent;
    int input;
    int output;
    int status;
};

[[noreturn]] void give_up(const char* step) {
    SpawnFault fault{errno, {}};
    std::strncpy(fault.step, step, sizeof fault.step - 1);
    [[maybe_unused]] const auto written = write(kStatusFd, &fault, sizeof fault);
    _exit(127);
}

[[noreturn]] void become(const Launch& launch) {
    if (dup2(launch.status, kStatusFd) < 0) _exit(127);
    fcntl(kStatusFd, F_SETFD, FD_CLOEXEC);
    // Its own session: Ctrl-C and a kill of our process group reach us alone, and we stop the child
    // in order.
    if (setsid() < 0) give_up("setsid");
    if (dup2(launch.input, 0) < 0 || dup2(launch.output, 1) < 0 || dup2(launch.output, 2) < 0)
        give_up("dup2");
    if (launch.spec->keep_fd >= 0 ? dup2(launch.spec->keep_fd, kKeepFd) < 0
                                  : (close(kKeepFd), false))
        give_up("dup2");
    syscall(SYS_close_range, static_cast<unsigned>(kStatusFd + 1), ~0U, 0U);

    const Account& account = launch.spec->account;
    if (account.change) {
        if (setgroups(0, nullptr) != 0) give_up("setgroups");
        if (setgid(account.gid) != 0) give_up("setgid");
        if (setuid(account.uid) != 0) give_up("setuid");
    }
    // After setuid, which clears it. If the parent died before, nobody would send the signal:
    // leave.
    if (launch.spec->death_signal != 0) {
        if (prctl(PR_SET_PDEATHSIG, launch.spec->death_signal) != 0) give_up("prctl");
        if (getppid() != launch.parent) _exit(127);
    }
    umask(0077);
    if (chdir("/") != 0) give_up("chdir");
    sigset_t none;
    sigemptyset(&none);
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number) sigaction(number, &standard, nullptr);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(launch.program, launch.argv, launch.envp);
    give_up("exec");
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> list;
    list.reserve(texts.size() + 1);
    for (auto& text : texts) list.push_back(text.data());
    list.push_back(nullptr);
    return list;
}

// The signals stay blocked over fork so that no handler of ours runs in the child.
pid_t fork_quietly(const Launch& launch) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = fork();
    if (pid == 0) become(launch);
    const int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = error;
    return pid;
}

}  // namespace

Result<Child> Child::spawn(const ChildSpec& spec, ServerLog& log) {
    std::vector<std::string> argv = spec.argv;
    // Nothing of our environment: PG… variables change what PostgreSQL does, and secrets have no
    // business there.
    std::vector<std::string> env = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/"};
    const auto argv_pointers = pointers(argv), env_pointers = pointers(env);

    Pipe output, status;
    const int null = above_standard(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (null < 0 || !output.open() || !status.open())
        return unavailable(fmt::format("cannot start {}: {}", spec.argv[0], std::strerror(errno)));
    ChildSpec moved = spec;
    if (spec.keep_fd >= 0) moved.keep_fd = fcntl(spec.keep_fd, F_DUPFD_CLOEXEC, 10);

    Child child;
    child.log_ = &log;
    child.pid_ = fork_quietly({argv_pointers[0], argv_pointers.data(), env_pointers.data(), &moved,
                               getpid(), null, output.write_end, status.write_end});
    const int fork_error = errno;
    close(null);
    if (moved.keep_fd >= 0) close(moved.keep_fd);
    if (child.pid_ < 0)
        return unavailable(
            fmt::format("cannot start {}: {}", spec.argv[0], std::strerror(fork_error)));
    child.running_ = true;
    child.exit_fd_ = static_cast<int>(syscall(SYS_pidfd_open, child.pid_, 0U));
    child.output_fd_ = std::exchange(output.read_end, -1);
    fcntl(child.output_fd_, F_SETFL, O_NONBLOCK);

    close(std::exchange(status.write_end, -1));
    SpawnFault fault{};
    ssize_t got;
    do got = read(status.read_end, &fault, sizeof fault);
    while (got < 0 && errno == EINTR);
    if (got > 0) {
        child.wait(std::chrono::seconds(5));
        return unavailable(fmt::format("cannot start {}: {}: {}", spec.argv[0], fault.step,
                                       std::strerror(fault.error)));
    }
    return child;
}

Child::Child(Child&& other) noexcept { *this = std::move(other); }

Child& Child::operator=(Child&& other) noexcept {
    if (this == &other) return *this;
    release();
    pid_ = std::exchange(other.pid_, -1);
    exit_fd_ = std::exchange(other.exit_fd_, -1);
    output_fd_ = std::exchange(other.output_fd_, -1);
    wait_status_ = other.wait_status_;
    running_ = std::exchange(other.running_, false);
    log_ = other.log_;
    return *this;
}

Child::~Child() { release(); }

void Child::release() {
    if (running_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, &wait_status_, 0);
        running_ = false;
    }
    if (exit_fd_ >= 0) close(std::exchange(exit_fd_, -1));
    if (output_fd_ >= 0) close(std::exchange(output_fd_, -1));
}

std::string Child::exit_text() const {
    if (WIFSIGNALED(wait_status_)) return fmt::format("signal {}", WTERMSIG(wait_status_));
    return fmt::format("exit code {}", WEXITSTATUS(wait_status_));
}

void Child::pump() {
    // The end is looked for first, so that everything written before it is read below.
    const bool ended = running_ && waitpid(pid_, &wait_status_, WNOHANG) == pid_;
    if (ended) running_ = false;
    std::array<char, 16384> buffer;
    for (int round = 0; output_fd_ >= 0 && round < kReadsPerPump; ++round) {
        const ssize_t got = read(output_fd_, buffer.data(), buffer.size());
        if (got > 0) {
            log_->append({buffer.data(), static_cast<size_t>(got)});
        } else if (got == 0 || errno != EINTR) {
            if (got == 0) close(std::exchange(output_fd_, -1));
            break;
        }
    }
}

void Child::signal(int number) {
    if (running_) kill(pid_, number);
}

bool Child::wait(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        pump();
        if (!running_) return true;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        std::array<pollfd, 2> fds{{{exit_fd_, POLLIN, 0}, {output_fd_, POLLIN, 0}}};
        poll(fds.data(), fds.size(), static_cast<int>(left.count()));
    }
}

}  // namespace ordinaut::embedded
