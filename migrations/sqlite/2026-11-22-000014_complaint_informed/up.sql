-- Departments that are told of a complaint which others handle.
CREATE TABLE complaint_informed (
    group_id BLOB NOT NULL,
    complaint_id BLOB NOT NULL,
    department TEXT NOT NULL,
    CONSTRAINT complaint_informed_pk PRIMARY KEY (group_id, complaint_id, department),
    CONSTRAINT complaint_informed_complaint_fk FOREIGN KEY (group_id, complaint_id) REFERENCES complaints (group_id, id) ON DELETE CASCADE
);
CREATE INDEX complaint_informed_department_ix ON complaint_informed (group_id, department, complaint_id);
