//! Budgets, what is booked on them, and the rows of the cost ledger. All money is in minor units of its currency.

use chrono::NaiveDate;

use crate::codes;
pub use crate::hotels::model::Currency;
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, BudgetId, CostEntryId, GroupId, HotelId, SubjectId};
use crate::kit::version::Version;
pub use crate::recovery::month::Month;

/// Largest limit, budget and single cost, in minor units. Far above what hotels spend, and so small that thousands
/// of them add up without leaving 64 bits.
pub const LARGEST_AMOUNT: i64 = 1_000_000_000_000_000;
/// Largest sum that is kept or told, in minor units: 2^53 − 1, what every client reads without loss.
pub const LARGEST_SUM: i64 = 9_007_199_254_740_991;

codes! {
    /// What money is spent on.
    CostCategory {
        /// Making good what went wrong.
        Compensation = "compensation",
        /// Presents.
        Gift = "gift",
        /// Campaigns.
        Campaign = "campaign",
        /// The loyalty programme.
        Loyalty = "loyalty",
        /// What the concierge arranges.
        Concierge = "concierge",
        /// Training of staff.
        Training = "training",
        /// Anything else.
        Other = "other",
    }
    /// What a budget does when it is used up.
    BudgetEnforcement {
        /// It refuses.
        Hard = "hard",
        /// It lets costs pass and tells that it is over.
        Soft = "soft",
    }
    /// What a row of the cost ledger says.
    CostEntryKind {
        /// Money was set aside.
        Reserve = "reserve",
        /// Money set aside is free again.
        Release = "release",
        /// Money was spent.
        Spend = "spend",
    }
}

/// Which costs a budget is for: the wider it is, the more costs count against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetPlace {
    /// The hotel.
    pub hotel: HotelId,
    /// Code of the department; `None` for the whole hotel.
    pub department: Option<String>,
    /// The category; `None` for all of them.
    pub category: Option<CostCategory>,
    /// The month.
    pub month: Month,
}

/// A budget to be set up.
#[derive(Debug, Clone)]
pub struct SetUpBudget {
    /// Which costs it is for.
    pub place: BudgetPlace,
    /// Its currency: the hotel's.
    pub currency: Currency,
    /// How much, 0 to [`LARGEST_AMOUNT`].
    pub amount: i64,
    /// What it does when it is used up.
    pub enforcement: BudgetEnforcement,
}

/// A change of a budget: what is absent stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct BudgetPatch {
    /// How much, 0 to [`LARGEST_AMOUNT`].
    pub amount: Option<i64>,
    /// What it does when it is used up.
    pub enforcement: Option<BudgetEnforcement>,
}

/// A budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: BudgetId,
    /// Its version: one more with each change and with each booking, as both change what is shown of it.
    pub version: Version,
    /// Which costs it is for.
    pub place: BudgetPlace,
    /// Its currency.
    pub currency: Currency,
    /// How much, 0 to [`LARGEST_AMOUNT`].
    pub amount: i64,
    /// What it does when it is used up.
    pub enforcement: BudgetEnforcement,
    /// How much is set aside and not spent yet.
    pub reserved: i64,
    /// How much was spent.
    pub spent: i64,
    /// How often something was booked on it.
    pub bookings: i64,
    /// When and by whom it was set up.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed; bookings are no change.
    pub updated: (Instant, ActorId),
}

impl Budget {
    /// What is reserved and spent together.
    pub fn booked(&self) -> i64 {
        self.reserved.saturating_add(self.spent)
    }

    /// What is left; negative when a soft budget is over.
    pub fn available(&self) -> i64 {
        self.amount.saturating_sub(self.booked())
    }

    /// What is reserved and spent of the amount, in thousandths, rounded half up, at most [`LARGEST_SUM`]; `None`
    /// when the amount is 0.
    pub fn utilisation(&self) -> Option<i64> {
        let (booked, amount) = (i128::from(self.booked()), i128::from(self.amount));
        let rate = || (booked * 2_000 + amount) / (amount * 2);
        (amount > 0).then(|| i64::try_from(rate()).map_or(LARGEST_SUM, |rate| rate.min(LARGEST_SUM)))
    }
}

/// What a cost is booked for: a thing of another slice, such as a solution of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject {
    /// Its kind, lower snake case: `complaint_solution`.
    pub kind: &'static str,
    /// Its id.
    pub id: SubjectId,
}

/// A cost to be reserved.
#[derive(Debug, Clone)]
pub struct Booking {
    /// What it is for. One subject has one cost.
    pub subject: Subject,
    /// The hotel.
    pub hotel: HotelId,
    /// Code of the department that caused it, taken as it is told; `None` when none did.
    pub department: Option<String>,
    /// What the money is spent on.
    pub category: CostCategory,
    /// The month whose budgets bear it.
    pub month: Month,
    /// How much, 0 to [`LARGEST_AMOUNT`].
    pub amount: i64,
    /// In which currency: the hotel's.
    pub currency: Currency,
}

/// Where the cost of a subject stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReservationStatus {
    /// Set aside.
    Reserved,
    /// Spent.
    Settled,
    /// Given back. It can be reserved anew.
    Released,
}

impl ReservationStatus {
    /// Stable code for storage.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Settled => "settled",
            Self::Released => "released",
        }
    }

    /// The status of a code; an unknown one takes nothing more.
    pub fn stored(code: &str) -> Self {
        match code {
            "reserved" => Self::Reserved,
            "released" => Self::Released,
            _ => Self::Settled,
        }
    }
}

/// What was set aside for a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// Kind of the subject.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: SubjectId,
    /// The hotel.
    pub hotel: HotelId,
    /// Code of the department that caused it.
    pub department: Option<String>,
    /// What the money is spent on.
    pub category: CostCategory,
    /// The month whose budgets bear it.
    pub month: Month,
    /// The day of the hotel on which it was reserved: the cost belongs to it whatever happens later.
    pub booked_on: NaiveDate,
    /// The currency.
    pub currency: Currency,
    /// How much was set aside.
    pub amount: i64,
    /// How much was spent; `None` unless it is settled.
    pub spent: Option<i64>,
    /// Where it stands.
    pub status: ReservationStatus,
    /// The budgets that bear it, in the order of their ids.
    pub budgets: Vec<BudgetId>,
    /// When it was reserved.
    pub reserved_at: Instant,
    /// When it was settled or released.
    pub ended_at: Option<Instant>,
}

/// A soft budget that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun {
    /// The budget.
    pub budget: BudgetId,
    /// By how much it is over, in minor units of its currency; more than 0.
    pub by: i64,
}

/// What became of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The budgets that bear the cost, in the order of their ids; none when no budget is for it.
    pub budgets: Vec<BudgetId>,
    /// The soft ones among them that are over now.
    pub over: Vec<Overrun>,
}

/// A row of the cost ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostEntry {
    /// Its id; later rows have greater ones.
    pub id: CostEntryId,
    /// When.
    pub at: Instant,
    /// Who did it.
    pub actor: ActorId,
    /// The hotel.
    pub hotel: HotelId,
    /// Code of the department that caused the cost.
    pub department: Option<String>,
    /// What the money is spent on.
    pub category: CostCategory,
    /// The month whose budgets bear it.
    pub month: Month,
    /// The day of the hotel on which the cost was reserved.
    pub booked_on: NaiveDate,
    /// The currency.
    pub currency: Currency,
    /// What happened.
    pub kind: CostEntryKind,
    /// How much, never negative.
    pub amount: i64,
    /// The budget; `None` when no budget is for the cost.
    pub budget: Option<BudgetId>,
    /// Kind of what the cost is for.
    pub subject_kind: String,
    /// Id of what the cost is for.
    pub subject_id: SubjectId,
    /// Whether the row counts in sums over costs: a cost in several budgets has a row in each, of which one does.
    pub tallied: bool,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Budget, BudgetEnforcement, BudgetPlace, Currency, LARGEST_SUM, Month};
    use crate::kit::clock::Instant;

    fn budget(amount: i64, reserved: i64, spent: i64) -> Budget {
        let stamp = (Instant::from_micros(0), Uuid::nil().into());
        let place = BudgetPlace {
            hotel: Uuid::nil().into(),
            department: None,
            category: None,
            month: Month::parse("2026-11").unwrap(),
        };
        Budget {
            group: Uuid::nil().into(),
            id: Uuid::nil().into(),
            version: 1,
            place,
            currency: Currency::none(),
            amount,
            enforcement: BudgetEnforcement::Soft,
            reserved,
            spent,
            bookings: 0,
            created: stamp,
            updated: stamp,
        }
    }

    #[test]
    fn figures_of_a_budget_are_rounded_and_absent_without_an_amount() {
        let some = budget(3_000, 500, 500);
        assert_eq!((some.booked(), some.available(), some.utilisation()), (1_000, 2_000, Some(333)));
        let over = budget(100, 0, 150);
        assert_eq!((over.available(), over.utilisation()), (-50, Some(1_500)));
        assert_eq!(budget(0, 0, 0).utilisation(), None);
        assert_eq!(budget(0, 0, 5).utilisation(), None);
        assert_eq!(budget(1, LARGEST_SUM, 0).utilisation(), Some(LARGEST_SUM));
        assert_eq!(budget(1, i64::MAX, i64::MAX).available(), 1 - i64::MAX);
    }
}
