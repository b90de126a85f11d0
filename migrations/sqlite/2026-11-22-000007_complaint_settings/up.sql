-- What a group has changed of the settings of complaints that come with the program, or added to them: matters, causes,
-- routing rules (one row) and message templates.
CREATE TABLE complaint_settings (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL CONSTRAINT complaint_settings_kind_ck CHECK (kind IN ('category', 'sub_cause', 'routing', 'template')),
    code TEXT NOT NULL,
    setting TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT complaint_settings_pk PRIMARY KEY (group_id, id),
    CONSTRAINT complaint_settings_code_uq UNIQUE (group_id, kind, code),
    CONSTRAINT complaint_settings_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);
