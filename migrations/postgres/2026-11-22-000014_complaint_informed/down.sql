DROP TABLE complaint_informed;
