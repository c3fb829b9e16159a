#include "jmespath/lexer.h"

#include <rapidjson/memorystream.h>

#include <charconv>

namespace ordinaut::jmespath {
namespace {

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The offset of the first byte that is not UTF-8, or npos.
size_t find_bad_utf8(std::string_view text) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    while (stream.Tell() < text.size()) {
        const size_t at = stream.Tell();
        unsigned codepoint = 0;
        if (static_cast<unsigned char>(text[at]) < 0x80)
            stream.Take();
        else if (!rapidjson::UTF8<>::Decode(stream, &codepoint))
            return at;
    }
    return std::string_view::npos;
}

struct Symbol {
    std::string_view spelling;
    TokenKind kind;
};
// Longer spellings before their prefixes.
constexpr Symbol kSymbols[] = {
    {"[]", TokenKind::kFlatten},     {"[?", TokenKind::kFilter},
    {"&&", TokenKind::kAnd},         {"||", TokenKind::kOr},
    {"==", TokenKind::kEqual},       {"!=", TokenKind::kNotEqual},
    {"<=", TokenKind::kLessOrEqual}, {">=", TokenKind::kGreaterOrEqual},
    {"[", TokenKind::kLeftBracket},  {"]", TokenKind::kRightBracket},
    {"{", TokenKind::kLeftBrace},    {"}", TokenKind::kRightBrace},
    {"(", TokenKind::kLeftParen},    {")", TokenKind::kRightParen},
    {".", TokenKind::kDot},          {"*", TokenKind::kStar},
    {",", TokenKind::kComma},        {":", TokenKind::kColon},
    {"@", TokenKind::kCurrent},      {"&", TokenKind::kReference},
    {"|", TokenKind::kPipe},         {"!", TokenKind::kNot},
    {"<", TokenKind::kLess},         {">", TokenKind::kGreater},
};

class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    Result<std::vector<Token>> run() {
        for (;;) {
            while (at_ < source_.size() &&
                   std::string_view(" \t\r\n").find(source_[at_]) != std::string_view::npos)
                ++at_;
            Token token = TRY(next());
            tokens_.push_back(std::move(token));
            if (tokens_.back().kind == TokenKind::kEnd) return std::move(tokens_);
        }
    }

private:
    Result<Token> next() {
        if (at_ == source_.size()) return token(TokenKind::kEnd, at_);
        const char c = source_[at_];
        if (is_name_start(c)) return name();
        if (is_digit(c) || c == '-') return number();
        if (c == '"') return quoted_name();
        if (c == '\'') return raw_string();
        if (c == '`') return literal();
        for (const Symbol& symbol : kSymbols)
            if (source_.substr(at_).starts_with(symbol.spelling)) {
                const size_t first = at_;
                at_ += symbol.spelling.size();
                return token(symbol.kind, first);
            }
        if (c == '=')
            return syntax_error(source_, at_, "'=' is not an operator; to compare write '=='");
        return syntax_error(source_, at_, "unexpected character " + character());
    }

    // The character at the cursor, whole, for messages.
    std::string character() const {
        size_t size = 1;
        while (at_ + size < source_.size() && (source_[at_ + size] & 0xC0) == 0x80) ++size;
        const auto byte = static_cast<unsigned char>(source_[at_]);
        if (byte < 0x20 || byte == 0x7F) return "with code " + std::to_string(byte);
        return "'" + std::string(source_.substr(at_, size)) + "'";
    }

    Token token(TokenKind kind, size_t first) const {
        Token made;
        made.kind = kind;
        made.offset = first;
        made.spelling = source_.substr(first, at_ - first);
        return made;
    }

    Result<Token> name() {
        const size_t first = at_;
        while (at_ < source_.size() && (is_name_start(source_[at_]) || is_digit(source_[at_])))
            ++at_;
        Token made = token(TokenKind::kName, first);
        made.text = made.spelling;
        return made;
    }

    Result<Token> number() {
        const size_t first = at_;
        if (source_[at_] == '-') ++at_;
        const size_t digits = at_;
        while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
        if (at_ == digits) return syntax_error(source_, first, "expected digits after '-'");
        Token made = token(TokenKind::kNumber, first);
        const auto parsed =
            std::from_chars(source_.data() + first, source_.data() + at_, made.number);
        // Far beyond any array, and far from overflow in slice arithmetic.
        if (parsed.ec != std::errc() || made.number > INT32_MAX || made.number < INT32_MIN)
            return syntax_error(source_, first, "the number does not fit 32 bits");
        return made;
    }

    // Moves behind the closing `quote` and gives what stood between; a backslash protects the
    // character after it.
    Result<std::string_view> until(char quote) {
        const size_t first = at_++;
        while (at_ < source_.size() && source_[at_] != quote) at_ += source_[at_] == '\\' ? 2 : 1;
        if (at_ >= source_.size()) {
            at_ = source_.size();
            return syntax_error(source_, first,
                                std::string("no closing ") + quote + " for the " + quote + " here");
        }
        ++at_;
        return source_.substr(first + 1, at_ - first - 2);
    }

    // `body` with \quote replaced by quote; every other backslash stays.
    static std::string unescape(std::string_view body, char quote) {
        std::string text;
        for (size_t i = 0; i < body.size(); ++i) {
            if (body[i] == '\\' && i + 1 < body.size()) {
                if (body[i + 1] != quote) text += '\\';
                ++i;
            }
            text += body[i];
        }
        return text;
    }

    Result<Token> quoted_name() {
        const size_t first = at_;
        TRY(until('"'));
        Token made = token(TokenKind::kQuotedName, first);
        const auto json = parse_json(made.spelling);
        if (!json)
            return syntax_error(
                source_, first,
                "the quoted name is not a JSON string (" + json.error().message + ")");
        made.text = view(*json);
        return made;
    }

    Result<Token> raw_string() {
        const size_t first = at_;
        const std::string text = unescape(TRY(until('\'')), '\'');
        Token made = token(TokenKind::kLiteral, first);
        Json json;
        json.SetString(text.data(), static_cast<rapidjson::SizeType>(text.size()),
                       json.GetAllocator());
        made.value = std::make_shared<const Json>(std::move(json));
        return made;
    }

    Result<Token> literal() {
        const size_t first = at_;
        const std::string text = unescape(TRY(until('`')), '`');
        Token made = token(TokenKind::kLiteral, first);
        auto json = parse_json(text);
        if (!json)
            return syntax_error(source_, first,
                                "the literal between backticks is not JSON (" +
                                    json.error().message + "); a plain string is written 'text'");
        made.value = std::make_shared<const Json>(std::move(*json));
        return made;
    }

    std::string_view source_;
    size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

Error syntax_error(std::string_view source, size_t offset, std::string_view what) {
    size_t column = 1;
    for (const char c : source.substr(0, offset)) column += (c & 0xC0) != 0x80;
    return malformed("column " + std::to_string(column) + ": " + std::string(what));
}

Result<std::vector<Token>> tokenize(std::string_view source) {
    if (const size_t bad = find_bad_utf8(source); bad != std::string_view::npos)
        return syntax_error(source, bad, "not valid UTF-8");
    if (const size_t nul = source.find('\0'); nul != std::string_view::npos)
        return syntax_error(source, nul, "U+0000 is not allowed");
    return Lexer(source).run();
}

}  // namespace ordinaut::jmespath
