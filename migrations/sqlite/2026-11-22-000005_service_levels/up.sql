-- Service levels: a group's own calendars and policies, and who is on duty at its hotels.

-- What a group has changed of the calendars that come with the program, or added to them. A deleted one keeps its row, so
-- that no version of it comes twice.
CREATE TABLE service_calendars (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    calendar TEXT NOT NULL,
    deleted_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT service_calendars_pk PRIMARY KEY (group_id, id),
    CONSTRAINT service_calendars_code_uq UNIQUE (group_id, code),
    CONSTRAINT service_calendars_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

-- The ordered rules of a group, in the place of those that come with the program.
CREATE TABLE service_level_policies (
    group_id BLOB NOT NULL,
    rules TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT service_level_policies_pk PRIMARY KEY (group_id),
    CONSTRAINT service_level_policies_group_fk FOREIGN KEY (group_id) REFERENCES groups (group_id) ON DELETE CASCADE
);

-- Who is on duty as what, from when to when.
CREATE TABLE duty_shifts (
    group_id BLOB NOT NULL,
    id BLOB NOT NULL,
    hotel_id BLOB NOT NULL,
    staff_id BLOB NOT NULL,
    role TEXT NOT NULL CONSTRAINT duty_shifts_role_ck CHECK (role IN ('front_desk', 'housekeeping', 'food_beverage', 'engineering', 'security', 'concierge', 'guest_relations', 'department_head', 'duty_manager', 'general_manager', 'account_manager', 'quality', 'auditor', 'admin')),
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by BLOB NOT NULL,
    CONSTRAINT duty_shifts_pk PRIMARY KEY (group_id, id),
    CONSTRAINT duty_shifts_time_ck CHECK (starts_at < ends_at),
    CONSTRAINT duty_shifts_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id) ON DELETE CASCADE,
    CONSTRAINT duty_shifts_staff_fk FOREIGN KEY (group_id, staff_id) REFERENCES staff (group_id, id) ON DELETE CASCADE
);
CREATE INDEX duty_shifts_hotel_ix ON duty_shifts (group_id, hotel_id, starts_at, id);
CREATE INDEX duty_shifts_staff_ix ON duty_shifts (group_id, staff_id);
