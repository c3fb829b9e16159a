-- Events: which of them became due work, what the host itself has to say, and what caused a run.

-- What caused a run that an event caused: {"event_id", "topic", "source", "published_at", "depth"}. A run that was asked for
-- on behalf of such a run has the depth alone.
ALTER TABLE live_run ADD COLUMN trigger json;
ALTER TABLE task_run ADD COLUMN trigger json;

-- Events that concerned a task when they came: the same event is not taken in again.
CREATE TABLE event (
    source      text        NOT NULL,
    event_id    text        NOT NULL,
    topic       text        NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source, event_id)
);
CREATE INDEX event_received ON event (received_at);

CREATE INDEX task_event_topic ON task (schedule_expr) WHERE schedule_kind = 'event' AND status IN ('active', 'paused');
CREATE INDEX task_event_wildcard ON task (id)
    WHERE schedule_kind = 'event' AND status IN ('active', 'paused') AND schedule_expr ~ '[*#]';

-- The host's own events on their way to the spine. One row holds all that one statement or transaction has to say: the queue
-- writes one per batch of completions.
CREATE TABLE outbox (
    sequence   bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch      uuid        NOT NULL DEFAULT gen_random_uuid(),
    events     json        NOT NULL,  -- [{"topic", "payload", "depth", "trace_id"}]
    created_at timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
