// The schemas of manifests/, compiled in.
#pragma once
#include <string>
#include <vector>

#include "base/json_schema.h"

namespace ordinaut::ext {

// Compiled on first use; thread-safe.
const JsonSchema& extension_schema();
const JsonSchema& grants_schema();
const std::vector<std::string>& manifest_keys();  // The names extension.schema.json knows at the top level.

}  // namespace ordinaut::ext
