#include "base/json_schema_rules.h"

#include <re2/re2.h>

#include <cmath>

#include "base/clock.h"
#include "base/id.h"

namespace ordinaut::json_schema {

Result<std::shared_ptr<const re2::RE2>> compile_pattern(std::string_view pattern) {
    static constexpr size_t kBytesMax = 1000;
    if (pattern.size() > kBytesMax) return malformed("the pattern is longer than 1000 bytes");
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    auto compiled =
        std::make_shared<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
    if (!compiled->ok())
        return malformed("is not a pattern in RE2's syntax (no look-around, no back-references): " +
                         compiled->error());
    return std::shared_ptr<const re2::RE2>(std::move(compiled));
}

bool pattern_matches(const re2::RE2& pattern, std::string_view text) {
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern);
}

bool format_accepts(std::string_view format, std::string_view text) {
    if (format == "date-time") return parse_time(text).ok();
    if (format == "date")
        return text.size() == 10 && parse_time(std::string(text) + "T00:00:00Z").ok();
    if (format == "uuid") return is_id(text);
    return true;
}

std::string_view format_wish(std::string_view format) {
    if (format == "date-time") return "an RFC 3339 time such as 2026-03-01T08:00:00Z";
    if (format == "date") return "a date such as 2026-03-01";
    return "a UUID such as 0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10";
}

bool multiple_of(double value, double step) {
    static constexpr double kTolerance = 1e-9;
    static constexpr double kExactMax =
        9007199254740992.0;  // 2^53: every whole double is exact below.
    const bool whole =
        value == std::trunc(value) && step == std::trunc(step) && std::abs(value) <= kExactMax;
    if (whole) return std::fmod(value, step) == 0;
    const double quotient = value / step;
    if (!std::isfinite(quotient)) return false;
    return std::abs(quotient - std::round(quotient)) <=
           kTolerance * std::max(1.0, std::abs(quotient));
}

}  // namespace ordinaut::json_schema
