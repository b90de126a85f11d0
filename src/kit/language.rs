//! The languages the product speaks, and the choice between them by `Accept-Language` (RFC 9110 12.5.4).

use std::fmt;

use serde::{Deserialize, Serialize};

/// A language in which problems, labels and mails are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language of a BCP 47 tag or range: any Chinese is served as simplified Chinese.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhCn),
            "en" | "*" => Some(Self::En),
            _ => None,
        }
    }

    /// The best language for an `Accept-Language` header; English when nothing fits.
    pub fn negotiate(header: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let Some(language) = parts.next().map(str::trim).and_then(Self::of_tag) else { continue };
            let quality = parts
                .find_map(|part| part.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok()))
                .unwrap_or(1.0);
            if quality > 0.0 && best.is_none_or(|(so_far, _)| quality > so_far) {
                best = Some((quality, language));
            }
        }
        best.map(|(_, language)| language).unwrap_or_default()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn quality_decides_and_nonsense_is_english() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::ZhCn),
            ("en;q=0.2, zh-Hant;q=0.7", Language::ZhCn),
            ("fr, de;q=0.5", Language::En),
            ("fr, zh;q=0.1", Language::ZhCn),
            ("zh;q=0, en", Language::En),
            ("", Language::En),
            (";;q=x,,\u{0}", Language::En),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}
