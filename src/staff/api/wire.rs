//! What clients send and see of logins, accounts and roles.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::kit::clock::Instant;
use crate::kit::fault::Faults;
use crate::kit::ids::{DepartmentId, HotelId};
use crate::kit::language::Language;
use crate::kit::patch::Patch;
use crate::kit::seal::Sealer;
use crate::kit::text::has_control;
use crate::page;
use crate::platform::context::Sight;
use crate::platform::keys::{ACCESS_SECONDS, PublicKey};
use crate::platform::scopes::Scope;
use crate::staff::model::{
    ChangeStaff, GiveMembership, LoginEmail, Membership, Session, Staff, StaffFilter, StaffStatus,
};
use crate::staff::roles::Role;
use crate::staff::tokens::RefreshToken;
use crate::web::input::{Input, settable};
use crate::web::page::{AskedPage, DEFAULT_LIMIT};

/// Address and password of an account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Login address; upper and lower case are the same.
    #[validate(length(min = 3, max = 254))]
    #[schema(format = "email", min_length = 3, max_length = 254, examples("duty.manager@westlake.example"))]
    email: String,
    /// Password of the account.
    #[validate(length(min = 1, max = 1024))]
    #[schema(format = Password, min_length = 1, max_length = 1024, examples("mauve-lantern-42-river"))]
    password: String,
}

/// Address and password, checked.
pub struct Login {
    /// The address.
    pub email: LoginEmail,
    /// The password.
    pub password: SecretString,
}

impl Input for Credentials {
    type Command = Login;

    fn check(self, faults: &mut Faults) -> Option<Login> {
        let email = check_email(faults, &self.email);
        Some(Login { email: email?, password: self.password.into() })
    }
}

/// A refresh token to be used.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The newest refresh token of the session.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, examples("pX0v1Yq8m3oQzE2rJt5uWfA1k0B7cD9e"))]
    refresh_token: String,
}

impl Input for RefreshRequest {
    type Command = String;

    fn check(self, _: &mut Faults) -> Option<String> {
        Some(self.refresh_token)
    }
}

/// Access and refresh token of a session.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Token for the `Authorization: Bearer` header.
    #[schema(max_length = 4096, examples("eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2ln"))]
    access_token: String,
    /// Kind of the access token: always `Bearer`.
    #[schema(max_length = 20, examples("Bearer"))]
    token_type: &'static str,
    /// Seconds the access token is good for.
    #[schema(minimum = 1, maximum = 86400, examples(600))]
    expires_in: i32,
    /// Token for the next refresh; using it makes a new one.
    #[schema(max_length = 200, examples("pX0v1Yq8m3oQzE2rJt5uWfA1k0B7cD9e"))]
    refresh_token: String,
    /// Seconds the refresh token is good for.
    #[schema(minimum = 0, maximum = 7776000, examples(2592000))]
    refresh_expires_in: i32,
}

impl Tokens {
    /// The tokens of the newest generation of a session.
    pub fn new(access_token: String, session: &Session, sealer: &Sealer, now: Instant) -> Self {
        let refresh =
            RefreshToken { group: session.group, session: session.id, generation: session.generation };
        Self {
            access_token,
            token_type: "Bearer",
            expires_in: i32::try_from(ACCESS_SECONDS).unwrap_or(i32::MAX),
            refresh_token: refresh.seal(sealer),
            refresh_expires_in: i32::try_from(session.expires_at.since(now).as_secs()).unwrap_or(i32::MAX),
        }
    }
}

/// A new password for the caller's own account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    #[validate(length(min = 1, max = 1024))]
    #[schema(format = Password, min_length = 1, max_length = 1024, examples("mauve-lantern-42-river"))]
    current_password: String,
    /// The new one: 10 characters or more, at most 1024 bytes, not a common one.
    #[validate(length(min = 10, max = 1024))]
    #[schema(format = Password, min_length = 10, max_length = 1024, examples("copper-window-17-forest"))]
    new_password: String,
}

/// Both passwords, checked for length.
pub struct ChangedPassword {
    /// The present one.
    pub current: SecretString,
    /// The new one.
    pub new: SecretString,
}

impl Input for PasswordChange {
    type Command = ChangedPassword;

    fn check(self, _: &mut Faults) -> Option<ChangedPassword> {
        Some(ChangedPassword { current: self.current_password.into(), new: self.new_password.into() })
    }
}

/// Public keys that access tokens are signed with (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct JsonWebKeySet {
    /// The keys; during a rotation more than one.
    #[schema(max_items = 100)]
    pub keys: Vec<JsonWebKey>,
}

/// A public key (RFC 8037).
#[derive(Serialize, ToSchema)]
pub struct JsonWebKey {
    /// Key type.
    #[schema(max_length = 20, examples("OKP"))]
    kty: &'static str,
    /// Curve.
    #[schema(max_length = 20, examples("Ed25519"))]
    crv: &'static str,
    /// What the key is for.
    #[serde(rename = "use")]
    #[schema(max_length = 20, examples("sig"))]
    usage: &'static str,
    /// Algorithm.
    #[schema(max_length = 20, examples("EdDSA"))]
    alg: &'static str,
    /// Key id, as in the header of a token.
    #[schema(max_length = 64, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ea0"))]
    kid: String,
    /// The public key, base64url.
    #[schema(max_length = 64, examples("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))]
    x: String,
}

impl From<PublicKey> for JsonWebKey {
    fn from(key: PublicKey) -> Self {
        let PublicKey { kty, crv, usage, alg, kid, x } = key;
        Self { kty, crv, usage, alg, kid, x }
    }
}

/// Code of a scope.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(max_length = 60, examples("guests:read"))]
pub struct ScopeCode(pub &'static str);

impl From<Scope> for ScopeCode {
    fn from(scope: Scope) -> Self {
        Self(scope.code())
    }
}

/// A role: a named set of scopes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Role)]
pub struct RoleView {
    /// Stable code of the role.
    #[schema(max_length = 40, examples("guest_relations"))]
    pub code: &'static str,
    /// Name of the role in the language of the answer.
    #[schema(max_length = 100, examples("Guest relations"))]
    pub label: String,
    /// What the role is for, in the language of the answer.
    #[schema(
        max_length = 400,
        examples("Keeps the guest file in order: merges, restricts and archives profiles.")
    )]
    pub description: String,
    /// What the role allows.
    #[schema(max_items = 200)]
    pub scopes: Vec<ScopeCode>,
}

impl RoleView {
    /// A role in a language.
    pub fn new(role: Role, language: Language) -> Self {
        Self {
            code: role.code(),
            label: role.label(language),
            description: role.description(language),
            scopes: role.scopes().iter().copied().map(ScopeCode::from).collect(),
        }
    }
}

page!(
    /// A page of roles.
    RolePage of RoleView
);

/// Code of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleCode {
    /// Checks guests in and out.
    FrontDesk,
    /// Looks after the rooms.
    Housekeeping,
    /// Restaurants, bars and banquets.
    FoodBeverage,
    /// Looks after the building.
    Engineering,
    /// Looks after safety.
    Security,
    /// Helps guests with what they want.
    Concierge,
    /// Keeps the guest file.
    GuestRelations,
    /// Leads a department.
    DepartmentHead,
    /// Answers for the hotel during a shift.
    DutyManager,
    /// Answers for the hotel.
    GeneralManager,
    /// Looks after companies and agencies.
    AccountManager,
    /// Watches over the service.
    Quality,
    /// Reads everything, changes nothing.
    Auditor,
    /// Sets up hotels, staff and data.
    Admin,
}

impl From<RoleCode> for Role {
    fn from(code: RoleCode) -> Self {
        match code {
            RoleCode::FrontDesk => Self::FrontDesk,
            RoleCode::Housekeeping => Self::Housekeeping,
            RoleCode::FoodBeverage => Self::FoodBeverage,
            RoleCode::Engineering => Self::Engineering,
            RoleCode::Security => Self::Security,
            RoleCode::Concierge => Self::Concierge,
            RoleCode::GuestRelations => Self::GuestRelations,
            RoleCode::DepartmentHead => Self::DepartmentHead,
            RoleCode::DutyManager => Self::DutyManager,
            RoleCode::GeneralManager => Self::GeneralManager,
            RoleCode::AccountManager => Self::AccountManager,
            RoleCode::Quality => Self::Quality,
            RoleCode::Auditor => Self::Auditor,
            RoleCode::Admin => Self::Admin,
        }
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StaffStatus)]
pub enum StaffStatusCode {
    /// May log in.
    Active,
    /// May not log in until reactivated.
    Suspended,
    /// Left for good.
    Left,
}

impl From<StaffStatus> for StaffStatusCode {
    fn from(status: StaffStatus) -> Self {
        match status {
            StaffStatus::Active => Self::Active,
            StaffStatus::Suspended => Self::Suspended,
            StaffStatus::Left => Self::Left,
        }
    }
}

impl From<StaffStatusCode> for StaffStatus {
    fn from(status: StaffStatusCode) -> Self {
        match status {
            StaffStatusCode::Active => Self::Active,
            StaffStatusCode::Suspended => Self::Suspended,
            StaffStatusCode::Left => Self::Left,
        }
    }
}

/// A language the server writes in.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub enum StaffLanguage {
    /// English.
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl From<StaffLanguage> for Language {
    fn from(language: StaffLanguage) -> Self {
        match language {
            StaffLanguage::En => Self::En,
            StaffLanguage::ZhCn => Self::ZhCn,
        }
    }
}

impl From<Language> for StaffLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::ZhCn => Self::ZhCn,
        }
    }
}

/// What an account may do at one place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipView {
    /// Id of the membership.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e31"))]
    pub id: Uuid,
    /// The hotel; absent when it counts in the whole group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: Option<Uuid>,
    /// The department of that hotel, if it is bound to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"))]
    pub department_id: Option<Uuid>,
    /// Code of the role; see `GET /v1/roles`.
    #[schema(max_length = 40, examples("guest_relations"))]
    pub role: &'static str,
}

impl From<&Membership> for MembershipView {
    fn from(membership: &Membership) -> Self {
        let Membership { id, hotel_id, department_id, role } = membership;
        Self {
            id: id.0,
            hotel_id: hotel_id.map(Uuid::from),
            department_id: department_id.map(Uuid::from),
            role: role.code(),
        }
    }
}

/// A staff account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Staff)]
pub struct StaffView {
    /// Id of the account.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e21"))]
    pub id: Uuid,
    /// Login address, lower case.
    #[schema(format = "email", max_length = 254, examples("li.na@westlake.example"))]
    pub email: String,
    /// Name as colleagues see it.
    #[schema(min_length = 1, max_length = 200, examples("李娜"))]
    pub display_name: String,
    /// Language of what the server writes to the account.
    pub language: StaffLanguage,
    /// Whether the account may be used.
    pub status: StaffStatusCode,
    /// What the account may do, and where; only the places the caller may see.
    #[schema(max_items = 50)]
    pub memberships: Vec<MembershipView>,
    /// Version of the account, as in its ETag.
    #[schema(minimum = 1, maximum = 9007199254740991_i64, examples(1))]
    pub version: i64,
    /// When the account was created.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub created_at: Instant,
    /// When the account was last changed.
    #[schema(value_type = String, format = DateTime, max_length = 40, examples("2026-03-01T08:00:00.000000Z"))]
    pub updated_at: Instant,
}

impl StaffView {
    /// The account as somebody with this sight sees it.
    pub fn seen(staff: &Staff, sight: &Sight) -> Self {
        let Staff { id, email, display_name, language, status, memberships, version, created_at, updated_at } =
            staff;
        Self {
            id: id.0,
            email: email.clone(),
            display_name: display_name.clone(),
            language: (*language).into(),
            status: (*status).into(),
            memberships: memberships
                .iter()
                .filter(|one| sight.covers(one.hotel_id))
                .map(MembershipView::from)
                .collect(),
            version: *version,
            created_at: *created_at,
            updated_at: *updated_at,
        }
    }
}

page!(
    /// A page of staff accounts, by address.
    StaffPage of StaffView
);

/// A hotel the caller works in.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyHotel {
    /// Id of the hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub id: Uuid,
    /// Code of the hotel.
    #[schema(max_length = 40, examples("west-lake"))]
    pub code: String,
    /// Name of the hotel in the language of the answer, or in its default language.
    #[schema(max_length = 200, examples("West Lake Hotel"))]
    pub name: String,
    /// IANA time zone of the hotel.
    #[schema(max_length = 60, examples("Asia/Shanghai"))]
    pub time_zone: String,
}

/// Who the caller is, and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    pub staff: StaffView,
    /// Scopes the caller has somewhere.
    #[schema(max_items = 200)]
    pub scopes: Vec<ScopeCode>,
    /// Hotels the caller works in, by code; the first 200 for who works in the whole group.
    #[schema(max_items = 200)]
    pub hotels: Vec<MyHotel>,
}

/// A membership to be given.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipCreate {
    /// The hotel; absent for the whole group.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    hotel_id: Option<Uuid>,
    /// A department of that hotel.
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e11"))]
    department_id: Option<Uuid>,
    /// The role.
    role: RoleCode,
}

/// The memberships an account is to have.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembershipSet {
    /// Every membership; those not named end.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    memberships: Vec<MembershipCreate>,
}

impl Input for MembershipSet {
    type Command = Vec<GiveMembership>;

    fn check(self, faults: &mut Faults) -> Option<Vec<GiveMembership>> {
        Some(check_memberships(faults, &self.memberships))
    }
}

/// A new staff account.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffCreate {
    /// Login address, unique in the installation.
    #[validate(length(min = 3, max = 254))]
    #[schema(format = "email", min_length = 3, max_length = 254, examples("li.na@westlake.example"))]
    email: String,
    /// Name as colleagues see it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, examples("李娜"))]
    display_name: String,
    /// Language of what the server writes to the account.
    language: StaffLanguage,
    /// First password: 10 characters or more, at most 1024 bytes, not a common one.
    #[validate(length(min = 10, max = 1024))]
    #[schema(format = Password, min_length = 10, max_length = 1024, examples("mauve-lantern-42-river"))]
    password: String,
    /// What the account may do, and where.
    #[validate(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    memberships: Vec<MembershipCreate>,
}

/// A new account, checked but for its password.
pub struct NewStaff {
    /// Login address.
    pub email: LoginEmail,
    /// Name.
    pub display_name: String,
    /// Language.
    pub language: Language,
    /// The password to be hashed.
    pub password: SecretString,
    /// Memberships.
    pub memberships: Vec<GiveMembership>,
}

impl Input for StaffCreate {
    type Command = NewStaff;

    fn check(self, faults: &mut Faults) -> Option<NewStaff> {
        let email = check_email(faults, &self.email);
        let display_name = faults.at("display_name", |faults| check_name(faults, self.display_name));
        let memberships = check_memberships(faults, &self.memberships);
        let (language, password) = (self.language.into(), self.password.into());
        Some(NewStaff { email: email?, display_name: display_name?, language, password, memberships })
    }
}

/// Changes to an account: absent members stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffPatch {
    /// Name as colleagues see it.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 200, examples("李娜"))]
    display_name: Patch<String>,
    /// Language of what the server writes to the account.
    #[serde(default)]
    #[schema(value_type = Option<StaffLanguage>, nullable = false)]
    language: Patch<StaffLanguage>,
}

impl Input for StaffPatch {
    type Command = ChangeStaff;

    fn check(self, faults: &mut Faults) -> Option<ChangeStaff> {
        Some(ChangeStaff {
            display_name: settable(faults, "display_name", self.display_name, check_name),
            language: settable(faults, "language", self.language, |_, language| Some(language.into())),
        })
    }
}

/// Which accounts to list.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StaffQuery {
    /// Only accounts of this status.
    #[param(nullable = false, example = "active")]
    status: Option<StaffStatusCode>,
    /// Only accounts at work in this hotel.
    #[param(nullable = false, example = "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01")]
    hotel_id: Option<Uuid>,
    /// Only accounts with this role.
    #[param(nullable = false, example = "front_desk")]
    role: Option<RoleCode>,
    /// Most items of a page.
    #[validate(range(min = 1, max = 200))]
    #[param(nullable = false, minimum = 1, maximum = 200, default = 50, example = 50)]
    limit: Option<i32>,
    /// `next_cursor` of the page before.
    #[validate(length(max = 2000))]
    #[param(nullable = false, max_length = 2000, example = "kq2x0fJ0cXlCqg5m0o2l1lsxLFsx")]
    cursor: Option<String>,
}

impl Input for StaffQuery {
    type Command = (StaffFilter, AskedPage);

    fn check(self, _: &mut Faults) -> Option<Self::Command> {
        let Self { status, hotel_id, role, limit, cursor } = self;
        let (status, hotel) = (status.map(Into::into), hotel_id.map(Into::into));
        let filter = StaffFilter { status, hotel, role: role.map(Into::into) };
        Some((filter, AskedPage { limit: limit.unwrap_or(DEFAULT_LIMIT).into(), cursor }))
    }
}

fn check_email(faults: &mut Faults, text: &str) -> Option<LoginEmail> {
    faults.at("email", |faults| {
        let email = LoginEmail::parse(text);
        if email.is_none() {
            faults.add("email", "must be an e-mail address");
        }
        email
    })
}

fn check_name(faults: &mut Faults, text: String) -> Option<String> {
    let text = text.trim().to_owned();
    if has_control(&text) {
        faults.add("single_line", "must be a single line");
        return None;
    }
    if !(1..=200).contains(&text.chars().count()) {
        faults.add("length", "must have 1 to 200 characters");
        return None;
    }
    Some(text)
}

fn check_memberships(faults: &mut Faults, wanted: &[MembershipCreate]) -> Vec<GiveMembership> {
    let mut seen = BTreeSet::new();
    let mut memberships = Vec::with_capacity(wanted.len());
    for (at, one) in wanted.iter().enumerate() {
        let role = Role::from(one.role);
        faults.at("memberships", |faults| {
            faults.at(at, |faults| {
                if !seen.insert((one.hotel_id, one.department_id, role)) {
                    faults.add("duplicate", "is the same as another item");
                }
                if one.department_id.is_some() && one.hotel_id.is_none() {
                    faults.at("hotel_id", |faults| {
                        faults.add("hotel_required", "is required with a department")
                    });
                }
            });
        });
        let (hotel_id, department_id) = (one.hotel_id.map(HotelId), one.department_id.map(DepartmentId));
        memberships.push(GiveMembership { hotel_id, department_id, role });
    }
    memberships
}
