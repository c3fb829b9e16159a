#pragma once
#include "store/event_store.h"
#include "store/postgres/connection_pool.h"

namespace ordinaut::store::postgres {

class PgEventStore final : public EventStore {
public:
    explicit PgEventStore(ConnectionPool& pool) : pool_(pool) {}

    Result<Intake> take_in(const std::vector<IncomingEvent>& events, const Matches& matches,
                           const Planner& plan) override;
    Result<std::vector<Id>> waiting_for(std::string_view topic, const Matches& matches,
                                        const OwnerFilter& owner, int limit) override;
    Status tell(const std::vector<HostEvent>& events, std::string_view audit_action,
                std::string_view audit_subject, const Actor& actor) override;
    Result<int> relay(int limit, const Publish& publish) override;

private:
    ConnectionPool& pool_;
};

}  // namespace ordinaut::store::postgres
