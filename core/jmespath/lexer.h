// Text of an expression → tokens.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace ordinaut::jmespath {

enum class TokenKind {
    kEnd,
    kName,        // text
    kQuotedName,  // text
    kLiteral,     // value
    kNumber,      // number
    kDot,
    kStar,
    kLeftBracket,
    kRightBracket,
    kFlatten,  // []
    kFilter,   // [?
    kLeftBrace,
    kRightBrace,
    kLeftParen,
    kRightParen,
    kComma,
    kColon,
    kCurrent,
    kReference,
    kAnd,
    kOr,
    kPipe,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
};

struct Token {
    TokenKind kind = TokenKind::kEnd;
    size_t offset = 0;  // In bytes.
    std::string_view spelling;
    std::string text;
    int64_t number = 0;
    std::shared_ptr<const Json> value;
};

// The tokens, kEnd last. `source` must outlive them. kMalformed names the column.
Result<std::vector<Token>> tokenize(std::string_view source);

// kMalformed: "column 5: <what>", where the column counts characters.
Error syntax_error(std::string_view source, size_t offset, std::string_view what);

}  // namespace ordinaut::jmespath
