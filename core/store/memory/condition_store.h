#pragma once
#include "store/condition_store.h"
#include "store/memory/state.h"

namespace ordinaut::store::memory {

class MemoryConditionStore final : public ConditionStore {
public:
    explicit MemoryConditionStore(State& state) : state_(state) {}
    Result<std::vector<ConditionLease>> claim(int limit, std::chrono::milliseconds ttl) override;
    Result<std::vector<AnswerOutcome>> settle(const std::vector<ConditionAnswer>& answers,
                                              const Judge& judge, const Planner& plan) override;
    Status release(const std::vector<std::pair<Id, Id>>& tasks_and_tokens) override;

private:
    ConditionRow* held(const Id& task_id, const Id& token);
    void fire(const Task& edge, const ConditionVerdict& verdict, const Planner& plan,
              Change& change);
    State& state_;
};

}  // namespace ordinaut::store::memory
