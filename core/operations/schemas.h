// The JSON Schemas of schemas/*.json as they stand there.
#pragma once
#include <map>

#include "operations/operation.h"

namespace ordinaut::operations {

const std::map<std::string, Json, std::less<>>& raw_schemas();  // By name.
const Json& raw_schema(std::string_view name);                  // CHECKs that it exists.

// Names of the parameters in a path template: "/tasks/{task_id}" → {"task_id"}.
std::vector<std::string> path_parameters(std::string_view path);

}  // namespace ordinaut::operations
