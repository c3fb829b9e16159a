// What one extension says and what happens to it: the last lines in memory, and no more of them
// than an operator can read.
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace ordinaut::ext {

struct LogLine {
    int64_t number = 0;  // Counts all lines of this process.
    WallTime at{};
    std::string_view level;   // "debug", "info", "warn", "error".
    std::string message;      // At most 2,000 bytes.
    std::string fields_json;  // One object, or empty.
    std::string run_id;       // Empty outside runs.
};

// Thread-safe. One per extension, over all its generations.
class ExtensionLog {
public:
    static constexpr size_t kLinesMax = 500;
    static constexpr int kBurst = 500;      // Lines at once,
    static constexpr int kPerSecond = 100;  // and from then on.

    // May a line be written now? When lines are written again after some were not, `dropped` says
    // how many.
    bool admit(MonoTime now, uint64_t& dropped);

    void add(WallTime at, std::string_view level, std::string_view message,
             std::string fields_json = {}, std::string run_id = {});

    // The newest `limit` lines, oldest first.
    std::vector<LogLine> last(size_t limit) const;
    uint64_t dropped() const;  // So far, in all.

private:
    mutable std::mutex mutex_;
    std::deque<LogLine> lines_;
    int64_t written_ = 0;
    double tokens_ = kBurst;
    MonoTime filled_{};
    uint64_t dropped_ = 0, dropped_since_ = 0;
};

}  // namespace ordinaut::ext
