//! Figures over plans, counted by the database.

use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

use crate::db::schema::{plan_items, stays};
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::ids::HotelId;
use crate::plans::fulfilment::FulfilmentQuery;
use crate::plans::model::{PlanItemStatus, VOID};
use crate::platform::context::{Ctx, Sight};

/// Narrows a grouped query of plan items to those that count.
macro_rules! counted {
    ($cx:expr, $asked:expr, $key:expr) => {{
        let (cx, asked): (&Ctx, &FulfilmentQuery) = ($cx, $asked);
        let of_stay = stays::group_id.eq(plan_items::group_id).and(stays::id.eq(plan_items::stay_id));
        let mut query = plan_items::table
            .inner_join(stays::table.on(of_stay))
            .group_by(($key, plan_items::status))
            .select(($key, plan_items::status, count_star()))
            .into_boxed::<MultiBackend>()
            .filter(plan_items::group_id.eq(cx.group))
            .filter(plan_items::due_on.ge(asked.from))
            .filter(plan_items::due_on.le(asked.to))
            .filter(plan_items::status.ne(PlanItemStatus::Dropped.code()))
            .filter(stays::status.ne_all(VOID.map(|status| status.code())));
        if let Some(hotel) = asked.hotel {
            query = query.filter(plan_items::hotel_id.eq(hotel));
        }
        if let Sight::Hotels(hotels) = &cx.sight {
            query = query.filter(plan_items::hotel_id.eq_any(hotels.clone()));
        }
        if let Some(department) = &asked.department {
            query = query.filter(plan_items::department.eq(department));
        }
        if let Some(category) = &asked.category {
            query = query.filter(plan_items::category.eq(category));
        }
        query
    }};
}

/// Items by hotel and status.
///
/// # Errors
/// When the database fails.
pub fn by_hotel(
    reads: &mut impl Reads,
    cx: &Ctx,
    asked: &FulfilmentQuery,
) -> DbResult<Vec<(HotelId, String, i64)>> {
    Ok(counted!(cx, asked, plan_items::hotel_id).load(reads.conn())?)
}

/// Items by department and status.
///
/// # Errors
/// When the database fails.
pub fn by_department(
    reads: &mut impl Reads,
    cx: &Ctx,
    asked: &FulfilmentQuery,
) -> DbResult<Vec<(Option<String>, String, i64)>> {
    Ok(counted!(cx, asked, plan_items::department).load(reads.conn())?)
}

/// Items by category and status.
///
/// # Errors
/// When the database fails.
pub fn by_category(
    reads: &mut impl Reads,
    cx: &Ctx,
    asked: &FulfilmentQuery,
) -> DbResult<Vec<(String, String, i64)>> {
    Ok(counted!(cx, asked, plan_items::category).load(reads.conn())?)
}

/// Items by day and status.
///
/// # Errors
/// When the database fails.
pub fn by_day(
    reads: &mut impl Reads,
    cx: &Ctx,
    asked: &FulfilmentQuery,
) -> DbResult<Vec<(NaiveDate, String, i64)>> {
    Ok(counted!(cx, asked, plan_items::due_on).load(reads.conn())?)
}
