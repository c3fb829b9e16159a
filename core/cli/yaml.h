// YAML and JSON files as JSON values.
#pragma once
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace ordinaut::cli {

// One YAML 1.2 document, plain scalars typed by the core schema: 7 and 0x10 are numbers, true is a
// boolean, ~ is null; what is quoted stays text, and so do dates, `yes` and `no`. kMalformed with
// line and column: syntax, more than one document, a name that stands twice, merge keys (<<), tags,
// infinities, nesting over 100, more than 100,000 values with aliases counted each time they are
// used. kTooLarge: over 1 MiB.
Result<Json> parse_yaml(std::string_view text);

// Text of a file the user named: JSON when `path` ends in ".json" or the text is valid JSON, else
// YAML. Errors name `path`.
Result<Json> parse_document(const std::string& path, std::string_view text);

// The value as YAML that parse_yaml reads back unchanged, each line after `indent` blanks. Control
// characters are escaped, so that a value cannot command the terminal. Members that are null are
// left out at the top level.
std::string to_yaml(const JsonValue& value, int indent = 0);

}  // namespace ordinaut::cli
