// What extensions keep, and leases, in memory.
#pragma once
#include <map>
#include <mutex>

#include "base/clock.h"
#include "store/kv_store.h"
#include "store/lease_store.h"

namespace ordinaut::store::memory {

class MemoryKvStore final : public KvStore {
public:
    explicit MemoryKvStore(const Clock& clock) : clock_(clock) {}
    Result<std::optional<KvEntry>> get(std::string_view extension_id,
                                       std::string_view key) override;
    Result<KvOutcome> put(std::string_view extension_id, const KvPut& put) override;
    Result<KvOutcome> erase(std::string_view extension_id, std::string_view key,
                            std::optional<int64_t> expected_revision) override;
    Result<KvPage> scan(std::string_view extension_id, std::string_view prefix,
                        std::string_view after, int limit) override;

private:
    struct Value {
        std::string json;
        int64_t revision = 0;
        std::optional<WallTime> expires_at;
    };
    using Values = std::map<std::string, Value, std::less<>>;
    Values& live_values(std::string_view extension_id);  // With the expired ones removed.

    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Values, std::less<>> by_extension_;
};

class MemoryLeaseStore final : public LeaseStore {
public:
    explicit MemoryLeaseStore(const Clock& clock) : clock_(clock) {}
    Result<bool> hold(std::string_view name, std::string_view holder,
                      std::chrono::milliseconds ttl) override;
    Status release(std::string_view name, std::string_view holder) override;

private:
    struct Lease {
        std::string holder;
        WallTime expires_at{};
    };
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, Lease, std::less<>> leases_;
};

}  // namespace ordinaut::store::memory
