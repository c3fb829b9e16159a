#include "jmespath/parser.h"

#include "base/excerpt.h"
#include "jmespath/expression.h"
#include "jmespath/functions.h"
#include "jmespath/lexer.h"

namespace ordinaut::jmespath {
namespace {

constexpr int kProjectionStop = 10;  // Weaker operators end a projection.
// Stronger than every comparison, weaker than every path: !a.b is !(a.b), and !a == b is (!a) == b.
constexpr int kNotPower = 8;
constexpr int kStarPower = 20;
constexpr int kFilterPower = 21;
constexpr int kDotPower = 40;
constexpr int kBracketPower = 55;

int binding_power(TokenKind kind) {
    switch (kind) {
        case TokenKind::kPipe: return 1;
        case TokenKind::kOr: return 2;
        case TokenKind::kAnd: return 3;
        case TokenKind::kEqual:
        case TokenKind::kNotEqual:
        case TokenKind::kLess:
        case TokenKind::kLessOrEqual:
        case TokenKind::kGreater:
        case TokenKind::kGreaterOrEqual: return 5;
        case TokenKind::kFlatten: return 9;
        case TokenKind::kStar: return kStarPower;
        case TokenKind::kFilter: return kFilterPower;
        case TokenKind::kDot: return kDotPower;
        case TokenKind::kLeftBrace: return 50;
        case TokenKind::kLeftBracket: return kBracketPower;
        case TokenKind::kLeftParen: return 60;
        default: return 0;
    }
}

NodeKind comparison(TokenKind kind) {
    switch (kind) {
        case TokenKind::kEqual: return NodeKind::kEqual;
        case TokenKind::kNotEqual: return NodeKind::kNotEqual;
        case TokenKind::kLess: return NodeKind::kLess;
        case TokenKind::kLessOrEqual: return NodeKind::kLessOrEqual;
        case TokenKind::kGreater: return NodeKind::kGreater;
        default: return NodeKind::kGreaterOrEqual;
    }
}

class Parser {
public:
    Parser(std::string_view source, std::vector<Token> tokens)
        : source_(source), tokens_(std::move(tokens)) {}

    Result<Program> run() {
        const NodeIndex root = TRY(expression(0));
        if (peek().kind != TokenKind::kEnd)
            return unexpected("an operator or the end of the expression");
        return Program{std::string(source_), std::move(nodes_), root};
    }

private:
    using Parsed = Result<NodeIndex>;

    const Token& peek(size_t ahead = 0) const {
        return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
    }
    const Token& take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

    Error unexpected(std::string_view wanted) const {
        const Token& token = peek();
        const std::string found = token.kind == TokenKind::kEnd
                                      ? "the expression ends"
                                      : "found '" + excerpt(token.spelling) + "'";
        return syntax_error(source_, token.offset,
                            "expected " + std::string(wanted) + ", but " + found);
    }

    Status expect(TokenKind kind, std::string_view wanted) {
        if (peek().kind != kind) return unexpected(wanted);
        take();
        return ok();
    }

    Parsed add(Node node) {
        int height = 0;
        for (const NodeIndex child : {node.left, node.right})
            if (child >= 0) height = std::max(height, nodes_[child].height);
        for (const NodeIndex child : node.children) height = std::max(height, nodes_[child].height);
        node.height = height + 1;
        if (node.height > kTreeHeightMax)
            return Error{ErrorCode::kTooLarge, "the expression chains or nests more than " +
                                                   std::to_string(kTreeHeightMax) + " operations"};
        nodes_.push_back(std::move(node));
        return static_cast<NodeIndex>(nodes_.size() - 1);
    }
    Parsed add(NodeKind kind, NodeIndex left = -1, NodeIndex right = -1) {
        Node node;
        node.kind = kind;
        node.left = left;
        node.right = right;
        return add(std::move(node));
    }

    // Every recursion of the parser passes here.
    Parsed expression(int power) {
        if (++nesting_ > kNestingMax)
            return Error{ErrorCode::kTooLarge,
                         "the expression is nested deeper than " + std::to_string(kNestingMax)};
        NodeIndex left = TRY(prefix());
        while (power < binding_power(peek().kind)) left = TRY(infix(left));
        --nesting_;
        return left;
    }

    Parsed prefix() {
        switch (peek().kind) {
            case TokenKind::kLiteral: {
                Node node;
                node.kind = NodeKind::kLiteral;
                node.value = take().value;
                return add(std::move(node));
            }
            case TokenKind::kName:
                if (peek(1).kind == TokenKind::kLeftParen) return function();
                return field();
            case TokenKind::kQuotedName: {
                const NodeIndex name = TRY(field());
                if (peek().kind == TokenKind::kLeftParen)
                    return syntax_error(source_, peek().offset,
                                        "a function's name is written without quotes");
                return name;
            }
            case TokenKind::kCurrent: take(); return add(NodeKind::kCurrent);
            case TokenKind::kNot: {
                take();
                return add(NodeKind::kNot, TRY(expression(kNotPower)));
            }
            case TokenKind::kLeftParen: {
                take();
                const NodeIndex inner = TRY(expression(0));
                TRY(expect(TokenKind::kRightParen, "')'"));
                return inner;
            }
            case TokenKind::kStar: return values(TRY(add(NodeKind::kCurrent)));
            case TokenKind::kFlatten: return flatten(TRY(add(NodeKind::kCurrent)));
            case TokenKind::kFilter: return filter(TRY(add(NodeKind::kCurrent)));
            case TokenKind::kLeftBrace: return multi_hash();
            case TokenKind::kLeftBracket:
                if (starts_bracket_specifier()) return bracket(TRY(add(NodeKind::kCurrent)));
                return multi_list();
            default: return unexpected("a name, a literal, '@', '*', '[', '{', '(' or '!'");
        }
    }

    Parsed infix(NodeIndex left) {
        const TokenKind kind = peek().kind;
        const int power = binding_power(kind);
        switch (kind) {
            case TokenKind::kDot:
                take();
                if (peek().kind == TokenKind::kStar) return values(left);
                return add(NodeKind::kSub, left, TRY(after_dot(kDotPower)));
            case TokenKind::kPipe: take(); return add(NodeKind::kSub, left, TRY(expression(power)));
            case TokenKind::kOr: take(); return add(NodeKind::kOr, left, TRY(expression(power)));
            case TokenKind::kAnd: take(); return add(NodeKind::kAnd, left, TRY(expression(power)));
            case TokenKind::kEqual:
            case TokenKind::kNotEqual:
            case TokenKind::kLess:
            case TokenKind::kLessOrEqual:
            case TokenKind::kGreater:
            case TokenKind::kGreaterOrEqual:
                take();
                return add(comparison(kind), left, TRY(expression(power)));
            case TokenKind::kFlatten: return flatten(left);
            case TokenKind::kFilter: return filter(left);
            case TokenKind::kLeftBracket:
                if (starts_bracket_specifier()) return bracket(left);
                take();
                return unexpected("a number, ':' or '*]'");
            default: return unexpected("an operator or the end of the expression");
        }
    }

    bool starts_bracket_specifier() const {
        const TokenKind next = peek(1).kind;
        return next == TokenKind::kNumber || next == TokenKind::kColon ||
               (next == TokenKind::kStar && peek(2).kind == TokenKind::kRightBracket);
    }

    Parsed field() {
        Node node;
        node.kind = NodeKind::kField;
        node.text = take().text;
        return add(std::move(node));
    }

    Parsed after_dot(int power) {
        switch (peek().kind) {
            case TokenKind::kName:
            case TokenKind::kQuotedName:
            case TokenKind::kStar: return expression(power);
            case TokenKind::kLeftBracket: return multi_list();
            case TokenKind::kLeftBrace: return multi_hash();
            default: return unexpected("a name, '*', '[' or '{' after '.'");
        }
    }

    // What a projection does with each element.
    Parsed projected(int power) {
        const TokenKind kind = peek().kind;
        if (binding_power(kind) < kProjectionStop) return add(NodeKind::kCurrent);
        if (kind == TokenKind::kLeftBracket || kind == TokenKind::kFilter) {
            if (kind == TokenKind::kLeftBracket && !starts_bracket_specifier()) {
                take();
                return unexpected("a number, ':' or '*]'");
            }
            return expression(power);
        }
        if (kind != TokenKind::kDot) return unexpected("'.', '[' or an operator");
        take();
        return after_dot(power);
    }

    Parsed values(NodeIndex left) {
        take();
        return add(NodeKind::kValueProjection, left, TRY(projected(kStarPower)));
    }

    Parsed flatten(NodeIndex left) {
        const int power = binding_power(take().kind);
        const NodeIndex flat = TRY(add(NodeKind::kFlatten, left));
        return add(NodeKind::kProjection, flat, TRY(projected(power)));
    }

    Parsed filter(NodeIndex left) {
        take();
        Node node;
        node.kind = NodeKind::kFilterProjection;
        node.left = left;
        node.children.push_back(TRY(expression(0)));
        TRY(expect(TokenKind::kRightBracket, "']' after the filter's condition"));
        node.right = TRY(projected(kFilterPower));
        return add(std::move(node));
    }

    Parsed bracket(NodeIndex left) {
        take();
        if (peek().kind == TokenKind::kStar) {
            take();
            take();
            return add(NodeKind::kProjection, left, TRY(projected(kStarPower)));
        }
        if (peek().kind == TokenKind::kNumber && peek(1).kind != TokenKind::kColon) {
            Node node;
            node.kind = NodeKind::kIndex;
            node.left = left;
            node.start = take().number;
            TRY(expect(TokenKind::kRightBracket, "']' after the index"));
            return add(std::move(node));
        }
        return slice(left);
    }

    Parsed slice(NodeIndex left) {
        Node node;
        node.kind = NodeKind::kSlice;
        node.left = left;
        std::optional<int64_t>* const parts[] = {&node.start, &node.stop, &node.step};
        size_t part = 0, step_offset = 0;
        while (peek().kind != TokenKind::kRightBracket) {
            if (peek().kind == TokenKind::kColon && part < 2) {
                ++part;
                take();
            } else if (peek().kind == TokenKind::kNumber && !parts[part]->has_value()) {
                if (part == 2) step_offset = peek().offset;
                *parts[part] = take().number;
            } else {
                return unexpected("a number, ':' or ']' in the slice [start:stop:step]");
            }
        }
        take();
        if (node.step == 0)
            return Error{
                ErrorCode::kInvalid,
                syntax_error(source_, step_offset, "a slice's step must not be 0").message};
        const NodeIndex sliced = TRY(add(std::move(node)));
        return add(NodeKind::kProjection, sliced, TRY(projected(kStarPower)));
    }

    Parsed multi_list() {
        take();
        Node node;
        node.kind = NodeKind::kMultiList;
        for (;;) {
            node.children.push_back(TRY(expression(0)));
            if (peek().kind != TokenKind::kComma) break;
            take();
        }
        TRY(expect(TokenKind::kRightBracket, "',' or ']' in the list"));
        return add(std::move(node));
    }

    Parsed multi_hash() {
        take();
        Node node;
        node.kind = NodeKind::kMultiHash;
        std::unordered_map<std::string, size_t> places;
        for (;;) {
            if (peek().kind != TokenKind::kName && peek().kind != TokenKind::kQuotedName)
                return unexpected("a name for the value, as in {name: expression}");
            const std::string key = take().text;
            TRY(expect(TokenKind::kColon, "':' after the name"));
            const NodeIndex value = TRY(expression(0));
            // As in the reference implementation, the last of two equal names wins.
            const auto [same, added] = places.emplace(key, node.children.size());
            if (!added) {
                node.children[same->second] = value;
            } else {
                node.keys.push_back(key);
                node.children.push_back(value);
            }
            if (peek().kind != TokenKind::kComma) break;
            take();
        }
        TRY(expect(TokenKind::kRightBrace, "',' or '}' after the value"));
        return add(std::move(node));
    }

    Parsed function() {
        const Token& name = take();
        Node node;
        node.kind = NodeKind::kFunction;
        node.text = name.text;
        take();
        while (peek().kind != TokenKind::kRightParen) {
            node.children.push_back(TRY(argument()));
            if (peek().kind == TokenKind::kRightParen) break;
            TRY(expect(TokenKind::kComma, "',' or ')' after the argument"));
            if (peek().kind == TokenKind::kRightParen) return unexpected("an argument after ','");
        }
        take();
        node.function = find_function(name.text);
        if (node.function == nullptr) {
            const std::string near(nearest_function(name.text));
            return invalid_call(name, "unknown function " + name.text + "()" +
                                          (near.empty() ? "" : "; did you mean " + near + "()?"));
        }
        if (const std::string wrong = arity_mismatch(*node.function, node.children.size());
            !wrong.empty())
            return invalid_call(name, wrong);
        return add(std::move(node));
    }

    Parsed argument() {
        if (peek().kind != TokenKind::kReference) return expression(0);
        take();
        return add(NodeKind::kReference, TRY(expression(0)));
    }

    Error invalid_call(const Token& name, const std::string& what) const {
        return Error{ErrorCode::kInvalid, syntax_error(source_, name.offset, what).message};
    }

    static std::string arity_mismatch(const FunctionSpec& function, size_t given) {
        const size_t arity = function.arity();
        if (function.variadic ? given >= arity : given == arity) return {};
        return std::string(function.name) + "() takes " + (function.variadic ? "at least " : "") +
               std::to_string(arity) + (arity == 1 ? " argument" : " arguments") + ", not " +
               std::to_string(given);
    }

    std::string_view source_;
    std::vector<Token> tokens_;
    size_t at_ = 0;
    int nesting_ = 0;
    std::vector<Node> nodes_;
};

}  // namespace

Result<Program> parse_program(std::string_view source) {
    if (source.size() > kExpressionBytesMax)
        return Error{ErrorCode::kTooLarge, "the expression has " + std::to_string(source.size()) +
                                               " bytes; the limit is " +
                                               std::to_string(kExpressionBytesMax)};
    std::vector<Token> tokens = TRY(tokenize(source));
    return Parser(source, std::move(tokens)).run();
}

}  // namespace ordinaut::jmespath
