// A year on the terminal.
#pragma once
#include <chrono>
#include <map>

#include "cli/console.h"

namespace ordinaut::cli {

// Prints the twelve months, weeks from Monday, as many beside each other as the terminal has room
// for. Days in `runs` (how often each) are marked with '*', and bold where there is colour.
void print_year(const Console& console, std::chrono::year year,
                const std::map<std::chrono::sys_days, int>& runs);

}  // namespace ordinaut::cli
