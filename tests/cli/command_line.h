// A command line inside the test: a small table of operations, and a console that is remembered.
#pragma once
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"

namespace ordinaut::cli {

// Shapes of every kind: path parameters, queries, bodies, files, a whole-body member.
const Declarations& sample_declarations();

struct Ran {
    int code = 0;
    std::string out;
    std::string err;
};

struct Typist {
    std::map<std::string, std::string> environment = {};
    ServerCommands commands = {};
    size_t width = 0;  // Of the terminal; 0 = unlimited.

    Ran type(const std::vector<std::string>& arguments) const;
};

}  // namespace ordinaut::cli
