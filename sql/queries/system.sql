-- What all processes share: settings, idempotent replies, the audit log, extension switches, upkeep.

-- name: ping
SELECT 1

-- name: database_now
SELECT clock_timestamp()

-- name: init_setting
INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, now()) ON CONFLICT (name) DO NOTHING

-- name: set_setting
INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, now())
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now()

-- name: get_setting
SELECT value FROM setting WHERE name = $1

-- name: begin_idempotent
-- A row comes back when this request is the one to serve: the key is new, its day is over, or the request that began it
-- has been silent for a minute (its process died).
INSERT INTO idempotency AS k (agent_id, key, operation, fingerprint, begun_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (agent_id, key) DO UPDATE
SET operation = excluded.operation, fingerprint = excluded.fingerprint, status = NULL, body = NULL, begun_at = now()
WHERE k.begun_at < now() - interval '24 hours'
      OR (k.status IS NULL AND k.begun_at < now() - interval '60 seconds' AND k.operation = excluded.operation
          AND k.fingerprint = excluded.fingerprint)
RETURNING key

-- name: find_idempotent
SELECT operation, fingerprint, status, body FROM idempotency WHERE agent_id = $1 AND key = $2

-- name: finish_idempotent
UPDATE idempotency SET status = $3, body = $4 WHERE agent_id = $1 AND key = $2

-- name: abandon_idempotent
DELETE FROM idempotency WHERE agent_id = $1 AND key = $2 AND status IS NULL

-- name: drop_old_idempotency
DELETE FROM idempotency WHERE begun_at < now() - $1::bigint * interval '1 second'

-- name: append_audit
-- Changes of tasks, of the queue and of extensions are told to whoever watches, as well.
WITH told AS (
    INSERT INTO change_event (at, type, subject, owner, actor, details)
    SELECT now(), $1::text, $2::text,
           (SELECT t.owner FROM task t WHERE t.id = CASE WHEN $1::text LIKE 'task.%' THEN $2::text::uuid END),
           coalesce(nullif($3::text, ''), $4::text), $6::json
    WHERE $1::text LIKE 'task.%' OR $1::text LIKE 'queue.%' OR $1::text LIKE 'extension.%'
)
INSERT INTO audit_log (at, action, subject, agent_id, actor, request_id, details)
VALUES (now(), $1::text, $2::text, $3::text, $4::text, $5::text, $6::json)

-- name: seal_audit
SELECT ordinaut_seal_audit($1)

-- name: try_upkeep_lock
SELECT pg_try_advisory_xact_lock(hashtext('ordinaut.upkeep'))

-- name: bound_lock_wait
-- Dropping a partition takes a strong lock on its parent; better to try again at the next upkeep than to queue everyone.
SELECT set_config('lock_timeout', '5s', true)

-- name: make_partitions
SELECT ordinaut_make_partitions($1)

-- name: drop_partitions
SELECT ordinaut_drop_partitions(now() - $1::bigint * interval '1 second')

