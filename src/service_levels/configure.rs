//! How a group makes service levels its own: calendars written, replaced and deleted, and its list of rules.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::hotels::error::HotelError;
use crate::hotels::service as hotels;
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::kit::version::{Expected, Version};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::service_levels::calendar_repo::{self, StoredCalendar};
use crate::service_levels::calendars::Calendars;
use crate::service_levels::error::ServiceLevelError;
use crate::service_levels::hours::Calendar;
use crate::service_levels::model::Rule;
use crate::service_levels::policies::Policies;
use crate::service_levels::policy_repo::{self, StoredRules};
use crate::service_levels::shipped::shipped;

/// Calendars a group may have of its own, deleted ones included.
const MOST_CALENDARS: i64 = 200;

/// What writing a calendar did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its version now.
    pub version: Version,
    /// Whether there was none of this code before.
    pub created: bool,
}

/// Writes a calendar: a new one, or in the place of the one there is, which `expected` then has to name.
///
/// # Errors
/// [`ServiceLevelError::NeedsWholeGroup`], [`ServiceLevelError::NotFound`] when a version is expected of what
/// is not there, [`ServiceLevelError::NoVersion`], [`ServiceLevelError::Stale`], [`ServiceLevelError::State`]
/// when there are too many.
pub fn put_calendar(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    calendar: Calendar,
) -> Result<Written, ServiceLevelError> {
    needs_whole_group(cx)?;
    let calendars = Calendars::load(tx, cx.group)?;
    let old = calendars.get(code);
    match (old, expected) {
        (None, Some(_)) => return Err(ServiceLevelError::NotFound),
        (Some(_), None) => return Err(ServiceLevelError::NoVersion),
        (Some(old), Some(expected)) if !expected.allows(old.version) => return Err(ServiceLevelError::Stale),
        (Some(old), Some(_)) if old.is == calendar => {
            return Ok(Written { version: old.version, created: false });
        }
        _ => {}
    }
    let row = calendar_repo::find(tx, cx.group, code)?;
    let new = match &row {
        None => {
            if calendar_repo::count(tx, cx.group)? >= MOST_CALENDARS {
                return Err(ServiceLevelError::State("service_calendars_full"));
            }
            let stamp = (cx.now, cx.actor.id);
            StoredCalendar {
                group: cx.group,
                id: cx.new_id(),
                code: code.to_owned(),
                calendar,
                deleted_at: None,
                version: old.map_or(1, |old| old.version + 1),
                created: stamp,
                updated: stamp,
            }
        }
        Some(row) => {
            let updated = (cx.after(row.updated.0), cx.actor.id);
            let version = row.version + 1;
            StoredCalendar { calendar, deleted_at: None, version, updated, ..row.clone() }
        }
    };
    let written = match &row {
        None => calendar_repo::insert(tx, &new)?.is_some(),
        Some(row) => calendar_repo::replace(tx, row, &new)?,
    };
    if !written {
        return Err(ServiceLevelError::Stale);
    }
    let action = if old.is_some() { "service_calendar.updated" } else { "service_calendar.created" };
    let before = old.map(|old| told(code, &old.is));
    record(tx, cx, calendar_change(action, before, Some(told(code, &new.calendar)), &new))?;
    Ok(Written { version: new.version, created: old.is_none() })
}

/// Takes a calendar of the group's own away.
///
/// # Errors
/// [`ServiceLevelError::NeedsWholeGroup`], [`ServiceLevelError::NotFound`], [`ServiceLevelError::Stale`],
/// [`ServiceLevelError::State`] when it came with the program, or a rule names it.
pub fn delete_calendar(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: &Expected,
) -> Result<(), ServiceLevelError> {
    needs_whole_group(cx)?;
    let calendars = Calendars::load(tx, cx.group)?;
    let known = calendars.get(code).ok_or(ServiceLevelError::NotFound)?;
    if !expected.allows(known.version) {
        return Err(ServiceLevelError::Stale);
    }
    if shipped().calendars.contains_key(code) {
        return Err(ServiceLevelError::State("service_calendar_shipped"));
    }
    let policies = Policies::load(tx, cx.group)?;
    if policies.rules().flat_map(|rule| &rule.targets).any(|target| target.calendar == code) {
        return Err(ServiceLevelError::State("service_calendar_in_use"));
    }
    let old = calendar_repo::find(tx, cx.group, code)?.ok_or(ServiceLevelError::NotFound)?;
    let updated = (cx.after(old.updated.0), cx.actor.id);
    let new =
        StoredCalendar { deleted_at: Some(updated.0), version: old.version + 1, updated, ..old.clone() };
    if !calendar_repo::replace(tx, &old, &new)? {
        return Err(ServiceLevelError::Stale);
    }
    let before = Some(told(code, &old.calendar));
    record(tx, cx, calendar_change("service_calendar.deleted", before, None, &new))?;
    Ok(())
}

/// Puts a list of rules in the place of the one there is, and tells its version.
///
/// # Errors
/// [`ServiceLevelError::NeedsWholeGroup`], [`ServiceLevelError::Stale`], [`ServiceLevelError::Invalid`] when
/// the rules name hotels or calendars that are not there, or do not end with one for all.
pub fn put_policies(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    expected: &Expected,
    rules: Vec<Rule>,
) -> Result<Version, ServiceLevelError> {
    needs_whole_group(cx)?;
    let old = Policies::load(tx, cx.group)?;
    if !expected.allows(old.version) {
        return Err(ServiceLevelError::Stale);
    }
    check_rules(tx, cx, &rules)?;
    let before: Vec<Rule> = old.rules().cloned().collect();
    if before == rules {
        return Ok(old.version);
    }
    let stored = policy_repo::find(tx, cx.group)?;
    let version = old.version + 1;
    let stamp = (cx.now, cx.actor.id);
    let new = match &stored {
        None => StoredRules { group: cx.group, rules, version, created: stamp, updated: stamp },
        Some(row) => {
            let updated = (cx.after(row.updated.0), cx.actor.id);
            StoredRules { rules, version, updated, ..row.clone() }
        }
    };
    let written = match &stored {
        None => policy_repo::insert(tx, &new)?.is_some(),
        Some(row) => policy_repo::replace(tx, &new, row.version)?,
    };
    if !written {
        return Err(ServiceLevelError::Stale);
    }
    let change = Change {
        action: "service_level_policies.updated",
        subject_kind: "service_level_policies",
        subject_id: cx.group.0,
        version,
        hotel: None,
        at: new.updated.0,
        before: Some(json!({ "rules": before })),
        after: Some(json!({ "rules": new.rules })),
    };
    record(tx, cx, change)?;
    Ok(version)
}

fn needs_whole_group(cx: &Ctx) -> Result<(), ServiceLevelError> {
    if cx.sight == Sight::WholeGroup { Ok(()) } else { Err(ServiceLevelError::NeedsWholeGroup) }
}

/// What the rules say of each other and of what there is; what they say in themselves was checked before.
fn check_rules(tx: &mut Tx<'_>, cx: &Ctx, rules: &[Rule]) -> Result<(), ServiceLevelError> {
    let calendars = Calendars::load(tx, cx.group)?;
    let hotels = known_hotels(tx, cx, rules)?;
    let mut faults = Faults::new();
    faults.at("rules", |faults| {
        if !rules.last().is_some_and(Rule::is_for_all) {
            faults.add("no_rule_for_all", "must end with a rule without conditions");
        }
        for (number, rule) in rules.iter().enumerate() {
            faults.at(number, |faults| {
                if rules.iter().take(number).any(|other| other.code == rule.code) {
                    faults.at("code", |f| f.add("duplicate", "is the code of another rule"));
                }
                for (at, hotel) in rule.hotels.iter().enumerate() {
                    if !hotels.contains(hotel) {
                        let here = format!("hotel_ids/{at}");
                        faults.at(here, |f| f.add("unknown_reference", "is not there, or not yours to see"));
                    }
                }
                for (at, target) in rule.targets.iter().enumerate() {
                    if calendars.get(&target.calendar).is_none() {
                        let here = format!("targets/{at}/calendar");
                        faults.at(here, |f| f.add("unknown_reference", "is not the code of a calendar"));
                    }
                }
            });
        }
    });
    faults.finish(Some(())).map_err(ServiceLevelError::Invalid)
}

/// Those hotels that rules name and that are there.
fn known_hotels(reads: &mut impl Reads, cx: &Ctx, rules: &[Rule]) -> DbResult<BTreeSet<HotelId>> {
    let named: BTreeSet<HotelId> = rules.iter().flat_map(|rule| rule.hotels.iter().copied()).collect();
    let mut known = BTreeSet::new();
    for hotel in named {
        match hotels::find_hotel(reads, cx, hotel) {
            Ok(_) => {
                known.insert(hotel);
            }
            Err(HotelError::Db(error)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(known)
}

/// A calendar as the audit log keeps it.
fn told(code: &str, calendar: &Calendar) -> Value {
    let mut value = json!(calendar);
    if let Some(members) = value.as_object_mut() {
        members.insert("code".into(), json!(code));
    }
    value
}

fn calendar_change(
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
    calendar: &StoredCalendar,
) -> Change {
    Change {
        action,
        subject_kind: "service_calendar",
        subject_id: calendar.id.0,
        version: calendar.version,
        hotel: None,
        at: calendar.updated.0,
        before,
        after,
    }
}
