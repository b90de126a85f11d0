//! `POST /v1/complaints/{complaint_id}/messages/draft`.

use actix_web::{HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::complaint_settings::api::template_wire::{MessageValues, RenderedMessage};
use crate::complaint_settings::api::wire::language_of;
use crate::complaints::wording::{self, Draft};
use crate::kit::fault::Faults;
use crate::kit::ids::ComplaintId;
use crate::platform::scopes::Scope;
use crate::web::access::{Can, ComplaintsRead};
use crate::web::app::App;
use crate::web::input::{Input, PathId, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// Mounts the operation.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(draft_complaint_message);
}

/// A draft of a message to write with a template.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintMessageDraft {
    /// Code of the template.
    #[schema(min_length = 1, max_length = 60, examples("complaint_acknowledgement"))]
    #[validate(length(min = 1, max = 60))]
    template: String,
    /// Language, BCP 47; that of the complaint, or of the guest, unless told.
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: Option<String>,
    /// What is put in instead of what is known.
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested)]
    values: MessageValues,
}

impl Input for ComplaintMessageDraft {
    type Command = Draft;

    fn check(self, faults: &mut Faults) -> Option<Draft> {
        let Self { template, language, values } = self;
        let language = language.and_then(|text| faults.at("language", |f| language_of(f, &text)));
        Some(Draft { template, language, values: values.into() })
    }
}

/// Write a draft of a message about a complaint
///
/// With a template, in the language asked for, the complaint's, the guest's or the nearest there is; the answer says which.
/// What is known is put in: how the guest is addressed, hotel, number, who writes, until when the matter is to be resolved,
/// by the hotel's clock, and what was decided; `values` come before it. `missing` names what is not known yet. Nothing is
/// sent or written down: read it over, then write the message.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0")),
    request_body(content = ComplaintMessageDraft, description = "Template and language.",
        example = json!({"template": "complaint_acknowledgement"})),
    responses((status = 200, description = "The draft.", body = RenderedMessage,
        example = json!({"language": "zh-CN", "subject": "已收到您的反馈（XIHU-2026-00042）",
            "body": "尊敬的王先生：\n\n您的反馈已登记，我们将在 2026年12月23日 12:00 之前给您答复。\n\n周思敏",
            "missing": []})))
)]
#[post("/v1/complaints/{complaint_id}/messages/draft")]
pub async fn draft_complaint_message(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    body: Valid<ComplaintMessageDraft>,
) -> Result<HttpResponse, Problem> {
    let (guests, asked) = (by.principal.sight(Scope::GuestsRead), body.command);
    let written = app.read(move |r| wording::draft(r, &by.cx, guests.as_ref(), id.0, asked)).await?;
    Ok(reply::ok(&RenderedMessage::from(written)))
}
