//! Reads the fields and conditions of a mapping from TOML.
//!
//! Owns: the spelling of a field, its source, its table of codes and its
//! fallbacks. Must not know the sections of a mapping in which fields stand.

use super::mapping::{Condition, Fallback, FieldSpec, Format, Input, Pattern, Source, TemplatePart, Test};
use super::paths::JsonPath;
use super::targets::Kind;
use super::toml_tables::{Entry, MappingError, Outcome, Reader, Section};
use super::transforms::Transform;

const FIELD: &[&str] = &[
    "from",
    "from_all",
    "value",
    "template",
    "fingerprint",
    "sum",
    "transforms",
    "map",
    "times",
    "days_before",
    "unknown",
    "on_error",
    "default",
    "required",
    "drop_if",
    "when",
];
pub(super) const CONDITION: &[&str] = &["from", "equals", "not_equals", "exists"];

impl Reader<'_> {
    pub fn conditions(&self, section: &Section<'_>, key: &str, format: Format) -> Outcome<Vec<Condition>> {
        let condition = |entry: Entry<'_>| {
            let section = self.table(&entry, CONDITION)?;
            self.condition(&section, format)
        };
        self.tables(section, key)?.into_iter().map(condition).collect()
    }

    pub fn condition(&self, section: &Section<'_>, format: Format) -> Outcome<Condition> {
        let source = section.need(self, "from")?.parsed(|text| source(text, format))?;
        let get = |key| section.get(self, key);
        let test = match (get("equals"), get("not_equals"), get("exists")) {
            (Some(entry), None, None) => Test::Equals(entry.texts()?),
            (None, Some(entry), None) => Test::NotEquals(entry.texts()?),
            (None, None, Some(entry)) => Test::Exists(entry.flag()?),
            _ => {
                return Err(MappingError {
                    line: section.line,
                    key: section.name.clone(),
                    message: "needs exactly one of equals, not_equals, exists".to_owned(),
                });
            }
        };
        Ok(Condition { source, test })
    }

    pub fn field(&self, entry: &Entry<'_>, format: Format, kind: Kind) -> Outcome<FieldSpec> {
        if entry.value.as_str().is_some() {
            let source = entry.parsed(|text| source(text, format))?;
            return Ok(FieldSpec::of(Input::First(vec![source])));
        }
        let section = self.table(entry, FIELD)?;
        let get = |key| section.get(self, key);
        let fits = |entry: &Entry<'_>, text: &str| match kind.check(text) {
            Ok(_) if text.is_empty() => entry.fail("must not be empty"),
            Ok(_) => Ok(()),
            Err(unfit) => entry.fail(unfit.message),
        };
        let mut spec = FieldSpec::of(self.input(&section, format)?);
        if let (Some(entry), Input::Constant(text)) = (get("value"), &spec.input) {
            fits(&entry, text)?;
        }
        if let Some(entry) = get("transforms") {
            let parse = |text: &String| Transform::parse(text).map_err(|m| entry.error(m));
            spec.transforms = entry.texts()?.iter().map(parse).collect::<Result<_, _>>()?;
        }
        if let Some(map) = get("map") {
            let table = map.value.as_table();
            let table = table.ok_or_else(|| map.error("must be a table"))?;
            let keys: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
            let pairs = self.section(&map.key, table, map.line, &keys)?;
            let is_last = !spec.transforms.contains(&Transform::Map);
            for pair in pairs.entries(self) {
                let text = pair.scalar()?;
                if is_last {
                    fits(&pair, &text)?;
                }
                let skipped = map.key.len() + 1;
                let key = pair.key.get(skipped..).unwrap_or_default().to_owned();
                spec.map.push((key, text));
            }
        }
        let several = |key| get(key).map_or(Ok(Vec::new()), |entry| sources(&entry, format));
        spec.times = several("times")?;
        spec.days_before = several("days_before")?;
        if let Some(entry) = get("unknown") {
            if spec.map.is_empty() {
                return entry.fail("has no effect without a map");
            }
            spec.unknown = entry.parsed(fallback)?;
        }
        if let Some(entry) = get("on_error") {
            spec.on_error = entry.parsed(fallback)?;
            if spec.on_error == Fallback::Keep {
                return entry.fail("must be reject, drop or custom:KEY");
            }
        }
        if let Some(entry) = get("default") {
            let text = entry.scalar()?;
            fits(&entry, &text)?;
            spec.default = Some(text);
        }
        spec.required = get("required").map_or(Ok(false), |entry| entry.flag())?;
        spec.drop_if = get("drop_if").map(|entry| patterns(&entry)).transpose()?;
        spec.when = self.conditions(&section, "when", format)?;
        Ok(spec)
    }

    fn input(&self, section: &Section<'_>, format: Format) -> Outcome<Input> {
        let kinds = ["from", "from_all", "value", "template", "fingerprint", "sum"];
        let given: Vec<Entry<'_>> = kinds.iter().filter_map(|key| section.get(self, key)).collect();
        let [entry] = given.as_slice() else {
            return Err(MappingError {
                line: section.line,
                key: section.name.clone(),
                message: format!("needs exactly one of {}", kinds.join(", ")),
            });
        };
        let sources = || sources(entry, format);
        let (_, key) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
        Ok(match key {
            "from" => Input::First(sources()?),
            "from_all" => Input::All(sources()?),
            "fingerprint" => Input::Fingerprint(sources()?),
            "sum" => Input::Sum(sources()?),
            "template" => Input::Template(entry.parsed(|text| template(text, format))?),
            _ => Input::Constant(entry.scalar()?),
        })
    }
}

fn sources(entry: &Entry<'_>, format: Format) -> Outcome<Vec<Source>> {
    let parse = |text: &String| source(text, format).map_err(|m| entry.error(m));
    let sources: Vec<Source> = entry.texts()?.iter().map(parse).collect::<Result<_, _>>()?;
    if sources.is_empty() {
        return entry.fail("must not be empty");
    }
    Ok(sources)
}

pub(super) fn source(text: &str, format: Format) -> Result<Source, String> {
    match format {
        Format::Csv if text.trim().is_empty() => Err("must name a column".to_owned()),
        Format::Csv => Ok(Source::Column(text.trim().to_owned())),
        Format::Ndjson => JsonPath::parse(text).map(Source::Path),
    }
}

fn template(text: &str, format: Format) -> Result<Vec<TemplatePart>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) =
            after.split_once('}').ok_or_else(|| "has a { that is never closed".to_owned())?;
        if !before.is_empty() {
            parts.push(TemplatePart::Text(before.to_owned()));
        }
        parts.push(TemplatePart::Value(source(inside, format)?));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(TemplatePart::Text(rest.to_owned()));
    }
    let has_value = parts.iter().any(|part| matches!(part, TemplatePart::Value(_)));
    has_value.then_some(parts).ok_or_else(|| "names no value in braces".to_owned())
}

fn fallback(text: &str) -> Result<Fallback, String> {
    match text.split_once(':') {
        Some(("custom", key)) if is_key(key) => Ok(Fallback::Custom(key.to_owned())),
        None if text == "reject" => Ok(Fallback::Reject),
        None if text == "drop" => Ok(Fallback::Drop),
        None if text == "keep" => Ok(Fallback::Keep),
        _ => Err("must be reject, drop, keep or custom:KEY".to_owned()),
    }
}

pub(super) fn patterns(entry: &Entry<'_>) -> Outcome<Vec<Pattern>> {
    let texts = entry.texts()?;
    Ok(texts.iter().map(|text| Pattern::new(text)).collect())
}

/// The spelling of custom field keys and reasons.
pub(super) fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
