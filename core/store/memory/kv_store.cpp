#include "store/memory/kv_store.h"

namespace ordinaut::store::memory {

MemoryKvStore::Values& MemoryKvStore::live_values(std::string_view extension_id) {
    Values& values = by_extension_[std::string(extension_id)];
    std::erase_if(values, [now = clock_.wall_now()](const auto& entry) {
        return entry.second.expires_at && *entry.second.expires_at <= now;
    });
    return values;
}

Result<std::optional<KvEntry>> MemoryKvStore::get(std::string_view extension_id,
                                                  std::string_view key) {
    const std::lock_guard lock(mutex_);
    const Values& values = live_values(extension_id);
    const auto found = values.find(key);
    if (found == values.end()) return std::optional<KvEntry>();
    return std::optional(KvEntry{found->first, found->second.json, found->second.revision});
}

Result<KvOutcome> MemoryKvStore::put(std::string_view extension_id, const KvPut& put) {
    const std::lock_guard lock(mutex_);
    Values& values = live_values(extension_id);
    const auto found = values.find(put.key);
    const int64_t there = found == values.end() ? 0 : found->second.revision;
    if (put.expected_revision && *put.expected_revision != there) return KvOutcome{false, there};
    if (there == 0 && values.size() >= static_cast<size_t>(kKeysMax))
        return Error{ErrorCode::kTooLarge,
                     "an extension keeps at most " + std::to_string(kKeysMax) + " keys"};
    Value value{put.value_json, there + 1, {}};
    if (put.ttl) value.expires_at = clock_.wall_now() + *put.ttl;
    values.insert_or_assign(put.key, std::move(value));
    return KvOutcome{true, there + 1};
}

Result<KvOutcome> MemoryKvStore::erase(std::string_view extension_id, std::string_view key,
                                       std::optional<int64_t> expected_revision) {
    const std::lock_guard lock(mutex_);
    Values& values = live_values(extension_id);
    const auto found = values.find(key);
    const int64_t there = found == values.end() ? 0 : found->second.revision;
    if (expected_revision && *expected_revision != there) return KvOutcome{false, there};
    if (found != values.end()) values.erase(found);
    return KvOutcome{true, there};
}

Result<KvPage> MemoryKvStore::scan(std::string_view extension_id, std::string_view prefix,
                                   std::string_view after, int limit) {
    const std::lock_guard lock(mutex_);
    const Values& values = live_values(extension_id);
    KvPage page;
    for (auto at = values.lower_bound(std::max(prefix, after));
         at != values.end() && at->first.starts_with(prefix); ++at) {
        if (at->first <= after) continue;
        page.more = page.entries.size() == static_cast<size_t>(limit);
        if (page.more) break;
        page.entries.push_back({at->first, at->second.json, at->second.revision});
    }
    return page;
}

Result<bool> MemoryLeaseStore::hold(std::string_view name, std::string_view holder,
                                    std::chrono::milliseconds ttl) {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.wall_now();
    const auto found = leases_.find(name);
    if (found != leases_.end() && found->second.holder != holder && found->second.expires_at > now)
        return false;
    leases_.insert_or_assign(std::string(name), Lease{std::string(holder), now + ttl});
    return true;
}

Status MemoryLeaseStore::release(std::string_view name, std::string_view holder) {
    const std::lock_guard lock(mutex_);
    const auto found = leases_.find(name);
    if (found != leases_.end() && found->second.holder == holder) leases_.erase(found);
    return ok();
}

}  // namespace ordinaut::store::memory
