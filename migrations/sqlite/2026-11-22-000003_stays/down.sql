-- Takes the tables of this step away again, with what is in them.
DROP TABLE stay_companions;
DROP TABLE stay_refs;
DROP TABLE stays;
