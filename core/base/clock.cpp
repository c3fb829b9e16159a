#include "base/clock.h"

#include <cstdio>
#include <mutex>

namespace ordinaut {
using namespace std::chrono;

WallTime SystemClock::wall_now() const { return floor<microseconds>(system_clock::now()); }
MonoTime SystemClock::mono_now() const { return steady_clock::now(); }

struct ManualClock::State {
    mutable std::mutex mutex;
    WallTime wall;
    MonoTime mono{hours(1)};
};
ManualClock::ManualClock(WallTime start) : state_(new State) { state_->wall = start; }
ManualClock::~ManualClock() { delete state_; }
WallTime ManualClock::wall_now() const {
    std::lock_guard lock(state_->mutex);
    return state_->wall;
}
MonoTime ManualClock::mono_now() const {
    std::lock_guard lock(state_->mutex);
    return state_->mono;
}
void ManualClock::advance(microseconds by) {
    std::lock_guard lock(state_->mutex);
    state_->wall += by;
    state_->mono += by;
}
void ManualClock::set_wall(WallTime to) {
    std::lock_guard lock(state_->mutex);
    state_->wall = to;
}

std::string format_time(WallTime time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    char text[40];
    int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()),
                          unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                          int(clock.minutes().count()), int(clock.seconds().count()));
    if (clock.subseconds().count() != 0) {
        n += std::snprintf(text + n, sizeof text - static_cast<size_t>(n), ".%06d",
                           int(clock.subseconds().count()));
        while (text[n - 1] == '0') --n;
    }
    text[n++] = 'Z';
    return {text, static_cast<size_t>(n)};
}

namespace {
// Reads exactly `digits` decimal digits at `at`; -1 when there are not that many.
int read_number(std::string_view text, size_t at, size_t digits) {
    if (text.size() < at + digits) return -1;
    int value = 0;
    for (size_t i = at; i < at + digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}
}  // namespace

Result<WallTime> parse_time(std::string_view text) {
    const auto wrong = [&](std::string_view what) {
        return malformed(
            std::string(what) +
            "; expected RFC 3339, e.g. 2026-03-01T08:00:00Z or 2026-03-01T10:00:00+02:00");
    };
    if (text.size() > 64) return wrong("the time is too long");
    const int y = read_number(text, 0, 4), mo = read_number(text, 5, 2),
              d = read_number(text, 8, 2);
    const int h = read_number(text, 11, 2), mi = read_number(text, 14, 2);
    int s = read_number(text, 17, 2);
    if (y < 1 || mo < 0 || d < 0 || h < 0 || mi < 0 || s < 0 || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' ||
        text[16] != ':')
        return wrong("'" + std::string(text) + "' is not a time");
    const year_month_day date{year{y}, month(static_cast<unsigned>(mo)),
                              day(static_cast<unsigned>(d))};
    if (!date.ok()) return wrong("there is no such date");
    if (h > 23 || mi > 59 || s > 60) return wrong("there is no such time of day");
    if (s == 60) s = 59;
    size_t at = 19;
    int64_t micros = 0;
    if (at < text.size() && text[at] == '.') {
        int64_t unit = 100000;
        const size_t first = ++at;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10)
            micros += unit * (text[at] - '0');
        if (at == first || at - first > 9)
            return wrong("the fraction of a second needs 1 to 9 digits");
    }
    minutes offset{0};
    if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
        // UTC.
    } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') &&
               text[at + 3] == ':') {
        const int oh = read_number(text, at + 1, 2), om = read_number(text, at + 4, 2);
        if (oh < 0 || oh > 23 || om < 0 || om > 59) return wrong("the offset is not valid");
        offset = hours(oh) + minutes(om);
        if (text[at] == '-') offset = -offset;
    } else {
        return wrong("the time needs 'Z' or an offset at its end");
    }
    return WallTime(sys_days(date) + hours(h) + minutes(mi) - offset + seconds(s) +
                    microseconds(micros));
}

}  // namespace ordinaut
