// IANA time zones: from local time to UTC and back, right for any year.
//
// date/tz supplies the tables of the system's tzdata, which end in 2037; after them the zone's
// POSIX rule (the TZif footer, RFC 8536 §3.3) goes on, for ever: the Gregorian calendar repeats
// every 400 years.
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace ordinaut::schedule {

using SysTime = std::chrono::sys_seconds;      // UTC.
using LocalTime = std::chrono::local_seconds;  // What the clocks of some zone show.

// A stretch of time [begin, end) in which the zone's offset does not change.
struct ZoneSegment {
    SysTime begin;
    SysTime end;
    std::chrono::seconds offset;  // Local = UTC + offset.
};

inline LocalTime to_local(SysTime at, std::chrono::seconds offset) {
    return LocalTime(at.time_since_epoch() + offset);
}
inline SysTime to_utc(LocalTime local, std::chrono::seconds offset) {
    return SysTime(local.time_since_epoch() - offset);
}

// How a local time relates to UTC. `first == second` unless the clocks show it twice (a fold). In a
// gap the clocks never show it: then `first` reads it with the offset before the gap, as RFC 5545
// §3.3.5 asks, and `gap_end` is the change.
struct LocalReading {
    enum Kind { kUnique, kGap, kFold } kind;
    SysTime first;
    SysTime second;
    SysTime gap_end;
};

// An immutable zone; cheap to copy. Thread-safe.
class Zone {
public:
    // Any IANA name, links included. kInvalid (pointer /timezone) for an unknown one, with the
    // names it may have meant.
    static Result<Zone> find(std::string_view name);
    static Zone utc();

    const std::string& name() const;
    bool is_utc() const;  // Offset 0 for ever.
    ZoneSegment segment(SysTime at) const;
    // Every offset it has from `at` on, each once.
    std::vector<std::chrono::seconds> offsets_from(SysTime at) const;
    LocalTime local(SysTime at) const { return to_local(at, segment(at).offset); }
    LocalReading read(LocalTime local) const;

    struct Table;

private:
    explicit Zone(std::shared_ptr<const Table> table) : table_(std::move(table)) {}
    std::shared_ptr<const Table> table_;
};

// The release of the system's tzdata, e.g. "2026f"; "unknown" when it does not say.
std::string tzdata_version();

// "2026-03-29T03:30:00+03:00"
std::string format_local(WallTime at, const Zone& zone);
// "2026-03-29T03:30:00"
std::string format_local(LocalTime local);

}  // namespace ordinaut::schedule
