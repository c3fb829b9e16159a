#include "schema.h"

#include <algorithm>
#include <numeric>

namespace mcp_http::schema {
namespace {

constexpr size_t kProblemsMax = 20;

Json described(const char* type, const std::string& description) {
    return {{"type", type}, {"description", description}};
}

size_t distance(std::string_view left, std::string_view right) {
    std::vector<size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (size_t i = 0; i < left.size(); ++i) {
        size_t diagonal = std::exchange(row[0], i + 1);
        for (size_t j = 0; j < right.size(); ++j) {
            const size_t changed = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string names_of(const Json& properties) {
    std::string names;
    for (const auto& property : properties.members())
        names += (names.empty() ? "" : ", ") + property.name;
    return names;
}

std::string unknown_argument(const Json& properties, const std::string& name) {
    std::vector<std::string> known;
    for (const auto& property : properties.members()) known.push_back(property.name);
    const std::string nearest = nearest_of(known, name);
    return "is not an argument of this tool; " +
           (nearest.empty() ? "it takes: " + names_of(properties)
                            : "did you mean '" + nearest + "'? It takes: " + names_of(properties));
}

std::string shown(const Json& value) { return excerpt(value.text(), 80); }

int64_t limit_of(const Json& schema, std::string_view name, int64_t fallback) {
    const Json* found = schema.find(name);
    return found == nullptr ? fallback : found->as_int();
}

// Characters, not bytes.
int64_t length_of(const std::string& text) {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string list_of(const Json& values) {
    std::string list;
    for (const Json& one : values.items()) list += (list.empty() ? "" : ", ") + one.text();
    return list;
}

std::string wrong_text(const Json& schema, const Json& value) {
    if (!value.is_string()) return "must be a text; " + shown(value) + " was given";
    const std::string& text = value.as_string();
    if (const Json* allowed = schema.find("enum")) {
        for (const Json& one : allowed->items())
            if (one.is_string() && one.as_string() == text) return {};
        return "must be one of " + list_of(*allowed) + "; " + shown(value) + " was given";
    }
    const int64_t length = length_of(text);
    const int64_t least = limit_of(schema, "minLength", 0);
    const int64_t most = limit_of(schema, "maxLength", INT64_MAX);
    if (length < least) return least == 1 ? "must not be empty" : "is too short";
    if (length > most) return "must have at most " + std::to_string(most) + " characters";
    const Json* format = schema.find("format");
    if (format == nullptr || format->as_string() != "uuid") return {};
    const bool uuid = text.size() == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' &&
                      text[23] == '-' &&
                      text.find_first_not_of("0123456789abcdefABCDEF-") == std::string::npos;
    return uuid ? ""
                : "must be an id as lists and other tools show it (a UUID); " + shown(value) +
                      " was given";
}

std::string wrong_integer(const Json& schema, const Json& value) {
    const int64_t least = limit_of(schema, "minimum", INT64_MIN);
    const int64_t most = limit_of(schema, "maximum", INT64_MAX);
    const std::string range =
        "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    try {
        const int64_t number = value.as_int();
        return number >= least && number <= most ? "" : range + "; " + shown(value) + " was given";
    } catch (const ordinaut::JsonError&) {
        return range + "; " + shown(value) + " was given";
    }
}

std::string wrong_value(const Json& schema, const Json& value) {
    if (const Json* kinds = schema.find("anyOf")) {
        std::string first;
        for (const Json& kind : kinds->items()) {
            std::string wrong = wrong_value(kind, value);
            if (wrong.empty()) return {};
            if (first.empty()) first = std::move(wrong);
        }
        return first + " (null is allowed, too)";
    }
    const Json* type = schema.find("type");
    if (type == nullptr) return {};
    const std::string& kind = type->as_string();
    if (kind == "string") return wrong_text(schema, value);
    if (kind == "integer") return wrong_integer(schema, value);
    const bool right = kind == "object"    ? value.is_object()
                       : kind == "array"   ? value.is_array()
                       : kind == "boolean" ? value.is_bool()
                       : kind == "null"    ? value.is_null()
                                           : value.is_number();
    if (right) return {};
    return "must be " +
           std::string(kind == "object"    ? "an object"
                       : kind == "array"   ? "a list"
                       : kind == "boolean" ? "true or false"
                       : kind == "null"    ? "null"
                                           : "a number") +
           "; " + shown(value) + " was given";
}

std::string missing(const Json& schema) {
    std::string text = "is required";
    if (const Json* allowed = schema.find("enum")) text += ", one of " + list_of(*allowed);
    if (const Json* description = schema.find("description"))
        text += ": " + description->as_string();
    return text;
}

Json built(const std::vector<Field>& fields) {
    Json properties = Json::object();
    Json required = Json::array();
    for (const Field& field : fields) {
        properties.set(field.name, field.schema);
        if (field.required) required.push(field.name);
    }
    Json schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.items().empty()) schema.set("required", std::move(required));
    return schema;
}

}  // namespace

std::string nearest_of(const std::vector<std::string>& known, std::string_view name) {
    const std::string_view head = name.substr(0, 64);
    std::string nearest;
    size_t best = 4;
    for (const std::string& one : known)
        if (const size_t far = distance(head, one); far < best) best = far, nearest = one;
    return nearest;
}

Json object(const std::vector<Field>& fields) {
    Json schema = built(fields);
    schema.set("additionalProperties", false);
    return schema;
}
Json open_object(const std::vector<Field>& fields) { return built(fields); }
Json text(const std::string& description, int64_t length_min, int64_t length_max) {
    Json schema = described("string", description);
    if (length_min > 0) schema.set("minLength", length_min);
    if (length_max > 0) schema.set("maxLength", length_max);
    return schema;
}
Json choice(const std::string& description, const std::vector<std::string>& values) {
    Json allowed = Json::array();
    for (const auto& value : values) allowed.push(value);
    Json schema = described("string", description);
    schema.set("enum", std::move(allowed));
    return schema;
}
Json integer(const std::string& description, int64_t minimum, int64_t maximum) {
    Json schema = described("integer", description);
    schema.set("minimum", minimum);
    schema.set("maximum", maximum);
    return schema;
}
Json number(const std::string& description) { return described("number", description); }
Json truth(const std::string& description) { return described("boolean", description); }
Json id(const std::string& description) {
    Json schema = described("string", description);
    schema.set("format", "uuid");
    return schema;
}
Json instant(const std::string& description) {
    Json schema = described("string", description);
    schema.set("format", "date-time");
    return schema;
}
Json any_object(const std::string& description) { return described("object", description); }
Json anything(const std::string& description) { return {{"description", description}}; }
Json list(const std::string& description, Json items) {
    Json schema = described("array", description);
    schema.set("items", std::move(items));
    return schema;
}
Json or_null(Json schema) {
    return {{"anyOf", Json::array({std::move(schema), Json{{"type", "null"}}})}};
}

std::vector<Problem> check(const Json& schema, const Json& arguments) {
    std::vector<Problem> problems;
    const Json& properties = *schema.find("properties");
    for (const auto& argument : arguments.members()) {
        if (problems.size() >= kProblemsMax) return problems;
        const Json* property = properties.find(argument.name);
        const std::string wrong = property == nullptr ? unknown_argument(properties, argument.name)
                                                      : wrong_value(*property, argument.value);
        if (!wrong.empty()) problems.push_back({excerpt(argument.name), wrong});
    }
    if (const Json* required = schema.find("required"))
        for (const Json& name : required->items())
            if (arguments.find(name.as_string()) == nullptr) {
                problems.push_back({name.as_string(), missing(*properties.find(name.as_string()))});
            }
    return problems;
}

}  // namespace mcp_http::schema
