-- What operators decided about extensions.

-- name: list_extensions
SELECT coalesce(e.id, g.extension_id), e.enabled, g.capabilities, e.config, coalesce(e.reloads, 0)
FROM extension e FULL JOIN extension_grant g ON g.extension_id = e.id
ORDER BY 1 LIMIT 10000

-- name: set_extension_enabled
INSERT INTO extension (id, enabled, updated_at) VALUES ($1, $2, now())
ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, updated_at = now()

-- name: set_extension_config
INSERT INTO extension (id, config, updated_at) VALUES ($1, $2, now())
ON CONFLICT (id) DO UPDATE SET config = excluded.config, updated_at = now()

-- name: count_extension_reload
INSERT INTO extension AS e (id, reloads, updated_at) VALUES ($1, 1, now())
ON CONFLICT (id) DO UPDATE SET reloads = e.reloads + 1, updated_at = now()
RETURNING reloads

-- name: set_extension_grants
INSERT INTO extension_grant (extension_id, capabilities, updated_at) VALUES ($1, $2, now())
ON CONFLICT (extension_id) DO UPDATE SET capabilities = excluded.capabilities, updated_at = now()
