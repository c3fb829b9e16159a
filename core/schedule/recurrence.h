// A recurrence set: DTSTART, RRULE, RDATE, EXDATE and EXRULE lines (RFC 5545 §3.8.5), or a bare
// RRULE value.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "schedule/rrule.h"
#include "schedule/stream.h"

namespace ordinaut::schedule {

// A DATE or DATE-TIME as a line gave it.
struct IcalMoment {
    IcalTime time;
    std::optional<Zone> zone;  // TZID=…; none = the set's own zone (or UTC when `time.utc`).
};

// The lines as read. Folded lines are unfolded; property names ignore case.
struct RecurrenceText {
    std::optional<IcalMoment> start;
    std::vector<RecurrenceRule> rules, excluded_rules;
    std::vector<IcalMoment> dates, excluded_dates;

    // kInvalid (pointer /schedule_expr) names the line, the part and the reason.
    static Result<RecurrenceText> parse(std::string_view text);
};

struct DstPolicy {
    DstGap gap = DstGap::kShift;
    DstFold fold = DstFold::kFirst;
};

// The set as instants.
class Recurrence {
public:
    // `zone` and `anchor` serve where the text has no DTSTART; a DTSTART in UTC or with TZID counts
    // in its own zone. kInvalid when COUNT reaches too far to be found.
    static Result<Recurrence> build(const RecurrenceText& text, const Zone& zone, WallTime anchor,
                                    DstPolicy policy);

    // The first instant at or after `from` that is in the set. Bounded: after 2,000 stretches of
    // excluded instants in a row the set counts as ended.
    std::optional<SysTime> at_or_after(SysTime from) const;

    const Zone& zone() const { return zone_; }  // In which the rules count.
    LocalTime start() const { return start_; }
    const std::vector<Stream>& streams() const { return includes_; }
    const std::vector<SysTime>& dates() const { return dates_; }

private:
    Recurrence(Zone zone, LocalTime start) : zone_(std::move(zone)), start_(start) {}
    std::optional<SysTime> after_exclusion(SysTime at) const;

    Zone zone_;
    LocalTime start_;
    std::vector<Stream> includes_, excludes_;
    // Per exclude: it covers all includes (exclusion.h).
    std::vector<bool> covering_;
    std::vector<SysTime> dates_, excluded_dates_;  // Sorted.
    // EXDATE;VALUE=DATE: the whole local day. Sorted.
    std::vector<std::chrono::local_days> excluded_days_;
};

}  // namespace ordinaut::schedule
