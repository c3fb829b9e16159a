#pragma once
#include "store/postgres/connection_pool.h"
#include "store/schedule_store.h"

namespace ordinaut::store::postgres {

class PgScheduleStore final : public ScheduleStore {
public:
    explicit PgScheduleStore(ConnectionPool& pool) : pool_(pool) {}

    Result<int> fire_due(int limit, const Planner& plan) override;
    Result<int> expire_unstarted(int limit) override;
    Result<std::optional<std::chrono::microseconds>> until_next() override;
    Result<std::vector<Skip>> skipped(const Id& task_id, const OwnerFilter& owner,
                                      Page page) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
