//! Preferences in bulk: what imports lay over what is there. A constant number of queries a batch.

use std::collections::{HashMap, HashSet};

use crate::db::{DbResult, Reads, Tx};
use crate::guests::model::Guest;
use crate::guests::repo as guest_repo;
use crate::kit::fault::Fault;
use crate::kit::ids::GuestId;
use crate::kit::language::Language;
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record_all};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::conflicts::{Clash, Saying, clash, same_thing};
use crate::preferences::consents::{Consent, covering};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{NewPreference, Preference};
use crate::preferences::rules::settle_alone;
use crate::preferences::service::today;
use crate::preferences::writing::{fresh, refuse_too_many};
use crate::preferences::{consent_repo, repo, sets};

/// What is known of the guests of a batch.
struct Known {
    catalogue: Catalogue,
    /// The guest each id leads to, merged ones followed.
    guests: HashMap<GuestId, Guest>,
    standing: HashMap<GuestId, Vec<Preference>>,
    consents: HashMap<GuestId, Vec<Consent>>,
}

/// Adds to each guest the preferences it lacks: those whose item and value (or words) and polarity it has already are
/// left as they are, and nothing is taken away, so that a second run changes nothing. Answers for each guest in order
/// whether something was added, or why nothing could be; a guest with a fault is left alone as a whole. Merged guests
/// are followed. The caller answers for the hotels named, and for sensitive ones, which need the guest's consent here
/// as everywhere.
///
/// # Errors
/// When the database fails.
pub fn lay_over(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    sent: &[(GuestId, Vec<NewPreference>)],
) -> Result<Vec<Result<bool, Vec<Fault>>>, PreferenceError> {
    let mut known = look_up(tx, cx, sent)?;
    // What would be added as things stand tells whose sets to hold; what is added is found out when they are held.
    let dry = add_all(cx, &mut known.clone_standing(), &known, sent);
    let changing: HashSet<GuestId> = dry
        .iter()
        .zip(sent)
        .filter(|(added, _)| matches!(added, Ok(added) if !added.is_empty()))
        .filter_map(|(_, (guest, _))| known.guests.get(guest).map(|guest| guest.id))
        .collect();
    if changing.is_empty() {
        return Ok(dry.into_iter().map(|added| added.map(|added| !added.is_empty())).collect());
    }
    let changing: Vec<GuestId> = changing.into_iter().collect();
    let versions = repo::hold_sets(tx, cx.group, &changing)?;
    known.standing = by_guest(repo::active(tx, cx.group, &all(&known))?);
    let added = add_all(cx, &mut known.clone_standing(), &known, sent);
    let new: Vec<Preference> = added.iter().flatten().flatten().cloned().collect();
    repo::insert(tx, &new)?;
    let mut of_guest = by_guest(new).into_iter().collect::<Vec<_>>();
    of_guest.sort_by_key(|(guest, _)| *guest);
    let live: HashMap<GuestId, &Guest> = known.guests.values().map(|guest| (guest.id, guest)).collect();
    let changes: Vec<Change> = of_guest
        .iter()
        .filter_map(|(guest, new)| {
            let version = versions.get(guest).copied()?;
            Some(sets::change(cx, live.get(guest)?, version, std::iter::empty(), new.iter()))
        })
        .collect();
    record_all(tx, cx, changes)?;
    Ok(added.into_iter().map(|added| added.map(|added| !added.is_empty())).collect())
}

impl Known {
    fn clone_standing(&self) -> HashMap<GuestId, Vec<Preference>> {
        self.standing.clone()
    }
}

fn all(known: &Known) -> Vec<GuestId> {
    let mut ids: Vec<GuestId> = known.guests.values().map(|guest| guest.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn by_guest(preferences: Vec<Preference>) -> HashMap<GuestId, Vec<Preference>> {
    let mut found: HashMap<GuestId, Vec<Preference>> = HashMap::new();
    for preference in preferences {
        found.entry(preference.guest_id).or_default().push(preference);
    }
    found
}

fn look_up(
    reads: &mut impl Reads,
    cx: &Ctx,
    sent: &[(GuestId, Vec<NewPreference>)],
) -> Result<Known, PreferenceError> {
    let ids: Vec<GuestId> = sent.iter().map(|(guest, _)| *guest).collect();
    let guests = follow(reads, cx, &ids)?;
    let mut known = Known {
        catalogue: catalogue::load(reads, cx.group)?,
        guests,
        standing: HashMap::new(),
        consents: HashMap::new(),
    };
    let live = all(&known);
    known.standing = by_guest(repo::active(reads, cx.group, &live)?);
    let may_be_sensitive = |new: &NewPreference| {
        let category = new.code.as_deref().and_then(|code| known.catalogue.item(code));
        let category = category.map(|item| item.category.as_str()).or(new.category.as_deref());
        new.details.sensitive
            || known.catalogue.sensitive(category.unwrap_or_default(), new.code.as_deref()).is_some()
    };
    if sent.iter().flat_map(|(_, new)| new).any(may_be_sensitive) {
        known.consents = consent_repo::sensitive_data(reads, cx.group, &live)?;
    }
    Ok(known)
}

/// The guests that ids lead to: one query, and one more for each step of the longest chain of merges.
fn follow(reads: &mut impl Reads, cx: &Ctx, ids: &[GuestId]) -> DbResult<HashMap<GuestId, Guest>> {
    let mut loaded = guest_repo::find_many(reads, cx.group, ids)?;
    loop {
        let missing: Vec<GuestId> = loaded
            .values()
            .filter_map(|guest| guest.merged_into)
            .filter(|survivor| !loaded.contains_key(survivor))
            .collect();
        let found = guest_repo::find_many(reads, cx.group, &missing)?;
        if found.is_empty() {
            break;
        }
        loaded.extend(found);
    }
    let live = |id: &GuestId| {
        let mut guest = loaded.get(id)?;
        while let Some(survivor) = guest.merged_into {
            guest = loaded.get(&survivor)?;
        }
        cx.sight.covers(guest.profile.private_to_hotel_id).then(|| guest.clone())
    };
    Ok(ids.iter().filter_map(|id| Some((*id, live(id)?))).collect())
}

/// What each guest lacks, with what was found for the guests before it in the batch already there.
fn add_all(
    cx: &Ctx,
    standing: &mut HashMap<GuestId, Vec<Preference>>,
    known: &Known,
    sent: &[(GuestId, Vec<NewPreference>)],
) -> Vec<Result<Vec<Preference>, Vec<Fault>>> {
    let mut answers = Vec::new();
    for (guest, new) in sent {
        let Some(live) = known.guests.get(guest) else {
            answers.push(Err(vec![fault("", "unknown_reference", "is not a guest you can see")]));
            continue;
        };
        let there = standing.entry(live.id).or_default();
        let added = lacking(cx, known, there, (live.id, *guest), new);
        if let Ok(added) = &added {
            there.extend(added.iter().cloned());
        }
        answers.push(added);
    }
    answers
}

fn fault(pointer: &str, code: &str, message: &str) -> Fault {
    Fault { pointer: pointer.to_owned(), code: code.to_owned(), message: message.to_owned() }
}

fn lacking(
    cx: &Ctx,
    known: &Known,
    there: &[Preference],
    (guest, origin): (GuestId, GuestId),
    sent: &[NewPreference],
) -> Result<Vec<Preference>, Vec<Fault>> {
    let (mut added, mut faults): (Vec<Preference>, Vec<Fault>) = (Vec::new(), Vec::new());
    let consents = known.consents.get(&guest).map_or(&[][..], Vec::as_slice);
    for (at, new) in sent.iter().enumerate() {
        let here = format!("/preferences/{at}");
        let settled = match settle_alone(&known.catalogue, new, true) {
            Ok(settled) => settled,
            Err(found) => {
                let below = |fault: Fault| Fault { pointer: format!("{here}{}", fault.pointer), ..fault };
                faults.extend(found.into_iter().map(below));
                continue;
            }
        };
        let mut wanted = fresh(cx, guest, origin, new.clone(), settled);
        let mut all = there.iter().chain(&added);
        if all.any(|one| one.polarity == wanted.polarity && same_thing(one, &wanted)) {
            continue;
        }
        let contrary =
            |one: &&Preference| clash(&known.catalogue, one, &wanted, today(cx)) == Some(Clash::Contrary);
        if let Some(one) = there.iter().chain(&added).find(contrary) {
            let say = |one: &Preference| Saying::of(&known.catalogue, one).told(Language::En);
            let message = format!("“{}” contradicts “{}”", say(&wanted), say(one));
            faults.push(fault(&here, "contradiction", &message));
            continue;
        }
        if wanted.details.sensitive {
            match covering(consents, &wanted.details.hotel_ids, today(cx)) {
                Some(consent) => wanted.consent_id = Some(consent.id),
                None => {
                    faults.push(fault(&here, "consent", "is sensitive and needs the guest's consent"));
                    continue;
                }
            }
        }
        added.push(wanted);
    }
    if !added.is_empty() && refuse_too_many(cx, &known.catalogue, there.iter().chain(&added)).is_err() {
        faults.push(fault("/preferences", "too_many", "are more than a guest, or a category, takes"));
    }
    if faults.is_empty() { Ok(added) } else { Err(faults) }
}
