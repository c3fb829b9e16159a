#include "jmespath/compare.h"

#include <unordered_map>

namespace ordinaut::jmespath {
namespace {

// Values this deep cannot come from parse_json; the limit only keeps the stack safe.
constexpr int kCompareDepthMax = 1000;
constexpr size_t kMembersScanned = 16;  // Larger objects are compared through an index.

// x86-64 and AArch64 have at least 64 bits of mantissa here: every int64, uint64 and double is
// exact.
long double exact(const JsonValue& number) {
    if (number.IsInt64()) return static_cast<long double>(number.GetInt64());
    if (number.IsUint64()) return static_cast<long double>(number.GetUint64());
    return static_cast<long double>(number.GetDouble());
}

bool equal_at(const JsonValue& a, const JsonValue& b, Budget& budget, int depth);

bool equal_objects(const JsonValue& a, const JsonValue& b, Budget& budget, int depth) {
    if (a.MemberCount() != b.MemberCount()) return false;
    if (a.MemberCount() <= kMembersScanned) {
        for (const auto& member : a.GetObject()) {
            const auto other = b.FindMember(member.name);
            if (other == b.MemberEnd() || !equal_at(member.value, other->value, budget, depth))
                return false;
        }
        return true;
    }
    if (!budget.spend_steps(size_t{2} * a.MemberCount())) return false;
    std::unordered_map<std::string_view, const JsonValue*> index;
    for (const auto& member : b.GetObject()) index.emplace(view(member.name), &member.value);
    for (const auto& member : a.GetObject()) {
        const auto other = index.find(view(member.name));
        if (other == index.end() || !equal_at(member.value, *other->second, budget, depth))
            return false;
    }
    return true;
}

bool equal_at(const JsonValue& a, const JsonValue& b, Budget& budget, int depth) {
    if (!budget.spend_steps(depth > kCompareDepthMax ? SIZE_MAX : 1)) return false;
    if (a.IsNumber()) return b.IsNumber() && compare_numbers(a, b) == 0;
    if (a.GetType() != b.GetType()) return false;
    switch (a.GetType()) {
        case rapidjson::kStringType:
            return a.GetStringLength() == b.GetStringLength() &&
                   budget.spend_steps(a.GetStringLength() / 16) && view(a) == view(b);
        case rapidjson::kArrayType:
            if (a.Size() != b.Size()) return false;
            for (rapidjson::SizeType i = 0; i < a.Size(); ++i)
                if (!equal_at(a[i], b[i], budget, depth + 1)) return false;
            return true;
        case rapidjson::kObjectType: return equal_objects(a, b, budget, depth + 1);
        default: return true;
    }
}

}  // namespace

int compare_numbers(const JsonValue& a, const JsonValue& b) {
    if (a.IsInt64() && b.IsInt64())
        return a.GetInt64() < b.GetInt64() ? -1 : a.GetInt64() > b.GetInt64();
    const long double left = exact(a), right = exact(b);
    return left < right ? -1 : left > right;
}

bool equal(const JsonValue& a, const JsonValue& b, Budget& budget) {
    return equal_at(a, b, budget, 0);
}

bool measure(const JsonValue& value, Budget& budget, int depth_max) {
    if (!budget.spend_steps(1) || !budget.spend_bytes(sizeof(JsonValue))) return false;
    if (value.IsString()) return budget.spend_bytes(value.GetStringLength());
    if (!value.IsArray() && !value.IsObject()) return true;
    if (depth_max == 0) return false;
    if (value.IsArray()) {
        for (const JsonValue& element : value.GetArray())
            if (!measure(element, budget, depth_max - 1)) return false;
        return true;
    }
    for (const auto& member : value.GetObject())
        if (!measure(member.name, budget, depth_max - 1) ||
            !measure(member.value, budget, depth_max - 1))
            return false;
    return true;
}

}  // namespace ordinaut::jmespath
