-- Who there is: groups, hotels, departments, staff and what they may do. Each key starts with group_id.

CREATE TABLE groups (
    group_id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    is_demo BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL,
    CONSTRAINT groups_pk PRIMARY KEY (group_id)
);

-- Looked up before the group is known, so without group_id in its key and without foreign keys to tenant tables.
CREATE TABLE directory (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    group_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    CONSTRAINT directory_pk PRIMARY KEY (kind, key)
);

CREATE TABLE hotels (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    names TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    default_language TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT hotels_status_ck CHECK (status IN ('active', 'closed')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT hotels_pk PRIMARY KEY (group_id, id),
    CONSTRAINT hotels_code_uq UNIQUE (group_id, code),
    CONSTRAINT hotels_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE departments (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    code TEXT NOT NULL,
    names TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT departments_status_ck CHECK (status IN ('active', 'closed')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT departments_pk PRIMARY KEY (group_id, id),
    CONSTRAINT departments_code_uq UNIQUE (group_id, hotel_id, code),
    CONSTRAINT departments_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);

CREATE TABLE staff (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    language TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT staff_status_ck CHECK (status IN ('active', 'suspended', 'left')),
    password_hash TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT staff_pk PRIMARY KEY (group_id, id),
    CONSTRAINT staff_email_uq UNIQUE (group_id, email),
    CONSTRAINT staff_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE memberships (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    hotel_id BLOB,
    department_id BLOB,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT memberships_pk PRIMARY KEY (group_id, id),
    CONSTRAINT memberships_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE,
    CONSTRAINT memberships_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id),
    CONSTRAINT memberships_department_fk FOREIGN KEY (group_id, department_id) REFERENCES departments (group_id, id)
);
CREATE INDEX memberships_staff_ix ON memberships (group_id, staff_id);

CREATE TABLE sessions (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    generation BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    revoked_reason TEXT,
    CONSTRAINT sessions_pk PRIMARY KEY (group_id, id),
    CONSTRAINT sessions_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_staff_ix ON sessions (group_id, staff_id);
CREATE INDEX sessions_expiry_ix ON sessions (group_id, expires_at);
