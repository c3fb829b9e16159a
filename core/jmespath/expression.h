// A compiled JMESPath expression (https://jmespath.org/specification.html, the whole of it and
// nothing else).
//
// Unknown functions, wrong argument counts and a slice step of 0 are found by parse, not first by
// evaluate. Errors:
//   kMalformed  not an expression; the message names the column (1-based, in characters) and what
//   was expected there. kInvalid    an expression that cannot work: unknown function, argument
//   count or type; names function and argument. kTooLarge   a limit below was exceeded.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace ordinaut::jmespath {

constexpr size_t kExpressionBytesMax = 64 << 10;
// Parentheses, brackets, projections inside one another.
constexpr int kNestingMax = 300;
// Also counts chains such as a.b.c and a || b || c.
constexpr int kTreeHeightMax = 500;
constexpr size_t kStepsMax = 4'000'000;       // Nodes and elements one evaluation may visit.
constexpr size_t kMemoryBytesMax = 64 << 20;  // What one evaluation may make.
constexpr int kResultDepthMax = 100;          // Nesting of a result.

// Where evaluation makes what is not already in the input.
using Arena = Json::AllocatorType;
// Names from the root: {"steps", "weather"}.
using Path = std::vector<std::string>;

struct Program;

// Immutable, thread-safe and cheap to copy.
class Expression {
public:
    static Result<Expression> parse(std::string_view source);

    // The value, deep-copied: independent of `data` and of this expression.
    Result<Json> evaluate(const JsonValue& data) const;

    // The same without copying. The value lives as long as `data`, `arena` and this expression,
    // must not be changed, and is never null. `arena` may serve any number of evaluations of one
    // thread.
    Result<const JsonValue*> evaluate(const JsonValue& data, Arena& arena) const;

    // What the expression reads from the root, by name, without repetition: `steps.a.b[0].c ||
    // params` gives {steps, a, b} and {params}. An empty path means the root itself. Nothing it
    // reads lies outside these paths.
    std::vector<Path> root_paths() const;

    // Whether it is `… || literal`: its author has said what to use in place of a missing value.
    bool has_literal_default() const;

    const std::string& source() const;

private:
    explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const Program> program_;
};

// False for null, false, "", [] and {}; true for all else, 0 included.
bool truthy(const JsonValue& value);

}  // namespace ordinaut::jmespath
