//! Partners in bulk: what deliveries of stays name. Known references are looked up at once; an unknown one becomes a
//! provisional partner, for staff to confirm or to merge.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::db::{DbResult, Tx};
use crate::kit::ids::PartnerId;
use crate::partners::error::PartnerError;
use crate::partners::model::{
    ExternalRef, LONGEST_CODE, LONGEST_NAME, Partner, PartnerName, PartnerNameType, PartnerProfile,
    PartnerStatus, PartnerType,
};
use crate::partners::{repo, service};
use crate::platform::context::Ctx;
use crate::platform::record::record_all;

/// How often a batch is tried when others create the same partners at the same time.
const TRIES: usize = 5;

/// A partner as a delivery names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveredPartner {
    /// Its id in the sender's system.
    pub reference: ExternalRef,
    /// What it does, as far as the sender knows.
    pub kind: PartnerType,
    /// Its name, if the sender knows it.
    pub name: Option<String>,
    /// Its code, if the sender knows it; left out when another partner has it.
    pub code: Option<String>,
}

/// The partner of each reference; those that nobody holds are created as provisional ones. A reference of a merged
/// partner answers that partner, not the one it became: a merge can be taken back, so nothing is booked past it.
///
/// # Errors
/// [`PartnerError::Taken`] when others create the same partners over and over.
pub fn resolve_or_create(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    wanted: &[DeliveredPartner],
) -> Result<HashMap<ExternalRef, PartnerId>, PartnerError> {
    // The first one that names a reference is heard; in the order of the references, so that two batches wait for
    // each other instead of locking up.
    let mut open: BTreeMap<&ExternalRef, &DeliveredPartner> = BTreeMap::new();
    for partner in wanted {
        open.entry(&partner.reference).or_insert(partner);
    }
    let mut found = HashMap::new();
    for _ in 0..TRIES {
        let asked: BTreeSet<ExternalRef> = open.keys().map(|reference| (*reference).clone()).collect();
        found.extend(repo::by_refs(tx, cx.group, &asked)?);
        open.retain(|reference, _| !found.contains_key(*reference));
        if open.is_empty() {
            return Ok(found);
        }
        let new = provisional(tx, cx, open.values().copied())?;
        if repo::insert(tx, &new)?.is_some() {
            let changes = new.iter().map(|partner| service::change("partner.created", None, partner));
            record_all(tx, cx, changes.collect())?;
            let refs = new.into_iter().flat_map(|partner| {
                partner.profile.external_refs.into_iter().map(move |reference| (reference, partner.id))
            });
            found.extend(refs);
            return Ok(found);
        }
    }
    Err(PartnerError::Taken(None))
}

fn provisional<'a>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    wanted: impl Iterator<Item = &'a DeliveredPartner>,
) -> DbResult<Vec<Partner>> {
    let wanted: Vec<(&DeliveredPartner, Option<String>)> =
        wanted.map(|partner| (partner, text(partner.code.as_deref(), LONGEST_CODE))).collect();
    let codes: Vec<String> = wanted.iter().filter_map(|(_, code)| code.clone()).collect();
    let mut taken: BTreeSet<String> = repo::by_codes(tx, cx.group, &codes)?.into_keys().collect();
    let partners = wanted.into_iter().map(|(partner, code)| {
        let DeliveredPartner { reference, kind, name, code: _ } = partner;
        let name = text(name.as_deref(), LONGEST_NAME);
        let made_up = || line(&format!("{} {}", reference.system, reference.id), LONGEST_NAME);
        let name = PartnerName {
            text: name.unwrap_or_else(made_up),
            name_type: PartnerNameType::Primary,
            script: None,
            language: None,
        };
        let profile = PartnerProfile {
            kind: *kind,
            code: code.filter(|code| taken.insert(code.clone())),
            names: vec![name],
            website: None,
            country: None,
            notes: None,
            external_refs: vec![reference.clone()],
        };
        service::fresh(cx, PartnerStatus::Provisional, profile)
    });
    Ok(partners.collect())
}

fn text(text: Option<&str>, longest: usize) -> Option<String> {
    text.map(|text| line(text, longest)).filter(|text| !text.is_empty())
}

/// A text on one line, cut to a length.
fn line(text: &str, longest: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().chars().take(longest).collect()
}
