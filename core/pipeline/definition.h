// A task's payload, read and checked: `{"params": {…}, "pipeline": [step, …]}`.
#pragma once
#include <chrono>
#include <optional>

#include "base/error.h"
#include "pipeline/template.h"
#include "tool/catalogue.h"

namespace ordinaut::pipeline {

struct StepDefinition {
    std::string id;
    std::string uses;
    std::string save_as;  // The id when the payload has none: the name under `steps`.
    Template with;        // `{}` when the payload has none.
    std::optional<jmespath::Expression> condition;  // `if`
    std::optional<std::chrono::milliseconds> timeout;
    std::optional<int> max_retries;
};

inline constexpr int kStepsMax = 200;

// Immutable; thread-safe; cheap to copy.
class Definition {
public:
    // kInvalid with every problem found (at most 20), each with a pointer that starts with `pointer` ("/payload"): unknown keys
    // (nearest name), keys that are known but not supported yet, duplicate ids or save_as, steps that read a step that does
    // not come earlier, templates and conditions that do not compile, values out of range. With `tools`, an unknown tool is a
    // warning that names the nearest one.
    static Result<Definition> parse(const JsonValue& payload, std::string_view pointer, const tool::Catalogue* tools);

    const std::vector<StepDefinition>& steps() const;
    const Json& params() const;  // An object.
    const std::vector<ErrorDetail>& warnings() const;
    const std::vector<std::string>& secrets() const;  // Names used anywhere, each once.

private:
    struct Parsed;
    explicit Definition(std::shared_ptr<const Parsed> parsed) : parsed_(std::move(parsed)) {}
    std::shared_ptr<const Parsed> parsed_;
};

}  // namespace ordinaut::pipeline
