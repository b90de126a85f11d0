//! What can go wrong with limits, budgets and bookings, in the words of the domain.

use crate::db::DbError;
use crate::hotels::error::HotelError;
use crate::kit::fault::Fault;
use crate::kit::ids::BudgetId;
use crate::recovery::limits::Role;
use crate::recovery::model::Currency;
use crate::staff::error::StaffError;

/// What a limit of authority is counted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitSpan {
    /// One case.
    Case,
    /// One day of the hotel.
    Day,
}

/// Why money cannot be granted, booked or planned.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// There is no such budget, hotel or account for this caller.
    #[error("not found")]
    NotFound,
    /// The version is not the one the caller expects.
    #[error("changed since it was read")]
    Stale,
    /// There is a budget for the same costs.
    #[error("there is a budget for this")]
    Taken(Option<BudgetId>),
    /// Values that only the database can judge are invalid.
    #[error("invalid values")]
    Invalid(Vec<Fault>),
    /// Only somebody with the scope in the whole group may do this.
    #[error("needs the scope in the whole group")]
    NeedsWholeGroup,
    /// The present state forbids it; the key of a text that says why.
    #[error("not in this state: {0}")]
    State(&'static str),
    /// The amount is negative or larger than [`LARGEST_AMOUNT`](crate::recovery::model::LARGEST_AMOUNT).
    #[error("not an amount")]
    Amount,
    /// The hotel has another currency, which is named.
    #[error("the hotel charges in {}", .0.code())]
    ForeignCurrency(Currency),
    /// A hard budget has not enough left. Nothing was booked.
    #[error("the budget has {available} left of the {asked} asked for")]
    OverBudget {
        /// The budget.
        budget: BudgetId,
        /// What it has left, in minor units.
        available: i64,
        /// What more was asked of it, in minor units.
        asked: i64,
        /// The currency of both.
        currency: Currency,
    },
    /// The person may not grant as much: somebody higher on the ladder has to. Nothing was counted.
    #[error("beyond the limit of {limit}")]
    BeyondLimit {
        /// Which of the limits.
        span: LimitSpan,
        /// The limit, in minor units.
        limit: i64,
        /// The currency.
        currency: Currency,
        /// The lowest role above that may, as far as the case goes; `None` when nobody may or it was not looked for.
        next: Option<Role>,
    },
    /// The person did not grant as much on that day.
    #[error("more than was granted on that day")]
    NothingToReturn,
    /// Nothing was ever reserved for the subject.
    #[error("nothing is reserved for this")]
    NothingReserved,
    /// The cost of the subject is reserved already.
    #[error("reserved already")]
    AlreadyReserved,
    /// The cost of the subject was spent.
    #[error("settled already")]
    AlreadySettled,
    /// The cost of the subject was given back.
    #[error("released already")]
    AlreadyReleased,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl RecoveryError {
    /// One invalid member.
    pub fn invalid_at(pointer: &str, code: &str, message: &str) -> Self {
        Self::Invalid(vec![Fault { pointer: pointer.into(), code: code.into(), message: message.into() }])
    }
}

impl From<HotelError> for RecoveryError {
    fn from(error: HotelError) -> Self {
        match error {
            HotelError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}

impl From<StaffError> for RecoveryError {
    fn from(error: StaffError) -> Self {
        match error {
            StaffError::Db(error) => Self::Db(error),
            _ => Self::NotFound,
        }
    }
}
