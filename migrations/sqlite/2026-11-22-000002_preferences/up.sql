-- What guests prefer, the catalogue it is named by, and the consents that sensitive preferences need.

-- What a group has changed of the catalogue that comes with the program, or added to it.
CREATE TABLE preference_definitions (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL CONSTRAINT preference_definitions_kind_ck CHECK (kind IN ('category', 'item')),
    code TEXT NOT NULL,
    definition TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT preference_definitions_pk PRIMARY KEY (group_id, id),
    CONSTRAINT preference_definitions_code_uq UNIQUE (group_id, kind, code),
    CONSTRAINT preference_definitions_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

CREATE TABLE guest_consents (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    origin_guest_id BLOB NOT NULL,
    hotel_id BLOB,
    purpose TEXT NOT NULL,
    channel TEXT,
    status TEXT NOT NULL CONSTRAINT guest_consents_status_ck CHECK (status IN ('given', 'withdrawn')),
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    expires_on DATE,
    record TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT guest_consents_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_consents_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_consents_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
);
CREATE INDEX guest_consents_guest_ix ON guest_consents (group_id, guest_id, id);

-- The version of a guest's whole set of preferences: who writes one of them first moves this on.
CREATE TABLE guest_preference_sets (
    group_id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT guest_preference_sets_pk PRIMARY KEY (group_id, guest_id),
    CONSTRAINT guest_preference_sets_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE guest_preferences (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    origin_guest_id BLOB NOT NULL,
    category TEXT NOT NULL,
    code TEXT,
    polarity TEXT NOT NULL CONSTRAINT guest_preferences_polarity_ck CHECK (polarity IN ('like', 'dislike', 'must', 'must_not')),
    need_class TEXT,
    sensitive BOOLEAN NOT NULL,
    -- Ids of the hotels for which it holds, one after the other; the whole group when absent.
    hotels TEXT,
    consent_id BLOB,
    status TEXT NOT NULL CONSTRAINT guest_preferences_status_ck CHECK (status IN ('active', 'removed')),
    valid_from DATE,
    valid_until DATE,
    details TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT guest_preferences_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_preferences_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_preferences_guest_ix ON guest_preferences (group_id, guest_id, id);
CREATE INDEX guest_preferences_need_ix ON guest_preferences (group_id, category, code, guest_id) WHERE status = 'active';
