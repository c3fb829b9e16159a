// JSON whose strings may hold `${expression}`.
//
//   "${params.n}"             exactly one expression: the value with its JSON type
//   "n is ${params.n}"        inside text: a string as it is, anything else as compact JSON
//   "$${x}"                   the text ${x}
//   "${now+24h}", "${now-7d}" the run's time moved by s, m, h, d or w (terms may follow each other:
//   now+1d-2h), RFC 3339 in UTC
//
// A null that comes from a missing value is an error which names the path; a null that is really
// there is a value, and so is what `${expression || literal}` gives. Only strings that are values
// are templates, never names of members.
#pragma once
#include <chrono>

#include "base/clock.h"
#include "pipeline/context_expression.h"

namespace ordinaut::pipeline {

inline constexpr size_t kRenderedBytesMax = 1 << 20;
inline constexpr size_t kTemplateExpressionsMax = 500;
inline constexpr std::string_view kMask = "********";

struct Rendered {
    std::string json;  // What the tool gets.
    // The same with kMask for every expression that reads a secret: what may be stored and shown.
    std::string masked_json;
};

// Immutable, thread-safe. Literal JSON is serialized once, when compiling.
class Template {
public:
    Template() = default;  // Renders {}.

    // `pointer` is where `value` stands in the caller's input. kInvalid: `details` hold every
    // string that does not compile.
    static Result<Template> compile(const JsonValue& value, std::string_view pointer);

    // kInvalid or kTooLarge: `details` point at the string that failed, and the message names the
    // path that gave nothing.
    Result<Rendered> render(const Scope& scope) const;

    // A dry run: what reads results of steps that `scope` lacks becomes «expression», secrets are
    // masked, what fails is added to `problems` and rendered as null. JSON text.
    std::string preview(const Scope& scope, std::vector<ErrorDetail>& problems) const;

    struct Piece {
        std::string before;  // JSON text in front of it.
        std::string pointer;
        bool in_text = false;
        std::optional<ContextExpression> expression;  // Else `now` moved by `offset`.
        std::chrono::seconds offset{0};
        bool reads_secrets() const { return expression && expression->reads_secrets(); }
    };
    const std::vector<Piece>& pieces() const { return pieces_; }

private:
    class Compiler;
    std::vector<Piece> pieces_;
    std::string after_ = "{}";
    bool reads_secrets_ = false;
};

// The content of a string that is exactly one `${…}`, as the old form of `if` has it.
std::optional<std::string_view> sole_expression(std::string_view text);

}  // namespace ordinaut::pipeline
