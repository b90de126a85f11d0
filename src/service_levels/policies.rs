//! The policies of a group: the ordered rules that say what the clocks of a complaint run to, and the clocks
//! themselves.

use std::sync::LazyLock;

use crate::db::{DbResult, Reads};
use crate::hotels::model::TimeZone;
use crate::kit::clock::Instant;
use crate::kit::ids::{GroupId, HotelId};
use crate::kit::version::Version;
use crate::service_levels::calendars::Calendars;
use crate::service_levels::clock::{Counting, Pause, due, warn_at};
use crate::service_levels::model::{ClockKind, ComplaintChannel, Rule, Severity};
use crate::service_levels::policy_repo;
use crate::service_levels::shipped::{Shipped, shipped};

/// Most rules a group may have.
pub const MOST_RULES: usize = 200;

/// A rule as it holds for a complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The rule.
    pub rule: Rule,
    /// Whether its clocks run round the clock whatever their calendars: the complaint is a crisis.
    pub round_the_clock: bool,
}

/// One clock of a complaint, worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockPlan {
    /// What it measures.
    pub kind: ClockKind,
    /// When it is due; absent while an open pause holds it, and when its calendar never opens.
    pub due_at: Option<Instant>,
    /// When to warn; absent when it is not due, never later than that.
    pub warn_at: Option<Instant>,
    /// Whether an open pause holds it.
    pub held: bool,
    /// Whether it is due because the guest leaves.
    pub by_departure: bool,
}

/// The rules of a group, in order, the last one for all.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Version of the whole list: 1 for the one that comes with the program.
    pub version: Version,
    usual: Vec<Policy>,
    crisis: Vec<Policy>,
}

impl Policies {
    /// The rules that come with the program.
    pub fn shipped() -> Self {
        let Shipped { rules, .. } = shipped();
        Self::new(1, rules.clone())
    }

    /// Rules with the version of the list.
    pub fn new(version: Version, rules: Vec<Rule>) -> Self {
        let policies = |round_the_clock| {
            let policy = move |rule: &Rule| Policy { rule: rule.clone(), round_the_clock };
            rules.iter().map(policy).collect()
        };
        Self { version, usual: policies(false), crisis: policies(true) }
    }

    /// The rules of a group, in one query.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(reads: &mut impl Reads, group: GroupId) -> DbResult<Self> {
        let own = policy_repo::find(reads, group)?;
        Ok(own.map_or_else(Self::shipped, |own| Self::new(own.version, own.rules)))
    }

    /// The rules, in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.usual.iter().map(|policy| &policy.rule)
    }

    /// The first rule that a complaint meets. One whose severity is not known yet meets no rule that asks for
    /// one.
    pub fn matching(&self, hotel: HotelId, severity: Option<Severity>, channel: ComplaintChannel) -> &Policy {
        // A list without a rule for all is never taken in; should one be found, nothing is promised.
        static NOTHING: LazyLock<Policy> = LazyLock::new(|| {
            let rule = Rule {
                code: "none".to_owned(),
                names: Default::default(),
                hotels: Vec::new(),
                severities: Vec::new(),
                channels: Vec::new(),
                targets: Vec::new(),
                follow_up_after_days: None,
            };
            Policy { rule, round_the_clock: false }
        });
        let policies = if severity == Some(Severity::Crisis) { &self.crisis } else { &self.usual };
        policies
            .iter()
            .find(|policy| policy.rule.is_for(hotel, severity, channel))
            .unwrap_or_else(|| &*NOTHING)
    }

    /// The clocks of a complaint that came in at `start`, in the order of their kinds.
    ///
    /// `departure` is when its guest leaves; it counts for a guest who was in the house. A clock for which
    /// the policy has no target, or one for guests in the house only when this one was not, is left out.
    #[expect(clippy::too_many_arguments, reason = "all that a clock depends on, and nothing else")]
    pub fn clocks(
        &self,
        policy: &Policy,
        calendars: &Calendars,
        zone: TimeZone,
        start: Instant,
        in_house: bool,
        departure: Option<Instant>,
        pauses: &[Pause],
    ) -> Vec<ClockPlan> {
        let departure = departure.filter(|_| in_house);
        let targets = policy.rule.targets.iter().filter(|target| in_house || !target.in_house_only);
        let mut plans: Vec<ClockPlan> = targets
            .map(|target| {
                let always = policy.round_the_clock;
                let calendar = if always { calendars.always() } else { calendars.of(&target.calendar) };
                let counting = Counting::new(calendar, zone.0, pauses);
                let due = due(target.target, start, &counting, departure);
                ClockPlan {
                    kind: target.clock,
                    due_at: due.at,
                    warn_at: warn_at(start, due, target.warn_percent, &counting),
                    held: due.held,
                    by_departure: due.by_departure,
                }
            })
            .collect();
        plans.sort_by_key(|plan| plan.kind);
        plans
    }
}

#[cfg(test)]
#[path = "policies_tests.rs"]
mod tests;
