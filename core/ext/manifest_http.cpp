#include "ext/manifest_http.h"

namespace ordinaut::ext {
namespace {

bool is_true(const JsonValue& json, std::string_view name) {
    const JsonValue* value = find(json, name);
    return value != nullptr && value->GetBool();
}

}  // namespace

void take_routes(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const JsonValue* given = find(json, "routes");
    if (given == nullptr || given->Empty()) return;
    auto routes = std::make_shared<Routes>();
    for (rapidjson::SizeType n = 0; n < given->Size(); ++n) {
        const JsonValue& one = (*given)[n];
        Route route;
        route.method = string_or(one, "method", "");
        route.pattern = string_or(one, "path", "");
        route.is_public = is_true(one, "public");
        if (const JsonValue* seconds = find(one, "timeout_seconds"); seconds != nullptr)
            route.timeout = std::chrono::seconds(seconds->GetInt());
        if (auto added = routes->add(std::move(route)); !added.ok())
            details.push_back({pointer_child("/routes", n), added.error().message});
    }
    manifest.routes = std::move(routes);
    if (!manifest.asked.has(Grant::kRoutes))
        details.push_back(
            {"/capabilities", "must contain \"ROUTES\", because routes are declared"});
}

void take_static(const JsonValue& json, Manifest& manifest, std::vector<ErrorDetail>& details) {
    const JsonValue* given = find(json, "static");
    if (given == nullptr) {
        if (manifest.asked.has(Grant::kStatic))
            details.push_back(
                {"/static",
                 "is missing; STATIC is asked for, so name the folder: {\"folder\": \"static\"}"});
        return;
    }
    manifest.site = StaticSite{std::string(string_or(*given, "folder", "")),
                               std::string(string_or(*given, "index", "index.html")),
                               is_true(*given, "public")};
    if (!manifest.asked.has(Grant::kStatic))
        details.push_back(
            {"/capabilities", "must contain \"STATIC\", because a static folder is declared"});
}

}  // namespace ordinaut::ext
