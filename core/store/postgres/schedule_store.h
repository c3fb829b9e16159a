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
    Result<OccurrenceRecords> records(const Task& task, WallTime from, WallTime to, int limit,
                                      const OwnerFilter& owner) override;
    Result<std::vector<Run>> runs_by_id(const std::vector<Id>& ids, WallTime since,
                                        const OwnerFilter& owner) override;
    Result<std::optional<Id>> reschedule(const std::optional<Id>& after_id, int limit,
                                         const Next& next) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
