#include "http/wire.h"

#include <fmt/format.h>

#include <algorithm>

namespace ordinaut::http {
namespace {

bool is_ours(std::string_view name) {
    static constexpr std::string_view kOurs[] = {
        "Content-Length", "Transfer-Encoding", "Connection", "Date", "Trailer", "Upgrade"};
    return std::any_of(std::begin(kOurs), std::end(kOurs),
                       [&](auto own) { return equals_ignoring_case(own, name); });
}

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7f &&
               std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

bool is_value(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

}  // namespace

bool is_header(std::string_view name, std::string_view value) {
    return is_name(name) && is_value(value);
}

std::string format_http_date(WallTime time) {
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
        static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
        clock.seconds().count());
}

std::string wire_head(int status, const Headers& headers, const HeadOptions& options) {
    std::string head = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\n", status, reason_phrase(status),
                                   format_http_date(options.now));
    if (has_body(status)) {
        if (options.form == BodyForm::kWhole)
            head += fmt::format("Content-Length: {}\r\n", options.body_bytes);
        if (options.form == BodyForm::kChunked) head += "Transfer-Encoding: chunked\r\n";
    }
    if (!options.keep_alive)
        head += "Connection: close\r\n";
    else if (!options.http11)
        head += "Connection: keep-alive\r\n";
    for (const auto& [name, value] : headers.all())
        if (!is_ours(name) && is_header(name, value))
            head.append(name).append(": ").append(value).append("\r\n");
    return head += "\r\n";
}

std::string wire_chunk(std::string_view bytes) {
    auto chunk = fmt::format("{:x}\r\n", bytes.size());
    return chunk.append(bytes).append("\r\n");
}

}  // namespace ordinaut::http
