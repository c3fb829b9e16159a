#include "jmespath/functions.h"

#include <cmath>
#include <cstring>

#include "base/nearest.h"
#include "jmespath/interpreter.h"

namespace ordinaut::jmespath {
namespace {

using Arguments = std::span<const Argument>;

size_t count_characters(std::string_view text) {
    return static_cast<size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Numbers by value, texts by code point (the order of UTF-8 bytes). Both are of one of these types.
bool less(const JsonValue& a, const JsonValue& b) {
    return a.IsNumber() ? compare_numbers(a, b) < 0 : view(a) < view(b);
}

const JsonValue* abs_of(Interpreter& in, Arguments args) {
    const JsonValue& value = *args[0].value;
    if (value.IsUint64()) return &value;
    if (value.IsInt64())
        return in.keep(JsonValue(uint64_t{0} - static_cast<uint64_t>(value.GetInt64())));
    return in.keep(JsonValue(std::fabs(value.GetDouble())));
}

const JsonValue* ceil_of(Interpreter& in, Arguments args) {
    return args[0].value->IsDouble() ? in.number(std::ceil(args[0].value->GetDouble()))
                                     : args[0].value;
}

const JsonValue* floor_of(Interpreter& in, Arguments args) {
    return args[0].value->IsDouble() ? in.number(std::floor(args[0].value->GetDouble()))
                                     : args[0].value;
}

// Integers stay exact while they fit 64 bits.
const JsonValue* sum(Interpreter& in, Arguments args) {
    int64_t whole = 0;
    double total = 0;
    bool exact = true;
    for (const JsonValue& value : args[0].value->GetArray()) {
        exact =
            exact && value.IsInt64() && !__builtin_add_overflow(whole, value.GetInt64(), &whole);
        total += value.GetDouble();
    }
    if (!exact && !std::isfinite(total))
        return in.fail(Error{ErrorCode::kInvalid, "sum(): the result is too large for a number"});
    return exact ? in.keep(JsonValue(whole)) : in.keep(JsonValue(total));
}

const JsonValue* avg(Interpreter& in, Arguments args) {
    if (args[0].value->Empty()) return Interpreter::null();
    double total = 0;
    for (const JsonValue& value : args[0].value->GetArray()) total += value.GetDouble();
    if (!std::isfinite(total))
        return in.fail(Error{ErrorCode::kInvalid, "avg(): the sum is too large for a number"});
    return in.number(total / args[0].value->Size());
}

const JsonValue* contains(Interpreter& in, Arguments args) {
    const JsonValue& where = *args[0].value;
    const JsonValue& what = *args[1].value;
    if (where.IsString()) {
        if (!what.IsString()) return Interpreter::boolean(false);
        if (!in.budget().spend_steps(where.GetStringLength() / 16)) return in.fail_exhausted();
        // memmem is linear even on hostile texts.
        return Interpreter::boolean(memmem(where.GetString(), where.GetStringLength(),
                                           what.GetString(), what.GetStringLength()) != nullptr);
    }
    for (const JsonValue& element : where.GetArray())
        if (equal(element, what, in.budget())) return Interpreter::boolean(true);
    return in.budget().exhausted() ? in.fail_exhausted() : Interpreter::boolean(false);
}

const JsonValue* starts_with(Interpreter&, Arguments args) {
    return Interpreter::boolean(view(*args[0].value).starts_with(view(*args[1].value)));
}

const JsonValue* ends_with(Interpreter&, Arguments args) {
    return Interpreter::boolean(view(*args[0].value).ends_with(view(*args[1].value)));
}

const JsonValue* join(Interpreter& in, Arguments args) {
    const std::string_view glue = view(*args[0].value);
    const JsonValue& parts = *args[1].value;
    size_t size = parts.Empty() ? 0 : glue.size() * (parts.Size() - 1);
    for (const JsonValue& part : parts.GetArray()) size += part.GetStringLength();
    if (!in.budget().spend_bytes(size)) return in.fail_exhausted();
    std::string joined;
    joined.reserve(size);
    for (rapidjson::SizeType i = 0; i < parts.Size(); ++i) {
        if (i > 0) joined += glue;
        joined += view(parts[i]);
    }
    return in.text(joined);
}

const JsonValue* keys(Interpreter& in, Arguments args) {
    JsonValue* names = in.new_array(args[0].value->MemberCount());
    if (names == nullptr) return nullptr;
    for (const auto& member : args[0].value->GetObject())
        if (!in.push(*names, member.name)) return nullptr;
    return names;
}

const JsonValue* values(Interpreter& in, Arguments args) {
    JsonValue* result = in.new_array(args[0].value->MemberCount());
    if (result == nullptr) return nullptr;
    for (const auto& member : args[0].value->GetObject())
        if (!in.push(*result, member.value)) return nullptr;
    return result;
}

const JsonValue* length(Interpreter& in, Arguments args) {
    const JsonValue& value = *args[0].value;
    if (value.IsString() && !in.budget().spend_steps(value.GetStringLength() / 16))
        return in.fail_exhausted();
    const size_t size = value.IsArray()    ? value.Size()
                        : value.IsObject() ? value.MemberCount()
                                           : count_characters(view(value));
    return in.keep(JsonValue(static_cast<uint64_t>(size)));
}

const JsonValue* map(Interpreter& in, Arguments args) {
    JsonValue* result = in.new_array(args[1].value->Size());
    if (result == nullptr) return nullptr;
    for (const JsonValue& element : args[1].value->GetArray()) {
        const JsonValue* value = in.evaluate(args[0].reference, element);
        if (value == nullptr || !in.push(*result, *value)) return nullptr;
    }
    return result;
}

const JsonValue* merge(Interpreter& in, Arguments args) {
    std::vector<std::pair<std::string_view, const JsonValue*>> members;
    std::unordered_map<std::string_view, size_t> places;
    for (const Argument& argument : args) {
        if (!in.budget().spend_steps(argument.value->MemberCount())) return in.fail_exhausted();
        for (const auto& member : argument.value->GetObject()) {
            const auto [place, added] = places.emplace(view(member.name), members.size());
            if (added)
                members.emplace_back(place->first, &member.value);
            else
                members[place->second].second = &member.value;
        }
    }
    JsonValue* merged = in.new_object();
    if (merged == nullptr) return nullptr;
    for (const auto& [name, value] : members)
        if (!in.set(*merged, name, *value)) return nullptr;
    return merged;
}

// The first of the greatest (sign 1) or least (sign -1) elements; null when there is none.
const JsonValue* extreme(Arguments args, int sign) {
    const JsonValue* best = nullptr;
    for (const JsonValue& value : args[0].value->GetArray())
        if (best == nullptr || (sign > 0 ? less(*best, value) : less(value, *best))) best = &value;
    return best == nullptr ? Interpreter::null() : best;
}
const JsonValue* max_of(Interpreter&, Arguments args) { return extreme(args, 1); }
const JsonValue* min_of(Interpreter&, Arguments args) { return extreme(args, -1); }

struct Keyed {
    const JsonValue* key;
    const JsonValue* element;
};

// The key of every element: all numbers or all strings. False after fail().
bool keyed(Interpreter& in, Arguments args, std::string_view function, std::vector<Keyed>& pairs) {
    for (const JsonValue& element : args[0].value->GetArray()) {
        const JsonValue* key = in.evaluate(args[1].reference, element);
        if (key == nullptr) return false;
        const bool fits = pairs.empty()     ? key->IsNumber() || key->IsString()
                          : key->IsNumber() ? pairs[0].key->IsNumber()
                                            : key->IsString() && pairs[0].key->IsString();
        if (!fits) {
            in.fail(Error{ErrorCode::kInvalid, std::string(function) +
                                                   "(): argument 2 must give a number for every "
                                                   "element, or a string for every element, not " +
                                                   argument_mismatch({key, -1}, 0)});
            return false;
        }
        if (!in.budget().spend_bytes(sizeof(Keyed))) return in.fail_exhausted() != nullptr;
        pairs.push_back({key, &element});
    }
    return true;
}

// Charges what sorting `pairs` costs. False after fail().
bool charge_sort(Interpreter& in, const std::vector<Keyed>& pairs) {
    size_t steps = 0;
    for (const Keyed& pair : pairs)
        steps += 1 + (pair.key->IsString() ? pair.key->GetStringLength() / 16 : 0);
    for (size_t n = pairs.size(); n > 1; n /= 2)
        if (!in.budget().spend_steps(steps)) return in.fail_exhausted() != nullptr;
    return true;
}

const JsonValue* sorted(Interpreter& in, std::vector<Keyed> pairs) {
    if (!charge_sort(in, pairs)) return nullptr;
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Keyed& a, const Keyed& b) { return less(*a.key, *b.key); });
    JsonValue* result = in.new_array(pairs.size());
    if (result == nullptr) return nullptr;
    for (const Keyed& pair : pairs)
        if (!in.push(*result, *pair.element)) return nullptr;
    return result;
}

const JsonValue* sort(Interpreter& in, Arguments args) {
    std::vector<Keyed> pairs;
    if (!in.budget().spend_bytes(args[0].value->Size() * sizeof(Keyed))) return in.fail_exhausted();
    for (const JsonValue& element : args[0].value->GetArray())
        pairs.push_back({&element, &element});
    return sorted(in, std::move(pairs));
}

const JsonValue* sort_by(Interpreter& in, Arguments args) {
    std::vector<Keyed> pairs;
    return keyed(in, args, "sort_by", pairs) ? sorted(in, std::move(pairs)) : nullptr;
}

const JsonValue* extreme_by(Interpreter& in, Arguments args, std::string_view function, int sign) {
    std::vector<Keyed> pairs;
    if (!keyed(in, args, function, pairs)) return nullptr;
    const Keyed* best = nullptr;
    for (const Keyed& pair : pairs)
        if (best == nullptr ||
            (sign > 0 ? less(*best->key, *pair.key) : less(*pair.key, *best->key)))
            best = &pair;
    return best == nullptr ? Interpreter::null() : best->element;
}
const JsonValue* max_by(Interpreter& in, Arguments args) {
    return extreme_by(in, args, "max_by", 1);
}
const JsonValue* min_by(Interpreter& in, Arguments args) {
    return extreme_by(in, args, "min_by", -1);
}

const JsonValue* not_null(Interpreter&, Arguments args) {
    for (const Argument& argument : args)
        if (!argument.value->IsNull()) return argument.value;
    return Interpreter::null();
}

const JsonValue* reverse(Interpreter& in, Arguments args) {
    const JsonValue& value = *args[0].value;
    if (value.IsString()) {
        // By characters: each one's bytes keep their order.
        const std::string_view text = view(value);
        if (!in.budget().spend_bytes(text.size())) return in.fail_exhausted();
        std::string reversed;
        reversed.reserve(text.size());
        for (size_t end = text.size(); end > 0;) {
            size_t first = end - 1;
            while (first > 0 && (text[first] & 0xC0) == 0x80) --first;
            reversed += text.substr(first, end - first);
            end = first;
        }
        return in.text(reversed);
    }
    JsonValue* result = in.new_array(value.Size());
    if (result == nullptr) return nullptr;
    for (rapidjson::SizeType i = value.Size(); i > 0; --i)
        if (!in.push(*result, value[i - 1])) return nullptr;
    return result;
}

const JsonValue* to_array(Interpreter& in, Arguments args) {
    if (args[0].value->IsArray()) return args[0].value;
    JsonValue* result = in.new_array(1);
    return result != nullptr && in.push(*result, *args[0].value) ? result : nullptr;
}

const JsonValue* to_number(Interpreter& in, Arguments args) {
    const JsonValue& value = *args[0].value;
    if (value.IsNumber()) return &value;
    if (!value.IsString()) return Interpreter::null();
    const std::string_view text = view(value);
    // parse_json would also take blanks around the number.
    constexpr std::string_view kDigits = "0123456789";
    if (text.empty() || text.size() > 400 ||
        (text.front() != '-' && kDigits.find(text.front()) == std::string_view::npos) ||
        kDigits.find(text.back()) == std::string_view::npos)
        return Interpreter::null();
    const auto parsed = parse_json(text);
    if (!parsed) return Interpreter::null();
    if (parsed->IsUint64()) return in.keep(JsonValue(parsed->GetUint64()));
    return parsed->IsInt64() ? in.keep(JsonValue(parsed->GetInt64()))
                             : in.keep(JsonValue(parsed->GetDouble()));
}

const JsonValue* to_string(Interpreter& in, Arguments args) {
    if (args[0].value->IsString()) return args[0].value;
    if (!measure(*args[0].value, in.budget(), kResultDepthMax)) {
        if (in.budget().exhausted()) return in.fail_exhausted();
        return in.fail(Error{ErrorCode::kTooLarge, "to_string(): the value is nested deeper than " +
                                                       std::to_string(kResultDepthMax)});
    }
    return in.text(to_json(*args[0].value));
}

std::string_view type_name(const JsonValue& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType: return "null";
        case rapidjson::kFalseType:
        case rapidjson::kTrueType: return "boolean";
        case rapidjson::kObjectType: return "object";
        case rapidjson::kArrayType: return "array";
        case rapidjson::kStringType: return "string";
        default: return "number";
    }
}

const JsonValue* type(Interpreter& in, Arguments args) {
    const std::string_view name = type_name(*args[0].value);
    return in.keep(JsonValue(rapidjson::StringRef(name.data(), name.size())));
}

constexpr unsigned kSortableType = kNumbersType | kStringsType;
constexpr FunctionSpec kFunctions[] = {
    {"abs", abs_of, {kNumberType, 0}},
    {"avg", avg, {kNumbersType, 0}},
    {"ceil", ceil_of, {kNumberType, 0}},
    {"contains", contains, {kArrayType | kStringType, kAnyType}},
    {"ends_with", ends_with, {kStringType, kStringType}},
    {"floor", floor_of, {kNumberType, 0}},
    {"join", join, {kStringType, kStringsType}},
    {"keys", keys, {kObjectType, 0}},
    {"length", length, {kStringType | kArrayType | kObjectType, 0}},
    {"map", map, {kReferenceType, kArrayType}},
    {"max", max_of, {kSortableType, 0}},
    {"max_by", max_by, {kArrayType, kReferenceType}},
    {"merge", merge, {kObjectType, 0}, true},
    {"min", min_of, {kSortableType, 0}},
    {"min_by", min_by, {kArrayType, kReferenceType}},
    {"not_null", not_null, {kAnyType, 0}, true},
    {"reverse", reverse, {kArrayType | kStringType, 0}},
    {"sort", sort, {kSortableType, 0}},
    {"sort_by", sort_by, {kArrayType, kReferenceType}},
    {"starts_with", starts_with, {kStringType, kStringType}},
    {"sum", sum, {kNumbersType, 0}},
    {"to_array", to_array, {kAnyType, 0}},
    {"to_number", to_number, {kAnyType, 0}},
    {"to_string", to_string, {kAnyType, 0}},
    {"type", type, {kAnyType, 0}},
    {"values", values, {kObjectType, 0}},
};

}  // namespace

const FunctionSpec* find_function(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(kFunctions), std::end(kFunctions),
                     [&](const FunctionSpec& function) { return function.name == name; });
    return found == std::end(kFunctions) ? nullptr : found;
}

std::string_view nearest_function(std::string_view name) {
    std::vector<std::string_view> names;
    for (const FunctionSpec& function : kFunctions) names.push_back(function.name);
    return nearest(name, names);
}

std::string argument_mismatch(const Argument& argument, unsigned types) {
    if (argument.reference >= 0)
        return (types & kReferenceType) != 0 ? "" : "an expression reference (&)";
    const JsonValue& value = *argument.value;
    switch (value.GetType()) {
        case rapidjson::kNullType: return (types & kNullType) != 0 ? "" : "null";
        case rapidjson::kFalseType:
        case rapidjson::kTrueType: return (types & kBooleanType) != 0 ? "" : "a boolean";
        case rapidjson::kObjectType: return (types & kObjectType) != 0 ? "" : "an object";
        case rapidjson::kStringType: return (types & kStringType) != 0 ? "" : "a string";
        case rapidjson::kNumberType: return (types & kNumberType) != 0 ? "" : "a number";
        case rapidjson::kArrayType: break;
    }
    if ((types & kArrayType) != 0) return "";
    const auto all = [&](auto fits) { return std::all_of(value.Begin(), value.End(), fits); };
    if ((types & kNumbersType) != 0 && all([](const JsonValue& v) { return v.IsNumber(); }))
        return "";
    if ((types & kStringsType) != 0 && all([](const JsonValue& v) { return v.IsString(); }))
        return "";
    return (types & (kNumbersType | kStringsType)) != 0 ? "an array with other elements"
                                                        : "an array";
}

std::string describe_types(unsigned types) {
    if (types == kAnyType) return "a value";
    constexpr std::pair<unsigned, std::string_view> kNames[] = {
        {kNumberType, "a number"},
        {kStringType, "a string"},
        {kBooleanType, "a boolean"},
        {kArrayType, "an array"},
        {kObjectType, "an object"},
        {kReferenceType, "an expression reference (&name)"},
        {kNumbersType, "an array of numbers"},
        {kStringsType, "an array of strings"}};
    std::string text;
    for (const auto& [type, name] : kNames)
        if ((types & type) != 0) text += (text.empty() ? "" : " or ") + std::string(name);
    return text;
}

}  // namespace ordinaut::jmespath
