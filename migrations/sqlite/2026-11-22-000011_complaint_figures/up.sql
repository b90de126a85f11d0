-- What reports count of complaints, a row each, written with it.
CREATE TABLE complaint_figures (
    group_id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    asset TEXT,
    sub_cause TEXT,
    currency TEXT NOT NULL,
    response_seconds BIGINT,
    resolution_seconds BIGINT,
    response_in_time BOOLEAN,
    resolution_in_time BOOLEAN,
    -- Times it was over, and times it was opened again.
    finished_count INTEGER NOT NULL,
    reopen_count INTEGER NOT NULL,
    rating INTEGER,
    satisfied BOOLEAN,
    CONSTRAINT complaint_figures_pk PRIMARY KEY (group_id, complaint_id),
    CONSTRAINT complaint_figures_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
