-- Business partners: those who bring guests, and the rows by which they are found.

CREATE TABLE partners (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT partners_kind_ck CHECK (kind IN ('travel_agency', 'ota', 'corporate', 'wholesaler', 'tour_operator', 'consortium', 'mice_organiser', 'concierge_supplier', 'airline_loyalty', 'other')),
    code TEXT,
    status TEXT NOT NULL CONSTRAINT partners_status_ck CHECK (status IN ('provisional', 'prospect', 'under_review', 'approved', 'active', 'suspended', 'terminated', 'blacklisted', 'archived', 'merged')),
    merged_into UUID,
    display_name TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    profile JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID NOT NULL,
    CONSTRAINT partners_pk PRIMARY KEY (group_id, id),
    CONSTRAINT partners_merged_ck CHECK ((status = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT partners_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE,
    CONSTRAINT partners_merged_fk FOREIGN KEY (group_id, merged_into) REFERENCES partners (group_id, id)
);
CREATE UNIQUE INDEX partners_code_uq ON partners (group_id, code) WHERE code IS NOT NULL AND status NOT IN ('merged', 'archived');
CREATE INDEX partners_name_ix ON partners (group_id, sort_key, id);
CREATE INDEX partners_status_ix ON partners (group_id, status, sort_key, id);
CREATE INDEX partners_merged_ix ON partners (group_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE partner_refs (
    group_id UUID NOT NULL,
    system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    partner_id UUID NOT NULL,
    CONSTRAINT partner_refs_pk PRIMARY KEY (group_id, system, external_id),
    CONSTRAINT partner_refs_partner_fk FOREIGN KEY (group_id, partner_id) REFERENCES partners (group_id, id) ON DELETE CASCADE
);
CREATE INDEX partner_refs_partner_ix ON partner_refs (group_id, partner_id);

-- Made from the partner's own row and can be made again.
CREATE TABLE partner_terms (
    group_id UUID NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    partner_id UUID NOT NULL,
    CONSTRAINT partner_terms_pk PRIMARY KEY (group_id, term, partner_id)
);
