//! Message templates as clients send and see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::wire::{language_of, one_line};
use crate::complaint_settings::model::{Defined, TemplatePlaceholder, TemplatePurpose};
use crate::complaint_settings::templates::{Rendered, Template, TemplateText, Values};
use crate::complaint_settings::text;
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::web::input::Input;
use crate::web::page::DEFAULT_LIMIT;

/// Longest body of a message, in characters.
const LONGEST_BODY: u64 = 5_000;

/// The message in one language.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessageTemplateText {
    /// Language, BCP 47.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: String,
    /// Subject, on one line; absent for messages that have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 200,
        examples("已收到您的反馈（{{complaint_number}}）")
    )]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    subject: Option<String>,
    /// The message, with placeholders in double braces: `guest_name`, `hotel_name`, `complaint_number`, `staff_name`,
    /// `due_at`, `solution`, `survey_link`.
    #[schema(min_length = 1, max_length = 5_000, examples("尊敬的{{guest_name}}：您的反馈已登记。"))]
    #[validate(length(min = 1, max = LONGEST_BODY))]
    body: String,
}

/// A message template.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageTemplate {
    /// Its code.
    #[schema(max_length = 60, examples("complaint_acknowledgement"))]
    code: String,
    /// Version, as in the ETag; 1 for one that comes with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    pub version: i64,
    /// What it is for.
    #[schema(examples("acknowledgement"))]
    purpose: TemplatePurpose,
    /// The one hotel that uses it; absent when the whole group does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// The message by language.
    #[schema(max_items = 20)]
    texts: Vec<MessageTemplateText>,
    /// Whether it is no longer used.
    #[schema(examples(false))]
    retired: bool,
}

impl MessageTemplate {
    /// A template as clients see it.
    pub fn new(code: &str, defined: &Defined<Template>) -> Self {
        let Template { purpose, hotel_id, texts, retired } = defined.is.clone();
        let text =
            |(language, TemplateText { subject, body })| MessageTemplateText { language, subject, body };
        Self {
            code: code.to_owned(),
            version: defined.version,
            purpose,
            hotel_id: hotel_id.map(Into::into),
            texts: texts.into_iter().map(text).collect(),
            retired,
        }
    }
}

crate::page! {
    /// A page of message templates.
    MessageTemplatePage of MessageTemplate
}

/// A message template to write.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessageTemplatePut {
    /// What it is for.
    #[schema(examples("acknowledgement"))]
    purpose: TemplatePurpose,
    /// The one hotel that uses it; absent when the whole group does.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// The message by language, each language once.
    #[schema(min_items = 1, max_items = 20)]
    #[validate(length(min = 1, max = 20), nested)]
    texts: Vec<MessageTemplateText>,
}

impl Input for MessageTemplatePut {
    type Command = Template;

    fn check(self, faults: &mut Faults) -> Option<Template> {
        let Self { purpose, hotel_id, texts } = self;
        let mut kept = BTreeMap::new();
        faults.at("texts", |faults| {
            for (at, MessageTemplateText { language, subject, body }) in texts.into_iter().enumerate() {
                faults.at(at, |faults| {
                    let language = faults.at("language", |faults| language_of(faults, &language));
                    if let Some(subject) = &subject {
                        faults.at("subject", |faults| check_placeholders(faults, subject));
                    }
                    faults.at("body", |faults| {
                        if !body.is_empty() && body.trim().is_empty() {
                            faults.add("blank", "must not be blank");
                        }
                        check_placeholders(faults, &body);
                    });
                    let twice =
                        language.and_then(|language| kept.insert(language, TemplateText { subject, body }));
                    if twice.is_some() {
                        faults.at("language", |f| f.add("duplicate", "is the language of another text"));
                    }
                });
            }
        });
        Some(Template { purpose, hotel_id: hotel_id.map(HotelId), texts: kept, retired: false })
    }
}

/// Most placeholders of a text: each may be filled with a long value.
const MOST_PLACEHOLDERS: usize = 50;

fn check_placeholders(faults: &mut Faults, message: &str) {
    match text::read(message) {
        Ok(_) if message.matches("{{").count() > MOST_PLACEHOLDERS => {
            faults.add("too_many", format!("must have at most {MOST_PLACEHOLDERS} placeholders"));
        }
        Ok(_) => {}
        Err(text::BadPlaceholder { at, closed: true }) => {
            faults.add("unknown_placeholder", format!("has an unknown placeholder at character {at}"));
        }
        Err(text::BadPlaceholder { at, closed: false }) => {
            faults.add("open_placeholder", format!("has a placeholder at character {at} that is not closed"));
        }
    }
}

/// Which message templates are listed.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessageTemplateQuery {
    /// Only those for this.
    #[param(inline, nullable = false, example = "acknowledgement")]
    purpose: Option<TemplatePurpose>,
    /// Items of a page, 1 to 200; 50 unless told.
    #[param(nullable = false, minimum = 1, maximum = 200, example = 50)]
    #[validate(range(min = 1, max = 200))]
    limit: Option<i32>,
    /// Where the page starts: `next_cursor` of the page before, with the same filter.
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    #[validate(length(max = 2000))]
    cursor: Option<String>,
}

impl Input for MessageTemplateQuery {
    type Command = (Option<TemplatePurpose>, i32, Option<String>);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        Some((self.purpose, self.limit.unwrap_or(DEFAULT_LIMIT), self.cursor))
    }
}

/// What is put into a message. Each value is put in as it is; placeholders in it stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessageValues {
    /// How the guest is addressed.
    #[schema(nullable = false, max_length = 400, examples("王先生"))]
    #[validate(length(max = 400))]
    guest_name: Option<String>,
    /// Name of the hotel.
    #[schema(nullable = false, max_length = 200, examples("宾至西湖酒店"))]
    #[validate(length(max = 200))]
    hotel_name: Option<String>,
    /// Number of the complaint.
    #[schema(nullable = false, max_length = 60, examples("XIHU-2026-000123"))]
    #[validate(length(max = 60))]
    complaint_number: Option<String>,
    /// Who writes.
    #[schema(nullable = false, max_length = 200, examples("周思敏"))]
    #[validate(length(max = 200))]
    staff_name: Option<String>,
    /// Until when something is done, in words for the guest.
    #[schema(nullable = false, max_length = 100, examples("今日 18:00"))]
    #[validate(length(max = 100))]
    due_at: Option<String>,
    /// What is offered.
    #[schema(nullable = false, max_length = 5_000, examples("为您免费升级至湖景套房。"))]
    #[validate(length(max = LONGEST_BODY))]
    solution: Option<String>,
    /// Where the guest gives a verdict.
    #[schema(nullable = false, max_length = 2_000, examples("https://hospes.example/s/k3v9"))]
    #[validate(length(max = 2_000))]
    survey_link: Option<String>,
}

impl From<MessageValues> for Values {
    fn from(told: MessageValues) -> Self {
        use TemplatePlaceholder::{
            ComplaintNumber, DueAt, GuestName, HotelName, Solution, StaffName, SurveyLink,
        };
        let MessageValues {
            guest_name,
            hotel_name,
            complaint_number,
            staff_name,
            due_at,
            solution,
            survey_link,
        } = told;
        let told = [
            (GuestName, guest_name),
            (HotelName, hotel_name),
            (ComplaintNumber, complaint_number),
            (StaffName, staff_name),
            (DueAt, due_at),
            (Solution, solution),
            (SurveyLink, survey_link),
        ];
        told.into_iter().filter_map(|(blank, value)| Some((blank, value?))).collect()
    }
}

/// A message to write for a guest.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessageRender {
    /// The guest's language, BCP 47.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: String,
    /// The hotel that writes, whose default language counts when there is no text in the guest's; the template's own
    /// when absent.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    hotel_id: Option<uuid::Uuid>,
    /// What is put into the message.
    #[serde(default)]
    #[schema(required = false)]
    #[validate(nested)]
    values: MessageValues,
}

impl Input for MessageRender {
    type Command = (String, Option<HotelId>, Values);

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Self { language, hotel_id, values } = self;
        let language = faults.at("language", |faults| language_of(faults, &language))?;
        Some((language, hotel_id.map(HotelId), values.into()))
    }
}

/// A message for one guest.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenderedMessage {
    /// Language of the message, which may be another one than asked for.
    #[schema(max_length = 35, examples("zh-CN"))]
    language: String,
    /// Subject, if the template has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100_000, examples("已收到您的反馈（XIHU-2026-000123）"))]
    subject: Option<String>,
    /// The message.
    #[schema(max_length = 10_000_000, examples("尊敬的王先生：您的反馈已登记。"))]
    body: String,
    /// Placeholders that had no value and are still in the message.
    #[schema(max_items = 7)]
    missing: Vec<TemplatePlaceholder>,
}

impl From<Rendered> for RenderedMessage {
    fn from(rendered: Rendered) -> Self {
        let Rendered { language, subject, body, missing } = rendered;
        Self { language, subject, body, missing }
    }
}
