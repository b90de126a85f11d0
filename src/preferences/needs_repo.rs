//! Figures over preferences, counted by the database.

use diesel::dsl::{count, exists};
use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use crate::db::schema::{guest_consents, guest_preferences, guests};
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::ids::{GroupId, HotelId};
use crate::preferences::consents::{ConsentPurpose, ConsentStatus};
use crate::preferences::model::{Polarity, PreferenceStatus};
use crate::preferences::needs::{ACTIVE_GUEST, Scope};

type Condition = Box<dyn BoxableExpression<guest_preferences::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// Whether a preference holds for one of these hotels, or for the whole group.
fn holds_at(hotels: &[HotelId]) -> Condition {
    let mut condition: Condition = Box::new(guest_preferences::hotels.is_null().nullable());
    for hotel in hotels {
        condition = Box::new(condition.or(guest_preferences::hotels.like(format!("%{hotel}%"))));
    }
    condition
}

/// Narrows a query of preferences, grouped or not, to those that count.
macro_rules! counted {
    ($query:expr, $group:expr, $scope:expr) => {{
        let (group, scope): (GroupId, &Scope) = ($group, $scope);
        let mut query = $query
            .into_boxed::<MultiBackend>()
            .filter(guest_preferences::group_id.eq(group))
            .filter(guest_preferences::status.eq(PreferenceStatus::Active.code()))
            .filter(
                guest_preferences::valid_from
                    .is_null()
                    .or(guest_preferences::valid_from.le(scope.day).assume_not_null()),
            )
            .filter(
                guest_preferences::valid_until
                    .is_null()
                    .or(guest_preferences::valid_until.ge(scope.day).assume_not_null()),
            );
        let people = guests::table
            .filter(guests::group_id.eq(group))
            .filter(guests::id.eq(guest_preferences::guest_id))
            .filter(guests::status.eq(ACTIVE_GUEST));
        match &scope.hotels {
            None => query = query.filter(exists(people)),
            Some(hotels) => {
                let own = guests::private_to_hotel_id.eq_any(hotels.clone()).assume_not_null();
                let people = people.filter(guests::private_to_hotel_id.is_null().or(own));
                query = query.filter(exists(people)).filter(holds_at(hotels));
            }
        }
        if let Some(category) = &scope.category {
            query = query.filter(guest_preferences::category.eq(category.clone()));
        }
        if scope.cleared {
            let consents = guest_consents::table
                .filter(guest_consents::group_id.eq(group))
                .filter(guest_consents::guest_id.eq(guest_preferences::guest_id))
                .filter(guest_consents::purpose.eq(ConsentPurpose::SensitiveData.code()))
                .filter(guest_consents::status.eq(ConsentStatus::Given.code()))
                .filter(
                    guest_consents::expires_on
                        .is_null()
                        .or(guest_consents::expires_on.ge(scope.day).assume_not_null()),
                );
            let open = guest_preferences::sensitive.eq(false);
            // Without a hotel in question, one hotel's consent lets what is kept by it count.
            query = match scope.hotel {
                None => query.filter(open.or(exists(consents))),
                Some(hotel) => {
                    let good = guest_consents::hotel_id.eq(hotel).assume_not_null();
                    let consents = consents.filter(guest_consents::hotel_id.is_null().or(good));
                    query.filter(open.or(exists(consents)))
                }
            };
        } else {
            query = query.filter(guest_preferences::sensitive.eq(false));
        }
        query
    }};
}

/// Active guests who count.
///
/// # Errors
/// When the database fails.
pub fn population(reads: &mut impl Reads, group: GroupId, scope: &Scope) -> DbResult<i64> {
    let mut query = guests::table
        .into_boxed::<MultiBackend>()
        .filter(guests::group_id.eq(group))
        .filter(guests::status.eq(ACTIVE_GUEST));
    if let Some(hotels) = &scope.hotels {
        let own = guests::private_to_hotel_id.eq_any(hotels.clone()).assume_not_null();
        query = query.filter(guests::private_to_hotel_id.is_null().or(own));
    }
    Ok(query.count().get_result(reads.conn())?)
}

/// Guests with at least one preference that counts.
///
/// # Errors
/// When the database fails.
pub fn recorded(reads: &mut impl Reads, group: GroupId, scope: &Scope) -> DbResult<i64> {
    let query = counted!(guest_preferences::table, group, scope);
    Ok(query.select(count(guest_preferences::guest_id).aggregate_distinct()).get_result(reads.conn())?)
}

/// Guests by category and code; only those who wish for it, or who do not want it, where asked.
///
/// # Errors
/// When the database fails.
pub fn by_code(
    reads: &mut impl Reads,
    group: GroupId,
    scope: &Scope,
    wanted: Option<bool>,
) -> DbResult<Vec<(String, String, i64)>> {
    let mut query = counted!(
        guest_preferences::table.group_by((guest_preferences::category, guest_preferences::code)).select((
            guest_preferences::category,
            guest_preferences::code.assume_not_null(),
            count(guest_preferences::guest_id).aggregate_distinct(),
        )),
        group,
        scope
    )
    .filter(guest_preferences::code.is_not_null());
    if let Some(wanted) = wanted {
        let codes: Vec<&str> = Polarity::ALL
            .iter()
            .filter(|polarity| polarity.wants() == wanted)
            .map(|polarity| polarity.code())
            .collect();
        query = query.filter(guest_preferences::polarity.eq_any(codes));
    }
    Ok(query.load(reads.conn())?)
}

/// Preferences and guests by category.
///
/// # Errors
/// When the database fails.
pub fn by_category(
    reads: &mut impl Reads,
    group: GroupId,
    scope: &Scope,
) -> DbResult<Vec<(String, i64, i64)>> {
    let query = counted!(
        guest_preferences::table.group_by(guest_preferences::category).select((
            guest_preferences::category,
            count(guest_preferences::id),
            count(guest_preferences::guest_id).aggregate_distinct(),
        )),
        group,
        scope
    );
    Ok(query.order(guest_preferences::category).load(reads.conn())?)
}

/// Preferences and guests by class of needs.
///
/// # Errors
/// When the database fails.
pub fn by_class(
    reads: &mut impl Reads,
    group: GroupId,
    scope: &Scope,
) -> DbResult<Vec<(Option<String>, i64, i64)>> {
    let query = counted!(
        guest_preferences::table.group_by(guest_preferences::need_class).select((
            guest_preferences::need_class,
            count(guest_preferences::id),
            count(guest_preferences::guest_id).aggregate_distinct(),
        )),
        group,
        scope
    );
    Ok(query.order(guest_preferences::need_class).load(reads.conn())?)
}
