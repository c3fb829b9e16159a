// OpenAPI 3.1 from the operation table. Schemas become components; `#/definitions/` becomes
// `#/components/schemas/`.
#include <set>

#include "operations/schemas.h"

namespace ordinaut::operations {
namespace {

// Copies `schema` with every reference pointing into the document's components.
void write_schema(JsonWriter& writer, const JsonValue& schema) {
    if (schema.IsArray()) {
        writer.begin_array();
        for (const auto& item : schema.GetArray()) write_schema(writer, item);
        writer.end_array();
    } else if (schema.IsObject()) {
        writer.begin_object();
        for (const auto& member : schema.GetObject()) {
            writer.key(view(member.name));
            if (view(member.name) == "$ref")
                writer.string("#/components/schemas/" + std::string(view(member.value).substr(14)));
            else
                write_schema(writer, member.value);
        }
        writer.end_object();
    } else {
        writer.value(schema);
    }
}

void reference(JsonWriter& writer, std::string_view name) {
    writer.begin_object().field("$ref", "#/components/schemas/" + std::string(name)).end_object();
}

bool takes_body(const Operation& operation) {
    return operation.method == Method::kPost || operation.method == Method::kPut;
}

bool is_required(const Json& schema, std::string_view name) {
    if (const JsonValue* required = find(schema, "required"))
        for (const auto& item : required->GetArray())
            if (view(item) == name) return true;
    return false;
}

void write_parameter(JsonWriter& writer, const Json& schema, const Json& example,
                     std::string_view name, std::string_view place) {
    const JsonValue& property = *find(*find(schema, "properties"), name);
    writer.begin_object().field("name", name).field("in", place);
    writer.field("required", place == "path" || is_required(schema, name));
    writer.field("description", string_or(property, "description", ""));
    writer.key("schema");
    write_schema(writer, property);
    if (const JsonValue* value = find(example, name)) writer.key("example").value(*value);
    writer.end_object();
}

void write_header_parameter(JsonWriter& writer, std::string_view name,
                            std::string_view description) {
    writer.begin_object()
        .field("name", name)
        .field("in", "header")
        .field("required", false)
        .field("description", description);
    writer.raw("schema", R"({"type":"string","maxLength":200})").end_object();
}

void write_parameters(JsonWriter& writer, const Operation& operation, const Json& schema,
                      const Json& example, const std::vector<std::string>& in_path) {
    writer.key("parameters").begin_array();
    for (const auto& name : in_path) write_parameter(writer, schema, example, name, "path");
    if (!takes_body(operation) && find(schema, "properties") != nullptr) {
        for (const auto& member : find(schema, "properties")->GetObject()) {
            const std::string_view name = view(member.name);
            if (std::find(in_path.begin(), in_path.end(), name) == in_path.end())
                write_parameter(writer, schema, example, name, "query");
        }
    }
    if (operation.method == Method::kPost && operation.effect != Effect::kRead)
        write_header_parameter(writer, "Idempotency-Key",
                               "The same key and body give the first answer again, for 24 hours.");
    if (operation.streams)
        write_header_parameter(writer, "Last-Event-ID",
                               "The `id` of the last event that came: the stream goes on from it.");
    if (operation.id == "tasks.update")
        write_header_parameter(writer, "If-Match",
                               "The ETag the change is based on; another version is a conflict.");
    writer.end_array();
}

// The members of `schema` that travel in the body: all but the path parameters.
void write_body_schema(JsonWriter& writer, const Json& schema,
                       const std::vector<std::string>& in_path) {
    const auto in_body = [&](std::string_view name) {
        return std::find(in_path.begin(), in_path.end(), name) == in_path.end();
    };
    writer.begin_object().field("type", "object").key("properties").begin_object();
    for (const auto& member : find(schema, "properties")->GetObject()) {
        if (!in_body(view(member.name))) continue;
        writer.key(view(member.name));
        write_schema(writer, member.value);
    }
    writer.end_object();
    if (const JsonValue* required = find(schema, "required")) {
        std::vector<std::string_view> names;
        for (const auto& item : required->GetArray())
            if (in_body(view(item))) names.push_back(view(item));
        if (!names.empty()) {
            writer.key("required").begin_array();
            for (const auto name : names) writer.string(name);
            writer.end_array();
        }
    }
    writer.field("additionalProperties", false).end_object();
}

void write_request_body(JsonWriter& writer, const Operation& operation, const Json& schema,
                        const Json& example, const std::vector<std::string>& in_path) {
    const JsonValue* properties = find(schema, "properties");
    if (!takes_body(operation) || properties == nullptr ||
        properties->MemberCount() == in_path.size())
        return;
    bool required = !operation.body_member.empty();
    if (const JsonValue* names = find(schema, "required"))
        for (const auto& item : names->GetArray())
            required =
                required || std::find(in_path.begin(), in_path.end(), view(item)) == in_path.end();
    writer.key("requestBody").begin_object().field("required", required);
    writer.key("content").begin_object().key("application/json").begin_object().key("schema");
    if (!operation.body_member.empty())
        write_schema(writer, *find(*properties, operation.body_member));
    else if (in_path.empty())
        reference(writer, operation.input);
    else
        write_body_schema(writer, schema, in_path);
    if (example.IsObject() && example.MemberCount() > 0) {
        writer.key("example");
        if (!operation.body_member.empty()) {
            writer.value(*find(example, operation.body_member));
        } else {
            writer.begin_object();
            for (const auto& member : example.GetObject())
                if (std::find(in_path.begin(), in_path.end(), view(member.name)) == in_path.end())
                    writer.key(view(member.name)).value(member.value);
            writer.end_object();
        }
    }
    writer.end_object().end_object().end_object();
}

void write_responses(JsonWriter& writer, const Operation& operation) {
    writer.key("responses").begin_object();
    writer.key(std::to_string(operation.success)).begin_object();
    writer.field("description", operation.success == 204 ? "Done; no content." : "Done.");
    if (!operation.output.empty()) {
        writer.key("content").begin_object();
        writer.key(operation.streams ? "text/event-stream" : "application/json");
        writer.begin_object().key("schema");
        reference(writer, operation.output);
        writer.end_object().end_object();
    }
    writer.end_object();
    if (operation.id == "health.ready") {
        writer.key("503").begin_object().field("description", "Not ready; `checks` say why.");
        writer.key("content").begin_object().key("application/json").begin_object().key("schema");
        reference(writer, operation.output);
        writer.end_object().end_object().end_object();
    }
    const auto error = [&](std::string_view status, std::string_view component) {
        writer.key(status)
            .begin_object()
            .field("$ref", "#/components/responses/" + std::string(component))
            .end_object();
    };
    error("400", "Malformed");
    if (operation.access == Access::kToken) {
        error("401", "Unauthenticated");
        error("403", "Forbidden");
    }
    if (operation.path.find('{') != std::string_view::npos) error("404", "NotFound");
    if (operation.effect != Effect::kRead) error("409", "Conflict");
    if (takes_body(operation)) {
        error("413", "TooLarge");
        error("415", "UnsupportedMediaType");
    }
    error("422", "Invalid");
    error("default", "Error");
    writer.end_object();
}

void write_operation(JsonWriter& writer, const Operation& operation) {
    const Json& schema = raw_schema(operation.input);
    const auto in_path = path_parameters(operation.path);
    const Json example = operation.example.empty() ? Json(rapidjson::kObjectType)
                                                   : std::move(*parse_json(operation.example));
    std::string method(name_of(operation.method));
    for (char& c : method) c = static_cast<char>(tolower(c));
    writer.key(method).begin_object();
    writer.field("operationId", operation.id).field("summary", operation.summary);
    std::string description(operation.description);
    if (!operation.scope.empty())
        description += std::string(description.empty() ? "" : "\n\n") + "Needs scope `" +
                       std::string(operation.scope) + "`.";
    if (!description.empty()) writer.field("description", description);
    writer.key("tags").begin_array().string(operation.tag).end_array();
    if (operation.access == Access::kPublic) writer.raw("security", "[]");
    write_parameters(writer, operation, schema, example, in_path);
    write_request_body(writer, operation, schema, example, in_path);
    write_responses(writer, operation);
    writer.end_object();
}

void write_components(JsonWriter& writer) {
    writer.key("components").begin_object();
    writer.raw("securitySchemes",
               R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
    writer.key("schemas").begin_object();
    for (const auto& [name, schema] : raw_schemas()) {
        writer.key(name);
        write_schema(writer, schema);
    }
    writer.end_object().key("responses").begin_object();
    static constexpr std::pair<std::string_view, std::string_view> kResponses[] = {
        {"Malformed", "The request could not be read."},
        {"Unauthenticated", "No token, or one that is not valid."},
        {"Forbidden", "The token lacks a scope; `details.missing_scope` names it."},
        {"NotFound", "There is no such thing, or it belongs to someone else."},
        {"Conflict", "The current state does not allow it."},
        {"TooLarge", "The body is over the limit."},
        {"UnsupportedMediaType", "The body is not JSON."},
        {"Invalid", "Understood but not acceptable; `details` name the fields."},
        {"Error", "Any other error, in the same shape."}};
    for (const auto& [name, description] : kResponses) {
        writer.key(name).begin_object().field("description", description);
        writer
            .raw("content",
                 R"({"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}})")
            .end_object();
    }
    writer.end_object().end_object();
}

}  // namespace

std::vector<std::string> path_parameters(std::string_view path) {
    std::vector<std::string> names;
    for (size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1)) {
        const size_t close = path.find('}', open);
        names.emplace_back(path.substr(open + 1, close - open - 1));
    }
    return names;
}

std::string openapi_json(std::string_view server_url, std::string_view version) {
    JsonWriter writer;
    writer.begin_object().field("openapi", "3.1.0");
    writer.key("info").begin_object().field("title", "Ordinaut").field("version", version);
    writer.field("summary", "A host for time, state and discipline.");
    writer.raw("license", R"({"name":"Apache-2.0","identifier":"Apache-2.0"})").end_object();
    writer.key("servers")
        .begin_array()
        .begin_object()
        .field("url", server_url.empty() ? "/" : server_url)
        .end_object()
        .end_array();
    writer.raw("security", R"([{"bearer":[]}])");
    writer.key("tags").begin_array();
    std::set<std::string_view> tags;
    for (const Operation& operation : operation_table())
        if (tags.insert(operation.tag).second)
            writer.begin_object().field("name", operation.tag).end_object();
    writer.end_array().key("paths").begin_object();
    std::set<std::string_view> paths;
    for (const Operation& first : operation_table()) {
        if (!paths.insert(first.path).second) continue;
        writer.key(first.path).begin_object();
        for (const Operation& operation : operation_table())
            if (operation.path == first.path) write_operation(writer, operation);
        writer.end_object();
    }
    writer.end_object();
    write_components(writer);
    return writer.end_object().take();
}

}  // namespace ordinaut::operations
