//! Paths into JSON rows.
//!
//! Owns: the syntax of a path and the finding of values along it. Must not know
//! what the values are for.
//!
//! A path is a JSON Pointer (RFC 6901) in which a segment may also be `*` (each
//! entry of an array), `*[key=value]` (each entry whose member `key` reads
//! `value`) or `{*}` (each member of an object). The empty path is the value
//! itself. A prefix names where the path begins; see [`Root`].

use serde_json::Value;

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Root {
    /// No prefix: the entry of the list block it stands in, else the body.
    Here,
    /// `body:`, the object the guest's fields are read from.
    Body,
    /// `record:`, the object a `[[record]]` found.
    Record,
    /// `row:`, the whole payload, after `unwrap`.
    Row,
    /// `envelope:`, the whole line, before `unwrap`.
    Envelope,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Key(String),
    Each(Option<(String, String)>),
    EachMember,
}

/// A parsed path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath {
    /// Where it begins.
    pub root: Root,
    segments: Vec<Segment>,
}

/// A value found, with the concrete keys its wildcards stood for.
#[derive(Debug, Clone)]
pub struct Found<'a> {
    /// The value.
    pub value: &'a Value,
    taken: Vec<String>,
}

impl JsonPath {
    /// Reads a path.
    ///
    /// # Errors
    /// Returns a sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let prefixes = [
            ("body:", Root::Body),
            ("record:", Root::Record),
            ("row:", Root::Row),
            ("envelope:", Root::Envelope),
        ];
        let prefixed = prefixes.iter().find_map(|(prefix, root)| Some((*root, text.strip_prefix(prefix)?)));
        let (root, pointer) = prefixed.unwrap_or((Root::Here, text));
        if pointer.is_empty() {
            let segments = Vec::new();
            return Ok(Self { root, segments });
        }
        let Some(rest) = pointer.strip_prefix('/') else {
            return Err(format!("the path \"{text}\" must begin with \"/\""));
        };
        let segments = rest.split('/').map(segment).collect::<Result<_, _>>()?;
        Ok(Self { root, segments })
    }

    /// The values along this path from `start`, in document order. An object
    /// whose only member is `value_member` is read as that member's value.
    #[must_use]
    pub fn select<'a>(&self, start: &'a Value, value_member: Option<&str>) -> Vec<Found<'a>> {
        let mut found = vec![Found { value: open(start, value_member), taken: Vec::new() }];
        for segment in &self.segments {
            found = found.into_iter().flat_map(|from| step(from, segment, value_member)).collect();
        }
        found
    }

    /// The JSON pointer of a value found, after the pointer of the start.
    #[must_use]
    pub fn pointer(&self, start: &str, found: &Found<'_>) -> String {
        let mut taken = found.taken.iter();
        let mut pointer = start.to_owned();
        for segment in &self.segments {
            let key = match segment {
                Segment::Key(key) => Some(key),
                Segment::Each(_) | Segment::EachMember => taken.next(),
            };
            let key = key.map(|key| key.replace('~', "~0").replace('/', "~1"));
            pointer.push('/');
            pointer.push_str(&key.unwrap_or_default());
        }
        pointer
    }
}

impl<'a> Found<'a> {
    /// A value that is itself the start.
    #[must_use]
    pub fn start(value: &'a Value) -> Self {
        let taken = Vec::new();
        Self { value, taken }
    }
}

/// The text of a JSON scalar. `None` for null, arrays and objects, and for
/// numbers beyond 2^53 with a fraction or exponent, whose digits are not those
/// of the file any more.
#[must_use]
pub fn scalar(value: &Value) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.abs() >= EXACT => None,
            _ => Some(number.to_string()),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn segment(text: &str) -> Result<Segment, String> {
    let plain = |text: &str| text.replace("~1", "/").replace("~0", "~");
    if text == "*" {
        return Ok(Segment::Each(None));
    }
    if text == "{*}" {
        return Ok(Segment::EachMember);
    }
    if let Some(condition) = text.strip_prefix("*[") {
        let pair = condition.strip_suffix(']').and_then(|c| c.split_once('='));
        let (key, value) = pair.ok_or_else(|| format!("\"{text}\" is not of the form *[key=value]"))?;
        return Ok(Segment::Each(Some((plain(key), plain(value)))));
    }
    if text.contains('*') {
        return Err(format!("\"{text}\" mixes a wildcard with other characters"));
    }
    Ok(Segment::Key(plain(text)))
}

fn step<'a>(from: Found<'a>, segment: &Segment, value_member: Option<&str>) -> Vec<Found<'a>> {
    let deeper = |value: &'a Value, key: Option<String>| {
        let mut taken = from.taken.clone();
        taken.extend(key);
        let value = open(value, value_member);
        Found { value, taken }
    };
    match (segment, from.value) {
        (Segment::Key(key), Value::Object(members)) => {
            members.get(key).map(|value| deeper(value, None)).into_iter().collect()
        }
        (Segment::Key(key), Value::Array(items)) => {
            let item = key.parse::<usize>().ok().and_then(|index| items.get(index));
            item.map(|value| deeper(value, None)).into_iter().collect()
        }
        (Segment::Each(condition), Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter(|(_, item)| match condition {
                None => true,
                Some((key, wanted)) => item
                    .get(key)
                    .and_then(|value| scalar(open(value, value_member)))
                    .is_some_and(|text| text.trim() == wanted),
            })
            .map(|(index, item)| deeper(item, Some(index.to_string())))
            .collect(),
        (Segment::EachMember, Value::Object(members)) => {
            members.iter().map(|(key, value)| deeper(value, Some(key.clone()))).collect()
        }
        _ => Vec::new(),
    }
}

fn open<'a>(value: &'a Value, value_member: Option<&str>) -> &'a Value {
    match (value, value_member) {
        (Value::Object(members), Some(name)) if members.len() == 1 => members.get(name).unwrap_or(value),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn texts(path: &str, value: &Value) -> Vec<(String, String)> {
        let path = JsonPath::parse(path).unwrap();
        let found = path.select(value, Some("Value"));
        let pair = |f: &Found<'_>| (path.pointer("", f), scalar(f.value).unwrap_or_default());
        found.iter().map(pair).collect()
    }

    #[test]
    fn wildcards_conditions_and_indexes_find_values_with_their_pointers() {
        let value = json!({"ids": [{"type": "Profile", "id": 7}, {"type": "Corp", "id": "9"}],
            "a/b": {"x": {"n": "1"}, "y": {"n": "2"}}, "wrapped": {"Value": {"in": {"Value": "w"}}}});
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(texts("/ids/*/id", &value), [pair("/ids/0/id", "7"), pair("/ids/1/id", "9")]);
        assert_eq!(texts("/ids/*[type=Corp]/id", &value), [pair("/ids/1/id", "9")]);
        assert_eq!(texts("/ids/1/type", &value), [pair("/ids/1/type", "Corp")]);
        let members = [pair("/a~1b/x/n", "1"), pair("/a~1b/y/n", "2")];
        assert_eq!(texts("/a~1b/{*}/n", &value), members);
        assert_eq!(texts("/wrapped/in", &value), [pair("/wrapped/in", "w")]);
        assert_eq!(texts("/ids/none", &value), []);
        assert_eq!(texts("/a~1b/*", &value), []);
    }

    #[test]
    fn a_path_that_cannot_be_meant_is_refused() {
        for text in ["name", "/a/b*", "/a/*[x]", "nowhere:/a"] {
            assert!(JsonPath::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_number_that_lost_digits_has_no_text() {
        let value: Value = serde_json::from_str("[12345678901234567890123, 12, 1.5]").unwrap();
        assert_eq!(scalar(&value[0]), None);
        assert_eq!(scalar(&value[1]).as_deref(), Some("12"));
        assert_eq!(scalar(&value[2]).as_deref(), Some("1.5"));
    }
}
