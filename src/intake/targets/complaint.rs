//! The members of a complaint as a machine delivers it, and of an event in the life of one.
//!
//! Owns: the mirror of the API's schema for the delivery of a complaint, and of what a history is made of. Must not
//! know how values are found.

use super::{EntryTarget, Item, Kind, Member, Shape};

/// A complaint.
pub const SHAPE: Shape = Shape { fields: FIELDS, objects: OBJECTS, lists: LISTS };

/// An event in the life of a complaint.
pub const EVENT: Shape = Shape { fields: EVENT_FIELDS, objects: &[], lists: LISTS };

const CHANNELS: &[&str] = &[
    "front_desk",
    "phone",
    "email",
    "web",
    "app",
    "wechat",
    "survey",
    "ota_review",
    "social",
    "partner",
    "letter",
];
const PRIORITIES: &[&str] = &["low", "normal", "high", "urgent"];
const SEVERITIES: &[&str] = &["minor", "general", "major", "crisis"];
const STATES: &[&str] = &[
    "received",
    "recorded",
    "investigating",
    "solution_proposed",
    "executing",
    "waiting_guest",
    "waiting_supplier",
    "following_up",
    "closed",
    "withdrawn",
    "rejected",
];

const FIELDS: &[Member] = &[
    ("hotel_code", Kind::Text),
    ("hotel_id", Kind::Text),
    ("channel", Kind::OneOf(CHANNELS)),
    ("description", Kind::Words),
    ("subject", Kind::Text),
    ("guest_id", Kind::Text),
    ("stay_id", Kind::Text),
    ("partner_id", Kind::Text),
    ("room", Kind::Text),
    ("location", Kind::Text),
    ("asset", Kind::Text),
    ("received_at", Kind::Instant),
    ("language", Kind::Language),
    ("demand", Kind::Text),
    ("emotion", Kind::Text),
    ("tags", Kind::List(Item::Text)),
];

const REFERENCE: &[Member] = &[("system", Kind::Text), ("id", Kind::Text)];

const OBJECTS: &[EntryTarget] = &[
    EntryTarget {
        name: "guest_reference",
        members: REFERENCE,
        any_of: &[],
        all_of: &["system", "id"],
        reference: None,
    },
    EntryTarget {
        name: "stay_reference",
        members: REFERENCE,
        any_of: &[],
        all_of: &["system", "id"],
        reference: None,
    },
    EntryTarget {
        name: "reporter",
        members: &[
            ("kind", Kind::OneOf(&["guest", "companion", "staff", "partner", "anonymous"])),
            ("name", Kind::Text),
        ],
        any_of: &[],
        all_of: &["kind"],
        reference: None,
    },
    EntryTarget {
        name: "contact",
        members: &[
            ("name", Kind::Text),
            ("phone", Kind::Phone),
            ("email", Kind::Email),
            ("other", Kind::Text),
        ],
        any_of: &["name", "phone", "email", "other"],
        all_of: &[],
        reference: None,
    },
    EntryTarget {
        name: "classification",
        members: &[
            ("category", Kind::Text),
            ("cause_category", Kind::Text),
            ("sub_cause", Kind::Text),
            ("failure_origin", Kind::Text),
            ("department", Kind::Text),
            ("handling_department", Kind::Text),
            ("severity", Kind::OneOf(SEVERITIES)),
            ("priority", Kind::OneOf(PRIORITIES)),
            ("occurred_at", Kind::Instant),
        ],
        any_of: &[
            "category",
            "cause_category",
            "sub_cause",
            "failure_origin",
            "department",
            "handling_department",
            "severity",
            "priority",
            "occurred_at",
        ],
        all_of: &[],
        reference: None,
    },
];

const LISTS: &[EntryTarget] = &[EntryTarget {
    name: "external_refs",
    members: REFERENCE,
    any_of: &[],
    all_of: &["system", "id"],
    reference: None,
}];

const EVENT_FIELDS: &[Member] = &[
    ("hotel_code", Kind::Text),
    ("hotel_id", Kind::Text),
    ("at", Kind::Instant),
    ("state", Kind::OneOf(STATES)),
    ("channel", Kind::OneOf(CHANNELS)),
    ("description", Kind::Words),
    ("subject", Kind::Text),
    ("language", Kind::Language),
    ("room", Kind::Text),
    ("location", Kind::Text),
    ("severity", Kind::OneOf(SEVERITIES)),
    ("priority", Kind::OneOf(PRIORITIES)),
    ("received_at", Kind::Instant),
    ("resolved_at", Kind::Instant),
    ("closed_at", Kind::Instant),
    ("tells_resolution", Kind::Flag),
    ("in_time", Kind::Flag),
    ("assigned_group", Kind::Text),
    ("assigned_person", Kind::Text),
    ("hold_note", Kind::Text),
    ("ending", Kind::Text),
];
