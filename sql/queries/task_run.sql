-- Reading runs, unfinished and finished, and their steps, history and log.

-- fragment: finished_columns
r.id, r.task_id, r.owner, r.source, r.generation, r.nominal_at, r.state, r.priority, r.created_at, r.run_at, r.started_at,
r.finished_at, r.attempt, r.failures, r.lease_losses, r.worker, r.output, r.error, r.event, r.parent_id, r.trace_id, r.trigger

-- fragment: live_filter
($1::uuid IS NULL OR l.owner = $1) AND ($2::uuid IS NULL OR l.task_id = $2) AND $3::boolean IS NULL
AND ($4::text IS NULL OR {live_state} = $4) AND ($5::timestamptz IS NULL OR l.created_at >= $5)
AND ($6::timestamptz IS NULL OR l.created_at < $6) AND ($7::uuid[] IS NULL OR l.run_id = ANY ($7))

-- fragment: finished_filter
($1::uuid IS NULL OR r.owner = $1) AND ($2::uuid IS NULL OR r.task_id = $2)
AND ($3::boolean IS NULL OR (r.state = 'succeeded') = $3) AND ($4::text IS NULL OR r.state = $4)
AND ($5::timestamptz IS NULL OR r.created_at >= $5) AND ($6::timestamptz IS NULL OR r.created_at < $6)
AND ($7::uuid[] IS NULL OR r.id = ANY ($7))

-- name: list_runs
-- Each arm reads at most limit + offset rows in index order. Planned for the very parameters, so that a null filter
-- vanishes and the owner's or the task's index is used.
SELECT * FROM (
    (SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id) WHERE {live_filter}
     ORDER BY l.created_at DESC, l.run_id DESC LIMIT $8::integer + $9::integer)
    UNION ALL
    (SELECT {finished_columns} FROM task_run r WHERE {finished_filter}
     ORDER BY r.created_at DESC, r.id DESC LIMIT $8::integer + $9::integer)
) AS runs
ORDER BY created_at DESC, run_id DESC LIMIT $8::integer OFFSET $9::integer

-- name: list_runs_oldest
SELECT * FROM (
    (SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id) WHERE {live_filter}
     ORDER BY l.created_at, l.run_id LIMIT $8::integer + $9::integer)
    UNION ALL
    (SELECT {finished_columns} FROM task_run r WHERE {finished_filter}
     ORDER BY r.created_at, r.id LIMIT $8::integer + $9::integer)
) AS runs
ORDER BY created_at, run_id LIMIT $8::integer OFFSET $9::integer

-- name: list_runs_by
-- {order_by} is one of the fixed texts in run_store.cpp. Only created_at has an index, so that any other order is one of the
-- newest 100000 that match: in narrow rows first, whole ones for the page alone.
WITH found AS (
    (SELECT l.run_id, l.task_id, l.source, {live_state} AS state, d.attempt, l.created_at,
            coalesce(l.nominal_at, l.created_at) AS due_at, d.started_at, NULL::timestamptz AS finished_at
     FROM live_run l JOIN due_work d USING (run_id) WHERE {live_filter} ORDER BY l.created_at DESC LIMIT 100000)
    UNION ALL
    (SELECT r.id, r.task_id, r.source, r.state, r.attempt, r.created_at,
            coalesce(r.nominal_at, r.created_at) AS due_at, r.started_at, r.finished_at
     FROM task_run r WHERE {finished_filter} ORDER BY r.created_at DESC LIMIT 100000)
), page AS (
    SELECT f.run_id, f.created_at, row_number() OVER (ORDER BY {order_by}) AS place
    FROM found f LEFT JOIN task t ON t.id = f.task_id
    ORDER BY place LIMIT $8::integer OFFSET $9::integer
)
SELECT {live_columns}, page.place FROM page JOIN live_run l ON l.run_id = page.run_id JOIN due_work d ON d.run_id = l.run_id
UNION ALL
SELECT {finished_columns}, page.place FROM page JOIN task_run r ON r.id = page.run_id AND r.created_at = page.created_at
ORDER BY place

-- name: count_runs
-- Bounded: nobody pages past the bound, and an exact count of a year of runs is not worth its scan.
SELECT (SELECT count(*) FROM (SELECT 1 FROM live_run l JOIN due_work d USING (run_id) WHERE {live_filter} LIMIT 100000) AS live)
     + (SELECT count(*) FROM (SELECT 1 FROM task_run r WHERE {finished_filter} LIMIT 100000) AS finished)

-- name: ids_like
-- Runs whose id lies between $3 and $4, by the primary key; and those whose id ends with $5 among the newest 100000, which
-- the indexes on created_at hold with their ids. Bounded: a beginning of few characters fits all runs of a year, of which
-- the newest are looked at (most ids grow with time).
SELECT DISTINCT id FROM (
    (SELECT alike.id FROM (SELECT r.id, r.owner, r.task_id FROM task_run r WHERE r.id BETWEEN $3 AND $4
                           ORDER BY r.id DESC LIMIT 100000) AS alike
     WHERE ($1::uuid IS NULL OR alike.owner = $1) AND ($2::uuid IS NULL OR alike.task_id = $2) LIMIT 500)
    UNION ALL
    (SELECT newest.id FROM (SELECT r.id FROM task_run r
                            WHERE ($1::uuid IS NULL OR r.owner = $1) AND ($2::uuid IS NULL OR r.task_id = $2)
                            ORDER BY r.created_at DESC, r.id DESC LIMIT 100000) AS newest
     WHERE newest.id::text LIKE $5 LIMIT 250)
    UNION ALL
    (SELECT newest.run_id FROM (SELECT l.run_id FROM live_run l
                                WHERE ($1::uuid IS NULL OR l.owner = $1) AND ($2::uuid IS NULL OR l.task_id = $2)
                                ORDER BY l.created_at DESC LIMIT 100000) AS newest
     WHERE newest.run_id BETWEEN $3 AND $4 OR newest.run_id::text LIKE $5 LIMIT 250)
) AS found

-- name: get_run
SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id) WHERE l.run_id = $1 AND ($2::uuid IS NULL OR l.owner = $2)
UNION ALL
SELECT {finished_columns} FROM task_run r WHERE r.id = $1 AND ($2::uuid IS NULL OR r.owner = $2)

-- name: occurrence_runs
-- The runs of a task's occurrences in [$3, $4), by time. An occurrence's run is created at its time or later, commonly within $5
-- seconds after the period (runs_by_id finds the others); that bounds what is read of the task's index.
SELECT * FROM (
    SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id)
    WHERE l.task_id = $1 AND ($2::uuid IS NULL OR l.owner = $2) AND l.nominal_at >= $3 AND l.nominal_at < $4
    UNION ALL
    SELECT {finished_columns} FROM task_run r
    WHERE r.task_id = $1 AND ($2::uuid IS NULL OR r.owner = $2) AND r.nominal_at >= $3 AND r.nominal_at < $4
          AND r.created_at >= $3::timestamptz - interval '1 minute' AND r.created_at < $4::timestamptz + $5 * interval '1 second'
) AS runs
ORDER BY nominal_at LIMIT $6

-- name: runs_by_id
SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id)
WHERE l.run_id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR l.owner = $2)
UNION ALL
SELECT {finished_columns} FROM task_run r
WHERE r.id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR r.owner = $2) AND r.created_at >= $3::timestamptz - interval '1 minute'

-- name: latest_run
SELECT * FROM (
    (SELECT {live_columns} FROM live_run l JOIN due_work d USING (run_id)
     WHERE l.task_id = $1 AND ($2::uuid IS NULL OR l.owner = $2) ORDER BY l.created_at DESC, l.run_id DESC LIMIT 1)
    UNION ALL
    (SELECT {finished_columns} FROM task_run r
     WHERE r.task_id = $1 AND ($2::uuid IS NULL OR r.owner = $2) ORDER BY r.created_at DESC, r.id DESC LIMIT 1)
) AS latest
ORDER BY created_at DESC, run_id DESC LIMIT 1

-- name: run_steps
-- The creation time prunes the partitions.
SELECT step_id, index, tool, save_as, state, attempt, input, output, error, started_at, finished_at
FROM run_step WHERE run_id = $1 AND run_created_at = $2 ORDER BY index, step_id

-- name: steps_of_runs
SELECT s.run_id, s.step_id, s.index, s.tool, s.save_as, s.state, s.attempt, s.input, s.output, s.error, s.started_at, s.finished_at
FROM unnest($1::uuid[], $2::timestamptz[]) AS i (run_id, created_at)
     JOIN run_step s ON s.run_id = i.run_id AND s.run_created_at = i.created_at
ORDER BY s.run_id, s.index, s.step_id

-- name: record_steps
-- Of runs whose due_work rows this transaction has locked and found held.
INSERT INTO run_step (run_id, run_created_at, step_id, index, tool, save_as, state, attempt, input, output, error, started_at, finished_at)
SELECT i.run_id, l.created_at, i.step_id, i.index, i.tool, i.save_as, i.state, i.attempt, i.input, i.output, i.error,
       i.started_at, i.finished_at
FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::json[], $9::json[],
            $10::json[], $11::timestamptz[], $12::timestamptz[])
         AS i (run_id, step_id, index, tool, save_as, state, attempt, input, output, error, started_at, finished_at)
     JOIN live_run l ON l.run_id = i.run_id
ON CONFLICT (run_id, step_id, run_created_at) DO UPDATE
SET index = excluded.index, tool = excluded.tool, save_as = excluded.save_as, state = excluded.state, attempt = excluded.attempt,
    input = excluded.input, output = excluded.output, error = excluded.error, started_at = excluded.started_at,
    finished_at = excluded.finished_at

-- name: run_events
-- A run's history starts when it is created; a day's grace covers steps of the database's clock and still prunes.
SELECT e.sequence, e.run_id, e.at, e.from_state, e.to_state, e.actor, e.reason, e.trace_id
FROM run_event e WHERE e.run_id = $1 AND e.at >= $2::timestamptz - interval '1 day' ORDER BY e.sequence

-- name: append_logs
INSERT INTO run_log (run_id, at, level, step_id, message, fields)
SELECT run_id, at, level, step_id, message, fields
FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::json[])
     AS i (run_id, at, level, step_id, message, fields)

-- name: run_logs
SELECT run_id, at, level, step_id, message, fields FROM run_log
WHERE run_id = $1 AND written_at >= $2 ORDER BY sequence OFFSET $3 LIMIT $4

-- name: run_stats
-- date_part, for extract counts in numeric, which costs three times as much.
-- One pass: a row per day and, by the empty grouping set, the total.
SELECT day::text, count(*), count(*) FILTER (WHERE state = 'succeeded'), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'canceled'), count(*) FILTER (WHERE state IN ('timed_out', 'expired')),
       count(*) FILTER (WHERE state = 'live'), avg(duration),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration), percentile_cont(0.95) WITHIN GROUP (ORDER BY duration), avg(lateness)
FROM (
    SELECT (r.created_at AT TIME ZONE 'UTC')::date AS day, r.state,
           date_part('epoch', r.finished_at - r.started_at) AS duration,
           date_part('epoch', r.started_at - r.first_run_at) AS lateness
    FROM task_run r
    WHERE ($1::uuid IS NULL OR r.task_id = $1) AND ($2::uuid IS NULL OR r.owner = $2)
          AND r.created_at >= now() - $3::integer * interval '1 day'
    UNION ALL
    SELECT (l.created_at AT TIME ZONE 'UTC')::date, 'live', NULL, NULL
    FROM live_run l
    WHERE ($1::uuid IS NULL OR l.task_id = $1) AND ($2::uuid IS NULL OR l.owner = $2)
          AND l.created_at >= now() - $3::integer * interval '1 day'
) AS runs
GROUP BY GROUPING SETS ((day), ())
ORDER BY day NULLS FIRST

-- name: run_timeline
-- Read by created_at, newest first and no more than $6: of the partitions and the index only the span. What a statement sorts
-- for several percentiles of one value it sorts once.
SELECT date_bin($5 * interval '1 second', created_at, 'epoch') AS at, min(created_at), count(*),
       count(*) FILTER (WHERE state = 'succeeded'), count(*) FILTER (WHERE state = 'failed'),
       count(*) FILTER (WHERE state = 'canceled'), count(*) FILTER (WHERE state IN ('timed_out', 'expired')),
       count(*) FILTER (WHERE state = 'live'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY lateness), percentile_cont(0.95) WITHIN GROUP (ORDER BY lateness),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY lateness), max(lateness),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration), percentile_cont(0.95) WITHIN GROUP (ORDER BY duration),
       percentile_cont(0.99) WITHIN GROUP (ORDER BY duration), max(duration)
FROM (
    (SELECT r.created_at, r.state, date_part('epoch', r.started_at - r.first_run_at) AS lateness,
            date_part('epoch', r.finished_at - r.started_at) AS duration
     FROM task_run r
     WHERE ($1::uuid IS NULL OR r.task_id = $1) AND ($2::uuid IS NULL OR r.owner = $2)
           AND r.created_at >= $3 AND r.created_at < $4
     ORDER BY r.created_at DESC LIMIT $6)
    UNION ALL
    (SELECT l.created_at, 'live', date_part('epoch', d.started_at - l.first_run_at), NULL
     FROM live_run l JOIN due_work d USING (run_id)
     WHERE ($1::uuid IS NULL OR l.task_id = $1) AND ($2::uuid IS NULL OR l.owner = $2)
           AND l.created_at >= $3 AND l.created_at < $4
     ORDER BY l.created_at DESC LIMIT $6)
    ORDER BY created_at DESC LIMIT $6
) AS runs
GROUP BY at
ORDER BY at
