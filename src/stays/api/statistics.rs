//! `GET /v1/guests/{guest_id}/statistics`.

use actix_web::{HttpResponse, get, web};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::kit::ids::GuestId;
use crate::stays::api::revenue_sight;
use crate::stays::error::StayError;
use crate::stays::figures::{self, Earned, Statistics};
use crate::stays::service;
use crate::web::access::{Can, StaysRead};
use crate::web::app::App;
use crate::web::input::PathId;
use crate::web::problem::Problem;
use crate::web::reply;

/// What stays brought in, in one currency; amounts in minor units.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayEarnings {
    /// Currency, ISO 4217.
    #[schema(max_length = 3, examples("CNY"))]
    currency: String,
    /// Stays that took place.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    stays: i64,
    /// Nights times rooms of these.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9))]
    room_nights: i64,
    /// The rooms.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(792000))]
    room: i64,
    /// Food and beverage.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(64000))]
    food_beverage: i64,
    /// Everything else.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(0))]
    other: i64,
    /// All of it.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(856000))]
    total: i64,
    /// What cancelled and no-show stays brought in; not part of the total.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(0))]
    from_cancelled: i64,
    /// Room revenue a room and night, rounded to the minor unit; absent without nights.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(88000))]
    average_daily_rate: Option<i64>,
}

/// Stays of one channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct StayChannelCount {
    /// Code of the channel; absent for stays without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("ota"))]
    channel: Option<String>,
    /// Stays that took place.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3))]
    stays: i64,
}

/// The room type a guest stayed in most.
#[derive(Debug, Serialize, ToSchema)]
pub struct FavouriteRoomType {
    /// Code of the room type.
    #[schema(max_length = 60, examples("DLX"))]
    room_type: String,
    /// Nights in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(7))]
    nights: i64,
    /// Stays in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3))]
    stays: i64,
}

/// Days from booking to arrival.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeadTime {
    /// The mean in days, rounded; absent when `n` is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 100_000, examples(21))]
    mean_days: Option<i64>,
    /// Sum of the days.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(84))]
    total_days: i64,
    /// Stays that took place and whose booking day is known.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    n: i64,
}

/// Figures of a guest's stays as main guest, in the hotels the caller may see. Stays that took place are those in house
/// and checked out.
#[derive(Debug, Serialize, ToSchema)]
pub struct GuestStatistics {
    /// The guest.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    guest_id: uuid::Uuid,
    /// Stays that took place.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(4))]
    stays: i64,
    /// Their nights.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9))]
    nights: i64,
    /// Their nights times rooms.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9))]
    room_nights: i64,
    /// Stays to come.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    upcoming: i64,
    /// Cancelled stays.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1))]
    cancellations: i64,
    /// Stays whose guest never came.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(0))]
    no_shows: i64,
    /// First arrival of the stays that took place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2023-05-01"))]
    first_arrival_on: Option<NaiveDate>,
    /// Last arrival of the stays that took place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-10-01"))]
    last_arrival_on: Option<NaiveDate>,
    /// Last departure of the stays that took place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-10-04"))]
    last_departure_on: Option<NaiveDate>,
    /// Days from booking to arrival.
    lead_time: LeadTime,
    /// Stays by channel, the most first.
    #[schema(max_items = 1000)]
    channels: Vec<StayChannelCount>,
    /// The room type of most nights; absent where none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    favourite_room_type: Option<FavouriteRoomType>,
    /// What the stays brought in, by currency; left out for callers without the scope `stays:revenue` in all the hotels
    /// they see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 200)]
    earnings: Option<Vec<StayEarnings>>,
}

fn earnings((currency, earned): (&String, &Earned)) -> StayEarnings {
    let (total, average_daily_rate) = (earned.total(), earned.average_daily_rate());
    let Earned { stays, nights: _, room_nights, room, food_beverage, other, from_cancelled } = *earned;
    StayEarnings {
        currency: currency.clone(),
        stays,
        room_nights,
        room,
        food_beverage,
        other,
        total,
        from_cancelled,
        average_daily_rate,
    }
}

impl GuestStatistics {
    /// The figures of a guest, with money where the caller may see it.
    pub fn of(guest: GuestId, figures: &Statistics, money: bool) -> Self {
        let mut channels: Vec<StayChannelCount> = figures
            .channels
            .iter()
            .map(|(channel, stays)| StayChannelCount { channel: channel.clone(), stays: *stays })
            .collect();
        channels.sort_by_key(|counted| std::cmp::Reverse(counted.stays));
        Self {
            guest_id: guest.0,
            stays: figures.stays,
            nights: figures.nights,
            room_nights: figures.room_nights,
            upcoming: figures.upcoming,
            cancellations: figures.cancellations,
            no_shows: figures.no_shows,
            first_arrival_on: figures.first_arrival,
            last_arrival_on: figures.last_arrival,
            last_departure_on: figures.last_departure,
            lead_time: LeadTime {
                mean_days: figures.mean_lead_days(),
                total_days: figures.lead_days,
                n: figures.lead_known,
            },
            channels,
            favourite_room_type: figures
                .favourite_room_type()
                .map(|(code, nights, stays)| FavouriteRoomType { room_type: code.to_owned(), nights, stays }),
            earnings: money.then(|| figures.by_currency.iter().map(earnings).collect()),
        }
    }
}

fn example() -> serde_json::Value {
    json!({
        "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "stays": 4, "nights": 9, "room_nights": 9, "upcoming": 1,
        "cancellations": 1, "no_shows": 0, "first_arrival_on": "2023-05-01", "last_arrival_on": "2026-10-01",
        "last_departure_on": "2026-10-04", "lead_time": {"mean_days": 21, "total_days": 84, "n": 4},
        "channels": [{"channel": "ota", "stays": 3}, {"channel": "phone", "stays": 1}],
        "favourite_room_type": {"room_type": "DLX", "nights": 7, "stays": 3},
        "earnings": [{"currency": "CNY", "stays": 4, "room_nights": 9, "room": 792000, "food_beverage": 64000,
            "other": 0, "total": 856000, "from_cancelled": 0, "average_daily_rate": 88000}]
    })
}

/// Read the statistics of a guest
///
/// Summed from the stays at the moment of asking, so that late, changed and deleted stays, merges and their undoing are in
/// them. Only stays of hotels the caller may see are counted. A merged guest is followed.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:read"])),
    params(("guest_id" = uuid::Uuid, Path, description = "Id of the guest", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f")),
    responses((status = 200, description = "The figures.", body = GuestStatistics, example = json!(example())))
)]
#[get("/v1/guests/{guest_id}/statistics")]
pub async fn get_guest_statistics(
    app: web::Data<App>,
    by: Can<StaysRead>,
    id: PathId<GuestId>,
) -> Result<HttpResponse, Problem> {
    let (cx, sight) = (by.cx, revenue_sight(&by.principal));
    let money = sight.reaches(&cx.sight);
    let view = app
        .read(move |r| {
            let guest = service::guest(r, &cx, id.0)?;
            let figures = figures::of(r, &cx, &[guest])?.remove(&guest).unwrap_or_default();
            Ok::<_, StayError>(GuestStatistics::of(guest, &figures, money))
        })
        .await?;
    Ok(reply::ok(&view))
}
