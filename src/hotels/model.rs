//! Groups, hotels and departments: types that cannot hold a wrong value.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};
use unic_langid::LanguageIdentifier;

use crate::kit::clock::Instant;
use crate::kit::ids::{DepartmentId, GroupId, HotelId};
use crate::kit::text::has_control;
use crate::kit::version::Version;

/// Longest code of a group, hotel or department, in characters.
const LONGEST_CODE: usize = 40;
/// Longest name in one language, in characters.
pub const LONGEST_NAME: usize = 200;
/// Most languages a name is kept in.
pub const MOST_LANGUAGES: usize = 20;

/// Short name for machines and people: `^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(String);

impl Code {
    /// Takes a code of the right form; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let good = (1..=LONGEST_CODE).contains(&text.len())
            && text.bytes().all(|byte| plain(byte) || byte == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        good.then(|| Self(text.to_owned()))
    }

    /// A code as it was stored.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A BCP 47 language tag in canonical case, `zh-CN`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// Takes a well-formed tag that names a language; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let tag = text.parse::<LanguageIdentifier>().ok()?;
        (text.len() <= 35 && !tag.language.is_empty()).then(|| Self(tag.to_string()))
    }

    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name in several languages, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

/// What is wrong with a name, and under which of its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadName {
    /// No language at all, or too many.
    Count,
    /// The key is no language tag.
    Language,
    /// Two keys are the same language.
    Twice,
    /// The text is empty or too long.
    Length,
    /// The text has line breaks or other control characters.
    Control,
}

impl Names {
    /// Takes texts by language tag; every fault with the key it stands under (`None`: the whole).
    ///
    /// # Errors
    /// Every fault found.
    pub fn parse(texts: BTreeMap<String, String>) -> Result<Self, Vec<(Option<String>, BadName)>> {
        let mut faults = Vec::new();
        let mut names = BTreeMap::new();
        if !(1..=MOST_LANGUAGES).contains(&texts.len()) {
            faults.push((None, BadName::Count));
        }
        for (tag, text) in texts {
            let text = text.trim().to_owned();
            let key = LanguageTag::parse(&tag);
            let fault = match &key {
                None => Some(BadName::Language),
                Some(_) if !(1..=LONGEST_NAME).contains(&text.chars().count()) => Some(BadName::Length),
                Some(_) if has_control(&text) => Some(BadName::Control),
                Some(key) => names.insert(key.0.clone(), text).map(|_| BadName::Twice),
            };
            faults.extend(fault.map(|fault| (Some(tag), fault)));
        }
        if faults.is_empty() { Ok(Self(names)) } else { Err(faults) }
    }

    pub(super) fn stored(texts: BTreeMap<String, String>) -> Self {
        Self(texts)
    }

    /// Whether there is a text in the language.
    pub fn has(&self, language: &LanguageTag) -> bool {
        self.0.contains_key(&language.0)
    }

    /// The text in a language, or in the same language as spoken elsewhere; else in another one.
    pub fn told(&self, language: &LanguageTag, other: &LanguageTag) -> &str {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        let near =
            || self.0.iter().find(|(tag, _)| primary(tag) == primary(&language.0)).map(|found| found.1);
        let found = self.0.get(&language.0).or_else(near).or_else(|| self.0.get(&other.0));
        found.or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// The texts by language tag.
    pub fn texts(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// An IANA time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(pub chrono_tz::Tz);

impl TimeZone {
    /// Takes the name of a zone the server knows.
    pub fn parse(text: &str) -> Option<Self> {
        chrono_tz::Tz::from_str(text).ok().map(Self)
    }

    /// The name of the zone.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// An ISO 4217 currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency(pub iso_currency::Currency);

impl Currency {
    /// Takes a code of three upper-case letters.
    pub fn parse(text: &str) -> Option<Self> {
        iso_currency::Currency::from_code(text).map(Self)
    }

    /// No currency (XXX): how one reads that the library dropped since it was written.
    pub const fn none() -> Self {
        Self(iso_currency::Currency::XXX)
    }

    /// The code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }
}

/// Whether a hotel or department is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In use.
    Active,
    /// No longer; kept for what refers to it.
    Closed,
}

impl Status {
    /// Stable code for storage and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }

    pub(super) fn stored(code: &str) -> Self {
        if code == "active" { Self::Active } else { Self::Closed }
    }
}

/// A hotel group: the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its code, unique in the installation.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// Whether it holds made-up data only.
    pub is_demo: bool,
    /// When it was created.
    pub created_at: Instant,
}

/// A hotel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hotel {
    /// Its id.
    pub id: HotelId,
    /// Its code, unique in the group.
    pub code: Code,
    /// Its name, at least in the default language.
    pub names: Names,
    /// Where business dates begin and end.
    pub time_zone: TimeZone,
    /// In what it charges.
    pub currency: Currency,
    /// The language of what it writes to guests unless they have another.
    pub default_language: LanguageTag,
    /// Whether it is in use.
    pub status: Status,
    /// Its version.
    pub version: Version,
    /// When it was created.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Hotel {
    /// The hotel as the audit log keeps it.
    pub fn trace(&self) -> Value {
        json!({
            "id": self.id, "code": self.code.as_str(), "names": self.names.texts(), "time_zone": self.time_zone.name(),
            "currency": self.currency.code(), "default_language": self.default_language.as_str(),
            "status": self.status.code(), "version": self.version, "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// A department of one hotel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: DepartmentId,
    /// Its hotel.
    pub hotel_id: HotelId,
    /// Its code, unique in the hotel.
    pub code: Code,
    /// Its name.
    pub names: Names,
    /// Whether it is in use.
    pub status: Status,
    /// Its version.
    pub version: Version,
    /// When it was created.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

impl Department {
    /// The department as the audit log keeps it.
    pub fn trace(&self) -> Value {
        json!({
            "id": self.id, "hotel_id": self.hotel_id, "code": self.code.as_str(), "names": self.names.texts(),
            "status": self.status.code(), "version": self.version, "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// Begins a group.
#[derive(Debug, Clone)]
pub struct CreateGroup {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub name: String,
    /// Whether it holds made-up data only.
    pub is_demo: bool,
}

/// Opens a hotel.
#[derive(Debug, Clone)]
pub struct CreateHotel {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub names: Names,
    /// Its time zone.
    pub time_zone: TimeZone,
    /// Its currency.
    pub currency: Currency,
    /// Its default language.
    pub default_language: LanguageTag,
}

/// Changes a hotel: what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ChangeHotel {
    /// The name.
    pub names: Option<Names>,
    /// The time zone.
    pub time_zone: Option<TimeZone>,
    /// The currency.
    pub currency: Option<Currency>,
    /// The default language.
    pub default_language: Option<LanguageTag>,
}

/// Adds a department to a hotel.
#[derive(Debug, Clone)]
pub struct CreateDepartment {
    /// Its code.
    pub code: Code,
    /// Its name.
    pub names: Names,
}

/// Changes a department: what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct ChangeDepartment {
    /// The name.
    pub names: Option<Names>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{BadName, Code, Currency, LanguageTag, Names, TimeZone};

    #[test]
    fn codes_are_lower_case_words_with_inner_hyphens() {
        for good in ["a", "7", "demo", "grand-hotel-2", &"x".repeat(40)] {
            assert!(Code::parse(good).is_some(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a b", "酒店", "a_b", &"x".repeat(41)] {
            assert!(Code::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn tags_zones_and_currencies_are_real_ones() {
        assert_eq!(LanguageTag::parse("ZH-cn").map(|tag| tag.0).as_deref(), Some("zh-CN"));
        for bad in ["", "und", "中文", "e", "zh_", "en-"] {
            assert!(LanguageTag::parse(bad).is_none(), "{bad}");
        }
        assert!(TimeZone::parse("Asia/Shanghai").is_some() && TimeZone::parse("Asia/Atlantis").is_none());
        assert!(
            Currency::parse("CNY").is_some()
                && Currency::parse("cny").is_none()
                && Currency::parse("ZZZ").is_none()
        );
    }

    #[test]
    fn every_fault_of_a_name_is_told() {
        let texts = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect()
        };
        let names = Names::parse(texts(&[("zh-cn", " 西湖宾馆 "), ("en", "West Lake")])).unwrap();
        assert_eq!(names.texts()["zh-CN"], "西湖宾馆");
        let faults =
            Names::parse(texts(&[("??", "x"), ("de", " "), ("en", "a\nb"), ("zh-CN", "x"), ("zh-cn", "y")]));
        let faults: Vec<_> = faults.unwrap_err().into_iter().map(|(_, fault)| fault).collect();
        assert_eq!(faults, [BadName::Language, BadName::Length, BadName::Control, BadName::Twice]);
        assert_eq!(Names::parse(BTreeMap::new()).unwrap_err(), [(None, BadName::Count)]);
    }
}
