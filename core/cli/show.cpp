#include "cli/show.h"

#include <fmt/format.h>

#include <ostream>

#include "cli/calendar.h"
#include "cli/yaml.h"

namespace ordinaut::cli {
namespace {

// Columns of the lists that have them chosen; "a.b" reads inside. Others show what is scalar in
// their first item.
const std::vector<std::string_view>& columns_of(std::string_view output) {
    static const std::map<std::string_view, std::vector<std::string_view>> columns = {
        {"TaskList",
         {"id", "status", "schedule_kind", "schedule_expr", "timezone", "next_run_at", "title"}},
        {"RunList",
         {"id", "task_id", "state", "attempt", "source", "started_at", "finished_at",
          "error.message"}},
        {"RunTimeline",
         {"at", "total", "succeeded", "failed", "canceled", "live", "lateness_seconds_p95",
          "duration_seconds_p95"}},
        {"Extensions", {"id", "version", "state", "source", "grants", "reason"}},
        {"Tools", {"name", "effect", "extension_id", "description"}},
        {"AgentList", {"id", "name", "enabled", "scopes"}},
        {"SecretList", {"name", "shared", "created_at", "updated_at"}},
        {"CalendarList", {"name", "kind", "timezone", "version", "updated_at"}},
        {"TaskOccurrences",
         {"local", "status", "reason", "count", "last_at", "run_id", "run_state"}},
        {"Workers", {"name", "roles", "alive", "running", "completed", "seen_at"}},
        {"RunEvents", {"at", "from", "to", "actor", "reason"}},
    };
    static const std::vector<std::string_view> kNone;
    const auto it = columns.find(output);
    return it == columns.end() ? kNone : it->second;
}

const JsonValue* inside(const JsonValue& item, std::string_view path) {
    const size_t dot = path.find('.');
    const JsonValue* value = find(item, path.substr(0, dot));
    return value == nullptr || dot == std::string_view::npos ? value
                                                             : inside(*value, path.substr(dot + 1));
}

std::string cell(const JsonValue* value) {
    if (value == nullptr || value->IsNull()) return "-";
    if (value->IsString()) return value->GetStringLength() == 0 ? "-" : printable(view(*value));
    if (!value->IsArray()) return printable(to_json(*value));
    std::string text;
    for (const auto& item : value->GetArray()) text += (text.empty() ? "" : ", ") + cell(&item);
    return text.empty() ? "-" : text;
}

std::string title_of(std::string_view column) {
    std::string title(column.substr(0, column.find('.')));
    for (char& c : title)
        c = c == '_' ? ' ' : static_cast<char>(toupper(static_cast<unsigned char>(c)));
    return title;
}

void show_list(Console& console, const JsonValue& items, std::string_view output) {
    std::vector<std::string_view> columns = columns_of(output);
    if (columns.empty() && !items.Empty() && items[0].IsObject())
        for (const auto& member : items[0].GetObject())
            if (!member.value.IsObject() && !member.value.IsArray())
                columns.push_back(view(member.name));
    if (items.Empty() || columns.empty()) {
        console.out << "none\n";
        return;
    }
    std::vector<std::string> titles;
    titles.reserve(columns.size());
    for (const auto column : columns) titles.push_back(title_of(column));
    std::vector<std::vector<std::string>> rows;
    for (const auto& item : items.GetArray()) {
        auto& row = rows.emplace_back();
        for (const auto column : columns) row.push_back(cell(inside(item, column)));
    }
    print_table(console, titles, rows);
}

void show_page_end(Console& console, const JsonValue& list, const JsonValue& items) {
    const JsonValue* more = find(list, "has_more");
    if (more == nullptr || !more->IsTrue()) return;
    const JsonValue* offset = find(list, "offset");
    const JsonValue* total = find(list, "total");
    if (offset == nullptr || total == nullptr) return;
    console.err << fmt::format("{} of {}; --offset {} shows more\n", items.Size(), cell(total),
                               offset->GetInt64() + items.Size());
}

// "2027-01-04"; nothing when it is no date.
std::optional<std::chrono::sys_days> date_of(std::string_view text) {
    const auto number = [&](size_t at, size_t length) {
        int value = 0;
        for (const char c : text.substr(at, length))
            value = c < '0' || c > '9' ? -1 : value * 10 + (c - '0');
        return value;
    };
    if (text.size() != 10) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(unsigned(number(5, 2))),
                                           std::chrono::day(unsigned(number(8, 2)))};
    return date.ok() ? std::optional(std::chrono::sys_days(date)) : std::nullopt;
}

void show_calendar(Console& console, const JsonValue& calendar) {
    std::map<std::chrono::sys_days, int> runs;
    int64_t total = 0;
    bool more = false;
    if (const JsonValue* days = find(calendar, "days"); days != nullptr && days->IsArray())
        for (const auto& day : days->GetArray()) {
            const auto date = date_of(string_or(day, "date", ""));
            const JsonValue* count = find(day, "runs");
            if (!date || count == nullptr || !count->IsInt()) continue;
            runs[*date] = count->GetInt();
            total += count->GetInt();
            more = more || count->GetInt() >= 100;  // The server counts no further.
        }
    const JsonValue* year = find(calendar, "year");
    print_year(console, std::chrono::year(year != nullptr && year->IsInt() ? year->GetInt() : 1),
               runs);
    console.out << fmt::format("\n* runs on {} day{}, {}{} time{} in all\n", runs.size(),
                               runs.size() == 1 ? "" : "s", more ? "at least " : "", total,
                               total == 1 ? "" : "s");
}

void show_preview(Console& console, const JsonValue& preview) {
    if (const JsonValue* words = find(preview, "description"))
        console.out << printable(string_or(*words, "en", "")) << "\n\n";
    const JsonValue* calendar = find(preview, "calendar");
    if (calendar != nullptr && calendar->IsObject())
        show_calendar(console, *calendar);
    else if (const JsonValue* occurrences = find(preview, "occurrences")) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& item : occurrences->GetArray())
            rows.push_back({cell(find(item, "local")), cell(find(item, "utc"))});
        if (rows.empty())
            console.out << "It never fires.\n";
        else
            print_table(console, {"LOCAL", "UTC"}, rows);
    }
    if (const JsonValue* warnings = find(preview, "warnings"))
        for (const auto& warning : warnings->GetArray())
            console.out << styled(console, "warning: " + cell(&warning), Style::kBusy) << '\n';
}

// One row for each group of each stream.
void show_extension_events(Console& console, const JsonValue& events) {
    const auto items = [](const JsonValue& value, std::string_view name) {
        static const Json kNone(rapidjson::kArrayType);
        const JsonValue* list = find(value, name);
        return (list != nullptr && list->IsArray() ? *list : kNone).GetArray();
    };
    std::vector<std::vector<std::string>> rows;
    for (const auto& stream : items(events, "streams")) {
        const std::string_view ns = string_or(stream, "namespace", "");
        const std::vector<std::string> first = {ns.empty() ? "(spine)" : printable(ns),
                                                cell(find(stream, "topic")),
                                                cell(find(stream, "events"))};
        const auto groups = items(stream, "groups");
        for (const auto& group : groups) {
            auto& row = rows.emplace_back(first);
            row[1] = cell(find(group, "topic"));
            for (const auto name : {"group", "pending", "lag", "last_delivered_id"})
                row.push_back(cell(find(group, name)));
        }
        if (groups.Empty()) rows.emplace_back(first).resize(7, "-");
    }
    const std::string_view message = string_or(events, "message", "");
    console.out << printable(string_or(events, "status", ""))
                << (message.empty() ? "" : ": " + printable(message)) << '\n';
    if (rows.empty()) return;
    console.out << '\n';
    print_table(console,
                {"NAMESPACE", "TOPIC", "EVENTS", "GROUP", "PENDING", "LAG", "LAST DELIVERED"},
                rows);
}

int show_health(Console& console, const JsonValue& health) {
    const std::string_view status = string_or(health, "status", "");
    console.out << fmt::format("{}  Ordinaut {}\n",
                               styled(console, printable(status), style_of_state(status)),
                               printable(string_or(health, "version", "")));
    if (const JsonValue* checks = find(health, "checks"); checks != nullptr && checks->IsArray()) {
        console.out << '\n';
        show_list(console, *checks, "");
    }
    return status == "down" ? kExitUnavailable : kExitOk;
}

int show_value(Console& console, std::string_view output, const JsonValue& value) {
    if (output == "Preview") return show_preview(console, value), kExitOk;
    if (output == "Health") return show_health(console, value);
    if (output == "ExtensionEvents") return show_extension_events(console, value), kExitOk;
    if (output == "RunLogs") {
        if (const JsonValue* lines = find(value, "items"))
            for (const auto& line : lines->GetArray()) show_log_line(console, line);
        return kExitOk;
    }
    // The result itself, as JSON: it goes on into other programs.
    if (const JsonValue* result = find(value, "result");
        output == "EvalResult" && result != nullptr) {
        console.out << to_json(*result) << '\n';
        return kExitOk;
    }
    const JsonValue* items = value.IsArray() ? &value : find(value, "items");
    if (items != nullptr && items->IsArray() && output != "ToolOutput") {
        show_list(console, *items, output);
        show_page_end(console, value, *items);
        return kExitOk;
    }
    console.out << to_yaml(value);
    return kExitOk;
}

// An error with one detail is often that detail: it is said once.
void show_detail(Console& console, std::string_view error, std::string_view pointer,
                 std::string_view message) {
    const std::string line = fmt::format("{}: {}", pointer, message);
    if (line != error) console.err << "  " << printable(line) << '\n';
}

}  // namespace

int exit_code(const Error& error) {
    switch (error.code) {
        case ErrorCode::kMalformed:
        case ErrorCode::kInvalid:
        case ErrorCode::kTooLarge: return kExitUsage;
        case ErrorCode::kUnauthenticated:
        case ErrorCode::kDenied: return kExitDenied;
        case ErrorCode::kNotFound: return kExitNotFound;
        case ErrorCode::kUnavailable: return kExitUnavailable;
        default: return kExitFailed;
    }
}

int exit_code(int http_status) {
    if (http_status < 400) return kExitOk;
    if (http_status == 401 || http_status == 403) return kExitDenied;
    if (http_status == 404) return kExitNotFound;
    return http_status == 502 || http_status == 503 || http_status == 504 ? kExitUnavailable
                                                                          : kExitFailed;
}

int show_error(Console& console, const Error& error) {
    console.err << "ordinaut: " << printable(error.message) << '\n';
    for (const ErrorDetail& detail : error.details)
        show_detail(console, error.message, detail.pointer, detail.message);
    return exit_code(error);
}

int show_error_response(Console& console, const Response& response) {
    const auto body = parse_json(response.body, {.bytes_max = 16 << 20});
    const std::string_view message = body.ok() ? string_or(*body, "message", "") : "";
    console.err << "ordinaut: "
                << (message.empty()
                        ? fmt::format("the server answered {} without saying why", response.status)
                        : printable(message))
                << '\n';
    const JsonValue* details = body.ok() ? find(*body, "details") : nullptr;
    if (details != nullptr && details->IsArray()) {
        for (const auto& detail : details->GetArray())
            show_detail(console, message, string_or(detail, "pointer", ""),
                        string_or(detail, "message", ""));
    } else if (details != nullptr && !string_or(*details, "missing_scope", "").empty()) {
        console.err << fmt::format("  missing scope: {}\n",
                                   printable(string_or(*details, "missing_scope", "")));
    }
    if (response.status == 401)
        console.err << "  give --token, set ORDINAUT_TOKEN, or name the data directory of "
                       "`ordinaut up` with --data-dir\n";
    return exit_code(response.status);
}

void show_log_line(Console& console, const JsonValue& line) {
    const std::string level(string_or(line, "level", ""));
    const Style style = level == "error"  ? Style::kBad
                        : level == "warn" ? Style::kBusy
                                          : Style::kPlain;
    console.out << fmt::format("{} {} {}  {}", printable(string_or(line, "at", "")),
                               styled(console, fmt::format("{:<5}", level), style),
                               cell(find(line, "step_id")),
                               printable(string_or(line, "message", "")));
    if (const JsonValue* fields = find(line, "fields");
        fields != nullptr && fields->IsObject() && fields->MemberCount() > 0)
        console.out << "  " << printable(to_json(*fields));
    console.out << '\n';
}

int show_response(Console& console, const operations::Operation& operation,
                  const Response& response, bool json) {
    if (json && !response.body.empty())
        console.out << response.body << (response.body.ends_with('\n') ? "" : "\n");
    if (response.status >= 400) return show_error_response(console, response);
    if (json) return kExitOk;
    if (response.body.empty()) {
        console.out << "done\n";
        return kExitOk;
    }
    const auto body = parse_json(response.body, {.bytes_max = 64 << 20});
    if (!body.ok()) {
        console.out << response.body << '\n';
        return kExitOk;
    }
    return show_value(console, operation.output, *body);
}

}  // namespace ordinaut::cli
