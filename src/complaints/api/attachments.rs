//! Files added to a complaint: `/v1/complaints/{complaint_id}/attachments`. Their contents come and go in
//! [`super::attachment_contents`].

use std::sync::{Arc, OnceLock};

use actix_web::{HttpRequest, HttpResponse, delete, get, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::complaints::attachments::{self, Attachment, VERSION};
use crate::complaints::contents;
use crate::complaints::error::ComplaintError;
use crate::complaints::model::MessageVisibility;
use crate::kit::cursor::ListKey;
use crate::kit::fault::Faults;
use crate::kit::ids::{AttachmentId, ComplaintId};
use crate::web::access::{Can, ComplaintsRead, ComplaintsWrite};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::{Input, Params, PathId};
use crate::web::page::{self, DEFAULT_LIMIT};
use crate::web::problem::Problem;
use crate::web::reply;

/// A file added to a complaint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComplaintAttachment)]
pub struct AttachmentView {
    /// Id of the attachment.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0"))]
    id: uuid::Uuid,
    /// The complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    complaint_id: uuid::Uuid,
    /// Who may read it.
    #[schema(examples("guest"))]
    visibility: MessageVisibility,
    /// Its name, without folders and deceiving characters, its ending that of its content.
    #[schema(max_length = 200, examples("空调.jpg"))]
    file_name: String,
    /// What its content is, found out from the content; more kinds may come.
    #[schema(max_length = 127, examples("image/jpeg"))]
    media_type: String,
    /// Size of its content in bytes.
    #[schema(minimum = 1, maximum = 1073741824i64, examples(482113))]
    size_bytes: i64,
    /// SHA-256 of its content, lower-case hexadecimal digits.
    #[schema(
        min_length = 64,
        max_length = 64,
        pattern = "^[0-9a-f]{64}$",
        examples("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
    )]
    sha256: String,
    /// When it was added.
    #[schema(format = DateTime, examples("2026-12-20T08:33:00.000000Z"))]
    created_at: String,
    /// By whom.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    created_by: uuid::Uuid,
}

impl From<&Attachment> for AttachmentView {
    fn from(attachment: &Attachment) -> Self {
        let Attachment {
            group: _,
            id,
            complaint_id,
            visibility,
            file_name,
            media_type,
            size_bytes,
            sha256,
            created,
        } = attachment.clone();
        Self {
            id: id.0,
            complaint_id: complaint_id.0,
            visibility,
            file_name,
            media_type,
            size_bytes,
            sha256,
            created_at: created.0.to_string(),
            created_by: created.1.0,
        }
    }
}

crate::page! {
    /// A page of attachments.
    ComplaintAttachmentPage of AttachmentView
}

/// The attachment that examples show.
pub(super) fn attachment_example() -> Value {
    json!({
        "id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0", "complaint_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0",
        "visibility": "guest", "file_name": "空调.jpg", "media_type": "image/jpeg", "size_bytes": 482_113,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "created_at": "2026-12-20T08:33:00.000000Z", "created_by": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"
    })
}

/// What a list of attachments can be asked.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComplaintAttachmentQuery {
    /// Only attachments that these may read.
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

impl Input for ComplaintAttachmentQuery {
    type Command = (Option<MessageVisibility>, i64, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.visibility, i64::from(self.limit.unwrap_or(DEFAULT_LIMIT)), self.cursor))
    }
}

/// List attachments of a complaint
///
/// The oldest first; without their contents.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ComplaintAttachmentQuery
    ),
    responses((status = 200, description = "A page of attachments.", body = ComplaintAttachmentPage,
        example = json!({"items": [attachment_example()], "has_more": false})))
)]
#[get("/v1/complaints/{complaint_id}/attachments")]
pub async fn list_complaint_attachments(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<ComplaintId>,
    params: Params<ComplaintAttachmentQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (visibility, limit, cursor) = params.0;
    let cx = by.cx;
    let list = ListKey::new(cx.group, "complaint-attachments", &(id.0, visibility));
    let after: Option<AttachmentId> = page::position(&app, list, cursor.as_deref())?;
    let (found, position) =
        app.read(move |r| attachments::list(r, &cx, id.0, visibility, after, limit)).await?;
    let next = page::next(&app, list, position);
    let views = found.iter().map(AttachmentView::from).collect();
    Ok(page::answer(&request, &ComplaintAttachmentPage::new(views, next)))
}

/// Read an attachment of a complaint
///
/// Without its content. An attachment is never changed.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(
        ("attachment_id" = uuid::Uuid, Path, description = "Id of the attachment", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0")
    ),
    responses(
        (status = 200, description = "The attachment.", body = AttachmentView,
            headers(("ETag" = String, description = "Version")), example = json!(attachment_example())),
        (status = 304, description = "The caller has it already.")
    )
)]
#[get("/v1/complaint-attachments/{attachment_id}")]
pub async fn get_complaint_attachment(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<AttachmentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| attachments::find(r, &by.cx, id.0)).await?;
    Ok(unless_known(&request, VERSION, &AttachmentView::from(&found)))
}

/// Delete an attachment of a complaint
///
/// For what does not belong there, while the complaint is open: the files of one that has ended (closed, withdrawn,
/// rejected, merged) are evidence, and deleting them is 409. Its content is removed unless another attachment of the group
/// has the same; log and feed keep that there was one, not what it was.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("attachment_id" = uuid::Uuid, Path, description = "Id of the attachment", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0"),
        ("If-Match" = String, Header, description = "ETag")
    ),
    responses((status = 204, description = "It is gone."))
)]
#[delete("/v1/complaint-attachments/{attachment_id}")]
pub async fn delete_complaint_attachment(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<AttachmentId>,
    expected: IfMatch,
) -> Result<HttpResponse, Problem> {
    let content = Arc::new(OnceLock::new());
    let removed = Arc::clone(&content);
    let answer = app
        .commit(by.cx, None, move |tx, cx| {
            let attachment = attachments::detach(tx, cx, id.0, &expected.0)?;
            removed.get_or_init(|| attachment.key().ok());
            Ok::<_, ComplaintError>(reply::gone())
        })
        .await?;
    if let Some(Some(key)) = content.get() {
        // The attachment is gone; a content that stays is swept later.
        if let Err(error) = contents::discard(&app.db, &app.blobs, key, app.clock.now()).await {
            log::warn!("a content was left behind: {error}");
        }
    }
    Ok(answer)
}
