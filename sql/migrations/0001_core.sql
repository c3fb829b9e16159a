-- The first schema: agents, tasks, the queue, runs and their history, and what processes must agree on.
--
-- The hot path (due_work, live_run, run_event, task_run) has no foreign keys and no GIN indexes: they cost more than half
-- of the queue's throughput. Consistency comes from the transactions that write these tables together.
-- Free JSON is `json`, not `jsonb`: what was stored comes back byte for byte, in the writer's order of members.

CREATE TABLE agent (
    id                uuid        NOT NULL PRIMARY KEY,
    name              text        NOT NULL UNIQUE,
    scopes            text[]      NOT NULL,
    secret_hash       text        NOT NULL,
    enabled           boolean     NOT NULL,
    access_not_before timestamptz,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL
);

CREATE TABLE refresh_token (
    hash       text        NOT NULL PRIMARY KEY,
    agent_id   uuid        NOT NULL,
    family     uuid        NOT NULL,
    expires_at timestamptz NOT NULL,
    used       boolean     NOT NULL
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_agent ON refresh_token (agent_id);

CREATE TABLE login_link (
    hash       text        NOT NULL PRIMARY KEY,
    agent_id   uuid        NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE secret (
    owner      text        NOT NULL,  -- An agent's id; empty = shared with everyone.
    name       text        NOT NULL,
    sealed     bytea       NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (owner, name)
);

CREATE TABLE setting (
    name       text        NOT NULL PRIMARY KEY,
    value      text        NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE extension (
    id         text        NOT NULL PRIMARY KEY,
    enabled    boolean     NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE idempotency (
    agent_id    text        NOT NULL,
    key         text        NOT NULL,
    operation   text        NOT NULL,
    fingerprint text        NOT NULL,
    status      integer,  -- Null while the first request is being served.
    body        text,
    begun_at    timestamptz NOT NULL,
    PRIMARY KEY (agent_id, key)
);
CREATE INDEX idempotency_begun ON idempotency (begun_at);

CREATE TABLE worker_heartbeat (
    name       text        NOT NULL PRIMARY KEY,
    host       text        NOT NULL,
    pid        integer     NOT NULL,
    roles      text[]      NOT NULL,
    version    text        NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    running    integer     NOT NULL,
    completed  bigint      NOT NULL
);

-- ── tasks ──

CREATE TABLE task (
    id                     uuid        NOT NULL PRIMARY KEY,
    title                  text        NOT NULL,
    description            text        NOT NULL,
    owner                  uuid        NOT NULL,
    schedule_kind          text        NOT NULL CHECK (schedule_kind IN ('cron', 'rrule', 'once', 'event', 'condition')),
    schedule_expr          text        NOT NULL,
    timezone               text        NOT NULL,
    schedule_anchor        timestamptz NOT NULL,
    dst_gap                text        NOT NULL,
    dst_fold               text        NOT NULL,
    payload                json        NOT NULL,
    priority               smallint    NOT NULL CHECK (priority BETWEEN 1 AND 9),
    dedupe_key             text        NOT NULL,
    dedupe_window_seconds  integer     NOT NULL,
    max_retries            integer     NOT NULL,
    backoff                text        NOT NULL,
    concurrency_key        text        NOT NULL,
    concurrency_limit      integer     NOT NULL CHECK (concurrency_limit > 0),
    overlap                text        NOT NULL,
    misfire                text        NOT NULL,
    catchup_max            integer     NOT NULL,
    catchup_window_seconds integer     NOT NULL,
    jitter_seconds         integer     NOT NULL,
    status                 text        NOT NULL CHECK (status IN ('active', 'paused', 'canceled', 'completed')),
    generation             bigint      NOT NULL,
    version                bigint      NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    next_run_at            timestamptz
);
CREATE INDEX task_next_run ON task (next_run_at) WHERE status = 'active' AND next_run_at IS NOT NULL;
CREATE INDEX task_created ON task (created_at, id);
CREATE INDEX task_owner ON task (owner, created_at, id);

CREATE TABLE task_dedupe (
    owner       uuid        NOT NULL,
    key         text        NOT NULL,
    task_id     uuid        NOT NULL,
    fingerprint text        NOT NULL,
    expires_at  timestamptz NOT NULL,  -- 'infinity': as long as the task exists.
    PRIMARY KEY (owner, key)
);

CREATE TABLE skipped_occurrence (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id    uuid        NOT NULL,
    owner      uuid        NOT NULL,
    generation bigint      NOT NULL,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    count      bigint      NOT NULL,
    reason     text        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX skipped_occurrence_task ON skipped_occurrence (task_id, id);
CREATE INDEX skipped_occurrence_created ON skipped_occurrence (created_at);

-- ── the queue ──

-- One row per unfinished run: all that changes while it waits and works, and nothing else.
CREATE TABLE due_work (
    run_id            uuid        NOT NULL PRIMARY KEY,
    task_id           uuid        NOT NULL,
    owner             uuid        NOT NULL,
    generation        bigint      NOT NULL,
    priority          smallint    NOT NULL,
    run_at            timestamptz NOT NULL,
    queue_key         timestamptz NOT NULL,  -- run_at − priority × 60 s: urgency that ages.
    queued_as         text        NOT NULL,  -- The state last noted in run_event before a claim: scheduled, ready, retry_wait.
    blocked           boolean     NOT NULL,  -- Its concurrency key is full; whoever frees the key wakes it.
    locked_until      timestamptz,
    locked_by         text,
    lease_token       uuid,
    attempt           integer     NOT NULL,
    failures          integer     NOT NULL,
    lease_losses      integer     NOT NULL,
    started_at        timestamptz,
    cancel_requested  boolean     NOT NULL,
    concurrency_key   text,
    concurrency_limit integer     NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
        autovacuum_analyze_scale_factor = 0.1);
CREATE INDEX due_work_ready ON due_work (queue_key) WHERE locked_until IS NULL AND NOT blocked AND lease_losses = 0;
-- Runs that lost a lease before: claimed one at a time.
CREATE INDEX due_work_suspect ON due_work (queue_key) WHERE locked_until IS NULL AND NOT blocked AND lease_losses > 0;
CREATE INDEX due_work_leased ON due_work (locked_until) WHERE locked_until IS NOT NULL;
CREATE INDEX due_work_blocked ON due_work (concurrency_key, queue_key) WHERE blocked;

-- The facts of an unfinished run that do not change while it waits and works.
CREATE TABLE live_run (
    run_id       uuid        NOT NULL PRIMARY KEY,
    task_id      uuid        NOT NULL,
    owner        uuid        NOT NULL,
    source       text        NOT NULL,
    generation   bigint      NOT NULL,
    nominal_at   timestamptz,
    first_run_at timestamptz NOT NULL,
    created_at   timestamptz NOT NULL,
    error        json,  -- Of the last failed attempt.
    event        json,
    parent_id    uuid,
    trace_id     text        NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
CREATE INDEX live_run_task ON live_run (task_id, created_at);
CREATE INDEX live_run_created ON live_run (created_at);

CREATE TABLE concurrency_slot (
    key  text    NOT NULL PRIMARY KEY,
    used integer NOT NULL CHECK (used >= 0)
) WITH (fillfactor = 50);

-- ── finished runs and history, by day ──

CREATE TABLE task_run (
    id           uuid        NOT NULL,
    task_id      uuid        NOT NULL,
    owner        uuid        NOT NULL,
    source       text        NOT NULL,
    generation   bigint      NOT NULL,
    nominal_at   timestamptz,
    first_run_at timestamptz NOT NULL,
    state        text        NOT NULL,
    priority     smallint    NOT NULL,
    created_at   timestamptz NOT NULL,
    run_at       timestamptz NOT NULL,
    started_at   timestamptz,
    finished_at  timestamptz NOT NULL,
    attempt      integer     NOT NULL,
    failures     integer     NOT NULL,
    lease_losses integer     NOT NULL,
    worker       text        NOT NULL,
    output       json,
    error        json,
    event        json,
    parent_id    uuid,
    trace_id     text        NOT NULL,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX task_run_created ON task_run (created_at, id);
CREATE INDEX task_run_task ON task_run (task_id, created_at, id);
CREATE INDEX task_run_owner ON task_run (owner, created_at, id);
CREATE TABLE task_run_rest PARTITION OF task_run DEFAULT;

CREATE TABLE run_step (
    run_id         uuid        NOT NULL,
    run_created_at timestamptz NOT NULL,
    step_id        text        NOT NULL,
    index          integer     NOT NULL,
    tool           text        NOT NULL,
    save_as        text        NOT NULL,
    state          text        NOT NULL,
    attempt        integer     NOT NULL,
    input          json,
    output         json,
    error          json,
    started_at     timestamptz,
    finished_at    timestamptz,
    PRIMARY KEY (run_id, step_id, run_created_at)
) PARTITION BY RANGE (run_created_at);
CREATE TABLE run_step_rest PARTITION OF run_step DEFAULT;

-- Sequence order is not commit order: readers of the live stream go by (xid, sequence) below the oldest running xid.
CREATE SEQUENCE run_event_sequence CACHE 1;
CREATE TABLE run_event (
    sequence   bigint      NOT NULL DEFAULT nextval('run_event_sequence'),
    xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    run_id     uuid        NOT NULL,
    task_id    uuid        NOT NULL,
    owner      uuid        NOT NULL,
    at         timestamptz NOT NULL,
    from_state text        NOT NULL,
    to_state   text        NOT NULL,
    actor      text        NOT NULL,
    reason     text        NOT NULL,
    trace_id   text        NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX run_event_run ON run_event (run_id);
CREATE TABLE run_event_rest PARTITION OF run_event DEFAULT;

CREATE SEQUENCE run_log_sequence CACHE 1;
CREATE TABLE run_log (
    sequence   bigint      NOT NULL DEFAULT nextval('run_log_sequence'),
    written_at timestamptz NOT NULL DEFAULT now(),
    run_id     uuid        NOT NULL,
    at         timestamptz NOT NULL,
    level      text        NOT NULL,
    step_id    text        NOT NULL,
    message    text        NOT NULL,
    fields     json
) PARTITION BY RANGE (written_at);
CREATE INDEX run_log_run ON run_log (run_id, sequence);
CREATE TABLE run_log_rest PARTITION OF run_log DEFAULT;

-- Makes the partitions of today and the coming `ahead` days. Rows that already fell into the default partition (no
-- process made partitions for a while) move to their day.
CREATE FUNCTION ordinaut_make_partitions(ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    parent record;
    day    date;
    name   text;
    bounds text[];
    made   integer := 0;
BEGIN
    FOR parent IN SELECT * FROM (VALUES ('task_run', 'created_at'), ('run_step', 'run_created_at'),
                                        ('run_event', 'at'), ('run_log', 'written_at')) AS p (tab, col) LOOP
        FOR i IN 0..ahead LOOP
            day := (now() AT TIME ZONE 'UTC')::date + i;
            name := parent.tab || '_p' || to_char(day, 'YYYYMMDD');
            CONTINUE WHEN to_regclass(name) IS NOT NULL;
            bounds := ARRAY[day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00'];
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent.tab);
            EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                           parent.tab || '_rest', parent.col, bounds[1], parent.col, bounds[2], name);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent.tab, name, bounds[1], bounds[2]);
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- Drops the partitions that lie wholly before `horizon`, and such rows of the default partitions.
CREATE FUNCTION ordinaut_drop_partitions(horizon timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    parent  record;
    part    record;
    dropped integer := 0;
BEGIN
    FOR parent IN SELECT * FROM (VALUES ('task_run', 'created_at'), ('run_step', 'run_created_at'),
                                        ('run_event', 'at'), ('run_log', 'written_at')) AS p (tab, col) LOOP
        FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = parent.tab::regclass AND c.relname ~ '_p[0-9]{8}$' LOOP
            CONTINUE WHEN (to_date(right(part.relname, 8), 'YYYYMMDD') + 1)::timestamp AT TIME ZONE 'UTC' > horizon;
            EXECUTE format('DROP TABLE %I', part.relname);
            dropped := dropped + 1;
        END LOOP;
        EXECUTE format('DELETE FROM %I WHERE %I < %L', parent.tab || '_rest', parent.col, horizon);
    END LOOP;
    RETURN dropped;
END $$;

-- ── audit ──

CREATE TABLE audit_log (
    id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid        xid8        NOT NULL DEFAULT pg_current_xact_id(),
    at         timestamptz NOT NULL,
    action     text        NOT NULL,
    subject    text        NOT NULL,
    agent_id   text        NOT NULL,
    actor      text        NOT NULL,
    request_id text        NOT NULL,
    details    json        NOT NULL,
    position   bigint UNIQUE,  -- Place in the hash chain; null until sealed.
    hash       bytea
);
CREATE INDEX audit_log_unsealed ON audit_log (xid, id) WHERE hash IS NULL;

-- The text a row's hash covers, together with the previous hash. Times as microseconds, so that no session setting matters.
CREATE FUNCTION ordinaut_audit_text(r audit_log) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT json_build_array(r.id, (extract(epoch FROM r.at) * 1000000)::bigint, r.action, r.subject, r.agent_id, r.actor,
                            r.request_id, r.details::text)::text
$$;

-- Append-only: the one change ever allowed sets position and hash of an unsealed row.
CREATE FUNCTION ordinaut_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.hash IS NULL AND NEW.hash IS NOT NULL AND NEW.position IS NOT NULL
       AND (OLD.id, OLD.xid, OLD.at, OLD.action, OLD.subject, OLD.agent_id, OLD.actor, OLD.request_id, OLD.details::text)
           IS NOT DISTINCT FROM
           (NEW.id, NEW.xid, NEW.at, NEW.action, NEW.subject, NEW.agent_id, NEW.actor, NEW.request_id, NEW.details::text) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_log is append-only';
END $$;
CREATE TRIGGER audit_log_guard BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION ordinaut_audit_guard();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log EXECUTE FUNCTION ordinaut_audit_guard();

-- Chains unsealed rows in (xid, id) order. Only rows older than every running transaction are taken: no row with a smaller
-- position can appear later.
CREATE FUNCTION ordinaut_seal_audit(row_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    entry  audit_log;
    last   record;
    sealed integer := 0;
    place  bigint;
    link   bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ordinaut.seal_audit'));
    SELECT position, hash INTO last FROM audit_log WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1;
    place := coalesce(last.position, 0);
    link := coalesce(last.hash, ''::bytea);
    FOR entry IN SELECT * FROM audit_log
                 WHERE hash IS NULL AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT row_limit LOOP
        place := place + 1;
        link := sha256(link || convert_to(ordinaut_audit_text(entry), 'UTF8'));
        UPDATE audit_log SET position = place, hash = link WHERE id = entry.id;
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END $$;
