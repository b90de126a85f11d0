-- Guest profiles, and the derived rows by which they are found.

CREATE TABLE guests (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL CONSTRAINT guests_status_ck CHECK (status IN ('active', 'archived', 'merged')),
    merged_into BLOB,
    private_to_hotel_id BLOB,
    owner_id BLOB,
    display_name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    vip_level TEXT,
    nationality TEXT,
    restricted BOOLEAN NOT NULL,
    profile TEXT NOT NULL,
    restriction TEXT,
    search_terms TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT guests_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guests_merged_ck CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT guests_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE,
    CONSTRAINT guests_hotel_fk FOREIGN KEY (group_id, private_to_hotel_id) REFERENCES hotels (group_id, id),
    CONSTRAINT guests_owner_fk FOREIGN KEY (group_id, owner_id) REFERENCES staff (group_id, id),
    CONSTRAINT guests_merged_fk FOREIGN KEY (group_id, merged_into) REFERENCES guests (group_id, id)
);
CREATE INDEX guests_name_ix ON guests (group_id, sort_key, id);
CREATE INDEX guests_created_ix ON guests (group_id, created_at, id);
CREATE INDEX guests_updated_ix ON guests (group_id, updated_at, id);
CREATE INDEX guests_vip_ix ON guests (group_id, vip_level, sort_key, id) WHERE vip_level IS NOT NULL;
CREATE INDEX guests_owner_ix ON guests (group_id, owner_id, sort_key, id) WHERE owner_id IS NOT NULL;
CREATE INDEX guests_private_ix ON guests (group_id, private_to_hotel_id, sort_key, id) WHERE private_to_hotel_id IS NOT NULL;
CREATE INDEX guests_merged_ix ON guests (group_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX guests_restricted_ix ON guests (group_id, sort_key, id) WHERE restricted;

CREATE TABLE guest_refs (
    group_id BLOB NOT NULL,
    system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    guest_id BLOB NOT NULL,
    CONSTRAINT guest_refs_pk PRIMARY KEY (group_id, system, external_id),
    CONSTRAINT guest_refs_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX guest_refs_guest_ix ON guest_refs (group_id, guest_id);

-- The next two are made from the guest's own row and can be made again: no foreign keys, whose check on each of
-- some twenty rows a guest would cost an import a third of its speed.
CREATE TABLE guest_keys (
    group_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    guest_id BLOB NOT NULL,
    CONSTRAINT guest_keys_pk PRIMARY KEY (group_id, kind, value, guest_id)
) WITHOUT ROWID;

CREATE TABLE guest_terms (
    group_id BLOB NOT NULL,
    term TEXT NOT NULL,
    guest_id BLOB NOT NULL,
    CONSTRAINT guest_terms_pk PRIMARY KEY (group_id, term, guest_id)
) WITHOUT ROWID;

CREATE TABLE guest_notes (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    origin_guest_id BLOB NOT NULL,
    hotel_id BLOB,
    class TEXT NOT NULL,
    title TEXT,
    text TEXT NOT NULL,
    confidential BOOLEAN NOT NULL,
    action_on DATE,
    status TEXT NOT NULL CONSTRAINT guest_notes_status_ck CHECK (status IN ('active', 'archived')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT guest_notes_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_notes_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_notes_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
);
CREATE INDEX guest_notes_guest_ix ON guest_notes (group_id, guest_id, id);

CREATE TABLE guest_relationships (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    other_guest_id BLOB NOT NULL,
    origin_guest_id BLOB NOT NULL,
    origin_other_id BLOB NOT NULL,
    relation TEXT NOT NULL,
    inverse_relation TEXT NOT NULL,
    travels_together BOOLEAN NOT NULL,
    comment TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    CONSTRAINT guest_relationships_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_relationships_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_relationships_other_fk FOREIGN KEY (group_id, other_guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_relationships_guest_ix ON guest_relationships (group_id, guest_id, id);
CREATE INDEX guest_relationships_other_ix ON guest_relationships (group_id, other_guest_id, id);

CREATE TABLE guest_merges (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    survivor_id BLOB NOT NULL,
    merged_id BLOB NOT NULL,
    status TEXT NOT NULL CONSTRAINT guest_merges_status_ck CHECK (status IN ('merged', 'undone')),
    survivor_before TEXT NOT NULL,
    merged_before TEXT NOT NULL,
    survivor_after TEXT NOT NULL,
    version BIGINT NOT NULL,
    merged_at BIGINT NOT NULL,
    merged_by BLOB NOT NULL,
    undone_at BIGINT,
    undone_by BLOB,
    CONSTRAINT guest_merges_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_merges_survivor_fk FOREIGN KEY (group_id, survivor_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_merges_merged_fk FOREIGN KEY (group_id, merged_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_merges_survivor_ix ON guest_merges (group_id, survivor_id, id);
CREATE INDEX guest_merges_merged_ix ON guest_merges (group_id, merged_id, id);

CREATE TABLE guest_duplicates (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    guest_id BLOB NOT NULL,
    other_guest_id BLOB NOT NULL,
    score INTEGER NOT NULL,
    fields TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT guest_duplicates_status_ck CHECK (status IN ('suggested', 'dismissed', 'merged')),
    version BIGINT NOT NULL,
    found_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by BLOB,
    CONSTRAINT guest_duplicates_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_duplicates_pair_uq UNIQUE (group_id, guest_id, other_guest_id),
    CONSTRAINT guest_duplicates_order_ck CHECK (guest_id < other_guest_id),
    CONSTRAINT guest_duplicates_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_duplicates_other_fk FOREIGN KEY (group_id, other_guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_duplicates_score_ix ON guest_duplicates (group_id, status, score, id);
CREATE INDEX guest_duplicates_other_ix ON guest_duplicates (group_id, other_guest_id);
