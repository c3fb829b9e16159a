#pragma once
#include "store/postgres/connection_pool.h"
#include "store/task_store.h"

namespace ordinaut::store::postgres {

class PgTaskStore final : public TaskStore {
public:
    explicit PgTaskStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Created> create(const Task& task, std::string_view fingerprint,
                           const Actor& actor) override;
    Result<Task> get(const Id& id, const OwnerFilter& owner) override;
    Result<Listing<Task>> list(const TaskQuery& query) override;
    Result<Task> update(const TaskUpdate& update, const OwnerFilter& owner,
                        const Actor& actor) override;
    Status remove(const Id& id, bool force, const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> pause(const Id& id, const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> resume(const Id& id, const Resumption& resumption, const OwnerFilter& owner,
                        const Actor& actor) override;
    Result<Task> snooze(const Id& id, WallTime from, std::chrono::seconds delay,
                        std::string_view reason, const std::vector<Skip>& skips,
                        const OwnerFilter& owner, const Actor& actor) override;
    Result<Task> cancel(const Id& id, std::string_view reason, const OwnerFilter& owner,
                        const Actor& actor) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
