DROP TABLE complaint_messages;
DROP TABLE complaint_solutions;
DROP TABLE complaint_refs;
DROP TABLE complaint_numbers;
DROP TABLE complaints;
