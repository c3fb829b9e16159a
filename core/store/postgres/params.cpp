#include "store/postgres/params.h"

#include "base/id.h"

namespace ordinaut::store::postgres {
namespace {
constexpr std::string_view kNobody = "00000000-0000-0000-0000-000000000000";

void refuse_nul(std::string_view value) {
    if (value.find('\0') != std::string_view::npos) throw BadText();
}
}  // namespace

std::string time_text(WallTime time) { return format_time(time); }

void Array::separate() {
    if (text_.size() > 1) text_ += ',';
}
Array& Array::text(std::string_view value) {
    refuse_nul(value);
    separate();
    text_.reserve(text_.size() + value.size() + 2);
    text_ += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
    }
    text_ += '"';
    return *this;
}
Array& Array::id(std::string_view value) {
    if (!is_id(value)) return null();
    separate();
    text_ += value;
    return *this;
}
Array& Array::number(int64_t value) {
    separate();
    text_ += std::to_string(value);
    return *this;
}
Array& Array::time(WallTime value) {
    separate();
    text_ += time_text(value);
    return *this;
}
Array& Array::null() {
    separate();
    text_ += "NULL";
    return *this;
}

Params& Params::text(std::string_view value) {
    refuse_nul(value);
    values_.emplace_back(value);
    return *this;
}
Params& Params::id(std::string_view value) {
    if (!is_id(value)) return null();
    values_.emplace_back(value);
    return *this;
}
Params& Params::number(int64_t value) {
    values_.emplace_back(std::to_string(value));
    return *this;
}
Params& Params::boolean(bool value) {
    values_.emplace_back(value ? "t" : "f");
    return *this;
}
Params& Params::time(WallTime value) {
    values_.emplace_back(time_text(value));
    return *this;
}
Params& Params::array(const Array& value) {
    values_.emplace_back(value.literal());
    return *this;
}
Params& Params::texts(const std::vector<std::string>& values) {
    Array array_of;
    for (const auto& value : values) array_of.text(value);
    return array(array_of);
}
Params& Params::ids(const std::vector<std::string>& values) {
    Array array_of;
    for (const auto& value : values) array_of.id(value);
    return array(array_of);
}
Params& Params::owner(const std::optional<std::string>& value) {
    if (!value) return null();
    return is_id(*value) ? id(*value) : id(kNobody);
}
Params& Params::null() {
    values_.emplace_back(std::nullopt);
    return *this;
}

std::vector<const char*> Params::pointers() const {
    std::vector<const char*> pointers;
    pointers.reserve(values_.size());
    for (const auto& value : values_) pointers.push_back(value ? value->c_str() : nullptr);
    return pointers;
}

}  // namespace ordinaut::store::postgres
