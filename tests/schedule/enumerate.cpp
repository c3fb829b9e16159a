// Reads one schedule per line and answers with its occurrences: the counterpart of
// differential_test.py and zone_differential_test.py.
//
// In:  <kind> \t <zone> \t <after> \t <count> \t <expression, lines joined by "|">
// Out: the occurrences in UTC, joined by spaces; or "error: <message>". The kind "zone" answers
// with the first moments of <count>
//      stretches of constant offset and these offsets in seconds: 2026-03-29T01:00:00Z/10800.
#include <iostream>
#include <sstream>

#include "schedule/schedule.h"

namespace {
void print_offsets(const std::string& name, std::chrono::sys_seconds from, int count) {
    using namespace ordinaut;
    const auto zone = schedule::Zone::find(name);
    const std::chrono::sys_seconds end = std::chrono::sys_days(std::chrono::year(9000) / 1 / 1);
    for (int n = 0; zone.ok() && n < count && from < end; ++n) {
        const auto segment = zone->segment(from);
        std::cout << format_time(std::max(segment.begin, from)) << '/' << segment.offset.count()
                  << ' ';
        from = segment.end;
    }
    std::cout << '\n';
}
}  // namespace

int main() {
    using namespace ordinaut;
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream in(line);
        std::string kind, zone, after, count, text;
        std::getline(in, kind, '\t');
        std::getline(in, zone, '\t');
        std::getline(in, after, '\t');
        std::getline(in, count, '\t');
        std::getline(in, text);
        std::replace(text.begin(), text.end(), '|', '\n');
        if (kind == "zone") {
            print_offsets(zone, std::chrono::floor<std::chrono::seconds>(*parse_time(after)),
                          std::stoi(count));
            continue;
        }
        schedule::ScheduleSpec spec{from_name<ScheduleKind>(kind), text, zone};
        const auto parsed = schedule::Schedule::parse(spec);
        if (!parsed) {
            std::cout << "error: " << parsed.error().message << '\n';
            continue;
        }
        auto at = parsed->next_after(*parse_time(after));
        for (int n = std::stoi(count); at && n > 0; --n, at = parsed->next_after(*at))
            std::cout << format_time(*at) << ' ';
        std::cout << '\n';
    }
}
