ALTER TABLE job_rows ADD COLUMN complaint_id uuid;
