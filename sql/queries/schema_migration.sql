-- The migrations' own book-keeping.

-- name: make_schema_migration
CREATE TABLE IF NOT EXISTS schema_migration (
    version    integer     NOT NULL PRIMARY KEY,
    name       text        NOT NULL,
    checksum   text        NOT NULL,
    applied_at timestamptz NOT NULL
)

-- name: has_schema_migration
SELECT to_regclass('schema_migration') IS NOT NULL

-- name: lock_migrations
-- Within the transaction, not the session: it works through a transaction pooler and cannot be left behind.
SELECT pg_advisory_xact_lock(hashtext('ordinaut.migrate'))

-- name: applied_migrations
SELECT version, name, checksum FROM schema_migration ORDER BY version

-- name: record_migration
INSERT INTO schema_migration (version, name, checksum, applied_at) VALUES ($1, $2, $3, now())
