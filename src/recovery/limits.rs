//! The ladder of authority: how much each role may grant on one case and on one day, and who comes next. Pure.
//!
//! Limits come with the program for hotels that charge in CNY; a group sets its own in their place. Where no rule is
//! for the currency of a hotel, nobody but the general manager may grant anything there.

use crate::codes;
use crate::kit::ids::HotelId;
use crate::kit::version::Version;
use crate::recovery::model::Currency;
pub use crate::staff::roles::Role;

codes! {
    /// A role that can be given authority to grant money to guests.
    AuthorityRole {
        /// Checks guests in and out.
        FrontDesk = "front_desk",
        /// Helps guests with what they want.
        Concierge = "concierge",
        /// Looks after the rooms.
        Housekeeping = "housekeeping",
        /// Restaurants, bars and banquets.
        FoodBeverage = "food_beverage",
        /// Looks after the building.
        Engineering = "engineering",
        /// Looks after safety.
        Security = "security",
        /// Looks after companies and agencies.
        AccountManager = "account_manager",
        /// Watches over the service.
        Quality = "quality",
        /// Keeps the guest file and the promises made.
        GuestRelations = "guest_relations",
        /// Leads a department.
        DepartmentHead = "department_head",
        /// Answers for the hotel during a shift.
        DutyManager = "duty_manager",
        /// Answers for the hotel.
        GeneralManager = "general_manager",
    }
}

impl AuthorityRole {
    /// The role of staff.
    pub const fn role(self) -> Role {
        match self {
            Self::FrontDesk => Role::FrontDesk,
            Self::Concierge => Role::Concierge,
            Self::Housekeeping => Role::Housekeeping,
            Self::FoodBeverage => Role::FoodBeverage,
            Self::Engineering => Role::Engineering,
            Self::Security => Role::Security,
            Self::AccountManager => Role::AccountManager,
            Self::Quality => Role::Quality,
            Self::GuestRelations => Role::GuestRelations,
            Self::DepartmentHead => Role::DepartmentHead,
            Self::DutyManager => Role::DutyManager,
            Self::GeneralManager => Role::GeneralManager,
        }
    }

    /// The place of a role of staff among those who may have authority; `None` for auditors and admins, who have none
    /// whatever else they may do.
    pub fn of_role(role: Role) -> Option<Self> {
        Self::of(role.code())
    }

    /// Whether somebody of this role may decide in the place of another: of the same one, or of any further down.
    pub fn decides_for(self, other: Self) -> bool {
        self == other || self.rung() > other.rung()
    }

    /// The rung of the ladder, 0 the lowest: all who serve guests themselves share it.
    pub const fn rung(self) -> u8 {
        match self {
            Self::FrontDesk
            | Self::Concierge
            | Self::Housekeeping
            | Self::FoodBeverage
            | Self::Engineering
            | Self::Security
            | Self::AccountManager
            | Self::Quality => 0,
            Self::GuestRelations => 1,
            Self::DepartmentHead => 2,
            Self::DutyManager => 3,
            Self::GeneralManager => 4,
        }
    }
}

/// How much somebody may grant, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// On one case, whatever was granted on it before included; `None` without limit.
    pub per_case: Option<i64>,
    /// On one day of the hotel, all cases together; `None` without limit.
    pub per_day: Option<i64>,
}

impl Limit {
    /// Nothing.
    pub const NONE: Self = Self { per_case: Some(0), per_day: Some(0) };
    /// Anything.
    pub const UNLIMITED: Self = Self { per_case: None, per_day: None };

    /// The larger limit of each kind.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let larger = |one: Option<i64>, other: Option<i64>| Some(one?.max(other?));
        Self { per_case: larger(self.per_case, other.per_case), per_day: larger(self.per_day, other.per_day) }
    }

    /// Whether `amount` may be granted on one case.
    pub fn covers_case(&self, amount: i64) -> bool {
        self.per_case.is_none_or(|limit| amount <= limit)
    }
}

/// How much one role may grant at one hotel, or wherever a hotel has no rule of its own for the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitRule {
    /// The hotel; `None` for every hotel of the currency.
    pub hotel: Option<HotelId>,
    /// The role.
    pub role: AuthorityRole,
    /// The currency: the rule counts at hotels that charge in it.
    pub currency: Currency,
    /// How much.
    pub limit: Limit,
}

/// All rules of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Version of the whole: that of the program until the group sets its own.
    pub version: Version,
    /// The rules, at most one for a hotel, a role and a currency.
    pub rules: Vec<LimitRule>,
}

/// One more with each release that changes the limits below.
const REVISION: Version = 1;

/// What comes with the program, in fen: role, limit a case, limit a day. Our own proposal, after the ladder of staff,
/// department head and managers that Chinese hotels publish.
const SHIPPED: [(AuthorityRole, i64, i64); 9] = [
    (AuthorityRole::FrontDesk, 20_000, 50_000),
    (AuthorityRole::Concierge, 20_000, 50_000),
    (AuthorityRole::Housekeeping, 20_000, 50_000),
    (AuthorityRole::FoodBeverage, 20_000, 50_000),
    (AuthorityRole::Engineering, 20_000, 50_000),
    (AuthorityRole::Security, 20_000, 50_000),
    (AuthorityRole::GuestRelations, 50_000, 200_000),
    (AuthorityRole::DepartmentHead, 100_000, 500_000),
    (AuthorityRole::DutyManager, 300_000, 1_000_000),
];

/// The limits that come with the program: in CNY, for every hotel that charges in it.
pub fn shipped() -> Limits {
    let currency = Currency::parse("CNY").unwrap_or_else(Currency::none);
    let rule = |role, limit| LimitRule { hotel: None, role, currency, limit };
    let mut rules: Vec<LimitRule> = SHIPPED
        .iter()
        .map(|(role, case, day)| rule(*role, Limit { per_case: Some(*case), per_day: Some(*day) }))
        .collect();
    rules.push(rule(AuthorityRole::GeneralManager, Limit::UNLIMITED));
    Limits { version: REVISION, rules }
}

/// How much one role may grant at a hotel: by the rule of the hotel, else by that of the group. Without either it is
/// nothing, but for the general manager, who answers for the hotel.
fn of_role(limits: &Limits, hotel: HotelId, currency: Currency, role: AuthorityRole) -> Limit {
    let rule = |place: Option<HotelId>| {
        limits
            .rules
            .iter()
            .find(|rule| rule.hotel == place && rule.role == role && rule.currency == currency)
            .map(|rule| rule.limit)
    };
    let unless_told = if role == AuthorityRole::GeneralManager { Limit::UNLIMITED } else { Limit::NONE };
    rule(Some(hotel)).or_else(|| rule(None)).unwrap_or(unless_told)
}

/// How much somebody with these roles may grant at a hotel that charges in `currency`: the largest of the limits of
/// all roles held there.
pub fn authority(limits: &Limits, hotel: HotelId, currency: Currency, roles: &[Role]) -> Limit {
    let known = roles.iter().copied().filter_map(AuthorityRole::of_role);
    known.map(|role| of_role(limits, hotel, currency, role)).fold(Limit::NONE, Limit::or)
}

/// Who has to grant what somebody with the roles `own` may not: the lowest role above all of theirs whose limit a
/// case covers `amount`, which includes what was granted on the case before. `None` when nobody above may.
pub fn next_role(
    limits: &Limits,
    hotel: HotelId,
    currency: Currency,
    amount: i64,
    own: &[Role],
) -> Option<Role> {
    let own = own.iter().copied().filter_map(AuthorityRole::of_role).map(AuthorityRole::rung).max();
    AuthorityRole::ALL
        .iter()
        .filter(|role| own.is_none_or(|own| role.rung() > own))
        .find(|role| of_role(limits, hotel, currency, **role).covers_case(amount))
        .map(|role| role.role())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{AuthorityRole, Currency, Limit, LimitRule, Limits, Role, authority, next_role, shipped};
    use crate::kit::ids::HotelId;

    fn hotel(number: u128) -> HotelId {
        HotelId(Uuid::from_u128(number))
    }

    fn money(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn some(case: i64, day: i64) -> Limit {
        Limit { per_case: Some(case), per_day: Some(day) }
    }

    fn next(amount: i64, own: &[Role]) -> Option<Role> {
        next_role(&shipped(), hotel(1), money("CNY"), amount, own)
    }

    #[test]
    fn the_ladder_goes_up_and_no_two_rules_are_for_the_same() {
        assert!(AuthorityRole::ALL.iter().map(|role| role.rung()).is_sorted());
        for role in AuthorityRole::ALL {
            assert_eq!(AuthorityRole::of_role(role.role()), Some(*role));
        }
        let rules = shipped().rules;
        for (at, rule) in rules.iter().enumerate() {
            assert!(rule.hotel.is_none() && rule.currency == money("CNY"));
            assert!(rules.iter().skip(at + 1).all(|other| other.role != rule.role));
        }
        let cases: Vec<i64> = rules.iter().filter_map(|rule| rule.limit.per_case).collect();
        assert!(cases.is_sorted() && rules.iter().all(|rule| rule.limit.per_day >= rule.limit.per_case));
    }

    #[test]
    fn the_largest_of_the_roles_counts_and_others_have_none() {
        let limits = shipped();
        let of = |roles: &[Role]| authority(&limits, hotel(1), money("CNY"), roles);
        assert_eq!(of(&[Role::FrontDesk]), some(20_000, 50_000));
        assert_eq!(of(&[Role::FrontDesk, Role::DutyManager, Role::Concierge]), some(300_000, 1_000_000));
        assert_eq!(of(&[Role::GeneralManager, Role::FrontDesk]), Limit::UNLIMITED);
        for none in [Role::Admin, Role::Auditor, Role::Quality, Role::AccountManager] {
            assert_eq!(of(&[none]), Limit::NONE, "{none:?}");
        }
        assert_eq!(of(&[]), Limit::NONE);
        assert_eq!(of(&[Role::Admin, Role::FrontDesk]), some(20_000, 50_000));
    }

    #[test]
    fn a_hotel_of_another_currency_has_the_general_manager_alone() {
        let limits = shipped();
        for role in Role::ALL {
            let limit = authority(&limits, hotel(1), money("USD"), &[*role]);
            let whole = if *role == Role::GeneralManager { Limit::UNLIMITED } else { Limit::NONE };
            assert_eq!(limit, whole, "{role:?}");
        }
        let next = next_role(&limits, hotel(1), money("USD"), 1, &[Role::FrontDesk]);
        assert_eq!(next, Some(Role::GeneralManager));
    }

    #[test]
    fn the_rule_of_a_hotel_stands_before_that_of_the_group() {
        let rule = |hotel, role, limit| LimitRule { hotel, role, currency: money("USD"), limit };
        let limits = Limits {
            version: 2,
            rules: vec![
                rule(None, AuthorityRole::FrontDesk, some(100, 200)),
                rule(Some(hotel(1)), AuthorityRole::FrontDesk, some(10, 20)),
                rule(Some(hotel(1)), AuthorityRole::GeneralManager, some(1_000, 2_000)),
                rule(None, AuthorityRole::DutyManager, Limit { per_case: None, per_day: Some(5) }),
            ],
        };
        let of = |place, role| authority(&limits, hotel(place), money("USD"), &[role]);
        assert_eq!(of(1, Role::FrontDesk), some(10, 20));
        assert_eq!(of(2, Role::FrontDesk), some(100, 200));
        assert_eq!(of(1, Role::GeneralManager), some(1_000, 2_000));
        assert_eq!(of(2, Role::GeneralManager), Limit::UNLIMITED);
        let both = authority(&limits, hotel(1), money("USD"), &[Role::DutyManager, Role::GeneralManager]);
        assert_eq!(both, Limit { per_case: None, per_day: Some(2_000) });
    }

    #[test]
    fn the_next_role_is_the_lowest_above_that_may() {
        assert_eq!(next(1, &[]), Some(Role::FrontDesk));
        assert_eq!(next(1, &[Role::FrontDesk]), Some(Role::GuestRelations));
        assert_eq!(next(50_000, &[Role::FrontDesk]), Some(Role::GuestRelations));
        assert_eq!(next(50_001, &[Role::FrontDesk]), Some(Role::DepartmentHead));
        assert_eq!(next(300_001, &[Role::Concierge, Role::Admin]), Some(Role::GeneralManager));
        assert_eq!(next(1, &[Role::FrontDesk, Role::DutyManager]), Some(Role::GeneralManager));
        assert_eq!(next(i64::MAX, &[]), Some(Role::GeneralManager));
        assert_eq!(next(1, &[Role::GeneralManager]), None);
    }
}
