#include "cli/client_commands.h"

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <ostream>
#include <thread>

#include "cli/adjustments.h"
#include "cli/client.h"
#include "cli/files.h"
#include "cli/show.h"
#include "cli/yaml.h"

namespace ordinaut::cli {
namespace {

using namespace std::chrono_literals;

constexpr size_t kFileBytesMax = 1 << 20;
constexpr auto kPollFirst = 50ms;
constexpr auto kPollMax = 1000ms;
constexpr size_t kPrefixMin = 4;

// One command on its way.
struct Errand {
    const ClientCommand& command;
    const CommonOptions& common;
    const Declarations& declarations;
    Console& console;
    Client client;

    const operations::Operation* operation(std::string_view id) const {
        for (const auto& one : declarations.operations)
            if (one.id == id) return &one;
        return nullptr;
    }
};

ClientOptions client_options(const CommonOptions& common, const Console& console) {
    std::string data_dir =
        common.data_dir.empty() ? console.variable("ORDINAUT_DATA_DIR") : common.data_dir;
    if (data_dir.empty()) data_dir = default_data_dir(console.environment);
    return {.server = common.server, .token = common.token, .data_dir = std::move(data_dir)};
}

// Asks on the terminal without showing what is typed; else reads standard input, without a final
// line end.
Result<std::string> read_secret(const Console& console) {
    if (!console.in_terminal) {
        std::string text = TRY(read_text("-", kFileBytesMax));
        if (text.ends_with('\n')) text.pop_back();
        if (text.ends_with('\r')) text.pop_back();
        if (text.empty())
            return Error{ErrorCode::kInvalid,
                         "standard input is empty; give the secret's value there"};
        return text;
    }
    console.err << "Value (not shown): " << std::flush;
    termios shown{};
    tcgetattr(STDIN_FILENO, &shown);
    termios hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::string text;
    std::getline(std::cin, text);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    console.err << '\n';
    if (text.empty()) return Error{ErrorCode::kInvalid, "no value was given"};
    return text;
}

// The file in the form the operation's input has.
Result<std::optional<Json>> read_file(const Errand& errand) {
    const FileUse use = adjustment_of(errand.command.operation->id).file;
    std::string path = errand.command.file;
    if (path.empty() && use == FileUse::kOptionalPlace && !errand.console.in_terminal) path = "-";
    if (path.empty()) {
        if (use != FileUse::kOptionalPlace) return std::optional<Json>();
        return std::optional<Json>(TRY(parse_json(R"({"data":null})")));
    }
    Json json = TRY(parse_document(path, TRY(read_text(path, kFileBytesMax))));
    if (use == FileUse::kOption) return std::optional<Json>(std::move(json));
    // A task's file serves too: its payload is what is rendered.
    const bool is_eval = use == FileUse::kOptionalPlace;
    const JsonValue* payload = is_eval ? nullptr : find(json, "payload");
    Json input(rapidjson::kObjectType);
    input.AddMember(rapidjson::StringRef(is_eval ? "data" : "payload"),
                    JsonValue(payload == nullptr ? static_cast<const JsonValue&>(json) : *payload,
                              input.GetAllocator()),
                    input.GetAllocator());
    return std::optional<Json>(std::move(input));
}

// A full id from how one begins or ends: of runs the server finds them, of tasks it must be among
// the latest 200.
Result<std::string> whole_id(Errand& errand, const std::string& member, const std::string& text) {
    const std::string list_id = member == "task_id"  ? "tasks.list"
                                : member == "run_id" ? "runs.list"
                                                     : "";
    const operations::Operation* list = list_id.empty() ? nullptr : errand.operation(list_id);
    if (list == nullptr || is_id(text) || text.size() < kPrefixMin ||
        text.find_first_not_of("0123456789abcdefABCDEF-") != std::string::npos)
        return text;
    const bool asked = member == "run_id";
    const Response response = TRY(errand.client.send(
        {"GET", std::string(list->path) + "?limit=200" + (asked ? "&id=" + text : ""), ""}));
    const auto body = parse_json(response.body, {.bytes_max = 64 << 20});
    const JsonValue* items = body.ok() && response.status == 200 ? find(*body, "items") : nullptr;
    if (items == nullptr || !items->IsArray()) return text;
    std::string found, part = text;
    std::transform(part.begin(), part.end(), part.begin(), ::tolower);  // As ids are.
    for (const auto& item : items->GetArray()) {
        const std::string_view id = string_or(item, "id", "");
        if (!id.starts_with(part) && !id.ends_with(part)) continue;
        if (!found.empty())
            return Error{
                ErrorCode::kInvalid,
                fmt::format("more than one id begins or ends with '{}', {} and {}; give more of it",
                            text, found, id)};
        found = id;
    }
    if (found.empty())
        return not_found(asked ? fmt::format("no run has an id that begins or ends with '{}'", text)
                               : fmt::format("no id begins or ends with '{}' among the latest {}",
                                             text, items->Size()));
    return found;
}

Result<Request> prepare(Errand& errand) {
    const operations::Operation& operation = *errand.command.operation;
    Given given{.values = errand.command.given()};
    given.document = TRY(read_file(errand));
    if (operation.id == "schedules.preview" && !given.values.contains("schedule_kind")) {
        const std::string& expression = given.values["schedule_expr"].front();
        const std::string_view kind = guess_schedule_kind(expression);
        if (kind.empty())
            return Error{
                ErrorCode::kInvalid,
                fmt::format("'{}' looks like no RRULE (FREQ=…), cron line (5 or 6 fields) or time "
                            "(2026-03-01T08:00); say which it is with --kind",
                            expression)};
        given.values["schedule_kind"] = {std::string(kind)};
    }
    for (const std::string_view name : adjustment_of(operation.id).from_files)
        if (const auto it = given.values.find(std::string(name)); it != given.values.end())
            it->second.front() = TRY(read_text(it->second.front(), kFileBytesMax));
    if (operation.id == "secrets.put") given.values["value"] = {TRY(read_secret(errand.console))};
    for (const std::string& name : path_names(operation.path))
        if (const auto it = given.values.find(name);
            it != given.values.end() && !it->second.empty())
            it->second.front() = TRY(whole_id(errand, name, it->second.front()));
    return build_request(operation, TRY(build_input(operation, errand.command.schema, given)));
}

bool has_ended(std::string_view state) {
    for (const std::string_view end : {"succeeded", "failed", "timed_out", "canceled", "expired"})
        if (state == end) return true;
    return false;
}

// Between two looks at the server: short at first, so that quick runs feel quick.
class Patience {
public:
    void wait() {
        std::this_thread::sleep_for(next_);
        next_ = std::min<std::chrono::milliseconds>(next_ * 3 / 2, kPollMax);
    }

private:
    std::chrono::milliseconds next_ = kPollFirst;
};

Result<Response> get(Errand& errand, const std::string& target) {
    return errand.client.send({"GET", target, ""});
}

// Follows the run that `started` tells of to its end and shows it. The exit code tells whether it
// succeeded.
int wait_for_run(Errand& errand, const Response& started) {
    const auto body = parse_json(started.body);
    const std::string id(body.ok() ? string_or(*body, "id", "") : "");
    const operations::Operation* show = errand.operation("runs.get");
    if (id.empty() || show == nullptr)
        return show_error(errand.console, internal("the server did not say which run it started"));
    const bool progress = errand.console.err_terminal && !errand.common.json;
    for (Patience patience;; patience.wait()) {
        const auto response = get(errand, "/runs/" + id);
        if (!response.ok()) return show_error(errand.console, response.error());
        const auto run = parse_json(response->body, {.bytes_max = 64 << 20});
        const std::string_view state = run.ok() ? string_or(*run, "state", "") : "";
        if (progress)
            errand.console.err << fmt::format("\r\x1b[K{} {}", id, printable(state)) << std::flush;
        if (response->status == 200 && !has_ended(state)) continue;
        if (progress) errand.console.err << "\r\x1b[K" << std::flush;
        const int code = show_response(errand.console, *show, *response, errand.common.json);
        return code == kExitOk && state != "succeeded" ? kExitFailed : code;
    }
}

// Prints lines as they come until the run has ended and all are printed.
int follow_log(Errand& errand, const Request& first) {
    const std::string run = first.target.substr(0, first.target.find("/logs"));
    int64_t after = 0;
    for (Patience patience;; patience.wait()) {
        // Asked first: lines written before the end are there when the end is seen.
        const auto state = get(errand, run);
        if (!state.ok()) return show_error(errand.console, state.error());
        if (state->status != 200) return show_error_response(errand.console, *state);
        const auto json = parse_json(state->body, {.bytes_max = 64 << 20});
        const bool ended = !json.ok() || has_ended(string_or(*json, "state", ""));
        for (bool more = true; more;) {
            const auto lines = get(errand, fmt::format("{}/logs?after={}&limit=1000", run, after));
            if (!lines.ok()) return show_error(errand.console, lines.error());
            if (lines->status != 200) return show_error_response(errand.console, *lines);
            const auto page = parse_json(lines->body, {.bytes_max = 64 << 20});
            const JsonValue* items = page.ok() ? find(*page, "items") : nullptr;
            const JsonValue* next = page.ok() ? find(*page, "next_after") : nullptr;
            more = items != nullptr && items->IsArray() && !items->Empty() && next != nullptr &&
                   next->IsInt64();
            if (!more) break;
            for (const auto& line : items->GetArray()) {
                if (errand.common.json)
                    errand.console.out << to_json(line) << '\n';
                else
                    show_log_line(errand.console, line);
            }
            after = next->GetInt64();
        }
        errand.console.out << std::flush;
        if (ended) return kExitOk;
    }
}

}  // namespace

int run_client(const ClientCommand& command, const CommonOptions& common,
               const Declarations& declarations, Console& console) {
    Errand errand{command, common, declarations, console,
                  Client(client_options(common, console), console.environment)};
    const auto request = prepare(errand);
    if (!request.ok()) return show_error(console, request.error());
    if (command.follow) return follow_log(errand, *request);
    const auto response = errand.client.send(*request);
    if (!response.ok()) return show_error(console, response.error());
    if (command.wait && response->status < 300) return wait_for_run(errand, *response);
    return show_response(console, *command.operation, *response, common.json);
}

int run_agent_token(const CommonOptions& common, Console& console) {
    Client client(client_options(common, console), console.environment);
    const auto token = client.token();
    if (!token.ok()) return show_error(console, token.error());
    if (common.json)
        console.out << JsonWriter().begin_object().field("access_token", *token).end_object().take()
                    << '\n';
    else
        console.out << *token << '\n';
    return kExitOk;
}

}  // namespace ordinaut::cli
