//! `GET /v1/reports/needs`.

use actix_web::{HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::kit::language::Language;
use crate::preferences::api::clearance;
use crate::preferences::catalogue::{Catalogue, told};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::NeedClass;
use crate::preferences::needs::{self, Need, NeedSpread, Needs, NeedsQuery, Part};
use crate::web::access::{Can, ReportsRead};
use crate::web::app::App;
use crate::web::frame::AnswerLanguage;
use crate::web::input::{Input, Params};
use crate::web::problem::Problem;
use crate::web::reply;

/// The share from which a need is common unless told, in thousandths.
const USUAL_THRESHOLD: i32 = 100;

/// One thing that guests need.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedFigure {
    /// Code of its category.
    #[schema(max_length = 60, examples("room"))]
    category: String,
    /// Code of its item.
    #[schema(max_length = 60, examples("high_floor"))]
    code: String,
    /// Name of the item in the language of the answer.
    #[schema(max_length = 200, examples("高楼层"))]
    name: String,
    /// Guests with a preference of it, for or against.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(412))]
    guests: i64,
    /// Those who wish for it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(398))]
    wanted_by: i64,
    /// Those who do not want it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(14))]
    avoided_by: i64,
    /// Share of the population, in thousandths; absent when there is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, examples(206))]
    share: Option<i64>,
    /// Whether many have it; absent when there is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("common"))]
    spread: Option<NeedSpread>,
}

/// Preferences of one category.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedCategoryFigure {
    /// Code of the category.
    #[schema(max_length = 60, examples("room"))]
    category: String,
    /// Guests with a preference in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(700))]
    guests: i64,
    /// Preferences in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(1204))]
    preferences: i64,
    /// Share of the population, in thousandths; absent when there is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, examples(350))]
    share: Option<i64>,
}

/// Preferences of one class of needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedClassFigure {
    /// The class.
    #[schema(examples("personalised"))]
    need_class: NeedClass,
    /// Guests with a preference in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(120))]
    guests: i64,
    /// Preferences in it.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(133))]
    preferences: i64,
    /// Share of the population, in thousandths; absent when there is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1000, examples(60))]
    share: Option<i64>,
}

/// What guests need, in figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct NeedsReport {
    /// Active guests the caller may see: the whole of which shares are told.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(2000))]
    population: i64,
    /// Those of them with at least one preference that counts.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(900))]
    with_preferences: i64,
    /// The share from which a need is common, in thousandths.
    #[schema(minimum = 1, maximum = 1000, examples(100))]
    threshold: i64,
    /// Each item of the catalogue that at least one guest needs, the most needed first.
    #[schema(max_items = 1500)]
    items: Vec<NeedFigure>,
    /// By category, told in words or by code.
    #[schema(max_items = 1100)]
    categories: Vec<NeedCategoryFigure>,
    /// By class of needs; preferences without a class are left out.
    #[schema(max_items = 10)]
    need_classes: Vec<NeedClassFigure>,
}

fn view(found: Needs, catalogue: &Catalogue, threshold: i64, language: Language) -> NeedsReport {
    let need = |need: Need| {
        let Need { category, code, guests, wanted_by, avoided_by, share, spread } = need;
        let name = catalogue.item(&code).map_or(code.as_str(), |item| told(&item.names, language)).to_owned();
        NeedFigure { category, code, name, guests, wanted_by, avoided_by, share, spread }
    };
    let category = |part: Part<String>| {
        let Part { of, guests, preferences, share } = part;
        NeedCategoryFigure { category: of, guests, preferences, share }
    };
    let class = |part: Part<NeedClass>| {
        let Part { of, guests, preferences, share } = part;
        NeedClassFigure { need_class: of, guests, preferences, share }
    };
    NeedsReport {
        population: found.population,
        with_preferences: found.with_preferences,
        threshold,
        items: found.items.into_iter().map(need).collect(),
        categories: found.categories.into_iter().map(category).collect(),
        need_classes: found.need_classes.into_iter().map(class).collect(),
    }
}

/// What the report counts.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct NeedsParams {
    /// Only what holds at this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02")]
    hotel_id: Option<uuid::Uuid>,
    /// Only this category.
    #[param(nullable = false, min_length = 1, max_length = 60, example = "room")]
    #[validate(length(min = 1, max = 60))]
    category: Option<String>,
    /// The share from which a need is common, in thousandths; 100, a tenth, unless told.
    #[param(nullable = false, minimum = 1, maximum = 1000, example = 100)]
    #[validate(range(min = 1, max = 1000))]
    threshold: Option<i32>,
}

impl Input for NeedsParams {
    type Command = NeedsQuery;

    fn check(self, _: &mut Faults) -> Option<NeedsQuery> {
        let threshold = i64::from(self.threshold.unwrap_or(USUAL_THRESHOLD));
        Some(NeedsQuery { hotel: self.hotel_id.map(HotelId), category: self.category, threshold })
    }
}

/// Report what guests need
///
/// Preferences in use today, counted by item, category and class of needs: how many guests have each, and whether that
/// makes a need common. Sensitive ones count only for those with the scope `preferences:sensitive`, and only with
/// consent. A hotel the caller may not see has no guests.
#[utoipa::path(
    tag = "preferences",
    security(("bearer" = ["reports:read"])),
    params(NeedsParams),
    responses((status = 200, description = "The figures.", body = NeedsReport, example = json!({
        "population": 2000, "with_preferences": 900, "threshold": 100,
        "items": [{"category": "room", "code": "high_floor", "name": "高楼层", "guests": 412, "wanted_by": 398, "avoided_by": 14, "share": 206, "spread": "common"}],
        "categories": [{"category": "room", "guests": 700, "preferences": 1204, "share": 350}],
        "need_classes": [{"need_class": "personalised", "guests": 120, "preferences": 133, "share": 60}]
    })))
)]
#[get("/v1/reports/needs")]
pub async fn get_needs_report(
    app: web::Data<App>,
    by: Can<ReportsRead>,
    params: Params<NeedsParams>,
    spoken: AnswerLanguage,
) -> Result<HttpResponse, Problem> {
    let query = params.0;
    let threshold = query.threshold;
    let clearance = clearance(&by.principal);
    let cx = by.cx;
    let (found, catalogue) = app
        .read(move |r| {
            let found = needs::report(r, &cx, &clearance, &query)?;
            Ok::<_, PreferenceError>((found, needs::names(r, &cx)?))
        })
        .await?;
    Ok(reply::ok(&view(found, &catalogue, threshold, spoken.0)))
}
