//! Money of recovery: who may grant how much, budgets, and the ledger of what was set aside and spent. It knows
//! nothing of what the money is for: others book a cost for a subject of theirs, in their own transaction.

pub mod api;
pub mod authority;
pub mod authority_repo;
pub mod booking;
pub mod booking_repo;
pub mod budget_repo;
pub mod budgets;
pub mod error;
pub mod ledger;
pub mod ledger_repo;
pub mod limit_repo;
pub mod limits;
pub mod model;
pub mod month;
pub mod recount;
pub mod set_limits;
