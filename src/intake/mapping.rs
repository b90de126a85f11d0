//! The mapping language: how rows of a foreign file become documents of guests
//! or stays.
//!
//! Owns: the parts a mapping is made of. Reading a mapping from TOML is in
//! [`super::mapping_toml`], carrying it out in [`super::apply`]. Must not know
//! about files, encodings or the database.
//!
//! # The language in short
//!
//! A mapping is one TOML file. `docs/mappings.md` explains each part with
//! examples.
//!
//! | Part | Says |
//! |---|---|
//! | `format` | `csv` or `ndjson` |
//! | `target` | `guest` (default), `stay`, `complaint` or `complaint_event`: what the rows are |
//! | `system` | name of the system the rows come from: a constant, or a field |
//! | `external_id` | how to find the record's identifier; several ways are tried in order |
//! | `missing_id` | `reject` (default) or `skip` a record without identifier |
//! | `mode` | `merge` (default), `replace` or `create_only`; carried out by the importer |
//! | `drop_if` | values that mean "nothing", with `*` as wildcard |
//! | `delimiter`, `encoding`, `[columns]` | CSV only: separator, forced encoding, strictness about columns |
//! | `unwrap`, `value_member`, `[[filter]]`, `[[record]]` | NDJSON only: where in a line the records stand |
//! | `[[skip]]`, `[require]` | which records are not to be imported |
//! | `[fields]`, `[[names]]`, `[revenue]`, …, `[custom_fields]` | the members of the document |
//!
//! Each member is a *field*: a source (`from`, `from_all`, `value`, `template`,
//! `fingerprint` or `sum`) and what is done with it (`transforms`, `map`,
//! `times`, `days_before`, `unknown`, `on_error`, `drop_if`, `default`,
//! `required`, `when`). A mapping that names
//! an unknown key, member, column transform or code is refused as a whole.

use serde_json::Value;

use super::encoding::Charset;
use super::paths::JsonPath;
use super::targets::{EntryTarget, Kind, Target};
use super::transforms::Transform;

/// Format of a file of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header row.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// What an importer of guests does when the guest of a row exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Members the document has replace those of the guest, keys of
    /// `custom_fields` one by one; members it lacks stay as they are.
    #[default]
    Merge,
    /// The document takes the place of the guest's imported members; those it
    /// lacks are removed.
    Replace,
    /// The guest stays as it is.
    CreateOnly,
}

/// A document made of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// Name of the system the record comes from.
    pub system: String,
    /// Identifier of the guest or stay in that system.
    pub external_id: String,
    /// The body of a guest creation or of a stay's delivery. Members that are
    /// absent, null or empty are left out; `external_refs` is always there and
    /// its first entry holds `system` and `external_id`.
    pub document: Value,
    /// What a mapping found of the guest's preferences.
    pub preferences: Vec<Value>,
}

/// A parsed mapping; see the module's documentation for the language.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) format: Format,
    pub(super) target: Target,
    pub(super) mode: Mode,
    pub(super) system: FieldSpec,
    pub(super) external_ids: Vec<FieldSpec>,
    pub(super) missing_id: Refusal,
    pub(super) drop_if: Vec<Pattern>,
    pub(super) delimiter: char,
    pub(super) encoding: Option<Charset>,
    pub(super) columns: ColumnRules,
    pub(super) unwrap: Option<JsonPath>,
    pub(super) value_member: Option<String>,
    pub(super) filter: Vec<Condition>,
    pub(super) records: Vec<RecordSpec>,
    pub(super) skips: Vec<SkipRule>,
    pub(super) require: Vec<(String, Refusal)>,
    pub(super) fields: Vec<(&'static str, Kind, FieldSpec)>,
    pub(super) objects: Vec<EntryBlock>,
    pub(super) lists: Vec<EntryBlock>,
    pub(super) custom_fields: Vec<(String, FieldSpec)>,
}

/// Whether a record that cannot be used counts as a fault or is passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Reject,
    Skip,
}

#[derive(Debug, Clone, Default)]
pub(super) struct ColumnRules {
    /// Columns the mapping reads may be missing from the file.
    pub may_be_missing: bool,
    /// Columns the mapping does not read are an error.
    pub must_be_known: bool,
    /// Columns that begin so fill the custom field named by the rest.
    pub custom_prefix: Option<String>,
}

#[derive(Debug, Clone)]
pub(super) struct RecordSpec {
    pub at: JsonPath,
    pub body: JsonPath,
    pub when: Vec<Condition>,
}

#[derive(Debug, Clone)]
pub(super) struct SkipRule {
    pub condition: Condition,
    pub reason: String,
}

#[derive(Debug, Clone)]
pub(super) struct Condition {
    pub source: Source,
    pub test: Test,
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    Exists(bool),
    Equals(Vec<String>),
    /// Holds only where there is a value.
    NotEquals(Vec<String>),
}

/// A column of a CSV file or a path into a JSON row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    Column(String),
    Path(JsonPath),
}

#[derive(Debug, Clone)]
pub(super) enum Input {
    Constant(String),
    /// The first source with a usable value.
    First(Vec<Source>),
    /// All values of all sources.
    All(Vec<Source>),
    Template(Vec<TemplatePart>),
    /// A stable identifier made of values that must all be there.
    Fingerprint(Vec<Source>),
    /// The sum of whole numbers; a source without a value counts nothing.
    Sum(Vec<Source>),
}

#[derive(Debug, Clone)]
pub(super) enum TemplatePart {
    Text(String),
    Value(Source),
}

/// What becomes of a value that cannot be used as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fallback {
    Reject,
    Drop,
    Keep,
    /// It is kept, as read, in the custom field of that name.
    Custom(String),
}

#[derive(Debug, Clone)]
pub(super) struct FieldSpec {
    pub input: Input,
    pub transforms: Vec<Transform>,
    pub map: Vec<(String, String)>,
    /// The number is multiplied by the sum of these.
    pub times: Vec<Source>,
    /// The date is put so many days earlier as these add up to.
    pub days_before: Vec<Source>,
    pub unknown: Fallback,
    pub on_error: Fallback,
    pub default: Option<String>,
    pub required: bool,
    /// Takes the place of the mapping's `drop_if` when given.
    pub drop_if: Option<Vec<Pattern>>,
    pub when: Vec<Condition>,
}

impl FieldSpec {
    pub fn of(input: Input) -> Self {
        Self {
            input,
            transforms: Vec::new(),
            map: Vec::new(),
            times: Vec::new(),
            days_before: Vec::new(),
            unknown: Fallback::Reject,
            on_error: Fallback::Reject,
            default: None,
            required: false,
            drop_if: None,
            when: Vec::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct EntryBlock {
    pub target: &'static EntryTarget,
    /// Makes one entry for each value found; without it the block is one entry.
    pub each: Option<JsonPath>,
    pub when: Vec<Condition>,
    pub members: Vec<(&'static str, Kind, FieldSpec)>,
}

/// A text in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<String>);

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self(text.split('*').map(str::to_owned).collect())
    }

    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return text == first;
        };
        let Some(mut inner) =
            text.strip_prefix(first.as_str()).and_then(|inner| inner.strip_suffix(last.as_str()))
        else {
            return false;
        };
        middle.iter().all(|part| {
            let after = inner.split_once(part.as_str()).map(|(_, after)| after);
            inner = after.unwrap_or_default();
            after.is_some()
        })
    }
}

impl Mapping {
    /// The format of the files this mapping reads.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What its rows are made into.
    #[must_use]
    pub fn target(&self) -> Target {
        self.target
    }

    /// What the importer shall do when a guest exists already.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Makes the mapping read payloads that are wrapped in an envelope:
    /// `unwrap` is the path of the payload in each line, and lines in which one
    /// of the `filter` paths does not read its value are skipped. Replaces what
    /// the mapping itself says about both. The payload may be an object or a
    /// string that holds one as JSON text.
    ///
    /// # Errors
    /// Returns a sentence that says which path is wrong.
    pub fn with_envelope(mut self, unwrap: &str, filter: &[(&str, &str)]) -> Result<Self, String> {
        self.unwrap = Some(JsonPath::parse(unwrap)?);
        let conditions = filter.iter().map(|(path, value)| {
            Ok(Condition {
                source: Source::Path(JsonPath::parse(path)?),
                test: Test::Equals(vec![(*value).to_owned()]),
            })
        });
        self.filter = conditions.collect::<Result<_, String>>()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_whole_texts_with_stars_as_wildcards() {
        for (pattern, text, expected) in [
            ("NULL", "NULL", true),
            ("NULL", "NULLA", false),
            ("{{*}}", "{{GuestEmail}}", true),
            ("{{*}}", "{{}", false),
            ("*{{*}}*", "room {{RoomId}} east", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "a-c", false),
            ("*", "anything", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }
}
