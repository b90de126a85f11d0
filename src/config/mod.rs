//! Settings: read from the environment once at start, each value checked, and passed on from there. There is no
//! configuration file and nothing global.

use std::collections::BTreeMap;

pub mod attachments;
pub mod database;
pub mod jobs;
pub mod keys;
pub mod logging;
pub mod server;

pub use attachments::Attachments;
pub use database::Database;
pub use jobs::Jobs;
pub use keys::KeysDir;
pub use logging::Logging;
pub use server::Server;

/// A setting as it is explained to operators.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name of the environment variable.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it decides, with unit and range.
    pub meaning: &'static str,
}

/// Every setting there is, in the order of explanation.
pub const SETTINGS: [&[Setting]; 6] = [
    server::SETTINGS,
    database::SETTINGS,
    keys::SETTINGS,
    attachments::SETTINGS,
    jobs::SETTINGS,
    logging::SETTINGS,
];

/// A setting that cannot be used: its name, and what is wrong, to be read after the name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} {reason}")]
pub struct Invalid {
    name: &'static str,
    reason: String,
}

impl Invalid {
    /// Says of a setting what is wrong with it. Never with the value where that may be a secret.
    pub fn new(name: &'static str, reason: impl Into<String>) -> Self {
        Self { name, reason: reason.into() }
    }
}

/// The environment as it was at start.
#[derive(Clone, Default)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Takes the variables of the process. What is not UTF-8 is taken for absent.
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(text).collect())
    }

    /// Takes the given variables, for tests and defaults.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The value of a variable without surrounding space; `None` when it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same variables with another value for one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Reads a value, or takes the default.
    ///
    /// # Errors
    /// `NAME must be <expected>, not "value"` when the value cannot be read.
    fn parse<T: std::str::FromStr>(
        &self,
        name: &'static str,
        default: T,
        expected: &str,
    ) -> Result<T, Invalid> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => {
                value.parse().map_err(|_| Invalid::new(name, format!("must be {expected}, not {value:?}")))
            }
        }
    }

    /// Names that look like settings of this program and are none: typing errors, most often.
    pub fn unknown(&self) -> Vec<&str> {
        let known = |name: &str| SETTINGS.iter().copied().flatten().any(|setting| setting.name == name);
        self.0.keys().map(String::as_str).filter(|name| name.starts_with("HOSPES_") && !known(name)).collect()
    }
}

/// Every setting of a server.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where and how to listen.
    pub server: Server,
    /// Where the data is.
    pub database: Database,
    /// Where the secrets are.
    pub keys: KeysDir,
    /// Where attachments are.
    pub attachments: Attachments,
    /// What is kept of jobs.
    pub jobs: Jobs,
    /// What is logged.
    pub logging: Logging,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        Ok(Self {
            server: Server::read(variables)?,
            database: Database::read(variables)?,
            keys: KeysDir::read(variables)?,
            attachments: Attachments::read(variables)?,
            jobs: Jobs::read(variables)?,
            logging: Logging::read(variables)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, Variables};

    fn fault(name: &str, value: &str) -> String {
        let variables = Variables::of([("HOME", "/home/h"), (name, value)]);
        Config::read(&variables).map(|_| String::new()).unwrap_or_else(|error| error.to_string())
    }

    #[test]
    fn defaults_are_good_and_every_bad_value_is_named() {
        let config = Config::read(&Variables::of([("HOME", "/home/h")])).unwrap();
        assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.jobs.rows_kept, std::time::Duration::from_secs(30 * 86_400));
        assert_eq!(config.keys.0.to_str(), Some("/home/h/.local/share/hospes/keys"));
        for (name, value) in [
            ("HOSPES_LISTEN", "here"),
            ("HOSPES_LISTEN", "127.0.0.1"),
            ("HOSPES_RATE_LIMIT", "0"),
            ("HOSPES_RATE_LIMIT", "-1"),
            ("HOSPES_TRUSTED_PROXIES", "10.0.0.1,proxy"),
            ("HOSPES_CORS_ORIGINS", "*"),
            ("HOSPES_CORS_ORIGINS", "https://a.example/path"),
            ("HOSPES_CORS_ORIGINS", "null"),
            ("HOSPES_PUBLIC_URL", "hotel.example"),
            ("HOSPES_DRAIN_SECONDS", "61"),
            ("HOSPES_DATABASE_URL", "mysql://x"),
            ("HOSPES_DATABASE_URL", "sqlite://"),
            ("HOSPES_DATABASE_READ_URL", "sqlite://x.db"),
            ("HOSPES_DATABASE_CONNECTIONS", "0"),
            ("HOSPES_KEYS_DIR", "keys"),
            ("HOSPES_ATTACHMENT_MAX_MIB", "0"),
            ("HOSPES_ATTACHMENTS_DIR", "attachments"),
            ("HOSPES_S3_ENDPOINT", "s3.example"),
            ("HOSPES_JOB_ROWS_DAYS", "0"),
            ("HOSPES_JOB_ROWS_DAYS", "forever"),
            ("HOSPES_LOG", "hospes=loud"),
        ] {
            assert!(
                fault(name, value).starts_with(&format!("{name} ")),
                "{name}={value}: {}",
                fault(name, value)
            );
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        for url in ["mysql://u:hunter2@h/d", "postgres:/u:hunter2@h"] {
            assert!(!fault("HOSPES_DATABASE_URL", url).contains("hunter2"));
        }
        let good = Variables::of([("HOME", "/h"), ("HOSPES_DATABASE_URL", "postgres://u:hunter2@h/d")]);
        assert!(!format!("{:?}", Config::read(&good).unwrap()).contains("hunter2"));
    }

    #[test]
    fn a_mistyped_name_is_found() {
        let variables = Variables::of([("HOSPES_LISTN", "x"), ("HOSPES_LISTEN", "x"), ("PATH", "x")]);
        assert_eq!(variables.unknown(), ["HOSPES_LISTN"]);
    }
}
