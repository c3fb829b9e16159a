#include "cli/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <set>

#include "base/excerpt.h"

namespace ordinaut::cli {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr int kDepthMax = 100;
constexpr int kValuesMax = 100'000;

Error at(const YAML::Mark& mark, std::string_view what) {
    return malformed(fmt::format("line {}, column {}: {}", mark.line + 1, mark.column + 1, what));
}

bool digits_only(std::string_view text, std::string_view digits) {
    return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

bool is_integer(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return digits_only(text, "0123456789");
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_float(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const size_t e = text.find_first_of("eE");
    std::string_view mantissa = text.substr(0, e);
    if (e != std::string_view::npos && !is_integer(text.substr(e + 1))) return false;
    const size_t dot = mantissa.find('.');
    if (dot == std::string_view::npos) return digits_only(mantissa, "0123456789");
    const std::string_view whole = mantissa.substr(0, dot), fraction = mantissa.substr(dot + 1);
    if (!whole.empty() && !digits_only(whole, "0123456789")) return false;
    return fraction.empty() ? !whole.empty() : digits_only(fraction, "0123456789");
}

enum class Plain { kNull, kTrue, kFalse, kInteger, kOctal, kHex, kFloat, kInfinite, kText };

// The core schema's reading of a plain scalar (YAML 1.2.2, section 10.3.2).
Plain kind_of(std::string_view text) {
    static const std::set<std::string_view> kNulls = {"", "~", "null", "Null", "NULL"};
    static const std::set<std::string_view> kTrues = {"true", "True", "TRUE"},
                                            kFalses = {"false", "False", "FALSE"};
    static const std::set<std::string_view> kInfinities = {".inf",  ".Inf",  ".INF",  "+.inf",
                                                           "+.Inf", "+.INF", "-.inf", "-.Inf",
                                                           "-.INF", ".nan",  ".NaN",  ".NAN"};
    if (kNulls.contains(text)) return Plain::kNull;
    if (kTrues.contains(text)) return Plain::kTrue;
    if (kFalses.contains(text)) return Plain::kFalse;
    if (kInfinities.contains(text)) return Plain::kInfinite;
    if (text.starts_with("0o") && digits_only(text.substr(2), "01234567")) return Plain::kOctal;
    if (text.starts_with("0x") && digits_only(text.substr(2), "0123456789abcdefABCDEF"))
        return Plain::kHex;
    if (is_integer(text)) return Plain::kInteger;
    return is_float(text) ? Plain::kFloat : Plain::kText;
}

class Reader {
public:
    Result<Json> read(const YAML::Node& root) {
        Json json;
        allocator_ = &json.GetAllocator();
        JsonValue value;
        if (Status status = convert(root, value, 1); !status) return std::move(status.error());
        static_cast<JsonValue&>(json).Swap(value);
        return json;
    }

private:
    Status convert(const YAML::Node& node, JsonValue& out, int depth) {
        if (depth > kDepthMax)
            return at(node.Mark(), fmt::format("nesting is deeper than {}", kDepthMax));
        if (++values_ > kValuesMax)
            return at(node.Mark(),
                      fmt::format("more than {} values, aliases included", kValuesMax));
        switch (node.Type()) {
            case YAML::NodeType::Map: return convert_map(node, out, depth);
            case YAML::NodeType::Sequence:
                out.SetArray();
                for (const YAML::Node& item : node) {
                    JsonValue value;
                    TRY(convert(item, value, depth + 1));
                    out.PushBack(value, *allocator_);
                }
                return ok();
            case YAML::NodeType::Scalar: return convert_scalar(node, out);
            default: out.SetNull(); return ok();
        }
    }

    Status convert_map(const YAML::Node& node, JsonValue& out, int depth) {
        out.SetObject();
        std::set<std::string> names;
        for (const auto& member : node) {
            if (!member.first.IsScalar())
                return at(member.first.Mark(), "a name must be one word or a quoted text");
            const std::string name = member.first.Scalar();
            if (name == "<<" && member.first.Tag() == "?")
                return at(member.first.Mark(),
                          "merge keys (<<) are not part of YAML 1.2; write the members out");
            if (!names.insert(name).second)
                return at(member.first.Mark(),
                          fmt::format("the name '{}' stands twice", excerpt(name)));
            JsonValue value;
            TRY(convert(member.second, value, depth + 1));
            out.AddMember(JsonValue(name, *allocator_), value, *allocator_);
        }
        return ok();
    }

    Status convert_scalar(const YAML::Node& node, JsonValue& out) {
        const std::string& text = node.Scalar();
        const std::string& tag = node.Tag();
        if (tag == "!" || tag == "tag:yaml.org,2002:str") {
            out.SetString(text, *allocator_);
            return ok();
        }
        if (tag != "?" && !tag.empty())
            return at(node.Mark(), fmt::format("the tag {} is not known", excerpt(tag)));
        switch (kind_of(text)) {
            case Plain::kNull: out.SetNull(); return ok();
            case Plain::kTrue: out.SetBool(true); return ok();
            case Plain::kFalse: out.SetBool(false); return ok();
            case Plain::kInfinite:
                return at(node.Mark(), fmt::format("{} has no form in JSON", text));
            case Plain::kInteger: return convert_integer(node, text, 10, out);
            case Plain::kOctal: return convert_integer(node, text.substr(2), 8, out);
            case Plain::kHex: return convert_integer(node, text.substr(2), 16, out);
            case Plain::kFloat: {
                const double number = std::strtod(text.c_str(), nullptr);
                if (!std::isfinite(number))
                    return at(node.Mark(), fmt::format("{} is too large", excerpt(text)));
                out.SetDouble(number);
                return ok();
            }
            case Plain::kText: break;
        }
        out.SetString(text, *allocator_);
        return ok();
    }

    Status convert_integer(const YAML::Node& node, std::string_view digits, int base,
                           JsonValue& out) {
        if (digits.starts_with('+')) digits.remove_prefix(1);
        int64_t number = 0;
        uint64_t large = 0;
        const char* end = digits.data() + digits.size();
        if (std::from_chars(digits.data(), end, number, base).ec == std::errc())
            out.SetInt64(number);
        else if (std::from_chars(digits.data(), end, large, base).ec == std::errc())
            out.SetUint64(large);
        else
            return at(node.Mark(),
                      fmt::format("{} does not fit 64 bits; quote it to keep it as text",
                                  excerpt(node.Scalar())));
        return ok();
    }

    rapidjson::MemoryPoolAllocator<>* allocator_ = nullptr;
    int values_ = 0;
};

// Text that YAML reads back as the same text without quotes.
bool stands_plain(std::string_view text) {
    constexpr std::string_view kFirst = "-?:,[]{}#&*!|>'\"%@` .~=<";
    if (text.empty() || kFirst.find(text.front()) != std::string_view::npos || text.back() == ' ' ||
        text.back() == ':')
        return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '{' || c == '}' || c == '[' ||
            c == ']' || c == ',')
            return false;
    // C1 controls are two bytes in UTF-8, and terminals obey them.
    for (size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0) return false;
    return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
           kind_of(text) == Plain::kText;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '"' || c == '\\')
            out += {'\\', text[i]};
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (c < 0x20 || c == 0x7f)
            out += fmt::format("\\u{:04x}", c);
        else if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0)
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[++i]));
        else
            out += text[i];
    }
    return out + "\"";
}

std::string scalar(const JsonValue& value) {
    if (value.IsString())
        return stands_plain(view(value)) ? std::string(view(value)) : quoted(view(value));
    return to_json(value);  // Numbers, booleans, null, and empty {} and [].
}

bool is_block(const JsonValue& value) {
    return (value.IsObject() && value.MemberCount() > 0) || (value.IsArray() && !value.Empty());
}

void write(std::string& out, const JsonValue& value, int indent, bool skip_nulls);

// "- first: 1\n  second: 2": the block's first line goes on the line of its dash.
void write_item(std::string& out, const JsonValue& item, int indent) {
    if (!is_block(item)) {
        out += std::string(indent, ' ') + "- " + scalar(item) + "\n";
        return;
    }
    const size_t start = out.size();
    write(out, item, indent + 2, false);
    out[start + static_cast<size_t>(indent)] = '-';
}

void write(std::string& out, const JsonValue& value, int indent, bool skip_nulls) {
    if (!is_block(value)) {
        out += std::string(indent, ' ') + scalar(value) + "\n";
    } else if (value.IsArray()) {
        for (const auto& item : value.GetArray()) write_item(out, item, indent);
    } else {
        for (const auto& member : value.GetObject()) {
            if (skip_nulls && member.value.IsNull()) continue;
            out += std::string(indent, ' ') + scalar(member.name) + ":";
            if (is_block(member.value)) {
                out += "\n";
                write(out, member.value, indent + 2, false);
            } else {
                out += " " + scalar(member.value) + "\n";
            }
        }
    }
}

}  // namespace

Result<Json> parse_yaml(std::string_view text) {
    if (text.size() > kBytesMax)
        return Error{ErrorCode::kTooLarge,
                     fmt::format("the text has {} bytes; the limit is {}", text.size(), kBytesMax)};
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        if (documents.empty()) return malformed("there is nothing in it");
        if (documents.size() > 1)
            return malformed("it has more than one document; only one is allowed");
        Json json = TRY(Reader().read(documents.front()));
        // Once more through the one gate for JSON: UTF-8, U+0000 and sizes are judged there.
        return parse_json(to_json(json), {.bytes_max = 16 * kBytesMax});
    } catch (const YAML::Exception& fault) {
        return at(fault.mark, fault.msg);
    }
}

Result<Json> parse_document(const std::string& path, std::string_view text) {
    auto json = parse_json(text);
    if (json.ok()) return json;
    if (!path.ends_with(".json")) json = parse_yaml(text);
    if (!json.ok())
        json.error().message =
            fmt::format("{}: {}", path == "-" ? "standard input" : path, json.error().message);
    return json;
}

std::string to_yaml(const JsonValue& value, int indent) {
    std::string out;
    write(out, value, indent, true);
    return out;
}

}  // namespace ordinaut::cli
