// Events in memory, for tests.
#pragma once
#include "store/memory/state.h"

namespace ordinaut::store::memory {

class MemoryEventStore final : public EventStore {
public:
    explicit MemoryEventStore(State& state) : state_(state) {}

    Result<Intake> take_in(const std::vector<IncomingEvent>& events, const Matches& matches,
                           const Planner& plan) override;
    Result<std::vector<Id>> waiting_for(std::string_view topic, const Matches& matches,
                                        const OwnerFilter& owner, int limit) override;
    Status tell(const std::vector<HostEvent>& events, std::string_view audit_action,
                std::string_view audit_subject, const Actor& actor) override;
    Result<int> relay(int limit, const Publish& publish) override;

private:
    using Indexes = std::vector<size_t>;
    std::map<Id, Indexes> match(const std::vector<IncomingEvent>& events, const Matches& matches);
    void fire(Task& task, const std::vector<IncomingEvent>& events, const Indexes& mine,
              const Planner& plan, Change& change, Intake& intake);
    State& state_;
};

}  // namespace ordinaut::store::memory
