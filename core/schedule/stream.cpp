#include "schedule/stream.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr SysTime kLastSecond = sys_days(year{kYearMax} / December / 31) + days(2);
constexpr seconds kOffsetMax = hours(26);
// How hard one search tries, in steps of a lattice below a day; a stretch of constant offset counts
// as several.
constexpr int kEffortMax = 30'000, kEffortOfSegment = 30;
}  // namespace

seconds Stream::shift(seconds offset) const {
    return pattern.counts_elapsed() ? offset - start_offset : seconds(0);
}

// Occurrences whose local time does not exist: they belong to the segment that begins with the gap.
std::optional<SysTime> Stream::in_gap(SysTime from, const ZoneSegment& segment,
                                      seconds before) const {
    const LocalTime gap_begin = to_local(segment.begin, before),
                    gap_end = to_local(segment.begin, segment.offset);
    if (gap_begin >= gap_end || gap == DstGap::kSkip) return std::nullopt;
    if (gap == DstGap::kAtGapEnd) {
        if (from > segment.begin || !pattern.next(gap_begin, gap_end)) return std::nullopt;
        return segment.begin;
    }
    const auto local = pattern.next(std::max(gap_begin, to_local(from, before)), gap_end);
    if (!local) return std::nullopt;
    return to_utc(*local, before);
}

std::optional<SysTime> Stream::in_segment(SysTime from, const ZoneSegment& segment,
                                          int& effort) const {
    from = std::max(from, segment.begin);
    const seconds before = zone.segment(segment.begin - seconds(1)).offset;
    const seconds after = zone.segment(segment.end).offset;
    LocalTime begin = to_local(from, segment.offset), end = to_local(segment.end, segment.offset);
    // Local times that the segment before showed already, or the one after will show again.
    if (fold == DstFold::kFirst) begin = std::max(begin, to_local(segment.begin, before));
    if (fold == DstFold::kSecond) end = std::min(end, to_local(segment.end, after));

    std::optional<SysTime> best;
    if (const auto local = pattern.next(begin, end, shift(segment.offset), effort))
        best = to_utc(*local, segment.offset);
    if (const auto moved = in_gap(from, segment, before); moved && (!best || *moved < *best))
        best = moved;
    return best;
}

// No occurrence lies between `from` and the answer; nothing when there is none at all. Leads over
// stretches of constant offset in which nothing happens.
std::optional<SysTime> Stream::earliest_possible(SysTime from, int& effort) const {
    if (!pattern.counts_elapsed()) {
        const auto local = pattern.next(to_local(from, -kOffsetMax), LocalTime::max());
        return local ? std::optional(to_utc(*local, kOffsetMax)) : std::nullopt;
    }
    std::optional<SysTime> best;
    for (const seconds offset : zone.offsets_from(from)) {
        const auto local =
            pattern.next(to_local(from, offset), LocalTime::max(), shift(offset), effort);
        if (local && (!best || to_utc(*local, offset) < *best)) best = to_utc(*local, offset);
    }
    return best;
}

std::optional<SysTime> Stream::at_or_after(SysTime from) const {
    from = std::max(from, to_utc(pattern.start, kOffsetMax));
    int effort = kEffortMax;
    while (from <= until && from < kLastSecond && effort > 0) {
        const ZoneSegment segment = zone.segment(from);
        if (const auto found = in_segment(from, segment, effort)) {
            if (*found > until) return std::nullopt;
            return found;
        }
        if (segment.end >= kLastSecond) return std::nullopt;
        effort -= kEffortOfSegment;
        const auto possible = earliest_possible(segment.end, effort);
        if (!possible) return std::nullopt;
        from = std::max(segment.end, *possible);
    }
    return std::nullopt;
}

}  // namespace ordinaut::schedule
