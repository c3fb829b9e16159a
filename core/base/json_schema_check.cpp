// What JsonSchema supports: one table of keywords, used to refuse all others and to prepare a
// schema for valijson.
#include <algorithm>
#include <map>
#include <set>

#include "base/excerpt.h"
#include "base/json_schema_rules.h"
#include "base/nearest.h"

namespace ordinaut::json_schema {
namespace {

constexpr int kPlacesMax = 10'000;
constexpr int kDepthMax = 64;
constexpr int64_t kFollowedMax = 100'000;
constexpr size_t kRefusalsMax = 20;

// clang-format off
enum class Takes {
    kAnnotation, kSchema, kSchemas, kSchemaMap, kItems, kDependencies, kReference,
    kNumber, kPositive, kCount, kBoolean, kText, kNames, kTypes, kValues, kAnything, kPattern,
};

const std::map<std::string_view, Takes>& keywords() {
    static const std::map<std::string_view, Takes> table = {
        {"$ref", Takes::kReference}, {"definitions", Takes::kSchemaMap}, {"$defs", Takes::kSchemaMap},
        {"allOf", Takes::kSchemas}, {"anyOf", Takes::kSchemas}, {"oneOf", Takes::kSchemas}, {"not", Takes::kSchema},
        {"if", Takes::kSchema}, {"then", Takes::kSchema}, {"else", Takes::kSchema},
        {"properties", Takes::kSchemaMap}, {"additionalProperties", Takes::kSchema}, {"propertyNames", Takes::kSchema},
        {"items", Takes::kItems}, {"additionalItems", Takes::kSchema}, {"contains", Takes::kSchema},
        {"dependencies", Takes::kDependencies}, {"required", Takes::kNames}, {"type", Takes::kTypes},
        {"enum", Takes::kValues}, {"const", Takes::kAnything}, {"pattern", Takes::kPattern}, {"format", Takes::kText},
        {"minimum", Takes::kNumber}, {"maximum", Takes::kNumber}, {"exclusiveMinimum", Takes::kNumber},
        {"exclusiveMaximum", Takes::kNumber}, {"multipleOf", Takes::kPositive}, {"uniqueItems", Takes::kBoolean},
        {"minLength", Takes::kCount}, {"maxLength", Takes::kCount}, {"minItems", Takes::kCount}, {"maxItems", Takes::kCount},
        {"minProperties", Takes::kCount}, {"maxProperties", Takes::kCount},
        {"$schema", Takes::kAnnotation}, {"$id", Takes::kAnnotation}, {"$comment", Takes::kAnnotation},
        {"title", Takes::kAnnotation}, {"description", Takes::kAnnotation}, {"default", Takes::kAnnotation},
        {"examples", Takes::kAnnotation}, {"example", Takes::kAnnotation}, {"deprecated", Takes::kAnnotation},
        {"readOnly", Takes::kAnnotation}, {"writeOnly", Takes::kAnnotation}, {"contentEncoding", Takes::kAnnotation},
        {"contentMediaType", Takes::kAnnotation},
    };
    // clang-format on
    return table;
}

// What to write instead of keywords that are known elsewhere.
std::string_view instead_of(std::string_view keyword) {
    static const std::map<std::string_view, std::string_view> hints = {
        {"patternProperties", "use propertyNames with a pattern, and additionalProperties"},
        {"dependentRequired", "use dependencies"},
        {"dependentSchemas", "use dependencies"},
        {"unevaluatedProperties", "use additionalProperties"},
        {"unevaluatedItems", "use additionalItems"},
        {"prefixItems", "use items with an array of schemas"},
        {"minContains", "use contains"},
        {"maxContains", "use contains"},
        {"nullable", "use \"type\": [\"…\", \"null\"]"},
        {"id", "remove it"},
        {"$anchor", "use $ref with #/definitions/NAME"},
        {"$dynamicRef", "use $ref with #/definitions/NAME"},
        {"$recursiveRef", "use $ref with #/definitions/NAME"},
    };
    const auto hint = hints.find(keyword);
    return hint == hints.end() ? std::string_view{} : hint->second;
}

bool is_annotation(std::string_view keyword) {
    if (keyword.starts_with("x-")) return true;
    const auto entry = keywords().find(keyword);
    return entry != keywords().end() && entry->second == Takes::kAnnotation;
}

bool is_definitions(std::string_view keyword) {
    return keyword == "definitions" || keyword == "$defs";
}

bool is_type_name(const JsonValue& value) {
    static constexpr std::string_view kNames[] = {"array",  "boolean", "integer", "null",
                                                  "number", "object",  "string"};
    return value.IsString() &&
           std::find(std::begin(kNames), std::end(kNames), view(value)) != std::end(kNames);
}

bool are_distinct_texts(const JsonValue& value) {
    if (!value.IsArray()) return false;
    std::set<std::string_view> seen;
    for (const auto& item : value.GetArray())
        if (!item.IsString() || !seen.insert(view(item)).second) return false;
    return true;
}

bool is_count(const JsonValue& value) {
    return value.IsUint64() && value.GetUint64() <= (uint64_t{1} << 53);
}

class Checker {
public:
    explicit Checker(const JsonValue& root) : root_(root) {}

    std::vector<ErrorDetail> run() {
        schema(root_, "", "", 1);
        if (refusals_.empty()) {
            for (const auto* name : {"definitions", "$defs"})
                if (const JsonValue* all = find(root_, name))
                    for (const auto& definition : all->GetObject())
                        follow(definition.value,
                               pointer_child(pointer_child("", name), view(definition.name)));
            follow(root_, "");
        }
        return std::move(refusals_);
    }

private:
    void refuse(std::string pointer, std::string why) {
        if (refusals_.size() < kRefusalsMax)
            refusals_.push_back({std::move(pointer), std::move(why)});
    }

    // `raw` is the place as valijson spells it, without escapes: two places with one spelling would
    // share one schema there.
    void schema(const JsonValue& node, const std::string& pointer, const std::string& raw,
                int depth) {
        if (refusals_.size() >= kRefusalsMax) return;
        if (node.IsBool()) return;
        if (!node.IsObject()) return refuse(pointer, "must be a schema: an object, true or false");
        if (++places_ > kPlacesMax || depth > kDepthMax)
            return refuse(pointer, "the schema is too large: at most 10000 places and 64 levels");
        if (!raw_.insert(raw).second)
            return refuse(pointer,
                          "a property name with '/' makes this place look like another; rename it");
        const bool reference = find(node, "$ref") != nullptr;
        for (const auto& member : node.GetObject()) {
            const std::string_view keyword = view(member.name);
            if (is_annotation(keyword)) continue;
            const std::string place = pointer_child(pointer, keyword);
            const auto entry = keywords().find(keyword);
            if (entry == keywords().end()) {
                refuse(place, unknown(keyword));
            } else if (is_definitions(keyword)) {
                if (pointer.empty())
                    schema_map(member.value, place, raw + "/" + std::string(keyword), depth);
                else
                    refuse(place, "definitions belong to the top of the schema");
            } else if (reference && entry->second != Takes::kReference) {
                refuse(place, "has no effect next to $ref; put both into an allOf");
            } else if ((keyword == "then" || keyword == "else") && find(node, "if") == nullptr) {
                refuse(place, "has no effect without if");
            } else {
                argument(entry->second, member.value, place, raw + "/" + std::string(keyword),
                         depth);
            }
        }
    }

    static std::string unknown(std::string_view keyword) {
        if (const auto hint = instead_of(keyword); !hint.empty())
            return "'" + std::string(keyword) + "' is not supported; " + std::string(hint);
        std::vector<std::string_view> names;
        for (const auto& [name, takes] : keywords()) names.push_back(name);
        const std::string hint = did_you_mean(keyword, names);
        return "unknown keyword '" + excerpt(keyword) + "'" +
               (hint.empty() ? "; names of your own start with \"x-\"" : hint);
    }

    void argument(Takes takes, const JsonValue& value, const std::string& place,
                  const std::string& raw, int depth) {
        switch (takes) {
            case Takes::kSchema: return schema(value, place, raw, depth + 1);
            case Takes::kSchemas: return schemas(value, place, raw, depth);
            case Takes::kSchemaMap: return schema_map(value, place, raw, depth);
            case Takes::kItems:
                return value.IsArray() ? schemas(value, place, raw, depth)
                                       : schema(value, place, raw, depth + 1);
            case Takes::kDependencies: return dependencies(value, place, raw, depth);
            case Takes::kReference: return reference(value, place);
            case Takes::kPattern: return pattern(value, place);
            case Takes::kTypes: return types(value, place);
            default: return plain(takes, value, place);
        }
    }

    void plain(Takes takes, const JsonValue& value, const std::string& place) {
        if (takes == Takes::kNumber && !value.IsNumber()) return refuse(place, "must be a number");
        if (takes == Takes::kPositive && (!value.IsNumber() || value.GetDouble() <= 0))
            return refuse(place, "must be a number above 0");
        if (takes == Takes::kCount && !is_count(value))
            return refuse(place, "must be a whole number of 0 or more");
        if (takes == Takes::kBoolean && !value.IsBool())
            return refuse(place, "must be true or false");
        if (takes == Takes::kText && !value.IsString()) return refuse(place, "must be a string");
        if (takes == Takes::kNames && !are_distinct_texts(value))
            return refuse(place, "must be a list of different names");
        if (takes == Takes::kValues && (!value.IsArray() || value.Empty()))
            return refuse(place, "must be a list with at least one value");
    }

    void types(const JsonValue& value, const std::string& place) {
        static constexpr const char* kWish =
            "must be array, boolean, integer, null, number, object or string, or a list of them";
        if (is_type_name(value)) return;
        if (!value.IsArray() || value.Empty() || !are_distinct_texts(value))
            return refuse(place, kWish);
        for (const auto& item : value.GetArray())
            if (!is_type_name(item)) return refuse(place, kWish);
    }

    void pattern(const JsonValue& value, const std::string& place) {
        if (!value.IsString()) return refuse(place, "must be a string");
        if (const auto compiled = compile_pattern(view(value)); !compiled.ok())
            refuse(place, compiled.error().message);
    }

    void reference(const JsonValue& value, const std::string& place) {
        if (!value.IsString() || referenced(root_, view(value)) == nullptr)
            refuse(place,
                   "must be \"#/definitions/NAME\" or \"#/$defs/NAME\" of this schema; NAME has "
                   "letters, digits, '_', '.' and '-'");
    }

    void schemas(const JsonValue& value, const std::string& place, const std::string& raw,
                 int depth) {
        if (!value.IsArray() || value.Empty())
            return refuse(place, "must be a list with at least one schema");
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i)
            schema(value[i], pointer_child(place, i), raw + "/" + std::to_string(i), depth + 1);
    }

    void schema_map(const JsonValue& value, const std::string& place, const std::string& raw,
                    int depth) {
        if (!value.IsObject()) return refuse(place, "must be an object of schemas");
        for (const auto& member : value.GetObject())
            schema(member.value, pointer_child(place, view(member.name)),
                   raw + "/" + std::string(view(member.name)), depth + 1);
    }

    void dependencies(const JsonValue& value, const std::string& place, const std::string& raw,
                      int depth) {
        if (!value.IsObject())
            return refuse(place, "must be an object of schemas or lists of names");
        for (const auto& member : value.GetObject()) {
            const std::string child = pointer_child(place, view(member.name));
            if (!member.value.IsArray())
                schema(member.value, child, raw + "/" + std::string(view(member.name)), depth + 1);
            else if (!are_distinct_texts(member.value))
                refuse(child, "must be a list of different names");
        }
    }

    struct Followed {
        int64_t places = 0;
        int depth = 0;
        bool open = true;  // Being followed now: meeting it again is a cycle.
    };

    // The size and depth of a schema with every $ref replaced by what it names.
    Followed follow(const JsonValue& node, const std::string& pointer) {
        Followed total{1, 1, false};
        const auto add = [&](const JsonValue& child, const std::string& place) {
            const Followed one = follow(child, place);
            total.places = std::min(total.places + one.places, kFollowedMax + 1);
            total.depth = std::max(total.depth, one.depth + 1);
        };
        if (!refusals_.empty() || !node.IsObject()) return total;
        if (const JsonValue* ref = find(node, "$ref"))
            return follow_reference(*ref, pointer_child(pointer, "$ref"));
        for (const auto& member : node.GetObject()) {
            const auto entry = keywords().find(view(member.name));
            if (entry == keywords().end() || is_definitions(view(member.name))) continue;
            const std::string place = pointer_child(pointer, view(member.name));
            const bool map =
                entry->second == Takes::kSchemaMap || entry->second == Takes::kDependencies;
            const bool list = entry->second == Takes::kSchemas ||
                              (entry->second == Takes::kItems && member.value.IsArray());
            if (map)
                for (const auto& child : member.value.GetObject())
                    add(child.value, pointer_child(place, view(child.name)));
            else if (list)
                for (const auto& child : member.value.GetArray()) add(child, place);
            else if (entry->second == Takes::kSchema || entry->second == Takes::kItems)
                add(member.value, place);
        }
        if (total.places > kFollowedMax || total.depth > kDepthMax)
            refuse(pointer,
                   "is too large when every $ref is followed: at most 100000 places and 64 levels");
        return total;
    }

    Followed follow_reference(const JsonValue& ref, const std::string& pointer) {
        const JsonValue* target = referenced(root_, view(ref));
        const auto [entry, fresh] = followed_.try_emplace(target);
        if (!fresh) {
            if (entry->second.open)
                refuse(pointer, "leads back to itself; recursive schemas are not supported");
            return entry->second;
        }
        const Followed result = follow(*target, std::string(view(ref).substr(1)));
        followed_[target] = result;
        return result;
    }

    const JsonValue& root_;
    std::vector<ErrorDetail> refusals_;
    std::set<std::string> raw_;
    std::map<const JsonValue*, Followed> followed_;
    int places_ = 0;
};

// Copies a schema for valijson.
class Adapter {
public:
    Json run(const JsonValue& root) {
        JsonValue copied = schema(root);
        static_cast<JsonValue&>(json_) = std::move(copied);
        if (json_.IsObject() && !names_.ObjectEmpty())
            json_.AddMember(text(kNames), names_, json_.GetAllocator());
        return std::move(json_);
    }

private:
    static constexpr std::string_view kNames = "ordinaut:names";

    JsonValue text(std::string_view value) {
        return JsonValue(value.data(), static_cast<rapidjson::SizeType>(value.size()),
                         json_.GetAllocator());
    }

    JsonValue schema(const JsonValue& node) {
        if (!node.IsObject()) return JsonValue(node, json_.GetAllocator());
        JsonValue made(rapidjson::kObjectType);
        for (const auto& member : node.GetObject()) {
            std::string_view keyword = view(member.name);
            if (is_annotation(keyword)) continue;
            static constexpr std::string_view kOwn[] = {"pattern", "format", "multipleOf",
                                                        "uniqueItems"};
            std::string name(keyword);
            if (std::find(std::begin(kOwn), std::end(kOwn), keyword) != std::end(kOwn))
                name.insert(0, kOwnPrefix);
            // valijson takes the schema of propertyNames for its parent's, and all of dependencies
            // for one, unless they are references.
            JsonValue value = keyword == "propertyNames"
                                  ? hoisted(member.value)
                                  : argument(keywords().at(keyword), member.value);
            made.AddMember(text(name), value, json_.GetAllocator());
        }
        return made;
    }

    JsonValue hoisted(const JsonValue& node) {
        const std::string name = std::to_string(names_.MemberCount());
        names_.AddMember(text(name), JsonValue(rapidjson::kNullType), json_.GetAllocator());
        JsonValue made = schema(node);
        names_[name] = std::move(made);
        JsonValue ref(rapidjson::kObjectType);
        ref.AddMember(text("$ref"), text("#/" + std::string(kNames) + "/" + name),
                      json_.GetAllocator());
        return ref;
    }

    JsonValue in_map(Takes takes, const JsonValue& value) {
        if (takes == Takes::kSchemaMap) return schema(value);
        return value.IsArray() ? JsonValue(value, json_.GetAllocator()) : hoisted(value);
    }

    JsonValue argument(Takes takes, const JsonValue& value) {
        const bool map = takes == Takes::kSchemaMap || takes == Takes::kDependencies;
        const bool list = takes == Takes::kSchemas || (takes == Takes::kItems && value.IsArray());
        if (takes == Takes::kSchema || (takes == Takes::kItems && !list)) return schema(value);
        if (list) {
            JsonValue made(rapidjson::kArrayType);
            for (const auto& child : value.GetArray())
                made.PushBack(schema(child), json_.GetAllocator());
            return made;
        }
        if (map) {
            JsonValue made(rapidjson::kObjectType);
            for (const auto& child : value.GetObject())
                made.AddMember(text(view(child.name)), in_map(takes, child.value),
                               json_.GetAllocator());
            return made;
        }
        return JsonValue(value, json_.GetAllocator());
    }

    Json json_;
    JsonValue names_{rapidjson::kObjectType};
};

}  // namespace

const JsonValue* referenced(const JsonValue& root, std::string_view ref) {
    for (const std::string_view section : {"definitions", "$defs"}) {
        const std::string prefix = "#/" + std::string(section) + "/";
        if (!ref.starts_with(prefix)) continue;
        const std::string_view name = ref.substr(prefix.size());
        const auto plain = [](unsigned char c) {
            return isalnum(c) || c == '_' || c == '.' || c == '-';
        };
        if (name.empty() || !std::all_of(name.begin(), name.end(), plain)) return nullptr;
        const JsonValue* all = find(root, section);
        return all == nullptr ? nullptr : find(*all, name);
    }
    return nullptr;
}

std::vector<ErrorDetail> refusals(const JsonValue& schema) { return Checker(schema).run(); }

Json adapted(const JsonValue& schema) { return Adapter().run(schema); }

}  // namespace ordinaut::json_schema
