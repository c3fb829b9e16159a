// The checks of single values that valijson leaves to us, shared by the verdict and the
// explanation. Internal to base.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace re2 {
class RE2;
}

namespace ordinaut::json_schema {

// RE2's reason is the error.
Result<std::shared_ptr<const re2::RE2>> compile_pattern(std::string_view pattern);
bool pattern_matches(const re2::RE2& pattern, std::string_view text);

// True for formats that are not checked.
bool format_accepts(std::string_view format, std::string_view text);
// "an RFC 3339 time such as 2026-03-01T08:00:00Z"
std::string_view format_wish(std::string_view format);

// `step` > 0. Decimal fractions count as the decimals they were written as, up to a relative error
// of 1e-9.
bool multiple_of(double value, double step);

// Refuses what JsonSchema does not support; empty when the schema is fine. Bounded.
std::vector<ErrorDetail> refusals(const JsonValue& schema);

// The schema with the keywords that valijson must not evaluate itself renamed: pattern, format,
// multipleOf and uniqueItems become kOwnPrefix + keyword; annotations are left out. `schema` has no
// refusals.
inline constexpr std::string_view kOwnPrefix = "ordinaut:";
Json adapted(const JsonValue& schema);

// The definition a `$ref` of `root` names, or null.
const JsonValue* referenced(const JsonValue& root, std::string_view ref);

// Appends what is wrong with `value`, at most `details_max` in all. Nothing: it is valid.
void explain(const JsonValue& root, const JsonValue& schema, const JsonValue& value,
             const std::string& pointer, size_t details_max, std::vector<ErrorDetail>& details);

}  // namespace ordinaut::json_schema
