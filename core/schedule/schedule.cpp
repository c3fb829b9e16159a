#include "schedule/schedule.h"

#include <algorithm>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
constexpr int kPreviewMax = 1000;
constexpr int kSpacingSamples = 500;

Result<DstPolicy> read_policy(const ScheduleSpec& spec) {
    DstPolicy policy{spec.kind == ScheduleKind::kCron ? DstGap::kAtGapEnd : DstGap::kShift,
                     DstFold::kFirst};
    if (spec.dst_gap == "shift")
        policy.gap = DstGap::kShift;
    else if (spec.dst_gap == "at_gap_end")
        policy.gap = DstGap::kAtGapEnd;
    else if (spec.dst_gap == "skip")
        policy.gap = DstGap::kSkip;
    else if (!spec.dst_gap.empty())
        return invalid("/dst_gap", "unknown value; expected shift, at_gap_end or skip");
    if (spec.dst_fold == "second")
        policy.fold = DstFold::kSecond;
    else if (spec.dst_fold == "both")
        policy.fold = DstFold::kBoth;
    else if (!spec.dst_fold.empty() && spec.dst_fold != "first")
        return invalid("/dst_fold", "unknown value; expected first, second or both");
    return policy;
}
}  // namespace

ScheduleSpec spec_of(const Task& task, std::chrono::seconds min_interval) {
    return {task.schedule_kind, task.schedule_expr, task.timezone, task.schedule_anchor,
            task.dst_gap,       task.dst_fold,      min_interval};
}

Result<Schedule> Schedule::parse(const ScheduleSpec& spec) {
    const Zone zone = TRY(Zone::find(spec.timezone));
    const DstPolicy policy = TRY(read_policy(spec));
    switch (spec.kind) {
        case ScheduleKind::kCron: return parse_cron(spec, zone, policy);
        case ScheduleKind::kRrule: return parse_rrule(spec, zone, policy);
        case ScheduleKind::kOnce: return parse_once(spec, zone, policy);
        default:
            return invalid("/schedule_kind", "'" + std::string(name_of(spec.kind)) +
                                                 "' has no calendar; expected cron, rrule or once");
    }
}

Result<Schedule> Schedule::parse_cron(const ScheduleSpec& spec, const Zone& zone,
                                      DstPolicy policy) {
    Schedule schedule(spec, zone);
    const Cron cron = TRY(Cron::parse(spec.expr));
    Stream stream{cron.pattern(), zone, policy.gap, policy.fold};
    if (cron.elapsed)
        stream.elapsed = true, stream.gap = DstGap::kSkip, stream.fold = DstFold::kBoth;
    schedule.parts_ = cron;
    schedule.times_ = std::move(stream);
    TRY(schedule.check_fires(spec));
    return schedule;
}

Result<Schedule> Schedule::parse_rrule(const ScheduleSpec& spec, const Zone& zone,
                                       DstPolicy policy) {
    Schedule schedule(spec, zone);
    auto text = TRY(RecurrenceText::parse(spec.expr));
    schedule.times_ = TRY(Recurrence::build(text, zone, spec.anchor, policy));
    schedule.parts_ = std::move(text);
    TRY(schedule.check_fires(spec));
    return schedule;
}

Result<Schedule> Schedule::parse_once(const ScheduleSpec& spec, const Zone& zone,
                                      DstPolicy policy) {
    Schedule schedule(spec, zone);
    const Once once = TRY(Once::parse(spec.expr));
    schedule.parts_ = once;
    std::vector<SysTime> times;
    if (once.offset) {
        times = {to_utc(once.local, *once.offset)};
    } else {
        const LocalReading reading = zone.read(once.local);
        schedule.once_reading_ = reading;
        if (reading.kind == LocalReading::kGap && policy.gap == DstGap::kSkip)
            return invalid("/schedule_expr",
                           format_local(once.local) + " does not exist in " + zone.name() +
                               " (the clocks go forward over it), and dst_gap is skip");
        if (reading.kind == LocalReading::kGap && policy.gap == DstGap::kAtGapEnd)
            times = {reading.gap_end};
        else if (policy.fold == DstFold::kFirst)
            times = {reading.first};
        else if (policy.fold == DstFold::kSecond || reading.first == reading.second)
            times = {reading.second};
        else
            times = {reading.first, reading.second};
    }
    std::vector<WallTime> moments;
    for (const SysTime at : times) moments.push_back(at + once.fraction);
    schedule.times_ = std::move(moments);
    return schedule;
}

// Refuses what would never run, and what would run more often than `min_interval`.
Status Schedule::check_fires(const ScheduleSpec& spec) const {
    constexpr WallTime kBeginning = sys_days(year{1} / January / 1) - days(2);
    const auto* set = std::get_if<Recurrence>(&times_);
    if (!next_after(kBeginning)) {
        std::string message = "this schedule never runs: no date and time matches it";
        if (set && std::any_of(set->streams().begin(), set->streams().end(), [](const Stream& s) {
                return s.until != SysTime::max() || s.pattern.last != LocalTime::max();
            }))
            message = "this schedule never runs: nothing matches between its start " +
                      format_local(set->start()) + " and UNTIL";
        return invalid("/schedule_expr", message);
    }
    if (spec.min_interval <= seconds(1)) return ok();
    auto at = next_after(set ? WallTime(to_utc(set->start(), hours(26))) : spec.anchor);
    for (int i = 0; at && i < kSpacingSamples; ++i) {
        const auto next = next_after(*at);
        if (next && *next - *at < spec.min_interval)
            return invalid("/schedule_expr",
                           "runs " + std::to_string(duration_cast<seconds>(*next - *at).count()) +
                               " s apart (" + format_time(*at) + ", " + format_time(*next) +
                               "); this server allows at most one run every " +
                               std::to_string(spec.min_interval.count()) + " s (min_interval)");
        at = next;
    }
    return ok();
}

std::optional<WallTime> Schedule::next_after(WallTime after) const {
    if (const auto* moments = std::get_if<std::vector<WallTime>>(&times_)) {
        const auto next = std::upper_bound(moments->begin(), moments->end(), after);
        return next == moments->end() ? std::nullopt : std::optional(*next);
    }
    const SysTime from = floor<seconds>(after) + seconds(1);
    const auto* stream = std::get_if<Stream>(&times_);
    const auto found =
        stream ? stream->at_or_after(from) : std::get<Recurrence>(times_).at_or_after(from);
    return found ? std::optional<WallTime>(*found) : std::nullopt;
}

LocalTime Schedule::start() const {
    const auto* set = std::get_if<Recurrence>(&times_);
    return set ? set->start() : LocalTime{};
}

const Zone& Schedule::counting_zone() const {
    const auto* set = std::get_if<Recurrence>(&times_);
    return set ? set->zone() : zone_;
}

Preview Schedule::preview(WallTime after, int count) const {
    Preview preview;
    count = std::clamp(count, 0, kPreviewMax);
    auto at = next_after(after);
    for (; at && int(preview.occurrences.size()) < count; at = next_after(*at))
        preview.occurrences.push_back({*at, format_local(*at, zone_)});

    if (preview.occurrences.empty() && !at)
        preview.warnings.push_back({Warning::Kind::kEnded, format_local(after, zone_)});
    else if (!at)
        preview.warnings.push_back({Warning::Kind::kLast, preview.occurrences.back().local});
    warn_about_text(preview.warnings);
    if (const auto* stream = std::get_if<Stream>(&times_))
        warn_about_dst(*stream, after, preview.warnings);
    if (const auto* set = std::get_if<Recurrence>(&times_))
        for (const auto& stream : set->streams()) warn_about_dst(stream, after, preview.warnings);
    return preview;
}

}  // namespace ordinaut::schedule
