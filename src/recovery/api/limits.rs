//! Limits of authority: `/v1/authority-limits`.

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use validator::Validate;

use super::currency_of;
use crate::kit::fault::Faults;
use crate::kit::ids::HotelId;
use crate::recovery::error::RecoveryError;
use crate::recovery::limits::{AuthorityRole, Limit, LimitRule, Limits};
use crate::recovery::set_limits;
use crate::web::access::{Can, RecoveryConfigure, RecoveryRead};
use crate::web::app::App;
use crate::web::conditional::{IfMatch, unless_known};
use crate::web::input::{Input, Valid};
use crate::web::problem::Problem;
use crate::web::reply;

/// How much one role may grant to guests. A rule for a hotel stands before the one for all of them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AuthorityLimitRule {
    /// The hotel; every hotel that charges in the currency when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: Option<uuid::Uuid>,
    /// The role.
    #[schema(examples("front_desk"))]
    role: AuthorityRole,
    /// Currency, ISO 4217: the rule counts at hotels that charge in it.
    #[schema(min_length = 3, max_length = 3, examples("CNY"))]
    #[validate(length(min = 3, max = 3))]
    currency: String,
    /// Most that may be granted on one case, in minor units, what was granted on it before included; without limit when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(20_000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    per_case_minor: Option<i64>,
    /// Most that one person may grant on one day of the hotel, in minor units, all cases together; without limit when
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 1_000_000_000_000_000_i64, examples(50_000))]
    #[validate(range(min = 0, max = 1_000_000_000_000_000_i64))]
    per_day_minor: Option<i64>,
}

impl From<&LimitRule> for AuthorityLimitRule {
    fn from(rule: &LimitRule) -> Self {
        let LimitRule { hotel, role, currency, limit: Limit { per_case, per_day } } = *rule;
        Self {
            hotel_id: hotel.map(Into::into),
            role,
            currency: currency.code().to_owned(),
            per_case_minor: per_case,
            per_day_minor: per_day,
        }
    }
}

/// Limits of authority to set, all of them at once.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AuthorityLimitsPut {
    /// The rules, at most one for a hotel, a role and a currency.
    #[schema(max_items = 400)]
    #[validate(nested, length(max = 400))]
    rules: Vec<AuthorityLimitRule>,
}

impl Input for AuthorityLimitsPut {
    type Command = Vec<LimitRule>;

    fn check(self, faults: &mut Faults) -> Option<Vec<LimitRule>> {
        let mut rules = Vec::with_capacity(self.rules.len());
        for (at, rule) in self.rules.into_iter().enumerate() {
            let AuthorityLimitRule { hotel_id, role, currency, per_case_minor, per_day_minor } = rule;
            let currency = faults.at(format!("rules/{at}/currency"), |f| currency_of(f, &currency));
            let limit = Limit { per_case: per_case_minor, per_day: per_day_minor };
            let hotel = hotel_id.map(HotelId);
            rules.extend(currency.map(|currency| LimitRule { hotel, role, currency, limit }));
        }
        Some(rules)
    }
}

/// The limits of authority of the group.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorityLimits {
    /// Version of the whole, as in the ETag; 1 for the limits that come with the program.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(2))]
    version: i64,
    /// The rules.
    #[schema(max_items = 400)]
    rules: Vec<AuthorityLimitRule>,
}

impl From<&Limits> for AuthorityLimits {
    fn from(limits: &Limits) -> Self {
        let Limits { version, rules } = limits;
        Self { version: *version, rules: rules.iter().map(AuthorityLimitRule::from).collect() }
    }
}

fn rules_example() -> Value {
    json!([
        {"role": "front_desk", "currency": "CNY", "per_case_minor": 30_000, "per_day_minor": 60_000},
        {"role": "duty_manager", "currency": "CNY", "per_case_minor": 300_000, "per_day_minor": 1_000_000},
        {"role": "general_manager", "currency": "CNY"}
    ])
}

/// Read the limits of authority
///
/// How much each role may grant to guests on a case and on a day: what the group has set, or what comes with the program.
/// Somebody with several roles at a hotel has the largest of their limits there. Who has no rule may grant nothing, but for
/// the general manager, who has no limit unless a rule sets one. The limits that come with the program are in CNY: at a
/// hotel that charges in another currency nobody but the general manager may grant anything until the group sets limits.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:read"])),
    responses(
        (status = 200, description = "The limits.", body = AuthorityLimits, headers(("ETag" = String, description = "Version")),
            example = json!({"version": 2, "rules": rules_example()})),
        (status = 304, description = "The caller has the newest version.")
    )
)]
#[get("/v1/authority-limits")]
pub async fn get_authority_limits(
    app: web::Data<App>,
    by: Can<RecoveryRead>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let limits = app.read(move |r| set_limits::load(r, by.cx.group).map_err(RecoveryError::from)).await?;
    Ok(unless_known(&request, limits.version, &AuthorityLimits::from(&limits)))
}

/// Set the limits of authority
///
/// Replaces all rules at once, those that come with the program included. For those who act for the whole group.
#[utoipa::path(
    tag = "recovery",
    security(("bearer" = ["recovery:configure"])),
    params(("If-Match" = String, Header, description = "ETag")),
    request_body(content = AuthorityLimitsPut, description = "The limits.", example = json!({"rules": rules_example()})),
    responses((status = 200, description = "The limits as they are now.", body = AuthorityLimits,
        headers(("ETag" = String, description = "Version")), example = json!({"version": 2, "rules": rules_example()})))
)]
#[put("/v1/authority-limits")]
pub async fn replace_authority_limits(
    app: web::Data<App>,
    by: Can<RecoveryConfigure>,
    expected: IfMatch,
    body: Valid<AuthorityLimitsPut>,
) -> Result<HttpResponse, Problem> {
    app.commit(by.cx, None, move |tx, cx| {
        let limits = set_limits::replace(tx, cx, &expected.0, body.command)?;
        Ok::<_, RecoveryError>(reply::changed(limits.version, &AuthorityLimits::from(&limits)))
    })
    .await
}
