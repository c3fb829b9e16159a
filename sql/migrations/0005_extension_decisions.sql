-- What operators decide about extensions at run time: switched on or off, configured, granted, started anew.
-- A row says only what was decided; null means that nobody has.

ALTER TABLE extension ALTER COLUMN enabled DROP NOT NULL;
ALTER TABLE extension ADD COLUMN config json;
ALTER TABLE extension ADD COLUMN reloads bigint NOT NULL DEFAULT 0;  -- Asked for so far; a process that has done fewer does one.

-- No row: the policy of the process decides. A row without capabilities grants nothing.
CREATE TABLE extension_grant (
    extension_id text        NOT NULL PRIMARY KEY,
    capabilities text[]      NOT NULL,
    updated_at   timestamptz NOT NULL
);
