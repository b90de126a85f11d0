ALTER TABLE job_rows DROP COLUMN complaint_id;
