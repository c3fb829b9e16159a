#include "cli/request.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/excerpt.h"
#include "base/nearest.h"

namespace ordinaut::cli {
namespace {

using operations::Method;

Error wrong(std::string_view member, std::string_view text, std::string_view expected) {
    return {ErrorCode::kInvalid,
            fmt::format("{}: '{}' is not right; it must be {}", option_of(member), text, expected)};
}

std::string query_text(const JsonValue& value) {
    return value.IsString() ? std::string(view(value)) : to_json(value);
}

Result<JsonValue> typed(const JsonValue& schema, std::string_view member, const std::string& text,
                        Json& owner);

Result<JsonValue> enumerated(const JsonValue& choices, std::string_view member,
                             const std::string& text, Json& owner) {
    std::vector<std::string_view> words;
    std::string list;
    for (const auto& choice : choices.GetArray()) {
        if (choice.IsNull()) continue;
        const std::string written = query_text(choice);
        if (written == text) return JsonValue(choice, owner.GetAllocator());
        if (choice.IsString()) words.push_back(view(choice));
        list += (list.empty() ? "" : ", ") + written;
    }
    return wrong(member, text, fmt::format("one of {}{}", list, did_you_mean(text, words)));
}

Result<JsonValue> number(std::string_view type, std::string_view member, const std::string& text) {
    int64_t whole = 0;
    const char* end = text.data() + text.size();
    if (const auto [at, error] = std::from_chars(text.data(), end, whole);
        error == std::errc() && at == end)
        return JsonValue(whole);
    if (type == "integer") return wrong(member, text, "a whole number");
    double real = 0;
    const auto [at, error] = std::from_chars(text.data(), end, real);
    if (error != std::errc() || at != end || !std::isfinite(real))
        return wrong(member, text, "a number");
    return JsonValue(real);
}

bool allows_null(const JsonValue& schema) {
    const JsonValue* type = find(schema, "type");
    if (type == nullptr || !type->IsArray()) return false;
    for (const auto& one : type->GetArray())
        if (one == "null") return true;
    return false;
}

Result<JsonValue> typed(const JsonValue& schema, std::string_view member, const std::string& text,
                        Json& owner) {
    if (text == "null" && allows_null(schema)) return JsonValue();
    if (const JsonValue* choices = find(schema, "enum"); choices != nullptr)
        return enumerated(*choices, member, text, owner);
    const std::string_view type = type_of(schema);
    if (type == "string") return JsonValue(text, owner.GetAllocator());
    if (type == "integer" || type == "number") return number(type, member, text);
    if (type == "boolean") {
        if (text != "true" && text != "false") return wrong(member, text, "true or false");
        return JsonValue(text == "true");
    }
    auto json = parse_json(text);
    if (!json.ok()) return wrong(member, excerpt(text, 200), "JSON: " + json.error().message);
    if (type == "object" && !json->IsObject())
        return wrong(member, excerpt(text, 200), "a JSON object");
    return JsonValue(*json, owner.GetAllocator());
}

Result<JsonValue> list(const JsonValue& schema, std::string_view member,
                       const std::vector<std::string>& texts, Json& owner) {
    JsonValue array(rapidjson::kArrayType);
    const JsonValue* items = find(schema, "items");
    for (const std::string& text : texts) {
        JsonValue item = items == nullptr ? JsonValue(text, owner.GetAllocator())
                                          : TRY(typed(*items, member, text, owner));
        array.PushBack(item, owner.GetAllocator());
    }
    return array;
}

std::string_view method_text(Method method) {
    switch (method) {
        case Method::kGet: return "GET";
        case Method::kPost: return "POST";
        case Method::kPut: return "PUT";
        case Method::kDelete: return "DELETE";
    }
    return "GET";
}

}  // namespace

std::vector<std::string> path_names(std::string_view path) {
    std::vector<std::string> names;
    for (size_t open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1))
        names.emplace_back(path.substr(open + 1, path.find('}', open) - open - 1));
    return names;
}

const JsonValue* member_schema(const JsonValue& schema, std::string_view name) {
    const JsonValue* properties = find(schema, "properties");
    const JsonValue* member = properties == nullptr ? nullptr : find(*properties, name);
    if (member == nullptr) return nullptr;
    constexpr std::string_view kPrefix = "#/definitions/";
    const std::string_view reference = string_or(*member, "$ref", "");
    const JsonValue* definitions = find(schema, "definitions");
    if (!reference.starts_with(kPrefix) || definitions == nullptr) return member;
    return find(*definitions, reference.substr(kPrefix.size()));
}

std::string_view type_of(const JsonValue& member) {
    const JsonValue* type = find(member, "type");
    if (type == nullptr) return "";
    if (type->IsString()) return view(*type);
    for (const auto& one : type->GetArray())
        if (one != "null") return view(one);
    return "";
}

Result<Json> build_input(const operations::Operation& operation, const JsonValue& schema,
                         const Given& given) {
    Json input(rapidjson::kObjectType);
    auto& allocator = input.GetAllocator();
    if (given.document && operation.body_member.empty()) {
        if (!given.document->IsObject())
            return malformed("the file must hold one object, with names and values");
        input.CopyFrom(*given.document, allocator);
    } else if (given.document) {
        input.AddMember(JsonValue(std::string(operation.body_member), allocator),
                        JsonValue(*given.document, allocator), allocator);
    }
    for (const auto& [name, texts] : given.values) {
        const JsonValue* member = member_schema(schema, name);
        if (member == nullptr || texts.empty()) continue;
        JsonValue value = type_of(*member) == "array"
                              ? TRY(list(*member, name, texts, input))
                              : TRY(typed(*member, name, texts.back(), input));
        input.RemoveMember(name.c_str());
        input.AddMember(JsonValue(name, allocator), value, allocator);
    }
    return input;
}

Request build_request(const operations::Operation& operation, const JsonValue& input) {
    Request request{.method = std::string(method_text(operation.method)),
                    .target = std::string(operation.path),
                    .body = {}};
    Json rest = copy(input);
    for (const std::string& name : path_names(operation.path)) {
        const JsonValue* value = find(input, name);
        const std::string hole = "{" + name + "}";
        request.target.replace(request.target.find(hole), hole.size(),
                               value == nullptr ? "" : percent_encoded(query_text(*value)));
        rest.RemoveMember(name.c_str());
    }
    if (operation.method == Method::kPost || operation.method == Method::kPut) {
        const JsonValue* whole =
            operation.body_member.empty() ? &rest : find(rest, operation.body_member);
        request.body = whole == nullptr ? "{}" : to_json(*whole);
        return request;
    }
    char separator = '?';
    for (const auto& member : rest.GetObject()) {
        request.target += fmt::format("{}{}={}", separator, percent_encoded(view(member.name)),
                                      percent_encoded(query_text(member.value)));
        separator = '&';
    }
    return request;
}

std::string option_of(std::string_view member) {
    std::string option = "--" + std::string(member);
    std::replace(option.begin(), option.end(), '_', '-');
    return option;
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == '~')
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

}  // namespace ordinaut::cli
