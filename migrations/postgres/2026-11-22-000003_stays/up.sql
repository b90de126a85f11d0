-- Stays: bookings and what became of them, as hotels, booking sites and property systems tell them.

CREATE TABLE stays (
    group_id UUID NOT NULL,
    id UUID NOT NULL,
    hotel_id UUID NOT NULL,
    status TEXT NOT NULL CONSTRAINT stays_status_ck CHECK (status IN ('reserved', 'due_in', 'in_house', 'checked_out', 'cancelled', 'no_show', 'deleted')),
    guest_id UUID,
    origin_guest_id UUID,
    guest_name TEXT,
    arrival_on DATE NOT NULL,
    departure_on DATE NOT NULL,
    nights INTEGER NOT NULL,
    rooms INTEGER NOT NULL,
    lead_days INTEGER,
    room TEXT,
    room_type TEXT,
    channel TEXT,
    segment TEXT,
    agent_id UUID,
    company_id UUID,
    currency TEXT NOT NULL,
    revenue_room BIGINT NOT NULL,
    revenue_food_beverage BIGINT NOT NULL,
    revenue_other BIGINT NOT NULL,
    source_version BIGINT,
    source_at TIMESTAMPTZ,
    record JSONB NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    updated_by UUID NOT NULL,
    CONSTRAINT stays_pk PRIMARY KEY (group_id, id),
    CONSTRAINT stays_dates_ck CHECK (departure_on >= arrival_on),
    CONSTRAINT stays_nights_ck CHECK (nights >= 0),
    CONSTRAINT stays_hotel_fk FOREIGN KEY (group_id, hotel_id) REFERENCES hotels (group_id, id),
    CONSTRAINT stays_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id),
    CONSTRAINT stays_agent_fk FOREIGN KEY (group_id, agent_id) REFERENCES partners (group_id, id),
    CONSTRAINT stays_company_fk FOREIGN KEY (group_id, company_id) REFERENCES partners (group_id, id)
);
CREATE INDEX stays_arrival_ix ON stays (group_id, hotel_id, arrival_on, id);
CREATE INDEX stays_departure_ix ON stays (group_id, hotel_id, departure_on, id);
-- The few stays too long to be found by a look at the arrivals of the last weeks.
CREATE INDEX stays_long_ix ON stays (group_id, hotel_id, departure_on, id) WHERE nights > 45;
CREATE INDEX stays_in_house_ix ON stays (group_id, hotel_id, departure_on, id) WHERE status = 'in_house';
CREATE INDEX stays_all_ix ON stays (group_id, arrival_on, id);
CREATE INDEX stays_guest_ix ON stays (group_id, guest_id, arrival_on, id) WHERE guest_id IS NOT NULL;
CREATE INDEX stays_agent_ix ON stays (group_id, agent_id, arrival_on, id) WHERE agent_id IS NOT NULL;
CREATE INDEX stays_company_ix ON stays (group_id, company_id, arrival_on, id) WHERE company_id IS NOT NULL;
CREATE INDEX stays_updated_ix ON stays (group_id, updated_at, id);

CREATE TABLE stay_refs (
    group_id UUID NOT NULL,
    system TEXT NOT NULL,
    external_id TEXT NOT NULL,
    stay_id UUID NOT NULL,
    CONSTRAINT stay_refs_pk PRIMARY KEY (group_id, system, external_id),
    CONSTRAINT stay_refs_stay_fk FOREIGN KEY (group_id, stay_id) REFERENCES stays (group_id, id) ON DELETE CASCADE
);
CREATE INDEX stay_refs_stay_ix ON stay_refs (group_id, stay_id);

CREATE TABLE stay_companions (
    group_id UUID NOT NULL,
    stay_id UUID NOT NULL,
    seq INTEGER NOT NULL,
    guest_id UUID,
    origin_guest_id UUID,
    name TEXT,
    CONSTRAINT stay_companions_pk PRIMARY KEY (group_id, stay_id, seq),
    CONSTRAINT stay_companions_stay_fk FOREIGN KEY (group_id, stay_id) REFERENCES stays (group_id, id) ON DELETE CASCADE,
    CONSTRAINT stay_companions_guest_fk FOREIGN KEY (group_id, guest_id) REFERENCES guests (group_id, id)
);
CREATE INDEX stay_companions_guest_ix ON stay_companions (group_id, guest_id, stay_id) WHERE guest_id IS NOT NULL;
