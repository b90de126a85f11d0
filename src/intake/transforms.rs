//! The transforms a mapping can apply to one value.
//!
//! Owns: the name, argument and behaviour of each transform. Must not know
//! where a value comes from or which member it fills.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat};
use phonenumber::country::Id as Region;

use super::targets::Unfit;

/// One step between the value read and the value kept. Every value is trimmed
/// before the first step and after the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transform {
    /// `trim`: white space at both ends goes (done in any case).
    Trim,
    /// `upper`: upper case.
    Upper,
    /// `lower`: lower case.
    Lower,
    /// `collapse`: each run of white space becomes one space.
    Collapse,
    /// `digits`: only the ASCII digits stay.
    Digits,
    /// `integer`: a whole number without sign `+`, leading zeros or a zero
    /// fraction (`47.0` becomes `47`).
    Integer,
    /// `minor:DIGITS`: a decimal number as a whole number of minor units with so
    /// many digits; one with further digits that are not zero fails.
    Minor(usize),
    /// `hex`: lower-case hexadecimal of any length; anything else fails.
    Hex,
    /// `country`: ISO 3166-1 alpha-2 from alpha-2, alpha-3, the numeric code or
    /// the English short name.
    Country,
    /// `language`: a language tag in its usual spelling (`EN` becomes `en`,
    /// `zh_cn` becomes `zh-CN`).
    Language,
    /// `phone` or `phone:CN`: E.164; the argument is the region of numbers
    /// written without a country code.
    Phone(Option<Region>),
    /// `date` or `date:FORMAT|FORMAT`: a date as `YYYY-MM-DD`.
    Date(Vec<String>),
    /// `instant:FORMAT|FORMAT`: an instant as RFC 3339 writes it; one that is told without a zone is UTC, a mere
    /// date its first moment.
    Instant(Vec<String>),
    /// `strip_prefix:TEXT`: the text goes from the start if it stands there.
    StripPrefix(String),
    /// `strip_suffix:TEXT`: the text goes from the end if it stands there.
    StripSuffix(String),
    /// `split:TEXT`: one value becomes several.
    Split(String),
    /// `map`: the place at which the field's `map` is applied, when that is
    /// not after all transforms.
    Map,
}

/// All transforms as a mapping writes them, for messages and documentation.
pub const NAMES: &[&str] = &[
    "trim",
    "upper",
    "lower",
    "collapse",
    "digits",
    "integer",
    "minor:DIGITS",
    "hex",
    "country",
    "language",
    "phone[:REGION]",
    "date[:FORMAT|FORMAT]",
    "instant:FORMAT|FORMAT",
    "strip_prefix:TEXT",
    "strip_suffix:TEXT",
    "split:TEXT",
    "map",
];

impl Transform {
    /// Reads a transform as a mapping writes it.
    ///
    /// # Errors
    /// Returns a sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument)),
            None => (text.trim(), None),
        };
        let needed = || match argument {
            Some(argument) if !argument.is_empty() => Ok(argument.to_owned()),
            _ => Err(format!("the transform \"{name}\" needs an argument after a colon")),
        };
        let transform = match name {
            "phone" => Self::Phone(argument.map(region).transpose()?),
            "date" => Self::Date(argument.map(formats).transpose()?.unwrap_or_default()),
            "instant" => Self::Instant(formats(&needed()?)?),
            "minor" => Self::Minor(digits(&needed()?)?),
            "strip_prefix" => Self::StripPrefix(needed()?),
            "strip_suffix" => Self::StripSuffix(needed()?),
            "split" => Self::Split(needed()?),
            _ if argument.is_some() && NAMES.contains(&name) => {
                return Err(format!("the transform \"{name}\" takes no argument"));
            }
            "trim" => Self::Trim,
            "upper" => Self::Upper,
            "lower" => Self::Lower,
            "collapse" => Self::Collapse,
            "digits" => Self::Digits,
            "integer" => Self::Integer,
            "hex" => Self::Hex,
            "country" => Self::Country,
            "language" => Self::Language,
            "map" => Self::Map,
            _ => {
                return Err(format!("unknown transform \"{name}\"; known are {}", NAMES.join(", ")));
            }
        };
        Ok(transform)
    }

    /// Applies the transform: usually one value, none when nothing is left, or
    /// several after `split`. [`Transform::Map`] returns the value unchanged.
    ///
    /// # Errors
    /// Returns why the value is not of the form the transform expects.
    pub fn apply(&self, value: String) -> Result<Vec<String>, Unfit> {
        let one = |text: String| Ok(if text.is_empty() { Vec::new() } else { vec![text] });
        match self {
            Self::Map => one(value),
            Self::Trim => one(value.trim().to_owned()),
            Self::Upper => one(value.to_uppercase()),
            Self::Lower => one(value.to_lowercase()),
            Self::Collapse => one(value.split_whitespace().collect::<Vec<_>>().join(" ")),
            Self::Digits => one(value.chars().filter(char::is_ascii_digit).collect()),
            Self::Integer => integer(&value)
                .map(|text| vec![text])
                .ok_or_else(|| Unfit::new("integer", "The value is not a whole number.")),
            Self::Minor(digits) => {
                minor(&value, *digits).map(|units| vec![units.to_string()]).ok_or_else(|| {
                    Unfit::new("amount", "The value is not an amount of money of that precision.")
                })
            }
            Self::Hex => {
                let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
                let lower = is_hex.then(|| vec![value.to_ascii_lowercase()]);
                lower.ok_or_else(|| Unfit::new("hex", "The value is not hexadecimal."))
            }
            Self::Country => country(&value)
                .map(|code| vec![code.to_owned()])
                .ok_or_else(|| Unfit::new("country", "The value is not a country of ISO 3166-1.")),
            Self::Language => language(&value)
                .map(|tag| vec![tag])
                .ok_or_else(|| Unfit::new("language", "The value is not a language tag.")),
            Self::Phone(region) => phone(&value, *region)
                .map(|number| vec![number])
                .ok_or_else(|| Unfit::new("phone", "The value is not a phone number of a known country.")),
            Self::Date(formats) => date(&value, formats)
                .map(|day| vec![day.format("%Y-%m-%d").to_string()])
                .ok_or_else(|| Unfit::new("date", "The value is not a date in the format expected.")),
            Self::Instant(formats) => instant(&value, formats)
                .map(|text| vec![text])
                .ok_or_else(|| Unfit::new("instant", "The value is not an instant in the format expected.")),
            Self::StripPrefix(prefix) => {
                one(value.strip_prefix(prefix.as_str()).unwrap_or(&value).to_owned())
            }
            Self::StripSuffix(suffix) => {
                one(value.strip_suffix(suffix.as_str()).unwrap_or(&value).to_owned())
            }
            Self::Split(mark) => Ok(value
                .split(mark.as_str())
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect()),
        }
    }
}

fn region(text: &str) -> Result<Region, String> {
    Region::from_str(text).map_err(|_| format!("\"{text}\" is not a region of phone numbers"))
}

fn formats(text: &str) -> Result<Vec<String>, String> {
    let is_known = |format: &str| {
        let mut items = chrono::format::StrftimeItems::new(format);
        !format.is_empty() && items.all(|item| !matches!(item, chrono::format::Item::Error))
    };
    let formats: Vec<String> = text.split('|').map(str::to_owned).collect();
    match formats.iter().find(|format| !is_known(format)) {
        Some(format) => Err(format!("\"{format}\" is not a date format")),
        None => Ok(formats),
    }
}

fn digits(text: &str) -> Result<usize, String> {
    let digits = text.parse::<usize>().ok().filter(|digits| *digits <= 4);
    digits.ok_or_else(|| "the transform \"minor\" takes a number of digits from 0 to 4".to_owned())
}

/// A decimal number in minor units, exactly.
fn minor(value: &str, digits: usize) -> Option<i64> {
    let (sign, number) = value.strip_prefix('-').map_or(("", value), |rest| ("-", rest));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let kept = fraction.get(..digits.min(fraction.len()))?;
    let beyond = fraction.get(kept.len()..)?;
    let is_number = !whole.is_empty()
        && whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit())
        && beyond.bytes().all(|byte| byte == b'0');
    is_number.then(|| format!("{sign}{whole}{kept:0<digits$}").parse().ok()).flatten()
}

pub(super) fn integer(value: &str) -> Option<String> {
    let whole = match value.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => value,
    };
    whole.parse::<i64>().ok().map(|number| number.to_string())
}

fn country(value: &str) -> Option<&'static str> {
    let upper = value.to_uppercase();
    let found = match upper.len() {
        2 => rust_iso3166::from_alpha2(&upper),
        3 if upper.bytes().all(|byte| byte.is_ascii_digit()) => {
            upper.parse().ok().and_then(rust_iso3166::from_numeric)
        }
        3 => rust_iso3166::from_alpha3(&upper),
        _ => None,
    };
    let named = || {
        let mut all = rust_iso3166::ALL.iter();
        all.find(|country| country.name.eq_ignore_ascii_case(value)).copied()
    };
    found.or_else(named).map(|country| country.alpha2)
}

/// The usual spelling of a tag of language, optional script and optional
/// region; `None` when the text is no such tag.
pub(super) fn language(value: &str) -> Option<String> {
    let mut parts = value.split(['-', '_']);
    let is_alpha = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let primary = parts.next().filter(|part| matches!(part.len(), 2 | 3) && is_alpha(part))?;
    let mut tag = primary.to_ascii_lowercase();
    let mut rest = parts.peekable();
    if let Some(script) = rest.next_if(|part| part.len() == 4 && is_alpha(part)) {
        let (head, tail) = script.split_at(1);
        tag = format!("{tag}-{}{}", head.to_ascii_uppercase(), tail.to_ascii_lowercase());
    }
    let is_region = |part: &&str| {
        (part.len() == 2 && is_alpha(part))
            || (part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if let Some(region) = rest.next_if(is_region) {
        tag = format!("{tag}-{}", region.to_ascii_uppercase());
    }
    rest.next().is_none().then_some(tag)
}

fn phone(value: &str, region: Option<Region>) -> Option<String> {
    let ascii: String = value
        .chars()
        .map(|c| match c {
            '＋' => '+',
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            other => other,
        })
        .collect();
    // The international prefix of most countries, understood without a region.
    let ascii = match ascii.strip_prefix("00") {
        Some(rest) if region.is_none() => format!("+{rest}"),
        _ => ascii,
    };
    let number = phonenumber::parse(region, &ascii).ok()?;
    let text = number.format().mode(phonenumber::Mode::E164).to_string();
    // A number of a plausible length is kept even if no numbering plan lists
    // it: plans change more often than guests' numbers do.
    let digits = text.strip_prefix('+')?.len();
    (7..=15).contains(&digits).then_some(text)
}

fn date(value: &str, formats: &[String]) -> Option<NaiveDate> {
    if formats.is_empty() {
        let head = value.get(..10)?;
        let rest = value.get(10..).unwrap_or_default();
        if !rest.is_empty() && !rest.starts_with(['T', ' ']) {
            return None;
        }
        return NaiveDate::parse_from_str(head, "%Y-%m-%d").ok();
    }
    let mut tried = formats.iter();
    tried.find_map(|format| {
        let with_time = chrono::NaiveDateTime::parse_from_str(value, format);
        let with_time = with_time.map(|instant| instant.date());
        with_time.or_else(|_| NaiveDate::parse_from_str(value, format)).ok()
    })
}

fn instant(value: &str, formats: &[String]) -> Option<String> {
    let with_zone = |format: &str| DateTime::parse_from_str(value, format).map(|at| at.to_utc()).ok();
    let without = |format: &str| NaiveDateTime::parse_from_str(value, format).map(|at| at.and_utc()).ok();
    let day = |format: &str| {
        NaiveDate::parse_from_str(value, format).map(|day| day.and_time(NaiveTime::MIN).and_utc()).ok()
    };
    let found =
        formats.iter().find_map(|one| with_zone(one).or_else(|| without(one)).or_else(|| day(one)))?;
    Some(found.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(transform: &str, value: &str) -> Result<Vec<String>, &'static str> {
        let transform = Transform::parse(transform).unwrap();
        transform.apply(value.to_owned()).map_err(|unfit| unfit.code)
    }

    #[test]
    fn transforms_do_what_their_names_say() {
        for (transform, value, expected) in [
            ("upper", "müller", "MÜLLER"),
            ("lower", "ÀB", "àb"),
            ("collapse", " a \t b　c", "a b c"),
            ("digits", "AB-12 3", "123"),
            ("integer", "47.0", "47"),
            ("integer", "-007", "-7"),
            ("minor:2", "75", "7500"),
            ("minor:2", "106.6", "10660"),
            ("minor:2", "-6.38", "-638"),
            ("minor:2", "0.05", "5"),
            ("minor:2", "19.990", "1999"),
            ("minor:0", "5400.0", "5400"),
            ("hex", "0A1F", "0a1f"),
            ("strip_prefix:0x", "0xAB", "AB"),
            ("strip_prefix:0x", "AB", "AB"),
            ("strip_suffix: kg", "5 kg", "5"),
            ("country", "PRT", "PT"),
            ("country", "pt", "PT"),
            ("country", "620", "PT"),
            ("country", "portugal", "PT"),
            ("language", "EN", "en"),
            ("language", "ZH_hans_cn", "zh-Hans-CN"),
            ("phone:CN", "138 1234 5678", "+8613812345678"),
            ("phone", "0086 13812345678", "+8613812345678"),
            ("phone:DE", "089 123343", "+4989123343"),
            ("phone:CN", "＋８６13812345678", "+8613812345678"),
            ("date", "2020-01-13 00:00:00.0", "2020-01-13"),
            ("date", "1983-12-31T00:00:00Z", "1983-12-31"),
            ("date:%d/%m/%Y|%d.%m.%Y", "31.12.1983", "1983-12-31"),
            ("date:%Y年%m月%d日", "1983年12月31日", "1983-12-31"),
            ("date:%d/%m/%Y %H:%M", "31/12/1983 08:30", "1983-12-31"),
            ("instant:%d/%m/%Y %H:%M", "29/2/2016 04:40", "2016-02-29T04:40:00Z"),
            ("instant:%m/%d/%Y", "8/3/2017", "2017-08-03T00:00:00Z"),
            (
                "instant:%Y-%m-%d %H:%M:%S|%Y-%m-%dT%H:%M:%S%z",
                "2017-08-03T08:00:00+0800",
                "2017-08-03T00:00:00Z",
            ),
        ] {
            assert_eq!(run(transform, value), Ok(vec![expected.to_owned()]), "{transform} {value}");
        }
    }

    #[test]
    fn values_of_another_form_fail_with_the_code_of_the_transform() {
        for (transform, value, code) in [
            ("integer", "4.5", "integer"),
            ("minor:2", "1.999", "amount"),
            ("minor:2", "1,50", "amount"),
            ("minor:2", ".5", "amount"),
            ("minor:2", "1e3", "amount"),
            ("minor:2", "--1", "amount"),
            ("minor:2", "99999999999999999999", "amount"),
            ("hex", "xyz", "hex"),
            ("country", "Other", "country"),
            ("country", "ZZZ", "country"),
            ("language", "english", "language"),
            ("language", "E", "language"),
            ("phone:CN", "n/a", "phone"),
            ("phone", "13812345678", "phone"),
            ("date", "2018-02-29", "date"),
            ("date", "1983-12-315", "date"),
            ("date:%d/%m/%Y", "12/31/1983", "date"),
            ("instant:%d/%m/%Y %H:%M", "31/11/2016 04:40", "instant"),
        ] {
            assert_eq!(run(transform, value), Err(code), "{transform} {value}");
        }
    }

    #[test]
    fn split_makes_several_values_and_leaves_out_empty_ones() {
        assert_eq!(run("split:;", "a; b;;"), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(run("digits", "none"), Ok(vec![]));
    }

    #[test]
    fn a_transform_that_cannot_work_is_refused_when_the_mapping_is_read() {
        for text in
            ["shout", "split", "split:", "upper:x", "phone:XX", "date:%Q", "minor", "minor:x", "minor:9"]
        {
            assert!(Transform::parse(text).is_err(), "{text}");
        }
    }
}
