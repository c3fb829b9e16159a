#include "ext/definition.h"

#include "base/json.h"
#include "base/json_schema.h"
#include "ext/static_files.h"

namespace ordinaut::ext {
namespace {

std::string config_of(const HostOptions& options, const Standing& standing, const std::string& id) {
    if (standing.config_json) return *standing.config_json;
    const auto found = options.config.find(id);
    return found == options.config.end() ? "{}" : found->second;
}

Grants allowed_to(const Manifest& manifest, Source source, const HostOptions& options,
                  const Standing& standing) {
    return standing.grants ? manifest.asked & *standing.grants
                           : decide(manifest.asked, manifest.id, source, options.policy);
}

const char* allowed_by(const Manifest& manifest, Source source, const HostOptions& options,
                       const Standing& standing) {
    if (standing.grants) return "operator";
    if (options.policy.granted.contains(manifest.id)) return "ORDINAUT_EXT_GRANTS";
    if (source == Source::kBuiltin) return "built in";
    return options.policy.drop_in == DropInPolicy::kManifest ? "policy manifest"
                                                             : "policy explicit";
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

std::shared_ptr<const Definition> define(Found found, const HostOptions& options,
                                         const Standing& standing) {
    auto definition = std::make_shared<Definition>();
    definition->found = std::move(found);
    definition->config_json = config_of(options, standing, definition->id());
    definition->enabled = standing.enabled.value_or(true);
    if (!definition->found.manifest) return definition;
    const Manifest& manifest = *definition->found.manifest;
    definition->enabled = standing.enabled.value_or(manifest.enabled);
    definition->eager = manifest.eager || contains(options.eager, manifest.id);
    const Grants allowed = allowed_to(manifest, definition->found.source, options, standing);
    definition->allowed = allowed;
    definition->granted_by = allowed_by(manifest, definition->found.source, options, standing);
    definition->granted = allowed & supported_grants();
    // Work that nobody calls for is begun by whoever loads it.
    if (definition->granted.has(Grant::kBackgroundTasks) && !manifest.background.empty())
        definition->eager = true;
    if (definition->granted.has(Grant::kEventsSub) && manifest.subscribes) definition->eager = true;
    for (const auto& name : allowed.without(definition->granted).names())
        definition->warnings.push_back(
            name + " is asked for and allowed, but this version does not offer it yet");
    for (const auto& name : manifest.asked.without(allowed).names())
        definition->warnings.push_back(
            name +
            " is asked for, but not granted; an operator grants it with `ordinaut ext grant " +
            manifest.id + " " + name + "` or ORDINAUT_EXT_GRANTS");
    const auto policy = options.policy.granted.find(manifest.id);
    const Grants given = standing.grants                          ? *standing.grants
                         : policy != options.policy.granted.end() ? policy->second
                                                                  : Grants();
    for (const auto& name : given.without(manifest.asked).names())
        definition->warnings.push_back(
            name + " is granted, but the manifest does not ask for it; it has no effect");
    if (definition->granted.has(Grant::kStatic) && manifest.site) {
        auto files = StaticFiles::open(definition->found.folder, manifest.site->folder,
                                       manifest.site->index, manifest.site->is_public);
        if (files.ok())
            definition->files = std::move(*files);
        else
            definition->warnings.push_back("STATIC is granted, but " + files.error().message);
    }
    return definition;
}

Status check_config(const Manifest& manifest, std::string_view config_json) {
    const std::string where = "; set it with `ordinaut ext configure " + manifest.id +
                              "` or under extensions." + manifest.id + " in ordinaut.toml";
    const auto config = parse_json(config_json);
    if (!config.ok())
        return Error{ErrorCode::kInvalid,
                     "the configuration is not JSON: " + config.error().message + where};
    if (!config->IsObject())
        return Error{ErrorCode::kInvalid, "the configuration must be an object" + where};
    if (manifest.config_schema_json.empty()) return ok();
    const auto schema = TRY(JsonSchema::compile(std::string_view(manifest.config_schema_json)));
    const auto valid = schema.validate(*config);
    if (valid.ok()) return ok();
    Error error = valid.error();
    std::string places;
    for (const auto& detail : error.details)
        places += (places.empty() ? "" : "; ") + detail.pointer + " " + detail.message;
    error.message = "the configuration does not fit the manifest's config_schema: " +
                    (places.empty() ? error.message : places) + where;
    return error;
}

}  // namespace ordinaut::ext
