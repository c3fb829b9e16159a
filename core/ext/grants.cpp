#include "ext/grants.h"

#include "base/json.h"
#include "base/json_schema.h"
#include "ext/manifest_schemas.h"

namespace ordinaut::ext {
namespace {
constexpr std::string_view kNames[kGrantCount] = {
    "ROUTES", "TOOLS", "EVENTS_PUB", "EVENTS_SUB", "BACKGROUND_TASKS", "STATIC"};
}

std::string_view name_of(Grant grant) { return kNames[static_cast<int>(grant)]; }

std::optional<Grant> grant_named(std::string_view name) {
    for (int n = 0; n < kGrantCount; ++n)
        if (kNames[n] == name) return static_cast<Grant>(n);
    return std::nullopt;
}

std::string_view name_of(Source source) {
    switch (source) {
        case Source::kBuiltin: return "builtin";
        case Source::kPath: return "path";
        case Source::kPackage: return "package";
    }
    return "";
}

std::vector<std::string> Grants::names() const {
    std::vector<std::string> names;
    for (int n = 0; n < kGrantCount; ++n)
        if (has(static_cast<Grant>(n))) names.emplace_back(kNames[n]);
    return names;
}

Grants decide(Grants asked, std::string_view id, Source source, const GrantPolicy& policy) {
    if (const auto found = policy.granted.find(id); found != policy.granted.end())
        return asked & found->second;
    if (source == Source::kBuiltin || policy.drop_in == DropInPolicy::kManifest) return asked;
    return {};
}

Grants supported_grants() {
    return {Grant::kRoutes,    Grant::kTools,           Grant::kEventsPub,
            Grant::kEventsSub, Grant::kBackgroundTasks, Grant::kStatic};
}

Result<OperatorGrants> parse_operator_grants(std::string_view text) {
    const Json json = TRY(parse_json(text));
    TRY(grants_schema().validate(json));
    OperatorGrants grants;
    for (const auto& member : json.GetObject()) {
        Grants& given = grants[std::string(view(member.name))];
        for (const auto& name : member.value.GetArray()) given.add(*grant_named(view(name)));
    }
    return grants;
}

}  // namespace ordinaut::ext
