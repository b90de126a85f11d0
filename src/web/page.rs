//! Lists: bounds of a page, and its cursor.

use actix_web::http::header::{HeaderValue, LINK};
use actix_web::{HttpRequest, HttpResponse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use validator::Validate;

use crate::kit::cursor::{ListKey, read_cursor, write_cursor};
use crate::kit::fault::Faults;
use crate::web::app::App;
use crate::web::input::Input;
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// Items of a page unless asked otherwise.
pub const DEFAULT_LIMIT: i32 = 50;

/// Declares a page type with its schema: a concrete struct, because generators inline generic ones.
#[macro_export]
macro_rules! page {
    ($(#[$meta:meta])* $name:ident of $item:ty) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            /// Items of this page, at most `limit`.
            #[schema(max_items = 200)]
            pub items: Vec<$item>,
            /// Cursor of the next page; absent on the last one.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schema(nullable = false, max_length = 2000, examples("kq2x0fJ0cXlCqg5m0o2l1lsxLFsx"))]
            pub next_cursor: Option<String>,
            /// Whether there is a next page.
            #[schema(examples(true))]
            pub has_more: bool,
        }

        impl $crate::web::page::Page for $name {
            fn next_cursor(&self) -> Option<&str> {
                self.next_cursor.as_deref()
            }
        }

        impl $name {
            /// A page and the cursor behind it.
            pub fn new(items: Vec<$item>, next_cursor: Option<String>) -> Self {
                Self { items, has_more: next_cursor.is_some(), next_cursor }
            }
        }
    };
}

/// Reads the position of a cursor.
///
/// # Errors
/// 400 when the cursor was changed or belongs to another list.
pub fn position<P: DeserializeOwned>(
    app: &App,
    list: ListKey,
    cursor: Option<&str>,
) -> Result<Option<P>, Problem> {
    cursor
        .map(|cursor| {
            read_cursor(&app.cursors, list, cursor).ok_or_else(|| Problem::new(problem::INVALID_CURSOR))
        })
        .transpose()
}

/// The cursor behind a page, if there is a next one.
pub fn next<P: Serialize>(app: &App, list: ListKey, position: Option<P>) -> Option<String> {
    position.map(|position| write_cursor(&app.cursors, list, &position))
}

/// What page of a list to show.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    /// Most items of a page.
    #[validate(range(min = 1, max = 200))]
    #[param(nullable = false, minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<i32>,
    /// `next_cursor` of the page before.
    #[validate(length(max = 2000))]
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    cursor: Option<String>,
}

/// What page of a list to show, checked.
#[derive(Debug, Clone)]
pub struct AskedPage {
    /// Most items.
    pub limit: i64,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl Input for PageQuery {
    type Command = AskedPage;

    fn check(self, _: &mut Faults) -> Option<AskedPage> {
        Some(AskedPage { limit: self.limit.unwrap_or(DEFAULT_LIMIT).into(), cursor: self.cursor })
    }
}

/// A page as it is answered.
pub trait Page: Serialize {
    /// Cursor of the next page, if there is one.
    fn next_cursor(&self) -> Option<&str>;
}

/// 200 with a page, and where the next one is.
pub fn answer(request: &HttpRequest, page: &impl Page) -> HttpResponse {
    let mut response = reply::ok(page);
    if let Some(link) = page.next_cursor().and_then(|cursor| link(request, cursor)) {
        response.headers_mut().insert(LINK, link);
    }
    response
}

/// The `Link` header of the next page: the request's own target with the new cursor (RFC 8288).
fn link(request: &HttpRequest, cursor: &str) -> Option<HeaderValue> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name != "cursor" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("cursor", cursor);
    HeaderValue::from_str(&format!("<{}?{}>; rel=\"next\"", request.path(), query.finish())).ok()
}
