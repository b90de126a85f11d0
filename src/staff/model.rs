//! Accounts, memberships and sessions.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kit::clock::Instant;
use crate::kit::ids::{DepartmentId, GroupId, HotelId, MembershipId, SessionId, StaffId};
use crate::kit::language::Language;
use crate::kit::version::Version;
use crate::staff::roles::Role;

/// How long a refresh token is good unless it is used (SAFETY S8).
pub const REFRESH_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a session lives however often it is refreshed.
pub const SESSION_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long the token before the newest still answers the newest: what a lost answer or parallel tabs need.
pub const GRACE: Duration = Duration::from_secs(10);

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffStatus {
    /// May log in.
    Active,
    /// May not log in until reactivated.
    Suspended,
    /// Left for good.
    Left,
}

impl StaffStatus {
    /// Stable code for storage and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Left => "left",
        }
    }

    /// The status of a code; an unknown one may not log in.
    pub fn stored(code: &str) -> Self {
        match code {
            "active" => Self::Active,
            "suspended" => Self::Suspended,
            _ => Self::Left,
        }
    }
}

/// A login address, folded to lower case: one key for all ways to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginEmail(String);

impl LoginEmail {
    /// Takes an address of at most 254 characters; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let good =
            text.len() <= 254 && email_address::EmailAddress::is_valid(text) && !text.contains(['"', '[']);
        good.then(|| Self(text.to_lowercase()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an account may do at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// The hotel; `None` for the whole group.
    pub hotel_id: Option<HotelId>,
    /// The department of that hotel, if it is bound to one.
    pub department_id: Option<DepartmentId>,
    /// The role.
    pub role: Role,
}

/// A staff account with what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Its id.
    pub id: StaffId,
    /// Its login address.
    pub email: String,
    /// Its name as colleagues see it.
    pub display_name: String,
    /// The language of mails to it.
    pub language: Language,
    /// Whether it may log in.
    pub status: StaffStatus,
    /// What it may do, and where.
    pub memberships: Vec<Membership>,
    /// Its version.
    pub version: Version,
    /// When it was created.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Staff {
    /// The account as the audit log keeps it: without the login address, which opens the way to the account.
    pub fn trace(&self) -> Value {
        let memberships: Vec<Value> = self
            .memberships
            .iter()
            .map(|one| json!({"hotel_id": one.hotel_id, "department_id": one.department_id, "role": one.role.code()}))
            .collect();
        json!({
            "id": self.id, "display_name": self.display_name, "language": self.language,
            "status": self.status.code(), "memberships": memberships, "version": self.version,
            "created_at": self.created_at, "updated_at": self.updated_at,
        })
    }

    /// The hotel whose staff alone may see the account; `None` when it is at work in more than one.
    pub fn only_hotel(&self) -> Option<HotelId> {
        only_hotel(&self.memberships)
    }
}

/// The one hotel of all memberships; `None` when there is not exactly one.
pub fn only_hotel(memberships: &[Membership]) -> Option<HotelId> {
    let first = memberships.first()?.hotel_id?;
    memberships.iter().all(|one| one.hotel_id == Some(first)).then_some(first)
}

/// An account as a login finds it.
#[derive(Debug, Clone)]
pub struct LoginAccount {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub staff: StaffId,
    /// Whether it may log in.
    pub status: StaffStatus,
    /// What its password is checked against.
    pub password_hash: String,
}

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its owner logged out.
    Logout,
    /// An old refresh token was used again: somebody copied it.
    Reuse,
    /// The password changed.
    Password,
    /// The account was suspended or reactivated.
    Status,
    /// What the account may do changed.
    Memberships,
}

impl EndReason {
    /// Stable code for storage and the audit log.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Reuse => "reuse",
            Self::Password => "password_changed",
            Self::Status => "status_changed",
            Self::Memberships => "memberships_changed",
        }
    }
}

/// A login and its family of refresh tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub staff: StaffId,
    /// Which of its refresh tokens is the newest.
    pub generation: i64,
    /// When that one was made.
    pub rotated_at: Instant,
    /// When it began.
    pub created_at: Instant,
    /// When it ends unless refreshed.
    pub expires_at: Instant,
    /// When it was ended before its time.
    pub revoked_at: Option<Instant>,
}

impl Session {
    /// When a session that began at `created_at` ends, if it is used at `now`.
    pub fn end(created_at: Instant, now: Instant) -> Instant {
        now.plus(REFRESH_FOR).min(created_at.plus(SESSION_FOR))
    }

    /// What a refresh token of `generation` is worth now.
    pub fn judge(&self, generation: i64, now: Instant) -> Judgement {
        if self.revoked_at.is_some() || self.expires_at <= now {
            return Judgement::Over;
        }
        match self.generation.checked_sub(generation) {
            Some(0) => Judgement::Newest,
            Some(1) if now.since(self.rotated_at) <= GRACE => Judgement::JustReplaced,
            Some(behind) if behind > 0 => Judgement::Reused,
            _ => Judgement::Over,
        }
    }
}

/// What a refresh token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It makes a successor.
    Newest,
    /// It answers the successor it made a moment ago.
    JustReplaced,
    /// It was used before: the session must end.
    Reused,
    /// The session is over.
    Over,
}

/// A membership to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiveMembership {
    /// The hotel; `None` for the whole group.
    pub hotel_id: Option<HotelId>,
    /// A department of that hotel.
    pub department_id: Option<DepartmentId>,
    /// The role.
    pub role: Role,
}

/// Opens an account. The password was hashed before.
#[derive(Debug, Clone)]
pub struct RegisterStaff {
    /// Its login address.
    pub email: LoginEmail,
    /// Its name as colleagues see it.
    pub display_name: String,
    /// The language of mails to it.
    pub language: Language,
    /// PHC string of its password.
    pub password_hash: String,
    /// What it may do, and where.
    pub memberships: Vec<GiveMembership>,
}

/// Changes an account: what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ChangeStaff {
    /// The name.
    pub display_name: Option<String>,
    /// The language.
    pub language: Option<Language>,
}

/// Which accounts to list.
#[derive(Debug, Clone, Default)]
pub struct StaffFilter {
    /// Only those of this status.
    pub status: Option<StaffStatus>,
    /// Only those at work in this hotel.
    pub hotel: Option<HotelId>,
    /// Only those with this role.
    pub role: Option<Role>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::{GRACE, Judgement, LoginEmail, REFRESH_FOR, SESSION_FOR, Session};
    use crate::kit::clock::Instant;

    #[test]
    fn a_token_is_worth_what_its_generation_and_age_say() {
        let at = Instant::from_micros(1_000_000_000_000);
        let session = Session {
            group: Uuid::nil().into(),
            id: Uuid::nil().into(),
            staff: Uuid::nil().into(),
            generation: 5,
            rotated_at: at,
            created_at: at,
            expires_at: Session::end(at, at),
            revoked_at: None,
        };
        let late = at.plus(GRACE + Duration::from_micros(1));
        assert_eq!(session.judge(5, late), Judgement::Newest);
        assert_eq!(session.judge(4, at.plus(GRACE)), Judgement::JustReplaced);
        assert_eq!(session.judge(4, late), Judgement::Reused);
        assert_eq!(session.judge(3, at), Judgement::Reused);
        assert_eq!(session.judge(6, at), Judgement::Over);
        assert_eq!(session.judge(i64::MIN, at), Judgement::Over);
        assert_eq!(session.judge(5, at.plus(REFRESH_FOR)), Judgement::Over);
        let ended = Session { revoked_at: Some(at), ..session };
        assert_eq!(ended.judge(5, at), Judgement::Over);
        assert_eq!(ended.judge(3, at), Judgement::Over);
    }

    #[test]
    fn a_session_slides_but_not_for_ever() {
        let at = Instant::from_micros(0);
        assert_eq!(Session::end(at, at), at.plus(REFRESH_FOR));
        let day_80 = at.plus(Duration::from_secs(80 * 24 * 60 * 60));
        assert_eq!(Session::end(at, day_80), at.plus(SESSION_FOR));
    }

    #[test]
    fn addresses_are_one_key_however_they_are_written() {
        assert_eq!(LoginEmail::parse(" Li.Na@Example.COM ").unwrap().as_str(), "li.na@example.com");
        for bad in ["", "x", "@x.y", "a b@c.de", &format!("{}@example.com", "x".repeat(250))] {
            assert!(LoginEmail::parse(bad).is_none(), "{bad}");
        }
    }
}
