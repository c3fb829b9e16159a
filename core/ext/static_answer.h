// One open file as the answer to one GET or HEAD (RFC 9110 §13 and §14: preconditions and ranges).
#pragma once
#include <sys/stat.h>

#include <optional>
#include <string>
#include <string_view>

#include "http/responder.h"

namespace ordinaut::ext {

// Owns a file descriptor.
class OpenFile {
public:
    explicit OpenFile(int fd) : fd_(fd) {}
    ~OpenFile();
    OpenFile(OpenFile&& other) noexcept;
    OpenFile& operator=(OpenFile&& other) noexcept;

    bool look();  // False: it is not open, or cannot be looked at.
    int fd() const { return fd_; }
    bool is_folder() const { return S_ISDIR(about_.st_mode); }
    bool is_regular() const { return S_ISREG(about_.st_mode); }
    uint64_t size() const { return static_cast<uint64_t>(about_.st_size); }
    int64_t modified_s() const { return about_.st_mtim.tv_sec; }
    std::string etag() const;  // With quotes. Changes when the file is written or replaced.
    // Less at the end of the file, or when it cannot be read.
    std::string read(uint64_t from, uint64_t count) const;

private:
    int fd_;
    struct stat about_ {};
};

struct ByteRange {
    uint64_t first = 0, last = 0;  // Both included.
};
enum class RangeKind { kWhole, kPart, kOutside };
// What a Range header asks of `size` bytes. Several ranges, another unit or nonsense: the whole, as
// RFC 9110 allows.
RangeKind parse_range(std::string_view header, uint64_t size, ByteRange& out);

// "Sun, 06 Nov 1994 08:49:37 GMT" in seconds since 1970; nothing for another form.
std::optional<int64_t> parse_http_date(std::string_view text);

// The status it answered with.
int answer_file(OpenFile file, std::string_view content_type, bool is_public,
                const http::Request& request, const http::Responder& responder,
                const std::string& request_id);

}  // namespace ordinaut::ext
