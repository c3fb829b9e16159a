// What one child writes: kept in a file of bounded size, and its last complaint remembered for the
// error message.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut::embedded {

inline constexpr size_t kServerLogBytesMax =
    4 << 20;  // Of one file; one older file, `<path>.1`, is kept.

// Used by one thread.
class ServerLog {
public:
    explicit ServerLog(std::string path);
    ~ServerLog();
    ServerLog(const ServerLog&) = delete;
    ServerLog& operator=(const ServerLog&) = delete;

    // Appends to the file. A log that cannot be written (a full disk) never disturbs the server:
    // the text is dropped.
    void append(std::string_view text);

    // The last line since `forget()` that says what went wrong, without its prefix; "" when there
    // is none.
    const std::string& complaint() const { return last_complaint_; }
    // The complaint, else the last line, else `fallback`.
    std::string last_words(const std::string& fallback) const;
    void forget();

    const std::string& path() const { return path_; }

private:
    void open();
    void notice_lines(std::string_view text);

    std::string path_;
    int fd_ = -1;
    size_t bytes_ = 0;
    std::string partial_;  // The line that has no end yet, at most a few KiB of it.
    std::string last_line_;
    std::string last_complaint_;
};

}  // namespace ordinaut::embedded
