#include "cli/command_tree.h"

#include <fmt/format.h>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <ostream>

#include "base/check.h"
#include "base/nearest.h"
#include "cli/adjustments.h"
#include "cli/show.h"

namespace ordinaut::cli {
namespace {

const std::map<std::string_view, std::string_view>& group_summaries() {
    static const std::map<std::string_view, std::string_view> kSummaries = {
        {"task", "Tasks: what to do and when"},
        {"run", "Runs: what was done"},
        {"calendar", "Exclusion calendars of schedules"},
        {"secret", "Secrets of pipelines"},
        {"ext", "Extensions"},
        {"tool", "Tools that pipelines call"},
        {"agent", "Users and programs with access"},
        {"queue", "The queue of due work"},
        {"worker", "Processes"},
        {"event", "Events"}};
    return kSummaries;
}

std::string upper(std::string_view name) {
    std::string out(name);
    for (char& c : out) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
    return out;
}

std::string type_name(std::string_view type) {
    if (type == "string") return "TEXT";
    if (type == "integer") return "N";
    if (type == "number") return "NUMBER";
    if (type == "array") return "TEXT,...";
    return "JSON";
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool requires_member(const JsonValue& schema, std::string_view name) {
    const JsonValue* required = find(schema, "required");
    if (required == nullptr) return false;
    for (const auto& one : required->GetArray())
        if (view(one) == name) return true;
    return false;
}

std::vector<std::string> option_names_of(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(sub->get_name());
    return names;
}

}  // namespace

std::map<std::string, std::vector<std::string>> ClientCommand::given() const {
    std::map<std::string, std::vector<std::string>> all;
    for (const auto& [name, texts] : values)
        if (!texts.empty()) all[name] = texts;
    for (const auto& [name, text] : switches)
        if (!text.empty()) all[name] = {text};
    return all;
}

std::map<std::string, std::string> ServerCommand::given() const {
    std::map<std::string, std::string> all;
    for (const auto& [name, text] : flags)
        if (app->count(
                flag_of(*std::find_if(config_keys().begin(), config_keys().end(),
                                      [&](const ConfigKey& key) { return key.name == name; }))) > 0)
            all[name] = text;
    return all;
}

CommandTree::CommandTree(const Declarations& declarations)
    : root_("A host for time, state and discipline.", "ordinaut") {
    root_.get_formatter()->column_width(32);
    // Faults are found in complaint(), which knows more names than the parser does.
    root_.allow_extras()->fallthrough()->require_subcommand(0, 1);
    root_
        .add_option(
            "--server", common_.server,
            "Address of the server; else ORDINAUT_URL, credentials.json, http://127.0.0.1:8080")
        ->type_name("URL");
    root_
        .add_option("--token", common_.token,
                    "Access token; else ORDINAUT_TOKEN, else a log-in with credentials.json")
        ->type_name("TOKEN");
    root_
        .add_option("--data-dir", common_.data_dir,
                    "Data directory of `ordinaut up`, where credentials.json is")
        ->type_name("DIR");
    root_.add_flag("--json", common_.json, "Print the server's answer as it is");

    add_server("up", "Start everything on this machine: database, event bus, server",
               "up --port 8080");
    add_server("serve", "Start a server process on existing databases",
               "serve --roles=scheduler,runner");
    add_server("migrate", "Bring the database's schema up to date", "migrate --dry-run");
    add_server("simulate", "Show what the tasks of a database would do; changes nothing",
               "simulate --from 2026-03-28T00:00:00Z --to 2026-03-30T00:00:00Z "
               "--outage 2026-03-28T10:00:00Z..2026-03-28T16:00:00Z");
    for (const operations::Operation& operation : declarations.operations)
        if (!operation.cli.empty()) add_client(operation, declarations.schema(operation.input));
    add("agent token", "Print an access token of this machine's admin", "agent token");
    CLI::App* completion = add("completion", "Print a completion script for a shell",
                               "completion bash > /etc/bash_completion.d/ordinaut");
    completion->add_option("SHELL", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    CLI::App* fresh =
        add("ext new", "Write the folder of a new extension", "ext new my_ext --lang cpp");
    CLI::App* check = add("ext check", "Try out a built extension, in a process of its own",
                          "ext check build/extensions/my_ext");
    add_extension_options(*fresh, *check, extension_);
    add("version", "Print the version", "version");
}

// Finds or makes the groups on the way.
CLI::App* CommandTree::add(const std::string& words, const std::string& summary,
                           const std::string& example) {
    CLI::App* parent = &root_;
    size_t start = 0;
    for (size_t space = words.find(' '); space != std::string::npos;
         space = words.find(' ', start)) {
        const std::string name = words.substr(start, space - start);
        const auto same =
            parent->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == name; });
        CLI::App* group = same.empty() ? nullptr : same.front();
        if (group == nullptr) {
            const auto it = group_summaries().find(name);
            group = parent
                        ->add_subcommand(
                            name, it == group_summaries().end() ? "" : std::string(it->second))
                        ->require_subcommand(0, 1);
        }
        parent = group;
        start = space + 1;
    }
    CLI::App* app = parent->add_subcommand(words.substr(start), summary);
    app->footer("Example:\n  ordinaut " + example + "\n");
    return app;
}

void CommandTree::add_server(const std::string& name, const std::string& summary,
                             const std::string& example) {
    auto& command = *servers_.emplace_back(std::make_unique<ServerCommand>());
    command.app = add(name, summary, example);
    for (const ConfigKey& key : config_keys()) {
        if (key.secret) continue;
        command.app
            ->add_option(flag_of(key), command.flags[std::string(key.name)],
                         fmt::format("{} ({})", key.doc, key.env))
            ->type_name(key.fallback.empty() ? "TEXT" : std::string(key.fallback));
    }
    command.app
        ->add_option("--config", command.config_file,
                     "File to read instead of ordinaut.toml in the usual places")
        ->type_name("FILE");
    command.app->add_flag("--print-config", command.print_config,
                          "Show each setting and where it comes from, and stop");
    if (name == "migrate")
        command.app->add_flag("--dry-run", command.dry_run, "Show what would be applied, and stop");
    if (name == "simulate") add_simulation(command);
}

void CommandTree::add_simulation(ServerCommand& command) {
    command.app->add_option("--from", command.from, "Occurrences at or after this")
        ->type_name("TIME")
        ->required();
    command.app->add_option("--to", command.to, "Occurrences before this")
        ->type_name("TIME")
        ->required();
    command.app
        ->add_option("--outage", command.outages, "Nothing runs in this period; may be repeated")
        ->type_name("TIME..TIME")
        ->allow_extra_args(false);
    command.app->add_option("--run-seconds", command.run_seconds, "How long each run takes")
        ->type_name("0")
        ->check(CLI::Range(0, 1'000'000));
    command.app->add_option("--lines", command.lines, "Lines for each task")
        ->type_name("50")
        ->check(CLI::Range(0, 100'000));
}

void CommandTree::add_client(const operations::Operation& operation, const std::string& schema) {
    auto& command = *clients_.emplace_back(std::make_unique<ClientCommand>());
    auto parsed = parse_json(schema);
    CHECK(parsed.ok());
    command.operation = &operation;
    command.schema = std::move(*parsed);
    command.app =
        add(std::string(operation.cli), std::string(operation.summary), example_of(operation));
    const Adjustment& adjustment = adjustment_of(operation.id);
    const std::vector<std::string> path = path_names(operation.path);
    for (const std::string& name : path)
        if (const JsonValue* member = member_schema(command.schema, name))
            add_member(command, name, *member, true, true);
    for (const std::string_view name : adjustment.places)
        if (const JsonValue* member = member_schema(command.schema, name))
            add_member(command, std::string(name), *member, true,
                       adjustment.file != FileUse::kOption && type_of(*member) == "string");
    if (const JsonValue* properties = find(command.schema, "properties"))
        for (const auto& property : properties->GetObject()) {
            const std::string name(view(property.name));
            if (std::find(path.begin(), path.end(), name) != path.end() ||
                contains(adjustment.places, name) || contains(adjustment.hidden, name))
                continue;
            // What a file can hold need not be given beside it; the server says what is missing.
            const bool required = adjustment.file != FileUse::kOption &&
                                  requires_member(command.schema, name) &&
                                  operation.id != "schedules.preview";
            add_member(command, name, *member_schema(command.schema, name), false, required);
        }
    if (adjustment.file == FileUse::kOption)
        command.app->add_option("-f,--file", command.file, "YAML or JSON file; - is standard input")
            ->type_name("FILE");
    if (adjustment.file == FileUse::kPlace || adjustment.file == FileUse::kOptionalPlace)
        command.app->add_option("FILE", command.file, "YAML or JSON file; - is standard input")
            ->type_name("")
            ->required(adjustment.file == FileUse::kPlace);
    if (operation.id == "tasks.run_now")
        command.app->add_flag("--wait", command.wait, "Wait for the run to end, and show it");
    if (operation.id == "runs.logs")
        command.app->add_flag("-f,--follow", command.follow, "Go on until the run ends");
}

void CommandTree::add_member(ClientCommand& command, const std::string& name,
                             const JsonValue& schema, bool by_place, bool required) {
    const std::string help(string_or(schema, "description", ""));
    const std::string_view type = type_of(schema);
    if (type == "boolean" && !by_place) {
        command.app->add_flag(option_names(command.operation->id, name), command.switches[name],
                              help);
        return;
    }
    CLI::Option* option =
        command.app->add_option(by_place ? upper(name) : option_names(command.operation->id, name),
                                command.values[name], help);
    const bool from_file = contains(adjustment_of(command.operation->id).from_files, name);
    option->type_name(by_place    ? ""
                      : from_file ? "FILE"
                                  : type_name(type))
        ->required(required)
        ->expected(1)
        ->allow_extra_args(false);
    if (type == "array")
        option->delimiter(',')->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

const CLI::App* innermost(const CLI::App& root) {
    const CLI::App* app = &root;
    while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
    return app;
}

// What is wrong with the words that fit nowhere, or empty.
std::string CommandTree::complaint() const {
    const CLI::App* chosen = innermost(root_);
    const std::vector<std::string> rest = root_.remaining(true);
    const bool is_group = !chosen->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (rest.empty()) return "";
    const std::string& word = rest.front();
    if (word.starts_with('-')) {
        std::vector<std::string> known = option_names_of(*chosen);
        for (const std::string& name : option_names_of(root_)) known.push_back(name);
        return fmt::format("there is no option {}{}", word,
                           did_you_mean(word.substr(0, word.find('=')), views(known)));
    }
    if (is_group)
        return fmt::format("there is no command '{}'{}", word,
                           did_you_mean(word, views(subcommand_names(*chosen))));
    return fmt::format("'{}' is one word too many{}", word,
                       did_you_mean(word, views(subcommand_names(root_))));
}

std::optional<int> CommandTree::parse(const std::vector<std::string>& arguments, Console& console) {
    const auto refuse = [&](const std::string& message) {
        const std::string words = chosen();
        console.err << fmt::format("ordinaut: {}\n  `ordinaut {}{}--help` tells more\n",
                                   printable(message), words, words.empty() ? "" : " ");
        return kExitUsage;
    };
    try {
        root_.parse(std::vector<std::string>(arguments.rbegin(),
                                             arguments.rend()));  // The parser takes from the back.
    } catch (const CLI::CallForHelp&) {
        console.out << root_.help();
        return kExitOk;
    } catch (const CLI::ParseError& fault) {
        const std::string better = complaint();
        return refuse(better.empty() ? fault.what() : better);
    }
    if (const std::string fault = complaint(); !fault.empty()) return refuse(fault);
    const CLI::App* app = innermost(root_);
    if (app->get_subcommands([](const CLI::App*) { return true; }).empty()) return std::nullopt;
    console.err << root_.help();
    return kExitUsage;
}

ClientCommand* CommandTree::client() const {
    for (const auto& command : clients_)
        if (command->app == innermost(root_)) return command.get();
    return nullptr;
}

ServerCommand* CommandTree::server() const {
    for (const auto& command : servers_)
        if (command->app == innermost(root_)) return command.get();
    return nullptr;
}

std::string CommandTree::chosen() const {
    std::string words;
    for (const CLI::App* app = &root_; !app->get_subcommands().empty();) {
        app = app->get_subcommands().front();
        words += (words.empty() ? "" : " ") + app->get_name();
    }
    return words;
}

}  // namespace ordinaut::cli
