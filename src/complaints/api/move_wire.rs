//! What clients send with moves, solutions and messages.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::complaints::api::parse::{language, line, time};
use crate::complaints::api::wire::{LONG_BODY, one_line, some_text};
use crate::complaints::commands::{
    Assign, Close, Execute, FollowUpNote, Investigate, Merge, NewMessage, Propose, PutOnHold, Split,
};
use crate::complaints::model::{
    ContactChannel, ContactOutcome, Finding, HoldReason, MessageAuthor, MessageVisibility, SolutionType,
};
use crate::hotels::model::Currency;
use crate::kit::fault::Faults;
use crate::kit::ids::{ComplaintId, StaffId, StayId};
use crate::kit::patch::Patch;
use crate::web::input::{Input, date_of};

/// Why something is done.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintReason {
    /// The reason, in words.
    #[schema(min_length = 1, max_length = 2000, examples("Guest asks for the manager"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    reason: String,
}

impl Input for ComplaintReason {
    type Command = String;

    fn check(self, _: &mut Faults) -> Option<String> {
        Some(self.reason)
    }
}

/// Who handles a complaint: absent members stay, `null` takes back.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintAssignment {
    /// Somebody who works at the hotel.
    #[serde(default)]
    #[schema(value_type = Option<uuid::Uuid>, required = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    owner_id: Patch<uuid::Uuid>,
    /// Code of a department of the hotel.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false, min_length = 1, max_length = 40, examples("guest-relations"))]
    handling_department: Patch<String>,
}

impl Input for ComplaintAssignment {
    type Command = Assign;

    fn check(self, faults: &mut Faults) -> Option<Assign> {
        if self.owner_id == Patch::Absent && self.handling_department == Patch::Absent {
            faults.add("required", "must name an owner or a department");
        }
        let owner_id = match self.owner_id {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(id) => Patch::Value(StaffId(id)),
        };
        let handling_department = line(faults, "handling_department", self.handling_department, 40);
        Some(Assign { owner_id, handling_department })
    }
}

/// What an investigation found so far: absent members stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintInvestigationUpdate {
    /// The result.
    #[schema(nullable = false, examples("substantiated"))]
    finding: Option<Finding>,
    /// What happened.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("空调压缩机故障"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    summary: Option<String>,
    /// What lies beneath.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("滤网三个月未清洗"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    root_cause: Option<String>,
    /// Staff who were asked.
    #[schema(nullable = false, max_items = 50, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e0a"))]
    #[validate(length(max = 50))]
    interviewed_staff_ids: Option<Vec<uuid::Uuid>>,
}

impl Input for ComplaintInvestigationUpdate {
    type Command = Investigate;

    fn check(self, _: &mut Faults) -> Option<Investigate> {
        let interviewed = self.interviewed_staff_ids.map(|mut ids| {
            ids.sort_unstable();
            ids.dedup();
            ids.into_iter().map(StaffId).collect()
        });
        Some(Investigate {
            finding: self.finding,
            summary: self.summary,
            root_cause: self.root_cause,
            interviewed,
        })
    }
}

/// For whom a complaint waits.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintHoldStart {
    /// For whom.
    #[schema(examples("waiting_guest"))]
    reason: HoldReason,
    /// In words.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("客人外出，约定晚上回复"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    note: Option<String>,
}

impl Input for ComplaintHoldStart {
    type Command = PutOnHold;

    fn check(self, _: &mut Faults) -> Option<PutOnHold> {
        Some(PutOnHold { reason: self.reason, note: self.note })
    }
}

/// What came of asking the guest; an empty object says only that all is done.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintFollowUp {
    /// How; needed with an outcome.
    #[schema(nullable = false, examples("phone"))]
    channel: Option<ContactChannel>,
    /// What came of it; needed with a channel.
    #[schema(nullable = false, examples("satisfied"))]
    outcome: Option<ContactOutcome>,
    /// The guest's mark.
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(5))]
    #[validate(range(min = 1, max = 5))]
    rating: Option<i32>,
    /// The guest's words.
    #[schema(nullable = false, min_length = 1, max_length = 10000, examples("处理得很快，谢谢"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    comment: Option<String>,
}

impl Input for ComplaintFollowUp {
    type Command = Option<FollowUpNote>;

    fn check(self, faults: &mut Faults) -> Option<Option<FollowUpNote>> {
        let Self { channel, outcome, rating, comment } = self;
        match (channel, outcome) {
            (Some(channel), Some(outcome)) => Some(Some(FollowUpNote { channel, outcome, rating, comment })),
            (None, None) if rating.is_none() && comment.is_none() => Some(None),
            (None, _) => {
                faults.at("channel", |f| f.add("required", "is required with what came of asking the guest"));
                None
            }
            (Some(_), None) => {
                faults.at("outcome", |f| f.add("required", "is required with a channel"));
                None
            }
        }
    }
}

/// How a complaint was resolved.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintClose {
    /// What was done.
    #[schema(min_length = 1, max_length = 10000, examples("空调已更换，客人满意"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    resolution_summary: String,
    /// What the hotel learned.
    #[schema(min_length = 1, max_length = 10000, examples("滤网改为每月清洗"))]
    #[validate(length(min = 1, max = 10000), custom(function = "some_text"))]
    lesson: String,
}

impl Input for ComplaintClose {
    type Command = Close;

    fn check(self, _: &mut Faults) -> Option<Close> {
        Some(Close { summary: self.resolution_summary, lesson: self.lesson })
    }
}

/// The complaint that goes on.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintMerge {
    /// An open complaint of the same hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb1"))]
    into_complaint_id: uuid::Uuid,
    /// Why.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("Same matter, told twice"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    reason: Option<String>,
}

impl Input for ComplaintMerge {
    type Command = Merge;

    fn check(self, _: &mut Faults) -> Option<Merge> {
        Some(Merge { into: ComplaintId(self.into_complaint_id), reason: self.reason })
    }
}

/// A part that becomes a complaint of its own.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintSplit {
    /// The words that belong to the part.
    #[schema(min_length = 1, max_length = 50000, examples("早餐也是冷的。"))]
    #[validate(length(min = 1, max = 50000), custom(function = "some_text"))]
    description: String,
    /// The matter in a line.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("早餐不热"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    subject: Option<String>,
}

impl Input for ComplaintSplit {
    type Command = Split;
    const LARGEST: usize = LONG_BODY;

    fn check(self, _: &mut Faults) -> Option<Split> {
        Some(Split { subject: self.subject, description: self.description })
    }
}

/// A solution to be proposed.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SolutionCreate {
    /// What it is.
    #[serde(rename = "type")]
    #[schema(examples("refund"))]
    kind: SolutionType,
    /// What the guest gets, in the smallest unit of the hotel's currency; 0 unless told, more for a refund or a discount.
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    amount_minor: Option<i64>,
    /// What it will cost the hotel; the amount unless told.
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    estimated_cost_minor: Option<i64>,
    /// Currency, ISO 4217; must be the hotel's, which it is unless told.
    #[schema(nullable = false, min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    currency: Option<String>,
    /// In words.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("退还一晚房费的三成"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    description: Option<String>,
    /// By when it is promised; not in the past.
    #[schema(nullable = false, value_type = Option<String>, format = DateTime, examples("2026-12-21T04:00:00Z"))]
    #[validate(length(max = 40))]
    promised_by: Option<String>,
    /// Last day at the hotel on which the guest can use it, today or later; for a discount, upgrade, free night, points,
    /// gift or voucher.
    #[schema(nullable = false, value_type = Option<String>, format = Date, examples("2027-06-30"))]
    #[validate(length(max = 10))]
    valid_until: Option<String>,
}

impl Input for SolutionCreate {
    type Command = Propose;

    fn check(self, faults: &mut Faults) -> Option<Propose> {
        let currency = self.currency.and_then(|code| {
            let known = Currency::parse(&code);
            if known.is_none() {
                faults.at("currency", |f| f.add("currency", "must be a currency code, ISO 4217"));
            }
            known
        });
        let valid_until = self.valid_until.and_then(|text| faults.at("valid_until", |f| date_of(f, &text)));
        Some(Propose {
            valid_until,
            kind: self.kind,
            amount_minor: self.amount_minor.unwrap_or(0),
            estimated_cost_minor: self.estimated_cost_minor,
            currency,
            description: self.description,
            promised_by: time(faults, "promised_by", self.promised_by),
        })
    }
}

/// What a solution did cost.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SolutionExecution {
    /// In the smallest unit of the hotel's currency; what was expected unless told.
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    actual_cost_minor: Option<i64>,
    /// The posting in the property management system.
    #[schema(nullable = false, min_length = 1, max_length = 200, examples("F-20261220-0071"))]
    #[validate(length(min = 1, max = 200), custom(function = "one_line"))]
    pms_posting_ref: Option<String>,
    /// What the guest shows to use an offer: the code of the voucher.
    #[schema(nullable = false, min_length = 1, max_length = 60, examples("SORRY-7K2M"))]
    #[validate(length(min = 1, max = 60), custom(function = "one_line"))]
    offer_code: Option<String>,
}

impl Input for SolutionExecution {
    type Command = Execute;

    fn check(self, _: &mut Faults) -> Option<Execute> {
        let Self { actual_cost_minor, pms_posting_ref, offer_code } = self;
        Some(Execute { actual_cost_minor, pms_posting_ref, offer_code })
    }
}

/// That an offer was used.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SolutionRedemption {
    /// The stay at the hotel in which it was used.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e90"))]
    stay_id: Option<uuid::Uuid>,
}

impl Input for SolutionRedemption {
    type Command = Option<StayId>;

    fn check(self, _: &mut Faults) -> Option<Option<StayId>> {
        Some(self.stay_id.map(StayId))
    }
}

/// What was seen of a solution.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SolutionVerification {
    /// In words.
    #[schema(nullable = false, min_length = 1, max_length = 2000, examples("22 度，制冷正常"))]
    #[validate(length(min = 1, max = 2000), custom(function = "some_text"))]
    note: Option<String>,
}

impl Input for SolutionVerification {
    type Command = Option<String>;

    fn check(self, _: &mut Faults) -> Option<Option<String>> {
        Some(self.note)
    }
}

/// Something to be said about a complaint.
#[derive(Debug, Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ComplaintMessageCreate {
    /// The words.
    #[schema(min_length = 1, max_length = 50000, examples("非常抱歉，工程师五分钟内到您房间。"))]
    #[validate(length(min = 1, max = 50000), custom(function = "some_text"))]
    body: String,
    /// Who may read it.
    #[schema(examples("guest"))]
    visibility: MessageVisibility,
    /// Whose words these are; the hotel's unless told.
    #[schema(nullable = false, examples("staff"))]
    author: Option<MessageAuthor>,
    /// How they were sent or heard.
    #[schema(nullable = false, examples("wechat"))]
    channel: Option<ContactChannel>,
    /// Their language, BCP 47.
    #[schema(nullable = false, min_length = 2, max_length = 35, examples("zh-CN"))]
    #[validate(length(min = 2, max = 35))]
    language: Option<String>,
}

impl Input for ComplaintMessageCreate {
    type Command = NewMessage;
    const LARGEST: usize = LONG_BODY;

    fn check(self, faults: &mut Faults) -> Option<NewMessage> {
        Some(NewMessage {
            visibility: self.visibility,
            author: self.author.unwrap_or(MessageAuthor::Staff),
            channel: self.channel,
            language: self.language.and_then(|text| faults.at("language", |f| language(f, &text))),
            body: self.body,
        })
    }
}
