-- Agents, their refresh tokens, browser sessions and one-time login links.

-- fragment: agent_columns
id, name, scopes, secret_hash, enabled, created_at, updated_at

-- name: insert_agent
INSERT INTO agent (id, name, scopes, secret_hash, enabled, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, now(), now())
ON CONFLICT DO NOTHING RETURNING {agent_columns}

-- name: get_agent
SELECT {agent_columns} FROM agent WHERE id = $1

-- name: find_agent
SELECT {agent_columns} FROM agent WHERE name = $1

-- name: list_agents
SELECT {agent_columns} FROM agent ORDER BY created_at, id LIMIT $1 OFFSET $2

-- name: count_agents
SELECT count(*) FROM agent

-- name: agent_name_taken
SELECT EXISTS (SELECT 1 FROM agent WHERE name = $1 AND id <> $2)

-- name: update_agent
UPDATE agent SET name = $2, scopes = $3, enabled = $4, updated_at = now() WHERE id = $1 RETURNING {agent_columns}

-- name: lock_agent
SELECT id FROM agent WHERE id = $1 FOR UPDATE

-- name: agent_has_tasks
SELECT EXISTS (SELECT 1 FROM task WHERE owner = $1 AND status IN ('active', 'paused'))

-- name: delete_agent
DELETE FROM agent WHERE id = $1

-- name: set_secret_hash
UPDATE agent SET secret_hash = $2, updated_at = now() WHERE id = $1 RETURNING id

-- name: add_refresh_token
INSERT INTO refresh_token (hash, agent_id, family, expires_at, used) VALUES ($1, $2, $3, $4, $5)

-- name: use_refresh_token
-- The row lock of the subquery makes the second of two uses see the first.
UPDATE refresh_token t SET used = true
FROM (SELECT hash, used FROM refresh_token WHERE hash = $1 FOR UPDATE) AS before
WHERE t.hash = before.hash
RETURNING t.hash, t.agent_id, t.family, t.expires_at, before.used

-- name: add_successor
-- After lock_agent: whoever ends a login locks its agent too, so this statement sees what an end before it deleted, and
-- an end after it sees the row it adds.
INSERT INTO refresh_token (hash, agent_id, family, expires_at, used)
SELECT $1::text, $2::uuid, $3::uuid, $4::timestamptz, $5::boolean
WHERE EXISTS (SELECT 1 FROM refresh_token WHERE family = $3::uuid)
RETURNING hash

-- name: lock_agent_of_family
SELECT id FROM agent WHERE id = (SELECT agent_id FROM refresh_token WHERE family = $1 LIMIT 1) FOR UPDATE

-- name: revoke_family
DELETE FROM refresh_token WHERE family = $1

-- name: revoke_agent
WITH sessions AS (DELETE FROM browser_session WHERE agent_id = $1),
     links AS (DELETE FROM login_link WHERE agent_id = $1)
DELETE FROM refresh_token WHERE agent_id = $1

-- name: drop_expired_tokens
DELETE FROM refresh_token WHERE expires_at < now()

-- name: access_not_before
SELECT access_not_before FROM agent WHERE id = $1

-- name: set_access_not_before
UPDATE agent SET access_not_before = $2 WHERE id = $1 RETURNING id

-- name: add_session
INSERT INTO browser_session (hash, agent_id, created_at, expires_at, ends_at) VALUES ($1, $2, $3, $4, $5)

-- name: get_session
SELECT hash, agent_id, created_at, expires_at, ends_at FROM browser_session WHERE hash = $1 AND least(expires_at, ends_at) > now()

-- name: extend_session
UPDATE browser_session SET expires_at = $2 WHERE hash = $1

-- name: end_session
DELETE FROM browser_session WHERE hash = $1

-- name: drop_expired_sessions
DELETE FROM browser_session WHERE least(expires_at, ends_at) < now()

-- name: add_login_link
INSERT INTO login_link (hash, agent_id, expires_at) VALUES ($1, $2, $3)

-- name: use_login_link
DELETE FROM login_link WHERE hash = $1 AND expires_at > now() RETURNING agent_id

-- name: drop_expired_links
DELETE FROM login_link WHERE expires_at < now()
