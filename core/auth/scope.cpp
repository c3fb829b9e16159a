#include "auth/scope.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/json.h"
#include "base/nearest.h"

namespace ordinaut::auth {
namespace {

constexpr std::array<std::string_view, 10> kScopes = {
    "tasks:read",   "tasks:write", "runs:read",        "runs:write",   "events:publish",
    "agents:admin", "queue:admin", "extensions:admin", "tools:invoke", "admin"};

constexpr std::array<std::string_view, 2> kViewer = {"tasks:read", "runs:read"};
constexpr std::array<std::string_view, 6> kOperator = {
    "tasks:read", "runs:read", "runs:write", "queue:admin", "tools:invoke", "events:publish"};
constexpr std::array<std::string_view, 6> kOwner = {"tasks:read", "tasks:write",    "runs:read",
                                                    "runs:write", "events:publish", "tools:invoke"};

std::span<const std::string_view> bundle_of(std::string_view role) {
    if (role == "viewer") return kViewer;
    if (role == "operator") return kOperator;
    if (role == "owner") return kOwner;
    return {};
}

// ext:<id>:routes and ext:<id>:tools
bool is_extension_scope(std::string_view scope) {
    if (!scope.starts_with("ext:")) return false;
    scope.remove_prefix(4);
    const size_t colon = scope.find(':');
    if (colon == std::string_view::npos || colon < 2 || colon > 64) return false;
    const std::string_view id = scope.substr(0, colon), right = scope.substr(colon + 1);
    const bool id_ok =
        id[0] >= 'a' && id[0] <= 'z' && std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        });
    return id_ok && (right == "routes" || right == "tools");
}

bool is_known(std::string_view scope) {
    return std::find(kScopes.begin(), kScopes.end(), scope) != kScopes.end() ||
           !bundle_of(scope).empty() || is_extension_scope(scope);
}

}  // namespace

bool allows(const std::vector<std::string>& scopes, std::string_view required) {
    return std::any_of(scopes.begin(), scopes.end(), [&](const std::string& held) {
        if (held == required || held == "admin") return true;
        const auto bundle = bundle_of(held);
        return std::find(bundle.begin(), bundle.end(), required) != bundle.end();
    });
}

std::vector<std::string> expand_roles(const std::vector<std::string>& scopes) {
    std::vector<std::string> expanded;
    for (const auto& scope : scopes) {
        const auto bundle = bundle_of(scope);
        if (bundle.empty())
            expanded.push_back(scope);
        else
            expanded.insert(expanded.end(), bundle.begin(), bundle.end());
    }
    std::sort(expanded.begin(), expanded.end());
    expanded.erase(std::unique(expanded.begin(), expanded.end()), expanded.end());
    return expanded;
}

const std::string& scopes_there_are() {
    static const std::string text = [] {
        std::string names;
        for (const auto& scope : kScopes) names += std::string(scope) + ", ";
        return names + "ext:<id>:routes, ext:<id>:tools, and the roles viewer, operator and owner";
    }();
    return text;
}

Status check_scopes(const std::vector<std::string>& scopes, std::string_view pointer) {
    std::vector<ErrorDetail> problems;
    for (size_t i = 0; i < scopes.size(); ++i) {
        if (is_known(scopes[i])) continue;
        std::vector<std::string_view> candidates(kScopes.begin(), kScopes.end());
        candidates.insert(candidates.end(), {"viewer", "operator", "owner"});
        problems.push_back({pointer_child(pointer, i), "unknown scope '" + scopes[i] + "'" +
                                                           did_you_mean(scopes[i], candidates)});
    }
    if (!problems.empty()) return invalid(std::move(problems));
    return ok();
}

}  // namespace ordinaut::auth
