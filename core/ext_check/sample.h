// Values made up from a JSON Schema.
#pragma once
#include <string>

namespace ordinaut::ext_check {

// JSON that probably satisfies the schema: its first example or default, else the smallest value of
// its kind. "{}" when `schema_json` is empty or cannot be read. The caller validates it.
std::string sample_of(const std::string& schema_json);

}  // namespace ordinaut::ext_check
