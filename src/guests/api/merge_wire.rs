//! What clients send and see of merges.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::guests::api::wire::GuestView;
use crate::guests::merges::{Decided, MergeGuests, MergePlan, Moves, UndoPlan};
use crate::guests::merging::{Choices, Merge, MergeField, MergeSide, MergeSource, MergeStatus, MergedField};
use crate::kit::fault::Faults;
use crate::kit::ids::GuestId;
use crate::web::input::Input;

/// Declares the choices: one optional side a member, so that a misspelt member is refused and clients have types.
macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident = $field:ident,)+) => {
        /// Which guest's value to take, member by member. Without a choice a single value is the survivor's, or the
        /// merged guest's where the survivor has none; lists are united, the survivor's items first. External
        /// references are always united, and of two restrictions the stricter one stays.
        #[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
        #[serde(deny_unknown_fields)]
        pub struct MergeChoices {
            $($(#[$meta])*
            #[schema(nullable = false, examples("merged"))]
            pub $name: Option<MergeSide>,)+
        }

        impl From<MergeChoices> for Choices {
            fn from(choices: MergeChoices) -> Self {
                let sides = [$((MergeField::$field, choices.$name)),+];
                sides.into_iter().filter_map(|(field, side)| Some((field, side?))).collect()
            }
        }
    };
}

choices! {
    /// Whose names.
    names = Names,
    /// Whose gender.
    gender = Gender,
    /// Whose birth date.
    birth_date = BirthDate,
    /// Whose calendar of the birthday.
    birthday_calendar = BirthdayCalendar,
    /// Whose place of birth.
    birth_place = BirthPlace,
    /// Whose country of birth.
    birth_country = BirthCountry,
    /// Whose nationality.
    nationality = Nationality,
    /// Whose citizenships.
    citizenships = Citizenships,
    /// Whose languages.
    languages = Languages,
    /// Whose preferred language.
    preferred_language = PreferredLanguage,
    /// Whose occupation.
    occupation = Occupation,
    /// Whose title at work.
    business_title = BusinessTitle,
    /// Whose phones.
    phones = Phones,
    /// Whose e-mail addresses.
    emails = Emails,
    /// Whose postal addresses.
    addresses = Addresses,
    /// Whose messaging accounts.
    messaging = Messaging,
    /// Whose VIP level.
    vip_level = VipLevel,
    /// Whose tags.
    tags = Tags,
    /// Whose matching keys.
    match_keys = MatchKeys,
    /// Whose fields of the hotel's own.
    custom_fields = CustomFields,
    /// Whose owner.
    owner_id = OwnerId,
    /// Whose limit to one hotel.
    private_to_hotel_id = PrivateToHotelId,
}

/// Two guests whose merge is to be shown.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestMergePreviewRequest {
    /// The guest that stays.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub survivor_id: uuid::Uuid,
    /// The guest that becomes part of it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    pub merged_id: uuid::Uuid,
    /// Which guest's value to take, member by member.
    #[serde(default)]
    #[schema(required = false)]
    pub choices: MergeChoices,
}

impl Input for GuestMergePreviewRequest {
    type Command = MergeGuests;

    fn check(self, _: &mut Faults) -> Option<MergeGuests> {
        let Self { survivor_id, merged_id, choices } = self;
        Some(MergeGuests {
            survivor: GuestId(survivor_id),
            merged: GuestId(merged_id),
            choices: choices.into(),
        })
    }
}

/// Two guests to merge.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct GuestMergeCreate {
    /// The guest that stays.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub survivor_id: uuid::Uuid,
    /// The guest that becomes part of it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    pub merged_id: uuid::Uuid,
    /// Version of the survivor for which the merge was decided; 412 when it has another one.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(3))]
    #[validate(range(min = 1_i64, max = 9_007_199_254_740_991_i64))]
    pub survivor_version: i64,
    /// Version of the merged guest for which the merge was decided; 412 when it has another one.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    #[validate(range(min = 1_i64, max = 9_007_199_254_740_991_i64))]
    pub merged_version: i64,
    /// Which guest's value to take, member by member.
    #[serde(default)]
    #[schema(required = false)]
    pub choices: MergeChoices,
}

impl Input for GuestMergeCreate {
    type Command = (MergeGuests, Decided);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        let Self { survivor_id, merged_id, survivor_version, merged_version, choices } = self;
        let wanted = MergeGuests {
            survivor: GuestId(survivor_id),
            merged: GuestId(merged_id),
            choices: choices.into(),
        };
        Some((wanted, Decided { survivor: survivor_version, merged: merged_version }))
    }
}

/// A merge of two guests.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = GuestMerge)]
pub struct GuestMergeView {
    /// Id of the merge.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"))]
    pub id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// Where the merge stands.
    #[schema(examples("merged"))]
    pub status: MergeStatus,
    /// The guest that stays.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub survivor_id: uuid::Uuid,
    /// The guest that became part of it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70"))]
    pub merged_id: uuid::Uuid,
    /// When they were merged.
    #[schema(format = DateTime, examples("2026-11-21T08:30:00.000000Z"))]
    pub merged_at: String,
    /// Who merged them.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub merged_by: uuid::Uuid,
    /// When the merge was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-11-22T08:30:00.000000Z"))]
    pub undone_at: Option<String>,
    /// Who took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub undone_by: Option<uuid::Uuid>,
}

impl From<&Merge> for GuestMergeView {
    fn from(merge: &Merge) -> Self {
        let Merge {
            group: _,
            id,
            survivor,
            merged,
            status,
            survivor_before: _,
            merged_before: _,
            survivor_after: _,
            version,
            done,
            undone,
        } = merge;
        Self {
            id: id.0,
            version: *version,
            status: *status,
            survivor_id: survivor.0,
            merged_id: merged.0,
            merged_at: done.0.to_string(),
            merged_by: done.1.0,
            undone_at: undone.map(|by| by.0.to_string()),
            undone_by: undone.map(|by| by.1.0),
        }
    }
}

crate::page! {
    /// A page of merges.
    GuestMergePage of GuestMergeView
}

/// What a merge does to one member of the survivor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MergedField)]
pub struct MergedFieldView {
    /// The member.
    #[schema(examples("phones"))]
    pub field: MergeField,
    /// Whether the two guests differ in it.
    #[schema(examples(true))]
    pub differs: bool,
    /// Where the resulting value comes from.
    #[schema(examples("both"))]
    pub source: MergeSource,
}

impl From<&MergedField> for MergedFieldView {
    fn from(field: &MergedField) -> Self {
        let MergedField { field, differs, source } = *field;
        Self { field, differs, source }
    }
}

/// How much moves with a merge, or stays when it is taken back.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MergeMoves)]
pub struct MergeMovesView {
    /// Notes.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    pub notes: i64,
    /// Relationships; one between the two guests of the merge is not shown while they are one.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub relationships: i64,
    /// Ids in other systems.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub external_refs: i64,
    /// What else hangs on the guest.
    #[schema(max_items = 20)]
    pub attached: Vec<MergeAttachedView>,
}

/// How many things of one kind hang on a guest.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MergeAttached)]
pub struct MergeAttachedView {
    /// What they are: `preferences`, `consents`, `stays`, `stays_as_companion`,
    /// `plan_items`; kinds may be added.
    #[schema(max_length = 40, examples("stays"))]
    pub kind: &'static str,
    /// How many.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub count: i64,
}

impl From<&Moves> for MergeMovesView {
    fn from(moves: &Moves) -> Self {
        let Moves { notes, relationships, external_refs, attached } = moves;
        Self {
            notes: *notes,
            relationships: *relationships,
            external_refs: *external_refs,
            attached: attached
                .iter()
                .map(|(kind, count)| MergeAttachedView { kind, count: *count })
                .collect(),
        }
    }
}

/// What a merge would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestMergePreview {
    /// The guest that stays, as it is. Its version goes into the merge.
    pub survivor: GuestView,
    /// The guest that becomes part of it, as it is. Its version goes into the merge.
    pub merged: GuestView,
    /// The survivor as it would be.
    pub result: GuestView,
    /// Every member that at least one of the two has.
    #[schema(max_items = 30)]
    pub fields: Vec<MergedFieldView>,
    /// What moves from the merged guest to the survivor.
    pub moves: MergeMovesView,
}

impl From<&MergePlan> for GuestMergePreview {
    fn from(plan: &MergePlan) -> Self {
        let MergePlan { survivor, merged, result, fields, moves } = plan;
        Self {
            survivor: survivor.into(),
            merged: merged.into(),
            result: result.into(),
            fields: fields.iter().map(MergedFieldView::from).collect(),
            moves: moves.into(),
        }
    }
}

/// What taking a merge back would do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestUnmergePreview {
    /// The merge. Its version goes into `If-Match` of the undo.
    pub merge: GuestMergeView,
    /// The survivor as it is.
    pub now: GuestView,
    /// The survivor as it would be.
    pub survivor: GuestView,
    /// The merged guest as it would be.
    pub merged: GuestView,
    /// Members changed since the merge, whose change stays with the survivor.
    #[schema(max_items = 30)]
    pub kept_fields: Vec<MergeField>,
    /// What goes back to the merged guest: what came with it, and what was recorded under its id since.
    pub moves_back: MergeMovesView,
    /// What stays with the survivor.
    pub stays: MergeMovesView,
}

impl From<&UndoPlan> for GuestUnmergePreview {
    fn from(plan: &UndoPlan) -> Self {
        Self {
            merge: (&plan.merge).into(),
            now: (&plan.now).into(),
            survivor: (&plan.survivor).into(),
            merged: (&plan.merged).into(),
            kept_fields: plan.kept.clone(),
            moves_back: (&plan.back).into(),
            stays: (&plan.stays).into(),
        }
    }
}

/// The merge that examples show.
pub fn merge_example() -> serde_json::Value {
    serde_json::json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80", "version": 1, "status": "merged",
        "survivor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "merged_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70",
        "merged_at": "2026-11-21T08:30:00.000000Z", "merged_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}

/// The merge that examples show, taken back.
pub fn undone_example() -> serde_json::Value {
    serde_json::json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80", "version": 2, "status": "undone",
        "survivor_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "merged_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e70",
        "merged_at": "2026-11-21T08:30:00.000000Z", "merged_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
        "undone_at": "2026-11-22T08:30:00.000000Z", "undone_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
    })
}
