#include "embedded/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/id.h"

namespace ordinaut::embedded {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSocketPathMax = 107;  // sockaddr_un's limit without the final NUL.
constexpr std::string_view kLongestSocketName = "/.s.PGSQL.5432.lock";

Error cannot(std::string_view what, const std::string& path, int error) {
    return unavailable(fmt::format("cannot {} {}: {}", what, path, std::strerror(error)));
}

}  // namespace

Status make_owned_directory(const std::string& path, unsigned mode, const Account& account) {
    if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
        return cannot("create the directory", path, errno);
    struct stat info {};
    if (lstat(path.c_str(), &info) != 0) return cannot("look at the directory", path, errno);
    if (!S_ISDIR(info.st_mode)) return cannot("use as a directory", path, ENOTDIR);
    if (info.st_uid != account.uid) {
        if (!account.change) return cannot("use the directory of another user", path, EPERM);
        if (chown(path.c_str(), account.uid, account.gid) != 0)
            return cannot("change the owner of", path, errno);
    }
    if ((info.st_mode & 07777) != mode && chmod(path.c_str(), mode) != 0)
        return cannot("change the mode of", path, errno);
    return ok();
}

Result<DataDir> DataDir::open(const std::string& path) {
    if (path.empty()) return unavailable("the data directory has no name: give --data-dir a path");
    std::error_code error;
    DataDir dir;
    dir.path_ = fs::absolute(path, error).lexically_normal();
    while (dir.path_.size() > 1 && dir.path_.back() == '/') dir.path_.pop_back();
    const bool existed = fs::exists(dir.path_, error);
    fs::create_directories(dir.path_, error);
    if (error) return cannot("create the data directory", dir.path_, error.value());
    // 0711: the children's user must pass through; what is inside protects itself.
    if (!existed && chmod(dir.path_.c_str(), geteuid() == 0 ? 0711 : 0700) != 0)
        return cannot("change the mode of the data directory", dir.path_, errno);
    dir.account_ = TRY(choose_account(dir.postgres()));
    TRY(check_reachable(dir.account_, dir.path_));
    TRY(dir.take_lock());
    TRY(dir.make_parts());
    TRY(dir.choose_sockets());
    return dir;
}

Status DataDir::take_lock() {
    const std::string file = path_ + "/ordinaut.lock";
    lock_fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (lock_fd_ < 0) return cannot("write to the data directory: cannot open", file, errno);
    if (flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot("lock", file, errno);
        char text[32] = {};
        const ssize_t got = pread(lock_fd_, text, sizeof text - 1, 0);
        const std::string holder(text, got > 0 ? strcspn(text, "\n") : 0);
        return unavailable(fmt::format(
            "Ordinaut already runs on the data directory {}{}: stop it first, or choose another "
            "one with --data-dir",
            path_, holder.empty() ? "" : " (process " + holder + ")"));
    }
    const std::string text = fmt::format("{}\n", getpid());
    if (ftruncate(lock_fd_, 0) != 0 ||
        pwrite(lock_fd_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return cannot("write to the data directory: cannot write", file,
                      errno == 0 ? ENOSPC : errno);
    return ok();
}

Status DataDir::make_parts() {
    const Account self{geteuid(), getegid(), "", account_.change};
    TRY(make_owned_directory(path_ + "/log", 0700, self));
    return make_owned_directory(redis(), 0700, account_);
}

Status DataDir::choose_sockets() {
    sockets_ = path_ + "/sockets";
    // libpq takes a comma for the end of a host, and a list of directories in PostgreSQL's settings
    // has its own quotes.
    const bool plain = sockets_.find_first_of(",\"'\\") == std::string::npos;
    if (!plain || sockets_.size() + kLongestSocketName.size() > kSocketPathMax) {
        // The same data directory always gets the same name, so nothing piles up after crashes.
        sockets_ = "/tmp/ordinaut-" + derived_id("sockets", path_).substr(0, 13);
    }
    return make_owned_directory(sockets_, 0700, account_);
}

DataDir::DataDir(DataDir&& other) noexcept
    : path_(std::move(other.path_)),
      sockets_(std::move(other.sockets_)),
      account_(std::move(other.account_)),
      lock_fd_(std::exchange(other.lock_fd_, -1)) {}

DataDir::~DataDir() {
    if (lock_fd_ >= 0) close(lock_fd_);
}

}  // namespace ordinaut::embedded
