// A parsed expression: nodes in one vector, children before parents, the last one is the root.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace ordinaut::jmespath {

struct FunctionSpec;

using NodeIndex = int32_t;

enum class NodeKind : uint8_t {
    kCurrent,           // @, and the implied left side of `[0]`, `*`, `[]`.
    kLiteral,           // value
    kField,             // text
    kIndex,             // of `left`: start
    kSlice,             // of `left`: start, stop, step
    kSub,               // `right` evaluated on `left`: a.b and a | b
    kProjection,        // `right` on each element of the array `left`
    kValueProjection,   // `right` on each value of the object `left`
    kFilterProjection,  // `right` on each element of `left` for which children[0] is truthy
    kFlatten,           // of `left`, one level
    kOr,
    kAnd,
    kNot,  // left
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kMultiList,  // children
    kMultiHash,  // children, named by keys
    kFunction,   // children are the arguments
    kReference,  // &left, only as an argument
};

struct Node {
    NodeKind kind = NodeKind::kCurrent;
    NodeIndex left = -1;
    NodeIndex right = -1;
    std::string text;
    std::vector<NodeIndex> children;
    std::vector<std::string> keys;
    std::optional<int64_t> start, stop, step;
    const FunctionSpec* function = nullptr;
    std::shared_ptr<const Json> value;
    int height = 1;
};

struct Program {
    std::string source;
    std::vector<Node> nodes;
    NodeIndex root = 0;
};

}  // namespace ordinaut::jmespath
