#include "store/postgres/extension_store.h"

#include "base/json.h"

namespace ordinaut::store::postgres {
namespace {

ExtensionDecision read_decision(Row& row) {
    ExtensionDecision decision;
    decision.id = row.text();
    if (row.next_is_null())
        row.skip(1);
    else
        decision.enabled = row.boolean();
    if (row.next_is_null())
        row.skip(1);
    else
        decision.capabilities = row.texts();
    if (row.next_is_null())
        row.skip(1);
    else
        decision.config_json = row.text();
    decision.reloads = row.number();
    return decision;
}

std::string capabilities_json(const std::vector<std::string>& capabilities) {
    JsonWriter writer;
    writer.begin_object().key("capabilities").begin_array();
    for (const auto& name : capabilities) writer.string(name);
    return writer.end_array().end_object().take();
}

}  // namespace

Result<std::vector<ExtensionDecision>> PgExtensionStore::list() {
    return pool_.read([&](Transaction& tx) -> Result<std::vector<ExtensionDecision>> {
        return read_all(tx.run("list_extensions"), read_decision);
    });
}

Status PgExtensionStore::set_enabled(std::string_view id, bool enabled, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("set_extension_enabled", Params().text(id).boolean(enabled));
        append_audit(tx, enabled ? "extension.enabled" : "extension.disabled", id, "", actor);
        tx.notify(Channel::kControl);
        return ok();
    });
}

Status PgExtensionStore::set_capabilities(std::string_view id,
                                          const std::vector<std::string>& capabilities,
                                          const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("set_extension_grants", Params().text(id).texts(capabilities));
        append_audit(tx, "extension.grants_set", id, capabilities_json(capabilities), actor);
        tx.notify(Channel::kControl);
        return ok();
    });
}

// The configuration may hold secrets: the audit row says only that it changed.
Status PgExtensionStore::set_config(std::string_view id, std::string_view config_json,
                                    const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("set_extension_config", Params().text(id).text(config_json));
        append_audit(tx, "extension.configured", id, "", actor);
        tx.notify(Channel::kControl);
        return ok();
    });
}

Result<int64_t> PgExtensionStore::count_reload(std::string_view id, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Result<int64_t> {
        const auto rows = tx.run("count_extension_reload", Params().text(id));
        append_audit(tx, "extension.reloaded", id, "", actor);
        tx.notify(Channel::kControl);
        return read_one(rows, [](Row& row) { return row.number(); });
    });
}

}  // namespace ordinaut::store::postgres
