-- Money of recovery: who may grant how much, budgets, and the ledger of what was set aside and spent.

-- What a group has set instead of the limits that come with the program.
CREATE TABLE authority_limits (
    group_id BLOB NOT NULL,
    rules TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT authority_limits_pk PRIMARY KEY (group_id),
    CONSTRAINT authority_limits_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

-- What somebody has granted at a hotel on one of its days.
CREATE TABLE authority_uses (
    group_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    used_on DATE NOT NULL,
    currency TEXT NOT NULL,
    used BIGINT NOT NULL CONSTRAINT authority_uses_used_ck CHECK (used >= 0),
    CONSTRAINT authority_uses_pk PRIMARY KEY (group_id, staff_id, hotel_id, used_on, currency),
    CONSTRAINT authority_uses_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE,
    CONSTRAINT authority_uses_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
) WITHOUT ROWID;

-- The empty department is the whole hotel, the empty category all of them: both are part of the key.
CREATE TABLE budgets (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    department TEXT NOT NULL,
    category TEXT NOT NULL CONSTRAINT budgets_category_ck CHECK (category IN ('', 'compensation', 'gift', 'campaign', 'loyalty', 'concierge', 'training', 'other')),
    month TEXT NOT NULL CONSTRAINT budgets_month_ck CHECK (length(month) = 7),
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CONSTRAINT budgets_amount_ck CHECK (amount BETWEEN 0 AND 1000000000000000),
    reserved BIGINT NOT NULL CONSTRAINT budgets_reserved_ck CHECK (reserved >= 0),
    spent BIGINT NOT NULL CONSTRAINT budgets_spent_ck CHECK (spent >= 0),
    bookings BIGINT NOT NULL,
    enforcement TEXT NOT NULL CONSTRAINT budgets_enforcement_ck CHECK (enforcement IN ('hard', 'soft')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT budgets_pk PRIMARY KEY (group_id, id),
    CONSTRAINT budgets_place_uq UNIQUE (group_id, hotel_id, month, department, category),
    CONSTRAINT budgets_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
);
CREATE INDEX budgets_month_ix ON budgets (group_id, month, id);

-- One row a subject: what was set aside for it, and what became of that.
CREATE TABLE cost_reservations (
    group_id BLOB NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    department TEXT,
    category TEXT NOT NULL CONSTRAINT cost_reservations_category_ck CHECK (category IN ('compensation', 'gift', 'campaign', 'loyalty', 'concierge', 'training', 'other')),
    month TEXT NOT NULL CONSTRAINT cost_reservations_month_ck CHECK (length(month) = 7),
    booked_on DATE NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL CONSTRAINT cost_reservations_amount_ck CHECK (amount BETWEEN 0 AND 1000000000000000),
    spent BIGINT CONSTRAINT cost_reservations_spent_ck CHECK (spent BETWEEN 0 AND 1000000000000000),
    status TEXT NOT NULL CONSTRAINT cost_reservations_status_ck CHECK (status IN ('reserved', 'settled', 'released')),
    budgets TEXT NOT NULL,
    reserved_at BIGINT NOT NULL,
    ended_at BIGINT,
    CONSTRAINT cost_reservations_pk PRIMARY KEY (group_id, subject_kind, subject_id),
    CONSTRAINT cost_reservations_end_ck CHECK ((status = 'settled') = (spent IS NOT NULL) AND (status = 'reserved') = (ended_at IS NULL)),
    CONSTRAINT cost_reservations_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
);

-- The ledger, only ever added to. A cost in several budgets has a row in each, of which one is tallied.
CREATE TABLE cost_entries (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    at BIGINT NOT NULL,
    actor_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    department TEXT,
    category TEXT NOT NULL CONSTRAINT cost_entries_category_ck CHECK (category IN ('compensation', 'gift', 'campaign', 'loyalty', 'concierge', 'training', 'other')),
    month TEXT NOT NULL CONSTRAINT cost_entries_month_ck CHECK (length(month) = 7),
    booked_on DATE NOT NULL,
    currency TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT cost_entries_kind_ck CHECK (kind IN ('reserve', 'release', 'spend')),
    amount BIGINT NOT NULL CONSTRAINT cost_entries_amount_ck CHECK (amount BETWEEN 0 AND 1000000000000000),
    budget_id BLOB,
    subject_kind TEXT NOT NULL,
    subject_id BLOB NOT NULL,
    tallied BOOLEAN NOT NULL,
    CONSTRAINT cost_entries_pk PRIMARY KEY (group_id, id),
    CONSTRAINT cost_entries_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id),
    CONSTRAINT cost_entries_budget_fk FOREIGN KEY (group_id, budget_id) REFERENCES budgets (group_id, id)
);
CREATE INDEX cost_entries_hotel_ix ON cost_entries (group_id, hotel_id, id);
CREATE INDEX cost_entries_budget_ix ON cost_entries (group_id, budget_id, id);
CREATE INDEX cost_entries_subject_ix ON cost_entries (group_id, subject_id, id);
CREATE INDEX cost_entries_booked_ix ON cost_entries (group_id, booked_on);
