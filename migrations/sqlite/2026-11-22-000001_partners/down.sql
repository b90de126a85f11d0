-- Takes the tables of this step away again, with what is in them.
DROP TABLE partner_terms;
DROP TABLE partner_refs;
DROP TABLE partners;
