//! Messages to guests, written from a template and what is known of a complaint.

use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::TemplatePlaceholder;
use crate::complaint_settings::templates::{self, Rendered, Values, compose, nearest};
use crate::complaints::error::ComplaintError;
use crate::complaints::model::{Complaint, Solution};
use crate::complaints::service::{get, stay_of};
use crate::complaints::solution_repo;
use crate::complaints::timing::Timing;
use crate::db::Reads;
use crate::guests::model::Guest;
use crate::guests::{repo as guest_repo, spoken};
use crate::hotels;
use crate::hotels::model::Hotel;
use crate::kit::clock::Instant;
use crate::kit::ids::{ComplaintId, StaffId};
use crate::platform::context::{Ctx, Sight};
use crate::service_levels::model::ClockKind;
use crate::staff;

/// A message to write.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Code of the template.
    pub template: String,
    /// Language, BCP 47; that of the complaint or the guest when absent.
    pub language: Option<String>,
    /// What comes before what is known.
    pub values: Values,
}

/// Writes a message about a complaint with a template, in the language asked for, the complaint's, the guest's, or the
/// nearest there is. What is known is put in: how the guest is addressed (`guests` says where the caller may read guests),
/// hotel, number, who writes, until when the matter is due, what was decided. Nothing is written down.
///
/// # Errors
/// [`ComplaintError::NotFound`], [`ComplaintError::Invalid`] for a template that the hotel cannot use.
pub fn draft(
    reads: &mut impl Reads,
    cx: &Ctx,
    guests: Option<&Sight>,
    id: ComplaintId,
    asked: Draft,
) -> Result<Rendered, ComplaintError> {
    let complaint = get(reads, cx, id)?;
    let hotel = hotels::service::find_hotel(reads, cx, complaint.hotel_id)?;
    let template = templates::in_use(reads, cx, &asked.template, Some(hotel.id)).map_err(unusable)?;
    let guest = match complaint.facts.guest {
        Some(guest) => guest_repo::find_many(reads, cx.group, &[guest.id])?.remove(&guest.id),
        None => None,
    };
    let seen = |guest: &Guest| guests.is_some_and(|sight| sight.covers(guest.profile.private_to_hotel_id));
    let guest = guest.filter(seen);
    let author = StaffId(cx.actor.id.0);
    let author = staff::service::display_names(reads, cx, &[author])?.remove(&author);
    let stay = stay_of(reads, &complaint)?;
    let clocks = Timing::load(reads, cx.group)?.clocks(&hotel, stay.as_ref(), &complaint);
    let due = clocks.iter().find(|clock| clock.kind == ClockKind::Resolve && clock.runs());
    let due = due.and_then(|clock| clock.due_at);
    let solutions = solution_repo::of_complaints(reads, cx.group, &[id])?.remove(&id).unwrap_or_default();
    let language = asked.language.as_deref().or_else(|| language_of(&complaint, guest.as_ref()));
    let wanted = [language, Some(hotel.default_language.as_str()), Some("en")];
    let written = compose(&template.texts, wanted, |language| {
        let mut values = known(&hotel, &complaint, guest.as_ref(), author, language);
        values.extend(due.map(|due| (TemplatePlaceholder::DueAt, moment(&hotel, due, language))));
        values.extend(decided(&solutions).map(|text| (TemplatePlaceholder::Solution, text)));
        values.extend(asked.values);
        values
    });
    written.ok_or(ComplaintError::NotFound)
}

fn unusable(error: SettingsError) -> ComplaintError {
    match error {
        SettingsError::Db(error) => ComplaintError::Db(error),
        SettingsError::State(text) => ComplaintError::State(text),
        _ => {
            let text = "is not a template that this hotel can use";
            ComplaintError::invalid_at("/template", "unknown_reference", text)
        }
    }
}

/// The language to write to the guest of a complaint in: that of the complaint, or the one the guest prefers.
pub fn language_of<'c>(complaint: &'c Complaint, guest: Option<&'c Guest>) -> Option<&'c str> {
    let own = guest.and_then(|guest| guest.profile.preferred_language.as_ref());
    complaint.facts.language.as_deref().or(own.map(|tag| tag.as_str()))
}

/// What every message about a complaint can say: guest, hotel, number, and who writes.
pub fn known(
    hotel: &Hotel,
    complaint: &Complaint,
    guest: Option<&Guest>,
    author: Option<String>,
    language: &str,
) -> Values {
    use TemplatePlaceholder::{ComplaintNumber, GuestName, HotelName, StaffName};
    let contact = complaint.facts.contact.as_ref().and_then(|one| one.name.clone());
    let name = guest
        .map(|guest| spoken::spoken(&guest.profile).name)
        .or(contact)
        .or(complaint.facts.reporter.name.clone())
        .filter(|name| !name.trim().is_empty())
        .unwrap_or_else(|| if is_chinese(language) { "宾客" } else { "guest" }.to_owned());
    let wanted = [Some(language), Some(hotel.default_language.as_str()), Some("en")];
    let values = [
        (GuestName, Some(name)),
        (HotelName, nearest(hotel.names.texts(), wanted).map(|(_, name)| name.clone())),
        (ComplaintNumber, Some(complaint.number.clone())),
        (StaffName, author),
    ];
    values.into_iter().filter_map(|(blank, value)| Some((blank, value?))).collect()
}

/// What was decided for the guest, a line each; none before anything is.
fn decided(solutions: &[Solution]) -> Option<String> {
    let lines: Vec<&str> = solutions
        .iter()
        .filter(|one| one.status.is_decided())
        .filter_map(|one| one.details.description.as_deref())
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A moment as a guest reads it: the hotel's wall clock, to the minute.
fn moment(hotel: &Hotel, at: Instant, language: &str) -> String {
    let local = at.to_utc().with_timezone(&hotel.time_zone.0);
    let form = if is_chinese(language) {
        "%Y年%-m月%-d日 %H:%M"
    } else if language.to_ascii_lowercase().starts_with("en") {
        "%-d %B %Y, %H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    local.format(form).to_string()
}

fn is_chinese(language: &str) -> bool {
    language.to_ascii_lowercase().starts_with("zh")
}
