DROP TABLE complaint_watchers;
