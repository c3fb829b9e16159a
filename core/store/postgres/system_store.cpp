#include "store/postgres/system_store.h"

namespace ordinaut::store::postgres {
namespace {
constexpr int kPartitionDaysAhead = 7;

int64_t whole_seconds(std::chrono::hours span) { return std::chrono::seconds(span).count(); }

// What is done together, each query with the same parameters.
struct UpkeepStep {
    std::vector<std::string_view> queries;
    Params params = {};
};

Status take_step(Transaction& tx, const UpkeepStep& step) {
    if (!read_one(tx.run("try_upkeep_lock"), [](Row& row) { return row.boolean(); }))
        return ok();  // Another process is at it.
    tx.run("bound_lock_wait");
    for (const auto query : step.queries) {
        const auto result = tx.run(query, step.params);
        if (query == "wake_stranded" && result.affected_rows() > 0) tx.notify(Channel::kDue);
    }
    return ok();
}
}  // namespace

Status PgSystemStore::ping() {
    return pool_.read([&](Transaction& tx) -> Status {
        tx.run("ping");
        return ok();
    });
}

Result<WallTime> PgSystemStore::now() {
    return pool_.read([&](Transaction& tx) -> Result<WallTime> {
        return read_one(tx.run("database_now"), [](Row& row) { return row.time(); });
    });
}

Result<std::string> PgSystemStore::setting_or_init(std::string_view name,
                                                   std::string_view fallback) {
    return pool_.transact([&](Transaction& tx) -> Result<std::string> {
        tx.run("init_setting", Params().text(name).text(fallback));
        return read_one(tx.run("get_setting", Params().text(name)),
                        [](Row& row) { return row.text(); });
    });
}

Status PgSystemStore::set_setting(std::string_view name, std::string_view value) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("set_setting", Params().text(name).text(value));
        return ok();
    });
}

Result<IdempotencyBegin> PgSystemStore::begin_idempotent(const Id& agent_id, std::string_view key,
                                                         std::string_view operation,
                                                         std::string_view fingerprint) {
    return pool_.transact([&](Transaction& tx) -> Result<IdempotencyBegin> {
        if (!tx.run("begin_idempotent",
                    Params().text(agent_id).text(key).text(operation).text(fingerprint))
                 .empty())
            return IdempotencyBegin{};
        const auto rows = tx.run("find_idempotent", Params().text(agent_id).text(key));
        if (rows.empty())
            return conflict(
                "the first request with this Idempotency-Key is just ending; try again");
        return read_one(rows, [&](Row& row) -> Result<IdempotencyBegin> {
            const bool same_operation = row.text() == operation;
            const bool same_body = row.text() == fingerprint;
            if (!same_operation || !same_body)
                return conflict("this Idempotency-Key was used for another request");
            if (row.next_is_null())
                return conflict("the first request with this Idempotency-Key is still in progress");
            IdempotentReply reply;
            reply.status = row.integer();
            reply.body_json = row.text();
            return IdempotencyBegin{false, reply};
        });
    });
}

Status PgSystemStore::finish_idempotent(const Id& agent_id, std::string_view key,
                                        const IdempotentReply& reply) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("finish_idempotent",
               Params().text(agent_id).text(key).number(reply.status).text(reply.body_json));
        return ok();
    });
}

Status PgSystemStore::abandon_idempotent(const Id& agent_id, std::string_view key) {
    return pool_.transact([&](Transaction& tx) -> Status {
        tx.run("abandon_idempotent", Params().text(agent_id).text(key));
        return ok();
    });
}

Status PgSystemStore::audit(std::string_view action, std::string_view subject,
                            std::string_view details_json, const Actor& actor) {
    return pool_.transact([&](Transaction& tx) -> Status {
        append_audit(tx, action, subject, details_json, actor);
        return ok();
    });
}

Result<int> PgSystemStore::seal_audit(int limit) {
    return pool_.transact([&](Transaction& tx) -> Result<int> {
        return read_one(tx.run("seal_audit", Params().number(limit)),
                        [](Row& row) { return row.integer(); });
    });
}

// Each step in a transaction of its own, so that none holds the locks of another; one that fails
// leaves the others to do theirs.
Status PgSystemStore::upkeep(const PruneOptions& options) {
    const Params runs = Params().number(whole_seconds(options.runs));
    const UpkeepStep steps[] = {
        {{"make_partitions"}, Params().number(kPartitionDaysAhead)},
        {{"note_change_horizon", "drop_partitions"}, runs},
        {{"note_change_horizon", "drop_old_changes"}, runs},
        {{"drop_old_skips"}, runs},
        {{"drop_old_idempotency"}, Params().number(whole_seconds(options.idempotency))},
        {{"drop_expired_dedupe_keys", "drop_expired_tokens", "drop_expired_links",
          "drop_expired_sessions", "kv_drop_expired"}},
        {{"drop_old_events", "drop_old_outbox"}},
        {{"drop_dead_workers", "wake_stranded"}},
        {{"drop_unused_slots"}},
    };
    Status done = ok();
    for (const auto& step : steps) {
        const Status taken =
            pool_.transact([&](Transaction& tx) -> Status { return take_step(tx, step); });
        if (!taken.ok() && done.ok()) done = taken;
    }
    return done;
}

}  // namespace ordinaut::store::postgres
