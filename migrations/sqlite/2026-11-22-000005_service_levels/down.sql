-- Takes the tables of this step away again, with what is in them.
DROP TABLE duty_shifts;
DROP TABLE service_level_policies;
DROP TABLE service_calendars;
