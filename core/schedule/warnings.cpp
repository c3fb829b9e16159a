// What a person should know about a schedule before saving it.
//
// A change of the clocks is spoken of only as far as the schedule itself confirms it: an exception
// date or the end of a rule may have taken the occurrence away.
#include "schedule/schedule.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr auto kLookAhead = days(400);  // The next change of each kind lies in it.
constexpr size_t kWarningsMax = 6;
}  // namespace

bool Schedule::runs_at(WallTime at) const { return next_after(at - microseconds(1)) == at; }

std::optional<Warning> Schedule::gap_warning(const Stream& stream, LocalTime local,
                                             const ZoneSegment& after, seconds before) const {
    const Warning skipped{Warning::Kind::kGapSkipped, format_local(local), stream.zone.name()};
    if (stream.gap == DstGap::kSkip) return skipped;
    const SysTime at = stream.gap == DstGap::kShift ? to_utc(local, before) : after.begin;
    if (!runs_at(at)) return std::nullopt;
    Warning moved = skipped;
    moved.kind = Warning::Kind::kGapMoved;
    moved.runs_at = format_local(at, stream.zone);
    return moved;
}

std::optional<Warning> Schedule::fold_warning(const Zone& zone, LocalTime local, seconds before,
                                              seconds after) const {
    const bool first = runs_at(to_utc(local, before)), second = runs_at(to_utc(local, after));
    if (!first && !second) return std::nullopt;
    const auto kind = first && second ? Warning::Kind::kFoldBoth
                      : first         ? Warning::Kind::kFoldFirst
                                      : Warning::Kind::kFoldSecond;
    return Warning{kind, format_local(local), zone.name()};
}

void Schedule::warn_about_dst(const Stream& stream, WallTime after,
                              std::vector<Warning>& warnings) const {
    if (stream.elapsed) return;
    const SysTime from = floor<seconds>(after), to = from + kLookAhead;
    for (ZoneSegment segment = stream.zone.segment(from);
         segment.end < to && segment.end <= stream.until && warnings.size() < kWarningsMax;) {
        const ZoneSegment next = stream.zone.segment(segment.end);
        const LocalTime old_clock = to_local(next.begin, segment.offset),
                        new_clock = to_local(next.begin, next.offset);
        if (const auto local =
                stream.pattern.next(std::min(old_clock, new_clock), std::max(old_clock, new_clock)))
            if (auto warning = old_clock < new_clock
                                   ? gap_warning(stream, *local, next, segment.offset)
                                   : fold_warning(stream.zone, *local, segment.offset, next.offset))
                warnings.push_back(std::move(*warning));
        segment = next;
    }
}

void Schedule::warn_about_text(std::vector<Warning>& warnings) const {
    if (const auto* written = once(); written && once_reading_) {
        const auto& times = std::get<std::vector<WallTime>>(times_);
        Warning warning{Warning::Kind::kGapMoved, format_local(written->local), zone_.name(),
                        format_local(times.front(), zone_)};
        if (once_reading_->kind == LocalReading::kFold)
            warning.kind = times.size() > 1 ? Warning::Kind::kFoldBoth
                           : floor<seconds>(times.front()) == once_reading_->first
                               ? Warning::Kind::kFoldFirst
                               : Warning::Kind::kFoldSecond;
        if (once_reading_->kind == LocalReading::kGap || once_reading_->kind == LocalReading::kFold)
            warnings.push_back(warning);
    }
    if (const auto* set = std::get_if<Recurrence>(&times_)) {
        if (set->zone().name() != zone_.name())
            warnings.push_back(
                {Warning::Kind::kOtherZone, "", set->zone().name(), "", zone_.name()});
        for (const auto& rule : recurrence()->rules)
            if (rule.until && rule.until->date_only &&
                !(recurrence()->start && recurrence()->start->time.date_only))
                warnings.push_back(
                    {Warning::Kind::kUntilBeginning, format_local(rule.until->local)});
    }
}

}  // namespace ordinaut::schedule
