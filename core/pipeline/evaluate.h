// One JMESPath expression over any data: what people try before they write it into a template.
#pragma once
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace ordinaut::pipeline {

// Errors as jmespath::Expression's parse and evaluate.
Result<Json> evaluate(std::string_view expression, const JsonValue& data);

}  // namespace ordinaut::pipeline
