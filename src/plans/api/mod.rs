//! The HTTP side of plans.

mod fulfilment;
mod items;
mod plan;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::Reads;
use crate::guests;
use crate::kit::ids::GuestId;
use crate::plans::api::wire::Around;
use crate::plans::error::PlanError;
use crate::plans::model::{Clearance, PlanItem};
use crate::plans::service;
use crate::platform::context::{Ctx, Sight};
use crate::platform::scopes::Scope;
use crate::web::access::Principal;
use crate::web::problem::{self, Problem};

/// Mounts the operations.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(plan::draw_preference_plan)
        .service(plan::get_preference_plan)
        .service(items::list_plan_items)
        .service(items::get_plan_item)
        .service(items::complete_plan_item)
        .service(items::refuse_plan_item)
        .service(items::reopen_plan_item)
        .service(fulfilment::get_fulfilment_report);
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NotFound => Self::not_found(),
            PlanError::Stale => Self::new(problem::PRECONDITION_FAILED),
            PlanError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            PlanError::Stay(error) => error.into(),
            PlanError::Preference(error) => error.into(),
            PlanError::Db(error) => error.into(),
        }
    }
}

fn clearance(principal: &Principal) -> Clearance {
    Clearance(principal.sight(Scope::PreferencesSensitive))
}

/// Looks up the stays of items, and the names of their guests as far as the caller may read them.
fn around(
    reads: &mut impl Reads,
    cx: &Ctx,
    readable: Option<&Sight>,
    items: &[PlanItem],
) -> Result<Around, PlanError> {
    let stays = service::stays_of(reads, cx, items)?;
    let Some(sight) = readable else { return Ok(Around { stays, ..Around::default() }) };
    let mut ids: Vec<GuestId> = items.iter().map(|item| item.guest_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let names = guests::repo::find_many(reads, cx.group, &ids)?
        .into_values()
        .filter(|guest| sight.covers(guest.profile.private_to_hotel_id))
        .map(|guest| (guest.id, guests::spoken::spoken(&guest.profile).name))
        .collect();
    Ok(Around { stays, names })
}

/// The item that examples show.
fn example() -> serde_json::Value {
    serde_json::json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0", "version": 1, "stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0",
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "room": "1806",
        "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "guest_name": "王小明",
        "preference_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0", "category": "room", "code": "high_floor",
        "department": "front-office", "due_on": "2026-12-24", "polarity": "like", "importance": 4, "sensitive": false,
        "status": "planned", "created_at": "2026-12-20T08:30:00.000000Z", "updated_at": "2026-12-20T08:30:00.000000Z"
    })
}
