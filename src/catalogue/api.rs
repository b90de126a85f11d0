//! `GET /v1/catalogue`.

use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::complaint_settings::model::{
    CauseCategory, FailureOrigin, Priority, TemplatePlaceholder, TemplatePurpose,
};
use crate::complaints::aftercare::{AftercareBar, AftercareStatus};
use crate::complaints::links::{ComplaintLinkType, ComplaintRelation};
use crate::complaints::list_repo::{ComplaintAftercareFilter, ComplaintQueue, ComplaintSla};
use crate::complaints::machine::{ComplaintMove, ComplaintNeed};
use crate::complaints::model::{
    ComplaintStatus, ContactChannel, ContactOutcome, DisputeBody, Finding, HoldReason, MessageAuthor,
    MessageVisibility, ReporterKind, SolutionStatus, SolutionType, StatusCategory,
};
use crate::complaints::report::ComplaintGroup;
use crate::complaints::timing::ClockStatus;
use crate::flows::arrivals::people::OccasionKind;
use crate::flows::improvements::NoticeSkip;
use crate::guests::model::{
    BirthdayCalendar, ContactUse, DisplayOrder, Gender, GuestStatus, MatchKeyKind, MessagingService,
    NameType, PhoneTech, RestrictionScope,
};
use crate::guests::notes::{NoteClass, NoteStatus};
use crate::guests::relationships::Relation;
use crate::kit::fault::Faults;
use crate::kit::language::Language;
use crate::partners::model::{PartnerNameType, PartnerStatus, PartnerType};
use crate::plans::fulfilment::FulfilmentGroup;
use crate::plans::model::PlanItemStatus;
use crate::preferences::consents::{ConsentChannel, ConsentMethod, ConsentPurpose, ConsentStatus};
use crate::preferences::model::{
    EvidenceKind, NeedClass, Polarity, PreferenceSeverity, PreferenceSource, PreferenceStanding,
    PreferenceStatus, PreferenceValueKind, SensitiveKind,
};
use crate::preferences::needs::NeedSpread;
use crate::problems::model::{
    CorrectiveActionResult, CorrectiveActionStatus, CorrectiveActionType, ProblemKind, ProblemNeed,
    ProblemStanding, ProblemStatus,
};
use crate::recovery::ledger::CostGroup;
use crate::recovery::limits::AuthorityRole;
use crate::recovery::model::{BudgetEnforcement, CostCategory, CostEntryKind};
use crate::service_levels::model::{ClockKind, ComplaintChannel, Severity, TargetKind, Weekday};
use crate::stays::delivery::Delivered;
use crate::stays::model::{StayMark, StayPurpose, StayStatus};
use crate::stays::moves::StayMove;
use crate::stays::requests::SuggestionState;
use crate::web::access::Caller;
use crate::web::frame::AnswerLanguage;
use crate::web::input::{Input, Params};
use crate::web::problem::Problem;
use crate::web::reply;

/// A code with its label.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueEntry {
    /// Stable code.
    #[schema(max_length = 60, examples("spouse"))]
    code: &'static str,
    /// Label in the language of the answer.
    #[schema(max_length = 100, examples("配偶"))]
    label: String,
}

/// The codes of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct CatalogueSection {
    /// Name of the enum in the document.
    #[schema(max_length = 60, examples("Relation"))]
    name: &'static str,
    /// Its codes, in the order in which a menu should show them.
    #[schema(max_items = 200)]
    entries: Vec<CatalogueEntry>,
}

/// Every kind of code.
#[derive(Debug, Serialize, ToSchema)]
pub struct Catalogue {
    /// Language of the labels, BCP 47.
    #[schema(max_length = 35, examples("zh-CN"))]
    language: &'static str,
    /// The kinds of codes.
    #[schema(max_items = 100)]
    items: Vec<CatalogueSection>,
}

/// In which language.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CatalogueQuery {
    /// Language of the labels, `en` or `zh-CN`; that of `Accept-Language` unless told.
    #[param(nullable = false, min_length = 2, max_length = 35, example = "zh-CN")]
    #[validate(length(min = 2, max = 35))]
    language: Option<String>,
}

impl Input for CatalogueQuery {
    type Command = Option<Language>;

    fn check(self, faults: &mut Faults) -> Option<Self::Command> {
        let Some(tag) = self.language else { return Some(None) };
        let language = Language::of_tag(&tag);
        if language.is_none() {
            faults.at("language", |f| f.add("language", "must be en or zh-CN"));
        }
        Some(language)
    }
}

/// Lists the kinds of codes once.
macro_rules! sections {
    ($($name:ident),+ $(,)?) => {
        /// The kinds of codes with all their codes.
        pub fn sections() -> Vec<(&'static str, Vec<&'static str>)> {
            vec![$((stringify!($name), $name::ALL.iter().map(|value| value.code()).collect())),+]
        }
    };
}

sections!(
    AftercareBar,
    AftercareStatus,
    AuthorityRole,
    BirthdayCalendar,
    BudgetEnforcement,
    CauseCategory,
    ClockKind,
    ClockStatus,
    ComplaintAftercareFilter,
    ComplaintChannel,
    ComplaintGroup,
    ComplaintLinkType,
    ComplaintMove,
    ComplaintNeed,
    ComplaintQueue,
    ComplaintRelation,
    ComplaintSla,
    ComplaintStatus,
    ConsentChannel,
    ConsentMethod,
    ConsentPurpose,
    ConsentStatus,
    ContactChannel,
    ContactOutcome,
    ContactUse,
    CorrectiveActionResult,
    CorrectiveActionStatus,
    CorrectiveActionType,
    CostCategory,
    CostEntryKind,
    CostGroup,
    Delivered,
    DisplayOrder,
    DisputeBody,
    EvidenceKind,
    FailureOrigin,
    Finding,
    FulfilmentGroup,
    Gender,
    GuestStatus,
    HoldReason,
    MatchKeyKind,
    MessageAuthor,
    MessageVisibility,
    MessagingService,
    NameType,
    NeedClass,
    NeedSpread,
    NoteClass,
    NoteStatus,
    NoticeSkip,
    OccasionKind,
    PartnerNameType,
    PartnerStatus,
    PartnerType,
    PhoneTech,
    PlanItemStatus,
    Polarity,
    PreferenceSeverity,
    PreferenceSource,
    PreferenceStanding,
    PreferenceStatus,
    PreferenceValueKind,
    Priority,
    ProblemKind,
    ProblemNeed,
    ProblemStanding,
    ProblemStatus,
    Relation,
    ReporterKind,
    RestrictionScope,
    SensitiveKind,
    Severity,
    SolutionStatus,
    SolutionType,
    StatusCategory,
    StayMark,
    StayMove,
    StayPurpose,
    StayStatus,
    SuggestionState,
    TargetKind,
    TemplatePlaceholder,
    TemplatePurpose,
    Weekday,
);

/// The label of a code.
pub fn label(section: &str, code: &str, language: Language) -> String {
    let key = format!("label.{section}.{code}");
    rust_i18n::t!(&key, locale = language.tag()).into_owned()
}

/// Read the catalogue of codes
///
/// Every closed list of codes with labels for menus, in English or Chinese.
#[utoipa::path(
    tag = "catalogue",
    security(("bearer" = [])),
    params(CatalogueQuery),
    responses((status = 200, description = "The codes.", body = Catalogue, example = json!({
        "language": "zh-CN", "items": [{"name": "Relation", "entries": [{"code": "spouse", "label": "配偶"}]}]
    })))
)]
#[get("/v1/catalogue")]
pub async fn get_catalogue(
    _caller: Caller,
    params: Params<CatalogueQuery>,
    spoken: AnswerLanguage,
) -> Result<HttpResponse, Problem> {
    let language = params.0.unwrap_or(spoken.0);
    let items = sections()
        .into_iter()
        .map(|(name, codes)| CatalogueSection {
            name,
            entries: codes
                .into_iter()
                .map(|code| CatalogueEntry { code, label: label(name, code, language) })
                .collect(),
        })
        .collect();
    Ok(reply::ok(&Catalogue { language: language.tag(), items }))
}
