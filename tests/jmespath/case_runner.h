// Runs JSON files of cases in the form of the JMESPath compliance suite:
//   [{"given": …, "cases": [{"expression": …, "result": … | "error": kind | "bench": …}]}]
#pragma once
#include <string>

#include "base/json.h"

namespace ordinaut::jmespath {

// Reports every case that fails, and returns how many were run. A case may have "message": what the
// error must contain.
int run_cases(const std::string& path);

// The same values, whatever the order of members and the form of numbers. Written apart from the
// code under test.
bool same_json(const JsonValue& a, const JsonValue& b);

}  // namespace ordinaut::jmespath
