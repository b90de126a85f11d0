//! Months, in which budgets are kept.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// First year in which there are budgets.
const FIRST_YEAR: i32 = 2000;
/// Last year in which there are budgets.
const LAST_YEAR: i32 = 2199;

/// A month of the calendar, `YYYY-MM`, from 2000-01 to 2199-12. The order of texts is the order of months.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(String);

impl Month {
    /// Takes a month that exists; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return None;
        }
        let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
        let good = (FIRST_YEAR..=LAST_YEAR).contains(&year) && (1..=12).contains(&month);
        good.then(|| Self(text.to_owned()))
    }

    /// The month of a day.
    pub fn of(day: NaiveDate) -> Self {
        Self(format!("{:04}-{:02}", day.year(), day.month()))
    }

    /// A month as it was stored.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The month, `YYYY-MM`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::Month;

    #[test]
    fn months_are_real_ones() {
        for good in ["2000-01", "2026-11", "2199-12"] {
            assert_eq!(Month::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "2026-1",
            "1999-12",
            "2200-01",
            "+026-11",
            "2026-+1",
            "二〇二六-11",
        ] {
            assert!(Month::parse(bad).is_none(), "{bad}");
        }
        let day = NaiveDate::from_ymd_opt(2027, 3, 31).unwrap();
        assert_eq!(Month::of(day).to_string(), "2027-03");
    }
}
