// The command line of `ordinaut`: server commands through the functions main.cpp provides, all
// others over HTTP, made from the operations table.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cli/config.h"
#include "cli/console.h"
#include "operations/operation.h"

namespace ordinaut::cli {

// What `ext check` is asked for.
struct ExtensionCheck {
    std::string folder;
    std::string format = "text";  // text, json or junit
    int timeout_seconds = 60;     // For each part.
};

// What `simulate` is asked for.
struct Simulation {
    WallTime from{}, to{};
    std::vector<std::pair<WallTime, WallTime>> outages;
    int run_seconds = 0;
    int lines = 50;  // For each task.
};

// Each returns the process's exit code and reports its own errors.
struct ServerCommands {
    std::function<int(ServerConfig)> up;
    std::function<int(ServerConfig)> serve;  // database_url and redis_url are set.
    std::function<int(const ServerConfig&, bool dry_run)> migrate;  // database_url is set.
    std::function<int(const ExtensionCheck&)> check_extension = {};
    // database_url is set.
    std::function<int(const ServerConfig&, const Simulation&)> simulate = {};
};

// What the commands are made from.
struct Declarations {
    const std::vector<operations::Operation>& operations;
    std::function<const std::string&(std::string_view name)> schema;
};

// Runs one command line. Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, 5 unavailable.
int run(int argc, const char* const* argv, const ServerCommands& commands);

// The same with everything it depends on named; `arguments` without the program's name.
int run_arguments(const std::vector<std::string>& arguments, const ServerCommands& commands,
                  const Declarations& declarations, Console& console);

}  // namespace ordinaut::cli
