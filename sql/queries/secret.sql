-- Sealed secrets. Bytes cross as hex.

-- name: put_secret
INSERT INTO secret (owner, name, sealed, created_at, updated_at) VALUES ($1, $2, decode($3, 'hex'), now(), now())
ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed, updated_at = now()

-- name: list_secrets
SELECT name, owner, created_at, updated_at FROM secret WHERE $1::text IS NULL OR owner IN ($1, '') ORDER BY name, owner LIMIT 10000

-- name: delete_secret
DELETE FROM secret WHERE owner = $1 AND name = $2 RETURNING name

-- name: find_secrets
-- An owner's own secret hides the shared one of that name.
SELECT DISTINCT ON (name) name, owner, encode(sealed, 'hex') FROM secret
WHERE name = ANY ($2::text[]) AND owner IN ($1, '') ORDER BY name, owner = ''
