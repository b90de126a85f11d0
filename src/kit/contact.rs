//! Values that follow a public standard, parsed once and then trusted: phone numbers, e-mail addresses, countries,
//! languages, scripts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A value that does not follow its standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// Not a phone number with a known country code.
    #[error("must be a phone number in E.164 form, such as +8613800138000")]
    Phone,
    /// Not an e-mail address.
    #[error("must be an e-mail address of at most 254 characters")]
    Email,
    /// Not an ISO 3166-1 alpha-2 code.
    #[error("must be an ISO 3166-1 alpha-2 country code, such as CN")]
    Country,
    /// Not a BCP 47 tag.
    #[error("must be a BCP 47 language tag, such as zh-CN")]
    Language,
    /// Not an ISO 15924 code.
    #[error("must be an ISO 15924 script code, such as Hani")]
    Script,
}

impl BadValue {
    /// Stable code of the fault.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Country => "country",
            Self::Language => "language",
            Self::Script => "script",
        }
    }
}

/// Declares a text newtype that can only hold what its parser made.
macro_rules! standard {
    ($($(#[$meta:meta])* $name:ident = $parse:path;)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The value in its standard form.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadValue;

            fn from_str(text: &str) -> Result<Self, BadValue> {
                $parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadValue;

            fn try_from(text: String) -> Result<Self, BadValue> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+ };
}

standard! {
    /// A phone number in E.164 form: `+`, country code, number; at most 15 digits. Spaces, hyphens and brackets of
    /// the input are dropped.
    Phone = parse_phone;
    /// An e-mail address of at most 254 characters, its domain in lower case.
    Email = parse_email;
    /// A country, ISO 3166-1 alpha-2, upper case.
    Country = parse_country;
    /// A language tag, BCP 47, in canonical letter case.
    LanguageTag = parse_language;
    /// A script, ISO 15924, in title case.
    Script = parse_script;
}

/// Digits of the national number that make a number plausible whose range the metadata does not know yet: refusing
/// a guest's real number is worse than keeping a wrong one.
const PLAUSIBLE_DIGITS: std::ops::RangeInclusive<usize> = 7..=14;

fn parse_phone(text: &str) -> Result<String, BadValue> {
    let shape = text.starts_with('+')
        && text.len() <= 40
        && text.chars().skip(1).all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.'));
    if !shape {
        return Err(BadValue::Phone);
    }
    let number = phonenumber::parse(None, text).map_err(|_| BadValue::Phone)?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let national = number.national().to_string().len();
    let plausible = number.is_valid() || PLAUSIBLE_DIGITS.contains(&national);
    if plausible && e164.len() <= 16 { Ok(e164) } else { Err(BadValue::Phone) }
}

fn parse_email(text: &str) -> Result<String, BadValue> {
    if text.len() > 254 || !email_address::EmailAddress::is_valid(text) {
        return Err(BadValue::Email);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(BadValue::Email)?;
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

fn parse_country(text: &str) -> Result<String, BadValue> {
    let known = text.len() == 2 && rust_iso3166::from_alpha2(text).is_some();
    if known { Ok(text.to_owned()) } else { Err(BadValue::Country) }
}

fn parse_language(text: &str) -> Result<String, BadValue> {
    let tag: unic_langid::LanguageIdentifier = if text.len() <= 35 {
        text.parse().map_err(|_| BadValue::Language)?
    } else {
        return Err(BadValue::Language);
    };
    if tag.language.is_empty() || tag.language.as_str() == "und" {
        return Err(BadValue::Language);
    }
    Ok(tag.to_string())
}

fn parse_script(text: &str) -> Result<String, BadValue> {
    let mut letters = text.chars();
    let first = letters.next().ok_or(BadValue::Script)?;
    if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(BadValue::Script);
    }
    Ok(first.to_ascii_uppercase().to_string() + &letters.as_str().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Country, Email, LanguageTag, Phone, Script};

    #[test]
    fn phones_take_their_standard_form() {
        for (input, expected) in [
            ("+8613800138000", Some("+8613800138000")),
            ("+86 138-0013-8000", Some("+8613800138000")),
            ("+44 (20) 7946 0958", Some("+442079460958")),
            ("13800138000", None),
            ("+86123", None),
            ("+999123456789", None),
            ("+", None),
            ("+861380013800013800138000", None),
            ("+86138oo138000", None),
        ] {
            assert_eq!(input.parse::<Phone>().ok().as_ref().map(Phone::as_str), expected, "{input}");
        }
    }

    #[test]
    fn other_standards_refuse_what_they_do_not_know() {
        assert_eq!("Wang.Min@Example.COM".parse::<Email>().unwrap().as_str(), "Wang.Min@example.com");
        assert!("no-at.example.com".parse::<Email>().is_err());
        assert!("CN".parse::<Country>().is_ok());
        assert!("cn".parse::<Country>().is_err() && "XX".parse::<Country>().is_err());
        assert_eq!("ZH-cn".parse::<LanguageTag>().unwrap().as_str(), "zh-CN");
        assert!("chinese language".parse::<LanguageTag>().is_err() && "".parse::<LanguageTag>().is_err());
        assert_eq!("hani".parse::<Script>().unwrap().as_str(), "Hani");
        assert!("Han1".parse::<Script>().is_err());
    }
}
