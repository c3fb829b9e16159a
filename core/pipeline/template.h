// JSON with `${expr}` in its strings, compiled once and rendered for each run. SEMANTICS: docs/pipelines.md "Templates".
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "jmespath/expression.h"

namespace ordinaut::pipeline {

// What expressions see. `data` is one object with the members params, steps, event, task, run (each may be absent) and `now`
// (RFC 3339 text); secrets are kept apart, so that they cannot leak through an expression that shows everything.
struct Scope {
    const JsonValue* data = nullptr;
    WallTime now{};
    const std::map<std::string, std::string>* secrets = nullptr;  // Null: `${secrets.NAME}` stays masked in both renderings.
};

inline constexpr std::string_view kMask = "********";

struct Rendered {
    Json value;       // What the tool gets.
    std::string masked_json;  // The same with every secret's text replaced by kMask: what may be stored and shown.
};

// Immutable; thread-safe; cheap to move.
class Template {
public:
    // Compiles every string (member names are not templates). Errors are kInvalid with `pointer` (where `value` stands) plus the
    // place inside, and say what is wrong with the expression.
    static Result<Template> compile(const JsonValue& value, std::string_view pointer);

    // kInvalid names the place (pointer) and the path that gave nothing. Result strings are bounded (1 MiB in all: kTooLarge).
    Result<Rendered> render(const Scope& scope) const;

    // Paths the expressions read from the root, e.g. {"steps","weather","body"}; each once.
    const std::vector<jmespath::Path>& reads() const;
    // Names used as secrets.NAME, each once.
    const std::vector<std::string>& secrets() const;

private:
    struct Compiled;
    explicit Template(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace ordinaut::pipeline
