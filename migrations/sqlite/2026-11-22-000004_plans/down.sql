-- Takes the tables of this step away again, with what is in them.
DROP TABLE plan_items;
