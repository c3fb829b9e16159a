// The dry run of a pipeline: what each step would be given. Calls nothing, needs no secret, and
// never fails as a whole.
#pragma once
#include "pipeline/definition.h"

namespace ordinaut::pipeline {

// One step as far as it can be known before anything runs.
struct RenderedStep {
    std::string id, uses, save_as;
    std::optional<bool> runs;  // What `if` says; nothing when it depends on results of other steps.
    // Secrets masked; what depends on results of other steps stands as «expression».
    std::string input_json;
    // Missing values and the like, with pointers as in Definition::parse.
    std::vector<ErrorDetail> problems;
};

// `data` as in Scope; its params, when it has any, take the place of the definition's, and its
// steps are taken for results.
std::vector<RenderedStep> render(const Definition& definition, const Scope& scope);

// {"steps": [{"id", "uses", "save_as", "runs", "input", "problems"}], "warnings": […]}: the answer
// of POST /pipelines/render.
void write_json(JsonWriter& writer, const Definition& definition,
                const std::vector<RenderedStep>& steps);

}  // namespace ordinaut::pipeline
