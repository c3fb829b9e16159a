#pragma once
#include "store/lease_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgLeaseStore final : public LeaseStore {
public:
    explicit PgLeaseStore(ConnectionPool& pool) : pool_(pool) {}

    Result<bool> hold(std::string_view name, std::string_view holder,
                      std::chrono::milliseconds ttl) override;
    Status release(std::string_view name, std::string_view holder) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
