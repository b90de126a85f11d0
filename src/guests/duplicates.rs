//! Which guests look like one person: candidates through the index, judged by the one scorer.

use std::collections::{HashMap, HashSet};

use crate::db::Reads;
use crate::guests::error::{Candidate, GuestError};
use crate::guests::index;
use crate::guests::matching::{self, Agreement, BlockingKey, Score};
use crate::guests::model::{Guest, GuestStatus, Profile};
use crate::guests::repo;
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;

/// Guests that look like a profile, best first, at least `threshold` alike; only those the caller may see. `own` is
/// left out.
///
/// # Errors
/// When the database fails.
pub fn candidates(
    reads: &mut impl Reads,
    cx: &Ctx,
    profile: &Profile,
    own: Option<GuestId>,
    threshold: f64,
) -> Result<Vec<Candidate>, GuestError> {
    let features = index::features(profile);
    let cap = i64::from(matching::MAX_HOLDERS);
    let mut holders: HashMap<BlockingKey, u32> = HashMap::new();
    let mut ids: HashSet<GuestId> = HashSet::new();
    for key in matching::blocking_keys(&features) {
        let found = repo::holders(reads, cx.group, &index::block_key(&key), cap + 1)?;
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        // The profile itself counts as a holder.
        holders.insert(key, count.saturating_add(1));
        if count <= matching::MAX_HOLDERS {
            ids.extend(found);
        }
    }
    if let Some(own) = own {
        ids.remove(&own);
    }
    let ids: Vec<GuestId> = ids.into_iter().collect();
    let mut alike: Vec<Candidate> = repo::find_many(reads, cx.group, &ids)?
        .into_values()
        .filter(|guest| {
            guest.status == GuestStatus::Active && cx.sight.covers(guest.profile.private_to_hotel_id)
        })
        .map(|guest| {
            let score = matching::score(&features, &index::features(&guest.profile), &|key| {
                holders.get(key).copied()
            });
            Candidate { guest, score }
        })
        .filter(|candidate| candidate.score.value >= threshold)
        .collect();
    alike.sort_by(|a, b| b.score.value.total_cmp(&a.score.value).then(a.guest.id.cmp(&b.guest.id)));
    Ok(alike)
}

/// Guests answered to one question at most.
const MATCHES_TOLD: usize = 20;

/// The guests that fit what is known of somebody.
#[derive(Debug, Default)]
pub struct Matches {
    /// Those who have one of the external references.
    pub by_reference: Vec<Guest>,
    /// The others, the surest first.
    pub alike: Vec<Candidate>,
}

/// Guests that have an external reference of the profile, share an identifying value with it or look like it.
///
/// # Errors
/// When the database fails.
pub fn matches(reads: &mut impl Reads, cx: &Ctx, profile: &Profile) -> Result<Matches, GuestError> {
    let mut holders = HashSet::new();
    for reference in &profile.external_refs {
        holders.extend(repo::by_ref(reads, cx.group, reference)?);
    }
    let holders: Vec<GuestId> = holders.into_iter().collect();
    let mut by_reference: Vec<Guest> = repo::find_many(reads, cx.group, &holders)?
        .into_values()
        .filter(|guest| cx.sight.covers(guest.profile.private_to_hotel_id))
        .collect();
    by_reference.sort_by_key(|guest| guest.id);
    by_reference.truncate(MATCHES_TOLD);
    let mut alike = candidates(reads, cx, profile, None, 0.0)?;
    alike.retain(|candidate| {
        let told = by_reference.iter().any(|guest| guest.id == candidate.guest.id);
        !told && (candidate.score.value >= matching::SUGGEST || identified(&candidate.score))
    });
    alike.truncate(MATCHES_TOLD - by_reference.len());
    Ok(Matches { by_reference, alike })
}

/// Whether a value that identifies people is the same. Alone it does not make one person, but it answers who may be
/// calling; a value that many share has no weight.
fn identified(score: &Score) -> bool {
    score.fields.iter().any(|field| {
        matches!(field.field, "email" | "phone" | "document")
            && field.agreement == Agreement::Exact
            && field.weight > 0.0
    })
}

/// A score in thousandths, 0 to 1000.
pub fn thousandths(value: f64) -> i32 {
    let text = format!("{:.0}", (value * 1000.0).clamp(0.0, 1000.0));
    text.parse().unwrap_or(0)
}
