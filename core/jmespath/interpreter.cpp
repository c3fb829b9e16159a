#include "jmespath/interpreter.h"

#include <cmath>

#include "jmespath/functions.h"

namespace ordinaut::jmespath {
Result<const JsonValue*> Interpreter::run(const JsonValue& data) {
    const JsonValue* result = evaluate(program_.root, data);
    if (result == nullptr) return std::move(*error_);
    if ((result->IsArray() || result->IsObject()) && !measure(*result, budget_, kResultDepthMax)) {
        if (budget_.exhausted())
            fail_exhausted();
        else
            fail(Error{ErrorCode::kTooLarge,
                       "the result is nested deeper than " + std::to_string(kResultDepthMax)});
        return std::move(*error_);
    }
    return result;
}

const JsonValue* Interpreter::fail(Error error) {
    if (!error_) error_ = std::move(error);
    return nullptr;
}

const JsonValue* Interpreter::fail_exhausted() {
    return fail(
        Error{ErrorCode::kTooLarge,
              "the expression takes too many steps or makes too large a result on this input"});
}

const JsonValue* Interpreter::null() {
    static const JsonValue value;
    return &value;
}

const JsonValue* Interpreter::boolean(bool value) {
    static const JsonValue yes(true), no(false);
    return value ? &yes : &no;
}

const JsonValue* Interpreter::keep(JsonValue value) {
    if (!budget_.spend_bytes(sizeof value)) return fail_exhausted();
    return new (arena_.Malloc(sizeof value)) JsonValue(std::move(value));
}

const JsonValue* Interpreter::number(double value) {
    constexpr double kExactMax = 9007199254740992.0;
    if (value == std::floor(value) && std::fabs(value) <= kExactMax)
        return keep(JsonValue(static_cast<int64_t>(value)));
    return keep(JsonValue(value));
}

const JsonValue* Interpreter::text(std::string_view value) {
    if (!budget_.spend_bytes(value.size())) return fail_exhausted();
    return keep(JsonValue(value.data(), static_cast<rapidjson::SizeType>(value.size()), arena_));
}

JsonValue* Interpreter::new_array(size_t capacity) {
    if (!budget_.spend_bytes((capacity + 1) * sizeof(JsonValue))) {
        fail_exhausted();
        return nullptr;
    }
    auto* array = new (arena_.Malloc(sizeof(JsonValue))) JsonValue(rapidjson::kArrayType);
    array->Reserve(static_cast<rapidjson::SizeType>(capacity), arena_);
    return array;
}

JsonValue* Interpreter::new_object() {
    if (!budget_.spend_bytes(sizeof(JsonValue))) {
        fail_exhausted();
        return nullptr;
    }
    return new (arena_.Malloc(sizeof(JsonValue))) JsonValue(rapidjson::kObjectType);
}

bool Interpreter::push(JsonValue& array, const JsonValue& element) {
    // Growth copies; charging every element twice covers it.
    const bool grows = array.Size() == array.Capacity();
    if (!budget_.spend_steps(1) ||
        (grows && !budget_.spend_bytes(2 * sizeof element * (array.Size() + 8))))
        return fail_exhausted() != nullptr;
    array.PushBack(alias(element), arena_);
    return true;
}

bool Interpreter::set(JsonValue& object, std::string_view name, const JsonValue& value) {
    if (!budget_.spend_steps(1) || !budget_.spend_bytes(4 * sizeof value))
        return fail_exhausted() != nullptr;
    object.AddMember(JsonValue(rapidjson::StringRef(name.data(), name.size())), alias(value),
                     arena_);
    return true;
}

const JsonValue* Interpreter::evaluate(NodeIndex at, const JsonValue& current) {
    if (!budget_.spend_steps(1)) return fail_exhausted();
    const Node& node = program_.nodes[at];
    switch (node.kind) {
        case NodeKind::kCurrent: return &current;
        case NodeKind::kLiteral: return node.value.get();
        case NodeKind::kField: return field(node, current);
        case NodeKind::kIndex: return index(node, current);
        case NodeKind::kSlice: return slice(node, current);
        case NodeKind::kSub: {
            const JsonValue* left = evaluate(node.left, current);
            return left == nullptr ? nullptr : evaluate(node.right, *left);
        }
        case NodeKind::kProjection: return project(node, current);
        case NodeKind::kValueProjection: return project_values(node, current);
        case NodeKind::kFilterProjection: return project_matching(node, current);
        case NodeKind::kFlatten: return flatten(node, current);
        case NodeKind::kOr:
        case NodeKind::kAnd: {
            const JsonValue* left = evaluate(node.left, current);
            if (left == nullptr || truthy(*left) == (node.kind == NodeKind::kOr)) return left;
            return evaluate(node.right, current);
        }
        case NodeKind::kNot: {
            const JsonValue* left = evaluate(node.left, current);
            return left == nullptr ? nullptr : boolean(!truthy(*left));
        }
        case NodeKind::kEqual:
        case NodeKind::kNotEqual:
        case NodeKind::kLess:
        case NodeKind::kLessOrEqual:
        case NodeKind::kGreater:
        case NodeKind::kGreaterOrEqual: return compare(node, current);
        case NodeKind::kMultiList: return multi_list(node, current);
        case NodeKind::kMultiHash: return multi_hash(node, current);
        case NodeKind::kFunction: return call(node, current);
        case NodeKind::kReference:
            break;  // The parser accepts it only as an argument, and call() takes it there.
    }
    return fail(internal("an expression reference was evaluated as a value"));
}

const JsonValue* Interpreter::field(const Node& node, const JsonValue& current) {
    if (!current.IsObject()) return null();
    if (!budget_.spend_steps(current.MemberCount() / 8)) return fail_exhausted();
    const JsonValue* value = find(current, node.text);
    return value != nullptr ? value : null();
}

const JsonValue* Interpreter::index(const Node& node, const JsonValue& current) {
    const JsonValue* array = evaluate(node.left, current);
    if (array == nullptr || !array->IsArray()) return array == nullptr ? nullptr : null();
    const int64_t at = *node.start < 0 ? *node.start + array->Size() : *node.start;
    return at >= 0 && at < array->Size() ? &(*array)[static_cast<rapidjson::SizeType>(at)] : null();
}

const JsonValue* Interpreter::slice(const Node& node, const JsonValue& current) {
    const JsonValue* array = evaluate(node.left, current);
    if (array == nullptr || !array->IsArray()) return array == nullptr ? nullptr : null();
    const int64_t size = array->Size();
    const int64_t step = node.step.value_or(1);
    // Where iteration can stand: 0 … size forwards, -1 … size-1 backwards.
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
    const auto place = [&](const std::optional<int64_t>& given, int64_t absent) {
        if (!given) return absent;
        return std::clamp(*given < 0 ? *given + size : *given, low, high);
    };
    const int64_t start = place(node.start, step > 0 ? low : high);
    const int64_t stop = place(node.stop, step > 0 ? high : low);
    const int64_t span = step > 0 ? stop - start : start - stop;
    JsonValue* result =
        new_array(span > 0 ? static_cast<size_t>((span - 1) / std::abs(step) + 1) : 0);
    if (result == nullptr) return nullptr;
    for (int64_t i = start; step > 0 ? i < stop : i > stop; i += step)
        if (!push(*result, (*array)[static_cast<rapidjson::SizeType>(i)])) return nullptr;
    return result;
}

bool Interpreter::push_projected(JsonValue& array, NodeIndex node, const JsonValue& element) {
    const JsonValue* value = evaluate(node, element);
    return value != nullptr && (value->IsNull() || push(array, *value));
}

const JsonValue* Interpreter::project(const Node& node, const JsonValue& current) {
    const JsonValue* array = evaluate(node.left, current);
    if (array == nullptr || !array->IsArray()) return array == nullptr ? nullptr : null();
    JsonValue* result = new_array(array->Size());
    if (result == nullptr) return nullptr;
    for (const JsonValue& element : array->GetArray())
        if (!push_projected(*result, node.right, element)) return nullptr;
    return result;
}

const JsonValue* Interpreter::project_values(const Node& node, const JsonValue& current) {
    const JsonValue* object = evaluate(node.left, current);
    if (object == nullptr || !object->IsObject()) return object == nullptr ? nullptr : null();
    JsonValue* result = new_array(object->MemberCount());
    if (result == nullptr) return nullptr;
    for (const auto& member : object->GetObject())
        if (!push_projected(*result, node.right, member.value)) return nullptr;
    return result;
}

const JsonValue* Interpreter::project_matching(const Node& node, const JsonValue& current) {
    const JsonValue* array = evaluate(node.left, current);
    if (array == nullptr || !array->IsArray()) return array == nullptr ? nullptr : null();
    JsonValue* result = new_array(0);
    if (result == nullptr) return nullptr;
    for (const JsonValue& element : array->GetArray()) {
        const JsonValue* matches = evaluate(node.children.front(), element);
        if (matches == nullptr) return nullptr;
        if (truthy(*matches) && !push_projected(*result, node.right, element)) return nullptr;
    }
    return result;
}

const JsonValue* Interpreter::flatten(const Node& node, const JsonValue& current) {
    const JsonValue* array = evaluate(node.left, current);
    if (array == nullptr || !array->IsArray()) return array == nullptr ? nullptr : null();
    JsonValue* result = new_array(array->Size());
    if (result == nullptr) return nullptr;
    for (const JsonValue& element : array->GetArray()) {
        if (!element.IsArray()) {
            if (!push(*result, element)) return nullptr;
            continue;
        }
        for (const JsonValue& inner : element.GetArray())
            if (!push(*result, inner)) return nullptr;
    }
    return result;
}

const JsonValue* Interpreter::compare(const Node& node, const JsonValue& current) {
    const JsonValue* left = evaluate(node.left, current);
    const JsonValue* right = left == nullptr ? nullptr : evaluate(node.right, current);
    if (right == nullptr) return nullptr;
    if (node.kind == NodeKind::kEqual || node.kind == NodeKind::kNotEqual) {
        const bool same = equal(*left, *right, budget_);
        return budget_.exhausted() ? fail_exhausted()
                                   : boolean(same == (node.kind == NodeKind::kEqual));
    }
    if (!left->IsNumber() || !right->IsNumber()) return null();
    const int order = compare_numbers(*left, *right);
    switch (node.kind) {
        case NodeKind::kLess: return boolean(order < 0);
        case NodeKind::kLessOrEqual: return boolean(order <= 0);
        case NodeKind::kGreater: return boolean(order > 0);
        default: return boolean(order >= 0);
    }
}

const JsonValue* Interpreter::multi_list(const Node& node, const JsonValue& current) {
    if (current.IsNull()) return null();
    JsonValue* result = new_array(node.children.size());
    if (result == nullptr) return nullptr;
    for (const NodeIndex child : node.children) {
        const JsonValue* value = evaluate(child, current);
        if (value == nullptr || !push(*result, *value)) return nullptr;
    }
    return result;
}

const JsonValue* Interpreter::multi_hash(const Node& node, const JsonValue& current) {
    if (current.IsNull()) return null();
    JsonValue* result = new_object();
    if (result == nullptr) return nullptr;
    for (size_t i = 0; i < node.children.size(); ++i) {
        const JsonValue* value = evaluate(node.children[i], current);
        if (value == nullptr || !set(*result, node.keys[i], *value)) return nullptr;
    }
    return result;
}

const JsonValue* Interpreter::call(const Node& node, const JsonValue& current) {
    const FunctionSpec& function = *node.function;
    std::vector<Argument> arguments(node.children.size());
    for (size_t i = 0; i < arguments.size(); ++i) {
        const Node& child = program_.nodes[node.children[i]];
        if (child.kind == NodeKind::kReference) {
            arguments[i].reference = child.left;
        } else {
            arguments[i].value = evaluate(node.children[i], current);
            if (arguments[i].value == nullptr) return nullptr;
            if (arguments[i].value->IsArray() && !budget_.spend_steps(arguments[i].value->Size()))
                return fail_exhausted();
        }
        const unsigned types = function.parameters[function.variadic ? 0 : i];
        if (const std::string given = argument_mismatch(arguments[i], types); !given.empty())
            return fail(Error{ErrorCode::kInvalid, node.text + "(): argument " +
                                                       std::to_string(i + 1) + " must be " +
                                                       describe_types(types) + ", not " + given});
    }
    return function.call(*this, arguments);
}

}  // namespace ordinaut::jmespath
