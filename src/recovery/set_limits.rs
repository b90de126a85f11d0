//! How a group sets its own limits of authority.

use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels::error::HotelError;
use crate::hotels::service as hotels;
use crate::kit::fault::Faults;
use crate::kit::ids::GroupId;
use crate::kit::version::Expected;
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::recovery::error::RecoveryError;
use crate::recovery::limit_repo::{self, RuleDocument};
use crate::recovery::limits::{LimitRule, Limits, shipped};

/// The limits of a group: its own, or those that come with the program.
///
/// # Errors
/// When the database fails.
pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Limits> {
    Ok(limit_repo::find(reads, group)?.map_or_else(shipped, |(limits, _)| limits))
}

/// Sets the limits of the group, all of them at once.
///
/// # Errors
/// [`RecoveryError::NeedsWholeGroup`] unless the caller acts for the whole group, [`RecoveryError::Stale`],
/// [`RecoveryError::Invalid`] when a rule is for a hotel that is not there or charges in another currency, or when two
/// rules are for the same.
pub fn replace(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    expected: &Expected,
    rules: Vec<LimitRule>,
) -> Result<Limits, RecoveryError> {
    if cx.sight != Sight::WholeGroup {
        return Err(RecoveryError::NeedsWholeGroup);
    }
    let kept = limit_repo::find(tx, cx.group)?;
    let old = kept.as_ref().map_or_else(shipped, |(limits, _)| limits.clone());
    if !expected.allows(old.version) {
        return Err(RecoveryError::Stale);
    }
    check(tx, cx, &rules)?;
    if rules == old.rules {
        return Ok(old);
    }
    let new = Limits { version: old.version + 1, rules };
    let at = kept.as_ref().map_or(cx.now, |(_, updated)| cx.after(*updated));
    let stamp = (at, cx.actor.id);
    let written = match kept {
        Some(_) => limit_repo::replace(tx, cx.group, old.version, &new, stamp)?,
        None => limit_repo::insert(tx, cx.group, &new, stamp)?.is_some(),
    };
    if !written {
        return Err(RecoveryError::Stale);
    }
    let change = Change {
        action: "authority_limits.updated",
        subject_kind: "authority_limits",
        subject_id: cx.group.0,
        version: new.version,
        hotel: None,
        at,
        before: Some(document(&old)),
        after: Some(document(&new)),
    };
    record(tx, cx, change)?;
    Ok(new)
}

fn check(tx: &mut Tx<'_>, cx: &Ctx, rules: &[LimitRule]) -> Result<(), RecoveryError> {
    let mut faults = Faults::new();
    let mut named: Vec<_> = rules.iter().filter_map(|rule| rule.hotel).collect();
    named.sort_unstable();
    named.dedup();
    let mut known = Vec::new();
    for hotel in named {
        match hotels::find_hotel(tx, cx, hotel) {
            Ok(hotel) => known.push(hotel),
            Err(HotelError::Db(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    for (at, rule) in rules.iter().enumerate() {
        let same = |other: &LimitRule| {
            (other.hotel, other.role, other.currency) == (rule.hotel, rule.role, rule.currency)
        };
        if rules.iter().take(at).any(same) {
            faults.at(format!("rules/{at}"), |f| f.add("duplicate", "is for the same as another rule"));
        }
        let Some(hotel) = rule.hotel else { continue };
        match known.iter().find(|known| known.id == hotel) {
            None => faults.at(format!("rules/{at}/hotel_id"), |f| {
                f.add("unknown_reference", "is no hotel of the group")
            }),
            Some(hotel) if hotel.currency != rule.currency => {
                faults.at(format!("rules/{at}/currency"), |f| {
                    f.add("foreign_currency", "must be the currency of the hotel");
                });
            }
            Some(_) => {}
        }
    }
    faults.finish(Some(())).map_err(RecoveryError::Invalid)
}

fn document(limits: &Limits) -> Value {
    let rules: Vec<RuleDocument> = limits.rules.iter().map(RuleDocument::from).collect();
    json!({"rules": rules})
}
