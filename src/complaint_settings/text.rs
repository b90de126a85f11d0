//! Texts with placeholders: read once, filled once. What is put in is never read again.

use std::collections::BTreeMap;

use crate::complaint_settings::model::TemplatePlaceholder;

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// Told as it is.
    Words(&'t str),
    /// Something is put in here.
    Blank(TemplatePlaceholder),
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadPlaceholder {
    /// Where its braces begin: which character of the text, 1 for the first.
    pub at: usize,
    /// Whether the braces are closed; what stands between them is no placeholder then.
    pub closed: bool,
}

/// Reads a text. A placeholder is a name in double braces, with or without blanks around it.
///
/// # Errors
/// The first pair of braces that holds no known name, or is never closed.
pub fn read(text: &str) -> Result<Vec<Part<'_>>, BadPlaceholder> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((words, behind)) = rest.split_once("{{") {
        let at = text.chars().count() - behind.chars().count() - 1;
        let Some((name, after)) = behind.split_once("}}") else {
            return Err(BadPlaceholder { at, closed: false });
        };
        let blank = TemplatePlaceholder::of(name.trim()).ok_or(BadPlaceholder { at, closed: true })?;
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        parts.push(Part::Blank(blank));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    Ok(parts)
}

/// Fills a text, each value once and as it is; a placeholder without a value stays and is noted in `missing`. A text
/// that cannot be read is told as it is.
pub fn fill(
    text: &str,
    values: &BTreeMap<TemplatePlaceholder, String>,
    missing: &mut Vec<TemplatePlaceholder>,
) -> String {
    let Ok(parts) = read(text) else { return text.to_owned() };
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Words(words) => filled.push_str(words),
            Part::Blank(blank) => match values.get(&blank) {
                Some(value) => filled.push_str(value),
                None => {
                    filled.push_str("{{");
                    filled.push_str(blank.code());
                    filled.push_str("}}");
                    if !missing.contains(&blank) {
                        missing.push(blank);
                    }
                }
            },
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::{BadPlaceholder, Part, fill, read};
    use crate::complaint_settings::model::TemplatePlaceholder::{GuestName, HotelName, Solution};

    #[test]
    fn placeholders_are_found_and_faults_are_located() {
        let parts = [Part::Words("尊敬的"), Part::Blank(GuestName), Part::Words("：")];
        assert_eq!(read("尊敬的{{ guest_name }}：").unwrap(), parts);
        assert_eq!(read("a } b {c} }}").unwrap(), [Part::Words("a } b {c} }}")]);
        assert_eq!(read("").unwrap(), []);
        for (text, at, closed) in [
            ("{{x}}", 1, true),
            ("尊敬的{{name}}", 4, true),
            ("{{guest_name}} {{Guest_Name}}", 16, true),
            ("ab{{guest_name", 3, false),
            ("{{}}", 1, true),
            ("{{{guest_name}}}", 1, true),
        ] {
            assert_eq!(read(text), Err(BadPlaceholder { at, closed }), "{text}");
        }
    }

    #[test]
    fn values_are_put_in_once_and_never_read_again() {
        let values = [(GuestName, "{{solution}}".to_owned()), (HotelName, "}}{{".to_owned())].into();
        let mut missing = Vec::new();
        let filled =
            fill("{{guest_name}} at {{hotel_name}}: {{solution}}, {{solution}}", &values, &mut missing);
        assert_eq!(filled, "{{solution}} at }}{{: {{solution}}, {{solution}}");
        assert_eq!(missing, [Solution]);
    }
}
