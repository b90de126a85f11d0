//! Rules of partners: how they come, change, are put away and found again. No HTTP; the caller holds the transaction.
//!
//! A partner belongs to the whole group. One that was merged keeps its references and its stays: whoever looks a
//! reference up is led to the partner it became, whoever asks for stays asks for the whole family.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use crate::db::{DbResult, Reads, Tx};
use crate::kit::ids::{GroupId, PartnerId};
use crate::kit::version::Expected;
use crate::partners::error::PartnerError;
use crate::partners::model::{ExternalRef, Partner, PartnerPatch, PartnerProfile, PartnerStatus};
use crate::partners::repo::{self, PartnerFilter, Position};
use crate::platform::context::Ctx;
use crate::platform::record::{Change, record};

/// What an upsert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// A new partner.
    Created,
    /// A changed one.
    Updated,
    /// Nothing was different.
    Unchanged,
}

/// A partner, following no merge.
///
/// # Errors
/// [`PartnerError::NotFound`].
pub fn get(reads: &mut impl Reads, cx: &Ctx, id: PartnerId) -> Result<Partner, PartnerError> {
    repo::find(reads, cx.group, id)?.ok_or(PartnerError::NotFound)
}

/// The partner that a reference leads to now.
///
/// # Errors
/// [`PartnerError::NotFound`].
pub fn get_by_ref(
    reads: &mut impl Reads,
    cx: &Ctx,
    reference: &ExternalRef,
) -> Result<Partner, PartnerError> {
    let id = holder(reads, cx, reference)?.ok_or(PartnerError::NotFound)?;
    survivors(reads, cx.group, &[id])?.remove(&id).ok_or(PartnerError::NotFound)
}

fn holder(reads: &mut impl Reads, cx: &Ctx, reference: &ExternalRef) -> DbResult<Option<PartnerId>> {
    Ok(repo::by_refs(reads, cx.group, &BTreeSet::from([reference.clone()]))?.remove(reference))
}

/// A page of partners in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    cx: &Ctx,
    filter: &PartnerFilter,
    after: Option<&Position>,
    limit: i64,
) -> Result<(Vec<Partner>, Option<Position>), PartnerError> {
    Ok(repo::list(reads, cx.group, filter, after, limit)?)
}

/// A partner and all that were merged into it, directly or through others: the ids under which its stays are kept.
///
/// # Errors
/// When the database fails.
pub fn family(reads: &mut impl Reads, group: GroupId, id: PartnerId) -> DbResult<Vec<PartnerId>> {
    let mut found = vec![id];
    let mut open = vec![id];
    while !open.is_empty() {
        open = repo::merged_from(reads, group, &open)?;
        found.extend(&open);
    }
    Ok(found)
}

/// Each of these partners with the one it became: itself, unless it was merged. Ids of no partner are left out.
///
/// # Errors
/// When the database fails.
pub fn survivors(
    reads: &mut impl Reads,
    group: GroupId,
    ids: &[PartnerId],
) -> DbResult<HashMap<PartnerId, Partner>> {
    let mut wanted: Vec<PartnerId> = ids.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut known: HashMap<PartnerId, Partner> = HashMap::new();
    let mut open = wanted.clone();
    while !open.is_empty() {
        let found = repo::find_many(reads, group, &open)?;
        open = found.values().filter_map(|partner| partner.merged_into).collect();
        known.extend(found);
        open.retain(|id| !known.contains_key(id));
        open.sort_unstable();
        open.dedup();
    }
    let last = |id: &PartnerId| {
        let mut partner = known.get(id)?;
        while let Some(next) = partner.merged_into {
            partner = known.get(&next)?;
        }
        Some(partner.clone())
    };
    Ok(wanted.iter().filter_map(|id| Some((*id, last(id)?))).collect())
}

/// Creates a partner, active at once.
///
/// # Errors
/// [`PartnerError::Taken`] when the code or a reference belongs to another one.
pub fn create(tx: &mut Tx<'_>, cx: &Ctx, profile: PartnerProfile) -> Result<Partner, PartnerError> {
    refuse_taken(tx, cx, &profile, None)?;
    let partner = fresh(cx, PartnerStatus::Active, profile);
    repo::insert(tx, std::slice::from_ref(&partner))?.ok_or(PartnerError::Taken(None))?;
    record(tx, cx, change("partner.created", None, &partner))?;
    Ok(partner)
}

/// A new partner, not written yet.
pub(super) fn fresh(cx: &Ctx, status: PartnerStatus, profile: PartnerProfile) -> Partner {
    Partner {
        group: cx.group,
        id: cx.new_id(),
        version: 1,
        status,
        status_before: None,
        merged_into: None,
        profile,
        created: (cx.now, cx.actor.id),
        updated: (cx.now, cx.actor.id),
    }
}

/// Changes a partner.
///
/// # Errors
/// [`PartnerError::NotFound`], [`PartnerError::Stale`], [`PartnerError::Merged`], [`PartnerError::State`] when archived,
/// [`PartnerError::Taken`].
pub fn edit(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
    patch: PartnerPatch,
) -> Result<Partner, PartnerError> {
    let old = in_use(expect(get(tx, cx, id)?, expected)?)?;
    let mut profile = old.profile.clone();
    patch.apply(&mut profile);
    overwrite(tx, cx, old, profile).map(|(partner, _)| partner)
}

fn overwrite(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    old: Partner,
    profile: PartnerProfile,
) -> Result<(Partner, Upserted), PartnerError> {
    if profile == old.profile {
        return Ok((old, Upserted::Unchanged));
    }
    refuse_taken(tx, cx, &profile, Some(old.id))?;
    let new = Partner { profile, ..old.clone() };
    Ok((save(tx, cx, "partner.updated", &old, new)?, Upserted::Updated))
}

pub(super) fn expect(partner: Partner, expected: &Expected) -> Result<Partner, PartnerError> {
    if expected.allows(partner.version) { Ok(partner) } else { Err(PartnerError::Stale) }
}

/// The partner, unless it was put away or merged.
pub(super) fn in_use(partner: Partner) -> Result<Partner, PartnerError> {
    match (partner.merged_into, partner.status) {
        (Some(survivor), _) => Err(PartnerError::Merged(survivor)),
        (None, PartnerStatus::Archived) => Err(PartnerError::State("partner_archived")),
        (None, _) => Ok(partner),
    }
}

/// Confirms a partner that came with a delivery. One that is active already stays as it is.
///
/// # Errors
/// As [`edit`].
pub fn confirm(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
) -> Result<Partner, PartnerError> {
    let old = in_use(expect(get(tx, cx, id)?, expected)?)?;
    if old.status == PartnerStatus::Active {
        return Ok(old);
    }
    let new = Partner { status: PartnerStatus::Active, ..old.clone() };
    save(tx, cx, "partner.confirmed", &old, new)
}

/// Puts a partner away. Its code is free for others; its references still lead to it.
///
/// # Errors
/// As [`edit`].
pub fn archive(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
) -> Result<Partner, PartnerError> {
    let old = in_use(expect(get(tx, cx, id)?, expected)?)?;
    let new = Partner { status: PartnerStatus::Archived, status_before: Some(old.status), ..old.clone() };
    save(tx, cx, "partner.archived", &old, new)
}

/// Takes an archived partner back into use, with the status it had.
///
/// # Errors
/// [`PartnerError::State`] when it is not archived, [`PartnerError::Taken`] when its code was given to another one.
pub fn restore(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: PartnerId,
    expected: &Expected,
) -> Result<Partner, PartnerError> {
    let old = expect(get(tx, cx, id)?, expected)?;
    if let Some(survivor) = old.merged_into {
        return Err(PartnerError::Merged(survivor));
    }
    if old.status != PartnerStatus::Archived {
        return Err(PartnerError::State("partner_not_archived"));
    }
    refuse_taken(tx, cx, &old.profile, Some(old.id))?;
    save(tx, cx, "partner.restored", &old, back(&old))
}

/// The partner with the status it had before it was put away or merged.
pub(super) fn back(old: &Partner) -> Partner {
    let status = old.status_before.unwrap_or(PartnerStatus::Active);
    Partner { status, status_before: None, merged_into: None, ..old.clone() }
}

/// Creates the partner of a reference, or lays what the sender knows over it: members left out stay, lists sent
/// replace, references are added. A reference of a merged partner leads to the one it became.
///
/// # Errors
/// [`PartnerError::Taken`], [`PartnerError::Stale`], [`PartnerError::State`] when archived.
pub fn upsert(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    reference: ExternalRef,
    mut sent: PartnerProfile,
    expected: Option<&Expected>,
) -> Result<(Partner, Upserted), PartnerError> {
    let Some(holder) = holder(tx, cx, &reference)? else {
        if !sent.external_refs.contains(&reference) {
            sent.external_refs.push(reference);
        }
        return Ok((create(tx, cx, sent)?, Upserted::Created));
    };
    let old = survivors(tx, cx.group, &[holder])?.remove(&holder).ok_or(PartnerError::NotFound)?;
    if !expected.is_none_or(|expected| expected.allows(old.version)) {
        return Err(PartnerError::Stale);
    }
    let old = in_use(old)?;
    let family: BTreeSet<PartnerId> = family(tx, cx.group, old.id)?.into_iter().collect();
    let known = repo::by_refs(tx, cx.group, &sent.external_refs.iter().cloned().collect())?;
    let PartnerProfile { kind, code, names, website, country, notes, external_refs } = sent;
    let mut profile = old.profile.clone();
    profile.kind = kind;
    profile.names = names;
    profile.code = code.or(profile.code);
    profile.website = website.or(profile.website);
    profile.country = country.or(profile.country);
    profile.notes = notes.or(profile.notes);
    for reference in external_refs {
        // What a merged partner holds leads here already.
        let ours = known.get(&reference).is_some_and(|holder| family.contains(holder));
        if !ours {
            profile.external_refs.push(reference);
        }
    }
    overwrite(tx, cx, old, profile)
}

/// Writes the next version of a partner with its audit and event rows.
pub(super) fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    action: &'static str,
    old: &Partner,
    new: Partner,
) -> Result<Partner, PartnerError> {
    let new = Partner { version: old.version + 1, updated: (cx.after(old.updated.0), cx.actor.id), ..new };
    match repo::replace(tx, old, &new)? {
        Some(true) => {}
        Some(false) => return Err(PartnerError::Stale),
        None => return Err(PartnerError::Taken(None)),
    }
    record(tx, cx, change(action, Some(old), &new))?;
    Ok(new)
}

/// Refuses a code or a reference that another partner has.
pub(super) fn refuse_taken(
    reads: &mut impl Reads,
    cx: &Ctx,
    profile: &PartnerProfile,
    own: Option<PartnerId>,
) -> Result<(), PartnerError> {
    let refs = repo::by_refs(reads, cx.group, &profile.external_refs.iter().cloned().collect())?;
    let codes: Vec<String> = profile.code.iter().cloned().collect();
    let codes = repo::by_codes(reads, cx.group, &codes)?;
    match refs.into_values().chain(codes.into_values()).find(|holder| Some(*holder) != own) {
        Some(holder) => Err(PartnerError::Taken(Some(holder))),
        None => Ok(()),
    }
}

/// The trace of a change of a partner.
pub(super) fn change(action: &'static str, before: Option<&Partner>, after: &Partner) -> Change {
    Change {
        action,
        subject_kind: "partner",
        subject_id: after.id.0,
        version: after.version,
        hotel: None,
        at: after.updated.0,
        before: before.map(document),
        after: Some(document(after)),
    }
}

/// The partner as log and feed keep it, without empty members.
fn document(partner: &Partner) -> Value {
    let Partner { status, merged_into, profile, .. } = partner;
    let PartnerProfile { kind, code, names, website, country, notes, external_refs } = profile;
    let mut value = json!({
        "type": kind, "status": status, "display_name": profile.display_name(), "code": code, "names": names,
        "website": website, "country": country, "notes": notes, "external_refs": external_refs,
        "merged_into": merged_into,
    });
    if let Some(members) = value.as_object_mut() {
        members
            .retain(|_, member| !member.is_null() && member.as_array().is_none_or(|list| !list.is_empty()));
    }
    value
}
