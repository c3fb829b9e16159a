// What a check found.
#pragma once
#include <string>
#include <vector>

namespace ordinaut::ext_check {

enum class Severity { kError, kWarning, kNote };

struct Finding {
    Severity severity = Severity::kError;
    std::string part;     // "calls"
    std::string message;  // What is wrong, in one sentence.
    std::string hint;     // What to do about it.
};

// One part of a check, run or not.
struct Part {
    std::string name;
    std::string title;  // "calls with made-up inputs"
    std::vector<Finding> findings = {};
    double seconds = 0;
    bool ran = false;
};

}  // namespace ordinaut::ext_check
