// Says in sentences why a value does not match its schema.
#include <re2/re2.h>

#include <map>
#include <unordered_set>

#include "base/excerpt.h"
#include "base/json_schema_rules.h"
#include "base/nearest.h"

namespace ordinaut::json_schema {
namespace {

using Details = std::vector<ErrorDetail>;

constexpr size_t kListedMax = 12;

std::string shown_name(std::string_view name) { return "'" + excerpt(name) + "'"; }

std::string_view type_of(const JsonValue& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType: return "null";
        case rapidjson::kFalseType:
        case rapidjson::kTrueType: return "a boolean";
        case rapidjson::kObjectType: return "an object";
        case rapidjson::kArrayType: return "an array";
        case rapidjson::kStringType: return "a string";
        default:
            return value.IsInt64() || value.IsUint64() ? "an integer"
                                                       : "a number with a fraction or exponent";
    }
}

std::string_view with_article(std::string_view type) {
    static const std::map<std::string_view, std::string_view> names = {
        {"array", "an array"}, {"boolean", "true or false"}, {"integer", "an integer"},
        {"null", "null"},      {"number", "a number"},       {"object", "an object"},
        {"string", "a string"}};
    return names.at(type);
}

bool has_type(std::string_view type, const JsonValue& value) {
    if (type == "array") return value.IsArray();
    if (type == "boolean") return value.IsBool();
    if (type == "integer") return value.IsInt64() || value.IsUint64();
    if (type == "null") return value.IsNull();
    if (type == "number") return value.IsNumber();
    if (type == "object") return value.IsObject();
    return value.IsString();
}

// Characters, not bytes; the text is valid UTF-8.
uint64_t length_of(std::string_view text) {
    return static_cast<uint64_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

std::string count_of(uint64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

bool is_type_error(const ErrorDetail& detail, const std::string& pointer) {
    return detail.pointer == pointer && detail.message.find(", got ") != std::string::npos;
}

class Explainer {
public:
    Explainer(const JsonValue& root, size_t details_max) : root_(root), details_max_(details_max) {}

    void schema(const JsonValue& node, const JsonValue& value, const std::string& at,
                Details& out) {
        if (out.size() >= details_max_) return;
        if (node.IsBool()) {
            if (!node.GetBool()) out.push_back({at, "is not allowed here"});
            return;
        }
        if (const JsonValue* ref = find(node, "$ref"))
            return schema(*referenced(root_, view(*ref)), value, at, out);
        if (!type(node, value, at, out)) return;  // What follows would only repeat it.
        choice(node, value, at, out);
        if (value.IsObject()) object(node, value, at, out);
        if (value.IsArray()) array(node, value, at, out);
        if (value.IsString()) text(node, value, at, out);
        if (value.IsNumber()) number(node, value, at, out);
        combined(node, value, at, out);
        if (out.size() > details_max_) out.resize(details_max_);
    }

private:
    bool valid(const JsonValue& node, const JsonValue& value) {
        Details found;
        schema(node, value, "", found);
        return found.empty();
    }

    bool type(const JsonValue& node, const JsonValue& value, const std::string& at, Details& out) {
        const JsonValue* type = find(node, "type");
        if (type == nullptr) return true;
        std::string wish;
        const auto accepts = [&](const JsonValue& name) {
            wish += (wish.empty() ? "" : " or ") + std::string(with_article(view(name)));
            return has_type(view(name), value);
        };
        if (type->IsString()) {
            if (accepts(*type)) return true;
        } else {
            for (const auto& name : type->GetArray())
                if (accepts(name)) return true;
        }
        out.push_back({at, "must be " + wish + ", got " + std::string(type_of(value))});
        return false;
    }

    void choice(const JsonValue& node, const JsonValue& value, const std::string& at,
                Details& out) {
        if (const JsonValue* constant = find(node, "const");
            constant != nullptr && *constant != value)
            out.push_back({at, "must be " + excerpt(to_json(*constant))});
        const JsonValue* allowed = find(node, "enum");
        if (allowed == nullptr) return;
        std::string list;
        std::vector<std::string_view> names;
        for (const auto& one : allowed->GetArray()) {
            if (one == value) return;
            if (one.IsString()) names.push_back(view(one));
        }
        for (rapidjson::SizeType i = 0; i < allowed->Size() && i < kListedMax; ++i)
            list += (i == 0 ? "" : ", ") + excerpt(to_json((*allowed)[i]));
        if (allowed->Size() > kListedMax)
            list += ", … (" + std::to_string(allowed->Size()) + " in all)";
        std::string message = allowed->Size() == 1 ? "must be " + list : "must be one of " + list;
        if (value.IsString()) message += did_you_mean(view(value), names);
        out.push_back({at, std::move(message)});
    }

    void object(const JsonValue& node, const JsonValue& value, const std::string& at,
                Details& out) {
        if (const JsonValue* required = find(node, "required"))
            for (const auto& name : required->GetArray())
                if (find(value, view(name)) == nullptr)
                    out.push_back({pointer_child(at, view(name)), "is required"});
        counted(node, "minProperties", "maxProperties", value.MemberCount(), "field", "fields", at,
                out);
        const JsonValue* properties = find(node, "properties");
        const JsonValue* others = find(node, "additionalProperties");
        const JsonValue* names = find(node, "propertyNames");
        if (properties != nullptr)
            for (const auto& property : properties->GetObject())
                if (const JsonValue* member = find(value, view(property.name)))
                    schema(property.value, *member, pointer_child(at, view(property.name)), out);
        for (const auto& member : value.GetObject()) {
            if (out.size() >= details_max_) return;
            const std::string child = pointer_child(at, view(member.name));
            const bool known =
                properties != nullptr && find(*properties, view(member.name)) != nullptr;
            if (!known && others != nullptr) {
                if (others->IsFalse())
                    out.push_back({child, unknown_field(properties, value, view(member.name))});
                else
                    schema(*others, member.value, child, out);
            }
            if (names != nullptr) name(*names, member.name, child, out);
        }
        dependencies(node, value, at, out);
    }

    void name(const JsonValue& node, const JsonValue& name, const std::string& at, Details& out) {
        Details found;
        schema(node, name, "", found);
        for (const auto& detail : found) out.push_back({at, "its name " + detail.message});
    }

    static std::string unknown_field(const JsonValue* properties, const JsonValue& value,
                                     std::string_view name) {
        std::vector<std::string_view> free;
        std::string list;
        if (properties != nullptr) {
            for (const auto& property : properties->GetObject())
                if (find(value, view(property.name)) == nullptr)
                    free.push_back(view(property.name));
            size_t listed = 0;
            for (const auto& property : properties->GetObject())
                if (++listed <= kListedMax)
                    list += (list.empty() ? "" : ", ") + excerpt(view(property.name));
            if (listed > kListedMax) list += ", …";
        }
        const std::string message = "unknown field " + shown_name(name);
        if (const std::string hint = did_you_mean(name, free); !hint.empty()) return message + hint;
        return message + (list.empty() ? "; no fields are allowed here" : "; known are " + list);
    }

    void dependencies(const JsonValue& node, const JsonValue& value, const std::string& at,
                      Details& out) {
        const JsonValue* all = find(node, "dependencies");
        if (all == nullptr) return;
        for (const auto& dependency : all->GetObject()) {
            if (find(value, view(dependency.name)) == nullptr) continue;
            if (!dependency.value.IsArray()) {
                schema(dependency.value, value, at, out);
                continue;
            }
            for (const auto& name : dependency.value.GetArray())
                if (find(value, view(name)) == nullptr)
                    out.push_back(
                        {pointer_child(at, view(name)),
                         "is required together with " + shown_name(view(dependency.name))});
        }
    }

    void array(const JsonValue& node, const JsonValue& value, const std::string& at, Details& out) {
        counted(node, "minItems", "maxItems", value.Size(), "item", "items", at, out);
        if (const JsonValue* unique = find(node, "uniqueItems");
            unique != nullptr && unique->IsTrue())
            distinct(value, at, out);
        if (const JsonValue* items = find(node, "items")) {
            const JsonValue* others = find(node, "additionalItems");
            for (rapidjson::SizeType i = 0; i < value.Size() && out.size() < details_max_; ++i) {
                const JsonValue* one = !items->IsArray()   ? items
                                       : i < items->Size() ? &(*items)[i]
                                                           : others;
                if (one != nullptr) schema(*one, value[i], pointer_child(at, i), out);
            }
        }
        if (const JsonValue* wanted = find(node, "contains")) {
            for (const auto& item : value.GetArray())
                if (valid(*wanted, item)) return;
            out.push_back({at, "has no item of the form it must contain"});
        }
    }

    static void distinct(const JsonValue& value, const std::string& at, Details& out) {
        std::unordered_map<std::string, rapidjson::SizeType> seen;
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            const auto [first, fresh] = seen.try_emplace(sorted_text(value[i]), i);
            if (fresh) continue;
            out.push_back({pointer_child(at, i), "repeats item " + std::to_string(first->second) +
                                                     "; every item must be different"});
            return;
        }
    }

    static std::string sorted_text(const JsonValue& value) {
        std::string text;
        if (value.IsArray()) {
            for (const auto& item : value.GetArray()) text += sorted_text(item) + ",";
            return "[" + text + "]";
        }
        if (!value.IsObject()) return to_json(value);
        std::map<std::string_view, std::string> members;
        for (const auto& member : value.GetObject())
            members[view(member.name)] = sorted_text(member.value);
        for (const auto& [name, member] : members)
            text += std::to_string(name.size()) + ":" + std::string(name) + member + ",";
        return "{" + text + "}";
    }

    void text(const JsonValue& node, const JsonValue& value, const std::string& at, Details& out) {
        counted(node, "minLength", "maxLength", length_of(view(value)), "character", "characters",
                at, out);
        if (const JsonValue* pattern = find(node, "pattern");
            pattern != nullptr && !pattern_matches(compiled(view(*pattern)), view(value))) {
            const std::string_view description = string_or(node, "description", "");
            out.push_back(
                {at, "must match the pattern " + excerpt(view(*pattern)) +
                         (description.empty() ? "" : " (" + std::string(description) + ")")});
        }
        if (const JsonValue* format = find(node, "format");
            format != nullptr && !format_accepts(view(*format), view(value)))
            out.push_back({at, "must be " + std::string(format_wish(view(*format)))});
    }

    void number(const JsonValue& node, const JsonValue& value, const std::string& at,
                Details& out) {
        const double number = value.GetDouble();
        const auto limit = [&](const char* keyword, auto broken, const char* wish) {
            const JsonValue* bound = find(node, keyword);
            if (bound != nullptr && broken(bound->GetDouble()))
                out.push_back({at, wish + to_json(*bound) + ", got " + to_json(value)});
        };
        limit(
            "minimum", [&](double bound) { return number < bound; }, "must be at least ");
        limit(
            "maximum", [&](double bound) { return number > bound; }, "must be at most ");
        limit(
            "exclusiveMinimum", [&](double bound) { return number <= bound; },
            "must be more than ");
        limit(
            "exclusiveMaximum", [&](double bound) { return number >= bound; },
            "must be less than ");
        limit(
            "multipleOf", [&](double step) { return !multiple_of(number, step); },
            "must be a multiple of ");
    }

    static void counted(const JsonValue& node, const char* least, const char* most, uint64_t count,
                        const char* one, const char* many, const std::string& at, Details& out) {
        const JsonValue* min = find(node, least);
        const JsonValue* max = find(node, most);
        if (min != nullptr && count < min->GetUint64()) {
            const bool empty = count == 0 && min->GetUint64() == 1;
            out.push_back({at, empty
                                   ? "must not be empty"
                                   : "must have at least " + count_of(min->GetUint64(), one, many) +
                                         ", has " + std::to_string(count)});
        }
        if (max != nullptr && count > max->GetUint64())
            out.push_back({at, "must have at most " + count_of(max->GetUint64(), one, many) +
                                   ", has " + std::to_string(count)});
    }

    void combined(const JsonValue& node, const JsonValue& value, const std::string& at,
                  Details& out) {
        if (const JsonValue* all = find(node, "allOf"))
            for (const auto& one : all->GetArray()) schema(one, value, at, out);
        if (const JsonValue* any = find(node, "anyOf")) one_of(*any, value, at, false, out);
        if (const JsonValue* one = find(node, "oneOf")) one_of(*one, value, at, true, out);
        if (const JsonValue* refused = find(node, "not");
            refused != nullptr && valid(*refused, value))
            out.push_back({at, "has a form that is not allowed here"});
        if (const JsonValue* condition = find(node, "if"))
            if (const JsonValue* then = find(node, valid(*condition, value) ? "then" : "else"))
                schema(*then, value, at, out);
    }

    // Explains the closest form: one that has the right type, then the one with the fewest faults.
    void one_of(const JsonValue& forms, const JsonValue& value, const std::string& at, bool exactly,
                Details& out) {
        Details closest, wishes;
        size_t accepted = 0, distance_min = SIZE_MAX;
        for (const auto& form : forms.GetArray()) {
            Details found;
            schema(form, value, at, found);
            if (found.empty()) {
                ++accepted;
                continue;
            }
            const bool other_type = is_type_error(found.front(), at);
            if (other_type) wishes.push_back(found.front());
            const size_t distance = found.size() + (other_type ? details_max_ : 0);
            if (distance >= distance_min) continue;
            distance_min = distance;
            closest = std::move(found);
        }
        if (accepted == 1 || (accepted > 1 && !exactly)) return;
        if (accepted > 1)
            return out.push_back({at, "matches " + std::to_string(accepted) +
                                          " of the forms of which it must match one"});
        if (distance_min > details_max_) closest = {{at, joined(wishes, value)}};
        for (auto& detail : closest)
            if (out.size() < details_max_) out.push_back(std::move(detail));
    }

    // "must be a string or null, got an integer" out of several such sentences.
    static std::string joined(const Details& wishes, const JsonValue& value) {
        std::string types;
        for (const auto& wish : wishes) {
            static constexpr std::string_view kStart = "must be ";
            const std::string one =
                wish.message.substr(kStart.size(), wish.message.find(", got ") - kStart.size());
            if (types.find(one) == std::string::npos) types += (types.empty() ? "" : " or ") + one;
        }
        return "must be " + types + ", got " + std::string(type_of(value));
    }

    const re2::RE2& compiled(std::string_view pattern) {
        auto& kept = patterns_[pattern];
        if (kept == nullptr) kept = *compile_pattern(pattern);
        return *kept;
    }

    const JsonValue& root_;
    const size_t details_max_;
    std::map<std::string_view, std::shared_ptr<const re2::RE2>> patterns_;
};

}  // namespace

void explain(const JsonValue& root, const JsonValue& schema, const JsonValue& value,
             const std::string& pointer, size_t details_max, std::vector<ErrorDetail>& details) {
    Explainer(root, details_max).schema(schema, value, pointer, details);
}

}  // namespace ordinaut::json_schema
