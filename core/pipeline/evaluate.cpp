#include "pipeline/evaluate.h"

#include "jmespath/expression.h"

namespace ordinaut::pipeline {

Result<Json> evaluate(std::string_view expression, const JsonValue& data) {
    const auto compiled = TRY(jmespath::Expression::parse(expression));
    return compiled.evaluate(data);
}

}  // namespace ordinaut::pipeline
