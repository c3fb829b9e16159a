#include "tool/catalogue.h"

#include <mutex>

#include "base/json_schema.h"
#include "base/nearest.h"

namespace ordinaut::tool {
namespace {

constexpr JsonLimits kLimits{.bytes_max = 4 << 20, .depth_max = 100};

// "<extension>.<tool>": lower case, digits and '_', parts separated by single dots.
bool is_tool_name(std::string_view name) {
    if (name.size() > 128 || name.find('.') == std::string_view::npos || name.front() == '.' ||
        name.back() == '.')
        return false;
    if (name.find("..") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

Result<std::optional<JsonSchema>> compile_schema(const std::string& text, std::string_view which,
                                                 const std::string& tool) {
    if (text.empty()) return std::optional<JsonSchema>{};
    auto schema = JsonSchema::compile(std::string_view(text));
    if (schema.ok()) return std::optional<JsonSchema>(std::move(*schema));
    Error error = schema.error();
    error.message =
        "the " + std::string(which) + " of tool '" + tool + "' is not usable: " + error.message;
    return error;
}

ToolResult refusal(std::string message, const std::vector<ErrorDetail>& details = {}) {
    ToolResult result;
    result.outcome = Outcome::kTerminal;
    result.message = std::move(message);
    if (details.empty()) return result;
    JsonWriter writer;
    writer.begin_array();
    for (const auto& detail : details)
        writer.begin_object()
            .field("pointer", detail.pointer)
            .field("message", detail.message)
            .end_object();
    result.details_json = writer.end_array().take();
    return result;
}

Error taken(const std::string& name) { return conflict("there is a tool '" + name + "' already"); }

enum class Shape { kAny, kObject };

Status check(const std::optional<JsonSchema>& schema, std::string_view json, Shape shape) {
    const Json value = TRY(parse_json(json, kLimits));
    if (shape == Shape::kObject && !value.IsObject()) return invalid("", "must be an object");
    if (!schema) return ok();
    return schema->validate(value);
}

}  // namespace

struct Catalogue::Entry {
    std::shared_ptr<Tool> tool;
    std::optional<JsonSchema> input, output;
};

Result<std::shared_ptr<Catalogue::Entry>> Catalogue::compile(const ToolSpec& spec) {
    if (!is_tool_name(spec.name))
        return invalid("/name", "'" + spec.name +
                                    "' is not a tool name; it must look like 'my_ext.my_tool' "
                                    "(lower case, digits, '_')");
    auto entry = std::make_shared<Entry>();
    entry->input = TRY(compile_schema(spec.input_schema_json, "input_schema", spec.name));
    entry->output = TRY(compile_schema(spec.output_schema_json, "output_schema", spec.name));
    return entry;
}

Status Catalogue::add(std::shared_ptr<Tool> tool) {
    const auto entry = TRY(compile(tool->spec()));
    entry->tool = std::move(tool);
    std::unique_lock lock(mutex_);
    const std::string& name = entry->tool->spec().name;
    if (!entries_.emplace(name, entry).second) return taken(name);
    return ok();
}

Status Catalogue::put(std::shared_ptr<Tool> tool) {
    const auto entry = TRY(compile(tool->spec()));
    entry->tool = std::move(tool);
    std::shared_ptr<const Entry> replaced;  // Its end must not run under the lock.
    std::unique_lock lock(mutex_);
    const ToolSpec& spec = entry->tool->spec();
    auto& place = entries_[spec.name];
    if (place != nullptr && place->tool->spec().extension_id != spec.extension_id)
        return taken(spec.name);
    replaced = std::exchange(place, entry);
    return ok();
}

Status Catalogue::acceptable(const ToolSpec& spec) const {
    TRY(compile(spec));
    const auto present = find(spec.name);
    if (present != nullptr && present->spec().extension_id != spec.extension_id)
        return taken(spec.name);
    return ok();
}

void Catalogue::remove(std::string_view name) {
    std::shared_ptr<const Entry> removed;  // A tool's end must not run under the lock.
    std::unique_lock lock(mutex_);
    const auto it = entries_.find(name);
    if (it == entries_.end()) return;
    removed = std::move(it->second);
    entries_.erase(it);
}

std::shared_ptr<const Catalogue::Entry> Catalogue::find_entry(std::string_view name) const {
    std::shared_lock lock(mutex_);
    const auto it = entries_.find(name);
    return it == entries_.end() ? nullptr : it->second;
}

Status Catalogue::check_input(std::string_view name, std::string_view input_json) const {
    const auto entry = find_entry(name);
    if (entry == nullptr) return not_found("there is no tool '" + std::string(name) + "'");
    return check(entry->input, input_json, Shape::kObject);
}

std::shared_ptr<Tool> Catalogue::find(std::string_view name) const {
    const auto entry = find_entry(name);
    return entry == nullptr ? nullptr : entry->tool;
}

std::vector<ToolSpec> Catalogue::list() const {
    std::vector<ToolSpec> specs;
    std::shared_lock lock(mutex_);
    for (const auto& [name, entry] : entries_) specs.push_back(entry->tool->spec());
    return specs;
}

std::string Catalogue::nearest(std::string_view name) const {
    std::shared_lock lock(mutex_);
    std::vector<std::string_view> names;
    for (const auto& [known, entry] : entries_) names.push_back(known);
    return std::string(ordinaut::nearest(name, names));
}

void Catalogue::explain_absence(Absence absence) {
    const std::unique_lock lock(absence_mutex_);
    absence_ = std::move(absence);
}

std::string Catalogue::why_absent(std::string_view name) const {
    const std::shared_lock lock(absence_mutex_);
    return absence_ ? absence_(name) : "";
}

std::string Catalogue::no_such_tool(std::string_view name) const {
    const std::string text = "there is no tool '" + std::string(name) + "'";
    if (const std::string known = why_absent(name); !known.empty()) return text + ": " + known;
    const std::string near = nearest(name);
    return text + (near.empty() ? "; GET /tools lists them" : "; did you mean '" + near + "'?");
}

CancelCall Catalogue::invoke(ToolCall call, Done done) const {
    const auto entry = find_entry(call.name);
    if (entry == nullptr) {
        done(refusal(no_such_tool(call.name)));
        return [] {};
    }
    if (const Status valid = check(entry->input, call.input_json, Shape::kObject); !valid.ok()) {
        done(refusal("the input of '" + call.name + "' is not valid: " + valid.error().message,
                     valid.error().details));
        return [] {};
    }
    return entry->tool->start(
        std::move(call), [entry, done = std::move(done)](ToolResult&& result) {
            if (result.outcome == Outcome::kOk) {
                const Status valid = check(entry->output, result.output_json, Shape::kAny);
                if (!valid.ok())
                    result = refusal("tool '" + entry->tool->spec().name +
                                         "' gave an answer that breaks its own output_schema: " +
                                         valid.error().message,
                                     valid.error().details);
            }
            done(std::move(result));
        });
}

}  // namespace ordinaut::tool
