-- The queue: claims, leases, completion.
--
-- A row is ready when it is unlocked, unblocked and run_at <= now(). Its shown state is derived, so that time passing
-- needs no write.

-- fragment: live_state
CASE WHEN d.locked_until IS NOT NULL THEN 'running'
     WHEN d.buffered THEN 'scheduled'
     WHEN d.run_at <= now() THEN 'ready'
     WHEN d.queued_as = 'retry_wait' THEN 'retry_wait'
     ELSE 'scheduled' END

-- fragment: live_columns
l.run_id, l.task_id, l.owner, l.source, l.generation, l.nominal_at, {live_state} AS state, d.priority, l.created_at, d.run_at,
d.started_at, NULL::timestamptz AS finished_at, d.attempt, d.failures, d.lease_losses, coalesce(d.locked_by, '') AS worker,
NULL::json AS output, l.error, l.event, l.parent_id, l.trace_id, l.trigger

-- fragment: leased_columns
r.run_id, r.task_id, r.owner, r.source, r.generation, r.nominal_at, r.state, r.priority, r.created_at, r.run_at, r.started_at,
r.finished_at, r.attempt, r.failures, r.lease_losses, r.worker, r.output, r.error, r.event, r.parent_id, r.trace_id, r.trigger

-- name: queue_runs
-- Inserts unfinished runs and their due work; a run id that exists, live or finished, is left alone. Finished ones are
-- looked up once for the whole batch, and only from the oldest occurrence's time on, which prunes the partitions before.
WITH input AS (
    SELECT DISTINCT ON (run_id) run_id, task_id, owner, source, generation, nominal_at, coalesce(run_at, now()) AS run_at,
           priority, event, parent_id, trace_id, concurrency_key, concurrency_limit, start_within, buffered, trigger
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[], $6::timestamptz[], $7::timestamptz[],
                $8::smallint[], $9::json[], $10::uuid[], $11::text[], $12::text[], $13::integer[], $15::integer[], $16::boolean[],
                $17::json[])
         AS i (run_id, task_id, owner, source, generation, nominal_at, run_at, priority, event, parent_id, trace_id,
               concurrency_key, concurrency_limit, start_within, buffered, trigger)
), fresh AS (
    INSERT INTO live_run (run_id, task_id, owner, source, generation, nominal_at, first_run_at, created_at, event, parent_id, trace_id,
                          trigger)
    SELECT run_id, task_id, owner, source, generation, nominal_at, run_at, now(), event, parent_id, trace_id, trigger
    FROM input
    WHERE run_id <> ALL (ARRAY(SELECT r.id FROM task_run r
                               WHERE r.id = ANY ($1::uuid[])
                                     AND r.created_at >= (SELECT min(n) - interval '1 minute' FROM unnest($6::timestamptz[]) AS n)))
    ON CONFLICT (run_id) DO NOTHING
    RETURNING run_id
), queued AS (
    INSERT INTO due_work (run_id, task_id, owner, generation, priority, run_at, queue_key, queued_as, blocked, attempt,
                          failures, lease_losses, cancel_requested, concurrency_key, concurrency_limit, start_by, buffered)
    SELECT i.run_id, i.task_id, i.owner, i.generation, i.priority, i.run_at, i.run_at - i.priority * interval '60 seconds',
           CASE WHEN i.buffered OR i.run_at > now() THEN 'scheduled' ELSE 'ready' END, i.buffered, 0, 0, 0, false,
           i.concurrency_key, i.concurrency_limit, i.run_at + i.start_within * interval '1 second', i.buffered
    FROM input i JOIN fresh USING (run_id)
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT i.run_id, i.task_id, i.owner, now(), '', CASE WHEN i.buffered OR i.run_at > now() THEN 'scheduled' ELSE 'ready' END, $14,
           i.source || CASE WHEN i.buffered THEN '; waits for an earlier run' ELSE '' END, i.trace_id
    FROM input i JOIN fresh USING (run_id)
)
SELECT run_id FROM fresh

-- name: pick_work
-- Locks what one claim may take: an expired lease alone, else a run that lost a lease before alone (it may be what killed
-- its worker), else up to $1 ready rows by urgency. Each arm is bound by its own partial index; queue_key is at least a
-- minute below run_at, which bounds the scan of rows that are not due yet.
WITH gate AS MATERIALIZED (
    SELECT NOT EXISTS (SELECT 1 FROM setting WHERE name = 'queue.paused_by') AS is_open
), expired AS MATERIALIZED (
    SELECT run_id, true AS is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, false AS is_late FROM due_work
    WHERE locked_until < now() AND (SELECT is_open FROM gate)
    ORDER BY locked_until LIMIT 1 FOR UPDATE SKIP LOCKED
), suspect AS MATERIALIZED (
    SELECT run_id, false AS is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, coalesce(start_by < now(), false) AS is_late
    FROM due_work
    WHERE locked_until IS NULL AND NOT blocked AND lease_losses > 0 AND queue_key <= now() - interval '60 seconds'
          AND run_at <= now() AND (SELECT is_open FROM gate) AND NOT EXISTS (SELECT 1 FROM expired)
    ORDER BY queue_key LIMIT 1 FOR UPDATE SKIP LOCKED
), ready AS MATERIALIZED (
    SELECT run_id, false AS is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, coalesce(start_by < now(), false) AS is_late
    FROM due_work
    WHERE locked_until IS NULL AND NOT blocked AND lease_losses = 0 AND queue_key <= now() - interval '60 seconds'
          AND run_at <= now() AND (SELECT is_open FROM gate)
          AND NOT EXISTS (SELECT 1 FROM expired) AND NOT EXISTS (SELECT 1 FROM suspect)
    ORDER BY queue_key LIMIT $1 FOR UPDATE SKIP LOCKED
)
SELECT run_id, is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, is_late FROM expired
UNION ALL SELECT run_id, is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, is_late FROM suspect
UNION ALL SELECT run_id, is_expired, lease_losses, cancel_requested, concurrency_key, concurrency_limit, is_late FROM ready

-- name: claim_rows
-- Leases rows that pick_work locked, notes the transitions and returns all a worker needs, in one round trip. $4: the
-- rows are reclaimed from a worker that lost its lease.
WITH claimed AS (
    UPDATE due_work
    SET locked_until = now() + $3::bigint * interval '1 millisecond', locked_by = $2, lease_token = gen_random_uuid(),
        attempt = attempt + 1, lease_losses = lease_losses + $4::boolean::integer, started_at = coalesce(started_at, now()),
        start_by = NULL
    WHERE run_id = ANY ($1::uuid[])
    RETURNING run_id, priority, run_at, queue_key, queued_as, buffered, locked_until, locked_by, lease_token, attempt, failures,
              lease_losses, started_at
), leased AS MATERIALIZED (
    SELECT d.lease_token, d.queue_key, d.queued_as, {live_columns}
    FROM claimed d JOIN live_run l USING (run_id)
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT r.run_id, r.task_id, r.owner, e.at, e.from_state, e.to_state, $2, e.reason, r.trace_id
    FROM leased r
         CROSS JOIN LATERAL (VALUES (CASE WHEN $4 THEN now() ELSE r.run_at END, CASE WHEN $4 THEN 'running' ELSE r.queued_as END,
                                     'ready', CASE WHEN $4 THEN 'lease lost' ELSE 'due' END),
                                    (now(), 'ready', 'running', 'attempt ' || r.attempt)) AS e (at, from_state, to_state, reason)
    WHERE e.from_state <> e.to_state
)
SELECT r.lease_token, a.scopes, r.started_at < now() AS begun_before, {task_columns}, {leased_columns}
FROM leased r
     JOIN task t ON t.id = r.task_id
     LEFT JOIN agent a ON a.id = t.owner AND a.enabled
ORDER BY r.queue_key, r.run_id

-- name: block_rows
-- Rows whose concurrency key is full leave the ready index, else they would fill every claim's LIMIT.
UPDATE due_work SET blocked = true WHERE run_id = ANY ($1::uuid[])

-- name: make_slots
INSERT INTO concurrency_slot (key, used) SELECT key, 0 FROM unnest($1::text[]) AS k (key) ORDER BY key ON CONFLICT (key) DO NOTHING

-- name: lock_slots
-- In key order, always: two transactions with several keys cannot deadlock.
SELECT key, used FROM concurrency_slot WHERE key = ANY ($1::text[]) ORDER BY key FOR UPDATE

-- name: set_slots
UPDATE concurrency_slot s SET used = i.used FROM unnest($1::text[], $2::integer[]) AS i (key, used) WHERE s.key = i.key

-- name: wake_blocked
-- The transaction that frees a key wakes as many rows as it freed, most urgent first.
UPDATE due_work SET blocked = false
WHERE run_id = ANY (ARRAY(SELECT run_id FROM due_work WHERE blocked AND NOT buffered AND concurrency_key = $1
                          ORDER BY queue_key LIMIT $2 FOR UPDATE))

-- name: wake_stranded
-- A net for upkeep: blocked rows whose key has room (tasks sharing a key with different limits).
UPDATE due_work d SET blocked = false
FROM concurrency_slot s WHERE d.blocked AND NOT d.buffered AND s.key = d.concurrency_key AND s.used < d.concurrency_limit

-- name: lock_buffered
-- The lock makes two runs of a task, ended at once by two workers, see each other in release_buffered.
SELECT task_id FROM due_work WHERE buffered AND task_id = ANY ($1::uuid[]) ORDER BY run_id FOR UPDATE

-- name: release_buffered
-- Of each task without another live run that is not buffered, the oldest buffered one goes on.
WITH oldest AS (
    SELECT DISTINCT ON (b.task_id) b.run_id FROM due_work b
    WHERE b.buffered AND b.task_id = ANY ($1::uuid[])
          AND NOT EXISTS (SELECT 1 FROM live_run l JOIN due_work d USING (run_id) WHERE l.task_id = b.task_id AND NOT d.buffered)
    ORDER BY b.task_id, b.queue_key, b.run_id
), freed AS (
    UPDATE due_work d
    SET buffered = false, blocked = false, queued_as = CASE WHEN d.run_at > now() THEN 'scheduled' ELSE 'ready' END
    FROM oldest o WHERE d.run_id = o.run_id
    RETURNING d.run_id, d.task_id, d.owner, d.queued_as
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT f.run_id, f.task_id, f.owner, now(), 'scheduled', 'ready', $2, 'no earlier run is left', l.trace_id
    FROM freed f JOIN live_run l USING (run_id) WHERE f.queued_as = 'ready'
)
SELECT run_id FROM freed

-- name: lock_unstarted
-- Runs that were not started in time and that nobody is starting now.
SELECT run_id FROM due_work WHERE start_by < now() AND locked_until IS NULL ORDER BY start_by LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: drop_unused_slots
DELETE FROM concurrency_slot s
WHERE s.used = 0 AND NOT EXISTS (SELECT 1 FROM due_work d WHERE d.concurrency_key = s.key)

-- name: renew_leases
UPDATE due_work d SET locked_until = now() + $3::bigint * interval '1 millisecond'
FROM unnest($1::uuid[], $2::uuid[]) AS i (run_id, token)
WHERE d.run_id = i.run_id AND d.lease_token = i.token
RETURNING d.lease_token, d.cancel_requested

-- name: lock_rows
-- In id order, so that batches of one worker (renewals, completions) cannot deadlock.
SELECT run_id, lease_token, cancel_requested FROM due_work WHERE run_id = ANY ($1::uuid[]) ORDER BY run_id FOR UPDATE

-- name: end_runs
-- Moves runs whose rows this transaction has locked to task_run, in one statement: queue row, facts, record, history.
WITH input AS (
    SELECT run_id, state, output, error, reason, failed, lost
    FROM unnest($1::uuid[], $2::text[], $3::json[], $4::json[], $5::text[], $6::integer[], $7::integer[])
         AS i (run_id, state, output, error, reason, failed, lost)
), gone AS (
    DELETE FROM due_work d USING input i WHERE d.run_id = i.run_id
    RETURNING d.run_id, {live_state} AS from_state, d.priority, d.run_at, d.locked_by, d.attempt, d.failures + i.failed AS failures,
              d.lease_losses + i.lost AS lease_losses, d.started_at, d.concurrency_key, d.locked_until IS NOT NULL AS was_leased,
              d.blocked, i.state, i.output, i.error,
              CASE WHEN i.state = 'canceled' AND d.cancel_reason <> '' THEN d.cancel_reason ELSE i.reason END AS reason
), moved AS (
    DELETE FROM live_run l USING gone g WHERE l.run_id = g.run_id
    RETURNING l.run_id, l.task_id, l.owner, l.source, l.generation, l.nominal_at, l.first_run_at, g.state, g.priority,
              l.created_at, g.run_at, g.started_at, g.attempt, g.failures, g.lease_losses, coalesce(g.locked_by, '') AS worker,
              g.output, CASE WHEN g.state = 'succeeded' THEN NULL ELSE coalesce(g.error::text, l.error::text)::json END AS error,
              l.event, l.parent_id, l.trace_id, l.trigger, g.from_state, g.reason,
              coalesce((l.trigger ->> 'depth')::integer + 1, 0) AS depth
), recorded AS (
    INSERT INTO task_run (id, task_id, owner, source, generation, nominal_at, first_run_at, state, priority, created_at, run_at,
                          started_at, finished_at, attempt, failures, lease_losses, worker, output, error, event, parent_id, trace_id,
                          trigger)
    SELECT run_id, task_id, owner, source, generation, nominal_at, first_run_at, state, priority, created_at, run_at,
           started_at, now(), attempt, failures, lease_losses, worker, output, error, event, parent_id, trace_id, trigger
    FROM moved
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT run_id, task_id, owner, now(), from_state, state, $8, reason, trace_id FROM moved
), told AS (  -- One row for them all. $9: events caused by so many others are not told.
    INSERT INTO outbox (events)
    SELECT json_agg(json_build_object('topic', 'run.' || state, 'depth', depth, 'trace_id', trace_id, 'payload',
               json_build_object('run_id', run_id, 'task_id', task_id, 'owner', owner, 'state', state, 'source', source,
                                 'attempt', attempt, 'reason', reason, 'error', error ->> 'error',
                                 'message', left(error ->> 'message', 500))))
    FROM moved WHERE depth <= $9::integer HAVING count(*) > 0
)
SELECT m.run_id, m.task_id, g.concurrency_key, g.was_leased, g.blocked, m.depth FROM moved m JOIN gone g USING (run_id)

-- name: requeue_runs
-- Attempts that go back to the queue: retry_wait after a delay, or ready (a drained release: it keeps its place and its
-- attempt is given back).
WITH input AS (
    SELECT run_id, state, wait_ms, failed, error, reason
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::integer[], $5::json[], $6::text[])
         AS i (run_id, state, wait_ms, failed, error, reason)
), back AS (
    UPDATE due_work d
    SET locked_until = NULL, locked_by = NULL, lease_token = NULL, queued_as = i.state,
        run_at = CASE WHEN i.state = 'ready' THEN d.run_at ELSE now() + i.wait_ms * interval '1 millisecond' END,
        queue_key = CASE WHEN i.state = 'ready' THEN d.queue_key
                         ELSE now() + i.wait_ms * interval '1 millisecond' - d.priority * interval '60 seconds' END,
        attempt = d.attempt - (i.state = 'ready')::integer, failures = d.failures + i.failed,
        -- Unless it has come to a step already, it was never started.
        started_at = CASE WHEN i.state = 'ready' AND d.attempt = 1
                               AND NOT EXISTS (SELECT 1 FROM live_run l JOIN run_step s ON s.run_id = l.run_id AND s.run_created_at = l.created_at
                                               WHERE l.run_id = d.run_id)
                          THEN NULL ELSE d.started_at END
    FROM input i WHERE d.run_id = i.run_id
    RETURNING d.run_id, d.task_id, d.owner, d.concurrency_key, i.state, i.error, i.reason
), kept AS (
    UPDATE live_run l SET error = b.error FROM back b WHERE l.run_id = b.run_id AND b.error IS NOT NULL
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT b.run_id, b.task_id, b.owner, now(), 'running', b.state, $7, b.reason, l.trace_id FROM back b JOIN live_run l USING (run_id)
)
SELECT run_id, task_id, concurrency_key, true AS was_leased, false AS blocked, 0 AS depth FROM back

-- name: until_next
-- queue_key lies 1 to 9 minutes before run_at, so the earliest run_at is among the rows whose queue_key is below the
-- run_at of the first one in queue order: a short range of the index instead of an index of its own.
WITH gate AS MATERIALIZED (
    SELECT NOT EXISTS (SELECT 1 FROM setting WHERE name = 'queue.paused_by') AS is_open
), nearest AS (
    (SELECT min(locked_until) AS at FROM due_work WHERE locked_until IS NOT NULL)
    UNION ALL
    (SELECT min(run_at) FROM due_work
     WHERE locked_until IS NULL AND NOT blocked AND lease_losses = 0
           AND queue_key <= (SELECT run_at - interval '60 seconds' FROM due_work
                             WHERE locked_until IS NULL AND NOT blocked AND lease_losses = 0 ORDER BY queue_key LIMIT 1))
    UNION ALL
    (SELECT min(run_at) FROM due_work
     WHERE locked_until IS NULL AND NOT blocked AND lease_losses > 0
           AND queue_key <= (SELECT run_at - interval '60 seconds' FROM due_work
                             WHERE locked_until IS NULL AND NOT blocked AND lease_losses > 0 ORDER BY queue_key LIMIT 1))
)
SELECT (extract(epoch FROM min(at) - clock_timestamp()) * 1000000)::bigint FROM nearest WHERE (SELECT is_open FROM gate)

-- name: lock_run
SELECT d.run_id, d.locked_until IS NOT NULL FROM due_work d
WHERE d.run_id = $1 AND ($2::uuid IS NULL OR d.owner = $2) FOR UPDATE

-- name: lock_task_runs
-- The live runs of a task; $3 (or null) leaves out the generation that is current.
SELECT d.run_id, d.locked_until IS NOT NULL FROM due_work d
WHERE d.run_id = ANY (ARRAY(SELECT l.run_id FROM live_run l WHERE l.task_id = $1 AND ($2::uuid IS NULL OR l.owner = $2)
                                                                 AND ($3::bigint IS NULL OR l.generation < $3)))
ORDER BY d.run_id FOR UPDATE

-- name: request_cancel
UPDATE due_work SET cancel_requested = true, cancel_reason = $2 WHERE run_id = ANY ($1::uuid[])

-- name: revive_run
-- A finished run becomes live again: same id, same creation time, counters of failure reset.
WITH ended AS (
    DELETE FROM task_run WHERE id = $1 AND created_at = $2
    RETURNING id, task_id, owner, source, generation, nominal_at, first_run_at, state, priority, created_at, started_at,
              attempt, event, parent_id, trace_id, trigger
), alive AS (
    INSERT INTO live_run (run_id, task_id, owner, source, generation, nominal_at, first_run_at, created_at, event, parent_id, trace_id,
                          trigger)
    SELECT id, task_id, owner, source, generation, nominal_at, first_run_at, created_at, event, parent_id, trace_id, trigger FROM ended
), queued AS (
    INSERT INTO due_work (run_id, task_id, owner, generation, priority, run_at, queue_key, queued_as, blocked, attempt, failures,
                          lease_losses, started_at, cancel_requested, concurrency_key, concurrency_limit)
    SELECT e.id, e.task_id, e.owner, e.generation, e.priority, now(), now() - e.priority * interval '60 seconds', 'ready', false,
           e.attempt, 0, 0, e.started_at, false, nullif(t.concurrency_key, ''), t.concurrency_limit
    FROM ended e JOIN task t ON t.id = e.task_id
), noted AS (
    INSERT INTO run_event (run_id, task_id, owner, at, from_state, to_state, actor, reason, trace_id)
    SELECT id, task_id, owner, now(), state, 'ready', $3, 'retry', trace_id FROM ended
)
SELECT id FROM ended

-- name: queue_stats
SELECT count(*) FILTER (WHERE s.state = 'ready'), count(*) FILTER (WHERE s.state = 'running'),
       count(*) FILTER (WHERE s.state = 'scheduled'), count(*) FILTER (WHERE s.state = 'retry_wait'),
       min(s.run_at) FILTER (WHERE s.state = 'ready'),
       coalesce(extract(epoch FROM now() - min(s.run_at) FILTER (WHERE s.state = 'ready')), 0),
       (SELECT value FROM setting WHERE name = 'queue.paused_by')
FROM (SELECT {live_state} AS state, d.run_at FROM due_work d WHERE $1::uuid IS NULL OR d.owner = $1) AS s

-- name: pause_queue
INSERT INTO setting (name, value, updated_at) VALUES ('queue.paused_by', $1, now()) ON CONFLICT (name) DO NOTHING

-- name: resume_queue
DELETE FROM setting WHERE name = 'queue.paused_by'
