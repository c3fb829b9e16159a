-- Events: from the spine into due work, and from the outbox to the spine.

-- name: event_tasks
-- Tasks that may wait for one of the topics: by its name, and all whose topic has wildcards, which the caller matches.
SELECT t.id, t.schedule_expr, t.owner, coalesce(a.enabled AND 'admin' = ANY (a.scopes), false), t.status
FROM task t LEFT JOIN agent a ON a.id = t.owner
WHERE t.schedule_kind = 'event' AND t.status IN ('active', 'paused') AND t.schedule_expr = ANY ($1::text[])
UNION ALL
SELECT t.id, t.schedule_expr, t.owner, coalesce(a.enabled AND 'admin' = ANY (a.scopes), false), t.status
FROM task t LEFT JOIN agent a ON a.id = t.owner
WHERE t.schedule_kind = 'event' AND t.status IN ('active', 'paused') AND t.schedule_expr ~ '[*#]'

-- name: note_events
-- The names that are new come back. In one order, always: two processes with the same events wait, and do not deadlock.
INSERT INTO event (source, event_id, topic, received_at)
SELECT source, event_id, topic, now() FROM unnest($1::text[], $2::text[], $3::text[]) AS i (source, event_id, topic)
ORDER BY source, event_id
ON CONFLICT (source, event_id) DO NOTHING
RETURNING source, event_id

-- name: lock_event_tasks
SELECT now(), {task_columns} FROM task t
WHERE t.id = ANY ($1::uuid[]) AND t.schedule_kind = 'event' AND t.status IN ('active', 'paused')
ORDER BY t.id FOR UPDATE

-- name: drop_old_events
DELETE FROM event WHERE received_at < now() - interval '7 days'

-- name: tell
INSERT INTO outbox (events) VALUES ($1::json)

-- name: take_outbox
-- SKIP LOCKED: processes share the work, and a row whose transaction commits late is not passed over.
DELETE FROM outbox
WHERE sequence = ANY (ARRAY(SELECT sequence FROM outbox ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED))
RETURNING sequence, batch, events

-- name: drop_old_outbox
-- The spine was out of reach for a week: nobody waits for these any more.
DELETE FROM outbox WHERE created_at < now() - interval '7 days'
