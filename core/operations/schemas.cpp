// Puts the embedded schema files together: each schema with the definitions it refers to.
#include "operations/schemas.h"

#include <mutex>
#include <set>

#include "base/check.h"
#include "operations_schemas.h"

namespace ordinaut::operations {
namespace {

constexpr std::string_view kPrefix = "#/definitions/";

// Names of the schemas that `value` refers to directly.
void collect_references(const JsonValue& value, std::set<std::string>& names) {
    if (value.IsArray()) {
        for (const auto& item : value.GetArray()) collect_references(item, names);
    } else if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            if (view(member.name) == "$ref" && member.value.IsString()) {
                CHECK(view(member.value).starts_with(kPrefix));
                names.emplace(view(member.value).substr(kPrefix.size()));
            } else {
                collect_references(member.value, names);
            }
        }
    }
}

std::map<std::string, Json, std::less<>> load() {
    std::map<std::string, Json, std::less<>> schemas;
    for (const auto& file : embedded_files()) {
        const auto parsed = parse_json(file.text);
        CHECK(parsed.ok());
        for (const auto& member : parsed->GetObject())
            CHECK(schemas.emplace(view(member.name), copy(member.value)).second);
    }
    return schemas;
}

std::string with_definitions(const Json& schema) {
    std::set<std::string> wanted, done;
    collect_references(schema, wanted);
    Json whole = copy(schema);
    auto& allocator = whole.GetAllocator();
    JsonValue definitions(rapidjson::kObjectType);
    while (!wanted.empty()) {
        const std::string name = *wanted.begin();
        wanted.erase(wanted.begin());
        if (!done.insert(name).second) continue;
        const Json& definition = raw_schema(name);
        definitions.AddMember(JsonValue(name, allocator), JsonValue(definition, allocator),
                              allocator);
        collect_references(definition, wanted);
    }
    if (!done.empty()) whole.AddMember("definitions", definitions, allocator);
    return to_json(whole);
}

}  // namespace

const std::map<std::string, Json, std::less<>>& raw_schemas() {
    static const auto schemas = load();
    return schemas;
}

const Json& raw_schema(std::string_view name) {
    const auto it = raw_schemas().find(name);
    CHECK(it != raw_schemas().end());
    return it->second;
}

const std::string& schema_json(std::string_view name) {
    static std::mutex mutex;
    static std::map<std::string, std::string, std::less<>> texts;
    std::lock_guard lock(mutex);
    const auto it = texts.find(name);
    if (it != texts.end()) return it->second;
    return texts.emplace(name, with_definitions(raw_schema(name))).first->second;
}

}  // namespace ordinaut::operations
