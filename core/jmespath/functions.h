// The built-in functions of JMESPath: their signatures, and what they do.
#pragma once
#include <span>
#include <string_view>

#include "jmespath/program.h"

namespace ordinaut::jmespath {

class Interpreter;

// What an argument may be, as a set.
enum ArgumentType : unsigned {
    kNumberType = 1,
    kStringType = 2,
    kBooleanType = 4,
    kNullType = 8,
    kArrayType = 16,
    kObjectType = 32,
    kReferenceType = 64,
    kNumbersType = 128,  // An array of numbers only.
    kStringsType = 256,  // An array of strings only.
    kAnyType = kNumberType | kStringType | kBooleanType | kNullType | kArrayType | kObjectType,
};

// One argument: a value, or the expression behind an '&'.
struct Argument {
    const JsonValue* value = nullptr;
    NodeIndex reference = -1;
};

struct FunctionSpec {
    std::string_view name;
    // The value, or null after Interpreter::fail().
    const JsonValue* (*call)(Interpreter&, std::span<const Argument>);
    unsigned parameters[2];  // Sets of ArgumentType; 0 = no such parameter.
    bool variadic = false;   // The first parameter may be repeated.
    size_t arity() const { return parameters[1] != 0 ? 2 : 1; }
};

const FunctionSpec* find_function(std::string_view name);  // Null when unknown.
// For a suggestion; empty when none is close.
std::string_view nearest_function(std::string_view name);

// Null when `argument` fits `types`, else what it is instead, for a message.
std::string argument_mismatch(const Argument& argument, unsigned types);
std::string describe_types(unsigned types);

}  // namespace ordinaut::jmespath
