#include "http/input.h"

#include <charconv>
#include <cmath>

#include "base/check.h"
#include "base/excerpt.h"
#include "base/nearest.h"

namespace ordinaut::http {
namespace {

using operations::Method;

std::vector<std::string> parameters_of(std::string_view path) {
    std::vector<std::string> names;
    for (size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1))
        names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
    return names;
}

bool is_json(std::string_view content_type) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    const std::string_view trimmed = type.substr(0, type.find_last_not_of(' ') + 1);
    return equals_ignoring_case(trimmed, "application/json") || trimmed.ends_with("+json");
}

template <class Number>
bool parse_number(const std::string& text, Number& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && rest == text.data() + text.size();
}

}  // namespace

InputReader::InputReader(const operations::Operation& operation)
    : operation_(operation),
      takes_body_(operation.method == Method::kPost || operation.method == Method::kPut),
      path_names_(parameters_of(operation.path)) {
    const auto schema = parse_json(operations::schema_json(operation.input));
    CHECK(schema.ok());
    const JsonValue* properties = find(*schema, "properties");
    if (properties == nullptr) return;
    for (const auto& member : properties->GetObject()) {
        const std::string_view type = string_or(member.value, "type", "string");
        types_.emplace(view(member.name), type == "integer"   ? Type::kInteger
                                          : type == "number"  ? Type::kNumber
                                          : type == "boolean" ? Type::kBoolean
                                                              : Type::kText);
    }
}

bool InputReader::in_path(std::string_view name) const {
    return std::find(path_names_.begin(), path_names_.end(), name) != path_names_.end();
}

Error InputReader::unknown_parameter(std::string_view name) const {
    std::vector<std::string_view> known;
    if (!takes_body_)
        for (const auto& [parameter, type] : types_)
            if (!in_path(parameter)) known.push_back(parameter);
    const std::string shown = excerpt(name);
    std::string message = "unknown query parameter '" + shown + "'";
    message += did_you_mean(name, known);
    if (known.empty())
        message += takes_body_ ? "; this operation takes its input from the body"
                               : "; this operation takes none";
    return invalid(pointer_child("", shown), message);
}

Status InputReader::add_query(const Request& request, Json& input) const {
    auto& allocator = input.GetAllocator();
    for (const QueryPair& pair : request.target.query) {
        const auto it = types_.find(pair.name);
        if (takes_body_ || it == types_.end() || in_path(pair.name))
            return unknown_parameter(pair.name);
        if (find(input, pair.name) != nullptr)
            return invalid(pointer_child("", pair.name), "is given twice");
        JsonValue value;
        int64_t integer = 0;
        double number = 0;
        switch (it->second) {
            case Type::kText: value.SetString(pair.value, allocator); break;
            case Type::kInteger:
                if (!parse_number(pair.value, integer))
                    return invalid(pointer_child("", pair.name), "must be an integer");
                value.SetInt64(integer);
                break;
            case Type::kNumber:
                if (!parse_number(pair.value, number) || !std::isfinite(number))
                    return invalid(pointer_child("", pair.name), "must be a number");
                value.SetDouble(number);
                break;
            case Type::kBoolean:
                if (pair.value != "true" && pair.value != "false")
                    return invalid(pointer_child("", pair.name), "must be true or false");
                value.SetBool(pair.value == "true");
                break;
        }
        input.AddMember(JsonValue(pair.name, allocator), value, allocator);
    }
    return ok();
}

Status InputReader::add_body(const Request& request, Json& input) const {
    auto& allocator = input.GetAllocator();
    if (request.body.empty()) return ok();
    if (!takes_body_)
        return malformed(std::string(name_of(operation_.method)) +
                         " takes no body here; use query parameters");
    if (!is_json(request.headers.get("content-type")))
        return Error{ErrorCode::kUnsupportedMedia,
                     "the body must be JSON, with Content-Type: application/json"};
    const Json body =
        TRY(parse_json(request.body, {.bytes_max = request.body.size(), .depth_max = 100}));
    if (!operation_.body_member.empty()) {
        input.AddMember(JsonValue(std::string(operation_.body_member), allocator),
                        JsonValue(body, allocator), allocator);
        return ok();
    }
    if (!body.IsObject()) return invalid("", "the body must be a JSON object");
    for (const auto& member : body.GetObject()) {
        if (in_path(view(member.name)))
            return invalid(pointer_child("", view(member.name)),
                           "is part of the path; leave it out of the body");
        input.AddMember(JsonValue(member.name, allocator), JsonValue(member.value, allocator),
                        allocator);
    }
    return ok();
}

Result<Json> InputReader::read(const Request& request,
                               const std::vector<std::string>& path_values) const {
    CHECK(path_values.size() == path_names_.size());
    Json input(rapidjson::kObjectType);
    auto& allocator = input.GetAllocator();
    for (size_t i = 0; i < path_values.size(); ++i)
        input.AddMember(JsonValue(path_names_[i], allocator), JsonValue(path_values[i], allocator),
                        allocator);
    TRY(add_query(request, input));
    TRY(add_body(request, input));
    return input;
}

}  // namespace ordinaut::http
