-- What every mutation leaves behind, and what runs in the background.

CREATE TABLE idempotency_keys (
    group_id uuid NOT NULL,
    actor_id uuid NOT NULL,
    target text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    etag text,
    location text,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (group_id, actor_id, target, key),
    CONSTRAINT idempotency_keys_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_age_ix ON idempotency_keys (group_id, created_at);

CREATE TABLE audit_entries (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid NOT NULL,
    request_id text NOT NULL,
    action text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    subject_version bigint NOT NULL,
    hotel_id uuid,
    "before" jsonb,
    "after" jsonb,
    position bigint,
    hash text,
    CONSTRAINT audit_entries_pk PRIMARY KEY (group_id, id),
    CONSTRAINT audit_entries_position_uq UNIQUE (group_id, position),
    CONSTRAINT audit_entries_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX audit_entries_subject_ix ON audit_entries (group_id, subject_id, id);
CREATE INDEX audit_entries_open_ix ON audit_entries (group_id, position, at, id) WHERE position IS NULL;

CREATE TABLE events (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    event_type text NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    subject_version bigint NOT NULL,
    hotel_id uuid,
    data jsonb NOT NULL,
    position bigint,
    CONSTRAINT events_pk PRIMARY KEY (group_id, id),
    CONSTRAINT events_position_uq UNIQUE (group_id, position),
    CONSTRAINT events_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX events_subject_ix ON events (group_id, subject_id, position);
CREATE INDEX events_open_ix ON events (group_id, position, at, id) WHERE position IS NULL;

CREATE TABLE sequencer_heads (
    group_id uuid NOT NULL,
    event_position bigint NOT NULL,
    audit_position bigint NOT NULL,
    audit_hash text NOT NULL,
    lease_owner uuid,
    lease_until timestamptz,
    CONSTRAINT sequencer_heads_pk PRIMARY KEY (group_id),
    CONSTRAINT sequencer_heads_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE audit_anchors (
    group_id uuid NOT NULL,
    position bigint NOT NULL,
    hash text NOT NULL,
    previous bigint NOT NULL,
    made_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature text NOT NULL,
    CONSTRAINT audit_anchors_pk PRIMARY KEY (group_id, position),
    CONSTRAINT audit_anchors_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE jobs (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    status text NOT NULL CONSTRAINT jobs_status_ck CHECK (status IN ('uploading', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
    hotel_id uuid,
    params jsonb NOT NULL,
    progress jsonb NOT NULL,
    checkpoint jsonb NOT NULL,
    failure text,
    cancel_requested boolean NOT NULL,
    lease_owner uuid,
    lease_until timestamptz,
    attempts integer NOT NULL,
    retry_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    finished_at timestamptz,
    rows_pruned_at timestamptz,
    CONSTRAINT jobs_pk PRIMARY KEY (group_id, id),
    CONSTRAINT jobs_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX jobs_open_ix ON jobs (group_id, created_at, id) WHERE finished_at IS NULL;
CREATE INDEX jobs_ended_ix ON jobs (group_id, finished_at) WHERE rows_pruned_at IS NULL;

CREATE TABLE job_chunks (
    group_id uuid NOT NULL,
    job_id uuid NOT NULL,
    seq integer NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT job_chunks_pk PRIMARY KEY (group_id, job_id, seq),
    CONSTRAINT job_chunks_job_fk FOREIGN KEY (group_id, job_id) REFERENCES jobs (group_id, id) ON DELETE CASCADE
);

CREATE TABLE job_rows (
    group_id uuid NOT NULL,
    job_id uuid NOT NULL,
    line bigint NOT NULL,
    outcome text NOT NULL,
    guest_id uuid,
    stay_id uuid,
    faults jsonb NOT NULL,
    CONSTRAINT job_rows_pk PRIMARY KEY (group_id, job_id, line),
    CONSTRAINT job_rows_job_fk FOREIGN KEY (group_id, job_id) REFERENCES jobs (group_id, id) ON DELETE CASCADE
);
