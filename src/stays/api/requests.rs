//! What special requests suggest: `/v1/stays/{stay_id}/preference-suggestions`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use validator::Validate;

use crate::kit::fault::Faults;
use crate::kit::ids::StayId;
use crate::platform::scopes::Scope;
use crate::preferences::model::{Clearance, Polarity};
use crate::stays::error::StayError;
use crate::stays::model::Stay;
use crate::stays::requests::{self, Suggestion, SuggestionState};
use crate::web::access::{Can, PreferencesWrite, StaysRead};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::{Input, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// A preference that the special requests of a stay suggest.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceSuggestion {
    /// Code of the category.
    #[schema(max_length = 60, examples("room"))]
    category: String,
    /// Code of the item.
    #[schema(max_length = 60, examples("high_floor"))]
    code: String,
    /// Whether the text asks for it or against it.
    #[schema(examples("like"))]
    polarity: Polarity,
    /// The words by which it was recognised.
    #[schema(max_length = 200, examples("高楼层"))]
    matched: String,
    /// What became of it.
    #[schema(examples("open"))]
    state: SuggestionState,
}

/// What the special requests of a stay suggest, in the order of the text.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferenceSuggestions {
    /// The stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    stay_id: uuid::Uuid,
    /// Version of the stay, as in the ETag.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    stay_version: i64,
    /// The suggestions, each item once.
    #[schema(max_items = 500)]
    suggestions: Vec<PreferenceSuggestion>,
}

impl PreferenceSuggestions {
    fn of(stay: &Stay, found: Vec<Suggestion>) -> Self {
        let suggestions = found.into_iter().map(|one| {
            let Suggestion { category, code, polarity, matched, state } = one;
            PreferenceSuggestion { category, code, polarity, matched, state }
        });
        Self { stay_id: stay.id.0, stay_version: stay.version, suggestions: suggestions.collect() }
    }
}

/// Code of a suggested item.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 60, examples("high_floor"))]
pub struct SuggestedCode(String);

/// Suggestions to decide on.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SuggestionDecision {
    /// Codes of the suggested items.
    #[schema(min_items = 1, max_items = 100)]
    #[validate(length(min = 1, max = 100))]
    codes: Vec<SuggestedCode>,
}

impl Input for SuggestionDecision {
    type Command = Vec<String>;

    fn check(self, faults: &mut Faults) -> Option<Vec<String>> {
        for (at, code) in self.codes.iter().enumerate() {
            if !(1..=60).contains(&code.0.chars().count()) {
                faults.at(format!("codes/{at}"), |f| f.add("length", "must have 1 to 60 characters"));
            }
        }
        Some(self.codes.into_iter().map(|code| code.0).collect())
    }
}

fn example() -> serde_json::Value {
    json!({"stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90", "stay_version": 1, "suggestions": [
        {"category": "room", "code": "high_floor", "polarity": "like", "matched": "高楼层", "state": "open"}]})
}

/// List preferences suggested by a stay
///
/// Recognised in the special requests of the stay by the words of the preference catalogue. Nothing is written until staff
/// accept it. Sensitive ones are shown to those who may read sensitive preferences.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["stays:read"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90")),
    responses(
        (status = 200, description = "The suggestions.", body = PreferenceSuggestions,
            headers(("ETag" = String, description = "Version of the stay")), example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/stays/{stay_id}/preference-suggestions")]
pub async fn list_preference_suggestions(
    app: web::Data<App>,
    by: Can<StaysRead>,
    id: PathId<StayId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let clearance = Clearance(by.principal.sight(Scope::PreferencesSensitive));
    let (stay, found) = app.read(move |r| requests::list(r, &by.cx, &clearance, id.0)).await?;
    Ok(unless_known(&request, stay.version, &PreferenceSuggestions::of(&stay, found)))
}

/// Accept suggested preferences
///
/// Writes them as preferences of the main guest, stated by the guest, with the stay as evidence. What the rules of
/// preferences refuse (a contradiction, a sensitive one without consent) is refused here, and nothing is written.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["preferences:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SuggestionDecision, description = "Which.", example = json!({"codes": ["high_floor"]})),
    responses((status = 200, description = "The suggestions as they stand now.", body = PreferenceSuggestions,
        headers(("ETag" = String, description = "Version of the stay")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/preference-suggestions/accept")]
pub async fn accept_preference_suggestions(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<SuggestionDecision>,
) -> Result<HttpResponse, Problem> {
    let clearance = Clearance(by.principal.sight(Scope::PreferencesSensitive));
    app.commit(by.cx, None, move |tx, cx| {
        let (stay, found) = requests::accept(tx, cx, &clearance, id.0, &expected.0, &body.command)?;
        Ok::<_, StayError>(reply::changed(stay.version, &PreferenceSuggestions::of(&stay, found)))
    })
    .await
}

/// Dismiss suggested preferences
///
/// They were not meant so: they are not offered again for this stay.
#[utoipa::path(
    tag = "stays",
    security(("bearer" = ["preferences:write"])),
    params(("stay_id" = uuid::Uuid, Path, description = "Id of the stay", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"),
        ("If-Match" = String, Header, description = "ETag")),
    request_body(content = SuggestionDecision, description = "Which.", example = json!({"codes": ["high_floor"]})),
    responses((status = 200, description = "The suggestions as they stand now.", body = PreferenceSuggestions,
        headers(("ETag" = String, description = "Version of the stay")), example = json!(example())))
)]
#[post("/v1/stays/{stay_id}/preference-suggestions/dismiss")]
pub async fn dismiss_preference_suggestions(
    app: web::Data<App>,
    by: Can<PreferencesWrite>,
    id: PathId<StayId>,
    expected: IfMatch,
    body: Valid<SuggestionDecision>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let (stay, found) = requests::dismiss(tx, cx, id.0, &expected.0, &body.command)?;
        Ok::<_, StayError>(reply::changed(stay.version, &PreferenceSuggestions::of(&stay, found)))
    })
    .await
}
