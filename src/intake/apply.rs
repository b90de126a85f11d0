//! Carries out a mapping on one row.
//!
//! Owns: finding the records of a row, their identity, and building the
//! document. Must not know files or the spelling of mappings. The evaluation of
//! a single field is in [`super::fields`].

use serde_json::{Map, Value};

use super::cards;
use super::fields::{At, Evaluation, Scope};
use super::mapping::{EntryBlock, Mapped, Mapping, Refusal, Test};
use super::mapping_fields::is_key;
use super::ndjson_rows::parse_json;
use super::source::{Row, RowFault, RowValue};
use super::targets::guest::PREFERENCES;
use super::targets::{Kind, Target};

/// What became of one record of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A document.
    Record(Mapped),
    /// A record that should have become a document and cannot.
    Fault(RowFault),
    /// A row or record that is not to be imported, with the reason: a rule of
    /// the mapping, or `filtered`, `not_a_guest`, `not_a_stay`, `no_identity`,
    /// `repeated_in_row` or `no_` and the member a mapping requires.
    Skipped(String),
}

impl Mapping {
    /// Maps one row. The result is never empty; a row whose payload holds
    /// several records gives several outcomes.
    #[must_use]
    pub fn apply(&self, row: &Row) -> Vec<Outcome> {
        let mut outcomes = match &row.fields {
            RowValue::Csv(record) => vec![self.record(row.line, &Scope::Csv(record))],
            RowValue::Json(envelope) => self.json_row(row.line, envelope),
        };
        let mut seen: Vec<(String, String)> = Vec::new();
        for outcome in &mut outcomes {
            if let Outcome::Record(mapped) = outcome {
                let identity = (mapped.system.clone(), mapped.external_id.clone());
                if seen.contains(&identity) {
                    *outcome = Outcome::Skipped("repeated_in_row".to_owned());
                } else {
                    seen.push(identity);
                }
            }
        }
        if outcomes.is_empty() {
            outcomes.push(Outcome::Skipped(format!("not_a_{}", self.target.name())));
        }
        outcomes
    }

    fn json_row(&self, line: u64, envelope: &Value) -> Vec<Outcome> {
        let whole = Scope::json(At::new(envelope, ""));
        let evaluation = Evaluation::new(self, line);
        if !evaluation.holds(&self.filter, &whole) {
            return vec![Outcome::Skipped("filtered".to_owned())];
        }
        let unwrapped = match &self.unwrap {
            None => Some((envelope, String::new())),
            Some(path) => {
                let found = path.select(envelope, None).into_iter().next();
                found.map(|found| (found.value, path.pointer("", &found)))
            }
        };
        let Some((payload, pointer)) = unwrapped else {
            return Vec::new();
        };
        // Some exports carry the payload as JSON text within the JSON.
        let parsed = match payload {
            Value::String(text) => match parse_json(text) {
                Ok(value) => Some(value),
                Err(fault) => {
                    let field = format!("{pointer}{}", fault.field);
                    return vec![Outcome::Fault(RowFault { line, field, ..fault })];
                }
            },
            _ => None,
        };
        let payload = parsed.as_ref().unwrap_or(payload);
        let row = At::new(payload, &pointer);
        let mut outcomes = Vec::new();
        if self.records.is_empty() && payload.is_object() {
            outcomes.push(self.record(line, &whole.with_row(row.clone())));
        }
        for spec in &self.records {
            let scope = whole.with_row(row.clone());
            for record in scope.select(&spec.at, self) {
                let scope = scope.with_record(record);
                let Some(body) = scope.select(&spec.body, self).into_iter().next() else {
                    continue;
                };
                let scope = scope.with_body(body);
                if scope.is_object() && evaluation.holds(&spec.when, &scope) {
                    outcomes.push(self.record(line, &scope));
                }
            }
        }
        outcomes
    }

    fn record(&self, line: u64, scope: &Scope<'_>) -> Outcome {
        let mut evaluation = Evaluation::new(self, line);
        for rule in &self.skips {
            if evaluation.holds(std::slice::from_ref(&rule.condition), scope) {
                return Outcome::Skipped(rule.reason.clone());
            }
        }
        match self.identify(&mut evaluation, scope) {
            Ok(Some((system, external_id))) => {
                self.document(&mut evaluation, scope, &system, &external_id).unwrap_or_else(|mut fault| {
                    fault.external_id = Some(external_id);
                    Outcome::Fault(fault)
                })
            }
            Ok(None) if self.missing_id == Refusal::Skip => Outcome::Skipped("no_identity".to_owned()),
            Ok(None) => {
                let message = "The record has no identifier in the system it comes from.";
                let field = evaluation.first_place(&self.external_ids, scope);
                Outcome::Fault(RowFault::of_field(line, field, "no_identity", message))
            }
            Err(fault) => Outcome::Fault(fault),
        }
    }

    fn identify(
        &self,
        evaluation: &mut Evaluation<'_>,
        scope: &Scope<'_>,
    ) -> Result<Option<(String, String)>, RowFault> {
        let Some(system) = evaluation.text(&self.system, scope)? else {
            return Ok(None);
        };
        for way in &self.external_ids {
            if let Some(id) = evaluation.text(way, scope)? {
                if cards::is_scheme_card(&id) {
                    let message = "The identifier is a payment card number.";
                    let field = evaluation.first_place(std::slice::from_ref(way), scope);
                    let fault = RowFault::of_field(evaluation.line, field, "card_number", message);
                    return Err(fault);
                }
                return Ok(Some((system, id)));
            }
        }
        Ok(None)
    }

    fn document(
        &self,
        evaluation: &mut Evaluation<'_>,
        scope: &Scope<'_>,
        system: &str,
        external_id: &str,
    ) -> Result<Outcome, RowFault> {
        let mut document = Map::new();
        for (name, kind, spec) in &self.fields {
            insert(&mut document, name, *kind, evaluation.values(spec, *kind, scope)?);
        }
        for block in &self.objects {
            if let Some(entry) = entry(block, evaluation, scope, system)? {
                document.insert(block.target.name.to_owned(), entry);
            }
        }
        for block in &self.lists {
            self.list(block, evaluation, scope, system, &mut document)?;
        }
        for (key, spec) in &self.custom_fields {
            if let Some(value) = evaluation.text(spec, scope)? {
                evaluation.custom.insert(key.clone(), Value::String(value));
            }
        }
        self.custom_columns(evaluation, scope);
        for (name, refusal) in &self.require {
            if !document.contains_key(name) {
                if *refusal == Refusal::Skip {
                    return Ok(Outcome::Skipped(format!("no_{name}")));
                }
                let message = format!("The record gives the {} no {name}.", self.target.name());
                return Err(RowFault::of_row(evaluation.line, "required", message));
            }
        }
        let custom = std::mem::take(&mut evaluation.custom);
        if !custom.is_empty() {
            document.insert("custom_fields".to_owned(), Value::Object(custom));
        }
        let own = serde_json::json!({"system": system, "id": external_id});
        let refs = document.entry("external_refs").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(refs) = refs {
            refs.retain(|other| *other != own);
            refs.insert(0, own);
        }
        let mut document = Value::Object(document);
        cards::screen_but(&mut document, self.target.shape().words());
        let preferences = match self.target {
            Target::Guest => take_list(&mut document, PREFERENCES),
            Target::Stay | Target::Complaint | Target::ComplaintEvent => Vec::new(),
        };
        Ok(Outcome::Record(Mapped {
            system: system.to_owned(),
            external_id: external_id.to_owned(),
            document,
            preferences,
        }))
    }

    fn list(
        &self,
        block: &EntryBlock,
        evaluation: &mut Evaluation<'_>,
        scope: &Scope<'_>,
        system: &str,
        document: &mut Map<String, Value>,
    ) -> Result<(), RowFault> {
        let scopes = match &block.each {
            None => vec![scope.clone()],
            Some(path) => {
                let entries = scope.select(path, self).into_iter();
                entries.map(|entry| scope.with_here(entry)).collect()
            }
        };
        for scope in scopes {
            if let Some(entry) = entry(block, evaluation, &scope, system)? {
                let list = document.entry(block.target.name).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(entries) = list
                    && !entries.contains(&entry)
                {
                    entries.push(entry);
                }
            }
        }
        Ok(())
    }

    fn custom_columns(&self, evaluation: &mut Evaluation<'_>, scope: &Scope<'_>) {
        let (Some(prefix), Scope::Csv(record)) = (&self.columns.custom_prefix, scope) else {
            return;
        };
        for (name, value) in record.header.names().iter().zip(&record.values) {
            let key = name.strip_prefix(prefix.as_str()).map(str::to_lowercase);
            if let Some(key) = key.filter(|key| is_key(key))
                && let Some(value) = self.usable(value, None)
            {
                evaluation.custom.insert(key, Value::String(value));
            }
        }
    }

    /// The value trimmed, unless it is empty or means "nothing".
    pub(super) fn usable(&self, value: &str, drop_if: Option<&[super::mapping::Pattern]>) -> Option<String> {
        let text = value.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let patterns = drop_if.unwrap_or(&self.drop_if);
        let is_nothing = text.is_empty() || patterns.iter().any(|p| p.matches(text));
        (!is_nothing).then(|| text.to_owned())
    }
}

impl Test {
    /// Whether the values found pass the test.
    pub(super) fn passes(&self, values: &[String]) -> bool {
        match self {
            Self::Exists(wanted) => values.is_empty() != *wanted,
            Self::Equals(wanted) => values.iter().any(|value| wanted.contains(value)),
            Self::NotEquals(unwanted) => {
                !values.is_empty() && !values.iter().any(|value| unwanted.contains(value))
            }
        }
    }
}

fn take_list(document: &mut Value, name: &str) -> Vec<Value> {
    match document.as_object_mut().and_then(|document| document.remove(name)) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// The object a block makes; nothing when it would say nothing.
fn entry(
    block: &EntryBlock,
    evaluation: &mut Evaluation<'_>,
    scope: &Scope<'_>,
    system: &str,
) -> Result<Option<Value>, RowFault> {
    if !evaluation.holds(&block.when, scope) {
        return Ok(None);
    }
    let mut entry = Map::new();
    for (name, kind, spec) in &block.members {
        insert(&mut entry, name, *kind, evaluation.values(spec, *kind, scope)?);
    }
    let has = |name: &&'static str| entry.contains_key(*name);
    let target = block.target;
    let says_something = target.any_of.is_empty() || target.any_of.iter().any(has);
    if !says_something || !target.all_of.iter().all(has) {
        return Ok(None);
    }
    if let Some(name) = target.reference {
        let own = entry.remove("system").unwrap_or_else(|| Value::from(system));
        if let Some(id) = entry.remove("id") {
            entry.insert(name.to_owned(), serde_json::json!({"system": own, "id": id}));
        }
        if let Some(id) = entry.remove("partner_id") {
            entry.insert("id".to_owned(), id);
        }
    }
    Ok(Some(Value::Object(entry)))
}

fn insert(into: &mut Map<String, Value>, name: &str, kind: Kind, mut values: Vec<Value>) {
    if values.is_empty() {
        return;
    }
    let value = if matches!(kind, Kind::List(_)) {
        let mut distinct: Vec<Value> = Vec::new();
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        Value::Array(distinct)
    } else {
        values.swap_remove(0)
    };
    into.insert(name.to_owned(), value);
}
