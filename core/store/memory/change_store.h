#pragma once
#include "store/memory/state.h"

namespace ordinaut::store::memory {

class MemoryChangeStore final : public ChangeStore {
public:
    explicit MemoryChangeStore(State& state) : state_(state) {}
    Result<ChangeBounds> bounds() override;
    Result<ChangePage> read(const ChangePosition& after, int limit) override;

private:
    State& state_;
};

}  // namespace ordinaut::store::memory
