-- Browsers that are logged in by a cookie; the cookie's token is known by its hash alone.

CREATE TABLE browser_session (
    hash       text        NOT NULL PRIMARY KEY,
    agent_id   uuid        NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,  -- Unused until then, it ends.
    ends_at    timestamptz NOT NULL   -- It ends then, however much it is used.
);
CREATE INDEX browser_session_agent ON browser_session (agent_id);
