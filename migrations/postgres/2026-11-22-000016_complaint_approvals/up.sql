-- Who is to decide on a solution, while it waits: the lowest role that may, the general manager when nobody may.
ALTER TABLE complaint_solutions ADD COLUMN awaits_role TEXT;
UPDATE complaint_solutions SET awaits_role = COALESCE(details->>'needs_role', 'general_manager') WHERE status = 'pending_approval';
CREATE INDEX complaint_solutions_awaits_ix ON complaint_solutions (group_id, awaits_role, hotel_id, complaint_id) WHERE awaits_role IS NOT NULL;
