//! What the special requests of a stay suggest that its guest prefers. Nothing is stored by itself: staff accept a
//! suggestion, which writes a preference with the stay as its evidence, or dismiss it.

use crate::codes;
use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GuestId, StayId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};
use crate::preferences::catalogue;
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{
    Clearance, Details, Evidence, EvidenceKind, NewPreference, Polarity, PreferenceSource,
};
use crate::preferences::suggest::{self, Suggested};
use crate::preferences::writing;
use crate::stays::error::StayError;
use crate::stays::model::{Decision, Stay};
use crate::stays::service::{self, get, writable};

codes! {
    /// What became of a suggestion.
    SuggestionState {
        /// Nobody has decided.
        Open = "open",
        /// It was written down as a preference.
        Accepted = "accepted",
        /// It was not meant so.
        Dismissed = "dismissed",
    }
}

/// A preference that the special requests of a stay suggest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Code of its category.
    pub category: String,
    /// Code of its item.
    pub code: String,
    /// Whether the text asks for it or against it.
    pub polarity: Polarity,
    /// The words by which it was recognised.
    pub matched: String,
    /// What became of it.
    pub state: SuggestionState,
}

fn suggested(reads: &mut impl Reads, cx: &Ctx, stay: &Stay) -> DbResult<Vec<Suggestion>> {
    let Some(text) = &stay.facts.special_requests else { return Ok(Vec::new()) };
    let catalogue = catalogue::load(reads, cx.group)?;
    let found = suggest::from_text(&catalogue, text);
    Ok(found.into_iter().map(|one| with_state(stay, one)).collect())
}

fn with_state(stay: &Stay, suggested: Suggested) -> Suggestion {
    let Suggested { category, code, polarity, matched } = suggested;
    let state = match stay.decisions.get(&code) {
        None => SuggestionState::Open,
        Some(Decision::Accepted) => SuggestionState::Accepted,
        Some(Decision::Dismissed) => SuggestionState::Dismissed,
    };
    Suggestion { category, code, polarity, matched, state }
}

/// What a stay's special requests suggest, in the order of the text; what is sensitive only to those who are cleared for it.
///
/// # Errors
/// [`StayError::NotFound`].
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    id: StayId,
) -> Result<(Stay, Vec<Suggestion>), StayError> {
    let stay = get(reads, cx, id)?;
    let mut found = suggested(reads, cx, &stay)?;
    if !clearance.reads(&[stay.hotel_id]) && !found.is_empty() {
        let catalogue = catalogue::load(reads, cx.group)?;
        found.retain(|one| catalogue.sensitive(&one.category, Some(&one.code)).is_none());
    }
    Ok((stay, found))
}

/// Writes suggestions down as preferences of the main guest. One that the guest has already counts as accepted.
///
/// # Errors
/// [`StayError::NotFound`], [`StayError::Stale`], [`StayError::State`] when the stay names no guest of the file or was
/// deleted, [`StayError::Invalid`] for what is not suggested, [`StayError::Preference`] for what the preferences refuse.
pub fn accept(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    id: StayId,
    expected: &Expected,
    codes: &[String],
) -> Result<(Stay, Vec<Suggestion>), StayError> {
    let (stay, chosen) = choose(tx, cx, id, expected, codes)?;
    let guest = stay.facts.guest.guest.ok_or(StayError::State("stay_without_guest"))?;
    for suggestion in chosen.iter().filter(|one| one.state != SuggestionState::Accepted) {
        write(tx, cx, clearance, &stay, guest.id, suggestion)?;
    }
    decide(tx, cx, &stay, codes, Decision::Accepted)
}

fn write(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    clearance: &Clearance,
    stay: &Stay,
    guest: GuestId,
    suggestion: &Suggestion,
) -> Result<(), StayError> {
    let evidence = Evidence { kind: EvidenceKind::Stay, id: stay.id.to_string() };
    let new = NewPreference {
        category: Some(suggestion.category.clone()),
        code: Some(suggestion.code.clone()),
        polarity: suggestion.polarity,
        details: Details { evidence: Some(evidence), ..Details::from_source(PreferenceSource::Stated) },
    };
    match writing::add(tx, cx, clearance, guest, new) {
        Ok(_) | Err(PreferenceError::Recorded(_)) => Ok(()),
        Err(error) => Err(StayError::Preference(error)),
    }
}

/// Notes that suggestions were not meant so.
///
/// # Errors
/// As [`accept`].
pub fn dismiss(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: StayId,
    expected: &Expected,
    codes: &[String],
) -> Result<(Stay, Vec<Suggestion>), StayError> {
    let (stay, _) = choose(tx, cx, id, expected, codes)?;
    decide(tx, cx, &stay, codes, Decision::Dismissed)
}

/// The stay and those of its suggestions that are named.
fn choose(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: StayId,
    expected: &Expected,
    codes: &[String],
) -> Result<(Stay, Vec<Suggestion>), StayError> {
    let stay = writable(tx, cx, id, expected)?;
    let found = suggested(tx, cx, &stay)?;
    let mut chosen = Vec::with_capacity(codes.len());
    let mut faults = Vec::new();
    for (at, code) in codes.iter().enumerate() {
        match found.iter().find(|one| one.code == *code) {
            Some(one) => chosen.push(one.clone()),
            None => faults.push(crate::stays::error::fault(
                format!("/codes/{at}"),
                "not_suggested",
                "is not suggested by the special requests",
            )),
        }
    }
    if faults.is_empty() { Ok((stay, chosen)) } else { Err(StayError::Invalid(faults)) }
}

fn decide(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: &Stay,
    codes: &[String],
    decision: Decision,
) -> Result<(Stay, Vec<Suggestion>), StayError> {
    let mut new = old.clone();
    new.decisions.extend(codes.iter().map(|code| (code.clone(), decision)));
    if new.decisions == old.decisions {
        let found = suggested(tx, cx, old)?;
        return Ok((old.clone(), found));
    }
    let new = service::save_silently(tx, cx, old, new)?;
    let told = |stay: &Stay| serde_json::json!({ "suggestions": stay.decisions });
    record(
        tx,
        cx,
        Change {
            action: "stay.suggestions_decided",
            subject_kind: "stay",
            subject_id: new.id.0,
            version: new.version,
            hotel: Some(new.hotel_id),
            at: new.updated.0,
            before: Some(told(old)),
            after: Some(told(&new)),
        },
    )?;
    let found = suggested(tx, cx, &new)?;
    Ok((new, found))
}
