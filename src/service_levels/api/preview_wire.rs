//! A dry run of the policies as clients ask for and see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::service_levels::model::{ClockKind, ComplaintChannel, Severity};
use crate::service_levels::policies::{ClockPlan, Policy};
use crate::service_levels::preview::TriedComplaint;
use crate::web::input::{Input, instant_of};

/// A complaint to try the policies on.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevelPreviewRequest {
    /// The hotel it is about.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: uuid::Uuid,
    /// How grave it is; absent when not known yet.
    #[schema(nullable = false, examples("general"))]
    severity: Option<Severity>,
    /// How it came in.
    #[schema(examples("front_desk"))]
    channel: ComplaintChannel,
    /// When it came in.
    #[schema(format = DateTime, max_length = 40, examples("2026-11-21T14:00:00Z"))]
    #[validate(length(max = 40))]
    received_at: String,
    /// When the guest leaves, who is in the house until then; absent for one who is not.
    #[schema(nullable = false, format = DateTime, max_length = 40, examples("2026-11-22T04:00:00Z"))]
    #[validate(length(max = 40))]
    departure_at: Option<String>,
}

impl Input for ServiceLevelPreviewRequest {
    type Command = TriedComplaint;

    fn check(self, faults: &mut Faults) -> Option<TriedComplaint> {
        let Self { hotel_id, severity, channel, received_at, departure_at } = self;
        let received = instant_of(faults, "received_at", Some(&received_at));
        let departure_at = instant_of(faults, "departure_at", departure_at.as_deref());
        Some(TriedComplaint {
            hotel: HotelId(hotel_id),
            severity,
            channel,
            received_at: received?,
            departure_at,
        })
    }
}

/// A clock as it would run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLevelClock {
    /// The clock.
    #[schema(examples("resolve"))]
    clock: ClockKind,
    /// When it is due; absent when its calendar leaves no time for it within ten years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-11-22T02:00:00.000000Z"))]
    due_at: Option<String>,
    /// When it warns; absent when it is not due.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-11-21T23:00:00.000000Z"))]
    warn_at: Option<String>,
    /// Whether it is due because the guest leaves.
    #[schema(examples(true))]
    by_departure: bool,
}

/// Which rule holds for a complaint, and how its clocks would run.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLevelPreview {
    /// Code of the rule.
    #[schema(max_length = 40, examples("live"))]
    rule: String,
    /// Whether its clocks run round the clock whatever their calendars: the complaint is a crisis.
    #[schema(examples(false))]
    round_the_clock: bool,
    /// The clocks that run.
    #[schema(max_items = 4)]
    clocks: Vec<ServiceLevelClock>,
}

impl ServiceLevelPreview {
    /// A rule and the clocks it brings about.
    pub fn new(policy: &Policy, clocks: &[ClockPlan]) -> Self {
        let clock = |plan: &ClockPlan| {
            let ClockPlan { kind, due_at, warn_at, held: _, by_departure } = *plan;
            ServiceLevelClock {
                clock: kind,
                due_at: due_at.map(|at| at.to_string()),
                warn_at: warn_at.map(|at| at.to_string()),
                by_departure,
            }
        };
        Self {
            rule: policy.rule.code.clone(),
            round_the_clock: policy.round_the_clock,
            clocks: clocks.iter().map(clock).collect(),
        }
    }
}
