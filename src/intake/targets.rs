//! The members a guest document can have, as a mapping addresses them.
//!
//! Owns: the list of target fields, what each may hold, and the check of one
//! value. Must not know how values are found or reshaped.
//!
//! The lists mirror the API's schema for the creation of a guest. The checks
//! are those a mapping's author can get wrong (a code that is not a code);
//! bounds on length stay with the API.

use chrono::NaiveDate;
use serde_json::Value;

/// What a member may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
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

/// A list of objects in the guest document.
#[derive(Debug)]
pub struct ListTarget {
    /// Name of the list, as in the document.
    pub name: &'static str,
    /// The members of one entry.
    pub members: &'static [Member],
    /// An entry with none of these says nothing and is left out.
    pub any_of: &'static [&'static str],
    /// An entry that lacks one of these is left out.
    pub all_of: &'static [&'static str],
}

const NAME_TYPES: &[&str] = &["primary", "alternate", "phonetic", "incognito", "former", "external"];
const ADDRESS_USES: &[&str] = &["home", "business", "billing", "other"];

/// Members of the document that are not lists of objects.
pub const FIELDS: &[Member] = &[
    ("gender", Kind::OneOf(&["male", "female", "other", "undisclosed"])),
    ("birth_date", Kind::Date),
    ("birthday_calendar", Kind::OneOf(&["gregorian", "lunar"])),
    ("birth_place", Kind::Text),
    ("birth_country", Kind::Country),
    ("nationality", Kind::Country),
    ("citizenships", Kind::List(Item::Country)),
    ("languages", Kind::List(Item::Language)),
    ("preferred_language", Kind::Language),
    ("occupation", Kind::Text),
    ("business_title", Kind::Text),
    ("vip_level", Kind::Text),
    ("tags", Kind::List(Item::Text)),
];

/// Members of the document that are lists of objects.
pub const LISTS: &[ListTarget] = &[
    ListTarget {
        name: "names",
        members: &[
            ("name_type", Kind::OneOf(NAME_TYPES)),
            ("given_name", Kind::Text),
            ("middle_name", Kind::Text),
            ("surname", Kind::Text),
            ("second_surname", Kind::Text),
            ("full_name", Kind::Text),
            ("prefix", Kind::Text),
            ("suffix", Kind::Text),
            ("script", Kind::Text),
            ("language", Kind::Language),
            ("display_order", Kind::OneOf(&["surname_first", "given_first"])),
            ("placeholder", Kind::Flag),
        ],
        any_of: &["given_name", "surname", "second_surname", "full_name"],
        all_of: &[],
    },
    ListTarget {
        name: "phones",
        members: &[
            ("number", Kind::Phone),
            ("extension", Kind::Text),
            ("use", Kind::OneOf(&["home", "business", "mobile", "emergency", "other"])),
            ("tech", Kind::OneOf(&["voice", "fax", "sms"])),
            ("primary", Kind::Flag),
            ("verified", Kind::Flag),
        ],
        any_of: &[],
        all_of: &["number"],
    },
    ListTarget {
        name: "emails",
        members: &[
            ("address", Kind::Email),
            ("use", Kind::OneOf(&["home", "business", "other"])),
            ("primary", Kind::Flag),
            ("verified", Kind::Flag),
            ("is_ota_alias", Kind::Flag),
        ],
        any_of: &[],
        all_of: &["address"],
    },
    ListTarget {
        name: "addresses",
        members: &[
            ("lines", Kind::List(Item::Text)),
            ("city", Kind::Text),
            ("district", Kind::Text),
            ("state", Kind::Text),
            ("postal_code", Kind::Text),
            ("country", Kind::Country),
            ("use", Kind::OneOf(ADDRESS_USES)),
            ("primary", Kind::Flag),
            ("language", Kind::Language),
        ],
        any_of: &["lines", "city", "district", "state", "postal_code", "country"],
        all_of: &[],
    },
    ListTarget {
        name: "messaging",
        members: &[
            ("service", Kind::OneOf(&["wechat", "whatsapp", "line", "telegram", "other"])),
            ("handle", Kind::Text),
        ],
        any_of: &[],
        all_of: &["service", "handle"],
    },
    ListTarget {
        name: "match_keys",
        members: &[("kind", Kind::OneOf(&["document_hash", "name_hash", "document"])), ("value", Kind::Text)],
        any_of: &[],
        all_of: &["kind", "value"],
    },
    ListTarget {
        name: "external_refs",
        members: &[("system", Kind::Text), ("id", Kind::Text)],
        any_of: &[],
        all_of: &["system", "id"],
    },
];

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
            Self::Text | Self::List(_) => Ok(Value::from(text)),
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
            Self::OneOf(words) => {
                let message = format!("The value is none of {}.", words.join(", "));
                fits(words.contains(&text), "not_allowed", &message)
            }
        }
    }
}

/// The list of objects of that name, if the document has one.
#[must_use]
pub fn list(name: &str) -> Option<&'static ListTarget> {
    LISTS.iter().find(|list| list.name == name)
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
        ] {
            assert_eq!(kind.check(good), Ok(Value::from(good)));
            assert!(kind.check(bad).is_err(), "{bad}");
        }
        assert_eq!(Kind::Flag.check("Yes"), Ok(Value::Bool(true)));
        assert!(Kind::Flag.check("perhaps").is_err());
    }

    #[test]
    fn a_reason_never_quotes_the_value() {
        let unfit = Kind::Email.check("secret value").unwrap_err();
        assert!(!unfit.message.contains("secret"));
    }
}
