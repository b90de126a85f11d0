//! Complaints of a problem, and telling those who complained what was improved.

pub mod api;

use std::collections::{BTreeMap, HashSet};

use crate::codes;
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::TemplatePlaceholder;
use crate::complaint_settings::templates::{self, TemplateText, Values, compose, nearest};
use crate::complaints::aftercare::AftercareBar;
use crate::complaints::commands::NewMessage;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{
    Complaint, ComplaintStatus, ContactChannel, MessageAuthor, MessageVisibility, ReporterKind,
};
use crate::complaints::reach::{self, Wishes};
use crate::complaints::recurrence::occurrence;
use crate::complaints::{messages, repo as complaint_repo, service as complaint_service, wording};
use crate::db::{DbError, Reads, Tx};
use crate::guests::model::{Guest, GuestStatus};
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
        /// The complaint became part of another one, and who complained is told there, or was.
        Merged = "merged",
        /// The complaint was taken back.
        Withdrawn = "withdrawn",
        /// The complaint was refused.
        Rejected = "rejected",
        /// Nobody gave a name.
        Anonymous = "anonymous",
        /// There is no way to reach them, or not the one that is wanted.
        NoContact = "no_contact",
        /// They do not want to be asked or told any more, or not this way.
        NoConsent = "no_consent",
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
    /// A template by its code.
    Template(String),
    /// Own texts by language, placeholders allowed; never empty.
    Own(BTreeMap<String, TemplateText>),
}

/// What guests are to be told.
#[derive(Debug, Clone)]
pub struct Tell {
    /// In which words.
    pub wording: Wording,
    /// What was improved, in words for guests, by language.
    pub improvements: BTreeMap<String, String>,
    /// How they are sent; each guest's own way when absent.
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
/// the guest may read on each complaint, closed ones included. By a way that the guest has and allows. On one that became
/// part of another complaint only those who are not told on any other.
///
/// # Errors
/// [`ProblemError::NotFound`], [`ProblemError::State`] when nothing was verified since the problem last came back,
/// [`ProblemError::Invalid`] for a template that cannot be used or has placeholders without a value, and where nothing
/// says in words for guests what was improved and the text has a place for it.
pub fn notify(tx: &mut Tx<'_>, cx: &Ctx, id: ProblemId, tell: &Tell) -> Result<Told, ImprovementError> {
    let problem = problem_service::get(tx, cx, id)?;
    let mut answer = Told::default();
    let everybody = everybody(tx, cx, id)?;
    let chosen = wanted(tx, cx, &problem, &everybody, tell.channel, &mut answer.skipped)?;
    let mut chosen: Vec<ComplaintId> = chosen.into_iter().map(|(complaint, _)| complaint).collect();
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
    let chosen = wanted(tx, cx, &improvement.problem, &chosen, tell.channel, &mut answer.skipped)?;
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

/// A complaint whose guest is to be told, and how; by a way that is none of the channels when absent.
type Wanted = (ComplaintId, Option<ContactChannel>);

/// Who is told: nobody twice in one call.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Person {
    Guest(GuestId),
    Contact(String),
}

impl Person {
    fn of(complaint: &Complaint) -> Option<Self> {
        if let Some(guest) = complaint.facts.guest.filter(|_| !is_anonymous(complaint)) {
            return Some(Self::Guest(guest.id));
        }
        let contact = complaint.facts.contact.as_ref()?;
        contact
            .email
            .as_ref()
            .or(contact.phone.as_ref())
            .or(contact.other.as_ref())
            .cloned()
            .map(Self::Contact)
    }
}

/// Those of some complaints whose guests are to be told; the others are counted by the reason why not.
fn wanted(
    reads: &mut impl Reads,
    cx: &Ctx,
    problem: &ServiceProblem,
    complaints: &[ComplaintId],
    tell: Option<ContactChannel>,
    skipped: &mut BTreeMap<NoticeSkip, i64>,
) -> Result<Vec<Wanted>, ImprovementError> {
    let told = notices::told(reads, cx, problem, complaints)?;
    let (mut found, mut merged, mut people) = (Vec::new(), Vec::new(), HashSet::new());
    let mut skip = |reason: NoticeSkip| *skipped.entry(reason).or_default() += 1;
    for part in complaints.chunks(MOST_TOLD) {
        let known = complaint_repo::find_many(reads, cx.group, part)?;
        let wishes = Wishes::load(reads, cx, known.values())?;
        for complaint in part.iter().filter_map(|id| known.get(id)) {
            if told.contains(&complaint.id) {
                people.extend(Person::of(complaint));
                skip(NoticeSkip::AlreadyTold);
                continue;
            }
            match how(complaint, &wishes, tell) {
                Err(reason) => skip(reason),
                Ok(way) if complaint.status == ComplaintStatus::Merged => {
                    merged.push((complaint.id, way, Person::of(complaint)));
                }
                Ok(way) => {
                    people.extend(Person::of(complaint));
                    found.push((complaint.id, way));
                }
            }
        }
    }
    for (complaint, way, person) in merged {
        if person.is_none_or(|person| people.insert(person)) {
            found.push((complaint, way));
        } else {
            skip(NoticeSkip::Merged);
        }
    }
    Ok(found)
}

/// Whether somebody complained who gave no name: the guest of the stay need not be the one.
fn is_anonymous(complaint: &Complaint) -> bool {
    complaint.facts.reporter.kind == ReporterKind::Anonymous
}

/// The guest to whom a message about a complaint is written.
fn addressee<'w>(complaint: &Complaint, wishes: &'w Wishes) -> Option<&'w Guest> {
    wishes.guest(complaint).filter(|_| !is_anonymous(complaint))
}

/// How whoever complained is told, or why they are not.
fn how(
    complaint: &Complaint,
    wishes: &Wishes,
    tell: Option<ContactChannel>,
) -> Result<Option<ContactChannel>, NoticeSkip> {
    match complaint.status {
        ComplaintStatus::Withdrawn => return Err(NoticeSkip::Withdrawn),
        ComplaintStatus::Rejected => return Err(NoticeSkip::Rejected),
        ComplaintStatus::Received
        | ComplaintStatus::Recorded
        | ComplaintStatus::Investigating
        | ComplaintStatus::SolutionProposed
        | ComplaintStatus::Executing
        | ComplaintStatus::FollowingUp
        | ComplaintStatus::Closed
        | ComplaintStatus::Merged => {}
    }
    let guest = addressee(complaint, wishes);
    if let Some(guest) = guest {
        let here = |hotel| hotel == complaint.hotel_id;
        if guest.restriction.as_ref().is_some_and(|one| one.hotel_id.is_none_or(here)) {
            return Err(NoticeSkip::GuestRestricted);
        }
        if guest.status == GuestStatus::Archived {
            return Err(NoticeSkip::GuestArchived);
        }
    }
    let said = if guest.is_some() { wishes.said(complaint) } else { &[] };
    reach::way(complaint, guest, said, tell).map_err(|bar| match bar {
        AftercareBar::NoConsent => NoticeSkip::NoConsent,
        AftercareBar::NoContact if is_anonymous(complaint) => NoticeSkip::Anonymous,
        AftercareBar::NoContact => NoticeSkip::NoContact,
    })
}

/// Writes the messages.
fn send(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    improvement: &Improvement,
    tell: &Tell,
    chosen: &[Wanted],
) -> Result<Vec<(ComplaintId, MessageId)>, ImprovementError> {
    let hotel =
        hotel_service::find_hotel(tx, cx, improvement.problem.hotel_id).map_err(ProblemError::from)?;
    let texts = texts(tx, cx, tell, &hotel)?;
    let blank = |text: &TemplateText| templates::uses(text, TemplatePlaceholder::Solution);
    if tell.improvements.is_empty() && texts.values().any(blank) {
        // What was done is described for staff: guests are told in words that were written for them.
        let text = "must say what was improved, in words for guests";
        return Err(ProblemError::invalid_at("/improvements", "required", text).into());
    }
    let author = StaffId(cx.actor.id.0);
    let names = staff_service::display_names(tx, cx, &[author]).map_err(ProblemError::from)?;
    let letter = Letter { hotel: &hotel, texts: &texts, tell, author: names.get(&author).cloned() };
    let ids: Vec<ComplaintId> = chosen.iter().map(|(complaint, _)| *complaint).collect();
    let complaints = complaint_repo::find_many(tx, cx.group, &ids)?;
    let wishes = Wishes::load(tx, cx, complaints.values())?;
    let mut sent = Vec::with_capacity(chosen.len());
    for (id, channel) in chosen {
        let Some(complaint) = complaints.get(id) else { continue };
        let (language, body) = letter.to(complaint, addressee(complaint, &wishes))?;
        let message = NewMessage {
            visibility: MessageVisibility::Guest,
            author: MessageAuthor::Staff,
            channel: *channel,
            language: Some(language),
            body,
        };
        sent.push((complaint.id, messages::inform(tx, cx, complaint.id, message)?.id));
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
        Wording::Template(code) => match templates::in_use(reads, cx, code, Some(hotel.id)) {
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
            Wording::Template(_) => "/template",
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
        let improved = nearest(&self.tell.improvements, wanted).map(|(_, text)| text.clone());
        let mut values = wording::known(self.hotel, complaint, guest, self.author.clone(), language);
        values.extend(improved.map(|text| (TemplatePlaceholder::Solution, text)));
        values
    }
}
