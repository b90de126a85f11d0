-- Takes the table of this step away again, with what is in it.
DROP TABLE complaint_settings;
