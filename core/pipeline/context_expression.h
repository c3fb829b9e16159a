// One JMESPath expression over what a run offers: params, steps, event, task, run, now, secrets.
#pragma once
#include <map>
#include <optional>

#include "base/clock.h"
#include "jmespath/expression.h"

namespace ordinaut::pipeline {

// What expressions see.
struct Scope {
    // One object with params, steps, event, task, run (each may be absent) and now (RFC 3339 text).
    const JsonValue* data = nullptr;
    WallTime now{};
    // Apart from `data`, so that an expression that shows everything shows no secret. Null:
    // templates render each as kMask.
    const std::map<std::string, std::string>* secrets = nullptr;
};

// Immutable, thread-safe, cheap to copy.
class ContextExpression {
public:
    // kMalformed, kInvalid or kTooLarge: as jmespath::Expression::parse, and kInvalid for a root
    // name that no run offers and for `secrets` read other than by name.
    static Result<ContextExpression> compile(std::string_view source);

    // The value, or null when something on the way is missing; see missing(). Lives as
    // jmespath::Expression says. Errors name what is missing, since a missing value is what usually
    // makes a function fail.
    Result<const JsonValue*> evaluate(const Scope& scope, jmespath::Arena& arena) const;

    // The first path it reads that `scope` does not have ("params.city"), unless it says what to
    // use instead.
    std::optional<std::string> missing(const Scope& scope) const;

    // Whether it reads results of steps that `scope` does not have: its value is known only when it
    // runs.
    bool is_open(const Scope& scope) const;

    // The names it reads below `steps`. `steps` as a whole is not among them.
    const std::vector<std::string>& step_names() const { return step_names_; }
    const std::vector<std::string>& secret_names() const { return secret_names_; }
    bool reads_steps() const { return reads_steps_; }  // By name or as a whole.
    bool reads_secrets() const { return reads_secrets_; }
    const std::string& source() const { return expression_.source(); }

private:
    explicit ContextExpression(jmespath::Expression expression)
        : expression_(std::move(expression)) {}

    jmespath::Expression expression_;
    std::vector<jmespath::Path> paths_;
    std::vector<std::string> step_names_, secret_names_;
    bool reads_steps_ = false, reads_secrets_ = false;
};

}  // namespace ordinaut::pipeline
