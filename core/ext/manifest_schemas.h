// The schemas of manifests/, compiled in.
#pragma once
#include <string>
#include <vector>

#include "base/json_schema.h"

namespace ordinaut::ext {

// Compiled on first use; thread-safe.
const JsonSchema& extension_schema();
const JsonSchema& grants_schema();
// The names extension.schema.json knows at the top level.
const std::vector<std::string>& manifest_keys();

}  // namespace ordinaut::ext
