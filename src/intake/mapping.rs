//! The mapping language: how rows of a foreign file become guest documents.
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
//! | `system` | name of the system the rows come from: a constant, or a field |
//! | `external_id` | how to find the record's identifier; several ways are tried in order |
//! | `missing_id` | `reject` (default) or `skip` a record without identifier |
//! | `mode` | `merge` (default), `replace` or `create_only`; carried out by the importer |
//! | `drop_if` | values that mean "nothing", with `*` as wildcard |
//! | `delimiter`, `encoding`, `[columns]` | CSV only: separator, forced encoding, strictness about columns |
//! | `unwrap`, `value_member`, `[[filter]]`, `[[record]]` | NDJSON only: where in a line the guests stand |
//! | `[[skip]]`, `[require]` | which records are no guest profiles |
//! | `[fields]`, `[[names]]`, `[[phones]]`, …, `[custom_fields]` | the members of the guest document |
//!
//! Each member is a *field*: a source (`from`, `from_all`, `value`, `template`
//! or `fingerprint`) and what is done with it (`transforms`, `map`, `unknown`,
//! `on_error`, `drop_if`, `default`, `required`, `when`). A mapping that names
//! an unknown key, member, column transform or code is refused as a whole.

use serde_json::Value;

use super::encoding::Charset;
use super::paths::JsonPath;
use super::source::Header;
use super::targets::{Kind, ListTarget};
use super::transforms::Transform;

/// Format of a file of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header row.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// What an importer does when the guest of a row exists already.
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

/// A guest document made of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// Name of the system the record comes from.
    pub system: String,
    /// Identifier of the guest in that system.
    pub external_id: String,
    /// The body of a guest creation. Members that are absent, null or empty
    /// are left out; `external_refs` is always there and its first entry holds
    /// `system` and `external_id`.
    pub document: Value,
}

/// A parsed mapping; see the module's documentation for the language.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) format: Format,
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
    pub(super) lists: Vec<ListBlock>,
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
pub(super) struct ListBlock {
    pub target: &'static ListTarget,
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

    /// Compares a file's columns with those the mapping reads: a column that is
    /// read and not there, or (where the mapping forbids it) there and not
    /// read, is most often a misspelling that would lose data in every row.
    ///
    /// # Errors
    /// Returns a sentence that names the columns.
    pub fn check_header(&self, header: &Header) -> Result<(), String> {
        let is_there = |column: &&str| header.position(column).is_some();
        if !self.columns.may_be_missing {
            for wanted in self.wanted_columns() {
                let missing = match &wanted {
                    Wanted::Any(columns) if columns.iter().any(is_there) => continue,
                    Wanted::Any(columns) => columns.join("\" or \""),
                    Wanted::One(column) if is_there(column) => continue,
                    Wanted::One(column) => (*column).to_owned(),
                };
                return Err(format!("the mapping reads the column \"{missing}\", which the file lacks"));
            }
        }
        if self.columns.must_be_known {
            let known = self.wanted_columns();
            let prefix = self.columns.custom_prefix.as_deref();
            let stray = header.names().iter().find(|name| {
                let is_custom = prefix.is_some_and(|prefix| name.starts_with(prefix));
                let is_read = known.iter().any(|wanted| match wanted {
                    Wanted::Any(columns) => columns.contains(&name.as_str()),
                    Wanted::One(column) => *column == name.as_str(),
                });
                !name.is_empty() && !is_custom && !is_read
            });
            if let Some(name) = stray {
                return Err(format!("the column \"{name}\" is not one the mapping knows"));
            }
        }
        Ok(())
    }

    fn specs(&self) -> impl Iterator<Item = &FieldSpec> {
        let members = self.lists.iter().flat_map(|block| &block.members);
        std::iter::once(&self.system)
            .chain(&self.external_ids)
            .chain(self.fields.iter().map(|(_, _, spec)| spec))
            .chain(members.map(|(_, _, spec)| spec))
            .chain(self.custom_fields.iter().map(|(_, spec)| spec))
    }

    fn wanted_columns(&self) -> Vec<Wanted<'_>> {
        let mut wanted = Vec::new();
        let one = |source| column(source).map(Wanted::One);
        for spec in self.specs() {
            match &spec.input {
                Input::Constant(_) => {}
                Input::First(sources) => {
                    wanted.push(Wanted::Any(sources.iter().filter_map(column).collect()));
                }
                Input::All(sources) | Input::Fingerprint(sources) => {
                    wanted.extend(sources.iter().filter_map(one));
                }
                Input::Template(parts) => wanted.extend(parts.iter().filter_map(|part| match part {
                    TemplatePart::Value(source) => one(source),
                    TemplatePart::Text(_) => None,
                })),
            }
            wanted.extend(spec.when.iter().filter_map(|c| one(&c.source)));
        }
        let blocks = self.lists.iter().flat_map(|block| &block.when);
        let skips = self.skips.iter().map(|rule| &rule.condition);
        wanted.extend(blocks.chain(skips).filter_map(|c| one(&c.source)));
        wanted
    }
}

enum Wanted<'a> {
    Any(Vec<&'a str>),
    One(&'a str),
}

fn column(source: &Source) -> Option<&str> {
    match source {
        Source::Column(name) => Some(name),
        Source::Path(_) => None,
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
