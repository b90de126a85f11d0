//! Message templates: `/v1/message-templates`.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, put, web};
use serde_json::{Value, json};

use super::template_wire::{
    MessageRender, MessageTemplate, MessageTemplatePage, MessageTemplatePut, MessageTemplateQuery,
    RenderedMessage,
};
use super::wire::{code, written};
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::Defined;
use crate::complaint_settings::templates::{self, Template};
use crate::kit::cursor::ListKey;
use crate::web::access::{Can, ComplaintSettingsRead, ComplaintSettingsWrite};
use crate::web::app::App;
use crate::web::conditional::{self, IfMatch, unless_known};
use crate::web::input::{Params, PathId, Valid};
use crate::web::page;
use crate::web::problem::Problem;
use crate::web::reply;

fn texts_example() -> Value {
    json!([
        {"language": "zh-CN", "subject": "已收到您的反馈（{{complaint_number}}）",
            "body": "尊敬的{{guest_name}}：\n\n您的反馈已登记，我们将在 {{due_at}} 之前给您答复。\n\n{{staff_name}}"},
        {"language": "en", "subject": "We have received your message ({{complaint_number}})",
            "body": "Dear {{guest_name}},\n\nYou will hear from us by {{due_at}}.\n\n{{staff_name}}"}
    ])
}

fn example() -> Value {
    json!({"code": "complaint_acknowledgement", "version": 2, "purpose": "acknowledgement", "texts": texts_example(),
        "retired": false})
}

/// List message templates
///
/// By code, retired ones included: what comes with the program, with what the group changed of it or added, and those of
/// the hotels that the caller may see.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    params(MessageTemplateQuery),
    responses((status = 200, description = "A page of templates.", body = MessageTemplatePage,
        example = json!({"items": [example()], "has_more": false})))
)]
#[get("/v1/message-templates")]
pub async fn list_message_templates(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    params: Params<MessageTemplateQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (purpose, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "message_templates", &purpose);
    let after: Option<String> = page::position(&app, list, cursor.as_deref())?;
    let found = app.read(move |r| templates::load(r, &cx).map_err(SettingsError::from)).await?;
    let fits = |(code, template): &(&String, &Defined<Template>)| {
        let behind = after.as_ref().is_none_or(|after| *code > after);
        behind && purpose.is_none_or(|purpose| template.is.purpose == purpose)
    };
    let limit = usize::try_from(limit).unwrap_or_default();
    let mut items: Vec<_> = found.iter().filter(fits).take(limit + 1).collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|(code, _)| (*code).clone());
    let items = items.into_iter().map(|(code, template)| MessageTemplate::new(code, template)).collect();
    Ok(page::answer(&request, &MessageTemplatePage::new(items, page::next(&app, list, next))))
}

/// Read a message template
///
/// One that is retired can still be read.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    params(("code" = String, Path, description = "Code of the template", min_length = 1, max_length = 60, example = "complaint_acknowledgement")),
    responses(
        (status = 200, description = "The template.", body = MessageTemplate, headers(("ETag" = String, description = "Version")),
            example = json!(example())),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/message-templates/{code}")]
pub async fn get_message_template(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    path: PathId<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let asked = code.clone();
    let found = app.read(move |r| templates::get(r, &by.cx, &asked)).await?;
    Ok(unless_known(&request, found.version, &MessageTemplate::new(&code, &found)))
}

/// Write a message template
///
/// Creates it, or replaces the one there is, which `If-Match` then has to name. A retired one is in use again. A
/// placeholder that does not exist is refused with its place in the text. One for the whole group is written by those who
/// act for it.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the template", min_length = 1, max_length = 60, example = "complaint_acknowledgement"),
        ("If-Match" = Option<String>, Header, description = "ETag")),
    request_body(content = MessageTemplatePut, description = "The template.",
        example = json!({"purpose": "acknowledgement", "texts": texts_example()})),
    responses(
        (status = 200, description = "The template, replaced or unchanged.", body = MessageTemplate,
            headers(("ETag" = String, description = "Version")), example = json!(example())),
        (status = 201, description = "The new template.", body = MessageTemplate,
            headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The template")), example = json!(example()))
    )
)]
#[put("/v1/message-templates/{code}")]
pub async fn put_message_template(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    request: HttpRequest,
    body: Valid<MessageTemplatePut>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let expected = conditional::if_match(&request)?;
    app.commit(by.cx, None, move |tx, cx| {
        let is = body.command;
        let done = templates::put(tx, cx, &code, expected.as_ref(), is.clone())?;
        let view = MessageTemplate::new(&code, &Defined { is, version: done.version });
        let location = format!("/v1/message-templates/{code}");
        Ok::<_, SettingsError>(written(location, done.version, done.created, &view))
    })
    .await
}

/// Retire a message template
///
/// No more messages are written with it; it can still be read.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:write"])),
    params(("code" = String, Path, description = "Code of the template", min_length = 1, max_length = 60, example = "complaint_acknowledgement"),
        ("If-Match" = String, Header, description = "ETag")),
    responses((status = 204, description = "The template is retired."))
)]
#[delete("/v1/message-templates/{code}")]
pub async fn retire_message_template(
    app: web::Data<App>,
    by: Can<ComplaintSettingsWrite>,
    path: PathId<String>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    app.commit(by.cx, None, move |tx, cx| {
        templates::retire(tx, cx, &code, &expected.0)?;
        Ok::<_, SettingsError>(reply::gone())
    })
    .await
}

/// Write a message with a template
///
/// In the language asked for or the nearest there is: one of the same primary language, the hotel's default language,
/// English, any; the answer says which. Values are put in as they are, once. Nothing is sent or written down.
#[utoipa::path(
    tag = "complaint-settings",
    security(("bearer" = ["complaint_settings:read"])),
    params(("code" = String, Path, description = "Code of the template", min_length = 1, max_length = 60, example = "complaint_acknowledgement")),
    request_body(content = MessageRender, description = "For whom the message is.",
        example = json!({"language": "zh-CN", "values": {"guest_name": "王先生", "complaint_number": "XIHU-2026-000123",
            "due_at": "今日 18:00"}})),
    responses((status = 200, description = "The message.", body = RenderedMessage,
        example = json!({"language": "zh-CN", "subject": "已收到您的反馈（XIHU-2026-000123）",
            "body": "尊敬的王先生：\n\n您的反馈已登记，我们将在 今日 18:00 之前给您答复。\n\n{{staff_name}}",
            "missing": ["staff_name"]})))
)]
#[post("/v1/message-templates/{code}/render")]
pub async fn render_message_template(
    app: web::Data<App>,
    by: Can<ComplaintSettingsRead>,
    path: PathId<String>,
    body: Valid<MessageRender>,
) -> Result<HttpResponse, Problem> {
    let code = code(path)?;
    let (language, hotel, values) = body.command;
    let rendered = app.read(move |r| templates::render(r, &by.cx, &code, hotel, &language, &values)).await?;
    Ok(reply::ok(&RenderedMessage::from(rendered)))
}
