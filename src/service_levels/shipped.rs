//! The calendars and rules that come with the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::kit::version::Version;
use crate::service_levels::hours::Calendar;
use crate::service_levels::model::Rule;

/// The file that comes with the program. A test reads it, so that a broken one is never shipped.
const SHIPPED: &str = include_str!("shipped.toml");

/// What comes with the program.
#[derive(Debug, Default, Deserialize)]
pub struct Shipped {
    /// One more with each release that changes the file.
    pub revision: Version,
    /// Calendars by code.
    pub calendars: BTreeMap<String, Calendar>,
    /// Rules, in order; the last one is for all.
    pub rules: Vec<Rule>,
}

/// What comes with the program.
pub fn shipped() -> &'static Shipped {
    static READ: LazyLock<Shipped> = LazyLock::new(|| {
        toml::from_str(SHIPPED).unwrap_or_else(|fault| {
            log::error!("the service levels that come with the program cannot be read: {fault}");
            Shipped::default()
        })
    });
    &READ
}

#[cfg(test)]
mod tests {
    use super::shipped;
    use crate::hotels::model::{Code, LanguageTag};
    use crate::service_levels::model::{ComplaintChannel, MOST_DAYS, MOST_MINUTES, Span};

    #[test]
    fn what_is_shipped_is_what_a_group_could_have_written() {
        let shipped = shipped();
        assert_eq!(shipped.revision, 1);
        assert_eq!(shipped.calendars.keys().collect::<Vec<_>>(), ["office-hours", "round-the-clock"]);
        let mut names = Vec::new();
        for (code, calendar) in &shipped.calendars {
            assert!(Code::parse(code).is_some() && calendar.opens());
            assert!(!calendar.round_the_clock || calendar.weekly.iter().all(Vec::is_empty));
            names.push(&calendar.names);
        }
        for rule in &shipped.rules {
            assert!(Code::parse(&rule.code).is_some());
            names.push(&rule.names);
            for target in &rule.targets {
                assert!(shipped.calendars.contains_key(&target.calendar), "{}", target.calendar);
                assert_eq!(target.warn_percent, 75);
                match target.target.span {
                    Span::Minutes(minutes) => assert!(minutes <= MOST_MINUTES),
                    Span::WorkingDays(days) => assert!((1..=MOST_DAYS).contains(&days)),
                }
            }
        }
        for names in names {
            assert!(names.keys().all(|tag| LanguageTag::parse(tag).is_some()) && names.len() == 2);
        }
        let last = shipped.rules.last().unwrap();
        assert!(last.is_for_all());
        let written = &shipped.rules[1].channels;
        let live = ["front_desk", "phone", "app", "wechat"].map(|code| ComplaintChannel::of(code).unwrap());
        assert!(ComplaintChannel::ALL.iter().all(|one| written.contains(one) != live.contains(one)));
    }
}
