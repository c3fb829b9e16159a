// The payload of a task, checked: {"params": {…}, "pipeline": [step, …]}.
#pragma once
#include <memory>

#include "pipeline/template.h"
#include "tool/catalogue.h"

namespace ordinaut::pipeline {

inline constexpr size_t kStepsMax = 200;
inline constexpr size_t kProblemsMax = 20;
inline constexpr int kTimeoutSecondsMax = 86'400;
inline constexpr int kStepRetriesMax = 10;

struct StepDefinition {
    std::string pointer;  // Where it stands in the caller's input.
    std::string id;
    std::string uses;     // The tool's name.
    std::string save_as;  // Name of the result under `steps`; the id when the payload has none.
    Template with;        // Renders the tool's input, an object.
    std::optional<ContextExpression> condition;        // `if`
    std::optional<std::chrono::milliseconds> timeout;  // `timeout_seconds`
    std::optional<int> max_retries;                    // Instead of the task's.
};

// Immutable, thread-safe and cheap to copy.
class Definition {
public:
    // `pointer` is where `payload` stands in the caller's input ("/payload"). kInvalid lists every
    // problem (at most kProblemsMax) with its place. A tool that `tools` does not know is a
    // warning: its extension may come later. Null `tools`: not checked.
    static Result<Definition> parse(const JsonValue& payload, std::string_view pointer,
                                    const tool::Catalogue* tools);

    const Json& params() const { return content_->params; }
    const std::vector<StepDefinition>& steps() const { return content_->steps; }
    const std::vector<ErrorDetail>& warnings() const { return content_->warnings; }
    // Names used anywhere, each once, sorted.
    const std::vector<std::string>& secrets() const { return content_->secrets; }

private:
    friend class DefinitionParser;
    struct Content {
        Json params{rapidjson::kObjectType};
        std::vector<StepDefinition> steps;
        std::vector<ErrorDetail> warnings;
        std::vector<std::string> secrets;
    };
    explicit Definition(std::shared_ptr<const Content> content) : content_(std::move(content)) {}
    std::shared_ptr<const Content> content_;
};

}  // namespace ordinaut::pipeline
