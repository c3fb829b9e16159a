#include "condition/source.h"

#include "base/nearest.h"
#include "jmespath/expression.h"
#include "model/name_table.h"

namespace ordinaut::condition {
namespace {

constexpr NameTable<SourceKind, 4> kKinds{{"http", "queue", "task", "tool"}};
constexpr std::string_view kHttpTool = "http.request";

// Members beside `kind`.
std::vector<std::string_view> members_of(SourceKind kind) {
    switch (kind) {
        case SourceKind::kHttp:
            return {"url",           "method",    "headers",         "query",
                    "json",          "body",      "timeout_seconds", "follow_redirects",
                    "max_redirects", "max_bytes", "fail_on_status"};
        case SourceKind::kQueue: return {};
        case SourceKind::kTask: return {"task_id"};
        case SourceKind::kTool: return {"tool", "input"};
    }
    return {};
}

using Problems = std::vector<ErrorDetail>;

void check_members(const JsonValue& value, SourceKind kind, std::string_view pointer,
                   Problems& problems) {
    const auto known = members_of(kind);
    for (const auto& member : value.GetObject()) {
        const std::string_view name = view(member.name);
        if (name == "kind" || std::find(known.begin(), known.end(), name) != known.end()) continue;
        problems.push_back(
            {pointer_child(pointer, name), "a source of kind '" + std::string(kKinds.name(kind)) +
                                               "' has no such member" + did_you_mean(name, known)});
    }
}

// The text member `name`, which must be there.
std::string required(const JsonValue& value, std::string_view name, std::string_view pointer,
                     std::string_view what, Problems& problems) {
    const JsonValue* member = find(value, name);
    if (member == nullptr || !member->IsString() || member->GetStringLength() == 0) {
        problems.push_back({pointer_child(pointer, name), "must be " + std::string(what)});
        return {};
    }
    return std::string(view(*member));
}

// The input of a tool: the source itself without `kind`, or what it holds as `input`.
Json input_of(const JsonValue& value, SourceKind kind) {
    Json input;
    input.SetObject();
    auto& memory = input.GetAllocator();
    if (kind == SourceKind::kTool) {
        if (const JsonValue* given = find(value, "input")) input.CopyFrom(*given, memory);
        return input;
    }
    for (const auto& member : value.GetObject())
        if (view(member.name) != "kind")
            input.AddMember(JsonValue(member.name, memory), JsonValue(member.value, memory),
                            memory);
    return input;
}

void add(Problems& problems, const Error& error, std::string_view pointer) {
    if (error.details.empty())
        problems.push_back({std::string(pointer), error.message});
    else
        problems.insert(problems.end(), error.details.begin(), error.details.end());
}

}  // namespace

std::string_view name_of(SourceKind value) { return kKinds.name(value); }

std::vector<std::string> Source::secrets() const {
    std::vector<std::string> names;
    for (const auto& piece : input_.pieces())
        if (piece.expression)
            names.insert(names.end(), piece.expression->secret_names().begin(),
                         piece.expression->secret_names().end());
    return names;
}

Result<Source> Source::parse(const JsonValue& value, std::string_view pointer,
                             const tool::Catalogue* tools) {
    const std::string_view word = string_or(value, "kind", "");
    const auto kind = kKinds.find(word);
    if (!kind)
        return invalid(pointer_child(pointer, "kind"),
                       "must be http, queue, task or tool" +
                           did_you_mean(word, {kKinds.names.begin(), kKinds.names.end()}));
    Problems problems;
    check_members(value, *kind, pointer, problems);
    Source source;
    source.kind_ = *kind;
    if (*kind == SourceKind::kTask) {
        source.task_id_ = required(value, "task_id", pointer, "the id of a task", problems);
        if (!source.task_id_.empty() && !is_id(source.task_id_))
            problems.push_back({pointer_child(pointer, "task_id"), "must be a UUID"});
    }
    if (*kind == SourceKind::kHttp) {
        source.tool_ = kHttpTool;
        required(value, "url", pointer, "an http:// or https:// address", problems);
    }
    std::string input_pointer(pointer);
    if (*kind == SourceKind::kTool) {
        source.tool_ = required(value, "tool", pointer,
                                "the name of a tool, as GET /tools lists it", problems);
        input_pointer = pointer_child(pointer, "input");
        const JsonValue* input = find(value, "input");
        if (input != nullptr && !input->IsObject())
            problems.push_back({input_pointer, "must be an object"});
        const auto known = tools != nullptr ? tools->find(source.tool_) : nullptr;
        if (known != nullptr && known->spec().effect == tool::Effect::kAtMostOnce)
            problems.push_back({pointer_child(pointer, "tool"),
                                "'" + source.tool_ +
                                    "' changes something with every call; a condition may only ask "
                                    "tools whose effect is pure or idempotent"});
    }
    if (problems.empty() && !source.tool_.empty()) {
        auto input = pipeline::Template::compile(input_of(value, *kind), input_pointer);
        if (input.ok())
            source.input_ = std::move(*input);
        else
            add(problems, input.error(), input_pointer);
    }
    for (const auto& piece : source.input_.pieces())
        if (piece.expression && piece.expression->reads_steps())
            problems.push_back({piece.pointer,
                                "there are no steps here; use params, task, now "
                                "and secrets"});
    if (!problems.empty()) return invalid(std::move(problems));
    return source;
}

Status check(const Task& task, const tool::Catalogue* tools) {
    Problems problems;
    const auto expression = jmespath::Expression::parse(task.schedule_expr);
    if (!expression.ok())
        problems.push_back(
            {"/schedule_expr", "is not a JMESPath expression: " + expression.error().message});
    if (!task.condition) {
        problems.push_back({"/condition",
                            "a task of kind 'condition' needs it: {\"source\": {\"kind\": …}, "
                            "\"interval_seconds\": 60, …}"});
    } else if (task.condition->source_json.size() > kSourceBytesMax) {
        problems.push_back({"/condition/source", "must be at most 64 KiB"});
    } else {
        const auto source =
            Source::parse(TRY(parse_json(task.condition->source_json)), "/condition/source", tools);
        if (!source.ok()) add(problems, source.error(), "/condition/source");
    }
    if (!problems.empty()) return invalid(std::move(problems));
    return ok();
}

}  // namespace ordinaut::condition
