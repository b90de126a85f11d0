//! What is derived from a partner so that it can be found and sorted. Pure: the repository writes what this says.

use crate::guests::display;
use crate::guests::terms::{self, NameText, Probe, Query};
use crate::partners::model::{Partner, PartnerStatus};

/// Fewest digits of a code that is found like a number.
const NUMBER: usize = 3;

/// A range of terms, one of which a partner must have: from the first string up to, but without, the second.
pub type Range = (String, String);

/// The search terms of a partner: its names and its code; none for one that was merged.
pub fn terms(partner: &Partner) -> Vec<String> {
    if partner.status == PartnerStatus::Merged {
        return Vec::new();
    }
    let texts = partner.profile.names.iter().map(|name| name.text.as_str());
    let texts: Vec<&str> = texts.chain(partner.profile.code.as_deref()).collect();
    let names: Vec<NameText<'_>> =
        texts.into_iter().map(|text| NameText { full: Some(text), ..NameText::default() }).collect();
    let number = |code: &&str| code.len() >= NUMBER && code.bytes().all(|byte| byte.is_ascii_digit());
    let numbers: Vec<&str> = partner.profile.code.as_deref().filter(number).into_iter().collect();
    terms::index_terms(&names, &[], &numbers)
}

/// The ranges that a search asks for, all of which a partner must meet; `None` when nothing is left to search for.
pub fn ranges(text: &str) -> Option<Vec<Range>> {
    let query = Query::parse(text)?;
    // No term has a control character: the first string after a term is the term and the smallest of them.
    let upper = |probe: &Probe| probe.upper.clone().unwrap_or_else(|| format!("{}\u{1}", probe.lower));
    Some(query.probes().iter().map(|probe| (probe.lower.clone(), upper(probe))).collect())
}

/// The key lists are sorted by.
pub fn sort_key(partner: &Partner) -> String {
    let name = partner.profile.display_name();
    display::sort_key(&NameText { full: Some(name), ..NameText::default() })
}
