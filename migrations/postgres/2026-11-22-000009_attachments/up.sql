-- Attachments of complaints: files that guests and staff added. Their contents are kept outside of the database.

-- What the store of contents has, or is about to have, and what is being taken out of it.
CREATE TABLE attachment_blobs (
    group_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    -- Requests that put this content into the store and have not ended.
    arriving INTEGER NOT NULL,
    touched_at TIMESTAMPTZ NOT NULL,
    removing_at TIMESTAMPTZ,
    CONSTRAINT attachment_blobs_pk PRIMARY KEY (group_id, sha256)
);

CREATE TABLE complaint_attachments (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    complaint_id UUID NOT NULL,
    visibility TEXT NOT NULL CONSTRAINT complaint_attachments_visibility_ck CHECK (visibility IN ('guest', 'internal')),
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    CONSTRAINT complaint_attachments_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaint_attachments_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE,
    CONSTRAINT complaint_attachments_blob_fk FOREIGN KEY (group_id, sha256) REFERENCES attachment_blobs (group_id, sha256)
);
CREATE INDEX complaint_attachments_complaint_ix ON complaint_attachments (group_id, complaint_id, id);
CREATE INDEX complaint_attachments_blob_ix ON complaint_attachments (group_id, sha256);
