//! The calendars of a group: those that come with the program, overlaid by what the group changed of them or
//! added.

use std::collections::BTreeMap;

use crate::db::{DbResult, Reads};
use crate::kit::ids::GroupId;
use crate::kit::version::Version;
use crate::service_levels::calendar_repo;
use crate::service_levels::hours::Calendar;
use crate::service_levels::shipped::{Shipped, shipped};

/// A calendar with its version: 1 for one that came with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The calendar.
    pub is: Calendar,
    /// Its version.
    pub version: Version,
}

/// Every calendar of a group.
#[derive(Debug, Clone)]
pub struct Calendars {
    by_code: BTreeMap<String, Versioned>,
    always: Calendar,
}

impl Calendars {
    /// Those that come with the program alone.
    pub fn shipped() -> Self {
        let Shipped { calendars, .. } = shipped();
        let first = |(code, calendar): (&String, &Calendar)| {
            (code.clone(), Versioned { is: calendar.clone(), version: 1 })
        };
        Self { by_code: calendars.iter().map(first).collect(), always: Calendar::always() }
    }

    /// The calendars of a group, in one query.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Self> {
        let mut calendars = Self::shipped();
        for row in calendar_repo::all(reads, group)? {
            calendars.by_code.insert(row.code, Versioned { is: row.calendar, version: row.version });
        }
        Ok(calendars)
    }

    /// A calendar by its code.
    pub fn get(&self, code: &str) -> Option<&Versioned> {
        self.by_code.get(code)
    }

    /// Every calendar, by code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Versioned)> {
        self.by_code.iter().map(|(code, calendar)| (code.as_str(), calendar))
    }

    /// What a clock runs in. One whose calendar is not there runs round the clock: rather too early than
    /// never.
    pub fn of(&self, code: &str) -> &Calendar {
        self.by_code.get(code).map_or(&self.always, |calendar| &calendar.is)
    }

    /// The calendar that never closes.
    pub const fn always(&self) -> &Calendar {
        &self.always
    }
}
