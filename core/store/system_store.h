// What all processes on one database must agree on, and upkeep. Thread-safe.
#pragma once
#include "base/clock.h"
#include "store/actor.h"

namespace ordinaut::store {

struct IdempotentReply {
    int status = 0;
    std::string body_json;
};

struct IdempotencyBegin {
    // Go on and call finish_idempotent or abandon_idempotent.
    bool first = true;
    std::optional<IdempotentReply> reply;  // !first: the stored answer.
};

struct PruneOptions {
    std::chrono::hours runs{24 * 30};  // Finished runs, their events and logs.
    std::chrono::hours idempotency{24};
};

class SystemStore {
public:
    virtual ~SystemStore() = default;

    virtual Status ping() = 0;           // A round trip; kUnavailable says why not.
    virtual Result<WallTime> now() = 0;  // The database's clock.
    // The setting, or `fallback` stored and returned when there was none: the same for all
    // processes, whoever came first.
    virtual Result<std::string> setting_or_init(std::string_view name,
                                                std::string_view fallback) = 0;
    virtual Status set_setting(std::string_view name, std::string_view value) = 0;

    // Same key, agent, operation and fingerprint: the first answer again, for 24 h. Another
    // fingerprint → kConflict. Still in progress → kConflict ("in progress"), taken over after 60
    // s.
    virtual Result<IdempotencyBegin> begin_idempotent(const Id& agent_id, std::string_view key,
                                                      std::string_view operation,
                                                      std::string_view fingerprint) = 0;
    virtual Status finish_idempotent(const Id& agent_id, std::string_view key,
                                     const IdempotentReply& reply) = 0;
    // The request failed without effect.
    virtual Status abandon_idempotent(const Id& agent_id, std::string_view key) = 0;

    // Audit: append a row that belongs to no other change (logins, extension events).
    virtual Status audit(std::string_view action, std::string_view subject,
                         std::string_view details_json, const Actor& actor) = 0;
    // Links rows written since the last call into the hash chain; returns how many. Any process may
    // call it.
    virtual Result<int> seal_audit(int limit) = 0;

    // Makes the day partitions of the coming days, drops those past retention, deletes expired
    // idempotency rows, links and dead workers. Any process may call it; one at a time works.
    virtual Status upkeep(const PruneOptions& options) = 0;
};

}  // namespace ordinaut::store
