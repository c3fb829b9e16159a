#include "store/memory/seams.h"

namespace ordinaut::store::memory {

Result<std::vector<ExtensionDecision>> MemoryExtensionStore::list() {
    Change change(state_);
    std::vector<ExtensionDecision> decisions;
    for (const auto& [id, decision] : state_.extensions) decisions.push_back(decision);
    return decisions;
}

ExtensionDecision& MemoryExtensionStore::row(std::string_view id) {
    ExtensionDecision& decision = state_.extensions[std::string(id)];
    decision.id = id;
    return decision;
}

Status MemoryExtensionStore::set_enabled(std::string_view id, bool enabled, const Actor& actor) {
    Change change(state_);
    row(id).enabled = enabled;
    state_.audit(enabled ? "extension.enabled" : "extension.disabled", id, "", actor);
    change.notify(Channel::kControl);
    return ok();
}

Status MemoryExtensionStore::set_capabilities(std::string_view id,
                                              const std::vector<std::string>& capabilities,
                                              const Actor& actor) {
    Change change(state_);
    row(id).capabilities = capabilities;
    state_.audit("extension.grants_set", id, "", actor);
    change.notify(Channel::kControl);
    return ok();
}

Status MemoryExtensionStore::set_config(std::string_view id, std::string_view config_json,
                                        const Actor& actor) {
    Change change(state_);
    row(id).config_json = std::string(config_json);
    state_.audit("extension.configured", id, "", actor);
    change.notify(Channel::kControl);
    return ok();
}

Result<int64_t> MemoryExtensionStore::count_reload(std::string_view id, const Actor& actor) {
    Change change(state_);
    state_.audit("extension.reloaded", id, "", actor);
    change.notify(Channel::kControl);
    return ++row(id).reloads;
}

}  // namespace ordinaut::store::memory
