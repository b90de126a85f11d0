-- Takes the tables of this step away again, with what is in them.
DROP TABLE cost_entries;
DROP TABLE cost_reservations;
DROP TABLE budgets;
DROP TABLE authority_uses;
DROP TABLE authority_limits;
