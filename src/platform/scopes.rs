//! Scopes: the smallest things a role may do. A role is a named set of them (`staff::roles`).

/// Declares the scopes once: enum, code and description.
macro_rules! scopes {
    ($($name:ident = $code:literal, $text:literal;)+) => {
        /// What an operation asks of the caller.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Scope {
            $(#[doc = $text] $name,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Stable code, `resource:verb`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// What it allows, in English.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

scopes! {
    AuditRead = "audit:read", "Read the audit log and change histories.";
    ComplaintSettingsRead = "complaint_settings:read", "Read what complaints are sorted and routed by, and message templates.";
    ComplaintSettingsWrite = "complaint_settings:write", "Change what complaints are sorted and routed by, and message templates.";
    ComplaintsAssign = "complaints:assign", "Give complaints to others.";
    ComplaintsDecide = "complaints:decide", "Approve and refuse solutions within one's limits, and refuse complaints.";
    ComplaintsImport = "complaints:import", "Import complaints in bulk.";
    ComplaintsMerge = "complaints:merge", "Merge, unmerge and split complaints.";
    ComplaintsRead = "complaints:read", "Read complaints.";
    ComplaintsWrite = "complaints:write", "Take in complaints and work on them.";
    ConsentsRead = "consents:read", "Read consents of guests.";
    ConsentsWrite = "consents:write", "Record and withdraw consents of guests.";
    DuplicatesRead = "duplicates:read", "See suggested duplicate guests.";
    DuplicatesWrite = "duplicates:write", "Start duplicate scans and dismiss suggestions.";
    DutyRead = "duty:read", "See who is on duty.";
    DutyWrite = "duty:write", "Say who is on duty.";
    EventsRead = "events:read", "Read the change feed.";
    GuestsArchive = "guests:archive", "Archive and restore guests.";
    GuestsExport = "guests:export", "Export guests in bulk.";
    GuestsImport = "guests:import", "Import guests in bulk.";
    GuestsMerge = "guests:merge", "Merge and unmerge guests.";
    GuestsRead = "guests:read", "Read, search and match guests.";
    GuestsRestrict = "guests:restrict", "Put guests under restriction and lift it.";
    GuestsWrite = "guests:write", "Create and change guests.";
    HotelsRead = "hotels:read", "Read hotels and departments.";
    HotelsWrite = "hotels:write", "Change hotels and departments.";
    NotesConfidential = "notes:confidential", "Read and write confidential notes.";
    NotesRead = "notes:read", "Read notes on guests.";
    NotesWrite = "notes:write", "Write notes on guests.";
    PartnersRead = "partners:read", "Read business partners.";
    PartnersWrite = "partners:write", "Create, change, confirm and merge business partners.";
    PlansRead = "plans:read", "Read preference plans and how far they were fulfilled.";
    PlansWrite = "plans:write", "Draw preference plans and say what came of their items.";
    PreferencesConfigure = "preferences:configure", "Change the preference catalogue.";
    PreferencesRead = "preferences:read", "Read preferences of guests and the preference catalogue.";
    PreferencesSensitive = "preferences:sensitive", "Read and write preferences that tell of health, religion or disability.";
    PreferencesWrite = "preferences:write", "Write preferences of guests.";
    ProblemsRead = "problems:read", "Read problems and corrective actions.";
    ProblemsWrite = "problems:write", "Work on problems and corrective actions, and tell guests what was improved.";
    RecoveryConfigure = "recovery:configure", "Set limits of authority and budgets.";
    RecoveryRead = "recovery:read", "Read limits of authority, budgets and the cost ledger.";
    ReportsRead = "reports:read", "Read figures over guests and stays.";
    ServiceLevelsRead = "service_levels:read", "Read service calendars and service-level policies.";
    ServiceLevelsWrite = "service_levels:write", "Change service calendars and service-level policies.";
    StaffRead = "staff:read", "Read staff accounts.";
    StaffWrite = "staff:write", "Create, change and suspend staff accounts.";
    StaysImport = "stays:import", "Import stays in bulk.";
    StaysRead = "stays:read", "Read stays.";
    StaysRevenue = "stays:revenue", "See what stays brought in.";
    StaysWrite = "stays:write", "Create, deliver and change stays.";
}
