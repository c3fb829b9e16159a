#include <openssl/sha.h>

#include "store/memory/seams.h"

namespace ordinaut::store::memory {

Status MemorySecretStore::put(const SealedSecret& secret, const Actor& actor) {
    Change change(state_);
    const auto [row, is_new] = state_.secrets.try_emplace({secret.owner, secret.name});
    row->second.sealed = secret.sealed;
    row->second.updated_at = state_.now();
    if (is_new) row->second.created_at = state_.now();
    state_.audit("secret.set", secret.name, "", actor);
    return ok();
}

Result<std::vector<SecretInfo>> MemorySecretStore::list(const OwnerFilter& owner) {
    Change change(state_);
    std::vector<SecretInfo> secrets;
    for (const auto& [key, row] : state_.secrets)
        if (key.first.empty() || sees(owner, key.first))
            secrets.push_back({key.second, key.first, row.created_at, row.updated_at});
    std::stable_sort(secrets.begin(), secrets.end(),
                     [](const auto& a, const auto& b) { return a.name < b.name; });
    return secrets;
}

Status MemorySecretStore::remove(std::string_view name, const Id& owner, const Actor& actor) {
    Change change(state_);
    if (state_.secrets.erase({owner, std::string(name)}) == 0)
        return not_found("no secret named '" + std::string(name) + "'");
    state_.audit("secret.deleted", name, "", actor);
    return ok();
}

Result<std::vector<SealedSecret>> MemorySecretStore::find(const Id& owner,
                                                          const std::vector<std::string>& names) {
    Change change(state_);
    std::vector<SealedSecret> found;
    for (const std::string& name : std::set<std::string>(names.begin(), names.end())) {
        auto row = state_.secrets.find({owner, name});
        if (row == state_.secrets.end()) row = state_.secrets.find({"", name});
        if (row != state_.secrets.end())
            found.push_back({name, row->first.first, row->second.sealed});
    }
    return found;
}

Status MemorySystemStore::ping() { return ok(); }

Result<WallTime> MemorySystemStore::now() { return state_.clock.wall_now(); }

Result<std::string> MemorySystemStore::setting_or_init(std::string_view name,
                                                       std::string_view fallback) {
    Change change(state_);
    return state_.settings.try_emplace(std::string(name), fallback).first->second;
}

Status MemorySystemStore::set_setting(std::string_view name, std::string_view value) {
    Change change(state_);
    state_.settings.insert_or_assign(std::string(name), std::string(value));
    return ok();
}

Result<IdempotencyBegin> MemorySystemStore::begin_idempotent(const Id& agent_id,
                                                             std::string_view key,
                                                             std::string_view operation,
                                                             std::string_view fingerprint) {
    Change change(state_);
    const auto now = state_.now();
    const auto [place, is_new] = state_.idempotency.try_emplace({agent_id, std::string(key)});
    IdempotencyRow& row = place->second;
    const bool is_same = row.operation == operation && row.fingerprint == fingerprint;
    const bool is_over = row.begun_at < now - std::chrono::hours(24);
    const bool is_silent = is_same && !row.reply && row.begun_at < now - std::chrono::seconds(60);
    if (is_new || is_over || is_silent) {
        row = {std::string(operation), std::string(fingerprint), std::nullopt, now};
        return IdempotencyBegin{};
    }
    if (!is_same) return conflict("this Idempotency-Key was used for another request");
    if (!row.reply)
        return conflict("the first request with this Idempotency-Key is still in progress");
    return IdempotencyBegin{false, row.reply};
}

Status MemorySystemStore::finish_idempotent(const Id& agent_id, std::string_view key,
                                            const IdempotentReply& reply) {
    Change change(state_);
    const auto row = state_.idempotency.find({agent_id, std::string(key)});
    if (row != state_.idempotency.end()) row->second.reply = reply;
    return ok();
}

Status MemorySystemStore::abandon_idempotent(const Id& agent_id, std::string_view key) {
    Change change(state_);
    const auto row = state_.idempotency.find({agent_id, std::string(key)});
    if (row != state_.idempotency.end() && !row->second.reply) state_.idempotency.erase(row);
    return ok();
}

Status MemorySystemStore::audit(std::string_view action, std::string_view subject,
                                std::string_view details_json, const Actor& actor) {
    Change change(state_);
    state_.audit(action, subject, details_json, actor);
    return ok();
}

Result<int> MemorySystemStore::seal_audit(int limit) {
    Change change(state_);
    int sealed = 0;
    std::string previous;
    for (AuditRow& row : state_.audits) {
        if (row.hash.empty()) {
            if (sealed == limit) break;
            const std::string link = previous + row.text;
            row.hash.resize(SHA256_DIGEST_LENGTH);
            SHA256(reinterpret_cast<const unsigned char*>(link.data()), link.size(),
                   reinterpret_cast<unsigned char*>(row.hash.data()));
            ++sealed;
        }
        previous = row.hash;
    }
    return sealed;
}

Status MemorySystemStore::upkeep(const PruneOptions& options) {
    Change change(state_);
    const auto now = state_.now();
    std::erase_if(state_.finished, [&](const auto& entry) {
        if (entry.second.run.created_at >= now - options.runs) return false;
        state_.steps.erase(entry.first);
        state_.events.erase(entry.first);
        state_.logs.erase(entry.first);
        return true;
    });
    while (!state_.changes.empty() && state_.changes.front().at < now - options.runs) {
        state_.change_horizon = state_.changes.front().position;
        state_.changes.pop_front();
    }
    std::erase_if(state_.idempotency, [&](const auto& entry) {
        return entry.second.begun_at < now - options.idempotency;
    });
    std::erase_if(state_.links, [&](const auto& entry) { return entry.second.expires_at <= now; });
    std::erase_if(state_.sessions, [&](const auto& entry) {
        return std::min(entry.second.expires_at, entry.second.ends_at) <= now;
    });
    std::erase_if(state_.refresh_tokens,
                  [&](const auto& entry) { return entry.second.expires_at <= now; });
    std::erase_if(state_.workers, [&](const auto& entry) {
        return entry.second.seen_at < now - std::chrono::hours(24);
    });
    return ok();
}

}  // namespace ordinaut::store::memory
