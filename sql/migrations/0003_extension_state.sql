-- What extensions keep (ord.kv), and the leases of background tasks that run in one process of the installation.

CREATE TABLE extension_kv (
    extension_id text        NOT NULL,
    key          text        NOT NULL COLLATE "C",  -- Scans go by bytes.
    value        text        NOT NULL,              -- JSON as it was given.
    revision     bigint      NOT NULL,
    expires_at   timestamptz,
    updated_at   timestamptz NOT NULL,
    PRIMARY KEY (extension_id, key)
);
CREATE INDEX extension_kv_expires ON extension_kv (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE lease (
    name       text        NOT NULL PRIMARY KEY,
    holder     text        NOT NULL,
    expires_at timestamptz NOT NULL
);
