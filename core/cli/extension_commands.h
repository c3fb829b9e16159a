// The commands for authors of extensions, which need no server: ext new, ext check.
#pragma once
#include <CLI/App.hpp>

#include "cli/cli.h"
#include "cli/new_extension.h"

namespace ordinaut::cli {

struct ExtensionCommands {
    NewExtension fresh = {};
    ExtensionCheck check = {};
};

// Adds their options to the two commands.
void add_extension_options(CLI::App& fresh, CLI::App& check, ExtensionCommands& commands);

int run_new_extension(const NewExtension& wanted, bool json, Console& console);

}  // namespace ordinaut::cli
