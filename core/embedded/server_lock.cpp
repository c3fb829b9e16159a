#include "embedded/server_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

namespace ordinaut::embedded {
namespace {

// When `pid` started, in ticks since boot; together they name a process for good. 0: there is none.
unsigned long long start_of(pid_t pid) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string line;
    std::getline(file, line);
    const size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream rest(line.substr(name_end + 2));
    std::string field;
    for (int number = 3; number <= 22 && rest >> field; ++number) {
    }
    return std::strtoull(field.c_str(), nullptr, 10);
}

// The recorded server, if it is still the same process; else -1.
pid_t recorded(int fd) {
    char text[64] = {};
    if (pread(fd, text, sizeof text - 1, 0) <= 0) return -1;
    std::istringstream stream(text);
    pid_t pid = -1;
    unsigned long long start = 0;
    stream >> pid >> start;
    return pid > 1 && start != 0 && start_of(pid) == start ? pid : -1;
}

}  // namespace

Result<ServerLock> ServerLock::take(const std::string& path, int stop_signal,
                                    std::chrono::milliseconds limit) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return unavailable(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    ServerLock lock(fd);
    const auto begin = std::chrono::steady_clock::now();
    int sent = 0;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return unavailable(fmt::format("cannot lock {}: {}", path, std::strerror(errno)));
        const auto waited = std::chrono::steady_clock::now() - begin;
        const pid_t holder = recorded(fd);
        if (waited > limit) {
            return unavailable(
                fmt::format("processes of an earlier run still hold {}{}: end them and start again",
                            path, holder > 0 ? fmt::format(" (process {})", holder) : ""));
        }
        const int due = waited > limit * 2 / 3 ? SIGKILL
                        : waited > limit / 3   ? SIGQUIT
                                               : stop_signal;
        if (holder > 0 && due != sent) kill(holder, sent = due);
        // The kernel tells nobody when a flock becomes free without blocking for good, so look
        // again soon.
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return lock;
}

ServerLock::ServerLock(ServerLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ServerLock::~ServerLock() {
    if (fd_ >= 0) close(fd_);
}

void ServerLock::record(pid_t server) {
    const std::string text = fmt::format("{} {}\n", server, start_of(server));
    // A full disk only costs the later run the chance to hurry the holder along.
    if (ftruncate(fd_, 0) == 0) [[maybe_unused]]
        const auto written = pwrite(fd_, text.data(), text.size(), 0);
}

}  // namespace ordinaut::embedded
