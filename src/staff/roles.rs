//! Roles: named sets of scopes. Fixed in the binary; their labels stand in `locales/roles.yml`.

use crate::kit::ids::HotelId;
use crate::kit::language::Language;
use crate::platform::scopes::Scope;

use Scope::{
    AuditRead, ComplaintSettingsRead, ComplaintSettingsWrite, ComplaintsAssign, ComplaintsDecide,
    ComplaintsMerge, ComplaintsRead, ComplaintsWrite, ConsentsRead, ConsentsWrite, DuplicatesRead,
    DuplicatesWrite, DutyRead, DutyWrite, EventsRead, GuestsArchive, GuestsExport, GuestsMerge, GuestsRead,
    GuestsRestrict, GuestsWrite, HotelsRead, HotelsWrite, NotesConfidential, NotesRead, NotesWrite,
    PartnersRead, PartnersWrite, PlansRead, PlansWrite, PreferencesConfigure, PreferencesRead,
    PreferencesSensitive, PreferencesWrite, ProblemsRead, ProblemsWrite, RecoveryConfigure, RecoveryRead,
    ReportsRead, ServiceLevelsRead, ServiceLevelsWrite, StaffRead, StaffWrite, StaysRead, StaysRevenue,
    StaysWrite,
};

/// What every department needs to look after a guest.
const FLOOR: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsRead,
    ComplaintsWrite,
    DutyRead,
    GuestsRead,
    HotelsRead,
    NotesRead,
    NotesWrite,
    PlansRead,
    PlansWrite,
    PreferencesRead,
    PreferencesWrite,
    ProblemsRead,
    ServiceLevelsRead,
    StaysRead,
];
/// Those who make the bed and the meal: an allergy concerns them.
const CARE: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsRead,
    ComplaintsWrite,
    DutyRead,
    GuestsRead,
    HotelsRead,
    NotesRead,
    NotesWrite,
    PlansRead,
    PlansWrite,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ServiceLevelsRead,
    StaysRead,
];
/// Those who register guests.
const DESK: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DutyRead,
    GuestsRead,
    GuestsWrite,
    HotelsRead,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PlansRead,
    PlansWrite,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ServiceLevelsRead,
    StaysRead,
    StaysWrite,
];
/// Those who keep the guest file in order.
const RELATIONS: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintSettingsWrite,
    ComplaintsAssign,
    ComplaintsDecide,
    ComplaintsMerge,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DuplicatesWrite,
    DutyRead,
    EventsRead,
    GuestsArchive,
    GuestsMerge,
    GuestsRead,
    GuestsRestrict,
    GuestsWrite,
    HotelsRead,
    NotesConfidential,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PlansRead,
    PlansWrite,
    PreferencesConfigure,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ProblemsWrite,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    StaysRead,
    StaysRevenue,
    StaysWrite,
];
/// Those who lead a department.
const HEAD: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsAssign,
    ComplaintsDecide,
    ComplaintsMerge,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DutyRead,
    DutyWrite,
    EventsRead,
    GuestsRead,
    GuestsWrite,
    HotelsRead,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PlansRead,
    PlansWrite,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ProblemsWrite,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    StaffRead,
    StaysRead,
    StaysRevenue,
    StaysWrite,
];
/// Those who answer for the hotel during a shift.
const DUTY: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsAssign,
    ComplaintsDecide,
    ComplaintsMerge,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DuplicatesWrite,
    DutyRead,
    DutyWrite,
    EventsRead,
    GuestsArchive,
    GuestsMerge,
    GuestsRead,
    GuestsRestrict,
    GuestsWrite,
    HotelsRead,
    NotesConfidential,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PartnersWrite,
    PlansRead,
    PlansWrite,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ProblemsWrite,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    StaffRead,
    StaysRead,
    StaysRevenue,
    StaysWrite,
];
/// Those who answer for the hotel.
const GENERAL: &[Scope] = &[
    AuditRead,
    ComplaintSettingsRead,
    ComplaintSettingsWrite,
    ComplaintsAssign,
    ComplaintsDecide,
    ComplaintsMerge,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DuplicatesWrite,
    DutyRead,
    DutyWrite,
    EventsRead,
    GuestsArchive,
    GuestsExport,
    GuestsMerge,
    GuestsRead,
    GuestsRestrict,
    GuestsWrite,
    HotelsRead,
    HotelsWrite,
    NotesConfidential,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PartnersWrite,
    PlansRead,
    PlansWrite,
    PreferencesConfigure,
    PreferencesRead,
    PreferencesSensitive,
    PreferencesWrite,
    ProblemsRead,
    ProblemsWrite,
    RecoveryConfigure,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    ServiceLevelsWrite,
    StaffRead,
    StaffWrite,
    StaysRead,
    StaysRevenue,
    StaysWrite,
];
/// Those who look after companies and agencies.
const ACCOUNTS: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintsRead,
    ComplaintsWrite,
    DuplicatesRead,
    DutyRead,
    EventsRead,
    GuestsRead,
    GuestsWrite,
    HotelsRead,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PartnersWrite,
    PlansRead,
    PreferencesRead,
    PreferencesWrite,
    ProblemsRead,
    ReportsRead,
    ServiceLevelsRead,
    StaysRead,
    StaysRevenue,
    StaysWrite,
];
/// Those who watch over the service.
const QUALITY: &[Scope] = &[
    ComplaintSettingsRead,
    ComplaintSettingsWrite,
    ComplaintsRead,
    ComplaintsWrite,
    ConsentsRead,
    DuplicatesRead,
    DutyRead,
    DutyWrite,
    EventsRead,
    GuestsRead,
    HotelsRead,
    NotesConfidential,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PlansRead,
    PreferencesRead,
    ProblemsRead,
    ProblemsWrite,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    ServiceLevelsWrite,
    StaysRead,
];
/// Those who read everything and change nothing.
const AUDIT: &[Scope] = &[
    AuditRead,
    ComplaintSettingsRead,
    ComplaintsRead,
    ConsentsRead,
    DuplicatesRead,
    DutyRead,
    EventsRead,
    GuestsRead,
    HotelsRead,
    NotesConfidential,
    NotesRead,
    PartnersRead,
    PlansRead,
    PreferencesRead,
    PreferencesSensitive,
    ProblemsRead,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    StaffRead,
    StaysRead,
    StaysRevenue,
];

/// Declares the roles once: variant, code, scopes and what it is for.
macro_rules! roles {
    ($($name:ident = $code:literal, $scopes:expr, $text:literal;)+) => {
        /// What a membership lets somebody do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $(#[doc = $text] $name,)+
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Stable code for storage and the API.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What the role allows.
            pub const fn scopes(self) -> &'static [Scope] {
                match self { $(Self::$name => $scopes),+ }
            }

            /// The role of a code; `None` for an unknown one.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

roles! {
    FrontDesk = "front_desk", DESK, "Checks guests in and out.";
    Housekeeping = "housekeeping", CARE, "Looks after the rooms.";
    FoodBeverage = "food_beverage", CARE, "Restaurants, bars and banquets.";
    Engineering = "engineering", FLOOR, "Looks after the building.";
    Security = "security", FLOOR, "Looks after safety.";
    Concierge = "concierge", DESK, "Helps guests with what they want.";
    GuestRelations = "guest_relations", RELATIONS, "Keeps the guest file and the promises made.";
    DepartmentHead = "department_head", HEAD, "Leads a department.";
    DutyManager = "duty_manager", DUTY, "Answers for the hotel during a shift.";
    GeneralManager = "general_manager", GENERAL, "Answers for the hotel.";
    AccountManager = "account_manager", ACCOUNTS, "Looks after companies and agencies.";
    Quality = "quality", QUALITY, "Watches over the service.";
    Auditor = "auditor", AUDIT, "Reads everything, changes nothing.";
    Admin = "admin", Scope::ALL, "Sets up hotels, staff and data.";
}

impl Role {
    /// Name of the role in a language.
    pub fn label(self, language: Language) -> String {
        self.text("label", language)
    }

    /// What the role is for, in a language.
    pub fn description(self, language: Language) -> String {
        self.text("description", language)
    }

    fn text(self, part: &str, language: Language) -> String {
        let key = format!("roles.{}.{part}", self.code());
        rust_i18n::t!(&key, locale = language.tag()).into_owned()
    }
}

/// Where a membership counts (`None`: in the whole group), and its role.
pub type Place = (Option<HotelId>, Role);

/// What somebody may do, and where: the measure of what they may give to others.
#[derive(Debug, Clone)]
pub enum Authority {
    /// An operator at the command line.
    Operator,
    /// Scopes by hotel (`None`: in the whole group).
    Grants(Vec<(Option<HotelId>, &'static [Scope])>),
}

impl Authority {
    /// Whether every scope of `role` is held at `hotel` (`None`: in the whole group).
    pub fn covers(&self, hotel: Option<HotelId>, role: Role) -> bool {
        match self {
            Self::Operator => true,
            Self::Grants(grants) => role.scopes().iter().all(|scope| {
                grants
                    .iter()
                    .any(|(place, scopes)| (place.is_none() || *place == hotel) && scopes.contains(scope))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Authority, Role};
    use crate::kit::ids::HotelId;
    use crate::kit::language::Language;
    use crate::platform::scopes::Scope;

    #[test]
    fn every_scope_is_held_by_some_role_and_no_role_is_empty() {
        for scope in Scope::ALL {
            assert!(Role::ALL.iter().any(|role| role.scopes().contains(scope)), "{}", scope.code());
        }
        for role in Role::ALL {
            assert!(!role.scopes().is_empty());
            assert_eq!(Role::parse(role.code()), Some(*role));
            let codes: Vec<_> = role.scopes().iter().map(|scope| scope.code()).collect();
            assert!(codes.is_sorted(), "{}", role.code());
        }
        assert_eq!(Role::ALL.len(), 14);
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn an_auditor_changes_nothing_and_only_an_admin_imports() {
        let shows = [Scope::NotesConfidential, Scope::PreferencesSensitive, Scope::StaysRevenue];
        let reads = |scope: &Scope| scope.code().ends_with(":read") || shows.contains(scope);
        assert!(Role::Auditor.scopes().iter().all(reads));
        for import in [Scope::GuestsImport, Scope::StaysImport, Scope::ComplaintsImport] {
            let importers: Vec<_> = Role::ALL.iter().filter(|role| role.scopes().contains(&import)).collect();
            assert_eq!(importers, [&Role::Admin]);
        }
    }

    #[test]
    fn every_role_has_its_texts_in_every_language() {
        for role in Role::ALL {
            for language in Language::ALL {
                for text in [role.label(language), role.description(language)] {
                    assert!(!text.is_empty() && !text.contains("roles."), "{text}");
                }
            }
            assert_ne!(role.label(Language::En), role.label(Language::ZhCn));
        }
    }

    #[test]
    fn nobody_gives_what_they_do_not_hold_there() {
        let (here, there) = (HotelId(Uuid::from_u128(1)), HotelId(Uuid::from_u128(2)));
        let manager = Authority::Grants(vec![(Some(here), Role::GeneralManager.scopes())]);
        assert!(
            manager.covers(Some(here), Role::GeneralManager) && manager.covers(Some(here), Role::FrontDesk)
        );
        assert!(!manager.covers(Some(here), Role::Admin), "may not import");
        assert!(!manager.covers(Some(there), Role::FrontDesk) && !manager.covers(None, Role::FrontDesk));
        let two = Authority::Grants(vec![
            (Some(here), Role::Auditor.scopes()),
            (Some(here), Role::FrontDesk.scopes()),
        ]);
        assert!(two.covers(Some(here), Role::Housekeeping) && !two.covers(Some(here), Role::DutyManager));
        assert!(Authority::Grants(vec![(None, Role::Admin.scopes())]).covers(Some(there), Role::Admin));
        assert!(Authority::Operator.covers(None, Role::Admin));
    }
}
