#include "pipeline/template.h"
#include "base/excerpt.h"

namespace ordinaut::pipeline {
namespace {

constexpr std::chrono::seconds kOffsetMax{std::chrono::years{10'000}};
constexpr size_t kStackArenaBytes = 4096;  // Most expressions need no more, and so no allocation.

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Where the '}' of a `${` stands whose content begins at `from`; npos when there is none. Braces in
// JMESPath's quotes do not count, and those of {name: expression} come in pairs.
size_t expression_end(std::string_view text, size_t from) {
    int depth = 0;
    for (size_t i = from; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'' || c == '"' || c == '`') {
            for (++i; i < text.size() && text[i] != c; ++i)
                if (text[i] == '\\') ++i;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && depth-- == 0) {
            return i;
        }
    }
    return std::string_view::npos;
}

// `now+24h`, `now-1d+2h`. Null when `source` does not begin in this way and so is JMESPath.
std::optional<Result<std::chrono::seconds>> now_offset(std::string_view source) {
    std::string_view rest = trimmed(source);
    if (!rest.starts_with("now")) return std::nullopt;
    rest = trimmed(rest.substr(3));
    if (rest.empty() || (rest.front() != '+' && rest.front() != '-')) return std::nullopt;
    const Error wrong = malformed(
        "time arithmetic is now, then + or -, a number and one of s m h d w, as in ${now+24h}");
    std::chrono::seconds offset{0};
    while (!rest.empty()) {
        const bool back = rest.front() == '-';
        if (!back && rest.front() != '+') return wrong;
        rest = trimmed(rest.substr(1));
        int64_t amount = 0;
        size_t digits = 0;
        for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits)
            if (digits < 12) amount = amount * 10 + (rest[digits] - '0');
        if (digits == 0 || digits > 12 || digits == rest.size()) return wrong;
        constexpr std::pair<char, int64_t> kUnits[] = {
            {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
        const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                        [&](const auto& u) { return u.first == rest[digits]; });
        if (unit == std::end(kUnits)) return wrong;
        offset += std::chrono::seconds((back ? -1 : 1) * amount * unit->second);
        if (offset > kOffsetMax || offset < -kOffsetMax)
            return malformed("the time is moved by more than 10000 years");
        rest = trimmed(rest.substr(digits + 1));
    }
    return offset;
}

void append_escaped(std::string& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) >= 0x20) {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += "\\u00";
            out += kHex[(c >> 4) & 0xF];
            out += kHex[c & 0xF];
        }
    }
}

void append_string(std::string& out, std::string_view text, bool in_text) {
    if (!in_text) out += '"';
    append_escaped(out, text);
    if (!in_text) out += '"';
}

void append_value(std::string& out, const JsonValue& value, bool in_text) {
    if (value.IsString())
        append_string(out, view(value), in_text);
    else if (in_text)
        append_escaped(out, to_json(value));
    else
        out += to_json(value);
}

Error at(const std::string& pointer, ErrorCode code, std::string message) {
    Error error = invalid(pointer, std::move(message));
    error.code = code;
    return error;
}

// Appends what `piece` gives.
Status append_piece(std::string& out, const Template::Piece& piece, const Scope& scope,
                    jmespath::Arena& arena) {
    if (!piece.expression) {
        constexpr std::chrono::sys_days kFirst{std::chrono::year{1} / 1 / 1},
            kEnd{std::chrono::year{10'000} / 1 / 1};
        const WallTime moved = scope.now + piece.offset;
        if (moved < kFirst || moved >= kEnd)
            return at(piece.pointer, ErrorCode::kInvalid,
                      "the time falls outside the years 1 to 9999");
        append_string(out, format_time(moved), piece.in_text);
        return ok();
    }
    if (piece.reads_secrets() && scope.secrets == nullptr) {
        append_string(out, kMask, piece.in_text);
        return ok();
    }
    const auto value = piece.expression->evaluate(scope, arena);
    if (!value)
        return at(piece.pointer, value.error().code,
                  "${" + piece.expression->source() + "}: " + value.error().message);
    if ((*value)->IsNull())
        if (const auto path = piece.expression->missing(scope))
            return at(piece.pointer, ErrorCode::kInvalid,
                      *path + " is missing; write ${" + piece.expression->source() +
                          " || 'default'} to allow that");
    append_value(out, **value, piece.in_text);
    return ok();
}

}  // namespace

class Template::Compiler {
public:
    void value(const JsonValue& value, const std::string& pointer) {
        if (value.IsString()) return string(view(value), pointer);
        const char* separator = "";
        if (value.IsObject()) {
            text_ += '{';
            for (const auto& member : value.GetObject()) {
                text_ += separator;
                append_string(text_, view(member.name), false);
                text_ += ':';
                this->value(member.value, pointer_child(pointer, view(member.name)));
                separator = ",";
            }
            text_ += '}';
        } else if (value.IsArray()) {
            text_ += '[';
            for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
                text_ += separator;
                this->value(value[i], pointer_child(pointer, i));
                separator = ",";
            }
            text_ += ']';
        } else {
            text_ += to_json(value);
        }
    }

    Result<Template> finish() {
        if (!problems_.empty()) return invalid(std::move(problems_));
        made_.after_ = std::move(text_);
        return std::move(made_);
    }

private:
    void string(std::string_view text, const std::string& pointer) {
        if (const auto sole = sole_expression(text)) return expression(*sole, pointer, false);
        text_ += '"';
        for (size_t i = 0; i < text.size();) {
            if (text.substr(i).starts_with("$${")) {
                text_ += "${";
                i += 3;
            } else if (text.substr(i).starts_with("${")) {
                const size_t end = expression_end(text, i + 2);
                if (end == std::string_view::npos) {
                    problems_.push_back({pointer, "the ${ at character " + std::to_string(i + 1) +
                                                      " has no }; a literal ${ is written $${"});
                    break;
                }
                expression(text.substr(i + 2, end - i - 2), pointer, true);
                i = end + 1;
            } else {
                const size_t next = std::min(text.find('$', i + 1), text.size());
                append_escaped(text_, text.substr(i, next - i));
                i = next;
            }
        }
        text_ += '"';
    }

    void expression(std::string_view source, const std::string& pointer, bool in_text) {
        const auto problem = [&](const std::string& what) {
            problems_.push_back({pointer, "${" + excerpt(source, 200) + "}: " + what});
        };
        if (made_.pieces_.size() >= kTemplateExpressionsMax)
            return problem("more than " + std::to_string(kTemplateExpressionsMax) +
                           " expressions in one step");
        if (trimmed(source).empty()) return problem("there is no expression between the braces");
        Piece piece;
        piece.pointer = pointer;
        piece.in_text = in_text;
        if (const auto offset = now_offset(source)) {
            if (!*offset) return problem(offset->error().message);
            piece.offset = **offset;
        } else {
            auto compiled = ContextExpression::compile(source);
            if (!compiled) return problem(compiled.error().message);
            piece.expression = std::move(*compiled);
        }
        made_.reads_secrets_ = made_.reads_secrets_ || piece.reads_secrets();
        piece.before = std::move(text_);
        text_.clear();
        made_.pieces_.push_back(std::move(piece));
    }

    std::vector<ErrorDetail> problems_;
    std::string text_;  // JSON since the last piece.
    Template made_;
};

Result<Template> Template::compile(const JsonValue& value, std::string_view pointer) {
    Compiler compiler;
    compiler.value(value, std::string(pointer));
    return compiler.finish();
}

Result<Rendered> Template::render(const Scope& scope) const {
    char buffer[kStackArenaBytes];
    jmespath::Arena arena(buffer, sizeof buffer);
    Rendered rendered;
    for (const Piece& piece : pieces_) {
        rendered.json += piece.before;
        const size_t first = rendered.json.size();
        TRY(append_piece(rendered.json, piece, scope, arena));
        if (rendered.json.size() > kRenderedBytesMax)
            return at(piece.pointer, ErrorCode::kTooLarge,
                      "the rendered input is larger than " + std::to_string(kRenderedBytesMax) +
                          " bytes");
        if (!reads_secrets_) continue;
        rendered.masked_json += piece.before;
        if (piece.reads_secrets())
            append_string(rendered.masked_json, kMask, piece.in_text);
        else
            rendered.masked_json.append(rendered.json, first);
    }
    rendered.json += after_;
    if (reads_secrets_)
        rendered.masked_json += after_;
    else
        rendered.masked_json = rendered.json;
    return rendered;
}

std::string Template::preview(const Scope& scope, std::vector<ErrorDetail>& problems) const {
    char buffer[kStackArenaBytes];
    jmespath::Arena arena(buffer, sizeof buffer);
    std::string json;
    for (const Piece& piece : pieces_) {
        json += piece.before;
        const size_t first = json.size();
        if (piece.reads_secrets()) {
            append_string(json, kMask, piece.in_text);
        } else if (piece.expression && piece.expression->is_open(scope)) {
            append_string(json, "«" + piece.expression->source() + "»", piece.in_text);
        } else if (const auto done = append_piece(json, piece, scope, arena);
                   !done || json.size() > kRenderedBytesMax) {
            json.resize(first);
            json += "null";
            if (done)
                problems.push_back({piece.pointer, "the rendered input is larger than " +
                                                       std::to_string(kRenderedBytesMax) +
                                                       " bytes"});
            else
                problems.insert(problems.end(), done.error().details.begin(),
                                done.error().details.end());
        }
    }
    return json + after_;
}

std::optional<std::string_view> sole_expression(std::string_view text) {
    if (!text.starts_with("${") || expression_end(text, 2) != text.size() - 1) return std::nullopt;
    return text.substr(2, text.size() - 3);
}

}  // namespace ordinaut::pipeline
