// Members of JSON objects that are null where there is nothing to say.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"

namespace ordinaut {

inline void optional_time(JsonWriter& writer, std::string_view key, std::optional<WallTime> time) {
    if (time)
        writer.field(key, format_time(*time));
    else
        writer.key(key).null();
}
// `json` is one JSON text, or empty.
inline void optional_json(JsonWriter& writer, std::string_view key, const std::string& json) {
    if (json.empty())
        writer.key(key).null();
    else
        writer.raw(key, json);
}
inline void optional_text(JsonWriter& writer, std::string_view key, const std::string& text) {
    if (text.empty())
        writer.key(key).null();
    else
        writer.field(key, text);
}

}  // namespace ordinaut
