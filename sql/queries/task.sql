-- Tasks, as callers change them and as the scheduler advances them.

-- fragment: task_columns
t.id, t.title, t.description, t.owner, t.schedule_kind, t.schedule_expr, t.timezone, t.schedule_anchor, t.dst_gap, t.dst_fold,
t.payload, t.priority, t.dedupe_key, t.dedupe_window_seconds, t.max_retries, t.backoff, t.concurrency_key, t.concurrency_limit,
t.overlap, t.misfire, t.catchup_max, t.catchup_window_seconds, t.jitter_seconds, t.status, t.generation, t.version,
t.created_at, t.updated_at, t.next_run_at, t.start_deadline_seconds, t.pause_after_failures, t.calendars, t.paused_cursor,
t.schedule_since, t.condition

-- fragment: last_run
SELECT last.id, last.state, last.finished_at FROM (
    (SELECT l.run_id AS id, {live_state} AS state, NULL::timestamptz AS finished_at, l.created_at
     FROM live_run l JOIN due_work d USING (run_id) WHERE l.task_id = t.id ORDER BY l.created_at DESC, l.run_id DESC LIMIT 1)
    UNION ALL
    (SELECT r.id, r.state, r.finished_at, r.created_at FROM task_run r
     WHERE r.task_id = t.id ORDER BY r.created_at DESC, r.id DESC LIMIT 1)
) AS last ORDER BY last.created_at DESC, last.id DESC LIMIT 1

-- fragment: task_filter
($1::uuid IS NULL OR t.owner = $1) AND ($2::text IS NULL OR t.status = $2) AND ($3::text IS NULL OR t.schedule_kind = $3)
AND ($4::uuid IS NULL OR t.owner = $4)
AND ($5::text IS NULL OR t.title ILIKE $5 OR t.description ILIKE $5 OR t.id::text ILIKE $5)

-- name: insert_task
INSERT INTO task (id, title, description, owner, schedule_kind, schedule_expr, timezone, schedule_anchor, dst_gap, dst_fold, payload,
                  priority, dedupe_key, dedupe_window_seconds, max_retries, backoff, concurrency_key, concurrency_limit, overlap,
                  misfire, catchup_max, catchup_window_seconds, jitter_seconds, start_deadline_seconds, pause_after_failures,
                  calendars, status, next_run_at, paused_cursor, condition, generation, version, created_at, updated_at,
                  schedule_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27, $28, $29, $30, 1, 1, now(), now(), now())
ON CONFLICT (id) DO NOTHING
RETURNING id

-- name: accept_dedupe_key
-- A row comes back when this request is the first acceptance (the key is new, its window is over, or its task is gone).
-- Concurrent requests with one key wait for each other here.
INSERT INTO task_dedupe AS k (owner, key, task_id, fingerprint, expires_at)
VALUES ($1, $2, $3, $4, CASE WHEN $5::integer > 0 THEN now() + $5 * interval '1 second' ELSE 'infinity' END)
ON CONFLICT (owner, key) DO UPDATE
SET task_id = excluded.task_id, fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
WHERE k.expires_at <= now() OR NOT EXISTS (SELECT 1 FROM task t WHERE t.id = k.task_id)
RETURNING k.task_id

-- name: find_dedupe_key
SELECT task_id, fingerprint FROM task_dedupe WHERE owner = $1 AND key = $2

-- name: drop_expired_dedupe_keys
DELETE FROM task_dedupe WHERE expires_at < now()

-- name: get_task
SELECT {task_columns}, last.id, last.state, last.finished_at, {condition_columns}
FROM task t LEFT JOIN LATERAL ({last_run}) AS last ON true
     LEFT JOIN condition_state c ON c.task_id = t.id
WHERE t.id = $1 AND ($2::uuid IS NULL OR t.owner = $2)

-- name: lock_task
SELECT {task_columns} FROM task t WHERE t.id = $1 AND ($2::uuid IS NULL OR t.owner = $2) FOR UPDATE

-- name: list_tasks
-- {order_by} is one of the fixed texts in task_store.cpp. The page is cut before the last runs are looked up.
SELECT {task_columns}, last.id, last.state, last.finished_at, {condition_columns}
FROM (SELECT {task_columns} FROM task t WHERE {task_filter} ORDER BY {order_by} LIMIT $6 OFFSET $7) AS t
     LEFT JOIN LATERAL ({last_run}) AS last ON true
     LEFT JOIN condition_state c ON c.task_id = t.id
ORDER BY {order_by}

-- name: list_tasks_by_last_run
-- As list_tasks. Which run is a task's last is looked for among the newest 100000 runs, not task by task: that is one scan of
-- bounded length however many tasks there are. A task without one among them comes as one without runs.
SELECT {task_columns}, last.id, last.state, last.finished_at, {condition_columns}
FROM (SELECT {task_columns}
      FROM task t LEFT JOIN (
          SELECT DISTINCT ON (recent.task_id) recent.task_id, recent.state FROM (
              (SELECT l.task_id, {live_state} AS state, l.created_at, l.run_id AS id
               FROM live_run l JOIN due_work d USING (run_id) ORDER BY l.created_at DESC LIMIT 100000)
              UNION ALL
              (SELECT r.task_id, r.state, r.created_at, r.id FROM task_run r ORDER BY r.created_at DESC LIMIT 100000)
          ) AS recent ORDER BY recent.task_id, recent.created_at DESC, recent.id DESC
      ) AS last ON last.task_id = t.id
      WHERE {task_filter} ORDER BY {order_by} LIMIT $6 OFFSET $7) AS t
     LEFT JOIN LATERAL ({last_run}) AS last ON true
     LEFT JOIN condition_state c ON c.task_id = t.id
ORDER BY {order_by}

-- name: count_tasks
SELECT count(*) FROM (SELECT 1 FROM task t WHERE {task_filter} LIMIT 100000) AS tasks

-- name: update_task
-- Where the schedule stands is the caller's to say only with a new schedule: else a fire that came after the caller read the task
-- would be undone.
UPDATE task
SET title = $2, description = $3, schedule_kind = $4, schedule_expr = $5, timezone = $6, schedule_anchor = $7, dst_gap = $8,
    dst_fold = $9, payload = $10, priority = $11, dedupe_key = $12, dedupe_window_seconds = $13, max_retries = $14, backoff = $15,
    concurrency_key = $16, concurrency_limit = $17, overlap = $18, misfire = $19, catchup_max = $20, catchup_window_seconds = $21,
    jitter_seconds = $22, start_deadline_seconds = $23, pause_after_failures = $24, calendars = $25,
    status = CASE WHEN $30::boolean THEN $26::text ELSE status END,
    next_run_at = CASE WHEN $30 THEN $27::timestamptz ELSE next_run_at END,
    paused_cursor = CASE WHEN $30 THEN $28::timestamptz ELSE paused_cursor END,
    condition = $29, generation = generation + $30::integer,
    schedule_since = CASE WHEN $30 THEN now() ELSE schedule_since END, snoozed = snoozed AND NOT $30, version = version + 1,
    updated_at = now()
WHERE id = $1

-- name: set_task_status
-- A paused task keeps where its schedule stood; failures count afresh after a pause. $4: next_run_at is a snoozed one.
UPDATE task
SET status = $2, next_run_at = $3, paused_cursor = CASE WHEN $2 = 'paused' THEN coalesce(next_run_at, paused_cursor) END,
    failures_in_a_row = CASE WHEN status = 'paused' THEN 0 ELSE failures_in_a_row END, snoozed = $4, version = version + 1,
    updated_at = now()
WHERE id = $1
RETURNING owner

-- name: count_failures
-- Failures in a row, of the tasks that are to pause after so many. fresh: a success came before the `failed` ones. A row comes
-- back for each task that has reached its limit and can be paused.
WITH counted AS (
    UPDATE task t SET failures_in_a_row = CASE WHEN i.fresh THEN 0 ELSE t.failures_in_a_row END + i.failed
    FROM unnest($1::uuid[], $2::boolean[], $3::integer[]) AS i (id, fresh, failed)
    WHERE t.id = i.id AND t.pause_after_failures > 0 AND (i.failed > 0 OR t.failures_in_a_row > 0)
    RETURNING t.id, t.failures_in_a_row, t.pause_after_failures, t.status, t.next_run_at, t.schedule_kind
)
SELECT id, failures_in_a_row FROM counted
WHERE status = 'active' AND failures_in_a_row >= pause_after_failures
      AND (next_run_at IS NOT NULL OR schedule_kind IN ('event', 'condition'))

-- name: delete_task
DELETE FROM task WHERE id = $1

-- name: forget_dedupe_key
DELETE FROM task_dedupe WHERE owner = $1 AND key = $2 AND task_id = $3

-- name: has_live_runs
SELECT EXISTS (SELECT 1 FROM live_run WHERE task_id = $1)

-- name: lock_exhausted_tasks
-- The lock makes the two last runs of a task, ended at once by two workers, see each other.
SELECT id FROM task
WHERE id = ANY ($1::uuid[]) AND status = 'active' AND next_run_at IS NULL AND schedule_kind IN ('cron', 'rrule', 'once')
ORDER BY id FOR UPDATE

-- name: complete_tasks
WITH done AS (
    UPDATE task t SET status = 'completed', version = version + 1, updated_at = now()
    WHERE t.id = ANY ($1::uuid[]) AND t.status = 'active' AND t.next_run_at IS NULL AND t.schedule_kind IN ('cron', 'rrule', 'once')
          AND NOT EXISTS (SELECT 1 FROM live_run l WHERE l.task_id = t.id)
    RETURNING t.id, t.owner
), told AS (
    INSERT INTO change_event (at, type, subject, owner, actor, details)
    SELECT now(), 'task.completed', id::text, owner, $2::text, '{}' FROM done
), noted AS (
    INSERT INTO audit_log (at, action, subject, agent_id, actor, request_id, details)
    SELECT now(), 'task.completed', id::text, '', $2::text, '', '{}' FROM done
)
SELECT id, owner FROM done

-- name: lock_due_tasks
-- SKIP LOCKED: schedulers share the work without a leader. Oldest first.
SELECT now(), {task_columns} FROM task t
WHERE t.status = 'active' AND t.next_run_at IS NOT NULL AND t.next_run_at <= now()
ORDER BY t.next_run_at LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: count_live_runs
-- A statement of its own: its snapshot is taken after the task rows were locked, so it sees every earlier fire. Bounded:
-- no overlap policy looks further.
SELECT i.task_id, (SELECT count(*) FROM (SELECT 1 FROM live_run l WHERE l.task_id = i.task_id LIMIT 1000) AS live)
FROM unnest($1::uuid[]) AS i (task_id)

-- name: lock_live_runs
-- The live runs of tasks whose overlap policy acts on them. Nobody is waited for: whoever ends a run may want to lock its task.
-- The caller compares with count_live_runs and leaves a task whose runs are being changed to the next tick.
SELECT d.task_id, d.run_id, d.locked_until IS NOT NULL, d.buffered FROM due_work d
WHERE d.run_id = ANY (ARRAY(SELECT l.run_id FROM live_run l WHERE l.task_id = ANY ($1::uuid[])))
ORDER BY d.run_id FOR UPDATE SKIP LOCKED

-- name: advance_tasks
UPDATE task t SET next_run_at = i.next_run_at, snoozed = false
FROM unnest($1::uuid[], $2::timestamptz[]) AS i (id, next_run_at) WHERE t.id = i.id

-- name: until_next_task
SELECT (extract(epoch FROM least((SELECT min(next_run_at) FROM task WHERE status = 'active' AND next_run_at IS NOT NULL),
                                 (SELECT min(start_by) FROM due_work WHERE start_by IS NOT NULL))
                           - clock_timestamp()) * 1000000)::bigint

-- name: record_skips
INSERT INTO skipped_occurrence (task_id, owner, generation, first_at, last_at, count, reason, created_at)
SELECT t.id, t.owner, t.generation, i.first_at, i.last_at, i.count, i.reason, now()
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::text[]) AS i (task_id, first_at, last_at, count, reason)
     JOIN task t ON t.id = i.task_id

-- name: list_skips
SELECT first_at, last_at, count, reason, generation FROM skipped_occurrence
WHERE task_id = $1 AND ($2::uuid IS NULL OR owner = $2) ORDER BY id DESC LIMIT $3 OFFSET $4

-- name: skips_between
-- Ranges that reach into [$3, $4).
SELECT first_at, last_at, count, reason, generation FROM skipped_occurrence
WHERE task_id = $1 AND ($2::uuid IS NULL OR owner = $2) AND last_at >= $3 AND first_at < $4 ORDER BY first_at, id LIMIT $5

-- name: lock_reschedulable
-- In id order, a page at a time: what a new release of the time zone data may move.
SELECT now(), {task_columns} FROM task t
WHERE t.status = 'active' AND NOT t.snoozed AND t.next_run_at > now() AND t.schedule_kind IN ('cron', 'rrule', 'once')
      AND ($1::uuid IS NULL OR t.id > $1)
ORDER BY t.id LIMIT $2 FOR UPDATE

-- name: drop_old_skips
DELETE FROM skipped_occurrence WHERE created_at < now() - $1::bigint * interval '1 second'
