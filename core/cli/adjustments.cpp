#include "cli/adjustments.h"

#include <fmt/format.h>

#include "cli/request.h"

namespace ordinaut::cli {
namespace {

const std::vector<Adjustment>& table() {
    static const std::vector<Adjustment> kTable = {
        {.operation = "tasks.create",
         .file = FileUse::kOption,
         .example = "task create -f morning.yaml"},
        {.operation = "tasks.update", .file = FileUse::kOption},
        {.operation = "tasks.run_now",
         .example = "task run 0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10 --wait"},
        {.operation = "tasks.snooze", .places = {"delay_seconds"}},
        {.operation = "runs.logs", .example = "run logs 0190a6b0-7c1e-7b5a-9f00-3b1c5a7e2d10 -f"},
        {.operation = "schedules.preview",
         .places = {"schedule_expr"},
         .example = "preview \"FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=8;BYMINUTE=0\" --tz Europe/Chisinau"},
        {.operation = "pipelines.eval",
         .places = {"expression"},
         .hidden = {"data"},
         .file = FileUse::kOptionalPlace,
         .example = "eval \"items[?n > \\`1\\`].name\" data.json"},
        {.operation = "pipelines.render",
         .hidden = {"payload"},
         .file = FileUse::kPlace,
         .example = "render morning.yaml"},
        {.operation = "pipelines.validate",
         .hidden = {"payload"},
         .file = FileUse::kPlace,
         .example = "validate morning.yaml"},
        {.operation = "calendars.put", .from_files = {"ical"}},
        {.operation = "secrets.put",
         .hidden = {"value"},
         .example = "secret set WEATHER_KEY < key.txt"},
        {.operation = "tools.invoke",
         .places = {"input"},
         .file = FileUse::kOption,
         .example = "tool invoke std.echo '{\"text\":\"hi\"}'"},
        {.operation = "extensions.grant",
         .places = {"capabilities"},
         .example = "ext grant my_ext TOOLS,ROUTES --scopes tasks:read"},
        {.operation = "extensions.revoke",
         .places = {"capabilities"},
         .example = "ext revoke my_ext ROUTES"},
        {.operation = "extensions.configure",
         .places = {"config"},
         .example = "ext configure my_ext '{\"greeting\":\"hi\"}'"},
        {.operation = "events.publish", .places = {"topic", "payload"}},
    };
    return kTable;
}

std::string shell_quoted(std::string_view word) {
    constexpr std::string_view kSafe =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.,:/@+=";
    if (!word.empty() && word.find_first_not_of(kSafe) == std::string_view::npos)
        return std::string(word);
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'')
            out += "'\\''";
        else
            out += c;
    }
    return out + "'";
}

std::string word_of(const JsonValue& value) {
    if (value.IsString()) return shell_quoted(view(value));
    if (!value.IsArray()) return shell_quoted(to_json(value));
    std::string words;
    for (const auto& item : value.GetArray())
        words += (words.empty() ? "" : ",") +
                 (item.IsString() ? std::string(view(item)) : to_json(item));
    return shell_quoted(words);
}

bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const Adjustment& adjustment_of(std::string_view operation) {
    static const Adjustment kNone;
    for (const Adjustment& adjustment : table())
        if (adjustment.operation == operation) return adjustment;
    return kNone;
}

std::string option_names(std::string_view operation, std::string_view member) {
    if (member == "timezone") return "--tz,--timezone";
    if (operation == "schedules.preview" && member == "schedule_kind")
        return "--kind,--schedule-kind";
    return option_of(member);
}

std::string example_of(const operations::Operation& operation) {
    const Adjustment& adjustment = adjustment_of(operation.id);
    if (!adjustment.example.empty()) return std::string(adjustment.example);
    std::string line(operation.cli);
    const auto input = parse_json(operation.example.empty() ? "{}" : operation.example);
    if (!input.ok()) return line;
    std::vector<std::string> places = path_names(operation.path);
    places.insert(places.end(), adjustment.places.begin(), adjustment.places.end());
    for (const std::string& place : places)
        if (const JsonValue* value = find(*input, place)) line += " " + word_of(*value);
    for (const auto& member : input->GetObject()) {
        const std::string_view name = view(member.name);
        if (std::find(places.begin(), places.end(), name) != places.end()) continue;
        const std::string option = option_names(operation.id, name);
        line += " " + option.substr(0, option.find(','));
        if (member.value.IsBool())
            line += member.value.IsTrue() ? "" : "=false";
        else
            line += " " + word_of(member.value);
    }
    return line;
}

std::string_view guess_schedule_kind(std::string_view expression) {
    std::string upper(expression);
    for (char& c : upper) c = static_cast<char>(toupper(static_cast<unsigned char>(c)));
    if (upper.starts_with('@')) return "cron";
    for (const std::string_view word : {"FREQ=", "RRULE", "DTSTART", "RDATE"})
        if (upper.find(word) != std::string::npos) return "rrule";
    const size_t dash = upper.find('-');
    if (dash == 4 && std::all_of(upper.begin(), upper.begin() + 4, digit)) return "once";
    if (upper.size() >= 8 && std::all_of(upper.begin(), upper.begin() + 8, digit)) return "once";
    size_t fields = 0;
    for (size_t i = 0; i < upper.size(); ++i)
        if (upper[i] != ' ' && (i == 0 || upper[i - 1] == ' ')) ++fields;
    return fields == 5 || fields == 6 ? "cron" : "";
}

}  // namespace ordinaut::cli
