-- Evaluations of conditions.

-- fragment: condition_columns
c.state, CASE WHEN t.status = 'active' THEN c.evaluate_at END

-- name: lock_condition
SELECT state FROM condition_state WHERE task_id = $1 FOR UPDATE

-- name: put_condition
INSERT INTO condition_state (task_id, evaluate_at, state) VALUES ($1, now(), $2)
ON CONFLICT (task_id) DO UPDATE SET evaluate_at = now(), state = excluded.state, locked_until = NULL, lease_token = NULL

-- name: delete_condition
DELETE FROM condition_state WHERE task_id = $1

-- name: lock_due_conditions
-- Only locks. The status of the tasks is read by the statement after it: its snapshot is taken once these rows are ours, so it
-- sees a resume that came first, and one that comes later waits and has the last word.
SELECT task_id FROM condition_state
WHERE evaluate_at <= now() AND (locked_until IS NULL OR locked_until < now())
ORDER BY evaluate_at LIMIT $1 FOR UPDATE SKIP LOCKED

-- name: rest_conditions
-- Of tasks that are not active: out of the index of what is due, until they are resumed.
UPDATE condition_state c SET evaluate_at = NULL, locked_until = NULL, lease_token = NULL
WHERE c.task_id = ANY ($1::uuid[])
      AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = c.task_id AND t.status = 'active' AND t.condition IS NOT NULL)

-- name: lease_conditions
WITH leased AS (
    UPDATE condition_state c SET locked_until = now() + $2 * interval '1 millisecond', lease_token = gen_random_uuid()
    WHERE c.task_id = ANY ($1::uuid[]) AND c.evaluate_at IS NOT NULL
    RETURNING c.task_id, c.lease_token
)
SELECT l.lease_token, a.scopes, {task_columns}
FROM leased l JOIN task t ON t.id = l.task_id LEFT JOIN agent a ON a.id = t.owner AND a.enabled

-- name: lock_answered_conditions
-- What was leased by someone else since, or changed, has another token.
SELECT now(), c.lease_token, c.state FROM condition_state c
     JOIN unnest($1::uuid[], $2::uuid[]) AS i (task_id, lease_token) ON c.task_id = i.task_id AND c.lease_token = i.lease_token
ORDER BY c.task_id FOR UPDATE OF c

-- name: lock_edge_tasks
SELECT {task_columns} FROM task t WHERE t.id = ANY ($1::uuid[]) AND t.status = 'active' ORDER BY t.id FOR UPDATE

-- name: settle_conditions
UPDATE condition_state c
SET state = i.state::json, locked_until = NULL, lease_token = NULL,
    evaluate_at = CASE WHEN c.evaluate_at + i.seconds * interval '1 second' > now() THEN c.evaluate_at ELSE now() END
                  + i.seconds * interval '1 second'
FROM unnest($1::uuid[], $2::text[], $3::bigint[]) AS i (task_id, state, seconds)
WHERE c.task_id = i.task_id

-- name: release_conditions
UPDATE condition_state c SET locked_until = NULL, lease_token = NULL
FROM unnest($1::uuid[], $2::uuid[]) AS i (task_id, lease_token)
WHERE c.task_id = i.task_id AND c.lease_token = i.lease_token
