//! What clients send and see of guests that may be one person.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::guests::api::wire::{
    Address, EmailAddress, ExternalRef, GuestCreate, GuestView, MatchKey, PersonName, Phone,
};
use crate::guests::duplicates::thousandths;
use crate::guests::error::Candidate;
use crate::guests::model::{Guest, Profile};
use crate::guests::suggestions::{DuplicateStatus, FieldNote, SeenPair, Suggestion, notes};
use crate::kit::fault::Faults;
use crate::web::input::Input;

/// What one field says about a pair of guests.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldEvidence {
    /// The field: `names`, `birth_date`, `document`, `email`, `phone`, `address`, `nationality`, `gender`,
    /// `external_ref`, or `conflict` for what is taken off a pair of which nothing speaks of one person rather than
    /// one household. More may be added.
    #[schema(max_length = 40, examples("phone"))]
    pub field: String,
    /// How far it agrees: `exact`, `close`, `partial` or `disagree`. More may be added.
    #[schema(max_length = 40, examples("exact"))]
    pub agreement: String,
    /// Contribution to the log2 odds that the two are one person, in hundredths of a bit; negative speaks against it.
    #[schema(minimum = -100_000, maximum = 100_000, examples(1100))]
    pub weight: i32,
}

impl From<FieldNote> for FieldEvidence {
    fn from(note: FieldNote) -> Self {
        let FieldNote { field, agreement, weight } = note;
        Self { field, agreement, weight }
    }
}

/// One guest of a pair, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DuplicateGuest {
    /// Id of the guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub id: uuid::Uuid,
    /// Version of the guest, as a merge needs it.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub version: i64,
    /// The name as it is shown.
    #[schema(max_length = 700, examples("王小明"))]
    pub display_name: String,
    /// Birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("1988-05-17"))]
    pub birth_date: Option<chrono::NaiveDate>,
}

impl From<&Guest> for DuplicateGuest {
    fn from(guest: &Guest) -> Self {
        Self {
            id: guest.id.0,
            version: guest.version,
            display_name: guest.profile.display_name(),
            birth_date: guest.profile.birth_date,
        }
    }
}

/// Two guests that may be one person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestDuplicate {
    /// Id of the suggestion.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    pub id: uuid::Uuid,
    /// Version, for `If-Match`.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// Where the suggestion stands.
    #[schema(examples("suggested"))]
    pub status: DuplicateStatus,
    /// One guest.
    pub guest: DuplicateGuest,
    /// The other guest.
    pub other_guest: DuplicateGuest,
    /// How likely both are one person, 0 to 1000 thousandths.
    #[schema(minimum = 0, maximum = 1000, examples(968))]
    pub score: i32,
    /// Why, field by field; fields known of one guest only are left out.
    #[schema(max_items = 20)]
    pub fields: Vec<FieldEvidence>,
    /// When the pair was first found.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub found_at: String,
    /// When it was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-11-22T08:30:00.000000Z"))]
    pub decided_at: Option<String>,
    /// Who decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub decided_by: Option<uuid::Uuid>,
}

impl From<&SeenPair> for GuestDuplicate {
    fn from(seen: &SeenPair) -> Self {
        let Suggestion {
            group: _,
            id,
            guest: _,
            other: _,
            score,
            fields,
            status,
            version,
            found_at,
            decided,
        } = &seen.suggestion;
        Self {
            id: id.0,
            version: *version,
            status: *status,
            guest: (&seen.guest).into(),
            other_guest: (&seen.other).into(),
            score: *score,
            fields: fields.iter().cloned().map(FieldEvidence::from).collect(),
            found_at: found_at.to_string(),
            decided_at: decided.map(|by| by.0.to_string()),
            decided_by: decided.map(|by| by.1.0),
        }
    }
}

crate::page! {
    /// A page of pairs that may be one person.
    GuestDuplicatePage of GuestDuplicate
}

/// What is known of somebody whose profile is looked for: at least one member with at least one value.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestMatch {
    /// Names.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub names: Vec<PersonName>,
    /// Birth date.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("1988-05-17"))]
    pub birth_date: Option<String>,
    /// Phones.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub phones: Vec<Phone>,
    /// E-mail addresses.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub emails: Vec<EmailAddress>,
    /// Postal addresses.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub addresses: Vec<Address>,
    /// Ids in other systems; a guest who has one of them comes first.
    #[serde(default)]
    #[schema(required = false, max_items = 50)]
    #[validate(length(max = 50), nested)]
    pub external_refs: Vec<ExternalRef>,
    /// Opaque matching keys.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    pub match_keys: Vec<MatchKey>,
}

impl Input for GuestMatch {
    type Command = Profile;

    fn check(self, faults: &mut Faults) -> Option<Profile> {
        let Self { names, birth_date, phones, emails, addresses, external_refs, match_keys } = self;
        let nameless = names.is_empty();
        let nothing = nameless
            && birth_date.is_none()
            && phones.is_empty()
            && emails.is_empty()
            && addresses.is_empty()
            && external_refs.is_empty()
            && match_keys.is_empty();
        if nothing {
            faults.add("required", "needs at least one thing to match by");
            return None;
        }
        let known = GuestCreate {
            names,
            birth_date,
            phones,
            emails,
            addresses,
            external_refs,
            match_keys,
            ..GuestCreate::default()
        };
        // A guest needs a name, a search does not.
        let mut found = Faults::new();
        let profile = known.check(&mut found);
        faults.extend(found.into_vec().into_iter().filter(|fault| !(nameless && fault.pointer == "/names")));
        profile
    }
}

/// A guest that fits what was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MatchedGuest {
    /// The guest.
    pub guest: GuestView,
    /// How likely it is the one looked for, 0 to 1000 thousandths; 1000 for an external reference.
    #[schema(minimum = 0, maximum = 1000, examples(968))]
    pub score: i32,
    /// Why, field by field.
    #[schema(max_items = 20)]
    pub fields: Vec<FieldEvidence>,
}

impl MatchedGuest {
    /// A guest that has one of the external references.
    pub fn by_reference(guest: &Guest) -> Self {
        let reference = FieldEvidence { field: "external_ref".into(), agreement: "exact".into(), weight: 0 };
        Self { guest: guest.into(), score: 1000, fields: vec![reference] }
    }
}

impl From<&Candidate> for MatchedGuest {
    fn from(candidate: &Candidate) -> Self {
        Self {
            guest: (&candidate.guest).into(),
            score: thousandths(candidate.score.value),
            fields: notes(&candidate.score).into_iter().map(FieldEvidence::from).collect(),
        }
    }
}

/// The guests that fit what was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestMatches {
    /// The guests, the surest first.
    #[schema(max_items = 20)]
    pub items: Vec<MatchedGuest>,
}

/// The pair that examples show.
pub fn duplicate_example() -> serde_json::Value {
    serde_json::json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "version": 1, "status": "suggested",
        "guest": {"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "version": 3, "display_name": "王小明", "birth_date": "1988-05-17"},
        "other_guest": {"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70", "version": 1, "display_name": "Wang Xiaoming"},
        "score": 968, "fields": evidence_example(), "found_at": "2026-11-21T08:30:00.000000Z"
    })
}

/// The pair that examples show, dismissed.
pub fn dismissed_example() -> serde_json::Value {
    let mut pair = duplicate_example();
    if let Some(members) = pair.as_object_mut() {
        members.insert("version".into(), 2.into());
        members.insert("status".into(), "dismissed".into());
        members.insert("decided_at".into(), "2026-11-22T08:30:00.000000Z".into());
        members.insert("decided_by".into(), "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01".into());
    }
    pair
}

/// Evidence as examples show it.
pub fn evidence_example() -> serde_json::Value {
    serde_json::json!([
        {"field": "names", "agreement": "exact", "weight": 1200},
        {"field": "phone", "agreement": "exact", "weight": 1100}
    ])
}
