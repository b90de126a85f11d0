-- Takes the tables of this step away again, with what is in them.
DROP TABLE guest_preferences;
DROP TABLE guest_preference_sets;
DROP TABLE guest_consents;
DROP TABLE preference_definitions;
