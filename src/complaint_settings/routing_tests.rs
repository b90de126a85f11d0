use std::collections::HashMap;

use uuid::Uuid;

use super::{Case, LAST_RESORT, Routing, Rule, check_order, works_at};
use crate::complaint_settings::catalogue;
use crate::complaint_settings::model::{Priority, Severity};
use crate::complaint_settings::rules;
use crate::kit::fault::Faults;
use crate::kit::ids::{HotelId, StaffId};

fn routing(rules: Vec<Rule>, places: HashMap<StaffId, Vec<Option<HotelId>>>) -> Routing {
    let departments = catalogue::shipped().categories.iter();
    let departments = departments.map(|(code, is)| (code.clone(), is.is.department.clone())).collect();
    Routing { version: 1, rules, departments, places }
}

fn case(category: &str, severity: Severity) -> Case {
    Case {
        category: category.into(),
        cause_category: None,
        severity,
        hotel: HotelId(Uuid::from_u128(1)),
        language: None,
        vip_level: None,
    }
}

#[test]
fn shipped_rules_send_everything_somewhere() {
    let routing = routing(rules::shipped(), HashMap::new());
    let route = |category, severity| routing.route(&case(category, severity));
    let noise = route("noise", Severity::Major);
    assert_eq!((noise.department.as_str(), noise.priority), ("front-office", Priority::High));
    assert_eq!((noise.rule.as_str(), noise.owner, noise.inform.len()), ("Everything else", None, 0));
    for grave in ["food_safety", "safety", "security", "privacy"] {
        let route = route(grave, Severity::Minor);
        assert_eq!(
            (route.priority, route.inform.as_slice()),
            (Priority::Urgent, ["guest-relations".into()].as_slice())
        );
    }
    let mut vip = case("noise", Severity::General);
    vip.vip_level = Some("vip1".into());
    assert_eq!(routing.route(&vip).priority, Priority::High);
    assert_eq!(route("of_a_later_program", Severity::Crisis).department, LAST_RESORT);
}

#[test]
fn the_first_rule_met_wins_and_owners_must_still_work_there() {
    let (here, away) = (HotelId(Uuid::from_u128(1)), HotelId(Uuid::from_u128(2)));
    let [group_wide, of_here, of_away, gone] = [11, 12, 13, 14].map(|id| StaffId(Uuid::from_u128(id)));
    let places = [(group_wide, vec![None]), (of_here, vec![Some(here)]), (of_away, vec![Some(away)])];
    let owned = |owner: StaffId| {
        let first = Rule {
            name: "Noise".into(),
            categories: vec!["noise".into()],
            department: Some("engineering".into()),
            owner_id: Some(owner),
            priority: Some(Priority::Low),
            ..Rule::default()
        };
        let second = Rule { name: "Noise again".into(), categories: vec!["noise".into()], ..Rule::default() };
        let last = Rule { name: "Rest".into(), ..Rule::default() };
        routing(vec![first, second, last], places.clone().into()).route(&case("noise", Severity::Crisis))
    };
    for (owner, kept) in [(group_wide, true), (of_here, true), (of_away, false), (gone, false)] {
        let route = owned(owner);
        assert_eq!((route.rule.as_str(), route.owner.is_some()), ("Noise", kept), "{owner}");
        assert_eq!((route.department.as_str(), route.priority), ("engineering", Priority::Low));
    }
    assert!(works_at(&[Some(here)], Some(here)) && !works_at(&[Some(here)], None));
}

#[test]
fn the_order_of_rules_is_checked() {
    let named = |name: &str| Rule { name: name.into(), ..Rule::default() };
    let vip = |name: &str| Rule { vip: Some(true), ..named(name) };
    let faults = |rules: &[Rule]| -> Vec<String> {
        let mut faults = Faults::new();
        check_order(rules, &mut faults);
        faults.into_vec().into_iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
    };
    assert!(faults(&[vip("a"), named("b")]).is_empty());
    assert_eq!(faults(&[vip("a")]), ["/rules/0 catch_all"]);
    assert_eq!(faults(&[named("a"), vip("b")]), ["/rules/0 unreachable", "/rules/1 catch_all"]);
    assert_eq!(
        faults(&[vip("a"), vip("a"), named("a")]),
        ["/rules/1/name duplicate", "/rules/2/name duplicate"]
    );
}
