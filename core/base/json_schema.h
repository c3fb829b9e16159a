// JSON Schema (draft 7): checks values and says what to change.
//
// The verdict is valijson's. What that library would ignore, run without bound or crash on is
// refused by compile(), never accepted in silence:
//   - `$ref` is `#/definitions/NAME` or `#/$defs/NAME`, with annotations as its only siblings, and
//   not recursive;
//   - `pattern` is RE2's syntax (no look-around, no back-references), unanchored as the standard
//   says;
//   - patternProperties, dependentRequired, unevaluatedProperties, prefixItems and other later or
//   unknown keywords are
//     refused with the nearest known one; names that start with "x-" are annotations;
//   - at most 10,000 places, 64 levels, and 100,000 places when every `$ref` is followed.
// `format`: date, date-time and uuid are checked (of strings); any other is an annotation. An
// integer is a number written without fraction and exponent: 1.0 is not one. multipleOf takes
// decimal fractions as people mean them: 19.99 is a multiple of 0.01. Bounds are compared as
// doubles.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace ordinaut {

// Immutable and cheap to copy. Thread-safe.
class JsonSchema {
public:
    // kInvalid with the pointers (into the schema) of everything that is wrong with it.
    static Result<JsonSchema> compile(const JsonValue& schema);
    // The same from text; kMalformed and kTooLarge as parse_json.
    static Result<JsonSchema> compile(std::string_view text);

    // kInvalid with at most 20 details: the pointer of each offending place, after
    // `pointer_prefix`, and a sentence such as "unknown field 'titel'; did you mean 'title'?", "is
    // required", "must be an integer, got a string". A place that may have one of several forms is
    // explained by the form it comes closest to.
    Status validate(const JsonValue& value, std::string_view pointer_prefix = "") const;

private:
    struct State;
    explicit JsonSchema(std::shared_ptr<const State> state);
    std::shared_ptr<const State> state_;
};

}  // namespace ordinaut
