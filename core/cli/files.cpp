#include "cli/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ordinaut::cli {
namespace {

Error cannot(const char* what, const std::string& path, int error) {
    return {ErrorCode::kInvalid, fmt::format("cannot {} {}: {}", what, path, std::strerror(error))};
}

}  // namespace

Result<std::string> read_text(const std::string& path, size_t bytes_max) {
    const std::string shown = path == "-" ? "standard input" : path;
    const int fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return cannot("open", shown, errno);
    std::string text;
    char buffer[65536];
    ssize_t count = 0;
    while (text.size() <= bytes_max) {
        count = read(fd, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        text.append(buffer, static_cast<size_t>(count));
    }
    const int error = errno;
    close(fd);
    if (count < 0) return cannot("read", shown, error);
    if (text.size() > bytes_max)
        return Error{ErrorCode::kTooLarge,
                     fmt::format("{} is larger than {} bytes", shown, bytes_max)};
    return text;
}

Status write_private(const std::string& path, const std::string& text) {
    const std::string next = fmt::format("{}.{}", path, getpid());
    // Left by a process of the same number that was killed here; in a container all have it.
    unlink(next.c_str());
    const int fd = open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return unavailable(fmt::format("cannot write {}: {}", path, std::strerror(errno)));
    const bool whole = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int error = errno;
    close(fd);
    if (!whole || rename(next.c_str(), path.c_str()) != 0) {
        const int why = whole ? errno : error;
        unlink(next.c_str());
        return unavailable(fmt::format("cannot write {}: {}", path, std::strerror(why)));
    }
    return ok();
}

}  // namespace ordinaut::cli
