// JSON at the edges: bounded parsing, and a writer for answers.
//
// RapidJSON, with its assertions turned into exceptions (JsonMisuse) so that a programmer's slip
// with a document cannot abort the host. Include this header, never rapidjson's own, so that every
// translation unit sees the same settings.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ordinaut {
struct JsonMisuse : std::logic_error {
    using std::logic_error::logic_error;
};
}  // namespace ordinaut

#ifdef RAPIDJSON_RAPIDJSON_H_
#error "include base/json.h instead of rapidjson's headers"
#endif
#define RAPIDJSON_ASSERT(x) ((x) ? void(0) : throw ::ordinaut::JsonMisuse("rapidjson: " #x))
#define RAPIDJSON_NOEXCEPT_ASSERT(x) RAPIDJSON_NOEXCEPT_ASSERT_(x)
#define RAPIDJSON_NOEXCEPT_ASSERT_(x) ((void)sizeof(x))
#define RAPIDJSON_HAS_STDSTRING 1
#pragma GCC diagnostic push
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wclass-memaccess"
#endif
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#pragma GCC diagnostic pop

namespace ordinaut {

using Json = rapidjson::Document;    // Owns its memory; movable, not copyable.
using JsonValue = rapidjson::Value;  // A place inside a Json.

struct JsonLimits {
    size_t bytes_max = 1 << 20;
    int depth_max = 100;
};

// Parses one JSON text and nothing after it. kTooLarge over `bytes_max`; kMalformed (with line and
// column, or the pointer) for syntax errors, nesting over `depth_max`, a BOM, invalid UTF-8, lone
// surrogates, U+0000 in a string or name, duplicate names, numbers outside int64/uint64/double.
// Never recurses on the input.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// Compact text. `value` must be at most as deep as parse_json allows.
std::string to_json(const JsonValue& value);

// The member `name` of an object, or null when `object` is not an object or has no such member.
const JsonValue* find(const JsonValue& object, std::string_view name);
// The string member `name`, or `fallback`.
std::string_view string_or(const JsonValue& object, std::string_view name,
                           std::string_view fallback);
std::string_view view(const JsonValue& string);  // The text of a JSON string.
Json copy(const JsonValue& value);               // Deep, texts included: independent of `value`.

// A second value of the same memory, to put what already exists into a new array or object without
// copying it. Valid while the memory of `value` is; neither of the two may be changed.
JsonValue alias(const JsonValue& value);

// Appends a step to a JSON pointer (RFC 6901), escaping '~' and '/'.
std::string pointer_child(std::string_view pointer, std::string_view name);
std::string pointer_child(std::string_view pointer, size_t index);

// Writes one JSON text. Members with an empty optional are left out by the caller, not here.
//   JsonWriter w; w.begin_object().field("id", id).raw("payload", text).end_object(); w.take()
class JsonWriter {
public:
    JsonWriter();
    JsonWriter& begin_object();
    JsonWriter& end_object();
    JsonWriter& begin_array();
    JsonWriter& end_array();
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view value);
    JsonWriter& number(int64_t value);
    JsonWriter& number(double value);  // Not finite → null.
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    JsonWriter& raw(std::string_view json);  // `json` is one complete, valid JSON text.
    JsonWriter& value(const JsonValue& value);

    JsonWriter& field(std::string_view name, std::string_view value) {
        return key(name).string(value);
    }
    JsonWriter& field(std::string_view name, const char* value) { return key(name).string(value); }
    JsonWriter& field(std::string_view name, const std::string& value) {
        return key(name).string(value);
    }
    JsonWriter& field(std::string_view name, int value) { return key(name).number(int64_t{value}); }
    JsonWriter& field(std::string_view name, int64_t value) { return key(name).number(value); }
    JsonWriter& field(std::string_view name, double value) { return key(name).number(value); }
    JsonWriter& field(std::string_view name, bool value) { return key(name).boolean(value); }
    JsonWriter& raw(std::string_view name, std::string_view json) { return key(name).raw(json); }

    std::string take();  // The text; the writer is empty again.

private:
    rapidjson::StringBuffer buffer_;
    rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

}  // namespace ordinaut
