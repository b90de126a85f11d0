//! Contents of attachments on their way in and out: the body of `POST …/attachments`, and `GET …/content`.
//!
//! Neither is ever held in memory as a whole. What comes in is written to a file and hashed while it arrives, looked at,
//! stored, and then attached in one transaction with the idempotency key, which is bound to the digest of the body. What
//! goes out is checked against its digest before the first byte is sent, and is always a download: never shown by a
//! browser as a page of this server.

use std::fs::File;
use std::io::{self, Read};

use actix_web::body::SizedStream;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ContentEncoding, ETAG,
    IF_NONE_MATCH,
};
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::attachments::{AttachmentView, attachment_example};
use crate::complaints::attachments::{self, Attachment, NewAttachment, VERSION};
use crate::complaints::contents::{self, ContentError};
use crate::complaints::error::ComplaintError;
use crate::complaints::media::{ALLOWED, Found, GB18030_TEXT, Media, recognise};
use crate::complaints::model::MessageVisibility;
use crate::complaints::service;
use crate::kit::fault::Faults;
use crate::kit::ids::{AttachmentId, ComplaintId};
use crate::platform::blobs::{BlobError, BlobKey, Draft};
use crate::web::access::{Can, ComplaintsRead, ComplaintsWrite};
use crate::web::app::{App, Bounds};
use crate::web::idempotency::IdempotencyKey;
use crate::web::input::{Input, Params, PathId, media_type};
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// The one media type of bodies, in and out: what a content is stands beside it, and no browser shows it.
const MEDIA: &str = "application/octet-stream";
/// Bytes written or read at once.
const PIECE: usize = 256 * 1024;
/// Of the digest in the ETag: 128 bits tell any two contents apart.
const ETAG_DIGITS: usize = 32;

/// What is said of a file that is added.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComplaintAttachmentCreate {
    /// Name of the file. What stands before the last slash and characters that deceive are taken off. An ending that is
    /// known to be that of another content is refused; one that is not known is kept, with that of the content behind it.
    #[param(nullable = false, max_length = 255, example = "thermostat.txt")]
    #[validate(length(max = 255))]
    file_name: Option<String>,
    /// What the sender says the content is; the content has to agree.
    #[param(nullable = false, max_length = 127, example = "text/plain")]
    #[validate(length(max = 127))]
    media_type: Option<String>,
    /// Who may read it; `internal` unless told.
    #[param(inline, nullable = false, example = "internal")]
    visibility: Option<MessageVisibility>,
}

/// What is said of a file that is added, checked.
pub struct Told {
    file_name: Option<String>,
    media_type: Option<String>,
    visibility: MessageVisibility,
}

impl Input for ComplaintAttachmentCreate {
    type Command = Told;

    fn check(self, _: &mut Faults) -> Option<Told> {
        let Self { file_name, media_type, visibility } = self;
        Some(Told { file_name, media_type, visibility: visibility.unwrap_or(MessageVisibility::Internal) })
    }
}

/// Add a file to a complaint
///
/// The body is the file as it is, its `Content-Type` always `application/octet-stream`; what the sender knows of it stands
/// in the query. What it is is found out from its content: JPEG, PNG, GIF, WebP and HEIC images, PDF, plain text in
/// UTF-8, e-mails, MP3, M4A, Ogg, WAV and AMR recordings, MP4, QuickTime and WebM videos, Word and Excel documents without
/// macros. Anything else is 415; a content that is not what `media_type` or the ending of `file_name` says is 422. At most
/// 20 MiB unless the server is set up otherwise, with no pause longer than 30 seconds and in five minutes; 50 files a
/// complaint.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:write"])),
    params(
        ("complaint_id" = uuid::Uuid, Path, description = "Id of the complaint", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"),
        ("Idempotency-Key" = String, Header, description = "Key of the request"),
        ComplaintAttachmentCreate
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file.",
        example = json!("Thermostat of room 1208 at 02:10: 27 degrees.\n")),
    responses((status = 201, description = "The attachment.", body = AttachmentView,
        headers(("ETag" = String, description = "Version"), ("Location" = String, description = "The attachment")),
        example = json!(attachment_example())))
)]
#[post("/v1/complaints/{complaint_id}/attachments")]
pub async fn create_complaint_attachment(
    app: web::Data<App>,
    by: Can<ComplaintsWrite>,
    id: PathId<ComplaintId>,
    key: IdempotencyKey,
    params: Params<ComplaintAttachmentCreate>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let (cx, complaint) = (by.cx.clone(), id.0);
    // Before a byte is read, and not at a replica, which may not have heard of a complaint made just now.
    app.db.write(move |tx| service::get(tx, &cx, complaint)).await?;
    if media_type(&request) != MEDIA {
        return Err(Problem::new(problem::UNSUPPORTED_MEDIA_TYPE).detail("attachment_body"));
    }
    let draft = receive(&app, &request, body).await?;
    let (draft, media) = judge(draft, &params.0).await?;
    let digest = draft.digest();
    let content = BlobKey::new(by.cx.group, &draft.hex()).ok_or(BlobError::Damaged)?;
    let new = NewAttachment {
        visibility: params.0.visibility,
        file_name: attachments::cleaned(params.0.file_name.as_deref(), media),
        media_type: media.name,
        size_bytes: i64::try_from(draft.size()).unwrap_or(i64::MAX),
        content: content.clone(),
    };
    contents::store(&app.db, &app.blobs, &content, draft, app.clock.now()).await?;
    let answer = app
        .commit(by.cx, key.over(&digest), move |tx, cx| {
            let attachment = attachments::attach(tx, cx, complaint, new)?;
            let place = format!("/v1/complaint-attachments/{}", attachment.id);
            Ok::<_, ComplaintError>(reply::created(place, VERSION, &AttachmentView::from(&attachment)))
        })
        .await;
    let is_new = answer.as_ref().is_ok_and(|answer| !answer.headers().contains_key(reply::REPLAYED));
    if !is_new {
        contents::give_back(&app.db, &app.blobs, &content, app.clock.now()).await;
    }
    answer
}

/// Takes a body in.
async fn receive(app: &App, request: &HttpRequest, body: web::Payload) -> Result<Draft, Problem> {
    let header = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced: u64 = header.and_then(|value| value.parse().ok()).unwrap_or_default();
    if announced > app.bounds.largest_attachment {
        return Err(too_large(app.bounds));
    }
    let draft = app.blobs.begin().await?;
    let arrived = tokio::time::timeout(app.bounds.attachment_deadline, fill(app.bounds, draft, body)).await;
    let draft = arrived.map_err(|_| Problem::new(problem::REQUEST_TIMEOUT))??;
    if draft.size() == 0 {
        return Err(Problem::invalid_at("", "empty", "must not be empty"));
    }
    Ok(draft)
}

async fn fill(bounds: Bounds, mut draft: Draft, mut body: web::Payload) -> Result<Draft, Problem> {
    let (mut piece, mut total) = (Vec::new(), 0_u64);
    loop {
        let next = tokio::time::timeout(bounds.import_pause, body.next()).await;
        let Some(part) = next.map_err(|_| Problem::new(problem::REQUEST_TIMEOUT))? else {
            break;
        };
        let part = part.map_err(|_| Problem::new(problem::MALFORMED_REQUEST))?;
        total = total.saturating_add(u64::try_from(part.len()).unwrap_or(u64::MAX));
        if total > bounds.largest_attachment {
            return Err(too_large(bounds));
        }
        piece.extend_from_slice(&part);
        if piece.len() >= PIECE {
            draft = draft.add(std::mem::take(&mut piece)).await?;
        }
    }
    Ok(draft.add(piece).await?)
}

fn too_large(bounds: Bounds) -> Problem {
    Problem::new(problem::PAYLOAD_TOO_LARGE).with("limit", bounds.largest_attachment)
}

/// Finds out what a content is, and whether that is what its sender says.
async fn judge(draft: Draft, sent: &Told) -> Result<(Draft, &'static Media), Problem> {
    let named = |found: &str| {
        let allowed = ALLOWED.iter().map(|media| media.name).collect::<Vec<_>>().join(", ");
        Problem::new(problem::UNSUPPORTED_MEDIA_TYPE)
            .detail("attachment_media")
            .with("found", found)
            .with("allowed", allowed)
    };
    let told = match sent.media_type.as_deref() {
        Some(told) => Some(Media::of(told).ok_or_else(|| named(told))?),
        None => None,
    };
    let (draft, found) = draft.inspect(recognise).await?;
    let mismatch = |told: &Media, found: &str| {
        Problem::invalid_at(
            "?media_type",
            "media_type_mismatch",
            &format!("is not what the content is: {found}"),
        )
        .detail("attachment_mismatch")
        .with("told", told.name)
        .with("found", found)
    };
    let kinds = match (told, found) {
        (_, Found::Allowed(kinds)) => kinds,
        (None, Found::Other(GB18030_TEXT)) => {
            return Err(Problem::new(problem::UNSUPPORTED_MEDIA_TYPE).detail("attachment_encoding"));
        }
        (Some(told), Found::Other(GB18030_TEXT)) if told.name == "text/plain" => {
            return Err(Problem::invalid_at("", "encoding", "must be UTF-8").detail("attachment_encoding"));
        }
        (None, Found::Other(found)) => return Err(named(found)),
        (Some(told), Found::Other(found)) => return Err(mismatch(told, found)),
    };
    let likeliest = kinds.first().copied().ok_or_else(|| named(MEDIA))?;
    if let Some(told) = told.filter(|told| !kinds.contains(told)) {
        return Err(mismatch(told, likeliest.name));
    }
    let ending = sent.file_name.as_deref().and_then(attachments::known_ending);
    let by_name = match ending {
        None => None,
        Some(ending) => {
            let kind = kinds.iter().copied().find(|kind| kind.has_ending(&ending));
            Some(kind.ok_or_else(|| misnamed(&ending, likeliest))?)
        }
    };
    Ok((draft, told.or(by_name).unwrap_or(likeliest)))
}

/// The refusal of a name that says another content than there is.
fn misnamed(ending: &str, found: &Media) -> Problem {
    let message = format!("has the ending of another content than it is: {}", found.name);
    Problem::invalid_at("?file_name", "file_name_mismatch", &message)
        .detail("attachment_name")
        .with("ending", ending)
        .with("found", found.name)
}

/// Download a file of a complaint
///
/// The file as it was sent, always as `application/octet-stream` and as a download, under its name; what it is stands in
/// the attachment's `media_type`. Its digest is checked before the first byte is sent.
#[utoipa::path(
    tag = "complaints",
    security(("bearer" = ["complaints:read"])),
    params(
        ("attachment_id" = uuid::Uuid, Path, description = "Id of the attachment", example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ee0")
    ),
    responses(
        (status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream",
            headers(("ETag" = String, description = "Digest")),
            example = json!("Thermostat of room 1208 at 02:10: 27 degrees.\n")),
        (status = 304, description = "The caller has it already.")
    )
)]
#[get("/v1/complaint-attachments/{attachment_id}/content")]
pub async fn get_complaint_attachment_content(
    app: web::Data<App>,
    by: Can<ComplaintsRead>,
    id: PathId<AttachmentId>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let found = app.read(move |r| attachments::find(r, &by.cx, id.0)).await?;
    let etag = format!("\"{}\"", found.sha256.get(..ETAG_DIGITS).unwrap_or(&found.sha256));
    if knows(&request, &etag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    let size = u64::try_from(found.size_bytes).unwrap_or_default();
    let file = app.blobs.read(&found.key()?, size).await?;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .insert_header((CONTENT_TYPE, MEDIA))
        .insert_header((CONTENT_DISPOSITION, disposition(&found)))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"))
        // Compressed it would be another representation under the same strong ETag.
        .insert_header(ContentEncoding::Identity)
        .body(SizedStream::new(size, pieces(file))))
}

fn knows(request: &HttpRequest, etag: &str) -> bool {
    let header = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    header.is_some_and(|text| {
        text.trim() == "*" || text.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
    })
}

/// `Content-Disposition` (RFC 6266), the name once for those who read ASCII only and once in UTF-8 (RFC 8187).
fn disposition(attachment: &Attachment) -> String {
    let name = &attachment.file_name;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte);
    let encoded: String = name
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("attachment; filename=\"{}\"; filename*=UTF-8''{encoded}", attachments::ascii(name))
}

/// The pieces of a file, each read on a thread that may wait.
fn pieces(file: File) -> impl futures_util::Stream<Item = io::Result<web::Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = Vec::with_capacity(PIECE);
            let most = u64::try_from(PIECE).unwrap_or(u64::MAX);
            file.by_ref().take(most).read_to_end(&mut piece)?;
            Ok::<_, io::Error>((file, piece))
        });
        let (file, piece) = read.await.map_err(io::Error::other)??;
        Ok((!piece.is_empty()).then(|| (web::Bytes::from(piece), file)))
    })
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        log::error!("{error}");
        match error {
            BlobError::Unavailable(_) => Self::unavailable(2),
            BlobError::Missing | BlobError::Damaged => Self::new(problem::INTERNAL_ERROR),
        }
    }
}

impl From<ContentError> for Problem {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Db(error) => error.into(),
            ContentError::Blob(error) => error.into(),
        }
    }
}
