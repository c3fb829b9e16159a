-- Changes in the order of their positions, (xid, sequence). A sequence number is given before its transaction commits, so
-- that a smaller one may become visible later; below the oldest running transaction nothing can be added any more.

-- name: change_bounds
SELECT pg_snapshot_xmin(pg_current_snapshot())::text, (SELECT value FROM setting WHERE name = 'changes.horizon')

-- name: read_changes
-- One row at least: the edge, and whether rows that are visible already wait beyond it. Each arm goes along its index.
WITH edge AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin
), settled AS (
    (SELECT e.xid, e.sequence, 'run.' || e.to_state AS type, e.at, e.owner, e.task_id::text AS subject, e.run_id, e.from_state, e.to_state,
            e.actor, e.reason, e.trace_id, NULL::json AS details
     FROM run_event e
     WHERE (e.xid, e.sequence) > ($1::xid8, $2::bigint) AND e.xid < (SELECT xmin FROM edge)
     ORDER BY e.xid, e.sequence LIMIT $3::integer)
    UNION ALL
    (SELECT c.xid, c.sequence, c.type, c.at, c.owner, c.subject, NULL, '', '', c.actor, '', '', c.details
     FROM change_event c
     WHERE (c.xid, c.sequence) > ($1::xid8, $2::bigint) AND c.xid < (SELECT xmin FROM edge)
     ORDER BY c.xid, c.sequence LIMIT $3::integer)
    ORDER BY xid, sequence LIMIT $3::integer
)
SELECT edge.xmin::text,
       EXISTS (SELECT 1 FROM run_event e WHERE e.xid >= (SELECT xmin FROM edge))
       OR EXISTS (SELECT 1 FROM change_event c WHERE c.xid >= (SELECT xmin FROM edge)),
       s.xid::text, s.sequence, s.type, s.at, s.owner, s.subject, s.run_id, s.from_state, s.to_state, s.actor, s.reason, s.trace_id, s.details
FROM edge LEFT JOIN settled s ON true
ORDER BY s.xid, s.sequence

-- name: note_change_horizon
-- Before old rows go: the newest position among them. Partitions go by whole days.
INSERT INTO setting AS s (name, value, updated_at)
SELECT 'changes.horizon', o.xid::text || '-' || o.sequence, now()
FROM ((SELECT e.xid, e.sequence FROM run_event e
       WHERE e.at < date_trunc('day', (now() - $1::bigint * interval '1 second') AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
       ORDER BY e.xid DESC, e.sequence DESC LIMIT 1)
      UNION ALL
      (SELECT e.xid, e.sequence FROM run_event_rest e
       WHERE e.at < now() - $1::bigint * interval '1 second' ORDER BY e.xid DESC, e.sequence DESC LIMIT 1)
      UNION ALL
      (SELECT c.xid, c.sequence FROM change_event c
       WHERE c.at < now() - $1::bigint * interval '1 second' ORDER BY c.xid DESC, c.sequence DESC LIMIT 1)) AS o
ORDER BY o.xid DESC, o.sequence DESC LIMIT 1
ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now()
WHERE (split_part(s.value, '-', 1)::xid8, split_part(s.value, '-', 2)::bigint)
      < (split_part(excluded.value, '-', 1)::xid8, split_part(excluded.value, '-', 2)::bigint)

-- name: drop_old_changes
DELETE FROM change_event WHERE at < now() - $1::bigint * interval '1 second'
