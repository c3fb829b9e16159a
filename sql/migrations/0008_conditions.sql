-- Tasks that run when a condition comes true: what they watch, and what is known of it.

ALTER TABLE task ADD COLUMN condition json;  -- {source, interval_seconds, edge, …}; null for other kinds.

-- A table of its own, narrow: an evaluation changes a row here and leaves the task alone.
CREATE TABLE condition_state (
    task_id      uuid        NOT NULL PRIMARY KEY,
    evaluate_at  timestamptz,            -- Null: the task is not active. Resuming it sets this again.
    locked_until timestamptz,            -- A process is evaluating it until then.
    lease_token  uuid,                   -- Of that process; a change of the condition takes it away.
    state        json        NOT NULL
);
CREATE INDEX condition_state_due ON condition_state (evaluate_at) WHERE evaluate_at IS NOT NULL;
