//! Complaints of problems and notices as clients send and see them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::complaint_settings::templates::{TemplateText, is_readable};
use crate::complaints::model::{ComplaintStatus, ContactChannel};
use crate::flows::improvements::{Belonging, NoticeSkip, Tell, Told, Wording};
use crate::hotels::model::LanguageTag;
use crate::kit::fault::Faults;
use crate::kit::ids::ProblemId;
use crate::problems::api::parse::some_text;
use crate::problems::model::ProblemStanding;
use crate::web::input::Input;

/// The template that is used unless told otherwise; it comes with the program.
const TEMPLATE: &str = "complaint_improvement";

/// A complaint that belongs to a problem.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemComplaint)]
pub struct ProblemComplaintView {
    /// The complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    complaint_id: uuid::Uuid,
    /// Its number.
    #[schema(max_length = 60, examples("XIHU-2026-00042"))]
    number: String,
    /// How far it has come.
    #[schema(examples("recorded"))]
    status: ComplaintStatus,
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("1208"))]
    room: Option<String>,
    /// The thing that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("AC-1208"))]
    asset: Option<String>,
    /// When the hotel heard of it.
    #[schema(format = DateTime, examples("2026-12-20T08:30:00.000000Z"))]
    received_at: String,
    /// How it came to the problem.
    #[schema(examples("by_itself"))]
    standing: ProblemStanding,
    /// Whether it counts: merged, rejected and withdrawn ones do not.
    #[schema(examples(true))]
    counts: bool,
    /// Whether the guest was told what was improved since the problem last came back.
    #[schema(examples(false))]
    told: bool,
    /// When it came to the problem.
    #[schema(format = DateTime, examples("2026-12-20T08:30:05.000000Z"))]
    joined_at: String,
    /// Who put it there, or wrote what made it belong there.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    joined_by: uuid::Uuid,
}

impl From<&Belonging> for ProblemComplaintView {
    fn from(one: &Belonging) -> Self {
        let Belonging { member, complaint, told } = one;
        Self {
            complaint_id: complaint.id.0,
            number: complaint.number.clone(),
            status: complaint.status,
            room: complaint.facts.room.clone(),
            asset: complaint.facts.asset.clone(),
            received_at: complaint.facts.received_at.to_string(),
            standing: member.standing,
            counts: member.counts,
            told: *told,
            joined_at: member.since.0.to_string(),
            joined_by: member.since.1.0,
        }
    }
}

crate::page! {
    /// A page of complaints of a problem.
    ProblemComplaintPage of ProblemComplaintView
}

/// A text in one language.
#[derive(Debug, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProblemNoticeText {
    /// The language, BCP 47.
    #[schema(min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: String,
    /// The text.
    #[schema(min_length = 1, max_length = 5000, examples("12 层空调的冷媒管已全部更换。"))]
    #[validate(length(min = 1, max = 5000), custom(function = "some_text"))]
    text: String,
}

/// In which words guests are told what was improved: by a template, or by whole messages, not both.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ProblemNotify {
    /// Code of a message template; `complaint_improvement` unless told.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("complaint_improvement"))]
    #[validate(length(min = 1, max = 60))]
    template: Option<String>,
    /// What was improved, in words for guests, put in the place of `{{solution}}`; required where the text has it, as
    /// that of `complaint_improvement` does.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    improvements: Vec<ProblemNoticeText>,
    /// Whole messages instead of a template; the placeholders `guest_name`, `hotel_name`, `complaint_number`,
    /// `staff_name` and `solution` may be used.
    #[serde(default)]
    #[schema(required = false, max_items = 20)]
    #[validate(length(max = 20), nested)]
    texts: Vec<ProblemNoticeText>,
    /// How they are sent: those who cannot be reached this way, or do not want to be, are skipped. Unless told each is
    /// told by the first way that is known and allowed.
    #[schema(nullable = false, examples("email"))]
    channel: Option<ContactChannel>,
}

impl Input for ProblemNotify {
    type Command = Tell;

    fn check(self, faults: &mut Faults) -> Option<Tell> {
        let Self { template, improvements, texts, channel } = self;
        let own = !texts.is_empty();
        if own && template.is_some() {
            faults.at("texts", |f| f.add("mismatch", "must not come with template"));
        }
        let improvements = faults.at("improvements", |f| by_language(f, improvements));
        let texts = faults.at("texts", |f| by_language(f, texts));
        for (language, text) in &texts {
            if !is_readable(text) {
                let message = format!("has an unknown or open placeholder in {language}");
                faults.at("texts", |f| f.add("placeholder", message));
            }
        }
        let wording = if own {
            let text = |(language, body)| (language, TemplateText { subject: None, body });
            Wording::Own(texts.into_iter().map(text).collect())
        } else {
            Wording::Template(template.unwrap_or_else(|| TEMPLATE.to_owned()))
        };
        Some(Tell { wording, improvements, channel })
    }
}

fn by_language(faults: &mut Faults, sent: Vec<ProblemNoticeText>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (at, ProblemNoticeText { language, text }) in sent.into_iter().enumerate() {
        let Some(tag) = LanguageTag::parse(&language) else {
            let text = "must be a language tag, BCP 47, such as zh-CN";
            faults.at(at, |f| f.at("language", |f| f.add("language", text)));
            continue;
        };
        if found.insert(tag.as_str().to_owned(), text).is_some() {
            faults.at(at, |f| f.at("language", |f| f.add("duplicate", "is the language of another text")));
        }
    }
    found
}

/// How many were not told for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemNoticeSkipped {
    /// The reason.
    #[schema(examples("no_contact"))]
    reason: NoticeSkip,
    /// How many complaints.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(1))]
    complaints: i64,
}

/// Who was told what was improved.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemNotice {
    /// The problem.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5fa0"))]
    problem_id: uuid::Uuid,
    /// On how many complaints a message was written.
    #[schema(minimum = 0, maximum = 500, examples(1))]
    told: i64,
    /// On which.
    #[schema(max_items = 500, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    told_complaint_ids: Vec<uuid::Uuid>,
    /// How many were not told, by reason.
    #[schema(max_items = 20)]
    skipped: Vec<ProblemNoticeSkipped>,
    /// Whether there are more to be told: call again.
    #[schema(examples(false))]
    remaining: bool,
}

impl ProblemNotice {
    /// What came of telling.
    pub fn of(problem: ProblemId, told: &Told) -> Self {
        let Told { complaints, skipped, remaining } = told;
        Self {
            problem_id: problem.0,
            told: i64::try_from(complaints.len()).unwrap_or(i64::MAX),
            told_complaint_ids: complaints.iter().map(|id| id.0).collect(),
            skipped: skipped
                .iter()
                .map(|(reason, complaints)| ProblemNoticeSkipped { reason: *reason, complaints: *complaints })
                .collect(),
            remaining: *remaining,
        }
    }
}
