// The real process: its arguments, its streams, the real table.
#include "cli/cli.h"

namespace ordinaut::cli {

int run(int argc, const char* const* argv, const ServerCommands& commands) {
    Console console = process_console();
    return run_arguments({argv + 1, argv + argc}, commands,
                         {operations::operation_table(), operations::schema_json}, console);
}

}  // namespace ordinaut::cli
