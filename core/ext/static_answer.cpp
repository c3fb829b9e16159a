#include "ext/static_answer.h"

#include <unistd.h>

#include <charconv>
#include <ctime>
#include <memory>

#include "base/clock.h"
#include "http/error_response.h"
#include "http/wire.h"

namespace ordinaut::ext {
namespace {

constexpr uint64_t kWholeBytesMax = 1 << 20;  // Above it a file is sent in pieces.
constexpr uint64_t kPieceBytes = 64 << 10;

std::string hex(uint64_t number) {
    char text[17];
    const auto end = std::to_chars(std::begin(text), std::end(text), number, 16).ptr;
    return {text, end};
}

// Whether `list` ("\"a\", W/\"b\"", or "*") names `etag`, by the weak comparison.
bool names_etag(std::string_view list, std::string_view etag) {
    while (!list.empty()) {
        const auto comma = list.find(',');
        auto one = list.substr(0, comma);
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
        while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one == etag || one == "*") return true;
    }
    return false;
}

bool is_unchanged(const http::Request& request, const OpenFile& file) {
    if (const auto* known = request.headers.find("if-none-match"))
        return names_etag(*known, file.etag());
    const auto since = parse_http_date(request.headers.get("if-modified-since"));
    return since && file.modified_s() <= *since;
}

// If-Range: the part only when the file is the one the client has begun to fetch.
bool is_same_file(const http::Request& request, const OpenFile& file) {
    const auto* condition = request.headers.find("if-range");
    if (condition == nullptr || *condition == file.etag()) return true;
    const auto date = parse_http_date(*condition);
    return date && *date == file.modified_s();
}

// A large file on its way: as much as the client takes, then on when it has taken it.
struct FileStream : std::enable_shared_from_this<FileStream> {
    FileStream(OpenFile f, uint64_t from, uint64_t to, http::StreamWriter w)
        : file(std::move(f)), at(from), end(to), writer(std::move(w)) {}

    void pump() {
        while (at < end) {
            const std::string piece = file.read(at, std::min(kPieceBytes, end - at));
            // It became shorter: what was announced will never come.
            if (piece.empty()) return writer.abort();
            switch (writer.write(piece)) {
                case http::WriteOutcome::kOk: at += piece.size(); break;
                case http::WriteOutcome::kGone: return;
                case http::WriteOutcome::kAgain:
                    return writer.on_room([self = shared_from_this()] { self->pump(); });
            }
        }
        writer.end();
    }

    const OpenFile file;
    uint64_t at;
    const uint64_t end;
    const http::StreamWriter writer;
};

}  // namespace

OpenFile::~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
}
OpenFile::OpenFile(OpenFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), about_(other.about_) {}
OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(about_, other.about_);
    return *this;
}

bool OpenFile::look() { return fd_ >= 0 && ::fstat(fd_, &about_) == 0; }

std::string OpenFile::etag() const {
    const auto time = static_cast<uint64_t>(about_.st_mtim.tv_sec) * 1'000'000'000U +
                      static_cast<uint64_t>(about_.st_mtim.tv_nsec);
    return "\"" + hex(about_.st_ino) + "-" + hex(size()) + "-" + hex(time) + "\"";
}

std::string OpenFile::read(uint64_t from, uint64_t count) const {
    std::string bytes(count, '\0');
    uint64_t got = 0;
    while (got < count) {
        const ssize_t more =
            ::pread(fd_, bytes.data() + got, count - got, static_cast<off_t>(from + got));
        if (more < 0 && errno == EINTR) continue;
        if (more <= 0) break;
        got += static_cast<uint64_t>(more);
    }
    bytes.resize(got);
    return bytes;
}

RangeKind parse_range(std::string_view header, uint64_t size, ByteRange& out) {
    constexpr std::string_view kUnit = "bytes=";
    if (!header.starts_with(kUnit)) return RangeKind::kWhole;
    header.remove_prefix(kUnit.size());
    const auto dash = header.find('-');
    if (dash == std::string_view::npos || header.find(',') != std::string_view::npos)
        return RangeKind::kWhole;
    const auto number = [](std::string_view text, uint64_t& value) {
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
        return problem == std::errc() && end == text.data() + text.size();
    };
    const auto first = header.substr(0, dash), last = header.substr(dash + 1);
    uint64_t suffix = 0;
    if (first.empty()) {
        if (!number(last, suffix)) return RangeKind::kWhole;
        if (suffix == 0 || size == 0) return RangeKind::kOutside;
        out = {size - std::min(suffix, size), size - 1};
        return RangeKind::kPart;
    }
    if (!number(first, out.first)) return RangeKind::kWhole;
    if (last.empty())
        out.last = UINT64_MAX;
    else if (!number(last, out.last) || out.last < out.first)
        return RangeKind::kWhole;
    if (out.first >= size) return RangeKind::kOutside;
    out.last = std::min(out.last, size - 1);
    return RangeKind::kPart;
}

std::optional<int64_t> parse_http_date(std::string_view text) {
    tm parts{};
    const std::string whole(text);
    const char* end =
        whole.empty() ? nullptr : ::strptime(whole.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return ::timegm(&parts);
}

int answer_file(OpenFile file, std::string_view content_type, bool is_public,
                const http::Request& request, const http::Responder& responder,
                const std::string& request_id) {
    http::Response response;
    response.headers = {{"ETag", file.etag()},
                        {"Last-Modified",
                         http::format_http_date(WallTime(std::chrono::seconds(file.modified_s())))},
                        {"Cache-Control", is_public ? "no-cache" : "private, no-cache"},
                        {"Accept-Ranges", "bytes"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Request-ID", request_id}};
    if (is_unchanged(request, file)) {
        response.status = 304;
        responder.respond(std::move(response));
        return 304;
    }
    response.headers.set("Content-Type", std::string(content_type));
    ByteRange range{0, file.size() - 1};
    uint64_t count = file.size();
    const auto* wanted = request.method == "GET" && is_same_file(request, file)
                             ? request.headers.find("range")
                             : nullptr;
    const auto kind =
        wanted == nullptr ? RangeKind::kWhole : parse_range(*wanted, file.size(), range);
    if (kind == RangeKind::kOutside) {
        auto refusal = http::error_response(
            416,
            "the file has " + std::to_string(file.size()) + " bytes; the range lies behind them",
            request_id, SystemClock().wall_now());
        refusal.headers.set("Content-Range", "bytes */" + std::to_string(file.size()));
        responder.respond(std::move(refusal));
        return 416;
    }
    if (kind == RangeKind::kWhole) range = {0, file.size() - 1};
    if (kind == RangeKind::kPart) {
        count = range.last - range.first + 1;
        response.status = 206;
        response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                  std::to_string(range.last) + "/" +
                                                  std::to_string(file.size()));
    }
    const int status = response.status;
    if (count <= kWholeBytesMax) {
        response.body = file.read(range.first, count);
        responder.respond(std::move(response));
        return status;
    }
    auto writer = responder.start(status, response.headers);
    if (is_head(request))
        writer.end();
    else
        std::make_shared<FileStream>(std::move(file), range.first, range.first + count,
                                     std::move(writer))
            ->pump();
    return status;
}

}  // namespace ordinaut::ext
