#include "live/filter.h"

#include "base/excerpt.h"
#include "base/nearest.h"
#include "model/run.h"

namespace ordinaut::live {
namespace {

using Words = std::vector<std::string_view>;

const Words kKinds = {"run", "task", "queue", "extension"};

const Words& run_states() {
    static const Words states = {
        name_of(RunState::kScheduled), name_of(RunState::kReady),     name_of(RunState::kRunning),
        name_of(RunState::kRetryWait), name_of(RunState::kSucceeded), name_of(RunState::kFailed),
        name_of(RunState::kTimedOut),  name_of(RunState::kCanceled),  name_of(RunState::kExpired)};
    return states;
}

const Words& types() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (const std::string_view kind : kKinds) all.push_back(std::string(kind) + ".*");
        for (const std::string_view state : run_states())
            all.push_back("run." + std::string(state));
        for (const char* verb : {"created", "updated", "deleted", "paused", "resumed", "snoozed",
                                 "canceled", "completed"})
            all.push_back(std::string("task.") + verb);
        for (const char* type : {"queue.paused", "queue.resumed", "extension.state",
                                 "extension.enabled", "extension.disabled", "extension.grants_set",
                                 "extension.configured", "extension.reloaded"})
            all.emplace_back(type);
        return all;
    }();
    static const Words words(names.begin(), names.end());
    return words;
}

bool holds(const auto& list, std::string_view item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

std::string joined(const Words& words) {
    std::string text;
    for (const std::string_view word : words) text.append(text.empty() ? "" : ", ").append(word);
    return text;
}

Error unknown(const std::string& pointer, std::string_view item, const Words& known) {
    return invalid(
        pointer, "'" + excerpt(item) + "' is none of " + joined(known) + did_you_mean(item, known));
}

Result<std::vector<std::string>> items_of(std::string_view text, const std::string& pointer,
                                          const Words& known) {
    std::vector<std::string> items;
    for (size_t at = 0; at <= text.size();) {
        const size_t comma = std::min(text.find(',', at), text.size());
        const std::string_view item = text.substr(at, comma - at);
        if (!holds(known, item)) return unknown(pointer, item, known);
        if (!holds(items, item)) items.emplace_back(item);
        at = comma + 1;
    }
    return items;
}

// Lower case, as ids are kept.
Result<Id> id_of(const JsonValue& object, const char* member) {
    const JsonValue* value = find(object, member);
    if (value == nullptr) return Id();
    if (!value->IsString() || !is_id(view(*value)))
        return invalid("/" + std::string(member), "must be a UUID");
    Id id(view(*value));
    for (char& c : id) c = static_cast<char>(tolower(c));
    return id;
}

Result<std::vector<std::string>> types_of(const JsonValue& list) {
    if (!list.IsArray()) return invalid("/types", R"(must be an array such as ["run.failed"])");
    std::vector<std::string> wanted;
    for (const auto& item : list.GetArray()) {
        const std::string pointer = pointer_child("/types", wanted.size());
        if (!item.IsString()) return invalid(pointer, "must be a string such as \"run.failed\"");
        if (!holds(types(), view(item))) return unknown(pointer, view(item), types());
        wanted.emplace_back(view(item));
        if (wanted.size() > types().size())
            return invalid("/types", "has more items than there are types");
    }
    return wanted;
}

bool has_type(const std::vector<std::string>& wanted, std::string_view type) {
    for (const std::string& item : wanted)
        if (item == type || (item.ends_with(".*") &&
                             type.starts_with(std::string_view(item).substr(0, item.size() - 1))))
            return true;
    return false;
}

}  // namespace

bool Filter::matches(const store::ChangeNote& note) const {
    const std::string_view kind = kind_of(note.type);
    const bool owned = kind == "run" || kind == "task";
    if (owned && owner && *owner != note.owner) return false;
    if (!task_id.empty() && (!owned || note.subject != task_id)) return false;
    if (!run_id.empty() && note.run_id != run_id) return false;
    if (!states.empty() && !(kind == "run" && holds(states, note.to))) return false;
    if (!kinds.empty() && !holds(kinds, kind)) return false;
    return types.empty() || has_type(types, note.type);
}

Result<Filter> filter_of_query(const JsonValue& query) {
    Filter filter;
    filter.task_id = TRY(id_of(query, "task_id"));
    filter.run_id = TRY(id_of(query, "run_id"));
    if (const JsonValue* states = find(query, "state"))
        filter.states = TRY(items_of(view(*states), "/state", run_states()));
    if (const JsonValue* kinds = find(query, "kinds"))
        filter.kinds = TRY(items_of(view(*kinds), "/kinds", kKinds));
    return filter;
}

Result<Filter> filter_of_watch(std::string_view json) {
    Filter filter;
    filter.kinds = {"run", "task"};
    if (json.empty()) return filter;
    const Json given = TRY(parse_json(json, {.bytes_max = 16 << 10, .depth_max = 4}));
    if (!given.IsObject()) return invalid("", "the filter must be a JSON object");
    const Words members = {"task_id", "run_id", "types"};
    for (const auto& member : given.GetObject())
        if (!holds(members, view(member.name)))
            return unknown(pointer_child("", view(member.name)), view(member.name), members);
    filter.task_id = TRY(id_of(given, "task_id"));
    filter.run_id = TRY(id_of(given, "run_id"));
    const JsonValue* list = find(given, "types");
    if (list == nullptr) return filter;
    filter.types = TRY(types_of(*list));
    filter.kinds.clear();
    return filter;
}

}  // namespace ordinaut::live
