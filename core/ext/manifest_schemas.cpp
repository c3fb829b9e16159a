#include "ext/manifest_schemas.h"

#include "base/check.h"
#include "manifests.h"

namespace ordinaut::ext {
namespace {

std::string_view embedded(std::string_view name) {
    for (const auto& file : manifests::embedded_files())
        if (file.path == name) return file.text;
    CHECK(!"an embedded schema is missing");
    return {};
}

JsonSchema compiled(std::string_view name) {
    auto schema = JsonSchema::compile(embedded(name));
    CHECK(schema.ok());
    return *schema;
}

}  // namespace

const JsonSchema& extension_schema() {
    static const JsonSchema schema = compiled("extension.schema.json");
    return schema;
}

const JsonSchema& grants_schema() {
    static const JsonSchema schema = compiled("grants.schema.json");
    return schema;
}

const std::vector<std::string>& manifest_keys() {
    static const std::vector<std::string> keys = [] {
        std::vector<std::string> names;
        const auto schema = parse_json(embedded("extension.schema.json"));
        CHECK(schema.ok());
        for (const auto& member : (*schema)["properties"].GetObject())
            names.emplace_back(view(member.name));
        return names;
    }();
    return keys;
}

}  // namespace ordinaut::ext
