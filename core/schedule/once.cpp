#include "schedule/once.h"

#include <string>

namespace ordinaut::schedule {
using namespace std::chrono;

namespace {
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    size_t position() const { return at_ + 1; }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    bool accept(char c) { return peek() == c && !at_end() ? (++at_, true) : false; }
    std::optional<int> digits(int n) {
        int value = 0;
        for (int i = 0; i < n; ++i) {
            const size_t at = at_ + size_t(i);
            if (at >= text_.size() || text_[at] < '0' || text_[at] > '9') return std::nullopt;
            value = value * 10 + (text_[at] - '0');
        }
        at_ += size_t(n);
        return value;
    }

    Error fail(const std::string& what) const {
        return invalid(
            "/schedule_expr",
            what + " (position " + std::to_string(position()) +
                "); expected ISO 8601 such as 2026-03-01T10:00:00 or 2026-03-01T10:00:00+02:00");
    }

private:
    std::string_view text_;
    size_t at_ = 0;
};

Result<local_days> read_date(Reader& in) {
    const auto y = in.digits(4);
    const bool extended = in.accept('-');
    const auto m = y ? in.digits(2) : std::nullopt;
    if (!m || (extended && !in.accept('-'))) return in.fail("the date is not readable");
    const auto d = in.digits(2);
    if (!d) return in.fail("the date is not readable");
    const year_month_day date{year{*y}, month(unsigned(*m)), day(unsigned(*d))};
    if (!date.ok() || *y < 1) return in.fail("there is no such date");
    return local_days(date);
}

Result<seconds> read_time(Reader& in) {
    const auto h = in.digits(2);
    const bool extended = in.accept(':');
    const auto m = h ? in.digits(2) : std::nullopt;
    if (!m) return in.fail("the time of day is not readable");
    int s = 0;
    if (extended ? in.accept(':') : in.peek() >= '0' && in.peek() <= '9') {
        const auto read = in.digits(2);
        if (!read) return in.fail("the seconds are not readable");
        s = *read;
    }
    if (*h > 23 || *m > 59 || s > 59) return in.fail("there is no such time of day");
    return seconds(hours(*h) + minutes(*m)) + seconds(s);
}

Result<std::optional<seconds>> read_offset(Reader& in) {
    if (in.at_end()) return std::optional<seconds>();
    if (in.accept('Z') || in.accept('z')) return std::optional<seconds>(seconds(0));
    const bool negative = in.accept('-');
    if (!negative && !in.accept('+')) return in.fail("unexpected text after the time");
    const auto h = in.digits(2);
    if (!h) return in.fail("the offset is not readable");
    std::optional<int> m = 0;
    if (in.accept(':') || !in.at_end()) m = in.digits(2);
    if (!m || *h > 23 || *m > 59) return in.fail("the offset is not readable");
    const seconds offset = hours(*h) + minutes(*m);
    return std::optional<seconds>(negative ? -offset : offset);
}
}  // namespace

Result<Once> Once::parse(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    Reader in(text.substr(0, 65));
    const local_days date = TRY(read_date(in));
    if (in.at_end()) return in.fail("the time of day is missing");
    if (!in.accept('T') && !in.accept('t') && !in.accept(' '))
        return in.fail("'T' and a time of day must follow the date");
    Once once{date + TRY(read_time(in))};
    if (in.accept('.') || in.accept(',')) {
        microseconds unit(100000);
        int count = 0;
        while (const auto digit = in.digits(1)) once.fraction += unit * *digit, unit /= 10, ++count;
        if (count == 0 || count > 9) return in.fail("the fraction of a second needs 1 to 9 digits");
    }
    once.offset = TRY(read_offset(in));
    if (!in.at_end()) return in.fail("unexpected text after the time");
    return once;
}

}  // namespace ordinaut::schedule
