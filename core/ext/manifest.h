// extension.json: what an extension is, asks for and offers.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ext/grants.h"
#include "ext/routes.h"
#include "tool/tool.h"

namespace ordinaut::ext {

// The folder of files the host serves.
struct StaticSite {
    std::string folder;
    std::string index = "index.html";
    bool is_public = false;
};

struct BackgroundDeclared {
    std::string name;
    bool cluster = true;
};

struct Manifest {
    std::string id, name, version, description;
    std::string module;  // A file name, without a folder.
    bool enabled = true;
    bool eager = false;
    Grants asked;
    std::vector<tool::ToolSpec> tools;  // With their full names, "<id>.<tool>".
    // Declared; the code may add more, which are never public.
    std::shared_ptr<const Routes> routes = std::make_shared<Routes>();
    std::optional<StaticSite> site;
    std::vector<BackgroundDeclared> background;
    bool subscribes = false;            // To events.
    std::string config_schema_json;     // Empty = not declared.
    std::vector<std::string> scopes;    // What its own identity needs.
    std::vector<std::string> warnings;  // Unknown keys and the like; nothing that stops it.
};

// `folder` is the name of the folder it lies in, which must be its id. kMalformed; kInvalid with a
// pointer and what would be right for each wrong place.
Result<Manifest> parse_manifest(std::string_view text, std::string_view folder);

}  // namespace ordinaut::ext
