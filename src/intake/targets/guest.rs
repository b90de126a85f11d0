//! The members of a guest document.
//!
//! Owns: the mirror of the API's schema for the creation of a guest. Must not
//! know how values are found.

use super::{EntryTarget, Item, Kind, Member, Shape};

/// The list that is taken out of the document: preferences are kept beside the
/// guest.
pub const PREFERENCES: &str = "preferences";

/// A guest.
pub const SHAPE: Shape = Shape { fields: FIELDS, objects: &[], lists: LISTS };

const NAME_TYPES: &[&str] = &["primary", "alternate", "phonetic", "incognito", "former", "external"];
const ADDRESS_USES: &[&str] = &["home", "business", "billing", "other"];

const FIELDS: &[Member] = &[
    ("gender", Kind::OneOf(&["male", "female", "other", "undisclosed"])),
    ("birth_date", Kind::Date),
    ("birthday_calendar", Kind::OneOf(&["gregorian", "lunar"])),
    ("birth_place", Kind::Text),
    ("birth_country", Kind::Country),
    ("nationality", Kind::Country),
    ("citizenships", Kind::List(Item::Country)),
    ("languages", Kind::List(Item::Language)),
    ("preferred_language", Kind::Language),
    ("occupation", Kind::Text),
    ("business_title", Kind::Text),
    ("vip_level", Kind::Text),
    ("tags", Kind::List(Item::Text)),
];

const LISTS: &[EntryTarget] = &[
    EntryTarget {
        name: "names",
        members: &[
            ("name_type", Kind::OneOf(NAME_TYPES)),
            ("given_name", Kind::Text),
            ("middle_name", Kind::Text),
            ("surname", Kind::Text),
            ("second_surname", Kind::Text),
            ("full_name", Kind::Text),
            ("prefix", Kind::Text),
            ("suffix", Kind::Text),
            ("script", Kind::Text),
            ("language", Kind::Language),
            ("display_order", Kind::OneOf(&["surname_first", "given_first"])),
            ("placeholder", Kind::Flag),
        ],
        any_of: &["given_name", "surname", "second_surname", "full_name"],
        all_of: &[],
        reference: None,
    },
    EntryTarget {
        name: "phones",
        members: &[
            ("number", Kind::Phone),
            ("extension", Kind::Text),
            ("use", Kind::OneOf(&["home", "business", "mobile", "emergency", "other"])),
            ("tech", Kind::OneOf(&["voice", "fax", "sms"])),
            ("primary", Kind::Flag),
            ("verified", Kind::Flag),
        ],
        any_of: &[],
        all_of: &["number"],
        reference: None,
    },
    EntryTarget {
        name: "emails",
        members: &[
            ("address", Kind::Email),
            ("use", Kind::OneOf(&["home", "business", "other"])),
            ("primary", Kind::Flag),
            ("verified", Kind::Flag),
            ("is_ota_alias", Kind::Flag),
        ],
        any_of: &[],
        all_of: &["address"],
        reference: None,
    },
    EntryTarget {
        name: "addresses",
        members: &[
            ("lines", Kind::List(Item::Text)),
            ("city", Kind::Text),
            ("district", Kind::Text),
            ("state", Kind::Text),
            ("postal_code", Kind::Text),
            ("country", Kind::Country),
            ("use", Kind::OneOf(ADDRESS_USES)),
            ("primary", Kind::Flag),
            ("language", Kind::Language),
        ],
        any_of: &["lines", "city", "district", "state", "postal_code", "country"],
        all_of: &[],
        reference: None,
    },
    EntryTarget {
        name: "messaging",
        members: &[
            ("service", Kind::OneOf(&["wechat", "whatsapp", "line", "telegram", "other"])),
            ("handle", Kind::Text),
        ],
        any_of: &[],
        all_of: &["service", "handle"],
        reference: None,
    },
    EntryTarget {
        name: "match_keys",
        members: &[("kind", Kind::OneOf(&["document_hash", "name_hash", "document"])), ("value", Kind::Text)],
        any_of: &[],
        all_of: &["kind", "value"],
        reference: None,
    },
    EntryTarget {
        name: "external_refs",
        members: &[("system", Kind::Text), ("id", Kind::Text)],
        any_of: &[],
        all_of: &["system", "id"],
        reference: None,
    },
    // Not a member of a guest: what is noted here becomes preferences beside the guest.
    EntryTarget {
        name: PREFERENCES,
        members: &[
            ("category", Kind::Text),
            ("code", Kind::Text),
            ("polarity", Kind::OneOf(&["like", "dislike", "must", "must_not"])),
            ("value", Kind::Text),
            ("text", Kind::Text),
        ],
        any_of: &["code", "text"],
        all_of: &[],
        reference: None,
    },
];
