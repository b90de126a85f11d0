//! Who is to handle a complaint, and how soon: the rules of a group, kept whole, asked by those who take complaints in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::json;

use crate::complaint_settings::catalogue::{self, Catalogue};
use crate::complaint_settings::configure::{self, Written};
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::Priority;
use crate::complaint_settings::repo::{self, ROUTING, Setting};
use crate::complaint_settings::rules;
pub use crate::complaint_settings::rules::{Case, Rule};
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::kit::fault::{Fault, Faults};
use crate::kit::ids::{GroupId, HotelId, StaffId};
use crate::kit::version::{Expected, Version};
use crate::platform::context::Ctx;
use crate::staff;

/// Who answers for what the catalogue does not know.
const LAST_RESORT: &str = "guest-relations";
/// Hotels of a group looked through for those a rule names.
const HOTELS: i64 = 10_000;

/// What a case gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Name of the rule that was met.
    pub rule: String,
    /// Code of the department that handles it. The hotel need not have one of this code.
    pub department: String,
    /// Who looks after it; `None`: whoever of the department takes it. Always somebody who may log in and is at work in
    /// the hotel or the whole group.
    pub owner: Option<StaffId>,
    /// How soon it is taken up.
    pub priority: Priority,
    /// Codes of the departments that are told of it.
    pub inform: Vec<String>,
}

/// The rules of a group with all that is needed to apply them.
#[derive(Debug, Clone)]
pub struct Routing {
    /// Version of the rules; 1 for those that come with the program.
    pub version: Version,
    /// The rules, in order; the last one is met by every case.
    pub rules: Vec<Rule>,
    departments: BTreeMap<String, String>,
    places: HashMap<StaffId, Vec<Option<HotelId>>>,
}

impl Routing {
    /// The rules of a group: at most four small queries, and none for the cases.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Self> {
        let catalogue = catalogue::load(reads, group)?;
        Self::of(reads, group, &catalogue)
    }

    /// The same, for those who have the catalogue at hand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn of(reads: &mut impl Reads, group: GroupId, catalogue: &Catalogue) -> DbResult<Self> {
        let (rules, version) = present(reads, group)?;
        let owners: BTreeSet<StaffId> = rules.iter().filter_map(|rule| rule.owner_id).collect();
        let owners: Vec<StaffId> = owners.into_iter().collect();
        let places = staff::service::workplaces(reads, group, &owners)?;
        let departments = catalogue
            .categories
            .iter()
            .map(|(code, category)| (code.clone(), category.is.department.clone()))
            .collect();
        Ok(Self { version, rules, departments, places })
    }

    /// As [`Routing::route`], at a hotel with these departments: when it has not the one that the rule names, the one that
    /// usually handles the category gets it, or guest relations.
    pub fn route_within(&self, case: &Case, departments: &BTreeSet<String>) -> Route {
        let route = self.route(case);
        let usual = self.departments.get(&case.category).map(String::as_str);
        let there = |code: &&str| departments.contains(*code);
        let found = [Some(route.department.as_str()), usual, Some(LAST_RESORT)];
        let found = found.into_iter().flatten().find(there).map(str::to_owned);
        Route { department: found.unwrap_or_else(|| route.department.clone()), ..route }
    }

    /// What a case gets: of the rules that it meets, the first one counts. An owner who may no longer log in, or no
    /// longer works there, is left out.
    pub fn route(&self, case: &Case) -> Route {
        let usual = || self.departments.get(&case.category).map_or(LAST_RESORT, String::as_str).to_owned();
        let Some(rule) = self.rules.iter().find(|rule| rule.is_met_by(case)) else {
            // Only rules of a later program, read as far as this one understands them, can leave a case over.
            let (rule, owner, inform) = (String::new(), None, Vec::new());
            return Route { rule, department: usual(), owner, priority: rules::usual_priority(case), inform };
        };
        let at_work =
            |owner: &StaffId| self.places.get(owner).is_some_and(|places| works_at(places, Some(case.hotel)));
        Route {
            rule: rule.name.clone(),
            department: rule.department.clone().unwrap_or_else(usual),
            owner: rule.owner_id.filter(at_work),
            priority: rule.priority.unwrap_or_else(|| rules::usual_priority(case)),
            inform: rule.inform.clone(),
        }
    }
}

/// Whether somebody with these places is at work in a hotel (`None`: in the whole group).
fn works_at(places: &[Option<HotelId>], hotel: Option<HotelId>) -> bool {
    places.iter().any(|place| place.is_none() || *place == hotel)
}

fn present(reads: &mut impl Reads, group: GroupId) -> DbResult<(Vec<Rule>, Version)> {
    Ok(match repo::find(reads, group, Setting::ROUTING, ROUTING)? {
        Some(repo::Kept { setting: Setting::Routing(rules), version, .. }) => (rules, version),
        _ => (rules::shipped(), 1),
    })
}

/// Replaces the rules of a group, whole.
///
/// # Errors
/// [`SettingsError::NeedsWholeGroup`], [`SettingsError::Stale`], [`SettingsError::Invalid`] when names repeat, the last
/// rule is not met by every case or another one is, or a rule names a category, a hotel or an owner who is not there.
pub fn put(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    expected: &Expected,
    rules: Vec<Rule>,
) -> Result<Written, SettingsError> {
    configure::for_whole_group(cx)?;
    let (old, version) = present(tx, cx.group)?;
    if !expected.allows(version) {
        return Err(SettingsError::Stale);
    }
    let mut faults = Faults::new();
    check_order(&rules, &mut faults);
    check_references(tx, cx, &rules, &mut faults)?;
    faults.finish(Some(())).map_err(SettingsError::Invalid)?;
    let old = Some((Setting::Routing(old), version));
    configure::save(tx, cx, ROUTING, Some(expected), old, Setting::Routing(rules))
}

fn check_order(rules: &[Rule], faults: &mut Faults) {
    for (at, rule) in rules.iter().enumerate() {
        let last = at + 1 == rules.len();
        if last && !rule.is_catch_all() {
            let message = "must have no condition: the last rule is for every case that no other one is for";
            faults.at("rules", |f| f.at(at, |f| f.add("catch_all", message)));
        } else if !last && rule.is_catch_all() {
            let message = "has no condition, so that no rule behind it is ever met";
            faults.at("rules", |f| f.at(at, |f| f.add("unreachable", message)));
        }
        if rules.iter().take(at).any(|other| other.name == rule.name) {
            let message = "is the name of another rule";
            faults.at("rules", |f| f.at(at, |f| f.at("name", |f| f.add("duplicate", message))));
        }
    }
}

fn check_references(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    rules: &[Rule],
    faults: &mut Faults,
) -> Result<(), SettingsError> {
    let catalogue = catalogue::load(tx, cx.group)?;
    let hotels: BTreeSet<HotelId> = if rules.iter().all(|rule| rule.hotel_ids.is_empty()) {
        BTreeSet::new()
    } else {
        let all = hotels::service::list_hotels(tx, cx, None, HOTELS).map_err(of_hotels)?;
        all.items.iter().map(|hotel| hotel.id).collect()
    };
    let owners: Vec<StaffId> = rules.iter().filter_map(|rule| rule.owner_id).collect();
    let places = staff::service::workplaces(tx, cx.group, &owners)?;
    for (at, rule) in rules.iter().enumerate() {
        let mut refuse = |member: String, code: &str, message: &str| {
            let pointer = format!("/rules/{at}/{member}");
            faults.extend([Fault { pointer, code: code.to_owned(), message: message.to_owned() }]);
        };
        for (place, code) in rule.categories.iter().enumerate() {
            if catalogue.category(code).is_none() {
                refuse(
                    format!("categories/{place}"),
                    "unknown_reference",
                    "is not in the catalogue of complaints",
                );
            }
        }
        for (place, hotel) in rule.hotel_ids.iter().enumerate() {
            if !hotels.contains(hotel) {
                refuse(format!("hotel_ids/{place}"), "unknown_reference", "is not a hotel of the group");
            }
        }
        let Some(owner) = rule.owner_id else { continue };
        let only = if let [only] = rule.hotel_ids.as_slice() { Some(*only) } else { None };
        match places.get(&owner) {
            None => refuse("owner_id".into(), "unknown_reference", "is not an account that may log in"),
            Some(places) if !works_at(places, only) => {
                let message = "must be at work in the one hotel of the rule, or in the whole group";
                refuse("owner_id".into(), "not_at_work", message);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// What a case would get now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// What it would get.
    pub route: Route,
    /// Which rule, 1 for the first one.
    pub position: usize,
    /// Whether the hotel has no department in use of the code that the rule gives, so that another one gets it.
    pub department_missing: bool,
}

/// What a case would get now; nothing is written.
///
/// # Errors
/// [`SettingsError::Invalid`] for a category the catalogue does not have and a hotel the caller may not see.
pub fn preview(reads: &mut impl Reads, cx: &Ctx, case: &Case) -> Result<Preview, SettingsError> {
    let mut faults = Faults::new();
    let departments = match hotels::service::department_codes(reads, cx, case.hotel) {
        Ok(departments) => departments,
        Err(HotelError::NotFound) => {
            faults.at("hotel_id", |f| f.add("unknown_reference", "is not a hotel you can see"));
            BTreeSet::new()
        }
        Err(error) => return Err(of_hotels(error)),
    };
    let catalogue = catalogue::load(reads, cx.group)?;
    if catalogue.category(&case.category).is_none() {
        faults.at("category", |f| f.add("unknown_reference", "is not in the catalogue of complaints"));
    }
    faults.finish(Some(())).map_err(SettingsError::Invalid)?;
    let routing = Routing::of(reads, cx.group, &catalogue)?;
    let department_missing = !departments.contains(&routing.route(case).department);
    let route = routing.route_within(case, &departments);
    let position = routing.rules.iter().position(|rule| rule.name == route.rule).map_or(0, |at| at + 1);
    Ok(Preview { route, position, department_missing })
}

pub(super) fn of_hotels(error: HotelError) -> SettingsError {
    match error {
        HotelError::Db(error) => SettingsError::Db(error),
        _ => SettingsError::NotFound,
    }
}

/// The rules as the trace of a change shows them.
pub(super) fn document(rules: &[Rule]) -> serde_json::Value {
    json!({ "rules": rules })
}

#[cfg(test)]
#[path = "routing_tests.rs"]
mod tests;
