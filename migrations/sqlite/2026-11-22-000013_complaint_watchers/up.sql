-- Who follows a complaint beside its owner.
CREATE TABLE complaint_watchers (
    group_id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    CONSTRAINT complaint_watchers_pk PRIMARY KEY (group_id, complaint_id, staff_id),
    CONSTRAINT complaint_watchers_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_watchers_staff_ix ON complaint_watchers (group_id, staff_id, complaint_id);
