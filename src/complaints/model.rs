//! What a complaint is: what was said, how it is judged, and how far it has come.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::complaint_settings::model::{CauseCategory, FailureOrigin, Priority};
use crate::complaints::aftercare::Aftercare;
pub use crate::complaints::history::History;
pub use crate::guests::model::ExternalRef;
pub use crate::hotels::model::Currency;
use crate::hotels::model::LanguageTag;
use crate::kit::clock::Instant;
use crate::kit::ids::{
    ActorId, BudgetId, ComplaintId, GroupId, GuestId, HotelId, PartnerId, SolutionId, StaffId, StayId,
};
use crate::kit::version::Version;
pub use crate::recovery::limits::AuthorityRole;
use crate::service_levels::model::ClockKind;
pub use crate::service_levels::model::{ComplaintChannel, Severity};
pub use crate::stays::model::LinkedGuest;

/// Longest text of a complaint or a message, in characters.
pub const LONGEST_TEXT: usize = 50_000;
/// Contact attempts without an answer after which a complaint may be closed (DOMAIN 1.4, guard of `closed`).
pub const ATTEMPTS: usize = 3;

codes! {
    /// How far a complaint has come.
    ComplaintStatus {
        /// Somebody complained; nobody has sorted it yet.
        Received = "received",
        /// It is known what it is about and who is concerned.
        Recorded = "recorded",
        /// It is being found out what happened.
        Investigating = "investigating",
        /// What is to be done has been proposed.
        SolutionProposed = "solution_proposed",
        /// What was decided is being done.
        Executing = "executing",
        /// All is done; the guest is asked.
        FollowingUp = "following_up",
        /// The guest has had the last word.
        Closed = "closed",
        /// The guest took it back.
        Withdrawn = "withdrawn",
        /// It was refused, with a reason.
        Rejected = "rejected",
        /// It became part of another complaint.
        Merged = "merged",
    }
    /// A status at a glance.
    StatusCategory {
        /// Somebody has to act.
        Open = "open",
        /// It waits for somebody outside.
        Paused = "paused",
        /// Nothing is left to do but to ask, or nothing at all.
        Resolved = "resolved",
    }
    /// Who told of a complaint.
    ReporterKind {
        /// The guest.
        Guest = "guest",
        /// Somebody who travels with the guest.
        Companion = "companion",
        /// A member of staff who saw or heard it.
        Staff = "staff",
        /// A partner, on the guest's behalf.
        Partner = "partner",
        /// Somebody who gave no name.
        Anonymous = "anonymous",
    }
    /// For whom a complaint waits.
    HoldReason {
        /// The guest has to answer.
        WaitingGuest = "waiting_guest",
        /// A supplier has to deliver.
        WaitingSupplier = "waiting_supplier",
    }
    /// What an investigation found.
    Finding {
        /// It is as the guest says.
        Substantiated = "substantiated",
        /// Part of it is.
        Partly = "partly",
        /// It is not.
        Unfounded = "unfounded",
    }
    /// What came of an attempt to ask the guest.
    ContactOutcome {
        /// The guest is content.
        Satisfied = "satisfied",
        /// The guest is not.
        Dissatisfied = "dissatisfied",
        /// The guest was reached and did not want to say.
        NoOpinion = "no_opinion",
        /// The guest was not reached.
        NotReached = "not_reached",
    }
    /// To whom a guest takes a dispute that the hotel could not settle.
    DisputeBody {
        /// The city's hotline 12345.
        Hotline12345 = "hotline_12345",
        /// The tourism hotline 12301.
        Tourism12301 = "tourism_12301",
        /// The market regulator's hotline 12315.
        Market12315 = "market_12315",
        /// A consumer association.
        ConsumerAssociation = "consumer_association",
        /// The platform through which the stay was booked.
        Platform = "platform",
        /// A mediator or arbitrator.
        Arbitration = "arbitration",
        /// A court.
        Court = "court",
        /// Anybody else.
        Other = "other",
    }
    /// How the guest was asked.
    ContactChannel {
        /// Face to face.
        InPerson = "in_person",
        /// By telephone.
        Phone = "phone",
        /// By e-mail.
        Email = "email",
        /// By text message.
        Sms = "sms",
        /// By WeChat.
        Wechat = "wechat",
        /// In the app.
        App = "app",
        /// By letter.
        Letter = "letter",
        /// The guest's own answer, through a link that needs no login.
        RatingLink = "rating_link",
    }
}

impl ComplaintStatus {
    /// Whether somebody still has to do something.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Received
            | Self::Recorded
            | Self::Investigating
            | Self::SolutionProposed
            | Self::Executing
            | Self::FollowingUp => true,
            Self::Closed | Self::Withdrawn | Self::Rejected | Self::Merged => false,
        }
    }
}

/// Who told of a complaint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// What they are to it.
    pub kind: ReporterKind,
    /// Their name, when it is not the guest's or not known as a guest's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// How somebody without a guest profile can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Their name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their telephone number, E.164.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Any other way, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// What was said, and of what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The guest. Where it hangs now is a column of its own: merges of guests move it.
    #[serde(skip)]
    pub guest: Option<LinkedGuest>,
    /// Who told of it.
    pub reporter: Reporter,
    /// How they can be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The stay it is about: past, present or to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_id: Option<StayId>,
    /// The partner who is concerned, or told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_id: Option<PartnerId>,
    /// The room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// Any other place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The thing that failed, as the hotel numbers its things.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Instant>,
    /// When the hotel heard of it.
    pub received_at: Instant,
    /// How the hotel heard of it.
    pub channel: ComplaintChannel,
    /// The language of the text, BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The matter in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The guest's own words, character by character.
    #[serde(skip)]
    pub description: String,
    /// What the guest wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand: Option<String>,
    /// How the guest feels, in a word or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emotion: Option<String>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Fields of the hotel's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom_fields: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external_refs: Vec<ExternalRef>,
}

/// How a complaint is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Class {
    /// Code of what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_category: Option<CauseCategory>,
    /// Code of the exact cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_cause: Option<String>,
    /// Where the failure came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_origin: Option<FailureOrigin>,
    /// Code of the department that answers for it: the cost lands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Code of the department that handles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handling_department: Option<String>,
    /// How grave it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Name of the routing rule that decided department and priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routed_by: Option<String>,
    /// Codes of the other departments that the routing rule tells of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub informed: Vec<String>,
}

/// One time that a complaint is worked on: from its receipt, or a reopening, until it is resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// When it began.
    pub started_at: Instant,
    /// When the guest was told that the hotel knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Instant>,
    /// When somebody was with the guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attended_at: Option<Instant>,
    /// When it was found out what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investigated_at: Option<Instant>,
    /// When all was done, or nothing was left to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Instant>,
    /// Why it was opened again; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Warnings that were given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<Alert>,
    /// Which clocks were kept and which were not; none for those that still run in time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kept: BTreeMap<ClockKind, bool>,
}

/// A warning that was given, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Of which clock.
    pub clock: ClockKind,
    /// Whether it was already too late.
    pub breached: bool,
    /// When it was due then.
    pub due_at: Instant,
    /// When it was given.
    pub at: Instant,
}

/// A time during which a complaint waited for somebody outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// From when.
    pub from: Instant,
    /// Until when; absent while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Instant>,
    /// For whom.
    pub reason: HoldReason,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who said so.
    pub by: ActorId,
}

/// That a complaint was taken to somebody higher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// 1 the department head, 2 the duty manager, 3 the general manager.
    pub level: i32,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// By whom; the nil id for the clock.
    pub by: ActorId,
    /// Who was on duty then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<StaffId>,
}

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investigation {
    /// When it began, and who began it.
    pub started: (Instant, ActorId),
    /// The result; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// What happened, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What lies beneath.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root_cause: Option<String>,
    /// Staff who were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interviewed: Vec<StaffId>,
    /// When and by whom the result was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<(Instant, ActorId)>,
}

/// An attempt to ask the guest whether all is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
    /// How.
    pub channel: ContactChannel,
    /// What came of it.
    pub outcome: ContactOutcome,
    /// The guest's mark, 1 to 5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<i32>,
    /// The guest's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// In which round of the complaint, from 0.
    pub round: usize,
}

/// That the guest takes it to somebody outside (客户纠纷解决).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// To whom.
    pub body: DisputeBody,
    /// The number it has there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the guest claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// By when the hotel has to answer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Instant>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// How a complaint ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Instant,
    /// Who said so.
    pub by: ActorId,
    /// Why, or how it was resolved.
    pub text: String,
    /// What the hotel learned; told when a complaint is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lesson: Option<String>,
}

/// That a complaint became part of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedInto {
    /// The other one.
    pub complaint: ComplaintId,
    /// The status before.
    pub status_before: ComplaintStatus,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a complaint has come, and how it came there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Who handles it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<StaffId>,
    /// Who first took it up (首问责任人); never changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_contact_id: Option<StaffId>,
    /// Staff who follow it beside its owner, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<StaffId>,
    /// That the guest takes it to somebody outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<Dispute>,
    /// The times it was worked on; never empty, the last one is now.
    pub rounds: Vec<Round>,
    /// The times it waited.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<Hold>,
    /// How far up it was taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalations: Vec<Escalation>,
    /// What was found out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub investigation: Option<Investigation>,
    /// Attempts to ask the guest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<FollowUp>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// That the guest is to be asked after the close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aftercare: Option<Aftercare>,
    /// The complaint it became part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedInto>,
    /// Complaints that became part of it, as they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<ComplaintId>,
    /// The complaint it was split from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split_from: Option<ComplaintId>,
    /// Complaints that were split from it, as they went.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split_into: Vec<ComplaintId>,
    /// When the guest last said something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_guest_contact_at: Option<Instant>,
    /// When the hotel last said something to the guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_staff_contact_at: Option<Instant>,
    /// What it brought with it from another system; absent for one that was taken in here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<History>,
}

impl Progress {
    /// A complaint that begins.
    pub fn begun(at: Instant, first_contact: Option<StaffId>) -> Self {
        Self {
            owner_id: None,
            first_contact_id: first_contact,
            watchers: Vec::new(),
            dispute: None,
            rounds: vec![Round::begun(at, None)],
            holds: Vec::new(),
            escalations: Vec::new(),
            investigation: None,
            follow_ups: Vec::new(),
            ending: None,
            aftercare: None,
            merged: None,
            joined: Vec::new(),
            split_from: None,
            split_into: Vec::new(),
            last_guest_contact_at: None,
            last_staff_contact_at: None,
            history: None,
        }
    }

    /// How often it was opened again.
    pub fn reopened(&self) -> usize {
        self.rounds.len().saturating_sub(1)
    }

    /// When it ended, or became part of another one.
    pub fn ended_at(&self) -> Option<Instant> {
        let merged = self.merged.as_ref().map(|merged| merged.at);
        self.ending.as_ref().map(|ending| ending.at).or(merged)
    }

    /// The hold that lasts.
    pub fn hold(&self) -> Option<&Hold> {
        self.holds.last().filter(|hold| hold.until.is_none())
    }

    /// How far up it was taken; 0 for nowhere.
    pub fn level(&self) -> i32 {
        self.escalations.last().map_or(0, |last| last.level)
    }

    /// How far up it was taken in the present round; 0 for nowhere.
    pub fn level_now(&self) -> i32 {
        let begun = self.rounds.last().map(|round| round.started_at);
        self.escalations.last().filter(|last| Some(last.at) >= begun).map_or(0, |last| last.level)
    }

    /// Whether somebody handles it, or found out what happened.
    pub fn is_worked_on_by(&self, who: ActorId) -> bool {
        let found = self.investigation.as_ref().and_then(|one| one.found);
        self.owner_id.is_some_and(|owner| owner.0 == who.0) || found.is_some_and(|(_, by)| by == who)
    }

    /// Attempts to ask the guest in the present round.
    pub fn asked(&self) -> impl Iterator<Item = &FollowUp> {
        let now = self.reopened();
        self.follow_ups.iter().filter(move |one| one.round == now)
    }

    /// Whether the guest had a say in the present round, or was tried often enough.
    pub fn guest_had_a_say(&self) -> bool {
        self.asked().any(|one| one.outcome != ContactOutcome::NotReached) || self.asked().count() >= ATTEMPTS
    }
}

impl Round {
    /// A round that begins.
    pub const fn begun(at: Instant, reason: Option<String>) -> Self {
        Self {
            started_at: at,
            acknowledged_at: None,
            attended_at: None,
            investigated_at: None,
            resolved_at: None,
            reason,
            alerts: Vec::new(),
            kept: BTreeMap::new(),
        }
    }
}

/// When a running clock is next of interest; stored for lists and warnings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NextDue {
    /// When the first of the running clocks is due.
    pub due_at: Option<Instant>,
    /// When the first of the running clocks warns, given or not.
    pub warn_at: Option<Instant>,
    /// When the next warning is to be given.
    pub alert_at: Option<Instant>,
}

/// A complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: ComplaintId,
    /// Its hotel.
    pub hotel_id: HotelId,
    /// What people call it, such as `XIHU-2026-00042`: hotel, year, and a number without gaps.
    pub number: String,
    /// How far it has come.
    pub status: ComplaintStatus,
    /// What was said.
    pub facts: Facts,
    /// How it is judged.
    pub class: Class,
    /// What happened with it.
    pub progress: Progress,
    /// What it cost so far, in the hotel's currency.
    pub cost_minor: i64,
    /// The hotel's currency when it was received.
    pub currency: Currency,
    /// What is next due.
    pub next: NextDue,
    /// Its version.
    pub version: Version,
    /// When and by whom it was written down.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl Complaint {
    /// The status at a glance.
    pub fn category(&self) -> StatusCategory {
        match self.status {
            ComplaintStatus::Closed
            | ComplaintStatus::Withdrawn
            | ComplaintStatus::Rejected
            | ComplaintStatus::Merged
            | ComplaintStatus::FollowingUp => StatusCategory::Resolved,
            _ if self.progress.hold().is_some() => StatusCategory::Paused,
            _ => StatusCategory::Open,
        }
    }

    /// The present round.
    pub fn round(&self) -> &Round {
        // Never empty: made with one, and only added to.
        static NONE: Round = Round::begun(Instant::from_micros(0), None);
        self.progress.rounds.last().unwrap_or(&NONE)
    }

    /// Whether there is a way to ask the guest: a profile, a contact, or the stay of somebody who gave a name.
    pub fn reachable(&self) -> bool {
        let contact = |one: &Contact| one.phone.is_some() || one.email.is_some() || one.other.is_some();
        let named = self.facts.reporter.kind != ReporterKind::Anonymous;
        self.facts.guest.is_some()
            || self.facts.contact.as_ref().is_some_and(contact)
            || (named && self.facts.stay_id.is_some())
    }

    /// The language of what is written to the guest.
    pub fn language(&self) -> Option<LanguageTag> {
        self.facts.language.as_deref().and_then(LanguageTag::parse)
    }
}

codes! {
    /// What is done for the guest.
    SolutionType {
        /// The hotel says sorry.
        Apology = "apology",
        /// Money back.
        Refund = "refund",
        /// A lower price.
        Discount = "discount",
        /// A better room.
        Upgrade = "upgrade",
        /// A night without charge.
        FreeNight = "free_night",
        /// Points of the loyalty programme.
        Points = "points",
        /// A present.
        Gift = "gift",
        /// A voucher for another time.
        Voucher = "voucher",
        /// What was broken is mended.
        Repair = "repair",
        /// What was lost or spoilt is replaced.
        Replacement = "replacement",
        /// Anything else.
        Other = "other",
    }
    /// How far a solution has come.
    SolutionStatus {
        /// Waits for somebody who may decide on so much.
        PendingApproval = "pending_approval",
        /// May be done.
        Approved = "approved",
        /// Was refused.
        Declined = "declined",
        /// Was called off before it was done.
        Cancelled = "cancelled",
        /// Was done.
        Executed = "executed",
        /// Was done, and somebody else has looked.
        Verified = "verified",
    }
    /// Who may read a message.
    MessageVisibility {
        /// The guest, too.
        Guest = "guest",
        /// Staff only.
        Internal = "internal",
    }
    /// Whose words a message has.
    MessageAuthor {
        /// The guest's, or of whoever complained.
        Guest = "guest",
        /// The hotel's.
        Staff = "staff",
        /// A partner's.
        Partner = "partner",
    }
}

impl SolutionType {
    /// Whether somebody else than who did it has to look whether it was done: what can be seen and touched (the manager
    /// who checks the repaired air conditioner himself, DOMAIN 1.4).
    pub const fn is_checked(self) -> bool {
        matches!(self, Self::Repair | Self::Replacement)
    }

    /// Whether it is an offer that the guest uses later, perhaps never (DOMAIN 1.5, 优惠活动).
    pub const fn is_offer(self) -> bool {
        matches!(
            self,
            Self::Discount | Self::Upgrade | Self::FreeNight | Self::Points | Self::Gift | Self::Voucher
        )
    }
}

impl SolutionStatus {
    /// Whether it still counts.
    pub const fn stands(self) -> bool {
        !matches!(self, Self::Declined | Self::Cancelled)
    }

    /// Whether it stands and nobody has to approve it any more.
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Approved | Self::Executed | Self::Verified)
    }

    /// Whether it was done.
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Executed | Self::Verified)
    }
}

/// Something done, or to be done, for the guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: SolutionId,
    /// Its complaint.
    pub complaint_id: ComplaintId,
    /// The hotel of the complaint.
    pub hotel_id: HotelId,
    /// What it is.
    pub kind: SolutionType,
    /// How far it has come.
    pub status: SolutionStatus,
    /// What the guest gets, in the smallest unit of the currency; 0 for what has no price.
    pub amount_minor: i64,
    /// What it is expected to cost the hotel.
    pub estimated_cost_minor: i64,
    /// What it did cost; absent until it is done.
    pub actual_cost_minor: Option<i64>,
    /// The hotel's currency.
    pub currency: Currency,
    /// The rest.
    pub details: SolutionDetails,
    /// Its version.
    pub version: Version,
    /// When and by whom it was proposed.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl Solution {
    /// Who is to decide on it: the lowest role that may, or, when nobody may, the general manager, who can refuse it.
    /// `None` unless it waits.
    pub fn awaits_role(&self) -> Option<AuthorityRole> {
        let waits = self.status == SolutionStatus::PendingApproval;
        let role = self.details.needs_role.as_deref().and_then(AuthorityRole::of);
        waits.then(|| role.unwrap_or(AuthorityRole::GeneralManager))
    }

    /// Whether it is an offer that the guest has and did not use yet.
    pub fn is_open_offer(&self) -> bool {
        self.kind.is_offer() && self.status.is_done() && self.details.redeemed.is_none()
    }
}

/// A soft budget that let a cost pass and is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OverBudget {
    /// The budget.
    pub budget: BudgetId,
    /// By how much it was over then, in the smallest unit of its currency; more than 0.
    pub by_minor: i64,
}

/// What has no column of a solution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SolutionDetails {
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// By when it is promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<Instant>,
    /// Department that bears the cost: the one that answered for the complaint when the money was set aside, or spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The soft budgets that were over when its cost was set aside, or spent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub over_budget: Vec<OverBudget>,
    /// When and by whom it was approved or refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<(Instant, ActorId)>,
    /// Why it was refused or called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The role whose limit covers it, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_role: Option<String>,
    /// When and by whom it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<(Instant, ActorId)>,
    /// The posting in the property management system, so that both sides can be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pms_posting_ref: Option<String>,
    /// When and by whom it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<(Instant, ActorId)>,
    /// Note of whoever looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification_note: Option<String>,
    /// Last day on which the guest can use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<chrono::NaiveDate>,
    /// What the guest shows to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_code: Option<String>,
    /// When it was used, and who wrote that down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeemed: Option<(Instant, ActorId)>,
    /// The stay in which it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeemed_stay: Option<StayId>,
}

/// Words exchanged about a complaint; never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: crate::kit::ids::MessageId,
    /// Its complaint.
    pub complaint_id: ComplaintId,
    /// Who may read it.
    pub visibility: MessageVisibility,
    /// Whose words these are.
    pub author: MessageAuthor,
    /// How they were sent or heard; absent for internal ones.
    pub channel: Option<ContactChannel>,
    /// The language, BCP 47.
    pub language: Option<String>,
    /// The words, character by character.
    pub body: String,
    /// When and by whom it was written down.
    pub created: (Instant, ActorId),
}

/// A guest whose id a complaint names.
pub const fn linked(id: GuestId) -> LinkedGuest {
    LinkedGuest { id, origin: id }
}
