//! The columns a mapping reads, compared with those a file has.
//!
//! Owns: the refusal of a file whose header does not suit the mapping. Must not
//! know rows.

use super::mapping::{EntryBlock, FieldSpec, Input, Mapping, Source, TemplatePart};
use super::source::Header;

impl Mapping {
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
        let members = self.blocks().flat_map(|block| &block.members);
        std::iter::once(&self.system)
            .chain(&self.external_ids)
            .chain(self.fields.iter().map(|(_, _, spec)| spec))
            .chain(members.map(|(_, _, spec)| spec))
            .chain(self.custom_fields.iter().map(|(_, spec)| spec))
    }

    fn blocks(&self) -> impl Iterator<Item = &EntryBlock> {
        self.objects.iter().chain(&self.lists)
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
                Input::All(sources) | Input::Fingerprint(sources) | Input::Sum(sources) => {
                    wanted.extend(sources.iter().filter_map(one));
                }
                Input::Template(parts) => wanted.extend(parts.iter().filter_map(|part| match part {
                    TemplatePart::Value(source) => one(source),
                    TemplatePart::Text(_) => None,
                })),
            }
            wanted.extend(spec.times.iter().chain(&spec.days_before).filter_map(one));
            wanted.extend(spec.when.iter().filter_map(|c| one(&c.source)));
        }
        let blocks = self.blocks().flat_map(|block| &block.when);
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
