//! What clients see of complaints.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::complaint_settings::model::{CauseCategory, FailureOrigin, Priority};
use crate::complaints::aftercare::{AftercareBar, AftercareStatus};
use crate::complaints::api::history_view::ComplaintHistory;
use crate::complaints::api::solution_view::SolutionView;
use crate::complaints::api::wire::{
    ComplaintContact, ComplaintDispute, ComplaintRef, ComplaintReporter, ComplaintTag,
};
use crate::complaints::machine::{ComplaintMove, ComplaintNeed};
use crate::complaints::model::{
    Complaint, ComplaintChannel, ComplaintStatus, ContactChannel, ContactOutcome, Finding, HoldReason,
    Severity, StatusCategory,
};
use crate::complaints::seen::Seen;
use crate::complaints::timing::{Clock, ClockStatus};
use crate::kit::clock::Instant;
use crate::kit::ids::StaffId;
use crate::service_levels::model::ClockKind;

/// A member of staff.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintStaff {
    /// The account.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    staff_id: uuid::Uuid,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("陈雨桐"))]
    display_name: Option<String>,
}

impl ComplaintStaff {
    pub(super) fn of(seen: &Seen, id: StaffId) -> Self {
        Self { staff_id: id.0, display_name: seen.staff.get(&id).cloned() }
    }
}

/// The guest of a complaint.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintGuest {
    /// The guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// What the guest is called now; left out for guests the caller may not see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 1000, examples("王小明"))]
    display_name: Option<String>,
}

/// How a clock of a complaint stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintClock {
    /// What it measures.
    #[schema(examples("acknowledge"))]
    kind: ClockKind,
    /// How it stands.
    #[schema(examples("running"))]
    status: ClockStatus,
    /// When it began: at the receipt, or when the complaint was opened again.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    started_at: String,
    /// When it is due; absent while it is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:35:00.000000Z"))]
    due_at: Option<String>,
    /// When it warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:33:45.000000Z"))]
    warn_at: Option<String>,
    /// When it was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:33:00.000000Z"))]
    stopped_at: Option<String>,
    /// Seconds between due time and stop, or now; 0 when in time.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    breached_by_s: i64,
}

impl ComplaintClock {
    fn of(clock: &Clock, now: Instant) -> Self {
        let late = clock.due_at.map(|due| clock.stopped_at.unwrap_or(now).since(due).as_secs());
        let late = if clock.void { None } else { late };
        Self {
            kind: clock.kind,
            status: clock.status(now),
            started_at: clock.started_at.to_string(),
            due_at: clock.due_at.map(|at| at.to_string()),
            warn_at: clock.warn_at.map(|at| at.to_string()),
            stopped_at: clock.stopped_at.map(|at| at.to_string()),
            breached_by_s: late.and_then(|late| i64::try_from(late).ok()).unwrap_or(0),
        }
    }
}

/// A move that is allowed now, and what it still needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintNextMove {
    /// The move.
    #[serde(rename = "move")]
    #[schema(examples("classify"))]
    wanted: ComplaintMove,
    /// What it still needs; nothing when it can be made.
    #[schema(max_items = 10, examples(json!([])))]
    needs: Vec<ComplaintNeed>,
    /// Whether the caller has the scope for it.
    #[schema(examples(true))]
    permitted: bool,
}

/// A time during which a complaint waited.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintHold {
    /// From when.
    #[schema(format = DateTime, examples("2026-12-20T09:00:00.000000Z"))]
    from: String,
    /// Until when; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T10:00:00.000000Z"))]
    until: Option<String>,
    /// For whom.
    #[schema(examples("waiting_guest"))]
    reason: HoldReason,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("客人外出，约定晚上回复"))]
    note: Option<String>,
    /// Who said so.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    by: uuid::Uuid,
}

/// That a complaint was taken to somebody higher.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintEscalation {
    /// 1 the department head, 2 the duty manager, 3 the general manager.
    #[schema(minimum = 1, maximum = 3, examples(1))]
    level: i32,
    /// When.
    #[schema(format = DateTime, examples("2026-12-20T08:36:00.000000Z"))]
    at: String,
    /// Why.
    #[schema(max_length = 2000, examples("Guest asks for the manager"))]
    reason: String,
    /// By whom; the nil id when a clock did.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    by: uuid::Uuid,
    /// Who was on duty in that role.
    #[schema(max_items = 1000)]
    told: Vec<ComplaintStaff>,
}

/// What was found out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintInvestigation {
    /// When it began.
    #[schema(format = DateTime, examples("2026-12-20T08:40:00.000000Z"))]
    started_at: String,
    /// Who began it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    started_by: uuid::Uuid,
    /// The result; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("substantiated"))]
    finding: Option<Finding>,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("空调压缩机故障，客房温度 29 度"))]
    summary: Option<String>,
    /// What lies beneath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("滤网三个月未清洗"))]
    root_cause: Option<String>,
    /// Staff who were asked.
    #[schema(max_items = 50, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    interviewed_staff_ids: Vec<uuid::Uuid>,
    /// When the result was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T09:10:00.000000Z"))]
    found_at: Option<String>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    found_by: Option<uuid::Uuid>,
}

/// An attempt to ask the guest.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintFollowUpView {
    /// When.
    #[schema(format = DateTime, examples("2026-12-21T03:00:00.000000Z"))]
    at: String,
    /// By whom.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    by: uuid::Uuid,
    /// How.
    #[schema(examples("phone"))]
    channel: ContactChannel,
    /// What came of it.
    #[schema(examples("satisfied"))]
    outcome: ContactOutcome,
    /// The guest's mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(5))]
    rating: Option<i32>,
    /// The guest's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("处理得很快，谢谢"))]
    comment: Option<String>,
}

/// That the guest is asked after the close.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintAftercare {
    /// How it stands.
    #[schema(examples("planned"))]
    status: AftercareStatus,
    /// From when on the guest is to be asked.
    #[schema(format = DateTime, examples("2026-12-24T03:00:00.000000Z"))]
    due_at: String,
    /// How; absent when the guest is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("phone"))]
    channel: Option<ContactChannel>,
    /// Why the guest is not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("no_consent"))]
    reason: Option<AftercareBar>,
}

/// How a complaint ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintEnding {
    /// When.
    #[schema(format = DateTime, examples("2026-12-21T03:05:00.000000Z"))]
    at: String,
    /// Who said so.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    by: uuid::Uuid,
    /// Why, or how it was resolved.
    #[schema(max_length = 10000, examples("空调已更换，客人满意"))]
    text: String,
    /// What the hotel learned; of closed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 10000, examples("滤网改为每月清洗"))]
    lesson: Option<String>,
}

/// Code of a department that is told of a complaint.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 40, examples("guest-relations"))]
pub struct InformedDepartment(String);

/// A complaint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Complaint)]
pub struct ComplaintView {
    /// Id of the complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    id: uuid::Uuid,
    /// Version, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    version: i64,
    /// What people call it: hotel, year, and a number without gaps.
    #[schema(max_length = 60, examples("XIHU-2026-00042"))]
    number: String,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// How far it has come.
    #[schema(examples("recorded"))]
    status: ComplaintStatus,
    /// The status at a glance.
    #[schema(examples("open"))]
    status_category: StatusCategory,
    /// The guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    guest: Option<ComplaintGuest>,
    /// The stay it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    stay_id: Option<uuid::Uuid>,
    /// The partner who is concerned, or told of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e10"))]
    partner_id: Option<uuid::Uuid>,
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("1208"))]
    room: Option<String>,
    /// Whether the guest was in the house when it was received.
    #[schema(examples(true))]
    in_house: bool,
    /// The matter in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("空调不制冷"))]
    subject: Option<String>,
    /// The beginning of the guest's words.
    #[schema(max_length = 200, examples("空调不制冷，半夜热醒了两次。"))]
    excerpt: String,
    /// How the hotel heard of it.
    #[schema(examples("front_desk"))]
    channel: ComplaintChannel,
    /// The language of the words, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 35, examples("zh-CN"))]
    language: Option<String>,
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T02:00:00.000000Z"))]
    occurred_at: Option<String>,
    /// When the hotel heard of it.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    received_at: String,
    /// Code of what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("temperature"))]
    category: Option<String>,
    /// Why it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("product_quality"))]
    cause_category: Option<CauseCategory>,
    /// Code of the department that answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("engineering"))]
    department: Option<String>,
    /// Code of the department that handles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("guest-relations"))]
    handling_department: Option<String>,
    /// How grave it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("general"))]
    severity: Option<Severity>,
    /// What comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("normal"))]
    priority: Option<Priority>,
    /// Who handles it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    owner: Option<ComplaintStaff>,
    /// Whether it waits for somebody outside.
    #[schema(examples(false))]
    on_hold: bool,
    /// How far up it was taken; 0 for nowhere.
    #[schema(minimum = 0, maximum = 3, examples(0))]
    escalation_level: i32,
    /// How often it was opened again.
    #[schema(minimum = 0, maximum = 1000, examples(0))]
    reopen_count: i64,
    /// When the first of its running clocks is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:35:00.000000Z"))]
    next_due_at: Option<String>,
    /// Which of its running clocks are too late.
    #[schema(max_items = 10, examples(json!([])))]
    breached: Vec<ClockKind>,
    /// What it cost so far, in the smallest unit of the currency.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    cost_minor: i64,
    /// The hotel's currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: &'static str,
    /// Words to find it by.
    #[schema(max_items = 50, examples(json!([])))]
    tags: Vec<ComplaintTag>,
    /// When it was last changed.
    #[schema(format = DateTime, examples("2026-12-20T08:30:05.000000Z"))]
    updated_at: String,
    /// Who told of it.
    reporter: ComplaintReporter,
    /// How they can be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    contact: Option<ComplaintContact>,
    /// Any other place than the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("大堂吧"))]
    location: Option<String>,
    /// The thing that failed, as the hotel numbers its things.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("AC-1208"))]
    asset: Option<String>,
    /// The guest's own words, character by character; left out of lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 50000, examples("空调不制冷，半夜热醒了两次。"))]
    description: Option<String>,
    /// What the guest wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("换房"))]
    demand: Option<String>,
    /// How the guest feels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("angry"))]
    emotion: Option<String>,
    /// Code of the exact cause.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("ac_not_cooling"))]
    sub_cause: Option<String>,
    /// Where the failure came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("system_defect"))]
    failure_origin: Option<FailureOrigin>,
    /// Name of the routing rule that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("general"))]
    routed_by: Option<String>,
    /// Codes of the other departments that the routing rule tells of it.
    #[schema(max_items = 8)]
    informed_departments: Vec<InformedDepartment>,
    /// Fields of the hotel's own.
    #[schema(additional_properties, examples(json!({})))]
    custom_fields: BTreeMap<String, String>,
    /// Ids in other systems.
    #[schema(max_items = 50)]
    external_refs: Vec<ComplaintRef>,
    /// Who first took it up (首问责任人).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    first_contact: Option<ComplaintStaff>,
    /// Staff who follow it beside its owner.
    #[schema(max_items = 50)]
    watchers: Vec<ComplaintStaff>,
    /// That the guest takes it to somebody outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dispute: Option<ComplaintDispute>,
    /// The clocks of the present round.
    #[schema(max_items = 10)]
    clocks: Vec<ComplaintClock>,
    /// Seconds that it waited for somebody outside, all together.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    hold_seconds: i64,
    /// The times it waited.
    #[schema(max_items = 1000)]
    holds: Vec<ComplaintHold>,
    /// How far up it was taken.
    #[schema(max_items = 100)]
    escalations: Vec<ComplaintEscalation>,
    /// What was found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    investigation: Option<ComplaintInvestigation>,
    /// What is done for the guest.
    #[schema(max_items = 50)]
    solutions: Vec<SolutionView>,
    /// Attempts to ask the guest.
    #[schema(max_items = 100)]
    follow_ups: Vec<ComplaintFollowUpView>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ending: Option<ComplaintEnding>,
    /// That the guest is asked after the close; absent before, and when the service level does not ask for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    aftercare: Option<ComplaintAftercare>,
    /// When the guest last said something.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    last_guest_contact_at: Option<String>,
    /// When the hotel last said something to the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime, examples("2026-12-20T08:33:00.000000Z"))]
    last_staff_contact_at: Option<String>,
    /// The complaint it became part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"))]
    merged_into: Option<uuid::Uuid>,
    /// Complaints that became part of it, as they came: their messages and files are listed with its own.
    #[schema(max_items = 1000)]
    merged_from: Vec<uuid::Uuid>,
    /// Complaints that were split from it, as they went.
    #[schema(max_items = 1000)]
    split_into: Vec<uuid::Uuid>,
    /// The complaint it was split from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"))]
    split_from: Option<uuid::Uuid>,
    /// The problem it belongs to: what it has in common with others. It may come to belong to one without a change of its
    /// own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"))]
    problem_id: Option<uuid::Uuid>,
    /// What it brought with it from another system; absent for one that was taken in here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    history: Option<ComplaintHistory>,
    /// The moves its status allows, in the order of the work, and what each still needs.
    #[schema(max_items = 30)]
    moves: Vec<ComplaintNextMove>,
    /// When it was written down.
    #[schema(format = DateTime, examples("2026-12-20T08:30:05.000000Z"))]
    created_at: String,
    /// By whom.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
    /// Who last changed it.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    updated_by: uuid::Uuid,
}

/// Characters of the guest's words in a list.
const EXCERPT: usize = 200;

impl ComplaintView {
    /// Everything about a complaint; with its words, when it is told as a `whole`.
    pub fn of(complaint: &Complaint, seen: &Seen, whole: bool) -> Self {
        let Complaint { facts, class, progress, .. } = complaint;
        let clocks = seen.clocks(complaint);
        let due = clocks.iter().filter(|clock| clock.runs()).filter_map(|clock| clock.due_at).min();
        let breached = clocks.iter().filter(|clock| clock.status(seen.now) == ClockStatus::Breached);
        let solutions = seen.solutions_of(complaint);
        let held = progress.holds.iter().fold(0, |sum: u64, hold| {
            sum.saturating_add(hold.until.unwrap_or(seen.now).since(hold.from).as_secs())
        });
        Self {
            id: complaint.id.0,
            version: complaint.version,
            number: complaint.number.clone(),
            hotel_id: complaint.hotel_id.0,
            status: complaint.status,
            status_category: complaint.category(),
            guest: facts.guest.map(|guest| ComplaintGuest {
                guest_id: guest.id.0,
                display_name: seen.guests.get(&guest.id).cloned(),
            }),
            stay_id: facts.stay_id.map(Into::into),
            partner_id: facts.partner_id.map(Into::into),
            room: facts.room.clone(),
            in_house: seen.in_house(complaint),
            subject: facts.subject.clone(),
            excerpt: facts.description.chars().take(EXCERPT).collect(),
            channel: facts.channel,
            language: facts.language.clone(),
            occurred_at: facts.occurred_at.map(|at| at.to_string()),
            received_at: facts.received_at.to_string(),
            category: class.category.clone(),
            cause_category: class.cause_category,
            department: class.department.clone(),
            handling_department: class.handling_department.clone(),
            severity: class.severity,
            priority: class.priority,
            owner: progress.owner_id.map(|owner| ComplaintStaff::of(seen, owner)),
            on_hold: progress.hold().is_some(),
            escalation_level: progress.level(),
            reopen_count: i64::try_from(progress.reopened()).unwrap_or(i64::MAX),
            next_due_at: due.map(|at| at.to_string()),
            breached: breached.map(|clock| clock.kind).collect(),
            cost_minor: complaint.cost_minor,
            currency: complaint.currency.code(),
            tags: facts.tags.iter().cloned().map(ComplaintTag).collect(),
            updated_at: complaint.updated.0.to_string(),
            reporter: ComplaintReporter::of(&facts.reporter),
            contact: facts.contact.as_ref().map(ComplaintContact::of),
            location: facts.location.clone(),
            asset: facts.asset.clone(),
            description: whole.then(|| facts.description.clone()),
            demand: facts.demand.clone(),
            emotion: facts.emotion.clone(),
            sub_cause: class.sub_cause.clone(),
            failure_origin: class.failure_origin,
            routed_by: class.routed_by.clone(),
            informed_departments: class.informed.iter().cloned().map(InformedDepartment).collect(),
            custom_fields: facts.custom_fields.clone(),
            external_refs: facts.external_refs.iter().map(ComplaintRef::of).collect(),
            first_contact: progress.first_contact_id.map(|one| ComplaintStaff::of(seen, one)),
            watchers: progress.watchers.iter().map(|one| ComplaintStaff::of(seen, *one)).collect(),
            dispute: progress.dispute.as_ref().map(ComplaintDispute::of),
            clocks: clocks.iter().map(|one| ComplaintClock::of(one, seen.now)).collect(),
            hold_seconds: i64::try_from(held).unwrap_or(i64::MAX),
            holds: progress
                .holds
                .iter()
                .map(|hold| ComplaintHold {
                    from: hold.from.to_string(),
                    until: hold.until.map(|at| at.to_string()),
                    reason: hold.reason,
                    note: hold.note.clone(),
                    by: hold.by.0,
                })
                .collect(),
            escalations: progress
                .escalations
                .iter()
                .map(|one| ComplaintEscalation {
                    level: one.level,
                    at: one.at.to_string(),
                    reason: one.reason.clone(),
                    by: one.by.0,
                    told: one.told.iter().map(|staff| ComplaintStaff::of(seen, *staff)).collect(),
                })
                .collect(),
            investigation: progress.investigation.as_ref().map(|one| ComplaintInvestigation {
                started_at: one.started.0.to_string(),
                started_by: one.started.1.0,
                finding: one.finding,
                summary: one.summary.clone(),
                root_cause: one.root_cause.clone(),
                interviewed_staff_ids: one.interviewed.iter().map(|staff| staff.0).collect(),
                found_at: one.found.map(|(at, _)| at.to_string()),
                found_by: one.found.map(|(_, by)| by.0),
            }),
            solutions: solutions.iter().map(SolutionView::from).collect(),
            follow_ups: progress
                .follow_ups
                .iter()
                .map(|one| ComplaintFollowUpView {
                    at: one.at.to_string(),
                    by: one.by.0,
                    channel: one.channel,
                    outcome: one.outcome,
                    rating: one.rating,
                    comment: one.comment.clone(),
                })
                .collect(),
            ending: progress.ending.as_ref().map(|one| ComplaintEnding {
                at: one.at.to_string(),
                by: one.by.0,
                text: one.text.clone(),
                lesson: one.lesson.clone(),
            }),
            aftercare: seen.aftercare.get(&complaint.id).map(|one| ComplaintAftercare {
                status: one.status(&progress.follow_ups, seen.now),
                due_at: one.due_at.to_string(),
                channel: one.channel,
                reason: one.barred,
            }),
            last_guest_contact_at: progress.last_guest_contact_at.map(|at| at.to_string()),
            last_staff_contact_at: progress.last_staff_contact_at.map(|at| at.to_string()),
            merged_into: progress.merged.as_ref().map(|merged| merged.complaint.0),
            merged_from: progress.joined.iter().map(|one| one.0).collect(),
            split_into: progress.split_into.iter().map(|one| one.0).collect(),
            split_from: progress.split_from.map(Into::into),
            problem_id: seen.problems.get(&complaint.id).map(|id| id.0),
            history: progress.history.as_ref().map(ComplaintHistory::of),
            moves: seen
                .moves(complaint)
                .into_iter()
                .map(|(wanted, needs, permitted)| ComplaintNextMove { wanted, needs, permitted })
                .collect(),
            created_at: complaint.created.0.to_string(),
            created_by: complaint.created.1.0,
            updated_by: complaint.updated.1.0,
        }
    }
}

crate::page! {
    /// A page of complaints.
    ComplaintPage of ComplaintView
}
