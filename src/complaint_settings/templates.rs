//! Messages to guests, ready to be filled: what comes with the program, overlaid by a group's own; some for one hotel.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::complaint_settings::configure::{self, Written};
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::model::{Defined, TemplatePlaceholder, TemplatePurpose};
use crate::complaint_settings::repo::{self, Setting};
use crate::complaint_settings::routing::of_hotels;
use crate::complaint_settings::text;
use crate::db::{DbResult, Reads, Tx};
use crate::hotels;
use crate::hotels::error::HotelError;
use crate::hotels::model::Hotel;
use crate::kit::fault::Fault;
use crate::kit::ids::{GroupId, HotelId};
use crate::kit::text::has_control;
use crate::kit::version::Expected;
use crate::platform::context::Ctx;

/// A message in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateText {
    /// Subject, on one line; `None` for messages that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The message, with placeholders.
    pub body: String,
}

/// A message template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// What it is for.
    pub purpose: TemplatePurpose,
    /// The one hotel that uses it; `None`: the whole group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotel_id: Option<HotelId>,
    /// The message by language, BCP 47; never empty.
    pub texts: BTreeMap<String, TemplateText>,
    /// Whether it is no longer used.
    #[serde(default)]
    pub retired: bool,
}

/// A message for one guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Language of the message, which may be another one than asked for.
    pub language: String,
    /// Subject, if the template has one.
    pub subject: Option<String>,
    /// The message.
    pub body: String,
    /// Placeholders that had no value and are still in the message, each once, in the order of the message.
    pub missing: Vec<TemplatePlaceholder>,
}

/// What is put into a message.
pub type Values = BTreeMap<TemplatePlaceholder, String>;

/// The file that comes with the program. A test reads it, so that a broken one is never shipped.
const SHIPPED: &str = include_str!("templates.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    purpose: TemplatePurpose,
    #[serde(rename = "zh-CN")]
    zh: TemplateText,
    en: TemplateText,
}

fn read_shipped(file: &str) -> Result<BTreeMap<String, Defined<Template>>, toml::de::Error> {
    let found: BTreeMap<String, Shipped> = toml::from_str(file)?;
    let template = |Shipped { purpose, zh, en }| {
        let texts = [("zh-CN".to_owned(), zh), ("en".to_owned(), en)].into();
        Defined { is: Template { purpose, hotel_id: None, texts, retired: false }, version: 1 }
    };
    Ok(found.into_iter().map(|(code, shipped)| (code, template(shipped))).collect())
}

/// What comes with the program, by code.
pub fn shipped() -> &'static BTreeMap<String, Defined<Template>> {
    static READ: LazyLock<BTreeMap<String, Defined<Template>>> = LazyLock::new(|| {
        read_shipped(SHIPPED).unwrap_or_else(|fault| {
            log::error!("the message templates that come with the program cannot be read: {fault}");
            BTreeMap::new()
        })
    });
    &READ
}

/// The templates of a group the caller may see, by code.
///
/// # Errors
/// When the database fails.
pub fn load(reads: &mut impl Reads, cx: &Ctx) -> DbResult<BTreeMap<String, Defined<Template>>> {
    let mut templates = shipped().clone();
    for row in repo::all(reads, cx.group, &[Setting::TEMPLATE])? {
        if let Setting::Template(is) = row.setting {
            templates.insert(row.code, Defined { is, version: row.version });
        }
    }
    templates.retain(|_, template| cx.sight.covers(template.is.hotel_id));
    Ok(templates)
}

fn in_force(reads: &mut impl Reads, group: GroupId, code: &str) -> DbResult<Option<Defined<Template>>> {
    Ok(match repo::find(reads, group, Setting::TEMPLATE, code)? {
        Some(repo::Kept { setting: Setting::Template(is), version, .. }) => Some(Defined { is, version }),
        _ => shipped().get(code).cloned(),
    })
}

/// A template the caller may see, retired ones included.
///
/// # Errors
/// [`SettingsError::NotFound`] for missing and foreign ones alike.
pub fn get(reads: &mut impl Reads, cx: &Ctx, code: &str) -> Result<Defined<Template>, SettingsError> {
    let found = in_force(reads, cx.group, code)?;
    found.filter(|found| cx.sight.covers(found.is.hotel_id)).ok_or(SettingsError::NotFound)
}

/// Writes a template: a new one, or in the place of the one there is, which `expected` then has to name. One for the
/// whole group is written by those who act for it, one for a hotel by those who may see the hotel. One that a hotel has
/// stays with it: others are never told what was written there.
///
/// # Errors
/// [`SettingsError::NotFound`], [`SettingsError::NoVersion`], [`SettingsError::Stale`], [`SettingsError::Taken`] when
/// another hotel has the code, [`SettingsError::NeedsWholeGroup`], [`SettingsError::Invalid`] for a hotel the caller may
/// not see or another one than before, [`SettingsError::State`] when there are too many.
pub fn put(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    template: Template,
) -> Result<Written, SettingsError> {
    let old = in_force(tx, cx.group, code)?;
    if old.as_ref().is_some_and(|old| !cx.sight.covers(old.is.hotel_id)) {
        return Err(if expected.is_some() { SettingsError::NotFound } else { SettingsError::Taken });
    }
    if old.is_none() && expected.is_some() {
        return Err(SettingsError::NotFound);
    }
    if old.as_ref().is_some_and(|old| old.is.hotel_id.is_none()) || template.hotel_id.is_none() {
        configure::for_whole_group(cx)?;
    }
    if let Some(hotel) = template.hotel_id {
        seen_hotel(tx, cx, hotel)?;
    }
    let moved =
        old.as_ref().is_some_and(|old| old.is.hotel_id.is_some() && old.is.hotel_id != template.hotel_id);
    let known = |expected: &Expected| old.as_ref().is_none_or(|old| expected.allows(old.version));
    if moved && expected.is_some_and(known) {
        return Err(invalid_hotel("fixed", "cannot be changed: the template stays with its hotel"));
    }
    let old = old.map(|old| (Setting::Template(old.is), old.version));
    configure::save(tx, cx, code, expected, old, Setting::Template(template))
}

/// Takes a template out of use; it can still be read.
///
/// # Errors
/// [`SettingsError::NotFound`], [`SettingsError::Stale`], [`SettingsError::NeedsWholeGroup`].
pub fn retire(tx: &mut Tx<'_>, cx: &Ctx, code: &str, expected: &Expected) -> Result<(), SettingsError> {
    let old = get(tx, cx, code)?;
    if old.is.hotel_id.is_none() {
        configure::for_whole_group(cx)?;
    }
    let new = Setting::Template(Template { retired: true, ..old.is.clone() });
    configure::save(tx, cx, code, Some(expected), Some((Setting::Template(old.is), old.version)), new)?;
    Ok(())
}

fn seen_hotel(reads: &mut impl Reads, cx: &Ctx, hotel: HotelId) -> Result<Hotel, SettingsError> {
    hotels::service::find_hotel(reads, cx, hotel).map_err(|error| match error {
        HotelError::NotFound => invalid_hotel("unknown_reference", "is not a hotel you can see"),
        error => of_hotels(error),
    })
}

fn invalid_hotel(code: &str, message: &str) -> SettingsError {
    let pointer = "/hotel_id".to_owned();
    SettingsError::Invalid(vec![Fault { pointer, code: code.to_owned(), message: message.to_owned() }])
}

/// Writes a message for a guest of a hotel (`None`: the template's own, or none) in the language asked for or the
/// nearest there is: one of the same primary language, the hotel's default language, English, any. Values are put in as
/// they are, once; only in a subject line breaks become spaces. Nothing is written down.
///
/// # Errors
/// [`SettingsError::NotFound`] for a template the caller may not see, [`SettingsError::State`] for one that is retired,
/// [`SettingsError::Invalid`] for a hotel the caller may not see and for one that is not the template's.
pub fn render(
    reads: &mut impl Reads,
    cx: &Ctx,
    code: &str,
    hotel: Option<HotelId>,
    language: &str,
    values: &Values,
) -> Result<Rendered, SettingsError> {
    let template = in_use(reads, cx, code, hotel)?;
    let hotel = match hotel.or(template.hotel_id) {
        Some(hotel) => Some(seen_hotel(reads, cx, hotel)?),
        None => None,
    };
    let spoken = hotel.as_ref().map(|hotel| hotel.default_language.as_str());
    let wanted = [Some(language), spoken, Some("en")];
    compose(&template.texts, wanted, |_| values.clone()).ok_or(SettingsError::NotFound)
}

/// A template that can be used for a hotel (`None`: for any).
///
/// # Errors
/// [`SettingsError::NotFound`] for a template the caller may not see, [`SettingsError::State`] for one that is retired,
/// [`SettingsError::Invalid`] for one of another hotel.
pub fn in_use(
    reads: &mut impl Reads,
    cx: &Ctx,
    code: &str,
    hotel: Option<HotelId>,
) -> Result<Template, SettingsError> {
    let template = get(reads, cx, code)?.is;
    if template.retired {
        return Err(SettingsError::State("template_retired"));
    }
    if template.hotel_id.is_some() && hotel.is_some() && hotel != template.hotel_id {
        return Err(invalid_hotel("mismatch", "is not the hotel of the template"));
    }
    Ok(template)
}

/// Writes a message in the first of some languages there is a text in, be it in another variety of it, with values in the
/// language that is found. `None` only where there is no text at all.
pub fn compose(
    texts: &BTreeMap<String, TemplateText>,
    wanted: [Option<&str>; 3],
    values: impl FnOnce(&str) -> Values,
) -> Option<Rendered> {
    let (language, message) = nearest(texts, wanted)?;
    let (values, mut missing) = (values(language), Vec::new());
    let subject =
        message.subject.as_ref().map(|subject| one_line(text::fill(subject, &values, &mut missing)));
    let body = text::fill(&message.body, &values, &mut missing);
    Some(Rendered { language: language.to_owned(), subject, body, missing })
}

/// Whether a message has a placeholder, in its subject or its words.
pub fn uses(message: &TemplateText, blank: TemplatePlaceholder) -> bool {
    let texts = message.subject.iter().chain(std::iter::once(&message.body));
    texts.filter_map(|text| text::read(text).ok()).flatten().any(|part| part == text::Part::Blank(blank))
}

/// Whether every placeholder of a text is known and closed.
pub fn is_readable(message: &str) -> bool {
    text::read(message).is_ok()
}

/// A subject without line breaks and other control characters, which in a mail would begin another header.
fn one_line(subject: String) -> String {
    if has_control(&subject) { subject.replace(char::is_control, " ") } else { subject }
}

/// The text in the first of these languages there is, be it in another variety of it; any one where there is none.
pub fn nearest<'t, T>(texts: &'t BTreeMap<String, T>, wanted: [Option<&str>; 3]) -> Option<(&'t str, &'t T)> {
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let found = wanted.into_iter().flatten().find_map(|wanted| {
        let exact = texts.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(wanted));
        exact.or_else(|| texts.iter().find(|(tag, _)| primary(tag) == primary(wanted)))
    });
    found.or_else(|| texts.iter().next()).map(|(tag, text)| (tag.as_str(), text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{SHIPPED, TemplatePurpose, TemplateText, nearest, one_line, read_shipped};
    use crate::complaint_settings::model::is_code;
    use crate::complaint_settings::text;

    #[test]
    fn every_purpose_has_a_shipped_text_in_chinese_and_english() {
        let templates = read_shipped(SHIPPED).unwrap();
        for purpose in TemplatePurpose::ALL {
            let of = templates.values().filter(|template| template.is.purpose == *purpose);
            assert!(of.count() >= 1, "{}", purpose.code());
        }
        for (code, template) in &templates {
            assert!(is_code(code));
            for (language, message) in &template.is.texts {
                let place = format!("{code} {language}");
                assert!(message.body.chars().count() <= 5_000 && !message.body.trim().is_empty(), "{place}");
                text::read(&message.body).unwrap();
                let subject = message.subject.as_deref().unwrap();
                assert!((1..=200).contains(&subject.chars().count()), "{place}");
                text::read(subject).unwrap();
            }
            let blanks = |language: &str| {
                let mut found = text::read(&template.is.texts[language].body).unwrap();
                found.retain(|part| matches!(part, text::Part::Blank(_)));
                let mut found: Vec<_> = found.into_iter().map(|part| format!("{part:?}")).collect();
                found.sort();
                found.dedup();
                found
            };
            assert_eq!(blanks("zh-CN"), blanks("en"), "{code}");
        }
    }

    #[test]
    fn a_value_cannot_break_a_subject_in_two() {
        assert_eq!(one_line("Li\r\nBcc: all@example.com".to_owned()), "Li  Bcc: all@example.com");
        assert_eq!(one_line("投诉 {{due_at}}".to_owned()), "投诉 {{due_at}}");
    }

    #[test]
    fn the_nearest_language_is_taken() {
        let text = |body: &str| TemplateText { subject: None, body: body.to_owned() };
        let of = |tags: &[&str]| -> BTreeMap<String, TemplateText> {
            tags.iter().map(|tag| ((*tag).to_owned(), text(tag))).collect()
        };
        let texts = of(&["de", "en", "ja", "zh-CN"]);
        for (wanted, hotel, told) in [
            ("zh-CN", None, "zh-CN"),
            ("ZH-cn", None, "zh-CN"),
            ("zh-TW", None, "zh-CN"),
            ("en-GB", Some("zh-CN"), "en"),
            ("fr", Some("ja"), "ja"),
            ("fr", Some("ja-JP"), "ja"),
            ("fr", Some("ko"), "en"),
            ("fr", None, "en"),
        ] {
            let (language, _) = nearest(&texts, [Some(wanted), hotel, Some("en")]).unwrap();
            assert_eq!(language, told, "{wanted} {hotel:?}");
        }
        assert_eq!(nearest(&of(&["ja"]), [Some("fr"), None, Some("en")]).unwrap().0, "ja");
        assert!(nearest(&of(&[]), [Some("fr"), None, Some("en")]).is_none());
    }
}
