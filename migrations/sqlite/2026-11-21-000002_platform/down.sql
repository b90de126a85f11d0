-- Takes the tables of this step away again, with what is in them.
DROP TABLE job_rows;
DROP TABLE job_chunks;
DROP TABLE jobs;
DROP TABLE audit_anchors;
DROP TABLE sequencer_heads;
DROP TABLE events;
DROP TABLE audit_entries;
DROP TABLE idempotency_keys;
