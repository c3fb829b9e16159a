// Exclusion calendars: what falls into one does not run. Dates and ranges of dates, or the events
// of an iCalendar file.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/calendar.h"
#include "schedule/schedule.h"

namespace ordinaut::schedule {

inline constexpr size_t kCalendarBytesMax = 256 << 10;
inline constexpr size_t kCalendarDatesMax = 10'000;
inline constexpr size_t kCalendarEventsMax = 1'000;

// Whether an instant is excluded; the answer is the same for all of [asked, until).
struct Exclusion {
    bool excluded = false;
    WallTime until = WallTime::max();
};

// Immutable. Thread-safe.
class ExclusionCalendar {
public:
    // One date or range (both ends included) a line: 2026-12-25, 2026-12-24/2027-01-02; '#' begins
    // a comment. `timezone`: whose days; empty = those of the schedule. kInvalid (pointer
    // /dates/<line>, /timezone) says what is wrong.
    static Result<ExclusionCalendar> parse_dates(std::string_view lines, std::string_view timezone);

    // The VEVENTs of an iCalendar file (RFC 5545) with their recurrences, moved and cancelled
    // instances; all-day events and times without a zone count in `timezone`, as above. Other
    // components are passed over. kInvalid (pointer /ical) names the event and what is wrong with
    // it.
    static Result<ExclusionCalendar> parse_ical(std::string_view text, std::string_view timezone);

    // As its kind says.
    static Result<ExclusionCalendar> parse(const Calendar& calendar);

    // `schedule_zone` serves where the calendar has no zone of its own.
    Exclusion ask(WallTime at, const Zone& schedule_zone) const;
    size_t entries() const { return days_.size() + events_.size(); }  // Ranges of days, and events.

private:
    struct Days {
        std::chrono::local_days first, last;
    };
    struct Event {
        Schedule starts;
        std::chrono::microseconds length;
        bool floating;  // `starts` gives local times, read as if they were UTC.
    };
    void sort_days();
    void ask_days(LocalTime local, const Zone& zone, Exclusion& answer, WallTime& next) const;

    std::optional<Zone> zone_;
    std::vector<Days> days_;  // Sorted, apart from each other.
    std::vector<Event> events_;
};

// The calendars of one task, asked about ascending instants: each is looked at again only when its
// last answer ends.
class ExclusionSet {
public:
    explicit ExclusionSet(Zone schedule_zone) : zone_(std::move(schedule_zone)) {}
    void add(const std::string& name, std::shared_ptr<const ExclusionCalendar> calendar);

    // The reason an occurrence at `at` does not run, "excluded(<name of the first calendar that
    // says so>)", or empty.
    std::string reason(WallTime at);

private:
    struct Member {
        std::string reason;
        std::shared_ptr<const ExclusionCalendar> calendar;
        WallTime asked = WallTime::max();
        Exclusion answer;
    };
    Zone zone_;
    std::vector<Member> members_;
};

}  // namespace ordinaut::schedule
