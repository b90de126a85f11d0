//! What a guest was given: `GET /v1/guests/{guest_id}/compensations`.

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::complaints::api::solution_view::SolutionView;
use crate::complaints::compensation::{self, History};
use crate::kit::ids::GuestId;
use crate::web::access::{Can, ComplaintsRead};
use crate::web::app::App;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// Something a guest was given, or is to be given, for a complaint.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestCompensation {
    /// The complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    complaint_id: uuid::Uuid,
    /// What people call it.
    #[schema(max_length = 60, examples("XIHU-2026-00042"))]
    complaint_number: String,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// What it is.
    solution: SolutionView,
}

/// What a guest was given in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestCompensationTotal {
    /// The currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: &'static str,
    /// How many solutions were done.
    #[schema(minimum = 0, maximum = 1000000, examples(1))]
    solutions: i64,
    /// What the guest got, in the smallest unit of the currency.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(20000))]
    amount_minor: i64,
    /// What it did cost.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(20000))]
    cost_minor: i64,
}

/// What a guest was given for complaints.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestCompensations {
    /// The guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// All that was done, a currency.
    #[schema(max_items = 200)]
    totals: Vec<GuestCompensationTotal>,
    /// All that was proposed, the newest first, at most 200.
    #[schema(max_items = 200)]
    solutions: Vec<GuestCompensation>,
    /// Whether there is more than is told.
    #[schema(examples(false))]
    truncated: bool,
}

impl From<&History> for GuestCompensations {
    fn from(history: &History) -> Self {
        let totals = history.totals.iter().map(|(currency, total)| GuestCompensationTotal {
            currency,
            solutions: total.solutions,
            amount_minor: total.amount_minor,
            cost_minor: total.cost_minor,
        });
        let solutions = history.solutions.iter().map(|(solution, number)| GuestCompensation {
            complaint_id: solution.complaint_id.0,
            complaint_number: number.clone(),
            hotel_id: solution.hotel_id.0,
            solution: SolutionView::from(solution),
        });
        Self {
            guest_id: history.guest.0,
            totals: totals.collect(),
            solutions: solutions.collect(),
            truncated: history.truncated,
        }
    }
}

fn example() -> serde_json::Value {
    json!({
        "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f",
        "totals": [{"currency": "CNY", "solutions": 1, "amount_minor": 20000, "cost_minor": 20000}],
        "solutions": [{
            "complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "complaint_number": "XIHU-2026-00042",
            "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02",
            "solution": {
                "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec1", "type": "refund", "status": "executed",
                "amount_minor": 20000, "estimated_cost_minor": 20000, "actual_cost_minor": 20000, "currency": "CNY",
                "over_budget": [],
                "proposed_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a", "proposed_at": "2026-12-20T09:12:00.000000Z"
            }
        }],
        "truncated": false
    })
}

/// Read what a guest was given for complaints
///
/// For whoever decides on the next one: at the hotels the caller may see, of this guest and of those that became part of
/// it.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")),
    responses((status = 200, description = "What the guest was given.", body = GuestCompensations,
        example = json!(example())))
)]
#[get("/v1/guests/{guest_id}/compensations")]
pub async fn get_guest_compensations(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<GuestId>,
) -> Result<HttpResponse, Problem> {
    let history = app.read(move |r| compensation::history(r, &by.cx, id.0)).await?;
    Ok(reply::ok(&GuestCompensations::from(&history)))
}
