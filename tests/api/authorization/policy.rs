//! Who may do what: one row an operation. Nothing else in the tests knows it.

/// What an operation asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nobody needs to be logged in.
    Open,
    /// Anybody with a good token.
    Caller,
    /// A scope; of several, any.
    Scope(&'static [&'static str]),
}

/// What the ids in the path stand for: an object of the caller's group, as another hotel may not see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// There is no id in the path.
    Nothing,
    Guest,
    ArchivedGuest,
    RestrictedGuest,
    /// A guest by the id of another system.
    Reference,
    Note,
    ArchivedNote,
    Relationship,
    Merge,
    Duplicate,
    Preference,
    Consent,
    PreferenceCategory,
    PreferenceItem,
    ComplaintCategory,
    ComplaintSubCause,
    MessageTemplate,
    Job,
    Hotel,
    Department,
    Staff,
    SuspendedStaff,
    /// A reserved stay.
    Stay,
    /// A stay whose guest is in the house.
    StayInHouse,
    /// A cancelled stay.
    StayCancelled,
    /// A stay by the id of another system.
    StayReference,
    Partner,
    ProvisionalPartner,
    /// A stay of a guest with something to plan for it.
    PlannableStay,
    PlanItem,
    /// An item that was done.
    DonePlanItem,
    ArchivedPartner,
    MergedPartner,
    /// A partner by the id of another system.
    PartnerReference,
    /// A complaint that is recorded.
    Complaint,
    /// A complaint that nobody has judged.
    ReceivedComplaint,
    /// A complaint by the id of another system.
    ComplaintReference,
    HeldComplaint,
    /// A complaint of which it is known what happened.
    InvestigatedComplaint,
    /// A complaint for which all was done.
    DoneComplaint,
    /// A complaint whose guest was asked.
    AskedComplaint,
    ClosedComplaint,
    MergedComplaint,
    /// A complaint and a file that was added to it.
    Attachment,
    /// A complaint and a solution that waits for approval.
    PendingSolution,
    ApprovedSolution,
    ExecutedSolution,
    /// A complaint and an offer that the guest can use.
    Offer,
    /// A complaint and one of its links.
    ComplaintLink,
    /// A problem that was opened by hand.
    ServiceProblem,
    /// A problem about which something was done that works; it is analysed.
    ImprovedProblem,
    ResolvedProblem,
    /// A problem, and a complaint that does not belong to it.
    ProblemAndComplaint,
    /// A problem, and a complaint that belongs to it.
    ProblemComplaint,
    CorrectiveAction,
    /// An action that somebody has done.
    DoneCorrectiveAction,
    /// A budget on which nothing was booked.
    Budget,
    /// What a cost was booked for.
    Cost,
    /// A calendar of the group's own; it belongs to no hotel.
    ServiceCalendar,
    DutyShift,
}

impl Target {
    /// Whether every hotel of the group may see it, whoever keeps it.
    pub fn is_everybodys(self) -> bool {
        matches!(
            self,
            Partner
                | ProvisionalPartner
                | ArchivedPartner
                | MergedPartner
                | PartnerReference
                | PreferenceCategory
                | PreferenceItem
                | ComplaintCategory
                | ComplaintSubCause
                | ServiceCalendar
        )
    }
}

pub struct Row {
    pub operation: &'static str,
    pub needs: Needs,
    pub target: Target,
}

use Needs::{Caller, Open, Scope};
use Target::*;

const fn row(operation: &'static str, needs: Needs, target: Target) -> Row {
    Row { operation, needs, target }
}

const AUDIT_READ: Needs = Scope(&["audit:read"]);
const COMPLAINTS_ASSIGN: Needs = Scope(&["complaints:assign"]);
const COMPLAINTS_DECIDE: Needs = Scope(&["complaints:decide"]);
const COMPLAINTS_MERGE: Needs = Scope(&["complaints:merge"]);
const COMPLAINTS_READ: Needs = Scope(&["complaints:read"]);
const COMPLAINTS_WRITE: Needs = Scope(&["complaints:write"]);
const DUPLICATES_READ: Needs = Scope(&["duplicates:read"]);
const DUPLICATES_WRITE: Needs = Scope(&["duplicates:write"]);
const EVENTS_READ: Needs = Scope(&["events:read"]);
const GUESTS_ARCHIVE: Needs = Scope(&["guests:archive"]);
const GUESTS_EXPORT: Needs = Scope(&["guests:export"]);
const GUESTS_IMPORT: Needs = Scope(&["guests:import"]);
const GUESTS_MERGE: Needs = Scope(&["guests:merge"]);
const GUESTS_READ: Needs = Scope(&["guests:read"]);
const GUESTS_RESTRICT: Needs = Scope(&["guests:restrict"]);
const GUESTS_WRITE: Needs = Scope(&["guests:write"]);
const HOTELS_READ: Needs = Scope(&["hotels:read"]);
const HOTELS_WRITE: Needs = Scope(&["hotels:write"]);
const STAYS_IMPORT: Needs = Scope(&["stays:import"]);
const COMPLAINTS_IMPORT: Needs = Scope(&["complaints:import"]);
const JOBS: Needs = Scope(&["guests:import", "stays:import", "complaints:import", "duplicates:write"]);
const NOTES_READ: Needs = Scope(&["notes:read"]);
const NOTES_WRITE: Needs = Scope(&["notes:write"]);
const STAYS_READ: Needs = Scope(&["stays:read"]);
const STAYS_WRITE: Needs = Scope(&["stays:write"]);
const PARTNERS_READ: Needs = Scope(&["partners:read"]);
const PARTNERS_WRITE: Needs = Scope(&["partners:write"]);
const COMPLAINT_SETTINGS_READ: Needs = Scope(&["complaint_settings:read"]);
const COMPLAINT_SETTINGS_WRITE: Needs = Scope(&["complaint_settings:write"]);
const CONSENTS_READ: Needs = Scope(&["consents:read"]);
const CONSENTS_WRITE: Needs = Scope(&["consents:write"]);
const PREFERENCES_CONFIGURE: Needs = Scope(&["preferences:configure"]);
const PREFERENCES_READ: Needs = Scope(&["preferences:read"]);
const PREFERENCES_WRITE: Needs = Scope(&["preferences:write"]);
const PROBLEMS_READ: Needs = Scope(&["problems:read"]);
const PROBLEMS_WRITE: Needs = Scope(&["problems:write"]);
const RECOVERY_CONFIGURE: Needs = Scope(&["recovery:configure"]);
const RECOVERY_READ: Needs = Scope(&["recovery:read"]);
const REPORTS_READ: Needs = Scope(&["reports:read"]);
const PLANS_READ: Needs = Scope(&["plans:read"]);
const PLANS_WRITE: Needs = Scope(&["plans:write"]);
const SERVICE_LEVELS_READ: Needs = Scope(&["service_levels:read"]);
const SERVICE_LEVELS_WRITE: Needs = Scope(&["service_levels:write"]);
const DUTY_READ: Needs = Scope(&["duty:read"]);
const DUTY_WRITE: Needs = Scope(&["duty:write"]);
const STAFF_READ: Needs = Scope(&["staff:read"]);
const STAFF_WRITE: Needs = Scope(&["staff:write"]);

/// Every operation of the document.
pub const POLICY: &[Row] = &[
    row("get_jwks", Open, Nothing),
    row("get_liveness", Open, Nothing),
    row("get_readiness", Open, Nothing),
    row("login", Open, Nothing),
    row("refresh", Open, Nothing),
    row("logout", Caller, Nothing),
    row("get_me", Caller, Nothing),
    row("change_password", Caller, Nothing),
    row("list_roles", Caller, Nothing),
    row("get_catalogue", Caller, Nothing),
    row("list_audit_entries", AUDIT_READ, Nothing),
    row("list_events", EVENTS_READ, Nothing),
    row("list_hotels", HOTELS_READ, Nothing),
    row("create_hotel", HOTELS_WRITE, Nothing),
    row("get_hotel", HOTELS_READ, Hotel),
    row("update_hotel", HOTELS_WRITE, Hotel),
    row("list_departments", HOTELS_READ, Hotel),
    row("create_department", HOTELS_WRITE, Hotel),
    row("get_department", HOTELS_READ, Department),
    row("update_department", HOTELS_WRITE, Department),
    row("list_staff", STAFF_READ, Nothing),
    row("create_staff", STAFF_WRITE, Nothing),
    row("get_staff", STAFF_READ, Staff),
    row("update_staff", STAFF_WRITE, Staff),
    row("replace_memberships", STAFF_WRITE, Staff),
    row("suspend_staff", STAFF_WRITE, Staff),
    row("reactivate_staff", STAFF_WRITE, SuspendedStaff),
    row("list_guests", GUESTS_READ, Nothing),
    row("create_guest", GUESTS_WRITE, Nothing),
    row("match_guests", GUESTS_READ, Nothing),
    row("export_guests", GUESTS_EXPORT, Nothing),
    row("get_guest", GUESTS_READ, Guest),
    row("update_guest", GUESTS_WRITE, Guest),
    row("replace_guest", GUESTS_WRITE, Guest),
    row("archive_guest", GUESTS_ARCHIVE, Guest),
    row("restore_guest", GUESTS_ARCHIVE, ArchivedGuest),
    row("set_guest_restriction", GUESTS_RESTRICT, Guest),
    row("lift_guest_restriction", GUESTS_RESTRICT, RestrictedGuest),
    row("list_guest_history", GUESTS_READ, Guest),
    row("get_guest_by_ref", GUESTS_READ, Reference),
    row("upsert_guest_by_ref", GUESTS_WRITE, Reference),
    row("list_guest_notes", NOTES_READ, Guest),
    row("create_guest_note", NOTES_WRITE, Guest),
    row("get_guest_note", NOTES_READ, Note),
    row("update_guest_note", NOTES_WRITE, Note),
    row("archive_guest_note", NOTES_WRITE, Note),
    row("restore_guest_note", NOTES_WRITE, ArchivedNote),
    row("list_guest_relationships", GUESTS_READ, Guest),
    row("create_guest_relationship", GUESTS_WRITE, Guest),
    row("get_guest_relationship", GUESTS_READ, Relationship),
    row("delete_guest_relationship", GUESTS_WRITE, Relationship),
    row("list_stays", STAYS_READ, Nothing),
    row("create_stay", STAYS_WRITE, Nothing),
    row("get_stay", STAYS_READ, Stay),
    row("update_stay", STAYS_WRITE, Stay),
    row("delete_stay", STAYS_WRITE, Stay),
    row("get_stay_by_ref", STAYS_READ, StayReference),
    row("deliver_stay", STAYS_WRITE, StayReference),
    row("mark_stay_due_in", STAYS_WRITE, Stay),
    row("check_in_stay", STAYS_WRITE, Stay),
    row("check_out_stay", STAYS_WRITE, StayInHouse),
    row("cancel_stay", STAYS_WRITE, Stay),
    row("mark_stay_no_show", STAYS_WRITE, Stay),
    row("reinstate_stay", STAYS_WRITE, StayCancelled),
    row("move_stay_room", STAYS_WRITE, StayInHouse),
    row("get_guest_statistics", STAYS_READ, Guest),
    row("list_preference_suggestions", STAYS_READ, Stay),
    row("accept_preference_suggestions", PREFERENCES_WRITE, Stay),
    row("dismiss_preference_suggestions", PREFERENCES_WRITE, Stay),
    row("list_duplicates", DUPLICATES_READ, Nothing),
    row("create_duplicate_scan", DUPLICATES_WRITE, Nothing),
    row("dismiss_duplicate", DUPLICATES_WRITE, Duplicate),
    row("list_merges", GUESTS_MERGE, Nothing),
    row("create_merge", GUESTS_MERGE, Nothing),
    row("preview_merge", GUESTS_MERGE, Nothing),
    row("get_merge", GUESTS_MERGE, Merge),
    row("undo_merge", GUESTS_MERGE, Merge),
    row("preview_unmerge", GUESTS_MERGE, Merge),
    row("list_partners", PARTNERS_READ, Nothing),
    row("create_partner", PARTNERS_WRITE, Nothing),
    row("get_partner", PARTNERS_READ, Partner),
    row("update_partner", PARTNERS_WRITE, Partner),
    row("get_partner_by_ref", PARTNERS_READ, PartnerReference),
    row("upsert_partner_by_ref", PARTNERS_WRITE, PartnerReference),
    row("confirm_partner", PARTNERS_WRITE, ProvisionalPartner),
    row("archive_partner", PARTNERS_WRITE, Partner),
    row("restore_partner", PARTNERS_WRITE, ArchivedPartner),
    row("merge_partner", PARTNERS_WRITE, Partner),
    row("unmerge_partner", PARTNERS_WRITE, MergedPartner),
    row("get_preference_catalogue", PREFERENCES_READ, Nothing),
    row("list_service_calendars", SERVICE_LEVELS_READ, Nothing),
    row("get_service_calendar", SERVICE_LEVELS_READ, ServiceCalendar),
    row("put_service_calendar", SERVICE_LEVELS_WRITE, ServiceCalendar),
    row("delete_service_calendar", SERVICE_LEVELS_WRITE, ServiceCalendar),
    row("get_service_level_policies", SERVICE_LEVELS_READ, Nothing),
    row("put_service_level_policies", SERVICE_LEVELS_WRITE, Nothing),
    row("preview_service_levels", SERVICE_LEVELS_READ, Nothing),
    row("list_duty_shifts", DUTY_READ, Hotel),
    row("create_duty_shift", DUTY_WRITE, Hotel),
    row("get_duty_shift", DUTY_READ, DutyShift),
    row("update_duty_shift", DUTY_WRITE, DutyShift),
    row("delete_duty_shift", DUTY_WRITE, DutyShift),
    row("put_preference_category", PREFERENCES_CONFIGURE, PreferenceCategory),
    row("retire_preference_category", PREFERENCES_CONFIGURE, PreferenceCategory),
    row("put_preference_item", PREFERENCES_CONFIGURE, PreferenceItem),
    row("retire_preference_item", PREFERENCES_CONFIGURE, PreferenceItem),
    row("get_needs_report", REPORTS_READ, Nothing),
    row("get_guest_preferences", PREFERENCES_READ, Guest),
    row("replace_guest_preferences", PREFERENCES_WRITE, Guest),
    row("create_guest_preference", PREFERENCES_WRITE, Guest),
    row("get_guest_preference", PREFERENCES_READ, Preference),
    row("update_guest_preference", PREFERENCES_WRITE, Preference),
    row("remove_guest_preference", PREFERENCES_WRITE, Preference),
    row("list_guest_consents", CONSENTS_READ, Guest),
    row("create_guest_consent", CONSENTS_WRITE, Guest),
    row("get_guest_consent", CONSENTS_READ, Consent),
    row("withdraw_guest_consent", CONSENTS_WRITE, Consent),
    row("draw_preference_plan", PLANS_WRITE, PlannableStay),
    row("get_preference_plan", PLANS_READ, PlannableStay),
    row("list_plan_items", PLANS_READ, Nothing),
    row("get_plan_item", PLANS_READ, PlanItem),
    row("complete_plan_item", PLANS_WRITE, PlanItem),
    row("refuse_plan_item", PLANS_WRITE, PlanItem),
    row("reopen_plan_item", PLANS_WRITE, DonePlanItem),
    row("get_fulfilment_report", REPORTS_READ, Nothing),
    row("get_authority_limits", RECOVERY_READ, Nothing),
    row("replace_authority_limits", RECOVERY_CONFIGURE, Nothing),
    row("list_budgets", RECOVERY_READ, Nothing),
    row("create_budget", RECOVERY_CONFIGURE, Nothing),
    row("get_budget", RECOVERY_READ, Budget),
    row("update_budget", RECOVERY_CONFIGURE, Budget),
    row("delete_budget", RECOVERY_CONFIGURE, Budget),
    row("list_cost_entries", RECOVERY_READ, Nothing),
    row("get_complaint_report", REPORTS_READ, Nothing),
    row("get_cost_report", REPORTS_READ, Nothing),
    row("list_complaint_categories", COMPLAINT_SETTINGS_READ, Nothing),
    row("suggest_complaint_categories", COMPLAINT_SETTINGS_READ, Nothing),
    row("get_complaint_category", COMPLAINT_SETTINGS_READ, ComplaintCategory),
    row("put_complaint_category", COMPLAINT_SETTINGS_WRITE, ComplaintCategory),
    row("retire_complaint_category", COMPLAINT_SETTINGS_WRITE, ComplaintCategory),
    row("list_complaint_sub_causes", COMPLAINT_SETTINGS_READ, Nothing),
    row("get_complaint_sub_cause", COMPLAINT_SETTINGS_READ, ComplaintSubCause),
    row("put_complaint_sub_cause", COMPLAINT_SETTINGS_WRITE, ComplaintSubCause),
    row("retire_complaint_sub_cause", COMPLAINT_SETTINGS_WRITE, ComplaintSubCause),
    row("get_complaint_routing", COMPLAINT_SETTINGS_READ, Nothing),
    row("put_complaint_routing", COMPLAINT_SETTINGS_WRITE, Nothing),
    row("preview_complaint_routing", COMPLAINT_SETTINGS_READ, Nothing),
    row("list_message_templates", COMPLAINT_SETTINGS_READ, Nothing),
    row("get_message_template", COMPLAINT_SETTINGS_READ, MessageTemplate),
    row("put_message_template", COMPLAINT_SETTINGS_WRITE, MessageTemplate),
    row("retire_message_template", COMPLAINT_SETTINGS_WRITE, MessageTemplate),
    row("render_message_template", COMPLAINT_SETTINGS_READ, MessageTemplate),
    row("get_arrivals_brief", STAYS_READ, Hotel),
    row("get_guest_overview", GUESTS_READ, Guest),
    row("list_guest_timeline", GUESTS_READ, Guest),
    row("list_complaints", COMPLAINTS_READ, Nothing),
    row("create_complaint", COMPLAINTS_WRITE, Nothing),
    row("get_complaint_by_ref", COMPLAINTS_READ, ComplaintReference),
    row("deliver_complaint", COMPLAINTS_WRITE, ComplaintReference),
    row("get_complaint", COMPLAINTS_READ, Complaint),
    row("update_complaint", COMPLAINTS_WRITE, Complaint),
    row("classify_complaint", COMPLAINTS_WRITE, ReceivedComplaint),
    row("assign_complaint", COMPLAINTS_ASSIGN, Complaint),
    row("acknowledge_complaint", COMPLAINTS_WRITE, Complaint),
    row("attend_complaint", COMPLAINTS_WRITE, Complaint),
    row("investigate_complaint", COMPLAINTS_WRITE, Complaint),
    row("hold_complaint", COMPLAINTS_WRITE, Complaint),
    row("resume_complaint", COMPLAINTS_WRITE, HeldComplaint),
    row("escalate_complaint", COMPLAINTS_WRITE, Complaint),
    row("follow_up_complaint", COMPLAINTS_WRITE, DoneComplaint),
    row("close_complaint", COMPLAINTS_WRITE, AskedComplaint),
    row("reopen_complaint", COMPLAINTS_WRITE, ClosedComplaint),
    row("withdraw_complaint", COMPLAINTS_WRITE, Complaint),
    row("reject_complaint", COMPLAINTS_DECIDE, Complaint),
    row("merge_complaint", COMPLAINTS_MERGE, Complaint),
    row("unmerge_complaint", COMPLAINTS_MERGE, MergedComplaint),
    row("split_complaint", COMPLAINTS_MERGE, Complaint),
    row("get_guest_compensations", COMPLAINTS_READ, Guest),
    row("propose_solution", COMPLAINTS_WRITE, InvestigatedComplaint),
    row("approve_solution", COMPLAINTS_DECIDE, PendingSolution),
    row("decline_solution", COMPLAINTS_DECIDE, PendingSolution),
    row("call_off_solution", COMPLAINTS_WRITE, ApprovedSolution),
    row("execute_solution", COMPLAINTS_WRITE, ApprovedSolution),
    row("verify_solution", COMPLAINTS_WRITE, ExecutedSolution),
    row("redeem_solution", COMPLAINTS_WRITE, Offer),
    row("invite_rating", COMPLAINTS_WRITE, AskedComplaint),
    row("preview_rating", Open, Nothing),
    row("rate_complaint", Open, Nothing),
    row("list_complaint_messages", COMPLAINTS_READ, Complaint),
    row("create_complaint_message", COMPLAINTS_WRITE, Complaint),
    row("draft_complaint_message", COMPLAINTS_READ, Complaint),
    row("list_complaint_attachments", COMPLAINTS_READ, Complaint),
    row("create_complaint_attachment", COMPLAINTS_WRITE, Complaint),
    row("get_complaint_attachment", COMPLAINTS_READ, Attachment),
    row("get_complaint_attachment_content", COMPLAINTS_READ, Attachment),
    row("delete_complaint_attachment", COMPLAINTS_WRITE, Attachment),
    row("list_complaint_links", COMPLAINTS_READ, Complaint),
    row("create_complaint_link", COMPLAINTS_WRITE, Complaint),
    row("delete_complaint_link", COMPLAINTS_WRITE, ComplaintLink),
    row("list_problems", PROBLEMS_READ, Nothing),
    row("create_problem", PROBLEMS_WRITE, Nothing),
    row("get_problem", PROBLEMS_READ, ServiceProblem),
    row("update_problem", PROBLEMS_WRITE, ServiceProblem),
    row("analyse_problem", PROBLEMS_WRITE, ServiceProblem),
    row("resolve_problem", PROBLEMS_WRITE, ImprovedProblem),
    row("close_problem", PROBLEMS_WRITE, ResolvedProblem),
    row("reopen_problem", PROBLEMS_WRITE, ResolvedProblem),
    row("list_problem_complaints", PROBLEMS_READ, ServiceProblem),
    row("add_problem_complaint", PROBLEMS_WRITE, ProblemAndComplaint),
    row("remove_problem_complaint", PROBLEMS_WRITE, ProblemComplaint),
    row("notify_problem", PROBLEMS_WRITE, ImprovedProblem),
    row("list_problem_actions", PROBLEMS_READ, ServiceProblem),
    row("create_corrective_action", PROBLEMS_WRITE, ServiceProblem),
    row("list_corrective_actions", PROBLEMS_READ, Nothing),
    row("get_corrective_action", PROBLEMS_READ, CorrectiveAction),
    row("update_corrective_action", PROBLEMS_WRITE, CorrectiveAction),
    row("start_corrective_action", PROBLEMS_WRITE, CorrectiveAction),
    row("complete_corrective_action", PROBLEMS_WRITE, CorrectiveAction),
    row("verify_corrective_action", PROBLEMS_WRITE, DoneCorrectiveAction),
    row("cancel_corrective_action", PROBLEMS_WRITE, CorrectiveAction),
    row("list_complaint_timeline", COMPLAINTS_READ, Complaint),
    row("create_guest_import", GUESTS_IMPORT, Nothing),
    row("create_stay_import", STAYS_IMPORT, Nothing),
    row("create_complaint_import", COMPLAINTS_IMPORT, Nothing),
    row("list_jobs", JOBS, Nothing),
    row("get_job", JOBS, Job),
    row("cancel_job", JOBS, Job),
    row("list_job_rows", JOBS, Job),
];

/// The operations that do not answer 404 for what is hidden: a reference is free in each group, and one that
/// another hotel holds is taken, without a word of who holds it.
pub const UPSERTS: &[&str] =
    &["upsert_guest_by_ref", "upsert_partner_by_ref", "deliver_stay", "deliver_complaint"];

pub fn row_of(operation: &str) -> &'static Row {
    POLICY
        .iter()
        .find(|row| row.operation == operation)
        .unwrap_or_else(|| panic!("{operation} has no policy"))
}
