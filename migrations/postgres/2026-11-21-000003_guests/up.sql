-- Guest profiles, and the derived rows by which they are found.

CREATE TABLE guests (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    status text NOT NULL CONSTRAINT guests_status_ck CHECK (status IN ('active', 'archived', 'merged')),
    merged_into uuid,
    private_to_hotel_id uuid,
    owner_id uuid,
    display_name text NOT NULL,
    sort_key text COLLATE "C" NOT NULL,
    vip_level text,
    nationality text,
    restricted boolean NOT NULL,
    profile jsonb NOT NULL,
    restriction jsonb,
    search_terms text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
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
    group_id uuid NOT NULL,
    system text COLLATE "C" NOT NULL,
    external_id text COLLATE "C" NOT NULL,
    guest_id uuid NOT NULL,
    CONSTRAINT guest_refs_pk PRIMARY KEY (group_id, system, external_id),
    CONSTRAINT guest_refs_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_refs_guest_ix ON guest_refs (group_id, guest_id);

-- The next two are made from the guest's own row and can be made again: no foreign keys, whose check on each of
-- some twenty rows a guest would cost an import a third of its speed.
CREATE TABLE guest_keys (
    group_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    guest_id uuid NOT NULL,
    CONSTRAINT guest_keys_pk PRIMARY KEY (group_id, kind, value, guest_id)
);

CREATE TABLE guest_terms (
    group_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    guest_id uuid NOT NULL,
    CONSTRAINT guest_terms_pk PRIMARY KEY (group_id, term, guest_id)
);

CREATE TABLE guest_notes (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    guest_id uuid NOT NULL,
    origin_guest_id uuid NOT NULL,
    hotel_id uuid,
    class text NOT NULL,
    title text,
    text text NOT NULL,
    confidential boolean NOT NULL,
    action_on date,
    status text NOT NULL CONSTRAINT guest_notes_status_ck CHECK (status IN ('active', 'archived')),
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by uuid NOT NULL,
    CONSTRAINT guest_notes_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_notes_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_notes_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id)
);
CREATE INDEX guest_notes_guest_ix ON guest_notes (group_id, guest_id, id);

CREATE TABLE guest_relationships (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    guest_id uuid NOT NULL,
    other_guest_id uuid NOT NULL,
    origin_guest_id uuid NOT NULL,
    origin_other_id uuid NOT NULL,
    relation text NOT NULL,
    inverse_relation text NOT NULL,
    travels_together boolean NOT NULL,
    comment text,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT guest_relationships_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_relationships_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_relationships_other_fk FOREIGN KEY (group_id, other_guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_relationships_guest_ix ON guest_relationships (group_id, guest_id, id);
CREATE INDEX guest_relationships_other_ix ON guest_relationships (group_id, other_guest_id, id);

CREATE TABLE guest_merges (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    status text NOT NULL CONSTRAINT guest_merges_status_ck CHECK (status IN ('merged', 'undone')),
    survivor_before jsonb NOT NULL,
    merged_before jsonb NOT NULL,
    survivor_after jsonb NOT NULL,
    version bigint NOT NULL,
    merged_at timestamptz NOT NULL,
    merged_by uuid NOT NULL,
    undone_at timestamptz,
    undone_by uuid,
    CONSTRAINT guest_merges_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_merges_survivor_fk FOREIGN KEY (group_id, survivor_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_merges_merged_fk FOREIGN KEY (group_id, merged_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_merges_survivor_ix ON guest_merges (group_id, survivor_id, id);
CREATE INDEX guest_merges_merged_ix ON guest_merges (group_id, merged_id, id);

CREATE TABLE guest_duplicates (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    guest_id uuid NOT NULL,
    other_guest_id uuid NOT NULL,
    score integer NOT NULL,
    fields jsonb NOT NULL,
    status text NOT NULL CONSTRAINT guest_duplicates_status_ck CHECK (status IN ('suggested', 'dismissed', 'merged')),
    version bigint NOT NULL,
    found_at timestamptz NOT NULL,
    decided_at timestamptz,
    decided_by uuid,
    CONSTRAINT guest_duplicates_pk PRIMARY KEY (group_id, id),
    CONSTRAINT guest_duplicates_pair_uq UNIQUE (group_id, guest_id, other_guest_id),
    CONSTRAINT guest_duplicates_order_ck CHECK (guest_id < other_guest_id),
    CONSTRAINT guest_duplicates_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE,
    CONSTRAINT guest_duplicates_other_fk FOREIGN KEY (group_id, other_guest_id) REFERENCES guests (group_id, id) ON DELETE CASCADE
);
CREATE INDEX guest_duplicates_score_ix ON guest_duplicates (group_id, status, score, id);
CREATE INDEX guest_duplicates_other_ix ON guest_duplicates (group_id, other_guest_id);
