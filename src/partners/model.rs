//! What a partner is: names, a type, a status, and the partner it became part of.

use serde::{Deserialize, Serialize};

use crate::codes;
pub use crate::guests::model::ExternalRef;
use crate::kit::clock::Instant;
use crate::kit::contact::{Country, LanguageTag, Script};
use crate::kit::ids::{ActorId, GroupId, PartnerId};
use crate::kit::patch::Patch;
use crate::kit::version::Version;

/// Longest name of a partner, in characters.
pub const LONGEST_NAME: usize = 200;
/// Longest code of a partner, in characters.
pub const LONGEST_CODE: usize = 40;

codes! {
    /// What a partner does.
    PartnerType {
        /// Sells travel to guests.
        TravelAgency = "travel_agency",
        /// Sells rooms online.
        Ota = "ota",
        /// Sends its own people.
        Corporate = "corporate",
        /// Buys rooms in bulk and sells them on.
        Wholesaler = "wholesaler",
        /// Makes tours.
        TourOperator = "tour_operator",
        /// Stands for several agencies.
        Consortium = "consortium",
        /// Holds meetings and events.
        MiceOrganiser = "mice_organiser",
        /// Does what the concierge asks for.
        ConciergeSupplier = "concierge_supplier",
        /// An airline or another loyalty programme.
        AirlineLoyalty = "airline_loyalty",
        /// Anything else.
        Other = "other",
    }
    /// Where a partner stands in its life.
    PartnerStatus {
        /// Named by another system; nobody has looked at it yet.
        Provisional = "provisional",
        /// In use.
        Active = "active",
        /// Put away; can be restored.
        Archived = "archived",
        /// Became part of another partner.
        Merged = "merged",
    }
    /// What a name of a partner is used for.
    PartnerNameType {
        /// The name that is shown.
        Primary = "primary",
        /// The name in the partner's own script.
        Native = "native",
        /// The name in contracts.
        Legal = "legal",
        /// Any other name.
        Alternate = "alternate",
    }
}

/// One name of a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartnerName {
    /// The name.
    pub text: String,
    /// What it is used for.
    pub name_type: PartnerNameType,
    /// Its script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Script>,
    /// Its language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
}

/// What is recorded of a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerProfile {
    /// What it does.
    pub kind: PartnerType,
    /// The group's own code for it; unique among those in use.
    pub code: Option<String>,
    /// Names; never empty, the first primary one is shown.
    pub names: Vec<PartnerName>,
    /// Its page on the web.
    pub website: Option<String>,
    /// Where it is.
    pub country: Option<Country>,
    /// What staff should know of it.
    pub notes: Option<String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

impl PartnerProfile {
    /// The name that is shown; empty only without any name.
    pub fn display_name(&self) -> &str {
        let primary = self.names.iter().find(|name| name.name_type == PartnerNameType::Primary);
        primary.or(self.names.first()).map_or("", |name| name.text.as_str())
    }
}

/// A partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: PartnerId,
    /// Its version.
    pub version: Version,
    /// Where it stands in its life.
    pub status: PartnerStatus,
    /// The status it had before it was archived or merged, and will have again.
    pub status_before: Option<PartnerStatus>,
    /// The partner it became part of, when merged.
    pub merged_into: Option<PartnerId>,
    /// What is recorded.
    pub profile: PartnerProfile,
    /// When and by whom it was created.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

/// A change of a partner: absent members stay, `null` clears, lists are replaced whole.
#[derive(Debug, Clone, Default)]
pub struct PartnerPatch {
    /// See [`PartnerProfile::kind`].
    pub kind: Option<PartnerType>,
    /// See [`PartnerProfile::code`].
    pub code: Patch<String>,
    /// See [`PartnerProfile::names`]; cannot be cleared.
    pub names: Option<Vec<PartnerName>>,
    /// See [`PartnerProfile::website`].
    pub website: Patch<String>,
    /// See [`PartnerProfile::country`].
    pub country: Patch<Country>,
    /// See [`PartnerProfile::notes`].
    pub notes: Patch<String>,
    /// See [`PartnerProfile::external_refs`].
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl PartnerPatch {
    /// Applies the change.
    pub fn apply(self, profile: &mut PartnerProfile) {
        let Self { kind, code, names, website, country, notes, external_refs } = self;
        profile.kind = kind.unwrap_or(profile.kind);
        code.apply(&mut profile.code);
        if let Some(names) = names {
            profile.names = names;
        }
        website.apply(&mut profile.website);
        country.apply(&mut profile.country);
        notes.apply(&mut profile.notes);
        if let Some(refs) = external_refs {
            profile.external_refs = refs;
        }
    }
}
