// Reads one schedule per line and answers with its occurrences: the counterpart of differential_test.py.
//
// In:  <kind> \t <zone> \t <after> \t <count> \t <expression, lines joined by "|">
// Out: the occurrences in UTC, joined by spaces; or "error: <message>".
#include <iostream>
#include <sstream>

#include "schedule/schedule.h"

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
        schedule::ScheduleSpec spec{from_name<ScheduleKind>(kind), text, zone};
        const auto parsed = schedule::Schedule::parse(spec);
        if (!parsed) {
            std::cout << "error: " << parsed.error().message << '\n';
            continue;
        }
        auto at = parsed->next_after(*parse_time(after));
        for (int n = std::stoi(count); at && n > 0; --n, at = parsed->next_after(*at)) std::cout << format_time(*at) << ' ';
        std::cout << '\n';
    }
}
