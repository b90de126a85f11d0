//! How two partners become one, and come apart again. Nothing moves: the merged partner keeps its references, its names
//! and its stays, and only points at the one it became part of. So taking it back leaves nothing behind.

use crate::db::Tx;
use crate::kit::ids::PartnerId;
use crate::kit::version::Expected;
use crate::partners::error::PartnerError;
use crate::partners::model::{Partner, PartnerStatus};
use crate::partners::repo;
use crate::partners::service::{back, expect, get, in_use, refuse_taken, save};
use crate::platform::context::Ctx;

/// Makes a partner part of another one, which must be in use. Answers the merged one.
///
/// # Errors
/// [`PartnerError::NotFound`], [`PartnerError::Stale`], [`PartnerError::Merged`] or [`PartnerError::State`] when one of
/// the two is not in use, [`PartnerError::Invalid`] when there is no such other partner.
pub fn merge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
    into: PartnerId,
) -> Result<Partner, PartnerError> {
    let old = in_use(expect(get(tx, cx, id)?, expected)?)?;
    if id == into {
        return Err(PartnerError::State("partner_merge_same"));
    }
    let survivor = repo::find(tx, cx.group, into)?.ok_or_else(|| {
        PartnerError::invalid_at("/into_partner_id", "unknown_reference", "is not a partner of the group")
    })?;
    let survivor = in_use(survivor)?;
    // Both are held, the smaller id first: of two merges that would make a circle one finds its partner changed.
    let mut both = [(old.id, old.version), (survivor.id, survivor.version)];
    both.sort_unstable();
    for (partner, version) in both {
        if !repo::hold(tx, cx.group, partner, version)? {
            return Err(PartnerError::Stale);
        }
    }
    let new = Partner {
        status: PartnerStatus::Merged,
        status_before: Some(old.status),
        merged_into: Some(survivor.id),
        ..old.clone()
    };
    save(tx, cx, "partner.merged", &old, new)
}

/// Takes a merge back: the partner stands for itself again, with the status it had.
///
/// # Errors
/// [`PartnerError::State`] when it is not merged, [`PartnerError::Taken`] when its code was given to another one.
pub fn unmerge(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
) -> Result<Partner, PartnerError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    if old.status != PartnerStatus::Merged {
        return Err(PartnerError::State("partner_not_merged"));
    }
    refuse_taken(tx, cx, &old.profile, Some(old.id))?;
    save(tx, cx, "partner.unmerged", &old, back(&old))
}
