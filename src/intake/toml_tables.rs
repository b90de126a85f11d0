//! TOML tables that know their place, for errors that name line and key.
//!
//! Owns: the typed look-up of keys in a TOML table and the refusal of unknown
//! ones. Must not know which keys a mapping has.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a mapping is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {key}: {message}")]
pub struct MappingError {
    /// Line of the mapping file, from 1.
    pub line: usize,
    /// The key at fault with the tables around it, such as `names.surname`.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

pub(super) type Outcome<T> = Result<T, MappingError>;

pub(super) struct Reader<'t> {
    pub text: &'t str,
}

/// A table whose keys are known to be allowed.
pub(super) struct Section<'t> {
    pub name: String,
    pub line: usize,
    table: &'t DeTable<'t>,
}

/// A value with the place it stands at.
#[derive(Clone)]
pub(super) struct Entry<'t> {
    pub key: String,
    pub line: usize,
    pub value: &'t DeValue<'t>,
}

impl<'t> Entry<'t> {
    pub fn fail<T>(&self, message: impl Into<String>) -> Outcome<T> {
        Err(self.error(message))
    }

    pub fn error(&self, message: impl Into<String>) -> MappingError {
        MappingError { line: self.line, key: self.key.clone(), message: message.into() }
    }

    pub fn text(&self) -> Outcome<&'t str> {
        let text = self.value.as_str();
        text.ok_or_else(|| self.error("must be a text in quotes"))
    }

    /// A text, number or flag as text.
    pub fn scalar(&self) -> Outcome<String> {
        match self.value {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Boolean(flag) => Ok(flag.to_string()),
            DeValue::Integer(number) => Ok(number.as_str().to_owned()),
            _ => self.fail("must be a text, a whole number, true or false"),
        }
    }

    pub fn flag(&self) -> Outcome<bool> {
        let flag = self.value.as_bool();
        flag.ok_or_else(|| self.error("must be true or false"))
    }

    /// The texts of a list, or the one text.
    pub fn texts(&self) -> Outcome<Vec<String>> {
        let Some(items) = self.value.as_array() else {
            return Ok(vec![self.scalar()?]);
        };
        let entries = items.iter().map(|item| Self { value: item.get_ref(), ..self.clone() });
        entries.map(|entry| entry.scalar()).collect()
    }

    pub fn parsed<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Outcome<T> {
        parse(self.text()?).map_err(|message| self.error(message))
    }

    pub fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Outcome<T> {
        let text = self.text()?;
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.error(format!("must be one of {}", names.join(", ")))
        })
    }
}

impl<'t> Section<'t> {
    pub fn entries(&self, reader: &Reader<'_>) -> Vec<Entry<'t>> {
        let entry = |(key, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let name: &std::borrow::Cow<'t, str> = key.get_ref();
            Entry {
                key: join(&self.name, name),
                line: line_of(reader.text, key.span().start),
                value: value.get_ref(),
            }
        };
        self.table.iter().map(entry).collect()
    }

    pub fn get(&self, reader: &Reader<'_>, key: &str) -> Option<Entry<'t>> {
        let full = join(&self.name, key);
        self.entries(reader).into_iter().find(|entry| entry.key == full)
    }

    pub fn need(&self, reader: &Reader<'_>, key: &str) -> Outcome<Entry<'t>> {
        self.get(reader, key).ok_or_else(|| MappingError {
            line: self.line,
            key: join(&self.name, key),
            message: "is missing".to_owned(),
        })
    }
}

impl Reader<'_> {
    pub fn section<'t>(
        &self,
        name: &str,
        table: &'t DeTable<'t>,
        line: usize,
        allowed: &[&str],
    ) -> Outcome<Section<'t>> {
        let section = Section { name: name.to_owned(), line, table };
        for (key, _) in table {
            if !allowed.contains(&key.get_ref().as_ref()) {
                return Err(MappingError {
                    line: line_of(self.text, key.span().start),
                    key: join(name, key.get_ref()),
                    message: format!("unknown key; known are {}", allowed.join(", ")),
                });
            }
        }
        Ok(section)
    }

    pub fn table<'t>(&self, entry: &Entry<'t>, allowed: &[&str]) -> Outcome<Section<'t>> {
        let table = entry.value.as_table();
        let table = table.ok_or_else(|| entry.error("must be a table"))?;
        self.section(&entry.key, table, entry.line, allowed)
    }

    /// The tables of a list of tables; none when the key is absent.
    pub fn tables<'t>(&self, section: &Section<'t>, key: &str) -> Outcome<Vec<Entry<'t>>> {
        let Some(entry) = section.get(self, key) else {
            return Ok(Vec::new());
        };
        let Some(items) = entry.value.as_array() else {
            return entry.fail(format!("must be a list of tables, written [[{key}]]"));
        };
        let place = |item: &'t Spanned<DeValue<'t>>| Entry {
            key: entry.key.clone(),
            line: line_of(self.text, item.span().start),
            value: item.get_ref(),
        };
        Ok(items.iter().map(place).collect())
    }
}

fn join(table: &str, key: &str) -> String {
    if table.is_empty() { key.to_owned() } else { format!("{table}.{key}") }
}

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
}
