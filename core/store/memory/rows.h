// The rows that the stores in memory keep: plain values.
#pragma once
#include "store/new_run.h"
#include "store/stores.h"

namespace ordinaut::store::memory {

struct LiveRun {
    Run run;  // state: what the history says; shown_state() is what callers see.
    WallTime first_run_at{};
    WallTime queue_key{};
    int64_t order = 0;  // Breaks ties of queue_key.
    std::optional<WallTime> locked_until;
    Id lease_token;
    bool cancel_requested = false;
    std::string cancel_reason;
    std::optional<WallTime> start_by;  // Null once it started.
    // Waits until no run of the task that is not buffered is left.
    bool buffered = false;
    std::string concurrency_key;  // Empty = none.
    int concurrency_limit = 1;
};

struct FinishedRun {
    Run run;
    WallTime first_run_at{};
};

struct DedupeKey {
    Id task_id;
    std::string fingerprint;
    std::optional<WallTime> expires_at;  // None: as long as the task exists.
};

struct SkipRow {
    Id task_id, owner;
    Skip skip;
};

struct AuditRow {
    std::string text;
    std::string hash;  // Empty until sealed.
};

struct IdempotencyRow {
    std::string operation, fingerprint;
    std::optional<IdempotentReply> reply;
    WallTime begun_at{};
};

struct LoginLink {
    Id agent_id;
    WallTime expires_at{};
};

struct SecretRow {
    std::string sealed;
    WallTime created_at{}, updated_at{};
};

struct AgentRow {
    Agent agent;
    std::optional<WallTime> access_not_before;
};

struct ConditionRow {
    ConditionState state;
    std::optional<WallTime> evaluate_at, locked_until;
    Id lease_token;
};

}  // namespace ordinaut::store::memory
