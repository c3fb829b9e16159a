#include "cli/cli.h"

#include <ostream>

#include "cli/client_commands.h"
#include "cli/command_tree.h"
#include "cli/show.h"

namespace ordinaut::cli {
namespace {

Result<WallTime> time_of(std::string_view option, std::string_view text) {
    const auto time = parse_time(text);
    if (!time.ok()) return invalid(std::string(option), time.error().message);
    return *time;
}

Result<Simulation> read_simulation(const ServerCommand& command) {
    Simulation simulation;
    simulation.from = TRY(time_of("--from", command.from));
    simulation.to = TRY(time_of("--to", command.to));
    if (simulation.to <= simulation.from) return invalid("--to", "must be after --from");
    for (const std::string& text : command.outages) {
        const size_t dots = text.find("..");
        if (dots == std::string::npos)
            return invalid("--outage", "'" + text + "' is no period; expected TIME..TIME");
        simulation.outages.emplace_back(TRY(time_of("--outage", text.substr(0, dots))),
                                        TRY(time_of("--outage", text.substr(dots + 2))));
        if (simulation.outages.back().second <= simulation.outages.back().first)
            return invalid("--outage", "'" + text + "' ends before it begins");
    }
    simulation.run_seconds = command.run_seconds;
    simulation.lines = command.lines;
    return simulation;
}

int run_server(const ServerCommand& command, const ServerCommands& commands, bool json,
               Console& console) {
    const std::string name = command.app->get_name();
    ConfigInputs inputs{.flags = command.given(),
                        .environment = console.environment,
                        .config_file = command.config_file};
    // On one's own machine the first steps should not need scopes; a server says them out loud.
    if (name == "up") inputs.fallbacks["require_scopes"] = "off";
    auto resolved = resolve_config(inputs);
    if (!resolved.ok()) return show_error(console, resolved.error());
    if (command.print_config) {
        console.out << (json ? config_json(*resolved) + "\n" : config_text(*resolved));
        return kExitOk;
    }
    ServerConfig& config = resolved->config;
    std::vector<ErrorDetail> missing;
    if ((name == "serve" || name == "migrate") && config.database_url.empty())
        missing.push_back({"database_url",
                           "set DATABASE_URL, e.g. postgresql://ordinaut@localhost:5432/ordinaut"});
    if (name == "serve" && config.redis_url.empty())
        missing.push_back({"redis_url", "set REDIS_URL, e.g. redis://localhost:6379"});
    if (!missing.empty())
        return show_error(
            console,
            {ErrorCode::kInvalid,
             "`" + name + "` uses servers that exist, and is not told where (`up` runs its own)",
             missing});
    if (name == "up") return commands.up(std::move(config));
    if (name == "simulate") {
        const auto simulation = read_simulation(command);
        return simulation.ok() ? commands.simulate(config, *simulation)
                               : show_error(console, simulation.error());
    }
    return name == "serve" ? commands.serve(std::move(config))
                           : commands.migrate(config, command.dry_run);
}

}  // namespace

int run_arguments(const std::vector<std::string>& arguments, const ServerCommands& commands,
                  const Declarations& declarations, Console& console) {
    CommandTree tree(declarations);
    if (const auto code = tree.parse(arguments, console)) return *code;
    const CommonOptions& common = tree.common();
    if (const ServerCommand* server = tree.server())
        return run_server(*server, commands, common.json, console);
    if (const ClientCommand* client = tree.client())
        return run_client(*client, common, declarations, console);
    const std::string chosen = tree.chosen();
    if (chosen == "agent token") return run_agent_token(common, console);
    if (chosen == "ext new") return run_new_extension(tree.extension().fresh, common.json, console);
    if (chosen == "ext check") {
        ExtensionCheck check = tree.extension().check;
        if (common.json) check.format = "json";
        return commands.check_extension(check);
    }
    if (chosen == "completion") console.out << completion_script(tree.root(), tree.shell());
    if (chosen == "version")
        console.out << (common.json ? R"({"version":")" ORDINAUT_VERSION "\"}\n"
                                    : "ordinaut " ORDINAUT_VERSION "\n");
    return kExitOk;
}

}  // namespace ordinaut::cli
