// Runs one part of a check in a process of its own.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "ext_check/finding.h"

namespace ordinaut::ext_check {

// How a part reports from the child process. Each line is written at once, so that nothing said
// before a crash is lost.
class Reporter {
public:
    Reporter(int fd, std::string part) : fd_(fd), part_(std::move(part)) {}
    void error(const std::string& message, const std::string& hint) {
        say(Severity::kError, message, hint);
    }
    void warning(const std::string& message, const std::string& hint) {
        say(Severity::kWarning, message, hint);
    }
    void note(const std::string& message, const std::string& hint) {
        say(Severity::kNote, message, hint);
    }
    // Where the code is about to be: named when it crashes or does not come back.
    void entering(const std::string& what);

private:
    void say(Severity severity, const std::string& message, const std::string& hint);
    int fd_;
    std::string part_;
};

// Forks, runs `body` there and adds what it reports; also when it crashes, exits by itself or takes
// longer than `limit`.
void run_part(Part& part, std::chrono::seconds limit, const std::function<void(Reporter&)>& body);

}  // namespace ordinaut::ext_check
