#pragma once
#include "store/kv_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgKvStore final : public KvStore {
public:
    explicit PgKvStore(ConnectionPool& pool) : pool_(pool) {}

    Result<std::optional<KvEntry>> get(std::string_view extension_id,
                                       std::string_view key) override;
    Result<KvOutcome> put(std::string_view extension_id, const KvPut& put) override;
    Result<KvOutcome> erase(std::string_view extension_id, std::string_view key,
                            std::optional<int64_t> expected_revision) override;
    Result<KvPage> scan(std::string_view extension_id, std::string_view prefix,
                        std::string_view after, int limit) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
