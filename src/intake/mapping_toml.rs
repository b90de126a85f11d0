//! Reads a mapping from TOML, strictly.
//!
//! Owns: the sections of a mapping. Fields and conditions are read in
//! [`super::mapping_fields`]. Must not know rows or files.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::encoding::Charset;
use super::mapping::{
    ColumnRules, EntryBlock, FieldSpec, Format, Input, Mapping, Mode, RecordSpec, Refusal, SkipRule,
};
use super::mapping_fields::{CONDITION, is_key, patterns};
use super::paths::JsonPath;
use super::targets::{self, EntryTarget, Kind, Shape, Target};
use super::toml_tables::{Entry, MappingError, Outcome, Reader, Section, line_of};

const TOP: &[&str] = &[
    "format",
    "target",
    "system",
    "external_id",
    "missing_id",
    "mode",
    "drop_if",
    "delimiter",
    "encoding",
    "columns",
    "unwrap",
    "value_member",
    "filter",
    "record",
    "skip",
    "require",
    "fields",
    "custom_fields",
];
impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// Returns the first thing that is wrong, with line and key: broken TOML, a
    /// key or target member that does not exist, a value of the wrong type, a
    /// transform, path or code that cannot work.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let root = DeTable::parse(text).map_err(|error| MappingError {
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            key: "(syntax)".to_owned(),
            message: error.message().to_owned(),
        })?;
        let reader = Reader { text };
        let target = reader.target(root.get_ref())?;
        let shape = target.shape();
        let entries = shape.objects.iter().chain(shape.lists).map(|target| target.name);
        let known: Vec<&str> = TOP.iter().copied().chain(entries).collect();
        let top = reader.section("", root.get_ref(), 1, &known)?;
        reader.mapping(&top, target)
    }
}

impl Reader<'_> {
    fn target(&self, root: &DeTable<'_>) -> Outcome<Target> {
        let targets = Target::ALL.map(|target| (target.name(), target));
        let Some((key, value)) = root.iter().find(|(key, _)| key.get_ref().as_ref() == "target") else {
            return Ok(Target::Guest);
        };
        let line = line_of(self.text, key.span().start);
        Entry { key: "target".to_owned(), line, value: value.get_ref() }.choice(&targets)
    }

    fn mapping(&self, top: &Section<'_>, target: Target) -> Outcome<Mapping> {
        let shape = target.shape();
        let formats = [("csv", Format::Csv), ("ndjson", Format::Ndjson)];
        let format = top.need(self, "format")?.choice(&formats)?;
        let (wrong, only) = match format {
            Format::Csv => (["unwrap", "value_member", "filter", "record"].as_slice(), "ndjson"),
            Format::Ndjson => (["delimiter", "columns"].as_slice(), "csv"),
        };
        if let Some(entry) = wrong.iter().find_map(|key| top.get(self, key)) {
            return entry.fail(format!("is only for the format {only}"));
        }
        let refusals = [("reject", Refusal::Reject), ("skip", Refusal::Skip)];
        let modes = [("merge", Mode::Merge), ("replace", Mode::Replace), ("create_only", Mode::CreateOnly)];
        let optional = |key| top.get(self, key);
        let system = top.need(self, "system")?;
        let system = match system.value.as_str() {
            Some("") => return system.fail("must not be empty"),
            Some(name) => FieldSpec::of(Input::Constant(name.to_owned())),
            None => self.field(&system, format, Kind::Text)?,
        };
        Ok(Mapping {
            format,
            target,
            mode: optional("mode").map_or(Ok(Mode::Merge), |e| e.choice(&modes))?,
            system,
            external_ids: self.external_ids(&top.need(self, "external_id")?, format)?,
            missing_id: optional("missing_id").map_or(Ok(Refusal::Reject), |e| e.choice(&refusals))?,
            drop_if: optional("drop_if").map_or(Ok(Vec::new()), |e| patterns(&e))?,
            delimiter: optional("delimiter").map_or(Ok(','), |e| e.parsed(delimiter))?,
            encoding: optional("encoding").map(|e| e.parsed(charset)).transpose()?,
            columns: self.columns(top)?,
            unwrap: optional("unwrap").map(|e| e.parsed(JsonPath::parse)).transpose()?,
            value_member: optional("value_member").map(|e| e.text().map(str::to_owned)).transpose()?,
            filter: self.conditions(top, "filter", format)?,
            records: self.records(top, format)?,
            skips: self.skips(top, format)?,
            require: self.require(top, shape, &refusals)?,
            fields: self.fields(top, shape, format)?,
            objects: self.objects(top, shape, format)?,
            lists: self.lists(top, shape, format)?,
            custom_fields: self.custom_fields(top, format)?,
        })
    }

    fn external_ids(&self, entry: &Entry<'_>, format: Format) -> Outcome<Vec<FieldSpec>> {
        let Some(items) = entry.value.as_array() else {
            return Ok(vec![self.field(entry, format, Kind::Text)?]);
        };
        let place = |item: &Spanned<DeValue<'_>>| line_of(self.text, item.span().start);
        let ways = items.iter().map(|item| {
            let entry = Entry { key: entry.key.clone(), line: place(item), value: item.get_ref() };
            self.field(&entry, format, Kind::Text)
        });
        ways.collect()
    }

    fn columns(&self, top: &Section<'_>) -> Outcome<ColumnRules> {
        let Some(entry) = top.get(self, "columns") else {
            return Ok(ColumnRules::default());
        };
        let section = self.table(&entry, &["missing", "unknown", "custom_prefix"])?;
        let strict = |key, default| {
            let choices = [("error", true), ("ignore", false)];
            let entry = section.get(self, key);
            entry.map_or(Ok(default), |entry| entry.choice(&choices))
        };
        let prefix = section.get(self, "custom_prefix");
        Ok(ColumnRules {
            may_be_missing: !strict("missing", true)?,
            must_be_known: strict("unknown", false)?,
            custom_prefix: prefix.map(|e| e.text().map(str::to_owned)).transpose()?,
        })
    }

    fn records(&self, top: &Section<'_>, format: Format) -> Outcome<Vec<RecordSpec>> {
        let mut records = Vec::new();
        for entry in self.tables(top, "record")? {
            let section = self.table(&entry, &["at", "body", "when"])?;
            let path = |key| {
                let entry = section.get(self, key);
                entry.map_or_else(
                    || {
                        JsonPath::parse("").map_err(|message| MappingError {
                            line: section.line,
                            key: key.to_owned(),
                            message,
                        })
                    },
                    |entry| entry.parsed(JsonPath::parse),
                )
            };
            records.push(RecordSpec {
                at: path("at")?,
                body: path("body")?,
                when: self.conditions(&section, "when", format)?,
            });
        }
        Ok(records)
    }

    fn skips(&self, top: &Section<'_>, format: Format) -> Outcome<Vec<SkipRule>> {
        let rule = |entry: Entry<'_>| {
            let section = self.table(&entry, &[CONDITION, &["reason"]].concat())?;
            let reason = section.need(self, "reason")?;
            if !is_key(reason.text()?) {
                return reason.fail("must be of small letters, digits and _, and begin with a letter");
            }
            Ok(SkipRule { reason: reason.text()?.to_owned(), condition: self.condition(&section, format)? })
        };
        self.tables(top, "skip")?.into_iter().map(rule).collect()
    }

    fn require(
        &self,
        top: &Section<'_>,
        shape: &Shape,
        refusals: &[(&str, Refusal)],
    ) -> Outcome<Vec<(String, Refusal)>> {
        let Some(entry) = top.get(self, "require") else {
            return Ok(Vec::new());
        };
        let known: Vec<&str> = shape.names().collect();
        let section = self.table(&entry, &known)?;
        let pair = |entry: Entry<'_>| {
            let (_, name) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
            Ok((name.to_owned(), entry.choice(refusals)?))
        };
        section.entries(self).into_iter().map(pair).collect()
    }

    fn fields(
        &self,
        top: &Section<'_>,
        shape: &'static Shape,
        format: Format,
    ) -> Outcome<Vec<(&'static str, Kind, FieldSpec)>> {
        let Some(entry) = top.get(self, "fields") else {
            return Ok(Vec::new());
        };
        let known: Vec<&str> = shape.fields.iter().map(|(name, _)| *name).collect();
        let section = self.table(&entry, &known)?;
        self.members(&section, shape.fields, format)
    }

    fn members(
        &self,
        section: &Section<'_>,
        known: &'static [targets::Member],
        format: Format,
    ) -> Outcome<Vec<(&'static str, Kind, FieldSpec)>> {
        let mut members = Vec::new();
        for entry in section.entries(self) {
            let (_, name) = entry.key.rsplit_once('.').unwrap_or(("", &entry.key));
            if let Some((name, kind)) = targets::member(known, name) {
                members.push((name, kind, self.field(&entry, format, kind)?));
            }
        }
        Ok(members)
    }

    fn objects(&self, top: &Section<'_>, shape: &'static Shape, format: Format) -> Outcome<Vec<EntryBlock>> {
        let given = |target: &'static EntryTarget| {
            let entry = top.get(self, target.name)?;
            Some(self.block(&entry, target, &["when"], format))
        };
        shape.objects.iter().filter_map(given).collect()
    }

    fn lists(&self, top: &Section<'_>, shape: &'static Shape, format: Format) -> Outcome<Vec<EntryBlock>> {
        let mut blocks = Vec::new();
        for target in shape.lists {
            for entry in self.tables(top, target.name)? {
                blocks.push(self.block(&entry, target, &["each", "when"], format)?);
            }
        }
        Ok(blocks)
    }

    fn block(
        &self,
        entry: &Entry<'_>,
        target: &'static EntryTarget,
        beside: &[&str],
        format: Format,
    ) -> Outcome<EntryBlock> {
        let names: Vec<&str> = target.members.iter().map(|(name, _)| *name).collect();
        let section = self.table(entry, &[names.as_slice(), beside].concat())?;
        let each = section.get(self, "each");
        if let (Some(each), Format::Csv) = (&each, format) {
            return each.fail("is only for the format ndjson");
        }
        let members = self.members(&section, target.members, format)?;
        let has = |name: &str| members.iter().any(|(member, _, _)| *member == name);
        if let Some(lacking) = target.all_of.iter().find(|name| !has(name)) {
            return entry.fail(format!("needs the member {lacking}"));
        }
        Ok(EntryBlock {
            target,
            each: each.map(|e| e.parsed(JsonPath::parse)).transpose()?,
            when: self.conditions(&section, "when", format)?,
            members,
        })
    }

    fn custom_fields(&self, top: &Section<'_>, format: Format) -> Outcome<Vec<(String, FieldSpec)>> {
        let Some(entry) = top.get(self, "custom_fields") else {
            return Ok(Vec::new());
        };
        let table = entry.value.as_table();
        let table = table.ok_or_else(|| entry.error("must be a table"))?;
        let keys: Vec<&str> = table.keys().map(|key| key.get_ref().as_ref()).collect();
        let section = self.section("custom_fields", table, entry.line, &keys)?;
        let field = |entry: Entry<'_>| {
            let (_, key) = entry.key.split_once('.').unwrap_or(("", &entry.key));
            if !is_key(key) {
                return entry.fail("must be of small letters, digits and _, and begin with a letter");
            }
            Ok((key.to_owned(), self.field(&entry, format, Kind::Text)?))
        };
        section.entries(self).into_iter().map(field).collect()
    }
}

fn delimiter(text: &str) -> Result<char, String> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) if !matches!(one, '"' | '\r' | '\n') => Ok(one),
        _ => Err("must be one character other than a quote or line end".to_owned()),
    }
}

fn charset(label: &str) -> Result<Charset, String> {
    Charset::from_label(label).ok_or_else(|| "is not a known encoding".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "format = \"csv\"\nsystem = \"s\"\nexternal_id = \"ID\"\n";

    fn error(tail: &str) -> MappingError {
        Mapping::parse(&format!("{HEAD}{tail}")).expect_err(tail)
    }

    #[test]
    fn the_smallest_mapping_is_accepted() {
        let mapping = Mapping::parse(HEAD).unwrap();
        assert_eq!((mapping.format(), mapping.mode()), (Format::Csv, Mode::Merge));
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        for (tail, line, key) in [
            ("colour = 1\n", 4, "colour"),
            ("[fields]\ngender = \"Sex\"\nheight = \"H\"\n", 6, "fields.height"),
            ("[[names]]\nsurname = \"N\"\nsur_name = \"N\"\n", 6, "names.sur_name"),
            ("[fields]\ngender = { form = \"Sex\" }\n", 5, "fields.gender.form"),
            ("[[skip]]\nfrom = \"A\"\nreason = \"x\"\nwhy = 1\n", 7, "skip.why"),
            ("[require]\nname = \"skip\"\n", 5, "require.name"),
            ("[columns]\nlost = \"error\"\n", 5, "columns.lost"),
        ] {
            let error = error(tail);
            assert_eq!((error.line, error.key.as_str()), (line, key), "{tail}");
            assert!(error.message.contains("unknown key"), "{error}");
        }
    }

    #[test]
    fn what_cannot_work_is_refused_when_the_mapping_is_read() {
        for (tail, line, part) in [
            ("[fields]\ngender = { value = \"Male\" }\n", 5, "none of"),
            ("[fields]\ngender = { from = \"S\", map = { M = \"man\" } }\n", 5, "none of"),
            ("[fields]\nnationality = { from = \"N\", default = \"PRT\" }\n", 5, "alpha-2"),
            ("[fields]\ngender = { from = \"A\", value = \"male\" }\n", 5, "exactly one"),
            ("[fields]\ngender = { transforms = [\"lower\"] }\n", 5, "exactly one"),
            ("[fields]\ngender = { from = \"A\", transforms = [\"shout\"] }\n", 5, "unknown transform"),
            ("[fields]\ngender = { from = \"A\", on_error = \"keep\" }\n", 5, "must be"),
            ("[fields]\ngender = { from = \"A\", unknown = \"drop\" }\n", 5, "without a map"),
            ("[fields]\ngender = { from = \"A\", required = \"yes\" }\n", 5, "true or false"),
            ("[[phones]]\nuse = { value = \"home\" }\n", 4, "needs the member number"),
            ("[[names]]\neach = \"/a/*\"\nsurname = \"N\"\n", 5, "only for the format ndjson"),
            ("[[names]]\nfull_name = { template = \"Guest {ID\" }\n", 5, "never closed"),
            ("[custom_fields]\nAge = \"Age\"\n", 5, "small letters"),
            ("unwrap = \"/json\"\n", 4, "only for the format ndjson"),
            ("delimiter = \"ab\"\n", 4, "one character"),
            ("encoding = \"klingon\"\n", 4, "encoding"),
            ("mode = \"overwrite\"\n", 4, "one of merge"),
            ("[[skip]]\nfrom = \"A\"\nreason = \"x\"\n", 4, "exactly one of equals"),
            ("names = \"N\"\n", 4, "[[names]]"),
            ("x = = 1\n", 4, ""),
        ] {
            let error = error(tail);
            assert_eq!(error.line, line, "{tail}: {error}");
            assert!(error.message.contains(part), "{tail}: {error}");
        }
    }

    #[test]
    fn the_three_first_keys_are_needed() {
        for key in ["format", "system", "external_id"] {
            let lines: Vec<&str> = HEAD.lines().filter(|line| !line.starts_with(key)).collect();
            let error = Mapping::parse(&lines.join("\n")).unwrap_err();
            assert_eq!((error.key.as_str(), error.message.as_str()), (key, "is missing"));
        }
    }
}
