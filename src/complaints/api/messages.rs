//! What is said about a complaint: `/v1/complaints/{complaint_id}/messages`.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::location;
use crate::complaints::api::move_wire::ComplaintMessageCreate;
use crate::complaints::error::ComplaintError;
use crate::complaints::messages;
use crate::complaints::model::{ContactChannel, Message, MessageAuthor, MessageVisibility};
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{ComplaintId, MessageId};
use crate::web::access::{Can, ComplaintsRead, ComplaintsWrite};
use crate::web::app::App;
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, Valid};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// A message about a complaint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintMessage)]
pub struct MessageView {
    /// Id of the message.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"))]
    id: uuid::Uuid,
    /// The complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    complaint_id: uuid::Uuid,
    /// Who may read it.
    #[schema(examples("guest"))]
    visibility: MessageVisibility,
    /// Whose words these are.
    #[schema(examples("staff"))]
    author: MessageAuthor,
    /// How they were sent or heard.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("wechat"))]
    channel: Option<ContactChannel>,
    /// Their language, BCP 47.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 35, examples("zh-CN"))]
    language: Option<String>,
    /// The words, character by character.
    #[schema(max_length = 50000, examples("非常抱歉，工程师五分钟内到您房间。"))]
    body: String,
    /// When they were written down.
    #[schema(format = DateTime, examples("2026-12-20T08:33:00.000000Z"))]
    created_at: String,
    /// By whom.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
}

impl From<&Message> for MessageView {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.0,
            complaint_id: message.complaint_id.0,
            visibility: message.visibility,
            author: message.author,
            channel: message.channel,
            language: message.language.clone(),
            body: message.body.clone(),
            created_at: message.created.0.to_string(),
            created_by: message.created.1.0,
        }
    }
}

crate::page! {
    /// A page of messages.
    ComplaintMessagePage of MessageView
}

fn message_example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0", "complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0",
        "visibility": "guest", "author": "staff", "channel": "wechat", "language": "zh-CN",
        "body": "非常抱歉，工程师五分钟内到您房间。", "created_at": "2026-12-20T08:33:00.000000Z",
        "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}

/// What a list of messages can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComplaintMessageQuery {
    /// Only messages that these may read.
    #[param(inline, nullable = false, example = "guest")]
    visibility: Option<MessageVisibility>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filters.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for ComplaintMessageQuery {
    type Command = (Option<MessageVisibility>, i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.visibility, i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

/// List messages about a complaint
///
/// The oldest first.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ComplaintMessageQuery
    ),
    responses((status = 200, description = "A page of messages.", body = ComplaintMessagePage,
        example = json!({"items": [message_example()], "has_more": false})))
)]
#[get("/v1/complaints/{complaint_id}/messages")]
pub async fn list_complaint_messages(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    params: Params<ComplaintMessageQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visibility, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "complaint-messages", &(id.0, visibility));
    let after: Option<MessageId> = page::position(&app, list, cursor.as_deref())?;
    let (found, position) = app.read(move |r| messages::list(r, &cx, id.0, visibility, after, limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(MessageView::from).collect();
    Ok(page::answer(&request, &ComplaintMessagePage::new(views, next)))
}

/// Write a message about a complaint
///
/// To the guest, or among staff. The hotel's first word to the guest acknowledges the complaint.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request")
    ),
    request_body(content = ComplaintMessageCreate, description = "What is said.",
        example = json!({"body": "非常抱歉，工程师五分钟内到您房间。", "visibility": "guest", "channel": "wechat"})),
    responses((status = 201, description = "The message.", body = MessageView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The messages")),
        example = json!(message_example())))
)]
#[post("/v1/complaints/{complaint_id}/messages")]
pub async fn create_complaint_message(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    key: IdempotencyKey,
    body: Valid<ComplaintMessageCreate>,
) -> Result<HttpResponse, Problem> {
    let once = key.over(&body.digest);
    app.commit(by.cx, once, move |tx, cx| {
        let message = messages::say(tx, cx, id.0, body.command)?;
        let place = format!("{}/messages", location(id.0));
        Ok::<_, ComplaintError>(reply::created(place, 1, &MessageView::from(&message)))
    })
    .await
}
