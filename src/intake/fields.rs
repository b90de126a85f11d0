//! The value of one field in one record.
//!
//! Owns: where the paths and columns of a field are looked up, and the order in
//! which a value is found, dropped, transformed, mapped, computed and checked.
//! Must not know the document that is being built.

use serde_json::{Map, Value};
use std::rc::Rc;

use super::mapping::{Condition, Fallback, FieldSpec, Input, Mapping, Source, TemplatePart};
use super::paths::{Found, JsonPath, Root, scalar};
use super::source::{CsvRecord, RowFault};
use super::targets::{Kind, Unfit};
use super::transforms::Transform;

/// A JSON value with its pointer in the row.
#[derive(Clone)]
pub(super) struct At<'a> {
    value: &'a Value,
    pointer: Rc<str>,
}

impl<'a> At<'a> {
    pub fn new(value: &'a Value, pointer: &str) -> Self {
        let pointer = Rc::from(pointer);
        Self { value, pointer }
    }
}

/// Where sources are looked up.
#[derive(Clone)]
pub(super) enum Scope<'a> {
    Csv(&'a CsvRecord),
    Json(JsonScope<'a>),
}

#[derive(Clone)]
pub(super) struct JsonScope<'a> {
    envelope: At<'a>,
    row: At<'a>,
    record: At<'a>,
    body: At<'a>,
    here: At<'a>,
}

impl<'a> Scope<'a> {
    /// A scope in which every root is the same value.
    pub fn json(at: At<'a>) -> Self {
        Self::Json(JsonScope {
            envelope: at.clone(),
            row: at.clone(),
            record: at.clone(),
            body: at.clone(),
            here: at,
        })
    }

    pub fn with_row(&self, at: At<'a>) -> Self {
        self.changed(|scope| scope.row = at.clone()).with_record(at)
    }

    pub fn with_record(&self, at: At<'a>) -> Self {
        self.changed(|scope| scope.record = at.clone()).with_body(at)
    }

    pub fn with_body(&self, at: At<'a>) -> Self {
        self.changed(|scope| scope.body = at.clone()).with_here(at)
    }

    pub fn with_here(&self, at: At<'a>) -> Self {
        self.changed(|scope| scope.here = at)
    }

    fn changed(&self, change: impl FnOnce(&mut JsonScope<'a>)) -> Self {
        let mut copy = self.clone();
        if let Self::Json(scope) = &mut copy {
            change(scope);
        }
        copy
    }

    pub fn is_object(&self) -> bool {
        matches!(self, Self::Json(scope) if scope.here.value.is_object())
    }

    /// The values along a path, each with its pointer.
    pub fn select(&self, path: &JsonPath, mapping: &Mapping) -> Vec<At<'a>> {
        let Self::Json(scope) = self else {
            return Vec::new();
        };
        let start = scope.start(path.root);
        let found = path.select(start.value, mapping.value_member.as_deref());
        let at = |found: Found<'a>| At {
            pointer: Rc::from(path.pointer(&start.pointer, &found)),
            value: found.value,
        };
        found.into_iter().map(at).collect()
    }
}

impl<'a> JsonScope<'a> {
    fn start(&self, root: Root) -> &At<'a> {
        match root {
            Root::Here => &self.here,
            Root::Body => &self.body,
            Root::Record => &self.record,
            Root::Row => &self.row,
            Root::Envelope => &self.envelope,
        }
    }
}

/// A value as read, with what is needed to say where it stood.
pub(super) struct Raw<'m, 'a> {
    pub text: String,
    pub source: Option<(&'m Source, Option<Found<'a>>)>,
}

/// The evaluation of the fields of one record.
pub(super) struct Evaluation<'m> {
    mapping: &'m Mapping,
    /// Line of the row, for faults.
    pub line: u64,
    /// Custom fields that fallbacks have filled.
    pub custom: Map<String, Value>,
}

impl<'m> Evaluation<'m> {
    pub fn new(mapping: &'m Mapping, line: u64) -> Self {
        Self { mapping, line, custom: Map::new() }
    }

    /// True when all conditions hold. Values that mean "nothing" do not count.
    pub fn holds(&self, conditions: &[Condition], scope: &Scope<'_>) -> bool {
        conditions.iter().all(|condition| {
            let raws = self.raws(&condition.source, scope, None);
            let texts: Vec<String> = raws.into_iter().map(|raw| raw.text).collect();
            condition.test.passes(&texts)
        })
    }

    /// The first value of a text field.
    pub fn text(&mut self, spec: &FieldSpec, scope: &Scope<'_>) -> Result<Option<String>, RowFault> {
        let values = self.values(spec, Kind::Text, scope)?;
        Ok(values.into_iter().next().and_then(|value| scalar(&value)))
    }

    /// The values of a field: at most one unless `kind` is a list.
    pub fn values(
        &mut self,
        spec: &FieldSpec,
        kind: Kind,
        scope: &Scope<'_>,
    ) -> Result<Vec<Value>, RowFault> {
        if !self.holds(&spec.when, scope) {
            return Ok(Vec::new());
        }
        let mut values = self.found(spec, kind, scope)?;
        if let (true, Some(default)) = (values.is_empty(), &spec.default) {
            values.extend(kind.check(default));
        }
        if values.is_empty() && spec.required {
            let field = self.first_place(std::slice::from_ref(spec), scope);
            let message = "The mapping requires a value here.";
            return Err(RowFault::of_field(self.line, field, "required", message));
        }
        Ok(values)
    }

    fn found(&mut self, spec: &FieldSpec, kind: Kind, scope: &Scope<'_>) -> Result<Vec<Value>, RowFault> {
        let is_list = matches!(kind, Kind::List(_));
        let (sources, is_all) = match &spec.input {
            Input::Constant(text) => return Ok(kind.check(text).into_iter().collect()),
            Input::Template(parts) => {
                let made = self.template(parts, spec, scope);
                return made.map_or(Ok(Vec::new()), |raw| self.process(spec, kind, raw, scope));
            }
            Input::Fingerprint(sources) => {
                let made = self.fingerprint(sources, spec, scope);
                return made.map_or(Ok(Vec::new()), |raw| self.process(spec, kind, raw, scope));
            }
            Input::Sum(sources) => {
                let made = match self.sum(sources, spec, scope) {
                    Ok(sum) => sum.map(|sum| Raw { text: sum.to_string(), source: first_of(sources) }),
                    Err((unfit, raw)) => {
                        self.refuse(&spec.on_error, unfit, &raw, scope)?;
                        None
                    }
                };
                return made.map_or(Ok(Vec::new()), |raw| self.process(spec, kind, raw, scope));
            }
            Input::First(sources) => (sources, false),
            Input::All(sources) => (sources, true),
        };
        if kind == Kind::Words && spec.transforms.is_empty() && spec.map.is_empty() {
            return Ok(self.verbatim(sources, spec, scope).map(Value::from).into_iter().collect());
        }
        let mut values = Vec::new();
        for source in sources {
            for raw in self.raws(source, scope, spec.drop_if.as_deref()) {
                values.extend(self.process(spec, kind, raw, scope)?);
                if !is_list && !values.is_empty() {
                    values.truncate(1);
                    return Ok(values);
                }
            }
            if !is_all && !values.is_empty() {
                break;
            }
        }
        Ok(values)
    }

    pub(super) fn raws<'s, 'a>(
        &self,
        source: &'s Source,
        scope: &Scope<'a>,
        drop_if: Option<&[super::mapping::Pattern]>,
    ) -> Vec<Raw<'s, 'a>> {
        let usable = |text: &str| self.mapping.usable(text, drop_if);
        match (source, scope) {
            (Source::Column(name), Scope::Csv(record)) => {
                let text = record.get(name).and_then(usable);
                let raw = |text| Raw { text, source: Some((source, None)) };
                text.map(raw).into_iter().collect()
            }
            (Source::Path(path), Scope::Json(json)) => {
                let start = json.start(path.root);
                let found = path.select(start.value, self.mapping.value_member.as_deref());
                let raw = |found: Found<'a>| {
                    let text = usable(&scalar(found.value)?)?;
                    Some(Raw { text, source: Some((source, Some(found))) })
                };
                found.into_iter().filter_map(raw).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The first usable text as it stands there.
    fn verbatim(&self, sources: &[Source], spec: &FieldSpec, scope: &Scope<'_>) -> Option<String> {
        let is_usable = |text: &String| self.mapping.usable(text, spec.drop_if.as_deref()).is_some();
        sources.iter().find_map(|source| match (source, scope) {
            (Source::Column(name), Scope::Csv(record)) => {
                record.get(name).map(str::to_owned).filter(is_usable)
            }
            (Source::Path(path), Scope::Json(json)) => {
                let start = json.start(path.root);
                let found = path.select(start.value, self.mapping.value_member.as_deref());
                found.into_iter().filter_map(|found| scalar(found.value)).find(is_usable)
            }
            _ => None,
        })
    }

    pub(super) fn first_text(&self, source: &Source, spec: &FieldSpec, scope: &Scope<'_>) -> Option<String> {
        let raws = self.raws(source, scope, spec.drop_if.as_deref());
        raws.into_iter().next().map(|raw| raw.text)
    }

    /// Transforms, maps and checks one value as read.
    fn process(
        &mut self,
        spec: &FieldSpec,
        kind: Kind,
        raw: Raw<'_, '_>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Value>, RowFault> {
        let mut texts = vec![raw.text.clone()];
        let has_place = spec.transforms.contains(&Transform::Map);
        let last = (!spec.map.is_empty() && !has_place).then_some(&Transform::Map);
        for transform in spec.transforms.iter().chain(last) {
            let mut next = Vec::new();
            for text in texts {
                if *transform == Transform::Map {
                    next.extend(self.look_up(spec, text, &raw, scope)?);
                } else {
                    match transform.apply(text) {
                        Ok(texts) => next.extend(texts),
                        Err(unfit) => self.refuse(&spec.on_error, unfit, &raw, scope)?,
                    }
                }
            }
            texts = next;
        }
        let mut values = Vec::new();
        for text in texts {
            let text = match self.computed(spec, text, scope) {
                Ok(text) => text.unwrap_or_default(),
                Err((unfit, at)) => {
                    self.refuse(&spec.on_error, unfit, at.as_ref().unwrap_or(&raw), scope)?;
                    continue;
                }
            };
            let text = text.trim();
            if !text.is_empty() {
                match kind.check(text) {
                    Ok(value) => values.push(value),
                    Err(unfit) => self.refuse(&spec.on_error, unfit, &raw, scope)?,
                }
            }
        }
        Ok(values)
    }

    fn look_up(
        &mut self,
        spec: &FieldSpec,
        text: String,
        raw: &Raw<'_, '_>,
        scope: &Scope<'_>,
    ) -> Result<Option<String>, RowFault> {
        let exact = spec.map.iter().find(|(key, _)| *key == text);
        let folded = text.to_lowercase();
        let found = exact.or_else(|| spec.map.iter().find(|(key, _)| key.to_lowercase() == folded));
        if let Some((_, value)) = found {
            return Ok(Some(value.clone()));
        }
        if spec.unknown == Fallback::Keep {
            return Ok(Some(text));
        }
        let unfit = Unfit::new("unmapped", "The code is not in the mapping's table.");
        self.refuse(&spec.unknown, unfit, raw, scope)?;
        Ok(None)
    }

    fn refuse(
        &mut self,
        fallback: &Fallback,
        unfit: Unfit,
        raw: &Raw<'_, '_>,
        scope: &Scope<'_>,
    ) -> Result<(), RowFault> {
        match fallback {
            Fallback::Drop | Fallback::Keep => Ok(()),
            Fallback::Custom(key) => {
                self.custom.insert(key.clone(), Value::String(raw.text.clone()));
                Ok(())
            }
            Fallback::Reject => {
                let field = match &raw.source {
                    Some((source, found)) => place(source, found.as_ref(), scope),
                    None => String::new(),
                };
                Err(RowFault::of_field(self.line, field, unfit.code, unfit.message))
            }
        }
    }

    /// The column or pointer at which the first of these fields is looked up.
    pub fn first_place(&self, specs: &[FieldSpec], scope: &Scope<'_>) -> String {
        let sources = specs.iter().find_map(|spec| match &spec.input {
            Input::First(sources)
            | Input::All(sources)
            | Input::Fingerprint(sources)
            | Input::Sum(sources) => sources.first(),
            Input::Template(parts) => parts.iter().find_map(|part| match part {
                TemplatePart::Value(source) => Some(source),
                TemplatePart::Text(_) => None,
            }),
            Input::Constant(_) => None,
        });
        sources.map_or_else(String::new, |source| place(source, None, scope))
    }
}

fn first_of<'a>(sources: &[Source]) -> Option<(&Source, Option<Found<'a>>)> {
    sources.first().map(|source| (source, None))
}

fn place(source: &Source, found: Option<&Found<'_>>, scope: &Scope<'_>) -> String {
    match (source, scope) {
        (Source::Column(name), _) => name.clone(),
        (Source::Path(path), Scope::Json(json)) => {
            let start = json.start(path.root);
            match found {
                Some(found) => path.pointer(&start.pointer, found),
                None => path.pointer(&start.pointer, &Found::start(start.value)),
            }
        }
        (Source::Path(_), Scope::Csv(_)) => String::new(),
    }
}
