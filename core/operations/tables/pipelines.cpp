#include "operations/tables/tables.h"

namespace ordinaut::operations {

std::vector<Operation> pipelines_table() {
    return {
        {.id = "pipelines.validate",
         .method = Method::kPost,
         .path = "/pipelines/validate",
         .tag = "pipelines",
         .summary = "Check a pipeline",
         .input = "PipelineCheck",
         .output = "PipelineReport",
         .example = R"({"payload":{"pipeline":[{"id":"a","uses":"std.echo","with":{"x":1}}]}})",
         .handler = validate_pipeline},
        {.id = "pipelines.render",
         .method = Method::kPost,
         .path = "/pipelines/render",
         .tag = "pipelines",
         .summary = "Dry run: render everything, call nothing",
         .input = "PipelineRender",
         .output = "PipelineRendering",
         .example =
             R"({"payload":{"params":{"n":2},"pipeline":[{"id":"a","uses":"std.echo","with":{"x":"${params.n}"}}]}})",
         .cli = "render",
         .handler = render_pipeline},
        {.id = "pipelines.eval",
         .method = Method::kPost,
         .path = "/pipelines/eval",
         .tag = "pipelines",
         .summary = "Evaluate a JMESPath expression",
         .input = "EvalRequest",
         .output = "EvalResult",
         .example =
             R"({"expression":"items[?n > `1`].name","data":{"items":[{"n":1,"name":"a"},{"n":2,"name":"b"}]}})",
         .cli = "eval",
         .handler = eval_expression},
    };
}

}  // namespace ordinaut::operations
