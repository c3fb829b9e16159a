// Carries out a command made from an operation, with what is special about a few of them.
#pragma once
#include "cli/command_tree.h"
#include "cli/console.h"

namespace ordinaut::cli {

// Prints the answer or the error; gives the exit code.
int run_client(const ClientCommand& command, const CommonOptions& common,
               const Declarations& declarations, Console& console);

// Prints an access token for the credentials of the data directory.
int run_agent_token(const CommonOptions& common, Console& console);

}  // namespace ordinaut::cli
