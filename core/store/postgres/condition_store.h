#pragma once
#include "store/condition_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgConditionStore final : public ConditionStore {
public:
    explicit PgConditionStore(ConnectionPool& pool) : pool_(pool) {}
    Result<std::vector<ConditionLease>> claim(int limit, std::chrono::milliseconds ttl) override;
    Result<std::vector<AnswerOutcome>> settle(const std::vector<ConditionAnswer>& answers,
                                              const Judge& judge, const Planner& plan) override;
    Status release(const std::vector<std::pair<Id, Id>>& tasks_and_tokens) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
