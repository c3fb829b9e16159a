#include "ext_check/sample.h"

#include <set>

#include "base/json.h"

namespace ordinaut::ext_check {
namespace {

constexpr int kDepthMax = 20;

class Sampler {
public:
    explicit Sampler(const JsonValue& root) : root_(root) {}

    std::string value(const JsonValue& schema, int depth) const {
        if (depth > kDepthMax || !schema.IsObject()) return "null";
        if (const JsonValue* fixed = find(schema, "const")) return to_json(*fixed);
        for (const char* name : {"examples", "enum"})
            if (const JsonValue* all = find(schema, name);
                all != nullptr && all->IsArray() && !all->Empty())
                return to_json((*all)[0]);
        if (const JsonValue* given = find(schema, "default")) return to_json(*given);
        if (const JsonValue* reference = find(schema, "$ref"))
            return referred(view(*reference), depth);
        for (const char* name : {"oneOf", "anyOf", "allOf"})
            if (const JsonValue* all = find(schema, name);
                all != nullptr && all->IsArray() && !all->Empty())
                return value((*all)[0], depth + 1);
        return by_type(schema, depth);
    }

private:
    std::string referred(std::string_view pointer, int depth) const {
        const size_t slash = pointer.rfind('/');
        for (const char* name : {"definitions", "$defs"})
            if (const JsonValue* all = find(root_, name))
                if (const JsonValue* found = find(*all, pointer.substr(slash + 1)))
                    return value(*found, depth + 1);
        return "null";
    }
    std::string by_type(const JsonValue& schema, int depth) const {
        std::string_view type = string_or(schema, "type", "");
        if (const JsonValue* types = find(schema, "type");
            types != nullptr && types->IsArray() && !types->Empty())
            type = view((*types)[0]);
        if (type.empty()) type = find(schema, "properties") != nullptr ? "object" : "null";
        if (type == "string") return text(schema);
        if (type == "integer" || type == "number") return number(schema);
        if (type == "boolean") return "true";
        if (type == "array") return array(schema, depth);
        return type == "object" ? object(schema, depth) : "null";
    }
    static std::string text(const JsonValue& schema) {
        const std::string_view format = string_or(schema, "format", "");
        if (format == "uuid") return "\"00000000-0000-4000-8000-000000000000\"";
        if (format == "date") return "\"2026-01-01\"";
        if (format == "date-time") return "\"2026-01-01T00:00:00Z\"";
        const JsonValue* least = find(schema, "minLength");
        const size_t size =
            least != nullptr && least->IsUint() ? std::min(least->GetUint(), 10'000u) : 1;
        return "\"" + std::string(std::max<size_t>(size, 1), 'a') + "\"";
    }
    static std::string number(const JsonValue& schema) {
        for (const char* name : {"minimum", "maximum"})
            if (const JsonValue* bound = find(schema, name)) return to_json(*bound);
        if (const JsonValue* below = find(schema, "exclusiveMinimum");
            below != nullptr && below->IsNumber())
            return std::to_string(static_cast<int64_t>(below->GetDouble()) + 1);
        return "1";
    }
    std::string array(const JsonValue& schema, int depth) const {
        const JsonValue* least = find(schema, "minItems");
        const JsonValue* items = find(schema, "items");
        const unsigned count =
            least != nullptr && least->IsUint() ? std::min(least->GetUint(), 100u) : 0;
        std::string out = "[";
        for (unsigned n = 0; n < count; ++n)
            out += (n > 0 ? "," : "") + (items == nullptr ? "null" : value(*items, depth + 1));
        return out + "]";
    }
    std::string object(const JsonValue& schema, int depth) const {
        const JsonValue* properties = find(schema, "properties");
        const JsonValue* required = find(schema, "required");
        JsonWriter writer;
        writer.begin_object();
        if (required != nullptr && required->IsArray())
            for (const auto& name : required->GetArray()) {
                const JsonValue* member =
                    properties == nullptr ? nullptr : find(*properties, view(name));
                writer.raw(view(name), member == nullptr ? "null" : value(*member, depth + 1));
            }
        return writer.end_object().take();
    }

    const JsonValue& root_;
};

}  // namespace

std::string sample_of(const std::string& schema_json) {
    const auto schema = parse_json(schema_json);
    return schema.ok() && schema->IsObject() ? Sampler(*schema).value(*schema, 0) : "{}";
}

}  // namespace ordinaut::ext_check
