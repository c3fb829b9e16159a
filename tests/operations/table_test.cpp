// Goal: what every surface is made from holds together: names are unique, examples work, references
// lead somewhere.
#include <gtest/gtest.h>

#include "auth/scope.h"
#include "base/json_schema.h"
#include "operations/operation.h"
#include "operations/schemas.h"

namespace ordinaut::operations {
namespace {

TEST(OperationTable, NamesAreUniqueAndHandlersSet) {
    std::set<std::string> ids, routes, commands;
    for (const Operation& operation : operation_table()) {
        EXPECT_TRUE(ids.emplace(operation.id).second) << operation.id;
        EXPECT_TRUE(
            routes
                .insert(std::string(name_of(operation.method)) + " " + std::string(operation.path))
                .second)
            << operation.id;
        if (!operation.cli.empty()) {
            EXPECT_TRUE(commands.emplace(operation.cli).second) << operation.cli;
        }
        EXPECT_TRUE((operation.handler != nullptr) != (operation.async_handler != nullptr))
            << operation.id;
        EXPECT_FALSE(operation.summary.empty()) << operation.id;
        if (!operation.scope.empty()) {
            EXPECT_TRUE(auth::check_scopes({std::string(operation.scope)}, "").ok())
                << operation.id;
        }
    }
}

TEST(OperationTable, EveryExampleIsValidInput) {
    for (const Operation& operation : operation_table()) {
        const auto schema = JsonSchema::compile(std::string_view(schema_json(operation.input)));
        ASSERT_TRUE(schema.ok()) << operation.input << ": " << schema.error().message;
        const auto example = parse_json(operation.example.empty() ? "{}" : operation.example);
        ASSERT_TRUE(example.ok()) << operation.id;
        const Status valid = schema->validate(*example);
        EXPECT_TRUE(valid.ok()) << operation.id << ": " << valid.error().message;
    }
}

TEST(OperationTable, PathParametersAreInTheInputSchema) {
    for (const Operation& operation : operation_table())
        for (const auto& name : path_parameters(operation.path)) {
            const JsonValue* properties = find(raw_schema(operation.input), "properties");
            ASSERT_NE(properties, nullptr) << operation.id;
            EXPECT_NE(find(*properties, name), nullptr) << operation.id << " " << name;
        }
}

void expect_references_resolve(const JsonValue& value, const JsonValue& document) {
    if (value.IsArray()) {
        for (const auto& item : value.GetArray()) expect_references_resolve(item, document);
    } else if (value.IsObject()) {
        for (const auto& member : value.GetObject()) {
            if (view(member.name) != "$ref") {
                expect_references_resolve(member.value, document);
                continue;
            }
            const std::string_view reference = view(member.value);
            const std::string_view name = reference.substr(reference.rfind('/') + 1);
            const bool schema = reference.starts_with("#/components/schemas/");
            const JsonValue& place =
                *find(document["components"], schema ? "schemas" : "responses");
            EXPECT_NE(find(place, name), nullptr) << reference;
        }
    }
}

TEST(OpenApi, HoldsEveryOperationAndNoDanglingReference) {
    const auto document = parse_json(openapi_json("http://localhost:8080", "1.2.3"),
                                     {.bytes_max = 4 << 20, .depth_max = 100});
    ASSERT_TRUE(document.ok()) << document.error().message;
    expect_references_resolve(*document, *document);
    for (const Operation& operation : operation_table()) {
        const JsonValue* path = find((*document)["paths"], operation.path);
        ASSERT_NE(path, nullptr) << operation.path;
        std::string method(name_of(operation.method));
        for (char& c : method) c = static_cast<char>(tolower(c));
        EXPECT_NE(find(*path, method), nullptr) << operation.id;
    }
}

}  // namespace
}  // namespace ordinaut::operations
