//! The members a document can have, as a mapping addresses them.
//!
//! Owns: what rows can be made into, what each member may hold, and the check
//! of one value. Must not know how values are found or reshaped.
//!
//! The lists mirror the API's schemas. The checks are those a mapping's author
//! can get wrong (a code that is not a code); bounds on length stay with the
//! API.

pub mod complaint;
pub mod guest;
pub mod stay;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

/// What a member may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// What somebody said, character by character: blanks at its ends stay, too, unless it is transformed.
    Words,
    /// `true` or `false`.
    Flag,
    /// An ISO 3166-1 alpha-2 code in upper case.
    Country,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// A BCP 47 language tag of language, script and region.
    Language,
    /// A phone number in E.164 form.
    Phone,
    /// An e-mail address.
    Email,
    /// A whole number that is not negative.
    Count,
    /// An amount of money in minor units, which may be negative.
    Amount,
    /// An amount of money in minor units that is not negative.
    Price,
    /// A currency: three capital letters of ISO 4217.
    Currency,
    /// An instant with its offset, as RFC 3339 writes it.
    Instant,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A list whose entries are of the kind named.
    List(Item),
}

/// What the entries of a list of plain values may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Any text.
    Text,
    /// As [`Kind::Country`].
    Country,
    /// As [`Kind::Language`].
    Language,
}

/// A member by name.
pub type Member = (&'static str, Kind);

/// An object of several members: each entry of a list, or a member by itself.
#[derive(Debug)]
pub struct EntryTarget {
    /// Name of the list or member, as in the document.
    pub name: &'static str,
    /// The members of one entry.
    pub members: &'static [Member],
    /// An entry with none of these says nothing and is left out.
    pub any_of: &'static [&'static str],
    /// An entry that lacks one of these is left out.
    pub all_of: &'static [&'static str],
    /// The member that takes `system` and `id` in, both together; the system is
    /// the mapping's own unless told. `id` is then free for `partner_id`.
    pub reference: Option<&'static str>,
}

/// What rows of a file are made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// Guests.
    #[default]
    Guest,
    /// Stays.
    Stay,
    /// Complaints.
    Complaint,
    /// Events of which the histories of complaints are made.
    ComplaintEvent,
}

/// The members a document can have.
#[derive(Debug)]
pub struct Shape {
    /// Members that hold one value or a list of plain values.
    pub fields: &'static [Member],
    /// Members that are one object each.
    pub objects: &'static [EntryTarget],
    /// Members that are lists of objects.
    pub lists: &'static [EntryTarget],
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 4] = [Self::Guest, Self::Stay, Self::Complaint, Self::ComplaintEvent];

    /// The word for one of what the rows are made into.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Stay => "stay",
            Self::Complaint => "complaint",
            Self::ComplaintEvent => "complaint_event",
        }
    }

    /// The members of its document.
    #[must_use]
    pub fn shape(self) -> &'static Shape {
        match self {
            Self::Guest => &guest::SHAPE,
            Self::Stay => &stay::SHAPE,
            Self::Complaint => &complaint::SHAPE,
            Self::ComplaintEvent => &complaint::EVENT,
        }
    }
}

impl Shape {
    /// Names of the members that hold what somebody said.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(|(_, kind)| *kind == Kind::Words).map(|(name, _)| *name)
    }

    /// Names of all members.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let entries = self.objects.iter().chain(self.lists).map(|target| target.name);
        self.fields.iter().map(|(name, _)| *name).chain(entries)
    }
}

/// Why a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Short stable code.
    pub code: &'static str,
    /// A sentence that does not quote the value.
    pub message: String,
}

impl Unfit {
    /// Makes the reason from its code and sentence.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

impl Kind {
    /// The kind of one value: of the entries for a list, else itself.
    #[must_use]
    pub fn of_item(self) -> Self {
        match self {
            Self::List(Item::Text) => Self::Text,
            Self::List(Item::Country) => Self::Country,
            Self::List(Item::Language) => Self::Language,
            other => other,
        }
    }

    /// Turns text into the JSON value of this kind (of one entry, for a list).
    ///
    /// # Errors
    /// Returns why the text is not of this kind.
    pub fn check(self, text: &str) -> Result<Value, Unfit> {
        let fits = |is_fit: bool, code, message: &str| {
            is_fit.then(|| Value::from(text)).ok_or_else(|| Unfit::new(code, message))
        };
        match self.of_item() {
            Self::Text | Self::Words | Self::List(_) => Ok(Value::from(text)),
            Self::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "y" => Ok(Value::Bool(true)),
                "false" | "0" | "no" | "n" => Ok(Value::Bool(false)),
                _ => Err(Unfit::new("flag", "The value is neither yes nor no.")),
            },
            Self::Country => {
                let is_code = rust_iso3166::from_alpha2(text).is_some();
                fits(is_code, "country", "The value is not an ISO 3166-1 alpha-2 code.")
            }
            Self::Date => {
                let is_date = text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok();
                fits(is_date, "date", "The value is not a date written YYYY-MM-DD.")
            }
            Self::Language => {
                let is_tag = super::transforms::language(text).as_deref() == Some(text);
                fits(is_tag, "language", "The value is not a language tag.")
            }
            Self::Phone => {
                let digits = text.strip_prefix('+').unwrap_or_default();
                let is_number = (7..=15).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && !digits.starts_with('0');
                fits(is_number, "phone", "The value is not a phone number in international form.")
            }
            Self::Email => {
                let is_address = text.split_once('@').is_some_and(|(local, domain)| {
                    !local.is_empty() && !domain.is_empty() && !domain.contains('@')
                }) && !text.chars().any(|c| c.is_whitespace() || c.is_control());
                fits(is_address, "email", "The value is not an e-mail address.")
            }
            Self::Count | Self::Price => match text.parse::<i64>() {
                Ok(number) if number >= 0 => Ok(Value::from(number)),
                Ok(_) => Err(Unfit::new("negative", "The value is negative.")),
                Err(_) => Err(Unfit::new("integer", "The value is not a whole number.")),
            },
            Self::Amount => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| Unfit::new("integer", "The value is not a whole number.")),
            Self::Currency => {
                let is_code = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase());
                fits(is_code, "currency", "The value is not a currency of ISO 4217.")
            }
            Self::Instant => {
                let is_instant = DateTime::parse_from_rfc3339(text).is_ok();
                fits(is_instant, "instant", "The value is not an instant of RFC 3339.")
            }
            Self::OneOf(words) => {
                let message = format!("The value is none of {}.", words.join(", "));
                fits(words.contains(&text), "not_allowed", &message)
            }
        }
    }
}

/// The member of that name among `members`.
#[must_use]
pub fn member(members: &'static [Member], name: &str) -> Option<Member> {
    members.iter().find(|(known, _)| *known == name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_refuses_what_is_not_of_it() {
        for (kind, good, bad) in [
            (Kind::Country, "CN", "CHN"),
            (Kind::Date, "2020-02-29", "2021-02-29"),
            (Kind::Date, "2020-12-01", "2020-12-1"),
            (Kind::Language, "zh-CN", "ZH_cn"),
            (Kind::Phone, "+8613812345678", "13812345678"),
            (Kind::Phone, "+49891233", "+4989123343123456"),
            (Kind::Email, "a@b.cn", "a b@c"),
            (Kind::OneOf(&["male"]), "male", "Male"),
            (Kind::List(Item::Country), "PT", "XX"),
            (Kind::Currency, "EUR", "eur"),
            (Kind::Instant, "2026-11-22T08:00:00+08:00", "2026-11-22 08:00"),
        ] {
            assert_eq!(kind.check(good), Ok(Value::from(good)));
            assert!(kind.check(bad).is_err(), "{bad}");
        }
        assert_eq!(Kind::Price.check("0"), Ok(Value::from(0)));
        assert_eq!(Kind::Price.check("-1").unwrap_err().code, "negative");
        assert_eq!(Kind::Amount.check("-638"), Ok(Value::from(-638)));
        assert_eq!(Kind::Count.check("1.5").unwrap_err().code, "integer");
        assert_eq!(Kind::Flag.check("Yes"), Ok(Value::Bool(true)));
        assert!(Kind::Flag.check("perhaps").is_err());
    }

    #[test]
    fn a_reason_never_quotes_the_value() {
        let unfit = Kind::Email.check("secret value").unwrap_err();
        assert!(!unfit.message.contains("secret"));
    }
}
