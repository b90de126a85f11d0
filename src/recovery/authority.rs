//! Who may grant how much, here and today. The functions run in the caller's transaction and leave no audit row and
//! no event: what was granted is told by the caller's own change.
//!
//! A case counts as a whole: what was granted on it before, by whomever, and what is granted now together stay within
//! the limit a case. A day counts by person, hotel and day of the hotel.

use chrono::NaiveDate;

use crate::db::{Reads, Tx};
use crate::hotels::model::Hotel;
use crate::hotels::service as hotels;
use crate::kit::clock::Instant;
use crate::kit::ids::{HotelId, StaffId};
use crate::platform::context::Ctx;
use crate::recovery::authority_repo::{self, Day};
use crate::recovery::error::{LimitSpan, RecoveryError};
use crate::recovery::limits::{self, Limit, Limits, Role};
use crate::recovery::model::{Currency, LARGEST_AMOUNT, LARGEST_SUM};
use crate::recovery::set_limits;
use crate::staff::model::StaffStatus;
use crate::staff::service as staff_accounts;

/// What somebody may grant at a hotel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The hotel.
    pub hotel: HotelId,
    /// The currency of the hotel, in which the limits are.
    pub currency: Currency,
    /// The present day of the hotel.
    pub today: NaiveDate,
    /// The roles the person holds there, those in the whole group included; none for an account that is not active.
    pub roles: Vec<Role>,
    /// How much the person may grant.
    pub limit: Limit,
    /// The rules it follows from.
    pub limits: Limits,
}

impl Held {
    /// Who has to grant what this person may not; `amount` includes what was granted on the case before. `None` when
    /// nobody above may.
    pub fn next_role(&self, amount: i64) -> Option<Role> {
        limits::next_role(&self.limits, self.hotel, self.currency, amount, &self.roles)
    }
}

/// What a person may grant at a hotel that the caller may see.
///
/// # Errors
/// [`RecoveryError::NotFound`] for a hotel or an account that is not there.
pub fn held(reads: &mut impl Reads, cx: &Ctx, staff: StaffId, hotel: HotelId) -> Result<Held, RecoveryError> {
    let hotel = hotels::find_hotel(reads, cx, hotel)?;
    let account = staff_accounts::find_own(reads, cx, staff)?;
    let active = account.status == StaffStatus::Active;
    let there = account.memberships.iter().filter(|one| one.hotel_id.is_none_or(|place| place == hotel.id));
    let roles: Vec<Role> = there.filter(|_| active).map(|one| one.role).collect();
    let limits = set_limits::load(reads, cx.group)?;
    let limit = limits::authority(&limits, hotel.id, hotel.currency, &roles);
    let today = day_of(&hotel, cx.now);
    Ok(Held { hotel: hotel.id, currency: hotel.currency, today, roles, limit, limits })
}

/// The day of a hotel at an instant.
pub fn day_of(hotel: &Hotel, at: Instant) -> NaiveDate {
    at.to_utc().with_timezone(&hotel.time_zone.0).date_naive()
}

/// Money that somebody grants.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// Who grants it.
    pub staff: StaffId,
    /// The hotel.
    pub hotel: HotelId,
    /// The day of the hotel on which it is granted.
    pub day: NaiveDate,
    /// The currency of the hotel.
    pub currency: Currency,
    /// How much, in minor units, 0 to [`LARGEST_AMOUNT`].
    pub amount: i64,
}

impl Grant {
    fn day(&self) -> Day {
        let Self { staff, hotel, day, currency, amount: _ } = *self;
        Day { staff, hotel, day, currency }
    }
}

/// Grants money by the limit that somebody has at a hotel now, see [`use_authority`]. What it answers is to be kept with
/// what was granted: [`return_authority`] takes it.
///
/// # Errors
/// [`RecoveryError::NotFound`] for a hotel or an account that is not there, [`RecoveryError::Amount`],
/// [`RecoveryError::BeyondLimit`] with the role that has to decide instead; nothing is counted then.
pub fn decide(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    staff: StaffId,
    hotel: HotelId,
    amount: i64,
    already_on_case: i64,
) -> Result<Grant, RecoveryError> {
    let held = held(tx, cx, staff, hotel)?;
    let grant = Grant { staff, hotel, day: held.today, currency: held.currency, amount };
    grant_as(tx, cx, &held, &grant, already_on_case)?;
    Ok(grant)
}

/// Grants money by what is known of the one who grants it, see [`use_authority`].
///
/// # Errors
/// [`RecoveryError::Amount`], [`RecoveryError::BeyondLimit`] with the role that has to decide instead; nothing is
/// counted then.
pub fn grant_as(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    held: &Held,
    grant: &Grant,
    already_on_case: i64,
) -> Result<(), RecoveryError> {
    use_authority(tx, cx, grant, already_on_case, held.limit).map_err(|error| match error {
        RecoveryError::BeyondLimit { span, limit, currency, next: _ } => {
            let next = held.next_role(already_on_case.saturating_add(grant.amount));
            RecoveryError::BeyondLimit { span, limit, currency, next }
        }
        error => error,
    })
}

/// Grants money: refuses what is beyond the limit, else counts it on the person's day. Of two at the same time, in
/// whatever processes, the limit of the day lets pass only what fits both together. `already_on_case` is what was
/// granted on the case before, in minor units.
///
/// # Errors
/// [`RecoveryError::Amount`], [`RecoveryError::BeyondLimit`]; nothing is counted then.
pub fn use_authority(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    grant: &Grant,
    already_on_case: i64,
    limit: Limit,
) -> Result<(), RecoveryError> {
    let (amount, currency) = (checked(grant.amount)?, grant.currency);
    let beyond = |span, limit| RecoveryError::BeyondLimit { span, limit, currency, next: None };
    if let Some(most) = limit.per_case
        && already_on_case.saturating_add(amount) > most
    {
        return Err(beyond(LimitSpan::Case, most));
    }
    let most = limit.per_day.unwrap_or(LARGEST_SUM).min(LARGEST_SUM);
    if authority_repo::add(tx, cx.group, &grant.day(), amount, most)? {
        Ok(())
    } else {
        Err(beyond(LimitSpan::Day, most))
    }
}

/// Gives back what was granted, when an approval is withdrawn or what was approved is cancelled: the day on which it
/// was granted has room for it again. Whoever calls makes sure that one grant is given back once.
///
/// # Errors
/// [`RecoveryError::Amount`], [`RecoveryError::NothingToReturn`] when the person granted less on that day.
pub fn return_authority(tx: &mut Tx<'_>, cx: &Ctx, grant: &Grant) -> Result<(), RecoveryError> {
    let amount = checked(grant.amount)?;
    if authority_repo::subtract(tx, cx.group, &grant.day(), amount)? {
        Ok(())
    } else {
        Err(RecoveryError::NothingToReturn)
    }
}

/// What a person granted at a hotel on one of its days, in minor units of a currency.
///
/// # Errors
/// When the database fails.
pub fn granted_on(reads: &mut impl Reads, cx: &Ctx, grant: &Grant) -> Result<i64, RecoveryError> {
    Ok(authority_repo::used(reads, cx.group, &grant.day())?)
}

/// An amount that can be booked.
pub(super) fn checked(amount: i64) -> Result<i64, RecoveryError> {
    if (0..=LARGEST_AMOUNT).contains(&amount) { Ok(amount) } else { Err(RecoveryError::Amount) }
}
