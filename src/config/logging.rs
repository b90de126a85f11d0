//! What is logged, and how a line looks: one JSON object with `ts`, `level`, `target`, `message` and every key the
//! caller gave.

use std::io::Write;

use log::LevelFilter;
use serde::{Serialize, Serializer};
use serde_json::Value;

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
        for part in filter.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
            if level.parse::<LevelFilter>().is_err() {
                let expected =
                    "must be levels (off, error, warn, info, debug, trace), for one part as part=level";
                return Err(Invalid::new(FILTER, format!("{expected}, not {part:?}")));
            }
        }
        Ok(Self { filter: filter.map(str::to_owned) })
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
    let mut line = Line(vec![
        ("ts".to_owned(), WallClock.now().to_string().into()),
        ("level".to_owned(), record.level().as_str().to_ascii_lowercase().into()),
        ("target".to_owned(), record.target().into()),
        ("message".to_owned(), record.args().to_string().into()),
    ]);
    // A line never refuses a pair.
    drop(record.key_values().visit(&mut line));
    serde_json::to_string(&line).unwrap_or_default()
}

/// The members of a line, in order. Those every line has come first and cannot be overwritten.
struct Line(Vec<(String, Value)>);

impl<'kvs> log::kv::VisitSource<'kvs> for Line {
    fn visit_pair(
        &mut self,
        key: log::kv::Key<'kvs>,
        value: log::kv::Value<'kvs>,
    ) -> Result<(), log::kv::Error> {
        if self.0.iter().all(|(name, _)| name != key.as_str()) {
            let value = serde_json::to_value(&value).unwrap_or_else(|_| value.to_string().into());
            self.0.push((key.as_str().to_owned(), value));
        }
        Ok(())
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
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
