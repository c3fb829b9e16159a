// What a person should know about a schedule before saving it.
#include "schedule/schedule.h"

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr auto kLookAhead = days(400);  // The next change of each kind lies in it.
constexpr size_t kWarningsMax = 6;

std::string gap_sentence(const Stream& stream, LocalTime local, const ZoneSegment& after,
                         seconds before) {
    const std::string text = format_local(local) + " does not exist in " + stream.zone.name() +
                             " (the clocks go forward): ";
    switch (stream.gap) {
        case DstGap::kShift:
            return text + "it runs at " + format_local(to_utc(local, before), stream.zone);
        case DstGap::kAtGapEnd:
            return text + "it runs at " + format_local(after.begin, stream.zone);
        case DstGap::kSkip: break;
    }
    return text + "it does not run then";
}

std::string fold_sentence(const Stream& stream, LocalTime local) {
    const std::string text = format_local(local) + " happens twice in " + stream.zone.name() +
                             " (the clocks go back): it runs ";
    switch (stream.fold) {
        case DstFold::kFirst: return text + "the first time";
        case DstFold::kSecond: return text + "the second time";
        case DstFold::kBoth: break;
    }
    return text + "both times";
}
}  // namespace

void Schedule::warn_about_dst(const Stream& stream, WallTime after,
                              std::vector<std::string>& warnings) const {
    if (stream.elapsed) return;
    const SysTime from = floor<seconds>(after), to = from + kLookAhead;
    for (ZoneSegment segment = stream.zone.segment(from);
         segment.end < to && segment.end <= stream.until;) {
        const ZoneSegment next = stream.zone.segment(segment.end);
        const LocalTime old_clock = to_local(next.begin, segment.offset),
                        new_clock = to_local(next.begin, next.offset);
        if (const auto local =
                stream.pattern.next(std::min(old_clock, new_clock), std::max(old_clock, new_clock));
            local && warnings.size() < kWarningsMax)
            warnings.push_back(old_clock < new_clock
                                   ? gap_sentence(stream, *local, next, segment.offset)
                                   : fold_sentence(stream, *local));
        segment = next;
    }
}

void Schedule::warn_about_text(std::vector<std::string>& warnings) const {
    if (const auto* written = once(); written && once_reading_) {
        if (once_reading_->kind == LocalReading::kGap)
            warnings.push_back(
                format_local(written->local) + " does not exist in " + zone_.name() +
                " (the clocks go forward): it runs at " +
                format_local(std::get<std::vector<WallTime>>(times_).front(), zone_));
        if (once_reading_->kind == LocalReading::kFold)
            warnings.push_back(format_local(written->local) + " happens twice in " + zone_.name() +
                               " (the clocks go back)");
    }
    if (const auto* set = std::get_if<Recurrence>(&times_)) {
        if (set->zone().name() != zone_.name())
            warnings.push_back("DTSTART counts in " + set->zone().name() +
                               ", not in the task's time zone " + zone_.name());
        for (const auto& rule : recurrence()->rules)
            if (rule.until && rule.until->date_only &&
                !(recurrence()->start && recurrence()->start->time.date_only))
                warnings.push_back("UNTIL is a date without a time: it means " +
                                   format_local(rule.until->local) + ", the beginning of that day");
    }
}

}  // namespace ordinaut::schedule
