-- name: heartbeat
INSERT INTO worker_heartbeat (name, host, pid, roles, version, started_at, seen_at, running, completed)
VALUES ($1, $2, $3, $4, $5, $6, now(), $7, $8)
ON CONFLICT (name) DO UPDATE
SET host = excluded.host, pid = excluded.pid, roles = excluded.roles, version = excluded.version, started_at = excluded.started_at,
    seen_at = now(), running = excluded.running, completed = excluded.completed

-- name: forget_worker
DELETE FROM worker_heartbeat WHERE name = $1

-- name: list_workers
SELECT name, host, pid, roles, version, started_at, seen_at, running, completed FROM worker_heartbeat
WHERE seen_at > now() - interval '24 hours' ORDER BY name LIMIT 10000

-- name: drop_dead_workers
DELETE FROM worker_heartbeat WHERE seen_at < now() - interval '24 hours'
