-- An expired entry is as good as gone; upkeep removes it.

-- name: kv_get
SELECT value, revision FROM extension_kv WHERE extension_id = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > now())

-- name: kv_put
-- $4: the expected revision, null = any, 0 = none. No row comes back when another one is there.
INSERT INTO extension_kv AS kv (extension_id, key, value, revision, expires_at, updated_at)
SELECT $1, $2, $3, 1, now() + $5::bigint * interval '1 millisecond', now()
WHERE coalesce($4::bigint, 0) = 0 OR EXISTS (SELECT FROM extension_kv WHERE extension_id = $1 AND key = $2)
ON CONFLICT (extension_id, key) DO UPDATE
SET value = excluded.value, expires_at = excluded.expires_at, updated_at = excluded.updated_at,
    revision = CASE WHEN kv.expires_at <= now() THEN 1 ELSE kv.revision + 1 END
WHERE $4::bigint IS NULL OR $4::bigint = CASE WHEN kv.expires_at <= now() THEN 0 ELSE kv.revision END
RETURNING revision

-- name: kv_count
-- Stops counting at the limit.
SELECT count(*) FROM (SELECT FROM extension_kv WHERE extension_id = $1 LIMIT $2) AS kept

-- name: kv_erase
DELETE FROM extension_kv
WHERE extension_id = $1 AND key = $2 AND (expires_at IS NULL OR expires_at > now()) AND ($3::bigint IS NULL OR revision = $3)
RETURNING revision

-- name: kv_scan
SELECT key, value, revision FROM extension_kv
WHERE extension_id = $1 AND key > $3 AND key >= $2 AND starts_with(key, $2) AND (expires_at IS NULL OR expires_at > now())
ORDER BY key LIMIT $4

-- name: kv_drop_expired
DELETE FROM extension_kv WHERE expires_at < now()

-- name: hold_lease
INSERT INTO lease (name, holder, expires_at) VALUES ($1, $2, now() + $3::bigint * interval '1 millisecond')
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE lease.holder = excluded.holder OR lease.expires_at <= now()
RETURNING name

-- name: release_lease
DELETE FROM lease WHERE name = $1 AND holder = $2
