#include "schedule/stream.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr SysTime kLastSecond = sys_days(year{kYearMax} / December / 31) + days(2);
}

seconds Stream::shift(seconds offset) const {
    return pattern.counts_elapsed() ? offset - start_offset : seconds(0);
}

// Occurrences whose local time does not exist: they belong to the segment that begins with the gap.
std::optional<SysTime> Stream::in_gap(SysTime from, const ZoneSegment& segment, seconds before) const {
    const LocalTime gap_begin = to_local(segment.begin, before), gap_end = to_local(segment.begin, segment.offset);
    if (gap_begin >= gap_end || gap == DstGap::kSkip) return std::nullopt;
    if (gap == DstGap::kAtGapEnd) {
        if (from > segment.begin || !pattern.next(gap_begin, gap_end, seconds(0))) return std::nullopt;
        return segment.begin;
    }
    const auto local = pattern.next(std::max(gap_begin, to_local(from, before)), gap_end, seconds(0));
    if (!local) return std::nullopt;
    return to_utc(*local, before);
}

std::optional<SysTime> Stream::in_segment(SysTime from, const ZoneSegment& segment) const {
    from = std::max(from, segment.begin);
    const seconds before = zone.segment(segment.begin - seconds(1)).offset;
    const seconds after = zone.segment(segment.end).offset;
    LocalTime begin = to_local(from, segment.offset), end = to_local(segment.end, segment.offset);
    // Local times that the segment before showed already, or the one after will show again.
    if (fold == DstFold::kFirst) begin = std::max(begin, to_local(segment.begin, before));
    if (fold == DstFold::kSecond) end = std::min(end, to_local(segment.end, after));

    std::optional<SysTime> best;
    if (const auto local = pattern.next(begin, end, shift(segment.offset))) best = to_utc(*local, segment.offset);
    if (const auto moved = in_gap(from, segment, before); moved && (!best || *moved < *best)) best = moved;
    return best;
}

std::optional<SysTime> Stream::at_or_after(SysTime from) const {
    // Offsets stay within a day and a bit, so nothing lies earlier than this.
    from = std::max(from, to_utc(pattern.start, hours(26)));
    while (from <= until && from < kLastSecond) {
        const ZoneSegment segment = zone.segment(from);
        if (const auto found = in_segment(from, segment)) {
            if (*found > until) return std::nullopt;
            return found;
        }
        from = segment.end;
        if (elapsed && pattern.counts_elapsed()) continue;
        // Skip the segments in which nothing happens.
        const auto local = pattern.next(to_local(from, -hours(26)), LocalTime::max(), seconds(0));
        if (!local) return std::nullopt;
        from = std::max(from, to_utc(*local, hours(26)));
    }
    return std::nullopt;
}

}  // namespace ordinaut::schedule
