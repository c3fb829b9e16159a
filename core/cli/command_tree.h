// All commands with their options, and what was typed for the chosen one.
#pragma once
#include <CLI/App.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/extension_commands.h"
#include "cli/request.h"

namespace ordinaut::cli {

// Options every command takes.
struct CommonOptions {
    std::string server;
    std::string token;
    std::string data_dir;
    bool json = false;
};

// A command made from an operation.
struct ClientCommand {
    const operations::Operation* operation = nullptr;
    Json schema;
    CLI::App* app = nullptr;
    std::map<std::string, std::vector<std::string>> values = {};
    std::map<std::string, std::string> switches = {};  // Booleans: "true" or "false" when given.
    std::string file = {};
    bool wait = false;    // task run
    bool follow = false;  // run logs

    std::map<std::string, std::vector<std::string>> given() const;
};

// up, serve, migrate or simulate.
struct ServerCommand {
    CLI::App* app = nullptr;
    std::map<std::string, std::string> flags =
        {};  // By key name; empty text when it was not given.
    std::string config_file = {};
    bool print_config = false;
    bool dry_run = false;              // migrate
    std::string from, to;              // simulate, and below
    std::vector<std::string> outages;  // A..B
    int run_seconds = 0;
    int lines = 50;

    std::map<std::string, std::string> given() const;
};

class CommandTree {
public:
    explicit CommandTree(const Declarations& declarations);
    CommandTree(const CommandTree&) = delete;
    CommandTree& operator=(const CommandTree&) = delete;

    // Reads the words. An exit code when nothing is left to do: help was printed, or the usage is
    // wrong (2).
    std::optional<int> parse(const std::vector<std::string>& arguments, Console& console);

    const CommonOptions& common() const { return common_; }
    const CLI::App& root() const { return root_; }
    // The chosen command; null unless it is of that kind.
    ClientCommand* client() const;
    ServerCommand* server() const;
    // The chosen command's words: "agent token".
    std::string chosen() const;
    const ExtensionCommands& extension() const { return extension_; }  // ext new, ext check
    const std::string& shell() const { return shell_; }                // completion SHELL

private:
    CLI::App* add(const std::string& words, const std::string& summary, const std::string& example);
    void add_server(const std::string& name, const std::string& summary,
                    const std::string& example);
    static void add_simulation(ServerCommand& command);
    void add_client(const operations::Operation& operation, const std::string& schema);
    void add_member(ClientCommand& command, const std::string& name, const JsonValue& schema,
                    bool by_place, bool required);
    std::string complaint() const;

    CLI::App root_;
    CommonOptions common_;
    std::string shell_;
    ExtensionCommands extension_;
    std::vector<std::unique_ptr<ClientCommand>> clients_;
    std::vector<std::unique_ptr<ServerCommand>> servers_;
};

// The innermost command that was chosen.
const CLI::App* innermost(const CLI::App& root);

// A completion script for bash, zsh or fish.
std::string completion_script(const CLI::App& root, const std::string& shell);

}  // namespace ordinaut::cli
