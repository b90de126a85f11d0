//! Complaints of a problem, and telling those who complained what was improved.

pub mod api;

use std::collections::{BTreeMap, HashMap};

use crate::codes;
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::TemplatePlaceholder;
use crate::complaint_settings::templates::{self, TemplateText, Values, compose, nearest};
use crate::complaints::commands::NewMessage;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{
    Complaint, ComplaintStatus, Contact, ContactChannel, MessageAuthor, MessageVisibility, ReporterKind,
};
use crate::complaints::recurrence::occurrence;
use crate::complaints::{messages, repo as complaint_repo, service as complaint_service, wording};
use crate::db::{DbError, Reads, Tx};
use crate::guests::model::{Guest, GuestStatus};
use crate::guests::repo as guest_repo;
use crate::hotels::model::Hotel;
use crate::hotels::service as hotel_service;
use crate::kit::clock::Instant;
use crate::kit::fault::Fault;
use crate::kit::ids::{ComplaintId, GuestId, MessageId, ProblemId, StaffId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::problems::error::ProblemError;
use crate::problems::model::{Member, ServiceProblem};
use crate::problems::notices::{self, Improvement};
use crate::problems::{members, service as problem_service};
use crate::staff::service as staff_service;

/// Most guests told by one call; the next call tells the others.
pub const MOST_TOLD: usize = 500;
/// Members of a problem read at once.
const STEP: i64 = 500;

codes! {
    /// Why somebody who complained was not told what was improved.
    NoticeSkip {
        /// They were told before.
        AlreadyTold = "already_told",
        /// The complaint became part of another one.
        Merged = "merged",
        /// The complaint was taken back.
        Withdrawn = "withdrawn",
        /// The complaint was refused.
        Rejected = "rejected",
        /// Nobody gave a name.
        Anonymous = "anonymous",
        /// There is no way to reach them.
        NoContact = "no_contact",
        /// The guest is under a restriction at this hotel.
        GuestRestricted = "guest_restricted",
        /// The guest's profile was put away.
        GuestArchived = "guest_archived",
    }
}

/// Why it could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ImprovementError {
    /// The problem does not allow it.
    #[error(transparent)]
    Problem(#[from] ProblemError),
    /// A complaint does not allow it.
    #[error(transparent)]
    Complaint(#[from] ComplaintError),
    /// The template cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A complaint of a problem.
#[derive(Debug, Clone)]
pub struct Belonging {
    /// How it came there.
    pub member: Member,
    /// The complaint.
    pub complaint: Complaint,
    /// Whether it was told what was improved since the problem last came back.
    pub told: bool,
}

/// Where a page of the complaints of a problem ends.
pub type Position = (Instant, ComplaintId);

/// A page of the complaints of a problem, in the order of their receipt, and where the next one starts.
///
/// # Errors
/// [`ProblemError::NotFound`].
pub fn complaints(
    reads: &mut impl Reads,
    cx: &Ctx,
    id: ProblemId,
    after: Option<Position>,
    limit: i64,
) -> Result<(Vec<Belonging>, Option<Position>), ImprovementError> {
    let problem = problem_service::get(reads, cx, id)?;
    let (found, next) = members::list(reads, cx, id, after, limit)?;
    let ids: Vec<ComplaintId> = found.iter().map(|one| one.complaint_id).collect();
    let told = notices::told(reads, cx, &problem, &ids)?;
    let mut complaints = complaint_repo::find_many(reads, cx.group, &ids)?;
    let belonging = |member: Member| {
        let complaint = complaints.remove(&member.complaint_id)?;
        Some(Belonging { told: told.contains(&complaint.id), complaint, member })
    };
    Ok((found.into_iter().filter_map(belonging).collect(), next))
}

/// Puts a complaint into a problem by hand.
///
/// # Errors
/// As [`members::join`]; [`ComplaintError::NotFound`].
pub fn join(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    complaint: ComplaintId,
) -> Result<ServiceProblem, ImprovementError> {
    // Complaints are held before problems, by everybody.
    complaint_repo::hold(tx, cx.group, complaint)?;
    let found = complaint_service::get(tx, cx, complaint)?;
    Ok(members::join(tx, cx, id, expected, &occurrence(&found))?)
}

/// Takes a complaint out of a problem by hand.
///
/// # Errors
/// As [`members::leave`]; [`ComplaintError::NotFound`].
pub fn leave(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ProblemId,
    expected: &Expected,
    complaint: ComplaintId,
) -> Result<ServiceProblem, ImprovementError> {
    complaint_repo::hold(tx, cx.group, complaint)?;
    complaint_service::get(tx, cx, complaint)?;
    Ok(members::leave(tx, cx, id, expected, complaint)?)
}

/// In which words guests are told.
#[derive(Debug, Clone)]
pub enum Wording {
    /// A template by its code, and what was improved by language; the descriptions of what was verified where there is
    /// none.
    Template(String, BTreeMap<String, String>),
    /// Own texts by language, placeholders allowed; never empty.
    Own(BTreeMap<String, TemplateText>),
}

/// What guests are to be told.
#[derive(Debug, Clone)]
pub struct Tell {
    /// In which words.
    pub wording: Wording,
    /// How they are sent.
    pub channel: Option<ContactChannel>,
}

/// Who was told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The complaints whose guests were told.
    pub complaints: Vec<ComplaintId>,
    /// How many were not, by reason.
    pub skipped: BTreeMap<NoticeSkip, i64>,
    /// Whether there are more to be told than one call tells.
    pub remaining: bool,
}

/// Tells everybody who complained what was improved, each once for each time the problem was put right: a message that
/// the guest may read on each complaint, closed ones included.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::State`] when nothing was verified since the problem last came back,
/// [`ProblemError::Invalid`] for a template that cannot be used or has placeholders without a value.
pub fn notify(tx: &mut Tx<'_>, cx: &Ctx, id: ProblemId, tell: &Tell) -> Result<Told, ImprovementError> {
    let problem = problem_service::get(tx, cx, id)?;
    let mut answer = Told::default();
    let everybody = everybody(tx, cx, id)?;
    let mut chosen = wanted(tx, cx, &problem, &everybody, &mut answer.skipped)?;
    answer.remaining = chosen.len() > MOST_TOLD;
    chosen.truncate(MOST_TOLD);
    chosen.sort_unstable();
    // Complaints are held before problems, by everybody, and in one order.
    for complaint in &chosen {
        complaint_repo::hold(tx, cx.group, *complaint)?;
    }
    let improvement = notices::improvement(tx, cx, id)?;
    let still = members::of_complaints(tx, cx.group, &chosen)?;
    chosen.retain(|complaint| still.get(complaint) == Some(&id));
    // Judged again, now that nobody changes them any more.
    let chosen = wanted(tx, cx, &improvement.problem, &chosen, &mut answer.skipped)?;
    let told = send(tx, cx, &improvement, tell, &chosen)?;
    notices::tell(tx, cx, &improvement.problem, &told)?;
    answer.complaints = told.into_iter().map(|(complaint, _)| complaint).collect();
    Ok(answer)
}

/// All complaints of a problem, in the order of their receipt.
fn everybody(reads: &mut impl Reads, cx: &Ctx, id: ProblemId) -> Result<Vec<ComplaintId>, ImprovementError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = members::list(reads, cx, id, after, STEP)?;
        found.extend(page.into_iter().map(|one| one.complaint_id));
        if next.is_none() {
            return Ok(found);
        }
        after = next;
    }
}

/// Those of some complaints whose guests are to be told; the others are counted by the reason why not.
fn wanted(
    reads: &mut impl Reads,
    cx: &Ctx,
    problem: &ServiceProblem,
    complaints: &[ComplaintId],
    skipped: &mut BTreeMap<NoticeSkip, i64>,
) -> Result<Vec<ComplaintId>, ImprovementError> {
    let told = notices::told(reads, cx, problem, complaints)?;
    let mut found = Vec::new();
    for part in complaints.chunks(MOST_TOLD) {
        let known = complaint_repo::find_many(reads, cx.group, part)?;
        let guests = guests_of(reads, cx, known.values())?;
        for complaint in part.iter().filter_map(|id| known.get(id)) {
            let guest = complaint.facts.guest.and_then(|guest| guests.get(&guest.id));
            let reason = if told.contains(&complaint.id) {
                Some(NoticeSkip::AlreadyTold)
            } else {
                reason_not_to(complaint, guest)
            };
            match reason {
                Some(reason) => *skipped.entry(reason).or_default() += 1,
                None => found.push(complaint.id),
            }
        }
    }
    Ok(found)
}

fn guests_of<'c>(
    reads: &mut impl Reads,
    cx: &Ctx,
    complaints: impl Iterator<Item = &'c Complaint>,
) -> Result<HashMap<GuestId, Guest>, ImprovementError> {
    let ids: Vec<GuestId> = complaints.filter_map(|one| one.facts.guest.map(|guest| guest.id)).collect();
    Ok(guest_repo::find_many(reads, cx.group, &ids)?)
}

fn reason_not_to(complaint: &Complaint, guest: Option<&Guest>) -> Option<NoticeSkip> {
    match complaint.status {
        ComplaintStatus::Merged => return Some(NoticeSkip::Merged),
        ComplaintStatus::Withdrawn => return Some(NoticeSkip::Withdrawn),
        ComplaintStatus::Rejected => return Some(NoticeSkip::Rejected),
        ComplaintStatus::Received
        | ComplaintStatus::Recorded
        | ComplaintStatus::Investigating
        | ComplaintStatus::SolutionProposed
        | ComplaintStatus::Executing
        | ComplaintStatus::FollowingUp
        | ComplaintStatus::Closed => {}
    }
    if let Some(guest) = guest {
        let here = |hotel| hotel == complaint.hotel_id;
        if guest.restriction.as_ref().is_some_and(|one| one.hotel_id.is_none_or(here)) {
            return Some(NoticeSkip::GuestRestricted);
        }
        if guest.status == GuestStatus::Archived {
            return Some(NoticeSkip::GuestArchived);
        }
    }
    let way = |one: &Contact| one.phone.is_some() || one.email.is_some() || one.other.is_some();
    let known = guest.is_some_and(|guest| {
        let profile = &guest.profile;
        !(profile.phones.is_empty()
            && profile.emails.is_empty()
            && profile.messaging.is_empty()
            && profile.addresses.is_empty())
    });
    if known || complaint.facts.contact.as_ref().is_some_and(way) {
        return None;
    }
    let nameless = guest.is_none() && complaint.facts.reporter.kind == ReporterKind::Anonymous;
    Some(if nameless { NoticeSkip::Anonymous } else { NoticeSkip::NoContact })
}

/// Writes the messages.
fn send(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    improvement: &Improvement,
    tell: &Tell,
    chosen: &[ComplaintId],
) -> Result<Vec<(ComplaintId, MessageId)>, ImprovementError> {
    let hotel =
        hotel_service::find_hotel(tx, cx, improvement.problem.hotel_id).map_err(ProblemError::from)?;
    let texts = texts(tx, cx, tell, &hotel)?;
    let author = StaffId(cx.actor.id.0);
    let names = staff_service::display_names(tx, cx, &[author]).map_err(ProblemError::from)?;
    let letter =
        Letter { hotel: &hotel, texts: &texts, tell, improvement, author: names.get(&author).cloned() };
    let complaints = complaint_repo::find_many(tx, cx.group, chosen)?;
    let guests = guests_of(tx, cx, complaints.values())?;
    let mut sent = Vec::with_capacity(chosen.len());
    for complaint in chosen.iter().filter_map(|id| complaints.get(id)) {
        let guest = complaint.facts.guest.and_then(|guest| guests.get(&guest.id));
        let (language, body) = letter.to(complaint, guest)?;
        let message = NewMessage {
            visibility: MessageVisibility::Guest,
            author: MessageAuthor::Staff,
            channel: tell.channel,
            language: Some(language),
            body,
        };
        sent.push((complaint.id, messages::say(tx, cx, complaint.id, message)?.id));
    }
    Ok(sent)
}

fn texts(
    reads: &mut impl Reads,
    cx: &Ctx,
    tell: &Tell,
    hotel: &Hotel,
) -> Result<BTreeMap<String, TemplateText>, ImprovementError> {
    match &tell.wording {
        Wording::Own(texts) => Ok(texts.clone()),
        Wording::Template(code, _) => match templates::in_use(reads, cx, code, Some(hotel.id)) {
            Ok(template) => Ok(template.texts),
            Err(SettingsError::NotFound | SettingsError::Invalid(_)) => {
                let text = "is not a template that this hotel can use";
                Err(ProblemError::invalid_at("/template", "unknown_reference", text).into())
            }
            Err(error) => Err(error.into()),
        },
    }
}

/// What is the same in every message of one call.
struct Letter<'l> {
    hotel: &'l Hotel,
    texts: &'l BTreeMap<String, TemplateText>,
    tell: &'l Tell,
    improvement: &'l Improvement,
    author: Option<String>,
}

impl Letter<'_> {
    /// Language and text of the message about a complaint.
    fn to(&self, complaint: &Complaint, guest: Option<&Guest>) -> Result<(String, String), ProblemError> {
        let spoken = wording::language_of(complaint, guest);
        let house = self.hotel.default_language.as_str();
        let message = compose(self.texts, [spoken, Some(house), Some("en")], |language| {
            self.values(complaint, guest, language)
        });
        let place = match self.tell.wording {
            Wording::Template(..) => "/template",
            Wording::Own(_) => "/texts",
        };
        let fault = |code: &str, message: String| {
            let fault = Fault { pointer: place.to_owned(), code: code.to_owned(), message };
            ProblemError::Invalid(vec![fault])
        };
        let message = message.ok_or_else(|| fault("required", "must have a text".to_owned()))?;
        if let Some(blank) = message.missing.first() {
            let text = format!("has the placeholder {}, for which there is no value here", blank.code());
            return Err(fault("placeholder", text));
        }
        Ok((message.language, message.body))
    }

    fn values(&self, complaint: &Complaint, guest: Option<&Guest>, language: &str) -> Values {
        let house = self.hotel.default_language.as_str();
        let wanted = [Some(language), Some(house), Some("en")];
        let improved = match &self.tell.wording {
            Wording::Template(_, told) => nearest(told, wanted).map(|(_, text)| text.clone()),
            Wording::Own(_) => None,
        };
        let done = || {
            let lines: Vec<&str> =
                self.improvement.actions.iter().map(|action| action.description.as_str()).collect();
            lines.join("\n")
        };
        let mut values = wording::known(self.hotel, complaint, guest, self.author.clone(), language);
        values.insert(TemplatePlaceholder::Solution, improved.unwrap_or_else(done));
        values
    }
}
