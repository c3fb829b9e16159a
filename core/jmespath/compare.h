// Equality and order of JSON values as JMESPath has them: numbers by value (1 == 1.0, exactly),
// objects without order.
#pragma once
#include "base/json.h"

namespace ordinaut::jmespath {

// Counts down what an evaluation may still do. Once exhausted it stays so.
class Budget {
public:
    Budget(size_t steps, size_t bytes) : steps_(steps), bytes_(bytes) {}
    bool spend_steps(size_t steps) { return spend(steps_, steps); }
    bool spend_bytes(size_t bytes) { return spend(bytes_, bytes); }
    bool exhausted() const { return exhausted_; }

private:
    bool spend(size_t& left, size_t amount) {
        if (amount > left) {
            exhausted_ = true;
            left = 0;
            return false;
        }
        left -= amount;
        return true;
    }
    size_t steps_, bytes_;
    bool exhausted_ = false;
};

// Negative, 0 or positive. Both are numbers.
int compare_numbers(const JsonValue& a, const JsonValue& b);

// False also when the budget ends: check it afterwards.
bool equal(const JsonValue& a, const JsonValue& b, Budget& budget);

// Charges `value` as if it were copied. False when the budget ends or nesting exceeds `depth_max`.
bool measure(const JsonValue& value, Budget& budget, int depth_max);

}  // namespace ordinaut::jmespath
