// Tries out a built extension: its manifest, its ELF file, and its code in child processes with a
// limit in time.
//
// The code really runs, with made-up inputs, on a fake host: what a tool does to the outside world
// it does. Tools whose effect is "at_most_once" are called with inputs they must refuse only.
#pragma once
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "ext_check/finding.h"

namespace ordinaut::ext_check {

struct CheckOptions {
    std::filesystem::path folder;
    std::chrono::seconds timeout{60};  // For each part.
};

struct Report {
    std::string id;  // The manifest's, or the folder's name.
    std::vector<Part> parts;
    bool good() const;  // No errors; warnings and notes are fine.
};

// Call from a process without other threads: it forks.
Report check(const CheckOptions& options);

// `format`: text, json or junit.
std::string render(const Report& report, const std::string& format);

}  // namespace ordinaut::ext_check
