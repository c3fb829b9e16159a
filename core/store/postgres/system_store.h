#pragma once
#include "store/postgres/connection_pool.h"
#include "store/system_store.h"

namespace ordinaut::store::postgres {

class PgSystemStore final : public SystemStore {
public:
    explicit PgSystemStore(ConnectionPool& pool) : pool_(pool) {}

    Status ping() override;
    Result<WallTime> now() override;
    Result<std::string> setting_or_init(std::string_view name, std::string_view fallback) override;
    Status set_setting(std::string_view name, std::string_view value) override;
    Result<IdempotencyBegin> begin_idempotent(const Id& agent_id, std::string_view key,
                                              std::string_view operation,
                                              std::string_view fingerprint) override;
    Status finish_idempotent(const Id& agent_id, std::string_view key,
                             const IdempotentReply& reply) override;
    Status abandon_idempotent(const Id& agent_id, std::string_view key) override;
    Status audit(std::string_view action, std::string_view subject, std::string_view details_json,
                 const Actor& actor) override;
    Result<int> seal_audit(int limit) override;
    Status upkeep(const PruneOptions& options) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
