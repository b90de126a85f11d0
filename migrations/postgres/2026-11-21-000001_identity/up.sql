-- Who there is: groups, hotels, departments, staff and what they may do. Each key starts with group_id.

CREATE TABLE groups (
    group_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    is_demo boolean NOT NULL DEFAULT FALSE,
    created_at timestamptz NOT NULL,
    CONSTRAINT groups_pk PRIMARY KEY (group_id)
);

-- Looked up before the group is known, so without group_id in its key and without foreign keys to tenant tables.
CREATE TABLE directory (
    kind text NOT NULL,
    key text NOT NULL,
    group_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    CONSTRAINT directory_pk PRIMARY KEY (kind, key)
);

CREATE TABLE hotels (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    names jsonb NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL,
    default_language text NOT NULL,
    status text NOT NULL CONSTRAINT hotels_status_ck CHECK (status IN ('active', 'closed')),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT hotels_pk PRIMARY KEY (group_id, id),
    CONSTRAINT hotels_code_uq UNIQUE (group_id, code),
    CONSTRAINT hotels_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE departments (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    hotel_id uuid NOT NULL,
    code text COLLATE "C" NOT NULL,
    names jsonb NOT NULL,
    status text NOT NULL CONSTRAINT departments_status_ck CHECK (status IN ('active', 'closed')),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT departments_pk PRIMARY KEY (group_id, id),
    CONSTRAINT departments_code_uq UNIQUE (group_id, hotel_id, code),
    CONSTRAINT departments_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);

CREATE TABLE staff (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    email text COLLATE "C" NOT NULL,
    display_name text NOT NULL,
    language text NOT NULL,
    status text NOT NULL CONSTRAINT staff_status_ck CHECK (status IN ('active', 'suspended', 'left')),
    password_hash text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT staff_pk PRIMARY KEY (group_id, id),
    CONSTRAINT staff_email_uq UNIQUE (group_id, email),
    CONSTRAINT staff_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE memberships (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    hotel_id uuid,
    department_id uuid,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT memberships_pk PRIMARY KEY (group_id, id),
    CONSTRAINT memberships_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE,
    CONSTRAINT memberships_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id),
    CONSTRAINT memberships_department_fk FOREIGN KEY (group_id, department_id) REFERENCES departments (group_id, id)
);
CREATE INDEX memberships_staff_ix ON memberships (group_id, staff_id);

CREATE TABLE sessions (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    staff_id uuid NOT NULL,
    generation bigint NOT NULL,
    rotated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text,
    CONSTRAINT sessions_pk PRIMARY KEY (group_id, id),
    CONSTRAINT sessions_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_staff_ix ON sessions (group_id, staff_id);
CREATE INDEX sessions_expiry_ix ON sessions (group_id, expires_at);
