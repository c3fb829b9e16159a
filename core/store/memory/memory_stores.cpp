#include "store/memory/memory_stores.h"

#include "store/memory/agent_store.h"
#include "store/memory/change_store.h"
#include "store/memory/condition_store.h"
#include "store/memory/event_store.h"
#include "store/memory/kv_store.h"
#include "store/memory/seams.h"

namespace ordinaut::store::memory {

namespace {
class MemoryWakeup final : public Wakeup {
public:
    explicit MemoryWakeup(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<void> listen(Channel channel, Listener listener) override;

private:
    std::shared_ptr<State> state_;  // Shared with the tokens.
};
}  // namespace

struct MemoryStores::Parts {
    explicit Parts(const Clock& clock)
        : state(std::make_shared<State>(clock)), kv(clock), leases(clock) {}

    std::shared_ptr<State> state;
    MemoryTaskStore tasks{*state};
    MemoryScheduleStore schedules{*state};
    MemoryQueueStore queue{*state};
    MemoryRunStore runs{*state};
    MemoryAgentStore agents{*state};
    MemorySecretStore secrets{*state};
    MemoryCalendarStore calendars{*state};
    MemorySystemStore system{*state};
    MemoryExtensionStore extensions{*state};
    MemoryEventStore events{*state};
    MemoryWakeup wakeup{state};
    MemoryKvStore kv;
    MemoryLeaseStore leases;
    MemoryConditionStore conditions{*state};
    MemoryChangeStore changes{*state};
};

MemoryStores::MemoryStores(const Clock& clock) : parts_(std::make_unique<Parts>(clock)) {}
MemoryStores::~MemoryStores() = default;

Stores MemoryStores::stores() {
    return {parts_->tasks,      parts_->schedules, parts_->queue,     parts_->runs,
            parts_->agents,     parts_->secrets,   parts_->calendars, parts_->system,
            parts_->extensions, parts_->wakeup,    parts_->kv,        parts_->leases,
            parts_->conditions, parts_->changes,   parts_->events};
}

std::shared_ptr<void> MemoryWakeup::listen(Channel channel, Listener listener) {
    std::lock_guard lock(state_->listeners_mutex);
    const int id = state_->next_listener++;
    state_->listeners.emplace(id, std::pair(channel, std::move(listener)));
    return {nullptr, [state = state_, id](void*) {
                std::lock_guard lock(state->listeners_mutex);
                state->listeners.erase(id);
            }};
}

}  // namespace ordinaut::store::memory
