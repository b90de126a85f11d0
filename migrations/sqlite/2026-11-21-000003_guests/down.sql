-- Takes the tables of this step away again, with what is in them.
DROP TABLE guest_duplicates;
DROP TABLE guest_merges;
DROP TABLE guest_relationships;
DROP TABLE guest_notes;
DROP TABLE guest_terms;
DROP TABLE guest_keys;
DROP TABLE guest_refs;
DROP TABLE guests;
