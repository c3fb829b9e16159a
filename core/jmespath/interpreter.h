// Runs a Program on a value. One interpreter serves one evaluation.
//
// Values are pointers into the input, the program's literals or the arena. Arrays and objects made
// here hold shallow aliases of such values, so nothing of the input is copied. Every function that
// gives a pointer gives null after fail().
#pragma once
#include "jmespath/compare.h"
#include "jmespath/expression.h"
#include "jmespath/program.h"

namespace ordinaut::jmespath {

class Interpreter {
public:
    Interpreter(const Program& program, Arena& arena)
        : program_(program), arena_(arena), budget_(kStepsMax, kMemoryBytesMax) {}

    // The result of the whole program, nested at most kResultDepthMax deep.
    Result<const JsonValue*> run(const JsonValue& data);

    // For the functions:
    const JsonValue* evaluate(NodeIndex node, const JsonValue& current);
    const JsonValue* fail(Error error);
    const JsonValue* fail_exhausted();
    Budget& budget() { return budget_; }

    static const JsonValue* null();
    static const JsonValue* boolean(bool value);
    const JsonValue* keep(JsonValue value);         // Moves `value` into the arena.
    const JsonValue* number(double value);          // A whole number becomes an integer.
    const JsonValue* text(std::string_view value);  // Copied into the arena.
    JsonValue* new_array(size_t capacity);          // Empty, in the arena.
    JsonValue* new_object();
    bool push(JsonValue& array, const JsonValue& element);
    // `name` must be new, and outlive the result.
    bool set(JsonValue& object, std::string_view name, const JsonValue& value);

private:
    const JsonValue* field(const Node& node, const JsonValue& current);
    const JsonValue* index(const Node& node, const JsonValue& current);
    const JsonValue* slice(const Node& node, const JsonValue& current);
    const JsonValue* project(const Node& node, const JsonValue& current);
    const JsonValue* project_values(const Node& node, const JsonValue& current);
    const JsonValue* project_matching(const Node& node, const JsonValue& current);
    const JsonValue* flatten(const Node& node, const JsonValue& current);
    const JsonValue* compare(const Node& node, const JsonValue& current);
    const JsonValue* multi_list(const Node& node, const JsonValue& current);
    const JsonValue* multi_hash(const Node& node, const JsonValue& current);
    const JsonValue* call(const Node& node, const JsonValue& current);
    bool push_projected(JsonValue& array, NodeIndex node, const JsonValue& element);

    const Program& program_;
    Arena& arena_;
    Budget budget_;
    std::optional<Error> error_;
};

}  // namespace ordinaut::jmespath
