//! The overview of a guest as clients see it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::flows::arrivals::api::wire::{BriefComplaint, BriefPreference};
use crate::flows::overview::{Overview, Stays};
use crate::guests::api::wire::GuestView;
use crate::kit::language::Language;
use crate::plans::api::wire::{Around, PlanItemView};
use crate::plans::model::{Wish, rank};
use crate::stays::model::{Stay, StayStatus};

/// A stay of the guest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverviewStay {
    /// The stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub stay_id: uuid::Uuid,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: uuid::Uuid,
    /// Where it stands.
    #[schema(examples("checked_out"))]
    pub status: StayStatus,
    /// Day of arrival.
    #[schema(examples("2026-03-01"))]
    pub arrival_on: NaiveDate,
    /// Day of departure.
    #[schema(examples("2026-03-04"))]
    pub departure_on: NaiveDate,
    /// Nights; 0 for day use.
    #[schema(minimum = 0, maximum = 100000, examples(3))]
    pub nights: i32,
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("1806"))]
    pub room: Option<String>,
    /// Code of the room type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("DLX"))]
    pub room_type: Option<String>,
}

impl From<&Stay> for OverviewStay {
    fn from(stay: &Stay) -> Self {
        let facts = &stay.facts;
        Self {
            stay_id: stay.id.0,
            hotel_id: stay.hotel_id.0,
            status: stay.status,
            arrival_on: facts.arrival_on,
            departure_on: facts.departure_on,
            nights: facts.nights(),
            room: facts.room.clone(),
            room_type: facts.actual_room_type().map(str::to_owned),
        }
    }
}

/// Figures over the guest's stays; all of them are at `GET /v1/guests/{guest_id}/statistics`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverviewFigures {
    /// Stays that took place.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub stays: i64,
    /// Their nights.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7))]
    pub nights: i64,
    /// Cancelled stays.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub cancellations: i64,
    /// Stays whose guest never came.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    pub no_shows: i64,
    /// First arrival.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2024-05-01"))]
    pub first_arrival_on: Option<NaiveDate>,
    /// Last departure.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-03-04"))]
    pub last_departure_on: Option<NaiveDate>,
    /// Code of the room type of most nights.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("DLX"))]
    pub favourite_room_type: Option<String>,
}

/// The guest's stays at the hotels the caller may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OverviewStays {
    /// Stays of a guest who is in the house.
    #[schema(max_items = 20)]
    pub current: Vec<OverviewStay>,
    /// Stays to come, the earliest first; at most 20.
    #[schema(max_items = 20)]
    pub upcoming: Vec<OverviewStay>,
    /// The last stays that are over, the latest first; at most 5.
    #[schema(max_items = 5)]
    pub last: Vec<OverviewStay>,
    /// Figures.
    pub figures: OverviewFigures,
}

impl From<&Stays> for OverviewStays {
    fn from(stays: &Stays) -> Self {
        let list = |stays: &[Stay]| stays.iter().map(OverviewStay::from).collect();
        let figures = &stays.statistics;
        Self {
            current: list(&stays.current),
            upcoming: list(&stays.upcoming),
            last: list(&stays.last),
            figures: OverviewFigures {
                stays: figures.stays,
                nights: figures.nights,
                cancellations: figures.cancellations,
                no_shows: figures.no_shows,
                first_arrival_on: figures.first_arrival,
                last_departure_on: figures.last_departure,
                favourite_room_type: figures.favourite_room_type().map(|(code, _, _)| code.to_owned()),
            },
        }
    }
}

/// What waits for somebody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenMatters {
    /// Items of preference plans to be done yet, at most 50; absent for those who may not see plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 50)]
    pub plan_items: Option<Vec<PlanItemView>>,
    /// Complaints that are not over, at most 20; absent for those who may not see complaints.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 20)]
    pub complaints: Option<Vec<BriefComplaint>>,
    /// Profiles that may be the same person, counted up to 50; absent for those who may not see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 50, examples(1))]
    pub suggested_duplicates: Option<i32>,
    /// Whether the day has come on which the restriction was to be looked at again.
    #[schema(examples(false))]
    pub restriction_review_due: bool,
}

/// All about a guest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestOverview {
    /// The guest.
    pub guest: GuestView,
    /// Preferences that hold today, the gravest first, at most 200; absent for those who may not see preferences.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 200)]
    pub preferences: Option<Vec<BriefPreference>>,
    /// Stays; absent for those who may not see stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub stays: Option<OverviewStays>,
    /// What waits for somebody.
    pub open_matters: OpenMatters,
}

impl GuestOverview {
    /// An overview in a language.
    pub fn new(found: &Overview, language: Language) -> Self {
        let preferences = found.preferences.as_ref().map(|(preferences, catalogue)| {
            let mut sorted: Vec<_> = preferences.iter().collect();
            sorted.sort_by_key(|one| (rank(&one.category, &Wish::from(*one)), one.id));
            let view = |one: &_| BriefPreference::new(one, catalogue, language, None);
            sorted.into_iter().map(view).collect()
        });
        let items = found.plan_items.as_ref();
        Self {
            guest: GuestView::from(&found.guest),
            preferences,
            stays: found.stays.as_ref().map(OverviewStays::from),
            open_matters: OpenMatters {
                plan_items: items.map(|items| {
                    let around = Around::default();
                    items.iter().map(|item| PlanItemView::new(item, &around)).collect()
                }),
                complaints: found
                    .complaints
                    .as_ref()
                    .map(|all| all.iter().map(BriefComplaint::from).collect()),
                suggested_duplicates: found.duplicates.map(|count| i32::try_from(count).unwrap_or(i32::MAX)),
                restriction_review_due: found.review_due,
            },
        }
    }
}

/// The overview that the document shows.
pub fn example() -> serde_json::Value {
    json!({
        "guest": {
            "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "version": 1, "status": "active", "display_name": "王小明",
            "names": [{"name_type": "primary", "given_name": "小明", "surname": "王", "language": "zh-CN"}],
            "citizenships": [], "languages": ["zh-CN"], "phones": [], "emails": [], "addresses": [], "messaging": [],
            "tags": ["returning"], "external_refs": [], "match_keys": [], "custom_fields": {},
            "created_at": "2026-11-21T08:30:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
            "updated_at": "2026-11-21T08:30:00.000000Z", "updated_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"
        },
        "preferences": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0", "category": "room", "code": "high_floor",
            "label": "高楼层", "polarity": "like", "sensitive": false}],
        "stays": {"current": [], "upcoming": [], "last": [{
            "stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01",
            "status": "checked_out", "arrival_on": "2026-03-01", "departure_on": "2026-03-04", "nights": 3, "room": "1806"}],
            "figures": {"stays": 3, "nights": 7, "cancellations": 1, "no_shows": 0, "first_arrival_on": "2024-05-01",
                "last_departure_on": "2026-03-04"}},
        "open_matters": {"plan_items": [], "complaints": [], "suggested_duplicates": 0, "restriction_review_due": false}
    })
}
