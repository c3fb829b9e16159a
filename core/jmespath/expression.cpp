#include "jmespath/expression.h"

#include "jmespath/interpreter.h"
#include "jmespath/parser.h"
#include "jmespath/root_paths.h"

namespace ordinaut::jmespath {

Result<Expression> Expression::parse(std::string_view source) {
    Program program = TRY(parse_program(source));
    return Expression(std::make_shared<const Program>(std::move(program)));
}

Result<Json> Expression::evaluate(const JsonValue& data) const {
    Arena arena;
    const JsonValue* value = TRY(evaluate(data, arena));
    return copy(*value);
}

Result<const JsonValue*> Expression::evaluate(const JsonValue& data, Arena& arena) const {
    return Interpreter(*program_, arena).run(data);
}

std::vector<Path> Expression::root_paths() const { return root_paths_of(*program_); }

bool Expression::has_literal_default() const {
    const Node* node = &program_->nodes[program_->root];
    if (node->kind != NodeKind::kOr) return false;
    while (node->kind == NodeKind::kOr) node = &program_->nodes[node->right];
    return node->kind == NodeKind::kLiteral;
}

const std::string& Expression::source() const { return program_->source; }

bool truthy(const JsonValue& value) {
    switch (value.GetType()) {
        case rapidjson::kNullType:
        case rapidjson::kFalseType: return false;
        case rapidjson::kStringType: return value.GetStringLength() > 0;
        case rapidjson::kArrayType: return !value.Empty();
        case rapidjson::kObjectType: return !value.ObjectEmpty();
        default: return true;
    }
}

}  // namespace ordinaut::jmespath
