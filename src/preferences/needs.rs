//! What guests need, in figures: how many wish for each thing, and which needs are common.

use chrono::NaiveDate;

use crate::codes;
use crate::db::Reads;
use crate::guests::model::GuestStatus;
use crate::guests::repo as guest_repo;
use crate::kit::ids::HotelId;
use crate::platform::context::{Ctx, Sight};
use crate::preferences::catalogue::{self, Catalogue};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::{Clearance, NeedClass};
use crate::preferences::needs_repo;
use crate::preferences::service::today;

codes! {
    /// Whether a need is that of many guests or of a few.
    NeedSpread {
        /// At least the share asked for has it.
        Common = "common",
        /// Fewer have it.
        Individual = "individual",
    }
}

/// Status of the guests that count.
pub const ACTIVE_GUEST: &str = GuestStatus::Active.code();

/// What the report is asked for.
#[derive(Debug, Clone)]
pub struct NeedsQuery {
    /// Only what holds at this hotel.
    pub hotel: Option<HotelId>,
    /// Only this category.
    pub category: Option<String>,
    /// The share from which a need is common, in thousandths.
    pub threshold: i64,
}

/// Which rows count.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The hotels whose guests and preferences count; all when absent.
    pub hotels: Option<Vec<HotelId>>,
    /// The one hotel asked for.
    pub hotel: Option<HotelId>,
    /// Only this category.
    pub category: Option<String>,
    /// Whether sensitive ones count.
    pub cleared: bool,
    /// The day on which they must hold.
    pub day: NaiveDate,
}

/// One thing that guests need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Code of its category.
    pub category: String,
    /// Code of its item.
    pub code: String,
    /// Guests with a preference of it, for or against.
    pub guests: i64,
    /// Those who wish for it.
    pub wanted_by: i64,
    /// Those who do not want it.
    pub avoided_by: i64,
    /// Share of the population, in thousandths; absent when there is nobody.
    pub share: Option<i64>,
    /// Whether many have it; absent when there is nobody.
    pub spread: Option<NeedSpread>,
}

/// How many guests and preferences a part of the whole has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// What the part is.
    pub of: T,
    /// Guests with a preference in it.
    pub guests: i64,
    /// Preferences in it.
    pub preferences: i64,
    /// Share of the population, in thousandths; absent when there is nobody.
    pub share: Option<i64>,
}

/// The report.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Active guests the caller may see.
    pub population: i64,
    /// Those of them with at least one preference that counts.
    pub with_preferences: i64,
    /// Each thing of the catalogue that at least one of them needs, the most needed first.
    pub items: Vec<Need>,
    /// The same by category, told in words or by code.
    pub categories: Vec<Part<String>>,
    /// The same by class of needs; those without a class are left out.
    pub need_classes: Vec<Part<NeedClass>>,
}

/// A share in thousandths, rounded half up; `None` of nobody.
pub fn share(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part.saturating_mul(2_000) + whole) / (whole.saturating_mul(2)))
}

/// What the guests the caller may see need today. A hotel the caller may not see has no guests.
///
/// # Errors
/// When the database fails.
pub fn report(
    reads: &mut impl Reads,
    cx: &Ctx,
    clearance: &Clearance,
    query: &NeedsQuery,
) -> Result<Needs, PreferenceError> {
    if let Some(hotel) = query.hotel
        && (!cx.sight.covers(Some(hotel)) || !guest_repo::hotel_exists(reads, cx.group, hotel)?)
    {
        return Ok(Needs::default());
    }
    let scope = scope(cx, clearance, query);
    let population = needs_repo::population(reads, cx.group, &scope)?;
    let wanted = needs_repo::by_code(reads, cx.group, &scope, Some(true))?;
    let avoided = needs_repo::by_code(reads, cx.group, &scope, Some(false))?;
    let count = |list: &[(String, String, i64)], category: &str, code: &str| {
        let found = list.iter().find(|row| row.0 == category && row.1 == code);
        found.map_or(0, |row| row.2)
    };
    let mut items: Vec<Need> = needs_repo::by_code(reads, cx.group, &scope, None)?
        .into_iter()
        .map(|(category, code, guests)| {
            let share = share(guests, population);
            Need {
                guests,
                wanted_by: count(&wanted, &category, &code),
                avoided_by: count(&avoided, &category, &code),
                share,
                spread: share.map(|share| {
                    if share >= query.threshold { NeedSpread::Common } else { NeedSpread::Individual }
                }),
                category,
                code,
            }
        })
        .collect();
    items.sort_by(|a, b| {
        b.guests.cmp(&a.guests).then_with(|| (&a.category, &a.code).cmp(&(&b.category, &b.code)))
    });
    let part = |preferences, guests| (guests, preferences, share(guests, population));
    let categories = needs_repo::by_category(reads, cx.group, &scope)?.into_iter().map(|(of, n, guests)| {
        let (guests, preferences, share) = part(n, guests);
        Part { of, guests, preferences, share }
    });
    let classes =
        needs_repo::by_class(reads, cx.group, &scope)?.into_iter().filter_map(|(class, n, guests)| {
            let (guests, preferences, share) = part(n, guests);
            Some(Part { of: NeedClass::of(&class?)?, guests, preferences, share })
        });
    Ok(Needs {
        population,
        with_preferences: needs_repo::recorded(reads, cx.group, &scope)?,
        categories: categories.collect(),
        need_classes: classes.collect(),
        items,
    })
}

fn scope(cx: &Ctx, clearance: &Clearance, query: &NeedsQuery) -> Scope {
    let hotels = match (query.hotel, &cx.sight) {
        (Some(hotel), _) => Some(vec![hotel]),
        (None, Sight::WholeGroup) => None,
        (None, Sight::Hotels(hotels)) => Some(hotels.clone()),
    };
    let cleared = match &hotels {
        Some(hotels) => clearance.0.is_some() && clearance.writes(hotels),
        None => clearance.0 == Some(Sight::WholeGroup),
    };
    Scope { hotels, hotel: query.hotel, category: query.category.clone(), cleared, day: today(cx) }
}

/// The catalogue by which the report names things.
///
/// # Errors
/// When the database fails.
pub fn names(reads: &mut impl Reads, cx: &Ctx) -> Result<Catalogue, PreferenceError> {
    Ok(catalogue::load(reads, cx.group)?)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_rounded_and_absent_of_nobody() {
        assert_eq!(
            (share(0, 0), share(0, 3), share(1, 3), share(2, 3), share(3, 3)),
            (None, Some(0), Some(333), Some(667), Some(1000))
        );
        assert_eq!(share(1, 2_000), Some(1));
    }
}
