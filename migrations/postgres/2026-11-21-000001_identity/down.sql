-- Takes the tables of this step away again, with what is in them.
DROP TABLE sessions;
DROP TABLE memberships;
DROP TABLE staff;
DROP TABLE departments;
DROP TABLE hotels;
DROP TABLE directory;
DROP TABLE groups;
