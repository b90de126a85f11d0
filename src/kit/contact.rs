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

/// Declares a text newtype that can only hold what its parser made. Deserialising takes the text as it stands: it is
/// for reading back what was stored; what a client sends goes through `parse`.
macro_rules! standard {
    ($($(#[$meta:meta])* $name:ident = $parse:path;)+) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
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
    if let Some(e164) = written_whole(text) {
        return Ok(e164);
    }
    let number = phonenumber::parse(None, text).map_err(|_| BadValue::Phone)?;
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    let national = number.national().to_string().len();
    let plausible = PLAUSIBLE_DIGITS.contains(&national) || number.is_valid();
    if plausible && e164.len() <= 16 { Ok(e164) } else { Err(BadValue::Phone) }
}

/// The number of digits from which a number of a country code that several countries share cannot be a local one.
const LONGEST_LOCAL: usize = 8;

/// The E.164 form of a number that begins with no prefix of its country: what the library would answer, which asks
/// the patterns of all countries of the code and makes them anew each time, a millisecond a number.
fn written_whole(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (metas, national) = (1..=3).find_map(|length| {
        let (code, national) = digits.split_at_checked(length)?;
        let metas = phonenumber::metadata::DATABASE.by_code(&code.parse::<u16>().ok()?)?;
        Some((metas, national))
    })?;
    let main = metas.iter().find(|meta| meta.is_main_country_for_code()).or(metas.first())?;
    let whole = PLAUSIBLE_DIGITS.contains(&national.len())
        && (metas.len() == 1 || national.len() > LONGEST_LOCAL)
        && !national.starts_with('0')
        && main.national_prefix().is_none_or(|prefix| !national.starts_with(prefix))
        && main
            .national_prefix_for_parsing()
            .is_none_or(|prefix| prefix.find(national).is_none_or(|at| at.start() > 0));
    (whole && digits.len() <= 15).then(|| format!("+{digits}"))
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
    fn the_short_way_answers_what_the_library_does() {
        for number in [
            "+8613812345678",
            "+8657188001234",
            "+819012345678",
            "+821012345678",
            "+33612345678",
            "+4915112345678",
        ] {
            assert!(super::written_whole(number).is_some(), "{number}");
        }
        for number in [
            "+8613812345678",
            "+819012345678",
            "+14155552671",
            "+390612345678",
            "+447911123456",
            "+79161234567",
            "+5491123456789",
            "+3612345678",
        ] {
            let slow = phonenumber::parse(None, number).unwrap();
            let slow = slow.format().mode(phonenumber::Mode::E164).to_string();
            assert_eq!(super::written_whole(number).unwrap_or(slow.clone()), slow, "{number}");
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
