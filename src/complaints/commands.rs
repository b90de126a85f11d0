//! What can be asked of complaints, checked.

use std::collections::BTreeMap;

use crate::complaint_settings::model::{CauseCategory, FailureOrigin, Priority};
use crate::complaints::model::{
    ComplaintChannel, Contact, ContactChannel, ContactOutcome, Dispute, ExternalRef, Facts, Finding,
    HoldReason, MessageAuthor, MessageVisibility, Reporter, Severity, SolutionType,
};
use crate::hotels::model::Currency;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, GuestId, HotelId, PartnerId, StaffId, StayId};
use crate::kit::patch::Patch;

/// How a complaint is judged; what is absent is left to routing or stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classify {
    /// Code of what it is about.
    pub category: Option<String>,
    /// Why it happened.
    pub cause_category: Option<CauseCategory>,
    /// Code of the exact cause; `Null` takes it back.
    pub sub_cause: Patch<String>,
    /// Where the failure came from; `Null` takes it back.
    pub failure_origin: Patch<FailureOrigin>,
    /// Code of the department that answers for it.
    pub department: Option<String>,
    /// Code of the department that handles it; `Null` takes it back.
    pub handling_department: Patch<String>,
    /// How grave it is.
    pub severity: Option<Severity>,
    /// What comes first.
    pub priority: Option<Priority>,
    /// When it happened.
    pub occurred_at: Option<Instant>,
}

/// A new complaint.
#[derive(Debug, Clone)]
pub struct NewComplaint {
    /// The hotel.
    pub hotel_id: HotelId,
    /// The guest, by id.
    pub guest_id: Option<GuestId>,
    /// What was said; its guest is not looked at.
    pub facts: Facts,
    /// When the hotel heard of it; now when absent.
    pub received_at: Option<Instant>,
    /// How it is judged, as far as it is known.
    pub class: Classify,
}

/// A change of what is written down: absent members stay, `Null` clears.
#[derive(Debug, Clone, Default)]
pub struct ComplaintPatch {
    /// See [`Facts::guest`].
    pub guest_id: Patch<GuestId>,
    /// See [`Facts::reporter`].
    pub reporter: Option<Reporter>,
    /// See [`Facts::contact`].
    pub contact: Patch<Contact>,
    /// See [`Facts::stay_id`].
    pub stay_id: Patch<StayId>,
    /// See [`Facts::partner_id`].
    pub partner_id: Patch<PartnerId>,
    /// See [`Facts::room`].
    pub room: Patch<String>,
    /// See [`Facts::location`].
    pub location: Patch<String>,
    /// See [`Facts::asset`].
    pub asset: Patch<String>,
    /// See [`Facts::occurred_at`].
    pub occurred_at: Patch<Instant>,
    /// See [`Facts::channel`].
    pub channel: Option<ComplaintChannel>,
    /// See [`Facts::language`].
    pub language: Patch<String>,
    /// See [`Facts::subject`].
    pub subject: Patch<String>,
    /// See [`Facts::description`].
    pub description: Option<String>,
    /// See [`Facts::demand`].
    pub demand: Patch<String>,
    /// See [`Facts::emotion`].
    pub emotion: Patch<String>,
    /// See [`Facts::tags`].
    pub tags: Option<Vec<String>>,
    /// Fields to set, or to remove (`None`).
    pub custom_fields: BTreeMap<String, Option<String>>,
    /// See [`Facts::external_refs`].
    pub external_refs: Option<Vec<ExternalRef>>,
    /// Who follows it, the whole list.
    pub watchers: Option<Vec<StaffId>>,
    /// That the guest takes it to somebody outside.
    pub dispute: Patch<Dispute>,
}

impl ComplaintPatch {
    /// Applies all but guest, stay and partner, which have to be looked up, and what is not said of the matter itself.
    pub fn apply(self, facts: &mut Facts) {
        let Self {
            guest_id: _,
            reporter,
            contact,
            stay_id: _,
            partner_id: _,
            room,
            location,
            asset,
            occurred_at,
            channel,
            language,
            subject,
            description,
            demand,
            emotion,
            tags,
            custom_fields,
            external_refs,
            watchers: _,
            dispute: _,
        } = self;
        facts.reporter = reporter.unwrap_or(facts.reporter.clone());
        contact.apply(&mut facts.contact);
        room.apply(&mut facts.room);
        location.apply(&mut facts.location);
        asset.apply(&mut facts.asset);
        occurred_at.apply(&mut facts.occurred_at);
        facts.channel = channel.unwrap_or(facts.channel);
        language.apply(&mut facts.language);
        subject.apply(&mut facts.subject);
        if let Some(description) = description {
            facts.description = description;
        }
        demand.apply(&mut facts.demand);
        emotion.apply(&mut facts.emotion);
        if let Some(tags) = tags {
            facts.tags = tags;
        }
        for (name, value) in custom_fields {
            match value {
                Some(value) => facts.custom_fields.insert(name, value),
                None => facts.custom_fields.remove(&name),
            };
        }
        if let Some(refs) = external_refs {
            facts.external_refs = refs;
        }
    }
}

/// Gives a complaint to somebody, or to a department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// Who handles it; `Null` for nobody yet.
    pub owner_id: Patch<StaffId>,
    /// Code of the department that handles it.
    pub handling_department: Patch<String>,
}

/// What an investigation found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Investigate {
    /// The result.
    pub finding: Option<Finding>,
    /// What happened.
    pub summary: Option<String>,
    /// What lies beneath.
    pub root_cause: Option<String>,
    /// Staff who were asked.
    pub interviewed: Option<Vec<StaffId>>,
}

/// A solution to be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Propose {
    /// What it is.
    pub kind: SolutionType,
    /// What the guest gets, 0 or more.
    pub amount_minor: i64,
    /// What it will cost the hotel; the amount when absent.
    pub estimated_cost_minor: Option<i64>,
    /// The currency told; must be the hotel's.
    pub currency: Option<Currency>,
    /// In words.
    pub description: Option<String>,
    /// By when it is promised.
    pub promised_by: Option<Instant>,
    /// Last day on which the guest can use it; for offers alone.
    pub valid_until: Option<chrono::NaiveDate>,
}

/// That a solution was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Execute {
    /// What it did cost; what was expected when absent.
    pub actual_cost_minor: Option<i64>,
    /// The posting in the property management system.
    pub pms_posting_ref: Option<String>,
    /// What the guest shows to use an offer.
    pub offer_code: Option<String>,
}

/// An attempt to ask the guest, or only the word that all is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUpNote {
    /// How.
    pub channel: ContactChannel,
    /// What came of it.
    pub outcome: ContactOutcome,
    /// The guest's mark, 1 to 5.
    pub rating: Option<i32>,
    /// The guest's words.
    pub comment: Option<String>,
}

/// How a complaint is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// How it was resolved.
    pub summary: String,
    /// What the hotel learned.
    pub lesson: String,
}

/// That a complaint waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOnHold {
    /// For whom.
    pub reason: HoldReason,
    /// In words.
    pub note: Option<String>,
}

/// A complaint that becomes part of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The other one.
    pub into: ComplaintId,
    /// Why.
    pub reason: Option<String>,
}

/// A part that becomes a complaint of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The matter in a line.
    pub subject: Option<String>,
    /// The words that belong to the part.
    pub description: String,
}

/// Something to be said about a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Who may read it.
    pub visibility: MessageVisibility,
    /// Whose words these are.
    pub author: MessageAuthor,
    /// How they were sent or heard.
    pub channel: Option<ContactChannel>,
    /// The language, BCP 47.
    pub language: Option<String>,
    /// The words.
    pub body: String,
}
