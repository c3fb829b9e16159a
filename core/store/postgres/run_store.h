#pragma once
#include "store/postgres/connection_pool.h"
#include "store/run_store.h"

namespace ordinaut::store::postgres {

class PgRunStore final : public RunStore {
public:
    explicit PgRunStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Listing<Run>> list(const RunQuery& query) override;
    Result<RunDetail> get(const Id& run_id, const OwnerFilter& owner) override;
    Result<RunDetail> latest(const Id& task_id, const OwnerFilter& owner) override;
    Result<RunStats> stats(const Id& task_id, int days, const OwnerFilter& owner) override;
    Result<RunTimeline> timeline(const TimelineQuery& query) override;
    Result<std::vector<RunEvent>> events(const Id& run_id, const OwnerFilter& owner) override;
    Result<std::vector<RunLogLine>> logs(const Id& run_id, const OwnerFilter& owner, int64_t after,
                                         int limit) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
