-- What comes back: complaints of one cause, what is done so that it ends, and who was told of it.

CREATE TABLE problems (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    hotel_id UUID NOT NULL,
    status TEXT NOT NULL CONSTRAINT problems_status_ck CHECK (status IN ('open', 'analysed', 'resolved', 'closed')),
    title TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT problems_kind_ck CHECK (kind IN ('asset', 'room', 'cause')),
    -- What a complaint has to share with it.
    repeat_key TEXT NOT NULL,
    room TEXT,
    asset TEXT,
    cause_category TEXT,
    sub_cause TEXT,
    department TEXT,
    owner_id UUID,
    complaint_count BIGINT NOT NULL,
    first_seen_at TIMESTAMPTZ,
    last_seen_at TIMESTAMPTZ,
    reopen_count INTEGER NOT NULL,
    details JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID NOT NULL,
    CONSTRAINT problems_pk PRIMARY KEY (group_id, id),
    CONSTRAINT problems_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX problems_key_uq ON problems (group_id, hotel_id, repeat_key) WHERE status <> 'closed';
CREATE INDEX problems_hotel_ix ON problems (group_id, hotel_id, id);

-- A row a key, held while something is looked up under it: two complaints of one key never miss each other.
CREATE TABLE recurrence_keys (
    group_id UUID NOT NULL,
    hotel_id UUID NOT NULL,
    repeat_key TEXT NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    CONSTRAINT recurrence_keys_pk PRIMARY KEY (group_id, hotel_id, repeat_key),
    CONSTRAINT recurrence_keys_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE
);

-- The keys of complaints that count.
CREATE TABLE recurrences (
    group_id UUID NOT NULL,
    hotel_id UUID NOT NULL,
    repeat_key TEXT NOT NULL,
    complaint_id UUID NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT recurrences_pk PRIMARY KEY (group_id, complaint_id, repeat_key),
    CONSTRAINT recurrences_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX recurrences_key_ix ON recurrences (group_id, hotel_id, repeat_key, received_at, complaint_id);

-- Where a complaint belongs, or from where it was taken out by hand.
CREATE TABLE problem_complaints (
    group_id UUID NOT NULL,
    complaint_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    standing TEXT NOT NULL CONSTRAINT problem_complaints_standing_ck CHECK (standing IN ('by_itself', 'by_hand', 'left')),
    counts BOOLEAN NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    since TIMESTAMPTZ NOT NULL,
    by_id UUID NOT NULL,
    CONSTRAINT problem_complaints_pk PRIMARY KEY (group_id, complaint_id),
    CONSTRAINT problem_complaints_problem_fk FOREIGN KEY (group_id, problem_id) REFERENCES problems (group_id, id) ON DELETE CASCADE,
    CONSTRAINT problem_complaints_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX problem_complaints_problem_ix ON problem_complaints (group_id, problem_id, received_at, complaint_id);

-- What is done so that it ends.
CREATE TABLE corrective_actions (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    problem_id UUID NOT NULL,
    hotel_id UUID NOT NULL,
    type TEXT NOT NULL CONSTRAINT corrective_actions_type_ck CHECK (type IN ('repair', 'procedure', 'training', 'staffing', 'supplier', 'design', 'other')),
    status TEXT NOT NULL CONSTRAINT corrective_actions_status_ck CHECK (status IN ('planned', 'in_progress', 'done', 'verified', 'cancelled')),
    description TEXT NOT NULL,
    department TEXT NOT NULL,
    owner_id UUID,
    due_on DATE NOT NULL,
    -- The end of that day where the hotel is; the end of time for what is no longer due.
    overdue_at TIMESTAMPTZ NOT NULL,
    details JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID NOT NULL,
    CONSTRAINT corrective_actions_pk PRIMARY KEY (group_id, id),
    CONSTRAINT corrective_actions_problem_fk FOREIGN KEY (group_id, problem_id) REFERENCES problems (group_id, id) ON DELETE CASCADE
);
CREATE INDEX corrective_actions_problem_ix ON corrective_actions (group_id, problem_id, id);
CREATE INDEX corrective_actions_due_ix ON corrective_actions (group_id, due_on, id);
CREATE INDEX corrective_actions_hotel_ix ON corrective_actions (group_id, hotel_id, due_on, id);
CREATE INDEX corrective_actions_overdue_ix ON corrective_actions (group_id, overdue_at, id);

-- Who was told of an improvement: each complaint once for each time the problem was put right.
CREATE TABLE problem_notices (
    group_id UUID NOT NULL,
    problem_id UUID NOT NULL,
    round INTEGER NOT NULL,
    complaint_id UUID NOT NULL,
    message_id UUID NOT NULL,
    told_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT problem_notices_pk PRIMARY KEY (group_id, problem_id, round, complaint_id),
    CONSTRAINT problem_notices_problem_fk FOREIGN KEY (group_id, problem_id) REFERENCES problems (group_id, id) ON DELETE CASCADE,
    CONSTRAINT problem_notices_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX problem_notices_complaint_ix ON problem_notices (group_id, complaint_id);

-- What complaints have to do with each other. The smaller id comes first, so that a pair stands here once a type.
CREATE TABLE complaint_links (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    first_id UUID NOT NULL,
    second_id UUID NOT NULL,
    type TEXT NOT NULL CONSTRAINT complaint_links_type_ck CHECK (type IN ('duplicate_of', 'caused_by', 'follows', 'related')),
    forward BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    CONSTRAINT complaint_links_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaint_links_pair_uq UNIQUE (group_id, first_id, second_id, type),
    CONSTRAINT complaint_links_first_fk FOREIGN KEY (group_id, first_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE,
    CONSTRAINT complaint_links_second_fk FOREIGN KEY (group_id, second_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_links_second_ix ON complaint_links (group_id, second_id, id);
