// When a task runs: one validated cron expression, recurrence set or single moment, in one zone.
//
// Pure and deterministic: the same text, zone, anchor and tzdata give the same instants, in the
// scheduler and in a preview.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/task.h"
#include "schedule/cron.h"
#include "schedule/once.h"
#include "schedule/recurrence.h"

namespace ordinaut::schedule {

struct ScheduleSpec {
    // kCron, kRrule or kOnce; another kind is kInvalid here.
    ScheduleKind kind = ScheduleKind::kCron;
    std::string_view expr;
    std::string_view timezone = "UTC";
    // Where an RRULE without DTSTART counts from; its seconds are dropped.
    WallTime anchor{};
    // shift | at_gap_end | skip; empty = the kind's own (RRULE and once shift, cron at_gap_end).
    std::string_view dst_gap = {};
    std::string_view dst_fold = {};        // first | second | both; empty = first.
    std::chrono::seconds min_interval{1};  // Schedules that run more often are refused.
};

// The task's schedule; the spec holds views into `task`.
ScheduleSpec spec_of(const Task& task, std::chrono::seconds min_interval);

struct Occurrence {
    WallTime utc;
    std::string local;  // In the schedule's zone, with the offset: "2026-03-02T08:30:00+02:00".
};

// What a person should know about a schedule. describe.h has the words.
struct Warning {
    enum class Kind {
        kEnded,           // Nothing after `time`.
        kLast,            // The last occurrence is at `time`.
        kGapMoved,        // The clocks skip `time`; it runs at `runs_at`.
        kGapSkipped,      // The clocks skip `time`; it does not run.
        kFoldFirst,       // The clocks show `time` twice; it runs the first time.
        kFoldSecond,      // … the second time.
        kFoldBoth,        // … both times.
        kOtherZone,       // DTSTART counts in `zone`, the task in `task_zone`.
        kUntilBeginning,  // UNTIL is a date alone: it means its beginning, `time`.
    };
    Kind kind;
    std::string time = {}, zone = {}, runs_at = {}, task_zone = {};
};

struct Preview {
    std::vector<Occurrence> occurrences;
    std::vector<Warning> warnings;
};

// Immutable; cheap to move. Thread-safe.
class Schedule {
public:
    // kInvalid points at /schedule_expr, /timezone, /dst_gap, /dst_fold or /schedule_kind and says
    // what would be right: text that cannot be read, combinations RFC 5545 forbids, rules that
    // never run, rules that run more often than `min_interval`. Takes some 150 µs; a rule that
    // never runs is recognised within 5 ms. The first time, COUNT below daily or with BYSETPOS
    // takes some 10 ms per 100,000.
    static Result<Schedule> parse(const ScheduleSpec& spec);

    // The first instant strictly after `after`; nothing when the schedule has ended. Strictly
    // increasing; independent of the age of the anchor.
    std::optional<WallTime> next_after(WallTime after) const;

    // The next `count` occurrences (at most 1000) and what a person should know about them.
    Preview preview(WallTime after, int count) const;

    const Zone& zone() const { return zone_; }  // The zone the caller named.
    // The zone the rules count in: DTSTART's where it has one.
    const Zone& counting_zone() const;
    const std::string& text() const { return text_; }
    ScheduleKind kind() const { return kind_; }

    // The parts, for describing the schedule in words.
    const Cron* cron() const { return std::get_if<Cron>(&parts_); }
    const RecurrenceText* recurrence() const { return std::get_if<RecurrenceText>(&parts_); }
    const Once* once() const { return std::get_if<Once>(&parts_); }
    LocalTime start() const;  // An RRULE's DTSTART or anchor, in the zone it counts in.

private:
    Schedule(const ScheduleSpec& spec, Zone zone)
        : kind_(spec.kind), zone_(std::move(zone)), text_(spec.expr) {}
    static Result<Schedule> parse_cron(const ScheduleSpec& spec, const Zone& zone,
                                       DstPolicy policy);
    static Result<Schedule> parse_rrule(const ScheduleSpec& spec, const Zone& zone,
                                        DstPolicy policy);
    static Result<Schedule> parse_once(const ScheduleSpec& spec, const Zone& zone,
                                       DstPolicy policy);
    Status check_fires(const ScheduleSpec& spec) const;
    bool runs_at(WallTime at) const;
    std::optional<Warning> gap_warning(const Stream& stream, LocalTime local,
                                       const ZoneSegment& after, std::chrono::seconds before) const;
    std::optional<Warning> fold_warning(const Zone& zone, LocalTime local,
                                        std::chrono::seconds before,
                                        std::chrono::seconds after) const;
    void warn_about_dst(const Stream& stream, WallTime after, std::vector<Warning>& warnings) const;
    void warn_about_text(std::vector<Warning>& warnings) const;

    ScheduleKind kind_;
    Zone zone_;
    std::string text_;
    std::variant<std::monostate, Cron, RecurrenceText, Once> parts_;
    // Fixed moments (sorted), one stream, or a set.
    std::variant<std::vector<WallTime>, Stream, Recurrence> times_;
    std::optional<LocalReading> once_reading_;
};

}  // namespace ordinaut::schedule
