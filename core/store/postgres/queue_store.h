#pragma once
#include "store/postgres/connection_pool.h"
#include "store/queue_store.h"

namespace ordinaut::store::postgres {

class PgQueueStore final : public QueueStore {
public:
    explicit PgQueueStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Run> enqueue(const EnqueueRun& request, const OwnerFilter& owner,
                        const Actor& actor) override;
    Result<std::vector<Lease>> claim(const std::string& worker, int limit,
                                     std::chrono::milliseconds ttl) override;
    Result<std::vector<RenewOutcome>> renew(const std::vector<LeaseRef>& leases,
                                            std::chrono::milliseconds ttl) override;
    Result<std::vector<CompleteOutcome>> complete(const std::vector<Completion>& completions,
                                                  const std::string& worker) override;
    Result<std::vector<bool>> record_steps(
        const std::vector<std::pair<LeaseRef, Step>>& steps) override;
    Status append_logs(const std::vector<RunLogLine>& lines) override;
    Result<std::optional<std::chrono::microseconds>> until_next() override;
    Result<Run> cancel(const Id& run_id, std::string_view reason, const OwnerFilter& owner,
                       const Actor& actor) override;
    Result<Run> retry(const Id& run_id, const OwnerFilter& owner, const Actor& actor) override;
    Result<Run> replay(const Id& run_id, const OwnerFilter& owner, const Actor& actor) override;
    Status set_paused(bool paused, const Actor& actor) override;
    Result<QueueStats> stats(const OwnerFilter& owner) override;
    Status heartbeat(const WorkerInfo& worker) override;
    Status forget_worker(const std::string& name) override;
    Result<std::vector<WorkerInfo>> workers() override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
