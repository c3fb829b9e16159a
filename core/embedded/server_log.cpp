#include "embedded/server_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace ordinaut::embedded {
namespace {

constexpr size_t kLineBytesMax = 2048;

// How PostgreSQL, its tools and Redis mark a line that tells why they gave up.
constexpr std::array<std::string_view, 6> kMarks = {
    "FATAL:", "PANIC:", "ERROR:", "error:", "Fatal error", " # "};

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

}  // namespace

ServerLog::ServerLog(std::string path) : path_(std::move(path)) { open(); }

ServerLog::~ServerLog() {
    if (fd_ >= 0) close(fd_);
}

void ServerLog::open() {
    fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat info {};
    bytes_ = fd_ >= 0 && fstat(fd_, &info) == 0 ? static_cast<size_t>(info.st_size) : 0;
}

void ServerLog::append(std::string_view text) {
    notice_lines(text);
    if (bytes_ + text.size() > kServerLogBytesMax) {
        if (fd_ >= 0) close(fd_);
        std::rename(path_.c_str(), (path_ + ".1").c_str());
        open();
    }
    if (fd_ < 0) return;
    if (const ssize_t written = write(fd_, text.data(), text.size()); written > 0)
        bytes_ += static_cast<size_t>(written);
}

void ServerLog::notice_lines(std::string_view text) {
    for (size_t end; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1)) {
        if (partial_.size() < kLineBytesMax)
            partial_ += text.substr(0, std::min(end, kLineBytesMax));
        const std::string_view line = trim(partial_);
        if (!line.empty()) last_line_ = line;
        for (const auto mark : kMarks) {
            if (line.find("WARNING") != std::string_view::npos)
                break;  // Redis marks its advice like its faults.
            if (const auto at = line.find(mark); at != std::string_view::npos) {
                last_complaint_ = trim(line.substr(mark == "Fatal error" ? at : at + mark.size()));
                break;
            }
        }
        partial_.clear();
    }
    if (partial_.size() < kLineBytesMax) partial_ += text.substr(0, kLineBytesMax);
}

std::string ServerLog::last_words(const std::string& fallback) const {
    if (!last_complaint_.empty()) return last_complaint_;
    return last_line_.empty() ? fallback : last_line_;
}

void ServerLog::forget() {
    partial_.clear();
    last_line_.clear();
    last_complaint_.clear();
}

}  // namespace ordinaut::embedded
