// A small JSON value for extensions: enough to read arguments and build answers. Nobody is bound to
// it: everything that takes a Json also takes JSON text (see ordinaut.hpp).
//
// Numbers keep their kind: int64, uint64 (above int64's range) or double. Members keep their order.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ordinaut {

struct JsonError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Json {
public:
    struct Member;
    using Array = std::vector<Json>;
    using Object = std::vector<Member>;

    Json() noexcept;
    Json(std::nullptr_t) noexcept;
    Json(bool value);
    template <class Int,
              std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>, int> = 0>
    Json(Int value);
    Json(double value);
    Json(const char* text);
    Json(std::string_view text);
    Json(std::string text);
    Json(std::initializer_list<Member> members);  // An object: {{"text", "Hello"}, {"n", 3}}.
    static Json object();
    static Json array();
    static Json array(Array items);
    explicit Json(Object members);

    // Parses one JSON text; throws JsonError with the byte where it is wrong. Nesting of at most
    // 100.
    static Json parse(std::string_view text);
    std::string text() const;  // Compact.

    bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    bool is_bool() const { return std::holds_alternative<bool>(value_); }
    bool is_integer() const {
        return std::holds_alternative<int64_t>(value_) || std::holds_alternative<uint64_t>(value_);
    }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<Array>(value_); }
    bool is_object() const { return std::holds_alternative<Object>(value_); }

    // Each throws JsonError when the value is of another kind.
    bool as_bool() const { return get<bool>("true or false"); }
    int64_t as_int() const { return get<int64_t>("an integer"); }
    double as_double() const {
        if (const auto* integer = std::get_if<int64_t>(&value_))
            return static_cast<double>(*integer);
        if (const auto* big = std::get_if<uint64_t>(&value_)) return static_cast<double>(*big);
        return get<double>("a number");
    }
    const std::string& as_string() const { return get<std::string>("a string"); }
    const Array& items() const { return get<Array>("an array"); }
    const Object& members() const { return get<Object>("an object"); }

    // The member of an object, or null when there is none (or this is no object).
    const Json* find(std::string_view name) const;
    // Adds or replaces a member; a null becomes an object first.
    Json& set(std::string name, Json value);
    Json& push(Json value);  // Appends; a null becomes an array first.

private:
    template <class T>
    const T& get(const char* wanted) const {
        if (const auto* found = std::get_if<T>(&value_)) return *found;
        throw JsonError(std::string("must be ") + wanted);
    }
    void write(std::string& out) const;
    friend class JsonReader;

    std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, Array, Object>
        value_;
};

struct Json::Member {
    std::string name;
    Json value;
    Member(std::string n, Json v) : name(std::move(n)), value(std::move(v)) {}
};

// Defined only here, because the vectors of C++20 let clang look into Member wherever one of them
// may be dropped.
inline Json::Json() noexcept = default;
inline Json::Json(std::nullptr_t) noexcept {}
inline Json::Json(bool value) : value_(value) {}
template <class Int, std::enable_if_t<std::is_integral_v<Int> && !std::is_same_v<Int, bool>, int>>
Json::Json(Int value) {
    if constexpr (std::is_unsigned_v<Int>) {
        if (value > static_cast<uint64_t>(INT64_MAX))
            value_ = static_cast<uint64_t>(value);
        else
            value_ = static_cast<int64_t>(value);
    } else {
        value_ = static_cast<int64_t>(value);
    }
}
inline Json::Json(double value) : value_(value) {}
inline Json::Json(const char* text) : value_(std::string(text)) {}
inline Json::Json(std::string_view text) : value_(std::string(text)) {}
inline Json::Json(std::string text) : value_(std::move(text)) {}
inline Json::Json(std::initializer_list<Member> members) : value_(Object(members)) {}
inline Json::Json(Object members) : value_(std::move(members)) {}
inline Json Json::object() { return Json(Object{}); }
inline Json Json::array() { return array(Array{}); }
inline Json Json::array(Array items) {
    Json json;
    json.value_ = std::move(items);
    return json;
}

inline const Json* Json::find(std::string_view name) const {
    if (const auto* object = std::get_if<Object>(&value_))
        for (const auto& member : *object)
            if (member.name == name) return &member.value;
    return nullptr;
}

inline Json& Json::set(std::string name, Json value) {
    if (is_null()) value_ = Object{};
    if (!is_object()) throw JsonError("must be an object");
    auto& object = std::get<Object>(value_);
    for (auto& member : object)
        if (member.name == name) return member.value = std::move(value), *this;
    object.emplace_back(std::move(name), std::move(value));
    return *this;
}

inline Json& Json::push(Json value) {
    if (is_null()) value_ = Array{};
    if (!is_array()) throw JsonError("must be an array");
    std::get<Array>(value_).push_back(std::move(value));
    return *this;
}

}  // namespace ordinaut

#include "json_read.hpp"
#include "json_write.hpp"
