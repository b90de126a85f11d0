-- Complaints: what was said, how it is judged, how far it has come; what is done about it, and what is said meanwhile.

CREATE TABLE complaints (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    number TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT complaints_status_ck CHECK (status IN ('received', 'recorded', 'investigating', 'solution_proposed', 'executing', 'following_up', 'closed', 'withdrawn', 'rejected', 'merged')),
    on_hold BOOLEAN NOT NULL,
    escalation_level INTEGER NOT NULL,
    guest_id BLOB,
    origin_guest_id BLOB,
    stay_id BLOB,
    partner_id BLOB,
    room TEXT,
    channel TEXT NOT NULL,
    category TEXT,
    cause_category TEXT,
    department TEXT,
    handling_department TEXT,
    severity TEXT,
    priority TEXT,
    owner_id BLOB,
    received_at BIGINT NOT NULL,
    -- The end of time when nothing is due, so that an index has every row in the order of the queue.
    next_due_at BIGINT NOT NULL,
    next_warn_at BIGINT NOT NULL,
    next_alert_at BIGINT,
    resolved_at BIGINT,
    closed_at BIGINT,
    cost_minor BIGINT NOT NULL,
    description TEXT NOT NULL,
    record TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT complaints_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaints_number_uq UNIQUE (group_id, number),
    CONSTRAINT complaints_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaints_due_ix ON complaints (group_id, hotel_id, next_due_at, id);
CREATE INDEX complaints_all_due_ix ON complaints (group_id, next_due_at, id);
CREATE INDEX complaints_owner_ix ON complaints (group_id, owner_id, next_due_at, id) WHERE owner_id IS NOT NULL;
CREATE INDEX complaints_received_ix ON complaints (group_id, hotel_id, received_at, id);
CREATE INDEX complaints_all_ix ON complaints (group_id, received_at, id);
CREATE INDEX complaints_updated_ix ON complaints (group_id, updated_at, id);
CREATE INDEX complaints_guest_ix ON complaints (group_id, guest_id, received_at, id) WHERE guest_id IS NOT NULL;
CREATE INDEX complaints_stay_ix ON complaints (group_id, stay_id, id) WHERE stay_id IS NOT NULL;
CREATE INDEX complaints_partner_ix ON complaints (group_id, partner_id, received_at, id) WHERE partner_id IS NOT NULL;
CREATE INDEX complaints_alert_ix ON complaints (group_id, next_alert_at, id) WHERE next_alert_at IS NOT NULL;
CREATE INDEX complaints_open_ix ON complaints (group_id, id) WHERE status IN ('received', 'recorded', 'investigating', 'solution_proposed', 'executing', 'following_up');

-- The last number given, a hotel and year.
CREATE TABLE complaint_numbers (
    group_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    year INTEGER NOT NULL,
    last BIGINT NOT NULL,
    CONSTRAINT complaint_numbers_pk PRIMARY KEY (group_id, hotel_id, year),
    CONSTRAINT complaint_numbers_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);

-- Ids of complaints in other systems.
CREATE TABLE complaint_refs (
    group_id BLOB NOT NULL,
    system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    complaint_id BLOB NOT NULL,
    CONSTRAINT complaint_refs_pk PRIMARY KEY (group_id, system, external_id),
    CONSTRAINT complaint_refs_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_refs_complaint_ix ON complaint_refs (group_id, complaint_id);

-- What is done, or to be done, for the guest.
CREATE TABLE complaint_solutions (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    type TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT complaint_solutions_status_ck CHECK (status IN ('pending_approval', 'approved', 'declined', 'cancelled', 'executed', 'verified')),
    amount_minor BIGINT NOT NULL,
    estimated_cost_minor BIGINT NOT NULL,
    actual_cost_minor BIGINT,
    currency TEXT NOT NULL,
    details TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT complaint_solutions_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaint_solutions_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_solutions_complaint_ix ON complaint_solutions (group_id, complaint_id, id);

-- What is said about it, never changed.
CREATE TABLE complaint_messages (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    visibility TEXT NOT NULL CONSTRAINT complaint_messages_visibility_ck CHECK (visibility IN ('guest', 'internal')),
    author TEXT NOT NULL CONSTRAINT complaint_messages_author_ck CHECK (author IN ('guest', 'staff', 'partner')),
    channel TEXT,
    language TEXT,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    CONSTRAINT complaint_messages_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaint_messages_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_messages_complaint_ix ON complaint_messages (group_id, complaint_id, id);
