#include "ext/extension_log.h"

#include <algorithm>

#include "ext/arguments.h"

namespace ordinaut::ext {
namespace {
constexpr size_t kMessageBytesMax = 2000;
}

bool ExtensionLog::admit(MonoTime now, uint64_t& dropped) {
    const std::lock_guard lock(mutex_);
    if (now > filled_) {
        const double seconds = std::chrono::duration<double>(now - filled_).count();
        tokens_ = std::min<double>(kBurst, tokens_ + std::min(seconds, 3600.0) * kPerSecond);
        filled_ = now;
    }
    if (tokens_ < 1) {
        ++dropped_;
        ++dropped_since_;
        return false;
    }
    tokens_ -= 1;
    dropped = std::exchange(dropped_since_, 0);
    return true;
}

void ExtensionLog::add(WallTime at, std::string_view level, std::string_view message,
                       std::string fields_json, std::string run_id) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() == kLinesMax) lines_.pop_front();
    lines_.push_back({++written_, at, level, clean(message, kMessageBytesMax),
                      std::move(fields_json), std::move(run_id)});
}

std::vector<LogLine> ExtensionLog::last(size_t limit) const {
    const std::lock_guard lock(mutex_);
    const auto first = lines_.end() - static_cast<std::ptrdiff_t>(std::min(limit, lines_.size()));
    return {first, lines_.end()};
}

uint64_t ExtensionLog::dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

}  // namespace ordinaut::ext
