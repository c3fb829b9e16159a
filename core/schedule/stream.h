// Instants of one pattern in one zone: where local times meet daylight saving.
//
// Wall-clock patterns keep local time; what happens in a gap and in a fold is a policy.
// Elapsed-time patterns fire in both folds and not in the gap.
#pragma once
#include <optional>

#include "schedule/pattern.h"
#include "schedule/zone.h"

namespace ordinaut::schedule {

enum class DstGap {
    kShift,     // Read with the offset before the gap: 02:30 runs at 03:30 (RFC 5545 §3.3.5).
    kAtGapEnd,  // All of the gap's occurrences run once, at its end.
    kSkip,
};
enum class DstFold { kFirst, kSecond, kBoth };

struct Stream {
    Pattern pattern;
    Zone zone;
    DstGap gap = DstGap::kShift;
    DstFold fold = DstFold::kFirst;
    bool elapsed = false;                 // Counts elapsed time; `gap` is kSkip and `fold` kBoth.
    std::chrono::seconds start_offset{};  // The zone's offset at pattern.start.
    SysTime until = SysTime::max();       // Nothing runs after it.

    // The first instant at or after `from`. Bounded: a rule below kDaily that is silent for
    // centuries counts as ended.
    std::optional<SysTime> at_or_after(SysTime from) const;

private:
    std::optional<SysTime> in_segment(SysTime from, const ZoneSegment& segment, int& effort) const;
    std::optional<SysTime> earliest_possible(SysTime from, int& effort) const;
    std::optional<SysTime> in_gap(SysTime from, const ZoneSegment& segment,
                                  std::chrono::seconds before) const;
    std::chrono::seconds shift(std::chrono::seconds offset) const;
};

}  // namespace ordinaut::schedule
