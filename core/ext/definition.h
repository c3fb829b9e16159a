// What one generation of an extension is made from: its manifest, what it may do, and how it is
// configured.
#pragma once
#include <memory>

#include "ext/host.h"

namespace ordinaut::ext {

class StaticFiles;

// Immutable.
struct Definition {
    Found found;  // Without a manifest it cannot be loaded; `found.error` says why.
    bool enabled = true;
    bool eager = false;
    Grants allowed;  // Asked for, and an operator (or the policy) lets it.
    Grants granted;  // Of those, what this version offers.
    // "built in", "policy manifest", "policy explicit", "ORDINAUT_EXT_GRANTS" or "operator".
    std::string granted_by;
    std::vector<std::string> warnings;  // About grants.
    std::string config_json = "{}";
    std::shared_ptr<const StaticFiles> files;  // Null: none declared, or not granted.

    const std::string& id() const { return found.id; }
};

// What `found` is worth under the options of the host and the operator's standing word.
std::shared_ptr<const Definition> define(Found found, const HostOptions& options,
                                         const Standing& standing);

// The configuration fits the manifest's config_schema; otherwise kInvalid with one sentence that
// names each key and where to set it.
Status check_config(const Manifest& manifest, std::string_view config_json);

}  // namespace ordinaut::ext
