#include "base/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "base/check.h"

namespace ordinaut {
namespace {

constexpr unsigned kParseFlags = rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseFullPrecisionFlag |
                                 rapidjson::kParseIterativeFlag;

// First pass: refuses what RapidJSON would accept or overflow on, before any tree is built.
class Gatekeeper : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Gatekeeper> {
public:
    explicit Gatekeeper(int depth_max) : depth_max_(depth_max) {}

    bool Default() { return true; }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return no_nul(text, size, "a string");
    }
    bool Double(double value) {
        return std::isfinite(value) || refuse("a number is too large for a double");
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        if (!no_nul(text, size, "a name")) return false;
        return names_.back().emplace(text, size).second ||
               refuse("the name '" + std::string(text, std::min<size_t>(size, 80)) +
                      "' stands twice in one object");
    }
    bool StartObject() {
        names_.emplace_back();
        return deeper();
    }
    bool EndObject(rapidjson::SizeType) {
        names_.pop_back();
        --depth_;
        return true;
    }
    bool StartArray() { return deeper(); }
    bool EndArray(rapidjson::SizeType) {
        --depth_;
        return true;
    }

    const std::string& refusal() const { return refusal_; }

private:
    bool deeper() {
        return ++depth_ <= depth_max_ ||
               refuse("nesting is deeper than " + std::to_string(depth_max_));
    }
    bool no_nul(const char* text, size_t size, std::string_view where) {
        return std::string_view(text, size).find('\0') == std::string_view::npos ||
               refuse("U+0000 is not allowed in " + std::string(where));
    }
    bool refuse(std::string why) {
        refusal_ = std::move(why);
        return false;
    }

    const int depth_max_;
    int depth_ = 0;
    std::string refusal_;
    std::vector<std::unordered_set<std::string>> names_;
};

std::string position(std::string_view text, size_t offset) {
    offset = std::min(offset, text.size());
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; ++i) {
        if (text[i] == '\n') {
            ++line;
            column = 1;
        } else {
            ++column;
        }
    }
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// Integers above 2^64 become doubles silently; JSON's integers are kept exact here or refused.
bool integer_too_large(std::string_view text, size_t& at) {
    bool in_string = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            const size_t first = i;
            bool integer = true;
            for (; i < text.size() &&
                   (isdigit(static_cast<unsigned char>(text[i])) || strchr("+-.eE", text[i]));
                 ++i)
                if (text[i] == '.' || text[i] == 'e' || text[i] == 'E') integer = false;
            std::string_view digits = text.substr(first, i - first);
            const bool negative = digits.front() == '-';
            if (negative) digits.remove_prefix(1);
            const std::string_view limit =
                negative ? "9223372036854775808" : "18446744073709551615";
            if (integer && (digits.size() > limit.size() ||
                            (digits.size() == limit.size() && digits > limit))) {
                at = first;
                return true;
            }
            --i;
        }
    }
    return false;
}

// Builds `target` with its own copy of every text. CopyFrom would keep pointing at texts that a
// value only refers to.
class CopyingHandler {
public:
    explicit CopyingHandler(Json& target) : target_(target) {}
    // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names.
    bool Null() { return target_.Null(); }
    bool Bool(bool value) { return target_.Bool(value); }
    bool Int(int value) { return target_.Int(value); }
    bool Uint(unsigned value) { return target_.Uint(value); }
    bool Int64(int64_t value) { return target_.Int64(value); }
    bool Uint64(uint64_t value) { return target_.Uint64(value); }
    bool Double(double value) { return target_.Double(value); }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
        return target_.RawNumber(text, size, true);
    }
    bool String(const char* text, rapidjson::SizeType size, bool) {
        return target_.String(text, size, true);
    }
    bool Key(const char* text, rapidjson::SizeType size, bool) {
        return target_.Key(text, size, true);
    }
    bool StartObject() { return target_.StartObject(); }
    bool EndObject(rapidjson::SizeType size) { return target_.EndObject(size); }
    bool StartArray() { return target_.StartArray(); }
    bool EndArray(rapidjson::SizeType size) { return target_.EndArray(size); }
    // NOLINTEND(readability-identifier-naming)

private:
    Json& target_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes_max)
        return Error{ErrorCode::kTooLarge, "the JSON text has " + std::to_string(text.size()) +
                                               " bytes; the limit is " +
                                               std::to_string(limits.bytes_max)};
    if (text.starts_with("\xef\xbb\xbf"))
        return malformed("the JSON text starts with a byte order mark; remove it");
    Gatekeeper gatekeeper(limits.depth_max);
    rapidjson::Reader reader;
    rapidjson::MemoryStream first_pass(text.data(), text.size());
    if (const auto result = reader.Parse<kParseFlags>(first_pass, gatekeeper); result.IsError()) {
        const std::string why = gatekeeper.refusal().empty()
                                    ? rapidjson::GetParseError_En(result.Code())
                                    : gatekeeper.refusal();
        return malformed("not valid JSON at " + position(text, result.Offset()) + ": " + why);
    }
    // RapidJSON takes a NUL byte for the end of the text.
    if (text.find('\0') != std::string_view::npos)
        return malformed("the JSON text contains a NUL byte");
    if (size_t at = 0; integer_too_large(text, at))
        return malformed("not valid JSON at " + position(text, at) +
                         ": the integer does not fit 64 bits");
    Json json;
    rapidjson::MemoryStream second_pass(text.data(), text.size());
    json.ParseStream<kParseFlags>(second_pass);
    CHECK(!json.HasParseError());
    return json;
}

std::string to_json(const JsonValue& value) { return JsonWriter().value(value).take(); }

const JsonValue* find(const JsonValue& object, std::string_view name) {
    if (!object.IsObject()) return nullptr;
    const auto it = object.FindMember(JsonValue(rapidjson::StringRef(name.data(), name.size())));
    return it == object.MemberEnd() ? nullptr : &it->value;
}

std::string_view view(const JsonValue& string) {
    return {string.GetString(), string.GetStringLength()};
}

std::string_view string_or(const JsonValue& object, std::string_view name,
                           std::string_view fallback) {
    const JsonValue* value = find(object, name);
    return value != nullptr && value->IsString() ? view(*value) : fallback;
}

Json copy(const JsonValue& value) {
    Json json;
    auto events = [&](Json& target) {
        CopyingHandler handler(target);
        return value.Accept(handler);
    };
    json.Populate(events);
    return json;
}

JsonValue alias(const JsonValue& value) {
    // With a pool allocator a value owns nothing and its destructor does nothing; RapidJSON itself
    // moves values in this way.
    static_assert(!Json::AllocatorType::kNeedFree);
    JsonValue same;
    std::memcpy(static_cast<void*>(&same), static_cast<const void*>(&value), sizeof same);
    return same;
}

std::string pointer_child(std::string_view pointer, std::string_view name) {
    std::string child(pointer);
    child += '/';
    for (const char c : name) {
        if (c == '~')
            child += "~0";
        else if (c == '/')
            child += "~1";
        else
            child += c;
    }
    return child;
}

std::string pointer_child(std::string_view pointer, size_t index) {
    return std::string(pointer) + "/" + std::to_string(index);
}

JsonWriter::JsonWriter() : writer_(buffer_) {}
JsonWriter& JsonWriter::begin_object() {
    writer_.StartObject();
    return *this;
}
JsonWriter& JsonWriter::end_object() {
    writer_.EndObject();
    return *this;
}
JsonWriter& JsonWriter::begin_array() {
    writer_.StartArray();
    return *this;
}
JsonWriter& JsonWriter::end_array() {
    writer_.EndArray();
    return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
    writer_.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
}
JsonWriter& JsonWriter::string(std::string_view value) {
    writer_.String(value.data() == nullptr ? "" : value.data(),
                   static_cast<rapidjson::SizeType>(value.size()));
    return *this;
}
JsonWriter& JsonWriter::number(int64_t value) {
    writer_.Int64(value);
    return *this;
}
JsonWriter& JsonWriter::number(double value) {
    if (std::isfinite(value))
        writer_.Double(value);
    else
        writer_.Null();
    return *this;
}
JsonWriter& JsonWriter::boolean(bool value) {
    writer_.Bool(value);
    return *this;
}
JsonWriter& JsonWriter::null() {
    writer_.Null();
    return *this;
}
JsonWriter& JsonWriter::raw(std::string_view json) {
    writer_.RawValue(json.data(), json.size(), rapidjson::kObjectType);
    return *this;
}
JsonWriter& JsonWriter::value(const JsonValue& value) {
    value.Accept(writer_);
    return *this;
}
std::string JsonWriter::take() {
    std::string text(buffer_.GetString(), buffer_.GetSize());
    buffer_.Clear();
    writer_.Reset(buffer_);
    return text;
}

}  // namespace ordinaut
