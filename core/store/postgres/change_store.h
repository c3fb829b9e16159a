#pragma once
#include "store/change_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgChangeStore final : public ChangeStore {
public:
    explicit PgChangeStore(ConnectionPool& pool) : pool_(pool) {}

    Result<ChangeBounds> bounds() override;
    Result<ChangePage> read(const ChangePosition& after, int limit) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
