//! `GET /v1/guests/export`.

use std::io;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream::unfold;

use crate::db::DbError;
use crate::guests::api::wire::GuestCreate;
use crate::guests::bulk;
use crate::guests::model::Guest;
use crate::kit::ids::GuestId;
use crate::platform::context::Ctx;
use crate::web::access::{Can, GuestsExport};
use crate::web::app::App;
use crate::web::problem::{self, Problem};
use crate::web::reply::accepts;

/// Media type of lines of JSON.
const NDJSON: &str = "application/x-ndjson";

/// Export guests
///
/// Every active guest the caller may see, one JSON document a line, in the order in which they were created. A line has
/// the shape in which guests are created, so that `create_guest_import` takes the file as it is and finds every guest
/// again; a guest that no other system knows is given the reference `{"system": "hospes", "id": <its id>}`. The text is
/// written as it is read: a connection that breaks off has told only the beginning. Every export is recorded.
#[utoipa::path(
    tag = "guests",
    security(("bearer" = ["guests:export"])),
    responses(
        (status = 200, description = "Lines of JSON, each a guest as for `create_guest`.", content_type = "application/x-ndjson",
            body = Vec<u8>,
            example = json!("{\"names\":[{\"name_type\":\"primary\",\"surname\":\"王\",\"given_name\":\"小明\"}],\"external_refs\":[{\"system\":\"pms\",\"id\":\"G-20931\"}]}\n")),
        (status = 406, description = "The caller accepts no `application/x-ndjson`.")
    )
)]
#[get("/v1/guests/export")]
pub async fn export_guests(
    app: web::Data<App>,
    by: Can<GuestsExport>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    if !accepts(&request, NDJSON) {
        return Err(Problem::new(problem::NOT_ACCEPTABLE));
    }
    let cx = by.cx;
    let trace = cx.clone();
    app.db.write(move |tx| bulk::record_export(tx, &trace)).await.map_err(Problem::from)?;
    let first = Some(GuestId(uuid::Uuid::nil()));
    let lines = unfold((app, cx, first), |(app, cx, after)| async move {
        let after = after?;
        match page(&app, &cx, after).await {
            Ok((_, None)) => None,
            Ok((text, last)) => Some((Ok(text), (app, cx, last))),
            Err(error) => {
                log::error!("an export broke off: {error}");
                Some((Err(io::Error::other("the export broke off")), (app, cx, None)))
            }
        }
    });
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, NDJSON)).streaming(lines))
}

/// The lines of one page, and the last guest of it; none when there is no guest left.
async fn page(app: &App, cx: &Ctx, after: GuestId) -> Result<(Bytes, Option<GuestId>), DbError> {
    let cx = cx.clone();
    let guests = app.db.read(move |r| bulk::export_page(r, &cx, after)).await?;
    let mut text = Vec::new();
    for guest in &guests {
        write_line(guest, &mut text);
    }
    Ok((text.into(), guests.last().map(|guest| guest.id)))
}

/// Writes the line of a guest: what would be sent to create it.
pub fn write_line(guest: &Guest, text: &mut Vec<u8>) {
    // A document of texts and lists always serialises, and a vector takes everything.
    drop(serde_json::to_writer(&mut *text, &GuestCreate::from(&bulk::exported(guest))));
    text.push(b'\n');
}
