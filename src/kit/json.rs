//! Strict JSON: what a client sent, refused where parsers disagree about it (duplicate members), and searched for
//! characters no database should be asked to keep.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::kit::fault::Faults;

/// A JSON value without duplicate object members.
#[derive(Debug, Clone, PartialEq)]
pub struct StrictJson(pub Value);

impl<'de> Deserialize<'de> for StrictJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(StrictJson(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let StrictJson(value) = members.next_value()?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Notes a fault for each text with a control character other than tab, line feed and carriage return.
pub fn refuse_control_characters(value: &Value, faults: &mut Faults) {
    match value {
        Value::String(text) => {
            if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
                faults.add("control_character", "must not contain control characters");
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                faults.at(at, |faults| refuse_control_characters(item, faults));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                faults.at(escaped, |faults| {
                    if name.chars().any(char::is_control) {
                        faults.add("control_character", "must not contain control characters");
                    }
                    refuse_control_characters(member, faults);
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{StrictJson, refuse_control_characters};
    use crate::kit::fault::Faults;

    #[test]
    fn duplicates_surrogates_and_overflow_are_refused() {
        for bad in [r#"{"a":1,"a":2}"#, r#"{"x":{"a":1,"a":1}}"#, r#""\ud800""#, "1e999", "{", "\"\u{1}\""] {
            assert!(serde_json::from_str::<StrictJson>(bad).is_err(), "{bad}");
        }
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        assert!(serde_json::from_str::<StrictJson>(&deep).is_err());
    }

    #[test]
    fn a_nul_is_found_where_it_is() {
        let StrictJson(value) = serde_json::from_str(r#"{"a/b":["x","y\u0000"],"c":"line\nline"}"#).unwrap();
        let mut faults = Faults::new();
        refuse_control_characters(&value, &mut faults);
        let found: Vec<_> = faults.into_vec().into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(found, ["/a~1b/1"]);
    }
}
