-- Policies of tasks (buffered overlap, start deadlines, pausing after failures, exclusion calendars) and what the
-- accounting of occurrences needs.

ALTER TABLE task
    ADD COLUMN start_deadline_seconds integer     NOT NULL DEFAULT 0,  -- 0 = none.
    ADD COLUMN pause_after_failures   integer     NOT NULL DEFAULT 0,  -- 0 = never.
    ADD COLUMN failures_in_a_row      integer     NOT NULL DEFAULT 0,  -- Counted only where pause_after_failures says so.
    ADD COLUMN calendars              text[]      NOT NULL DEFAULT '{}',
    ADD COLUMN paused_cursor          timestamptz,                     -- next_run_at as it was when the task was paused.
    ADD COLUMN schedule_since         timestamptz,                     -- When the current generation began.
    ADD COLUMN snoozed                boolean     NOT NULL DEFAULT false;
UPDATE task SET schedule_since = CASE WHEN generation = 1 THEN created_at ELSE updated_at END;
ALTER TABLE task ALTER COLUMN schedule_since SET NOT NULL;

ALTER TABLE due_work
    ADD COLUMN start_by      timestamptz,                    -- Not started by then: expired. Null once it started.
    ADD COLUMN buffered      boolean NOT NULL DEFAULT false, -- Waits (blocked) until no earlier run of its task is live.
    ADD COLUMN cancel_reason text    NOT NULL DEFAULT '';
CREATE INDEX due_work_start_by ON due_work (start_by) WHERE start_by IS NOT NULL;
CREATE INDEX due_work_buffered ON due_work (task_id, queue_key) WHERE buffered;

-- Named exclusion calendars: what falls into one does not run.
CREATE TABLE calendar (
    owner      uuid        NOT NULL,
    name       text        NOT NULL,
    timezone   text        NOT NULL,  -- Whose days; empty = the task's zone.
    kind       text        NOT NULL CHECK (kind IN ('dates', 'ical')),
    content    text        NOT NULL,  -- Dates and ranges, one a line; or an iCalendar file.
    version    bigint      NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (owner, name)
);

CREATE INDEX skipped_occurrence_last ON skipped_occurrence (task_id, last_at);
