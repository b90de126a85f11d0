//! The members of a stay as a machine delivers it.
//!
//! Owns: the mirror of the API's schema for the delivery of a stay. Must not
//! know how values are found.

use super::{EntryTarget, Kind, Member, Shape};

/// A stay.
pub const SHAPE: Shape = Shape { fields: FIELDS, objects: OBJECTS, lists: LISTS };

const STATUSES: &[&str] =
    &["reserved", "due_in", "in_house", "checked_out", "cancelled", "no_show", "deleted"];
const PURPOSES: &[&str] =
    &["leisure", "business", "meeting", "student", "family", "medical", "transit", "other"];

const FIELDS: &[Member] = &[
    ("hotel_code", Kind::Text),
    ("hotel_id", Kind::Text),
    ("status", Kind::OneOf(STATUSES)),
    ("arrival_on", Kind::Date),
    ("departure_on", Kind::Date),
    ("nights", Kind::Count),
    ("rooms", Kind::Count),
    ("adults", Kind::Count),
    ("children", Kind::Count),
    ("infants", Kind::Count),
    ("booked_on", Kind::Date),
    ("lead_time_days", Kind::Count),
    ("cancelled_on", Kind::Date),
    ("cancellation_reason", Kind::Text),
    ("room", Kind::Text),
    ("room_type", Kind::Text),
    ("booked_room_type", Kind::Text),
    ("rate_code", Kind::Text),
    ("channel", Kind::Text),
    ("segment", Kind::Text),
    ("purpose", Kind::OneOf(PURPOSES)),
    ("currency", Kind::Currency),
    ("special_requests", Kind::Text),
    ("eta", Kind::Text),
    ("etd", Kind::Text),
    ("board", Kind::Text),
    ("source_version", Kind::Count),
    ("source_updated_at", Kind::Instant),
];

const PERSON: &[Member] =
    &[("guest_id", Kind::Text), ("system", Kind::Text), ("id", Kind::Text), ("name", Kind::Text)];
const PARTY: &[Member] = &[
    ("partner_id", Kind::Text),
    ("system", Kind::Text),
    ("id", Kind::Text),
    ("type", Kind::Text),
    ("name", Kind::Text),
    ("code", Kind::Text),
];
const REFERENCE: Option<&str> = Some("reference");

const OBJECTS: &[EntryTarget] = &[
    EntryTarget {
        name: "guest",
        members: PERSON,
        any_of: &["guest_id", "id", "name"],
        all_of: &[],
        reference: REFERENCE,
    },
    EntryTarget {
        name: "agent",
        members: PARTY,
        any_of: &["partner_id", "id"],
        all_of: &[],
        reference: REFERENCE,
    },
    EntryTarget {
        name: "company",
        members: PARTY,
        any_of: &["partner_id", "id"],
        all_of: &[],
        reference: REFERENCE,
    },
    EntryTarget {
        name: "rate",
        members: &[("amount_minor", Kind::Price), ("currency", Kind::Currency)],
        any_of: &[],
        all_of: &["amount_minor"],
        reference: None,
    },
    EntryTarget {
        name: "revenue",
        members: &[("room", Kind::Amount), ("food_beverage", Kind::Amount), ("other", Kind::Amount)],
        any_of: &["room", "food_beverage", "other"],
        all_of: &[],
        reference: None,
    },
];

const LISTS: &[EntryTarget] = &[
    EntryTarget {
        name: "companions",
        members: PERSON,
        any_of: &["guest_id", "id", "name"],
        all_of: &[],
        reference: REFERENCE,
    },
    EntryTarget {
        name: "external_refs",
        members: &[("system", Kind::Text), ("id", Kind::Text)],
        any_of: &[],
        all_of: &["system", "id"],
        reference: None,
    },
];
