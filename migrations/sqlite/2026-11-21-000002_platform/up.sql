-- What every mutation leaves behind, and what runs in the background.

CREATE TABLE idempotency_keys (
    group_id BLOB NOT NULL,
    actor_id BLOB NOT NULL,
    target TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    etag TEXT,
    location TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT idempotency_keys_pk PRIMARY KEY (group_id, actor_id, target, key),
    CONSTRAINT idempotency_keys_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_age_ix ON idempotency_keys (group_id, created_at);

CREATE TABLE audit_entries (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB NOT NULL,
    request_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    subject_version BIGINT NOT NULL,
    hotel_id BLOB,
    "before" TEXT,
    "after" TEXT,
    position BIGINT,
    hash TEXT,
    CONSTRAINT audit_entries_pk PRIMARY KEY (group_id, id),
    CONSTRAINT audit_entries_position_uq UNIQUE (group_id, position),
    CONSTRAINT audit_entries_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX audit_entries_subject_ix ON audit_entries (group_id, subject_id, id);
CREATE INDEX audit_entries_open_ix ON audit_entries (group_id, position, at, id) WHERE position IS NULL;

CREATE TABLE events (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    at BIGINT NOT NULL,
    event_type TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    subject_version BIGINT NOT NULL,
    hotel_id BLOB,
    data TEXT NOT NULL,
    position BIGINT,
    CONSTRAINT events_pk PRIMARY KEY (group_id, id),
    CONSTRAINT events_position_uq UNIQUE (group_id, position),
    CONSTRAINT events_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX events_subject_ix ON events (group_id, subject_id, position);
CREATE INDEX events_open_ix ON events (group_id, position, at, id) WHERE position IS NULL;

CREATE TABLE sequencer_heads (
    group_id BLOB NOT NULL,
    event_position BIGINT NOT NULL,
    audit_position BIGINT NOT NULL,
    audit_hash TEXT NOT NULL,
    lease_owner BLOB,
    lease_until BIGINT,
    CONSTRAINT sequencer_heads_pk PRIMARY KEY (group_id),
    CONSTRAINT sequencer_heads_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE audit_anchors (
    group_id BLOB NOT NULL,
    position BIGINT NOT NULL,
    hash TEXT NOT NULL,
    previous BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL,
    CONSTRAINT audit_anchors_pk PRIMARY KEY (group_id, position),
    CONSTRAINT audit_anchors_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE jobs (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT jobs_status_ck CHECK (status IN ('uploading', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
    hotel_id BLOB,
    params TEXT NOT NULL,
    progress TEXT NOT NULL,
    checkpoint TEXT NOT NULL,
    failure TEXT,
    cancel_requested BOOLEAN NOT NULL,
    lease_owner BLOB,
    lease_until BIGINT,
    attempts INTEGER NOT NULL,
    retry_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    finished_at BIGINT,
    rows_pruned_at BIGINT,
    CONSTRAINT jobs_pk PRIMARY KEY (group_id, id),
    CONSTRAINT jobs_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
CREATE INDEX jobs_open_ix ON jobs (group_id, created_at, id) WHERE finished_at IS NULL;
CREATE INDEX jobs_ended_ix ON jobs (group_id, finished_at) WHERE rows_pruned_at IS NULL;

CREATE TABLE job_chunks (
    group_id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    CONSTRAINT job_chunks_pk PRIMARY KEY (group_id, job_id, seq),
    CONSTRAINT job_chunks_job_fk FOREIGN KEY (group_id, job_id) REFERENCES jobs (group_id, id) ON DELETE CASCADE
);

CREATE TABLE job_rows (
    group_id BLOB NOT NULL,
    job_id BLOB NOT NULL,
    line BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    guest_id BLOB,
    stay_id BLOB,
    faults TEXT NOT NULL,
    CONSTRAINT job_rows_pk PRIMARY KEY (group_id, job_id, line),
    CONSTRAINT job_rows_job_fk FOREIGN KEY (group_id, job_id) REFERENCES jobs (group_id, id) ON DELETE CASCADE
);
