//! `POST /v1/guests/match`.

use actix_web::{HttpResponse, post, web};

use crate::guests::api::create::example;
use crate::guests::api::duplicate_wire::{GuestMatch, GuestMatches, MatchedGuest, evidence_example};
use crate::guests::duplicates;
use crate::web::access::{Can, GuestsRead};
use crate::web::app::App;
use crate::web::input::Valid;
use crate::web::problem::Problem;
use crate::web::reply;

/// Find the guest behind what is known
///
/// For a caller whose number shows, a booking, a card that was handed over. Answers guests that have one of the
/// external references, share an e-mail address, a phone number or a matching key, or look like the same person
/// altogether: the surest first, at most 20. What many guests share counts for little. Nothing is changed.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:read"])),
    request_body(content = GuestMatch, description = "What is known; at least one thing.", example = json!({
        "names": [{"full_name": "Wang Xiaoming"}], "phones": [{"number": "+8613800138000"}]
    })),
    responses((status = 200, description = "The guests that fit.", body = GuestMatches,
        example = json!({"items": [{"guest": example(), "score": 968, "fields": evidence_example()}]})))
)]
#[post("/v1/guests/match")]
pub async fn match_guests(
    app: web::Data<App>,
    by: Can<GuestsRead>,
    body: Valid<GuestMatch>,
) -> Result<HttpResponse, Problem> {
    let (cx, wanted) = (by.cx, body.command);
    let found = app.read(move |r| duplicates::matches(r, &cx, &wanted)).await?;
    let mut items: Vec<MatchedGuest> = found.by_reference.iter().map(MatchedGuest::by_reference).collect();
    items.extend(found.alike.iter().map(MatchedGuest::from));
    Ok(reply::ok(&GuestMatches { items }))
}
