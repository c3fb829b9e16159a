#include "ext/static_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <ctime>

#include "base/clock.h"
#include "ext/static_answer.h"
#include "http/error_response.h"

namespace ordinaut::ext {
namespace {

// A FIFO must not make anyone wait.
constexpr int kOpenFlags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// Where the kernel has no openat2 (or a sandbox forbids it): step by step, and no links at all.
int open_without_links(int folder, const std::string& path) {
    int at = ::dup(folder);
    for (size_t from = 0; at >= 0 && from <= path.size();) {
        const size_t slash = std::min(path.find('/', from), path.size());
        const int next =
            ::openat(at, path.substr(from, slash - from).c_str(), kOpenFlags | O_NOFOLLOW);
        ::close(at);
        at = next;
        from = slash + 1;
    }
    return at;
}

// Links may lead anywhere within the folder, and nowhere else. -1: there is none, or it leads out.
int open_beneath(int folder, const std::string& path) {
    open_how how{};
    how.flags = kOpenFlags;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const auto fd =
        static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how));
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) return open_without_links(folder, path);
    return fd;
}

std::string joined(std::span<const std::string> segments) {
    std::string path;
    for (const auto& segment : segments) path.append(path.empty() ? "" : "/").append(segment);
    return path;
}

bool is_hidden(std::span<const std::string> segments) {
    return std::any_of(segments.begin(), segments.end(), [](const std::string& segment) {
        return segment.empty() || segment.front() == '.';
    });
}

constexpr int kToFolder = 308;

// Relative links in the index of a folder need the slash.
http::Response to_folder(const http::Target& target, const std::string& request_id) {
    http::Response response{.status = kToFolder};
    response.headers.set(
        "Location", target.path + "/" + (target.raw_query.empty() ? "" : "?" + target.raw_query));
    response.headers.set("X-Request-ID", request_id);
    return response;
}

}  // namespace

Result<std::shared_ptr<const StaticFiles>> StaticFiles::open(const std::filesystem::path& root,
                                                             const std::string& folder,
                                                             std::string index, bool is_public) {
    const auto missing = [&] {
        return not_found("the static folder '" + folder + "' is not there");
    };
    const int root_fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root_fd < 0) return missing();
    const int fd = open_beneath(root_fd, folder);
    ::close(root_fd);
    if (fd < 0) return missing();
    struct stat about {};
    if (::fstat(fd, &about) != 0 || !S_ISDIR(about.st_mode)) {
        ::close(fd);
        return missing();
    }
    return std::shared_ptr<const StaticFiles>(new StaticFiles(fd, std::move(index), is_public));
}

StaticFiles::~StaticFiles() { ::close(folder_fd_); }

int StaticFiles::serve(const http::Request& request, std::span<const std::string> segments,
                       const http::Responder& responder, const std::string& request_id,
                       Match match) const {
    if (is_hidden(segments)) return 0;
    std::string path = joined(segments);
    if (match == Match::kFallback) {
        const bool page = segments.empty() || segments.back().find('.') == std::string::npos;
        if (!page || (request.method != "GET" && request.method != "HEAD")) return 0;
        path = index_;
    } else if (path.empty()) {
        path = index_;
    }
    const bool slash = request.target.trailing_slash && !segments.empty();
    OpenFile file(open_beneath(folder_fd_, path));
    if (!file.look()) return 0;
    if (file.is_folder()) {
        OpenFile index(open_beneath(file.fd(), index_));
        if (!index.look() || index.is_folder()) return 0;
        if (!slash) return responder.respond(to_folder(request.target, request_id)), kToFolder;
        file = std::move(index);
        path = index_;
    } else if (!file.is_regular() || (slash && match == Match::kFile)) {
        return 0;
    }
    if (segments.empty() && !request.target.trailing_slash)
        return responder.respond(to_folder(request.target, request_id)), kToFolder;
    if (request.method != "GET" && request.method != "HEAD") {
        const bool asks = request.method == "OPTIONS";
        auto response = asks ? http::Response{.status = 204}
                             : http::error_response(405, "this file takes GET, HEAD, OPTIONS",
                                                    request_id, SystemClock().wall_now());
        response.headers.set("Allow", "GET, HEAD, OPTIONS");
        const int status = response.status;
        responder.respond(std::move(response));
        return status;
    }
    return answer_file(std::move(file), content_type_of(path), public_, request, responder,
                       request_id);
}

}  // namespace ordinaut::ext
