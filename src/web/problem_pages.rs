//! The pages behind problem type URIs, in English and Chinese, and the list of them.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::kit::language::Language;
use crate::web::problem::{self, Problem};

/// The page of one problem type. Outside the document: for people.
///
/// # Errors
/// 404 for an unknown type.
#[get("/problems/{slug}")]
pub async fn problem_page(request: HttpRequest, slug: web::Path<String>) -> Result<HttpResponse, Problem> {
    let kind = problem::ALL.iter().find(|kind| kind.slug == slug.as_str()).ok_or_else(Problem::not_found)?;
    let header =
        request.headers().get("accept-language").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = Language::negotiate(header);
    let mut sections = String::new();
    for language in
        std::iter::once(first).chain(Language::ALL.into_iter().filter(|language| *language != first))
    {
        sections.push_str(&format!(
            "<section lang=\"{}\"><h1>{}</h1><p>{}</p><p>{}</p></section>",
            language.tag(),
            kind.text("title", language),
            kind.text("help", language),
            rust_i18n::t!(
                "page.status",
                locale = language.tag(),
                status = kind.status.as_u16(),
                code = kind.code()
            ),
        ));
    }
    Ok(html(&page(kind.slug, &sections)))
}

/// The list of problem types.
#[actix_web::routes]
#[get("/problems")]
#[get("/problems/")]
pub async fn problem_index() -> HttpResponse {
    let rows: String = problem::ALL
        .iter()
        .map(|kind| {
            format!(
                "<li><a href=\"/problems/{0}\">{1} {2} · {3}</a></li>",
                kind.slug,
                kind.status.as_u16(),
                kind.text("title", Language::En),
                kind.text("title", Language::ZhCn),
            )
        })
        .collect();
    html(&page("problems", &format!("<h1>Problem types · 错误类型</h1><ul>{rows}</ul>")))
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>hospes: {title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>body{{font:16px/1.6 system-ui,sans-serif;\
         max-width:42rem;margin:3rem auto;padding:0 1rem;color:#222}}h1{{font-size:1.4rem;margin-top:2rem}}\
         a{{color:#0b5394}}</style>{body}</html>"
    )
}

fn html(body: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .body(body.to_owned())
}
