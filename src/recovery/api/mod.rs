//! The HTTP side of limits of authority, budgets and the cost ledger.

mod budget_wire;
mod budgets;
mod entries;
mod limits;
mod report;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::kit::fault::Faults;
use crate::platform::scopes::Scope;
use crate::recovery::error::{LimitSpan, RecoveryError};
use crate::recovery::limits::AuthorityRole;
use crate::recovery::model::{Currency, LARGEST_AMOUNT, Month};
use crate::web::problem::{self, Problem};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(limits::get_authority_limits)
        .service(limits::replace_authority_limits)
        .service(budgets::list_budgets)
        .service(budgets::create_budget)
        .service(budgets::get_budget)
        .service(budgets::update_budget)
        .service(budgets::delete_budget)
        .service(entries::list_cost_entries)
        .service(report::get_cost_report);
}

impl From<RecoveryError> for Problem {
    fn from(error: RecoveryError) -> Self {
        match error {
            RecoveryError::NotFound => Self::not_found(),
            RecoveryError::Stale => Self::new(problem::PRECONDITION_FAILED),
            RecoveryError::Taken(other) => Self::already_taken(other.map(Into::into)),
            RecoveryError::Invalid(faults) => Self::invalid(faults),
            RecoveryError::NeedsWholeGroup => {
                Self::forbidden(Scope::RecoveryConfigure.code()).detail("whole_group")
            }
            RecoveryError::State(text) => Self::conflict(text, None),
            RecoveryError::Amount => {
                let message = format!("must be 0 to {LARGEST_AMOUNT}");
                Self::invalid_at("/amount_minor", "range", &message)
            }
            RecoveryError::ForeignCurrency(_) => {
                Self::invalid_at("/currency", "foreign_currency", "must be the currency of the hotel")
            }
            RecoveryError::OverBudget { budget, available, asked, currency } => {
                Self::conflict("over_budget", Some(budget.0))
                    .with("available", available)
                    .with("asked", asked)
                    .with("currency", currency.code())
            }
            RecoveryError::BeyondLimit { span, limit, currency, next } => {
                let text = match span {
                    LimitSpan::Case => "beyond_case_limit",
                    LimitSpan::Day => "beyond_day_limit",
                };
                let problem =
                    Self::conflict(text, None).with("limit", limit).with("currency", currency.code());
                match next.and_then(|next| AuthorityRole::of(next.code())) {
                    Some(next) => problem.with_label("next", next),
                    None => problem.with("next", "-"),
                }
            }
            RecoveryError::NothingToReturn => Self::conflict("nothing_to_return", None),
            RecoveryError::NothingReserved => Self::conflict("cost_not_reserved", None),
            RecoveryError::AlreadyReserved => Self::conflict("cost_reserved", None),
            RecoveryError::AlreadySettled => Self::conflict("cost_settled", None),
            RecoveryError::AlreadyReleased => Self::conflict("cost_released", None),
            RecoveryError::Db(error) => error.into(),
        }
    }
}

/// A currency, ISO 4217; what is none is noted.
fn currency_of(faults: &mut Faults, text: &str) -> Option<Currency> {
    let known = Currency::parse(text).filter(|currency| *currency != Currency::none());
    if known.is_none() {
        faults.add("currency", "must be a currency of ISO 4217, such as CNY");
    }
    known
}

/// A month, `YYYY-MM`; what is none is noted.
fn month_of(faults: &mut Faults, text: &str) -> Option<Month> {
    let month = Month::parse(text);
    if month.is_none() {
        faults.add("month", "must be a month that exists, YYYY-MM, from 2000-01 to 2199-12");
    }
    month
}
