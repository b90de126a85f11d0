//! What is logged, and how a line looks: one JSON object with `ts`, `level`, `target`, `message` and every key the
//! caller gave.

use std::io::Write;

use log::LevelFilter;
use serde_json::{Map, Value};

use super::{Invalid, Setting, Variables};
use crate::kit::clock::{Clock, WallClock};

/// Settings of the log.
pub const SETTINGS: &[Setting] = &[Setting {
    name: FILTER,
    default: "info",
    meaning: "what is logged to standard error: off, error, warn, info, debug or trace, \
              also for one part: warn,hospes::access=info",
}];

const FILTER: &str = "HOSPES_LOG";

/// The log as configured.
#[derive(Debug, Clone)]
pub struct Logging {
    /// The filter; `None` when none was set.
    pub filter: Option<String>,
}

impl Logging {
    /// Reads and checks the filter.
    ///
    /// # Errors
    /// When a part of it is not a level.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        let filter = variables.get(FILTER);
        for part in filter
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
            if level.parse::<LevelFilter>().is_err() {
                let expected =
                    "must be levels (off, error, warn, info, debug, trace), for one part as part=level";
                return Err(Invalid::new(FILTER, format!("{expected}, not {part:?}")));
            }
        }
        Ok(Self {
            filter: filter.map(str::to_owned),
        })
    }

    /// Starts logging to standard error. `default` is the filter when none was set. A second call changes nothing.
    pub fn start(&self, default: &str) {
        let mut builder = env_logger::Builder::new();
        builder.parse_filters(self.filter.as_deref().unwrap_or(default));
        builder.format(|out, record| writeln!(out, "{}", line(record)));
        // It fails only when a logger is there already, which then goes on.
        drop(builder.try_init());
    }
}

/// One line of the log.
fn line(record: &log::Record<'_>) -> String {
    let mut members = Map::new();
    members.insert("ts".to_owned(), WallClock.now().to_string().into());
    members.insert(
        "level".to_owned(),
        record.level().as_str().to_ascii_lowercase().into(),
    );
    members.insert("target".to_owned(), record.target().into());
    members.insert("message".to_owned(), record.args().to_string().into());
    let mut pairs = Pairs(members);
    // The collector below never refuses a pair.
    drop(record.key_values().visit(&mut pairs));
    Value::Object(pairs.0).to_string()
}

/// Collects the keys and values of a record; the four members every line has cannot be overwritten.
struct Pairs(Map<String, Value>);

impl<'kvs> log::kv::VisitSource<'kvs> for Pairs {
    fn visit_pair(
        &mut self,
        key: log::kv::Key<'kvs>,
        value: log::kv::Value<'kvs>,
    ) -> Result<(), log::kv::Error> {
        let value = serde_json::to_value(&value).unwrap_or_else(|_| value.to_string().into());
        self.0.entry(key.as_str()).or_insert(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    #[test]
    fn a_line_is_one_object_with_every_pair() {
        let pairs = [
            ("status", log::kv::Value::from(200_u16)),
            ("level", "forged".into()),
            ("route", "/v1/\n".into()),
        ];
        let line = super::line(
            &log::Record::builder()
                .level(log::Level::Warn)
                .target("t")
                .args(format_args!("a\nb"))
                .key_values(&pairs.as_slice())
                .build(),
        );
        assert!(!line.contains('\n'));
        let mut line: Value = serde_json::from_str(&line).unwrap();
        assert!(line["ts"].take().as_str().unwrap().ends_with('Z'));
        let expected = json!({"ts": null, "level": "warn", "target": "t", "message": "a\nb", "status": 200, "route": "/v1/\n"});
        assert_eq!(line, expected);
    }
}
