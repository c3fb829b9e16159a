-- What the live stream reads: changes of runs are in run_event already, all others come to change_event. One sequence
-- numbers both, so that (xid, sequence) is a position in the two together.

CREATE TABLE change_event (
    sequence bigint      NOT NULL DEFAULT nextval('run_event_sequence'),
    xid      xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at       timestamptz NOT NULL,
    type     text        NOT NULL,  -- task.…, queue.…, extension.…
    subject  text        NOT NULL,  -- The task's or extension's id.
    owner    uuid,                  -- Of the task; null: it belongs to nobody.
    actor    text        NOT NULL,
    details  json        NOT NULL
);
CREATE INDEX change_event_position ON change_event (xid, sequence);
CREATE INDEX change_event_at ON change_event (at);

-- Appends at its right end only, which is cheap.
CREATE INDEX run_event_position ON run_event (xid, sequence);
