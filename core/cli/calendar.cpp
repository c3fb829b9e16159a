#include "cli/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <vector>

namespace ordinaut::cli {
using namespace std::chrono;

namespace {
constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr size_t kCell = 3, kMonthWidth = 7 * kCell, kGap = 2, kMonthsAbreastMax = 3;

// The lines of one month, each kMonthWidth columns wide: its name, the weekdays, the weeks.
std::vector<std::string> month_lines(const Console& console, year_month month,
                                     const std::map<sys_days, int>& runs) {
    const std::string name = kMonths[unsigned(month.month()) - 1];
    std::vector<std::string> lines = {
        styled(console, fmt::format("{:^{}}", name, kMonthWidth), Style::kBold),
        styled(console, "Mo Tu We Th Fr Sa Su ", Style::kDim)};
    const sys_days first = month / 1, last = month / std::chrono::last;
    const unsigned blanks = weekday(first).iso_encoding() - 1;
    std::string line(blanks * kCell, ' ');
    unsigned column = blanks;
    for (sys_days day = first; day <= last; day += days(1)) {
        const bool marked = runs.contains(day);
        const std::string cell =
            fmt::format("{:2}{}", unsigned(year_month_day(day).day()), marked ? '*' : ' ');
        line += marked ? styled(console, cell, Style::kGood) : cell;
        if (++column < 7 && day != last) continue;
        lines.push_back(line + std::string((7 - column) * kCell, ' '));
        line.clear();
        column = 0;
    }
    return lines;
}
}  // namespace

void print_year(const Console& console, year year, const std::map<sys_days, int>& runs) {
    const size_t room =
        console.width == 0 ? kMonthsAbreastMax : (console.width + kGap) / (kMonthWidth + kGap);
    const unsigned abreast = unsigned(std::clamp<size_t>(room, 1, kMonthsAbreastMax));
    console.out << fmt::format("{}\n", int(year));
    for (unsigned first = 1; first <= 12; first += abreast) {
        std::vector<std::vector<std::string>> months;
        size_t height = 0;
        for (unsigned month = first; month < std::min(first + abreast, 13U); ++month) {
            months.push_back(month_lines(console, year / std::chrono::month(month), runs));
            height = std::max(height, months.back().size());
        }
        console.out << '\n';
        for (size_t row = 0; row < height; ++row) {
            std::string line;
            for (const auto& month : months)
                line += (line.empty() ? "" : std::string(kGap, ' ')) +
                        (row < month.size() ? month[row] : std::string(kMonthWidth, ' '));
            while (line.ends_with(' ')) line.pop_back();
            console.out << line << '\n';
        }
    }
}

}  // namespace ordinaut::cli
