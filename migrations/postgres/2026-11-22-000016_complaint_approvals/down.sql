DROP INDEX complaint_solutions_awaits_ix;
ALTER TABLE complaint_solutions DROP COLUMN awaits_role;
