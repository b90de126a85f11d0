//! Service-level policies as clients send and see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::hotels::model::Code;
use crate::hotels::names::LocalizedText;
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::service_levels::model::{
    BeforeDeparture, ClockKind, ClockTarget, ComplaintChannel, Rule, Severity, Span, Target, TargetKind,
    USUAL_WARNING,
};
use crate::service_levels::policies::Policies;
use crate::web::input::Input;

/// The limit that the departure of a guest in the house sets.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceDepartureLimit {
    /// How long before the departure, in minutes.
    #[schema(minimum = 0, maximum = 527040, examples(120))]
    #[validate(range(min = 0, max = 527040))]
    margin_minutes: i32,
    /// What there is time for at least, in minutes from the start, however near the departure is.
    #[schema(minimum = 0, maximum = 527040, examples(30))]
    #[validate(range(min = 0, max = 527040))]
    least_minutes: i32,
}

/// What one clock runs to. For a guest in the house with `before_departure`, whichever is earlier.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceClockTarget {
    /// The clock.
    #[schema(examples("resolve"))]
    clock: ClockKind,
    /// How its time is told: `elapsed` in `minutes`, `working_days` in `working_days`.
    #[schema(examples("working_days"))]
    kind: TargetKind,
    /// Minutes of the calendar's opening hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 527040, examples(60))]
    #[validate(range(min = 0, max = 527040))]
    minutes: Option<i32>,
    /// Until the close of the n-th working day after the day of the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 366, examples(3))]
    #[validate(range(min = 1, max = 366))]
    working_days: Option<i32>,
    /// The limit before the departure of a guest in the house; absent when it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    #[validate(nested)]
    before_departure: Option<ServiceDepartureLimit>,
    /// Code of the calendar it runs in; a crisis runs round the clock in any case.
    #[schema(min_length = 1, max_length = 40, examples("office-hours"))]
    #[validate(length(min = 1, max = 40))]
    calendar: String,
    /// When to warn, per cent of the time there is; 75 unless told.
    #[serde(default = "usual_warning")]
    #[schema(required = false, minimum = 1, maximum = 100, examples(75))]
    #[validate(range(min = 1, max = 100))]
    warn_percent: i32,
    /// Whether it runs for guests in the house only.
    #[serde(default)]
    #[schema(required = false, examples(false))]
    in_house_only: bool,
}

fn usual_warning() -> i32 {
    USUAL_WARNING.into()
}

/// A rule: which complaints it is for, and what their clocks run to. An empty condition holds for all.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevelRule {
    /// Its code, unique in the list.
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
        examples("written")
    )]
    #[validate(length(min = 1, max = 40))]
    code: String,
    /// Its names.
    names: LocalizedText,
    /// Only complaints at these hotels.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>, required = false, max_items = 200)]
    #[validate(length(max = 200))]
    hotel_ids: Vec<String>,
    /// Only complaints as grave as these; one whose severity is not known yet is none of them.
    #[serde(default)]
    #[schema(value_type = Vec<Severity>, required = false, max_items = 4)]
    #[validate(length(max = 4))]
    severities: Vec<String>,
    /// Only complaints that came in like this.
    #[serde(default)]
    #[schema(value_type = Vec<ComplaintChannel>, required = false, max_items = 11)]
    #[validate(length(max = 11))]
    channels: Vec<String>,
    /// What the clocks run to, each clock once. One that is not named does not run.
    #[schema(max_items = 4)]
    #[validate(nested, length(max = 4))]
    targets: Vec<ServiceClockTarget>,
    /// Days after the close on which the guest is asked whether all is well; nobody is asked unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 60, examples(3))]
    #[validate(range(min = 0, max = 60))]
    follow_up_after_days: Option<i32>,
}

/// The ordered rules of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLevelPolicies {
    /// Version of the list, as in the ETag; 1 for the one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// The rules: the first that a complaint meets holds for it.
    #[schema(max_items = 100)]
    rules: Vec<ServiceLevelRule>,
}

fn shown(minutes: u32) -> i32 {
    i32::try_from(minutes).unwrap_or(i32::MAX)
}

impl From<&ClockTarget> for ServiceClockTarget {
    fn from(target: &ClockTarget) -> Self {
        let ClockTarget { clock, target, calendar, warn_percent, in_house_only } = target;
        let Target { span, before_departure } = *target;
        let (kind, minutes, working_days) = match span {
            Span::Minutes(minutes) => (TargetKind::Elapsed, Some(shown(minutes)), None),
            Span::WorkingDays(days) => (TargetKind::WorkingDays, None, Some(shown(days))),
        };
        Self {
            clock: *clock,
            kind,
            minutes,
            working_days,
            before_departure: before_departure.map(|limit| ServiceDepartureLimit {
                margin_minutes: shown(limit.margin_minutes),
                least_minutes: shown(limit.least_minutes),
            }),
            calendar: calendar.clone(),
            warn_percent: i32::from(*warn_percent),
            in_house_only: *in_house_only,
        }
    }
}

impl From<&Rule> for ServiceLevelRule {
    fn from(rule: &Rule) -> Self {
        let Rule { code, names, hotels, severities, channels, targets, follow_up_after_days } = rule;
        Self {
            follow_up_after_days: follow_up_after_days.map(shown),
            code: code.clone(),
            names: LocalizedText(names.clone()),
            hotel_ids: hotels.iter().map(ToString::to_string).collect(),
            severities: severities.iter().map(|one| one.code().to_owned()).collect(),
            channels: channels.iter().map(|one| one.code().to_owned()).collect(),
            targets: targets.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Policies> for ServiceLevelPolicies {
    fn from(policies: &Policies) -> Self {
        Self { version: policies.version, rules: policies.rules().map(Into::into).collect() }
    }
}

/// The rules that a group is to have.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevelPoliciesPut {
    /// The rules: the first that a complaint meets holds for it, and the last one is without conditions.
    #[schema(min_items = 1, max_items = 100)]
    #[validate(nested, length(min = 1, max = 100))]
    rules: Vec<ServiceLevelRule>,
}

/// Reads a list of codes or ids, each once; the faults stand at the items.
fn each<T: PartialEq>(
    faults: &mut Faults,
    member: &str,
    sent: &[String],
    (code, message): (&str, &str),
    read: impl Fn(&str) -> Option<T>,
) -> Vec<T> {
    let mut found = Vec::new();
    faults.at(member, |faults| {
        for (at, text) in sent.iter().enumerate() {
            match read(text) {
                Some(one) if found.contains(&one) => {}
                Some(one) => found.push(one),
                None => faults.at(at, |f| f.add(code, message)),
            }
        }
    });
    found
}

fn unsigned(number: i32) -> u32 {
    // What is negative was noted by its bound.
    u32::try_from(number).unwrap_or(0)
}

impl ServiceClockTarget {
    fn check(self, faults: &mut Faults) -> Option<ClockTarget> {
        let Self {
            clock,
            kind,
            minutes,
            working_days,
            before_departure,
            calendar,
            warn_percent,
            in_house_only,
        } = self;
        let mut only = |wanted: bool, member: &str, sent: Option<i32>| {
            if wanted && sent.is_none() {
                faults.at(member, |f| f.add("required", "is required for this kind"));
            } else if !wanted && sent.is_some() {
                faults.at(member, |f| f.add("not_applicable", "is not for this kind"));
            }
        };
        only(kind == TargetKind::Elapsed, "minutes", minutes);
        only(kind == TargetKind::WorkingDays, "working_days", working_days);
        let span = match kind {
            TargetKind::Elapsed => Span::Minutes(unsigned(minutes?)),
            TargetKind::WorkingDays => Span::WorkingDays(unsigned(working_days?)),
        };
        let before_departure = before_departure.map(|limit| BeforeDeparture {
            margin_minutes: unsigned(limit.margin_minutes),
            least_minutes: unsigned(limit.least_minutes),
        });
        let target = Target { span, before_departure };
        let warn_percent = u8::try_from(warn_percent).unwrap_or(USUAL_WARNING);
        Some(ClockTarget { clock, target, calendar, warn_percent, in_house_only })
    }
}

impl ServiceLevelRule {
    fn check(self, faults: &mut Faults) -> Option<Rule> {
        let Self { code, names, hotel_ids, severities, channels, targets, follow_up_after_days } = self;
        if Code::parse(&code).is_none() && (1..=40).contains(&code.len()) {
            faults.at("code", |f| f.add("code", "must be of a-z, 0-9 and -, without - at either end"));
        }
        let names = faults.at("names", |faults| names.check(faults)).map(|names| names.texts().clone());
        let unknown = ("unknown_value", "is not one of the values allowed here");
        let hotel = ("unknown_reference", "is not a hotel you can see");
        let hotels = each(faults, "hotel_ids", &hotel_ids, hotel, |text| text.parse().ok().map(HotelId));
        let severities = each(faults, "severities", &severities, unknown, Severity::of);
        let channels = each(faults, "channels", &channels, unknown, ComplaintChannel::of);
        let mut found: Vec<ClockTarget> = Vec::new();
        for (at, sent) in targets.into_iter().enumerate() {
            faults.at("targets", |faults| {
                faults.at(at, |faults| {
                    if found.iter().any(|other| other.clock == sent.clock) {
                        faults.at("clock", |f| f.add("duplicate", "has another target, too"));
                    }
                    found.extend(sent.check(faults));
                });
            });
        }
        found.sort_by_key(|target| target.clock);
        let follow_up_after_days = follow_up_after_days.map(unsigned);
        Some(Rule { code, names: names?, hotels, severities, channels, targets: found, follow_up_after_days })
    }
}

impl Input for ServiceLevelPoliciesPut {
    type Command = Vec<Rule>;

    fn check(self, faults: &mut Faults) -> Option<Vec<Rule>> {
        let mut rules = Vec::new();
        faults.at("rules", |faults| {
            for (at, rule) in self.rules.into_iter().enumerate() {
                rules.extend(faults.at(at, |faults| rule.check(faults)));
            }
        });
        Some(rules)
    }
}
