//! Where the data is.

use secrecy::SecretString;

use super::{Invalid, Setting, Variables};

/// Settings of the database.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: URL,
        default: DEFAULT_URL,
        meaning: "the database: sqlite://PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME",
    },
    Setting { name: READ_URL, default: "the same", meaning: "a PostgreSQL replica that reads go to" },
    Setting { name: CONNECTIONS, default: "16", meaning: "PostgreSQL connections at most, 1 to 1000" },
];

/// Name of the variable with the address.
pub const URL: &str = "HOSPES_DATABASE_URL";
const READ_URL: &str = "HOSPES_DATABASE_READ_URL";
const CONNECTIONS: &str = "HOSPES_DATABASE_CONNECTIONS";
/// The database when none is named.
pub const DEFAULT_URL: &str = "sqlite://hospes.db";

/// The database as configured. Addresses may hold a password and are never printed.
#[derive(Debug, Clone)]
pub struct Database {
    /// Address of the database.
    pub url: SecretString,
    /// Address of a replica for reads.
    pub read_url: Option<SecretString>,
    /// Connections at most.
    pub connections: u32,
}

impl Database {
    /// Reads and checks the settings of the database.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        let url = variables.get(URL).unwrap_or(DEFAULT_URL);
        let embedded = url.strip_prefix("sqlite://").is_some_and(|path| !path.is_empty());
        if !embedded && !is_postgres(url) {
            return Err(Invalid::new(URL, "must begin with sqlite://PATH or postgres://"));
        }
        let read_url = variables.get(READ_URL);
        if read_url.is_some_and(|url| !is_postgres(url)) {
            return Err(Invalid::new(READ_URL, "must begin with postgres://"));
        }
        if read_url.is_some() && embedded {
            return Err(Invalid::new(
                READ_URL,
                "can only be set when HOSPES_DATABASE_URL begins with postgres://",
            ));
        }
        let expected = "a whole number from 1 to 1000";
        let connections = variables.parse(CONNECTIONS, 16, expected)?;
        if !(1..=1000).contains(&connections) {
            return Err(Invalid::new(CONNECTIONS, format!("must be {expected}")));
        }
        Ok(Self { url: url.into(), read_url: read_url.map(SecretString::from), connections })
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}
