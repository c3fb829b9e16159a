-- Exclusion calendars.

-- fragment: calendar_columns
c.owner, c.name, c.kind, c.timezone, c.content, c.version, c.created_at, c.updated_at

-- name: put_calendar
-- Nothing comes back when the owner has too many.
INSERT INTO calendar AS c (owner, name, kind, timezone, content, version, created_at, updated_at)
SELECT $1, $2, $3, $4, $5, 1, now(), now()
WHERE (SELECT count(*) FROM calendar WHERE owner = $1 AND name <> $2) < 1000
ON CONFLICT (owner, name) DO UPDATE
SET kind = excluded.kind, timezone = excluded.timezone, content = excluded.content, version = c.version + 1, updated_at = now()
RETURNING {calendar_columns}

-- name: get_calendar
SELECT {calendar_columns} FROM calendar c WHERE c.owner = $1 AND c.name = $2

-- name: find_calendars
SELECT {calendar_columns} FROM calendar c WHERE c.owner = $1 AND c.name = ANY ($2::text[]) ORDER BY c.name

-- name: list_calendars
SELECT c.owner, c.name, c.kind, c.timezone, '' AS content, c.version, c.created_at, c.updated_at
FROM calendar c WHERE c.owner = $1 ORDER BY c.name LIMIT 1000

-- name: calendars_of
-- For the tasks of one batch of fires: the calendars they name.
SELECT {calendar_columns} FROM calendar c
WHERE (c.owner, c.name) IN (SELECT owner, name FROM unnest($1::uuid[], $2::text[]) AS i (owner, name))

-- name: calendar_user
-- A task that refers to the calendar and may fire again.
SELECT id FROM task WHERE owner = $1 AND $2 = ANY (calendars) AND status IN ('active', 'paused') LIMIT 1

-- name: delete_calendar
DELETE FROM calendar WHERE owner = $1 AND name = $2 RETURNING name
