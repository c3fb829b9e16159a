// Json to text. Included by json.hpp.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdio>

#include "json.hpp"

namespace ordinaut {

inline void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out.append({'\\', c});
        else if (static_cast<unsigned char>(c) < 0x20) {
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04x",
                          static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += escaped;
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

inline void Json::write(std::string& out) const {
    if (is_null())
        out += "null";
    else if (is_bool())
        out += as_bool() ? "true" : "false";
    else if (is_string())
        append_json_string(out, as_string());
    else if (const auto* integer = std::get_if<int64_t>(&value_))
        out += std::to_string(*integer);
    else if (const auto* big = std::get_if<uint64_t>(&value_))
        out += std::to_string(*big);
    else if (const auto* real = std::get_if<double>(&value_)) {
        if (!std::isfinite(*real)) return void(out += "null");
        char digits[40];
        const auto written = std::to_chars(digits, digits + sizeof digits, *real);
        const std::string_view shortest(digits, static_cast<size_t>(written.ptr - digits));
        out += shortest;
        if (shortest.find_first_of(".e") == std::string_view::npos) out += ".0";
    } else if (is_array()) {
        char before = '[';
        for (const auto& item : items()) out.push_back(before), item.write(out), before = ',';
        out += before == '[' ? "[]" : "]";
    } else {
        char before = '{';
        for (const auto& member : members()) {
            out.push_back(before), before = ',';
            append_json_string(out, member.name);
            out.push_back(':');
            member.value.write(out);
        }
        out += before == '{' ? "{}" : "}";
    }
}

inline std::string Json::text() const {
    std::string out;
    write(out);
    return out;
}

}  // namespace ordinaut
