#include "ext/manifest.h"

#include <ordinaut/extension.h>

#include <set>

#include "base/json.h"
#include "base/json_schema.h"
#include "base/nearest.h"
#include "events/topic_pattern.h"
#include "ext/manifest_http.h"
#include "ext/manifest_schemas.h"
#include "operations/scope_names.h"

namespace ordinaut::ext {
namespace {

tool::Effect effect_named(std::string_view name) {
    if (name == "pure") return tool::Effect::kPure;
    return name == "at_most_once" ? tool::Effect::kAtMostOnce : tool::Effect::kIdempotent;
}

// A schema of a tool or of the configuration; its own mistakes are reported at their place in the
// manifest.
void take_schema(const JsonValue& owner, std::string_view member, const std::string& pointer,
                 std::string& out, std::vector<ErrorDetail>& details) {
    const JsonValue* schema = find(owner, member);
    if (schema == nullptr) return;
    out = to_json(*schema);
    const auto compiled = JsonSchema::compile(*schema);
    if (compiled.ok()) return;
    const std::string at = pointer_child(pointer, member);
    if (compiled.error().details.empty()) details.push_back({at, compiled.error().message});
    for (const auto& detail : compiled.error().details)
        details.push_back({at + detail.pointer, detail.message});
}

// The schema has made sure of the kinds.
void take_mcp(const JsonValue& given, const std::string& id, tool::ToolSpec& spec) {
    const JsonValue* mcp = find(given, "mcp");
    const JsonValue* expose = mcp == nullptr ? nullptr : find(*mcp, "expose");
    if (expose == nullptr || !expose->GetBool()) return;
    const std::string plain = id + "_" + std::string(string_or(given, "name", ""));
    spec.mcp_name = string_or(*mcp, "name", plain);
}

void take_tools(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const JsonValue* tools = find(json, "tools");
    if (tools == nullptr) return;
    std::set<std::string> names;
    for (size_t n = 0; n < tools->Size(); ++n) {
        const JsonValue& given = (*tools)[static_cast<rapidjson::SizeType>(n)];
        const std::string pointer = pointer_child("/tools", n);
        tool::ToolSpec spec;
        spec.name = manifest.id + "." + std::string(string_or(given, "name", ""));
        spec.description = string_or(given, "description", "");
        spec.effect = effect_named(string_or(given, "effect", ""));
        spec.extension_id = manifest.id;
        take_mcp(given, manifest.id, spec);
        take_schema(given, "input_schema", pointer, spec.input_schema_json, details);
        take_schema(given, "output_schema", pointer, spec.output_schema_json, details);
        if (!names.insert(spec.name).second)
            details.push_back(
                {pointer_child(pointer, "name"), "stands twice; a tool's name must be its own"});
        manifest.tools.push_back(std::move(spec));
    }
    if (!manifest.tools.empty() && !manifest.asked.has(Grant::kTools))
        details.push_back({"/capabilities", "must contain \"TOOLS\", because tools are declared"});
}

void take_background(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const JsonValue* background = find(json, "background");
    if (background == nullptr) return;
    std::set<std::string> names;
    for (size_t n = 0; n < background->Size(); ++n) {
        const JsonValue& given = (*background)[static_cast<rapidjson::SizeType>(n)];
        const std::string name(string_or(given, "name", ""));
        if (!names.insert(name).second)
            details.push_back({pointer_child(pointer_child("/background", n), "name"),
                               "stands twice; a task's name must be its own"});
        manifest.background.push_back({name, string_or(given, "scope", "cluster") == "cluster"});
    }
    if (!manifest.background.empty() && !manifest.asked.has(Grant::kBackgroundTasks))
        details.push_back(
            {"/capabilities",
             "must contain \"BACKGROUND_TASKS\", because background tasks are declared"});
}

void take_events(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const JsonValue* declared = find(json, "events");
    if (declared == nullptr) return;
    const auto any = [&](std::string_view name) {
        const JsonValue* topics = find(*declared, name);
        if (topics == nullptr) return false;
        for (size_t n = 0; n < topics->Size(); ++n)
            if (const auto good =
                    events::check_pattern(view((*topics)[static_cast<rapidjson::SizeType>(n)]));
                !good.ok())
                details.push_back({pointer_child(pointer_child("/events", name), n),
                                   good.error().details.front().message});
        return !topics->Empty();
    };
    manifest.subscribes = any("subscribe");
    if (manifest.subscribes && !manifest.asked.has(Grant::kEventsSub))
        details.push_back(
            {"/capabilities", "must contain \"EVENTS_SUB\", because events are subscribed to"});
    if (any("publish") && !manifest.asked.has(Grant::kEventsPub))
        details.push_back(
            {"/capabilities", "must contain \"EVENTS_PUB\", because events are published"});
}

// A configuration is always one object.
void take_config(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const size_t before = details.size();
    take_schema(json, "config_schema", "", manifest.config_schema_json, details);
    if (details.size() > before) return;
    const JsonValue* schema = find(json, "config_schema");
    const std::string_view kind =
        schema == nullptr ? "object" : string_or(*schema, "type", "object");
    if (kind != "object")
        details.push_back({"/config_schema/type", "is '" + std::string(kind) +
                                                      "'; a configuration is one object: say "
                                                      "\"object\""});
}

void take_abi(std::string_view abi, std::vector<ErrorDetail>& details) {
    const std::string major = std::to_string(ORD_ABI_MAJOR) + ".";
    const std::string own = major + std::to_string(ORD_ABI_MINOR);
    if (abi.substr(0, major.size()) != major)
        details.push_back({"/abi", "is '" + std::string(abi) + "', this host speaks " + own +
                                       "; build it with this host's SDK"});
    else if (std::strtoul(abi.data() + major.size(), nullptr, 10) > ORD_ABI_MINOR)
        details.push_back({"/abi", "is '" + std::string(abi) + "', this host speaks " + own +
                                       "; it needs a newer host"});
}

void take_capabilities(const JsonValue& json, Manifest& manifest,
                       std::vector<ErrorDetail>& details) {
    const JsonValue* capabilities = find(json, "capabilities");
    const JsonValue* grants = find(json, "grants");
    if (capabilities != nullptr && grants != nullptr)
        details.push_back({"/grants", "says the same as 'capabilities'; keep one of the two"});
    const JsonValue* given = capabilities != nullptr ? capabilities : grants;
    if (given == nullptr) return;
    for (const auto& name : given->GetArray()) manifest.asked.add(*grant_named(view(name)));
}

void warn_unknown_keys(const JsonValue& json, Manifest& manifest) {
    const std::vector<std::string_view> known(manifest_keys().begin(), manifest_keys().end());
    for (const auto& member : json.GetObject()) {
        const std::string_view name = view(member.name);
        if (std::find(known.begin(), known.end(), name) == known.end())
            manifest.warnings.push_back("/" + std::string(name) + ": unknown key, ignored" +
                                        did_you_mean(name, known));
    }
}

bool flag(const JsonValue& json, std::string_view name, bool fallback) {
    const JsonValue* value = find(json, name);
    return value == nullptr ? fallback : value->GetBool();
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, std::string_view folder) {
    const Json json = TRY(parse_json(text));
    if (!json.IsObject()) return invalid("", "must be an object");
    TRY(extension_schema().validate(json));

    Manifest manifest;
    manifest.id = string_or(json, "id", "");
    manifest.name = string_or(json, "name", "");
    manifest.version = string_or(json, "version", "");
    manifest.description = string_or(json, "description", "");
    manifest.module = string_or(json, "module", "");
    manifest.enabled = flag(json, "enabled", true);
    manifest.eager = flag(json, "eager", false);

    std::vector<ErrorDetail> details;
    if (manifest.id != folder)
        details.push_back({"/id", "is '" + manifest.id + "', but the folder is called '" +
                                      std::string(folder) + "'; they must be equal"});
    take_abi(string_or(json, "abi", ""), details);
    take_capabilities(json, manifest, details);
    take_tools(json, manifest, details);
    take_routes(json, manifest, details);
    take_static(json, manifest, details);
    take_background(json, manifest, details);
    take_events(json, manifest, details);
    take_config(json, manifest, details);
    if (const JsonValue* scopes = find(json, "scopes"))
        for (const auto& scope : scopes->GetArray()) manifest.scopes.emplace_back(view(scope));
    if (!details.empty()) return invalid(std::move(details));
    warn_unknown_keys(json, manifest);
    // A warning, as for keys: a later host may know it.
    for (auto& unknown : operations::unknown_scopes(manifest.scopes, "/scopes"))
        manifest.warnings.push_back(std::move(unknown));
    return manifest;
}

}  // namespace ordinaut::ext
