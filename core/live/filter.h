// Which changes a watcher wants, and which of them it may see.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "live/event.h"
#include "store/actor.h"

namespace ordinaut::live {

struct Filter {
    // A foreign task's changes never match. What belongs to nobody (queue, extensions) everyone may
    // see.
    store::OwnerFilter owner = {};
    Id task_id = {};                       // Only of this task and its runs. Empty = any.
    Id run_id = {};                        // Only of this run.
    std::vector<std::string> states = {};  // Only runs that come into one of these. Empty = any.
    std::vector<std::string> kinds = {};   // run, task, queue, extension. Empty = any.
    std::vector<std::string> types = {};   // "run.failed", or "run.*". Empty = any.

    bool matches(const store::ChangeNote& note) const;
};

// From GET /stream's query: `task_id`, `run_id`, and `state` and `kinds` with commas between the
// items. kInvalid names the parameter, the item and what there is. `owner` is left to the caller.
Result<Filter> filter_of_query(const JsonValue& query);

// From ord.core's watch: {"task_id"?, "run_id"?, "types"?: ["run.succeeded", …]}. Without `types`
// every change of tasks and runs, and no other. kMalformed, kInvalid.
Result<Filter> filter_of_watch(std::string_view json);

}  // namespace ordinaut::live
