-- What was planned for a stay from the guest's preferences, and what came of it.

CREATE TABLE plan_items (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    stay_id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    origin_guest_id BLOB NOT NULL,
    preference_id BLOB NOT NULL,
    category TEXT NOT NULL,
    code TEXT,
    department TEXT,
    due_on DATE NOT NULL,
    status TEXT NOT NULL CONSTRAINT plan_items_status_ck CHECK (status IN ('planned', 'done', 'not_possible', 'dropped')),
    reason TEXT,
    decided_at BIGINT,
    decided_by BLOB,
    sensitive BOOLEAN NOT NULL,
    wish TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT plan_items_pk PRIMARY KEY (group_id, id),
    CONSTRAINT plan_items_preference_uq UNIQUE (group_id, stay_id, preference_id),
    CONSTRAINT plan_items_stay_fk FOREIGN KEY (group_id, stay_id) REFERENCES stays (group_id, id) ON DELETE CASCADE,
    CONSTRAINT plan_items_preference_fk FOREIGN KEY (group_id, preference_id) REFERENCES guest_preferences (group_id, id) ON DELETE CASCADE
);
CREATE INDEX plan_items_due_ix ON plan_items (group_id, hotel_id, due_on, id);
CREATE INDEX plan_items_guest_ix ON plan_items (group_id, guest_id, id);
