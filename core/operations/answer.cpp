#include "operations/answer.h"

namespace ordinaut::operations {

std::string text_of(const Call& call, std::string_view member, std::string_view fallback) {
    return std::string(string_or(call.input, member, fallback));
}

int64_t integer_of(const Call& call, std::string_view member, int64_t fallback) {
    const JsonValue* value = find(call.input, member);
    return value != nullptr && value->IsInt64() ? value->GetInt64() : fallback;
}

bool boolean_of(const Call& call, std::string_view member, bool fallback) {
    const JsonValue* value = find(call.input, member);
    return value != nullptr && value->IsBool() ? value->GetBool() : fallback;
}

Id id_of(const Call& call, std::string_view member) {
    std::string id = text_of(call, member);
    for (char& c : id) c = static_cast<char>(tolower(static_cast<unsigned char>(c)));
    return id;
}

store::Page page_of(const Call& call) {
    return {static_cast<int>(integer_of(call, "limit", 50)), static_cast<int>(integer_of(call, "offset", 0))};
}

}  // namespace ordinaut::operations
