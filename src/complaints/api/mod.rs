//! The HTTP side of complaints.

mod attachment_contents;
mod attachments;
mod compensation;
mod deliver;
mod history_view;
mod links;
mod list;
mod messages;
mod move_wire;
mod moves;
pub mod parse;
pub mod rating;
mod report;
mod resources;
mod solution_view;
mod solutions;
pub mod view;
pub mod wire;

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::complaints::api::view::ComplaintView;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::Complaint;
use crate::complaints::seen::{Rights, Seen};
use crate::db::{Reads, Tx};
use crate::kit::ids::ComplaintId;
use crate::platform::context::Ctx;
use crate::platform::scopes::Scope;
use crate::web::access::Principal;
use crate::web::app::App;
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// Mounts the operations. Fixed paths come before those with an id in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list::list_complaints)
        .service(resources::create_complaint)
        .service(resources::get_complaint_by_ref)
        .service(deliver::deliver_complaint)
        .service(resources::get_complaint)
        .service(resources::update_complaint)
        .service(moves::classify_complaint)
        .service(moves::assign_complaint)
        .service(moves::acknowledge_complaint)
        .service(moves::attend_complaint)
        .service(moves::investigate_complaint)
        .service(moves::hold_complaint)
        .service(moves::resume_complaint)
        .service(moves::escalate_complaint)
        .service(moves::follow_up_complaint)
        .service(moves::close_complaint)
        .service(moves::reopen_complaint)
        .service(moves::withdraw_complaint)
        .service(moves::reject_complaint)
        .service(moves::merge_complaint)
        .service(moves::unmerge_complaint)
        .service(resources::split_complaint)
        .service(compensation::get_guest_compensations)
        .service(report::get_complaint_report)
        .service(solutions::propose_solution)
        .service(solutions::approve_solution)
        .service(solutions::decline_solution)
        .service(solutions::call_off_solution)
        .service(solutions::execute_solution)
        .service(solutions::verify_solution)
        .service(solutions::redeem_solution)
        .service(rating::invite_rating)
        .service(rating::preview_rating)
        .service(rating::rate_complaint)
        .service(messages::list_complaint_messages)
        .service(messages::create_complaint_message)
        .service(attachments::list_complaint_attachments)
        .service(attachment_contents::create_complaint_attachment)
        .service(attachments::get_complaint_attachment)
        .service(attachment_contents::get_complaint_attachment_content)
        .service(attachments::delete_complaint_attachment)
        .service(links::list_complaint_links)
        .service(links::create_complaint_link)
        .service(links::delete_complaint_link);
}

/// Scopes that moves ask for.
const MOVES: [Scope; 4] =
    [Scope::ComplaintsWrite, Scope::ComplaintsAssign, Scope::ComplaintsDecide, Scope::ComplaintsMerge];

/// What the caller may, besides reading complaints.
fn rights(principal: &Principal) -> Rights {
    let held = |scope: Scope| principal.sight(scope).map(|sight| (scope, sight));
    Rights {
        scopes: MOVES.into_iter().filter_map(held).collect(),
        guests: principal.sight(Scope::GuestsRead),
    }
}

/// Where a complaint is.
fn location(id: ComplaintId) -> String {
    format!("/v1/complaints/{id}")
}

fn shown(
    reads: &mut impl Reads,
    cx: &Ctx,
    rights: &Rights,
    complaint: &Complaint,
) -> Result<ComplaintView, ComplaintError> {
    let seen = Seen::load(reads, cx, rights, std::slice::from_ref(complaint))?;
    Ok(ComplaintView::of(complaint, &seen, true))
}

/// Makes a change and answers the complaint as it is then.
async fn change(
    app: web::Data<App>,
    principal: Arc<Principal>,
    cx: Ctx,
    effect: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<Complaint, ComplaintError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let rights = rights(&principal);
    app.commit(cx, None, move |tx, cx| {
        let complaint = effect(tx, cx)?;
        let view = shown(tx, cx, &rights, &complaint)?;
        Ok::<_, ComplaintError>(reply::changed(complaint.version, &view))
    })
    .await
}

impl From<ComplaintError> for Problem {
    fn from(error: ComplaintError) -> Self {
        match error {
            ComplaintError::NotFound => Self::not_found(),
            ComplaintError::Stale => Self::new(problem::PRECONDITION_FAILED),
            ComplaintError::ReferenceTaken(holder) => Self::already_taken(holder.map(Into::into)),
            ComplaintError::Invalid(faults) => Self::invalid(faults),
            ComplaintError::Move { status, allowed } => Self::new(problem::STATE_CONFLICT)
                .detail("complaint_move")
                .with_label("status", status)
                .allowed(&allowed),
            ComplaintError::Needs { status, needs, allowed } => Self::new(problem::STATE_CONFLICT)
                .detail("complaint_needs")
                .with_label("status", status)
                .needs(&needs)
                .allowed(&allowed),
            ComplaintError::Merged(survivor) => {
                Self::new(problem::STATE_CONFLICT).detail("complaint_merged").conflicting(survivor.0)
            }
            ComplaintError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            ComplaintError::Scope(scope) => Self::forbidden(scope),
            ComplaintError::Money(error) => error.into(),
            ComplaintError::Db(error) => error.into(),
        }
    }
}

/// The complaint that examples show.
fn example() -> serde_json::Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "version": 2, "number": "XIHU-2026-00042",
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02", "status": "recorded", "status_category": "open",
        "guest": {"guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "display_name": "王小明"},
        "stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "room": "1208", "in_house": true,
        "subject": "空调不制冷", "excerpt": "空调不制冷，半夜热醒了两次。", "channel": "front_desk", "language": "zh-CN",
        "occurred_at": "2026-12-20T02:00:00.000000Z", "received_at": "2026-12-20T08:30:00.000000Z",
        "category": "temperature", "cause_category": "product_quality", "department": "engineering",
        "severity": "general", "priority": "normal", "on_hold": false, "escalation_level": 0, "reopen_count": 0,
        "next_due_at": "2026-12-20T08:35:00.000000Z", "breached": [], "cost_minor": 0, "currency": "CNY", "tags": [],
        "reporter": {"kind": "guest"}, "description": "空调不制冷，半夜热醒了两次。", "demand": "换房",
        "custom_fields": {}, "external_refs": [],
        "first_contact": {"staff_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a", "display_name": "陈雨桐"},
        "informed_departments": [], "merged_from": [], "split_into": [], "watchers": [], "clocks": [{"kind": "acknowledge", "status": "running", "started_at": "2026-12-20T08:30:00.000000Z",
            "due_at": "2026-12-20T08:35:00.000000Z", "warn_at": "2026-12-20T08:33:45.000000Z", "breached_by_s": 0}],
        "hold_seconds": 0, "holds": [], "escalations": [], "solutions": [], "follow_ups": [],
        "moves": [{"move": "investigate", "needs": [], "permitted": true}],
        "created_at": "2026-12-20T08:30:05.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a",
        "updated_at": "2026-12-20T08:31:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}
