#pragma once
#include "store/postgres/connection_pool.h"
#include "store/secret_store.h"

namespace ordinaut::store::postgres {

class PgSecretStore final : public SecretStore {
public:
    explicit PgSecretStore(ConnectionPool& pool) : pool_(pool) {}

    Status put(const SealedSecret& secret, const Actor& actor) override;
    Result<std::vector<SecretInfo>> list(const OwnerFilter& owner) override;
    Status remove(std::string_view name, const Id& owner, const Actor& actor) override;
    Result<std::vector<SealedSecret>> find(const Id& owner,
                                           const std::vector<std::string>& names) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
