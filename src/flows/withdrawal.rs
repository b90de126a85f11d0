//! Withdrawing a consent: what was planned on the strength of it is not done any more.

pub mod api;

use crate::db::Tx;
use crate::kit::ids::ConsentId;
use crate::kit::version::Expected;
use crate::plans;
use crate::plans::error::PlanError;
use crate::platform::context::Ctx;
use crate::preferences::consents::{self, Consent, ConsentPurpose};

/// Withdraws a consent, and drops what plans had on the strength of it and nobody has decided.
///
/// # Errors
/// As [`consents::withdraw`]; [`PlanError::Stale`] when a plan is drawn at the same moment, again and again.
pub fn withdraw(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: ConsentId,
    expected: &Expected,
    reason: Option<String>,
) -> Result<Consent, PlanError> {
    let consent = consents::withdraw(tx, cx, id, expected, reason)?;
    if consent.purpose == ConsentPurpose::SensitiveData {
        plans::service::realign(tx, cx, consent.guest_id)?;
    }
    Ok(consent)
}
