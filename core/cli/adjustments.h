// How a few operations' commands differ from what their declaration alone would give.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "operations/operation.h"

namespace ordinaut::cli {

enum class FileUse {
    kNone,
    kOption,         // -f FILE: the whole input.
    kPlace,          // FILE as the last word.
    kOptionalPlace,  // The same; without it standard input, when that is no terminal.
};

struct Adjustment {
    std::string_view operation;
    std::vector<std::string_view> places =
        {};  // Members given by place, after those of the path; the last may be left out.
    std::vector<std::string_view> hidden = {};  // Members that are not options.
    // Members whose option names a file with the text; "-" is standard input.
    std::vector<std::string_view> from_files = {};
    FileUse file = FileUse::kNone;
    std::string_view example = {};  // Instead of one made from the declaration's.
};

const Adjustment& adjustment_of(std::string_view operation);

// Names of the option for a member: "--timezone" has a short form.
std::string option_names(std::string_view operation, std::string_view member);

// A command line that works, without the program's name.
std::string example_of(const operations::Operation& operation);

// Which language a schedule speaks, from its looks: "rrule", "cron" or "once"; empty when it looks
// like none.
std::string_view guess_schedule_kind(std::string_view expression);

}  // namespace ordinaut::cli
