//! Values made of several: templates, fingerprints, sums, products and days
//! counted back.
//!
//! Owns: the arithmetic of the mapping language. Must not know transforms or
//! the document that is being built.

use chrono::{Days, NaiveDate};

use super::fields::{Evaluation, Raw, Scope};
use super::mapping::{FieldSpec, Source, TemplatePart};
use super::targets::Unfit;
use super::transforms::integer;

impl Evaluation<'_> {
    pub(super) fn template<'s, 'a>(
        &self,
        parts: &'s [TemplatePart],
        spec: &FieldSpec,
        scope: &Scope<'_>,
    ) -> Option<Raw<'s, 'a>> {
        let mut text = String::new();
        let mut first = None;
        for part in parts {
            match part {
                TemplatePart::Text(fixed) => text.push_str(fixed),
                TemplatePart::Value(source) => {
                    first = first.or(Some((source, None)));
                    text.push_str(&self.first_text(source, spec, scope)?);
                }
            }
        }
        Some(Raw { text, source: first })
    }

    pub(super) fn fingerprint<'s, 'a>(
        &self,
        sources: &[Source],
        spec: &FieldSpec,
        scope: &Scope<'_>,
    ) -> Option<Raw<'s, 'a>> {
        let mut joined = String::new();
        for source in sources {
            let text = self.first_text(source, spec, scope)?.to_lowercase();
            joined.extend(text.split_whitespace());
            joined.push('\u{1f}');
        }
        let text = format!("fp-{:032x}", fnv1a_128(joined.as_bytes()));
        Some(Raw { text, source: None })
    }

    /// The sum of whole numbers: nothing when there is none, and the one that
    /// is no whole number when there is such a one.
    pub(super) fn sum<'s, 'a>(
        &self,
        sources: &'s [Source],
        spec: &FieldSpec,
        scope: &Scope<'a>,
    ) -> Result<Option<i64>, (Unfit, Raw<'s, 'a>)> {
        let mut sum: Option<i64> = None;
        for source in sources {
            for raw in self.raws(source, scope, spec.drop_if.as_deref()) {
                let number = integer(&raw.text).and_then(|text| text.parse::<i64>().ok());
                match number.and_then(|number| sum.unwrap_or(0).checked_add(number)) {
                    Some(total) => sum = Some(total),
                    None => return Err((not_whole(), raw)),
                }
            }
        }
        Ok(sum)
    }

    /// The text after `times` and `days_before`; nothing when a number they
    /// need is not there.
    pub(super) fn computed<'s, 'a>(
        &self,
        spec: &'s FieldSpec,
        text: String,
        scope: &Scope<'a>,
    ) -> Result<Option<String>, (Unfit, Option<Raw<'s, 'a>>)> {
        let mut text = text;
        if !spec.times.is_empty() {
            let factor = self.sum(&spec.times, spec, scope).map_err(|(unfit, raw)| (unfit, Some(raw)))?;
            let Some(factor) = factor else {
                return Ok(None);
            };
            let number = text.parse::<i64>().map_err(|_| (not_whole(), None))?;
            text = number.checked_mul(factor).ok_or_else(|| (too_large(), None))?.to_string();
        }
        if !spec.days_before.is_empty() {
            let days = self.sum(&spec.days_before, spec, scope);
            let Some(days) = days.map_err(|(unfit, raw)| (unfit, Some(raw)))? else {
                return Ok(None);
            };
            let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| (not_a_date(), None))?;
            text = earlier(day, days).ok_or_else(|| (too_large(), None))?.format("%Y-%m-%d").to_string();
        }
        Ok(Some(text))
    }
}

fn earlier(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    let count = Days::new(days.unsigned_abs());
    let day = if days < 0 { day.checked_add_days(count) } else { day.checked_sub_days(count) };
    // Years of more than four digits are no dates of ours.
    day.filter(|day| *day >= NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN))
}

fn not_whole() -> Unfit {
    Unfit::new("integer", "The value is not a whole number.")
}

fn not_a_date() -> Unfit {
    Unfit::new("date", "The value is not a date written YYYY-MM-DD.")
}

fn too_large() -> Unfit {
    Unfit::new("integer", "The number is too large.")
}

/// FNV-1a with 128 bits: the same in every build and on every machine, which
/// the standard library's hashers do not promise.
fn fnv1a_128(bytes: &[u8]) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(OFFSET, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}
