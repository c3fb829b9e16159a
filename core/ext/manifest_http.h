// What a manifest says about HTTP: "routes" and "static". The JSON is valid by the schema already.
#pragma once
#include "base/json.h"
#include "ext/manifest.h"

namespace ordinaut::ext {

// Each adds to `details` what is wrong, with its place.
void take_routes(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details);
void take_static(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details);

}  // namespace ordinaut::ext
