// What operators decided about extensions, for every process of the installation. Thread-safe.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/actor.h"

namespace ordinaut::store {

// None: nobody decided it.
struct ExtensionDecision {
    std::string id;
    std::optional<bool> enabled;
    std::optional<std::vector<std::string>> capabilities;
    std::optional<std::string> config_json;
    int64_t reloads = 0;  // Asked for so far.
};

// Every change writes an audit row and fires Channel::kControl in every process.
class ExtensionStore {
public:
    virtual ~ExtensionStore() = default;

    virtual Result<std::vector<ExtensionDecision>> list() = 0;  // By id.
    virtual Status set_enabled(std::string_view id, bool enabled, const Actor& actor) = 0;
    virtual Status set_capabilities(std::string_view id,
                                    const std::vector<std::string>& capabilities,
                                    const Actor& actor) = 0;
    virtual Status set_config(std::string_view id, std::string_view config_json,
                              const Actor& actor) = 0;
    // Asks every process to reload it; returns the new count.
    virtual Result<int64_t> count_reload(std::string_view id, const Actor& actor) = 0;
};

}  // namespace ordinaut::store
