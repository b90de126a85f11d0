//! How long is kept what jobs leave behind.

use std::time::Duration;

use super::{Invalid, Setting, Variables};

/// Settings of jobs.
pub const SETTINGS: &[Setting] = &[Setting {
    name: ROWS_DAYS,
    default: "30",
    meaning: "days for which it is kept what became of each row of an import that has ended, 1 to 3650",
}];

const ROWS_DAYS: &str = "HOSPES_JOB_ROWS_DAYS";

/// Jobs as configured.
#[derive(Debug, Clone, Copy)]
pub struct Jobs {
    /// How long it is kept what became of each row of a job that has ended.
    pub rows_kept: Duration,
}

impl Jobs {
    /// Reads and checks the settings of jobs.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        let expected = "a whole number of days from 1 to 3650";
        let days: u64 = variables.parse(ROWS_DAYS, 30, expected)?;
        if !(1..=3_650).contains(&days) {
            return Err(Invalid::new(ROWS_DAYS, format!("must be {expected}")));
        }
        Ok(Self { rows_kept: Duration::from_secs(days.saturating_mul(24 * 60 * 60)) })
    }
}
