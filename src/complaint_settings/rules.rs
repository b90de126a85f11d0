//! Routing rules and how a case meets them: pure, so that hundreds of cases cost nothing after one load.

use serde::{Deserialize, Serialize};

use crate::complaint_settings::model::{CauseCategory, Priority, Severity};
use crate::kit::ids::{HotelId, StaffId};
use crate::kit::text::fold;

/// What is known of a complaint when somebody has to be found for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Code of what it is about.
    pub category: String,
    /// Which part of the service failed; `None` while nobody knows.
    pub cause_category: Option<CauseCategory>,
    /// How bad it is.
    pub severity: Severity,
    /// The hotel.
    pub hotel: HotelId,
    /// The guest's language, BCP 47; `None` when unknown.
    pub language: Option<String>,
    /// The guest's VIP level as the file keeps it; `None` for a guest who has none, and for no guest.
    pub vip_level: Option<String>,
}

/// One rule: every condition that it has must be met. An empty list and an absent value are no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// Its name, unique among the rules.
    pub name: String,
    /// The case is about one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// The cause is known and one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cause_categories: Vec<CauseCategory>,
    /// It is as bad as one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub severities: Vec<Severity>,
    /// It happened in one of these hotels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hotel_ids: Vec<HotelId>,
    /// The guest's language is one of these, or a variety of it: `zh` is met by `zh-CN` (RFC 4647, basic filtering).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Whether the guest is a VIP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip: Option<bool>,
    /// The number in the guest's VIP level is at least this; a level without a number never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_at_least: Option<i32>,
    /// The guest's VIP level is one of these, in whatever case it is written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vip_levels: Vec<String>,
    /// Code of the department that handles it; `None`: the one that usually answers for the category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Who looks after it; `None`: whoever of the department takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<StaffId>,
    /// How soon it is taken up; `None`: by severity, one step higher for a VIP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Codes of the departments that are told of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inform: Vec<String>,
}

impl Rule {
    /// Whether it has no condition, so that every case meets it.
    pub fn is_catch_all(&self) -> bool {
        let Self {
            name: _,
            categories,
            cause_categories,
            severities,
            hotel_ids,
            languages,
            vip,
            vip_at_least,
            vip_levels,
            department: _,
            owner_id: _,
            priority: _,
            inform: _,
        } = self;
        categories.is_empty()
            && cause_categories.is_empty()
            && severities.is_empty()
            && hotel_ids.is_empty()
            && languages.is_empty()
            && vip.is_none()
            && vip_at_least.is_none()
            && vip_levels.is_empty()
    }

    /// Whether a case meets every condition.
    pub fn is_met_by(&self, case: &Case) -> bool {
        let level = case.vip_level.as_deref();
        any_of(&self.categories, |code| *code == case.category)
            && any_of(&self.cause_categories, |cause| case.cause_category == Some(*cause))
            && any_of(&self.severities, |severity| *severity == case.severity)
            && any_of(&self.hotel_ids, |hotel| *hotel == case.hotel)
            && any_of(&self.languages, |range| case.language.as_deref().is_some_and(|tag| covers(range, tag)))
            && self.vip.is_none_or(|wanted| wanted == is_vip(level))
            && self.vip_at_least.is_none_or(|least| vip_number(level).is_some_and(|number| number >= least))
            && any_of(&self.vip_levels, |wanted| level.is_some_and(|level| fold(wanted) == fold(level)))
    }
}

fn any_of<T>(conditions: &[T], met: impl Fn(&T) -> bool) -> bool {
    conditions.is_empty() || conditions.iter().any(met)
}

/// Whether a language range covers a tag.
fn covers(range: &str, tag: &str) -> bool {
    let (range, tag) = (range.to_ascii_lowercase(), tag.to_ascii_lowercase());
    tag.strip_prefix(&range).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Whether a VIP level makes a VIP: what other systems write for "none" does not.
pub fn is_vip(level: Option<&str>) -> bool {
    let level = fold(level.unwrap_or_default());
    !matches!(level.as_str(), "" | "none" | "no" | "n" | "-" | "无" | "否") && number(&level) != Some(0)
}

/// The first number in a VIP level: 2 of `vip2` and of `V-2`.
fn vip_number(level: Option<&str>) -> Option<i32> {
    number(&fold(level?))
}

fn number(level: &str) -> Option<i32> {
    let digits = level.chars().skip_while(|letter| !letter.is_ascii_digit());
    digits.take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// The usual priority of a case: by severity, one step higher for a VIP.
pub fn usual_priority(case: &Case) -> Priority {
    let usual = Priority::of_severity(case.severity);
    if is_vip(case.vip_level.as_deref()) { usual.raised() } else { usual }
}

/// What is told to guest relations whatever it is about, and taken up at once.
const GRAVE: [&str; 4] = ["food_safety", "safety", "security", "privacy"];

/// The rules that come with the program.
pub fn shipped() -> Vec<Rule> {
    vec![
        Rule {
            name: "Safety, security and privacy".to_owned(),
            categories: GRAVE.map(str::to_owned).into(),
            priority: Some(Priority::Urgent),
            inform: vec!["guest-relations".to_owned()],
            ..Rule::default()
        },
        Rule { name: "Everything else".to_owned(), ..Rule::default() },
    ]
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Case, Rule, covers, is_vip, shipped, usual_priority, vip_number};
    use crate::complaint_settings::catalogue;
    use crate::complaint_settings::model::{CauseCategory, Priority, Severity};
    use crate::kit::ids::HotelId;

    fn hotel(number: u128) -> HotelId {
        HotelId(Uuid::from_u128(number))
    }

    fn case() -> Case {
        Case {
            category: "noise".into(),
            cause_category: Some(CauseCategory::External),
            severity: Severity::General,
            hotel: hotel(1),
            language: Some("zh-CN".into()),
            vip_level: Some("vip2".into()),
        }
    }

    #[test]
    fn each_condition_is_met_or_not() {
        let rule = Rule::default;
        for (rule, met) in [
            (rule(), true),
            (Rule { categories: vec!["pests".into(), "noise".into()], ..rule() }, true),
            (Rule { categories: vec!["pests".into()], ..rule() }, false),
            (Rule { cause_categories: vec![CauseCategory::External], ..rule() }, true),
            (Rule { cause_categories: vec![CauseCategory::Price], ..rule() }, false),
            (Rule { severities: vec![Severity::Minor, Severity::General], ..rule() }, true),
            (Rule { severities: vec![Severity::Crisis], ..rule() }, false),
            (Rule { hotel_ids: vec![hotel(1)], ..rule() }, true),
            (Rule { hotel_ids: vec![hotel(2)], ..rule() }, false),
            (Rule { languages: vec!["en".into(), "zh".into()], ..rule() }, true),
            (Rule { languages: vec!["zh-CN".into()], ..rule() }, true),
            (Rule { languages: vec!["zh-Hant".into()], ..rule() }, false),
            (Rule { vip: Some(true), ..rule() }, true),
            (Rule { vip: Some(false), ..rule() }, false),
            (Rule { vip_at_least: Some(2), ..rule() }, true),
            (Rule { vip_at_least: Some(3), ..rule() }, false),
            (Rule { vip_levels: vec!["ＶＩＰ2".into()], ..rule() }, true),
            (Rule { vip_levels: vec!["gold".into()], ..rule() }, false),
            (Rule { categories: vec!["noise".into()], severities: vec![Severity::Crisis], ..rule() }, false),
        ] {
            assert_eq!(rule.is_met_by(&case()), met, "{rule:?}");
            assert_eq!(rule.is_catch_all(), rule == Rule::default());
        }
    }

    #[test]
    fn what_is_unknown_meets_no_condition() {
        let unknown = Case { cause_category: None, language: None, vip_level: None, ..case() };
        let rule = Rule::default;
        for rule in [
            Rule { cause_categories: CauseCategory::ALL.to_vec(), ..rule() },
            Rule { languages: vec!["zh".into()], ..rule() },
            Rule { vip: Some(true), ..rule() },
            Rule { vip_at_least: Some(1), ..rule() },
        ] {
            assert!(!rule.is_met_by(&unknown), "{rule:?}");
        }
        assert!(Rule { vip: Some(false), ..rule() }.is_met_by(&unknown));
    }

    #[test]
    fn languages_and_levels_are_read_as_people_write_them() {
        assert!(covers("zh", "zh-CN") && covers("zh-cn", "ZH-CN") && covers("zh-Hant", "zh-Hant-TW"));
        assert!(!covers("zh", "zhx") && !covers("zh-CN", "zh") && !covers("e", "en"));
        for (level, vip, number) in [
            ("vip1", true, Some(1)),
            ("V-12", true, Some(12)),
            ("3", true, Some(3)),
            ("金卡", true, None),
            ("0", false, Some(0)),
            ("None", false, None),
            (" ", false, None),
            ("99999999999999", true, None),
        ] {
            assert_eq!((is_vip(Some(level)), vip_number(Some(level))), (vip, number), "{level}");
        }
        assert!(!is_vip(None));
    }

    #[test]
    fn shipped_rules_end_in_a_catch_all_and_name_what_the_catalogue_has() {
        let rules = shipped();
        assert!(rules.last().unwrap().is_catch_all());
        assert_eq!(rules.iter().filter(|rule| rule.is_catch_all()).count(), 1);
        for code in rules.iter().flat_map(|rule| &rule.categories) {
            assert!(catalogue::shipped().category(code).is_some(), "{code}");
        }
    }

    #[test]
    fn a_vip_comes_one_step_earlier() {
        let plain = |severity| usual_priority(&Case { severity, vip_level: None, ..case() });
        let vip = |severity| usual_priority(&Case { severity, ..case() });
        for (severity, usual, raised) in [
            (Severity::Minor, Priority::Low, Priority::Normal),
            (Severity::General, Priority::Normal, Priority::High),
            (Severity::Major, Priority::High, Priority::Urgent),
            (Severity::Crisis, Priority::Urgent, Priority::Urgent),
        ] {
            assert_eq!((plain(severity), vip(severity)), (usual, raised));
        }
    }
}
