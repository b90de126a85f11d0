DROP TABLE complaint_links;
DROP TABLE problem_notices;
DROP TABLE corrective_actions;
DROP TABLE problem_complaints;
DROP TABLE recurrences;
DROP TABLE recurrence_keys;
DROP TABLE problems;
