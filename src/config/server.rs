//! Where and how to listen.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use super::{Invalid, Setting, Variables};

/// Settings of the listener.
pub const SETTINGS: &[Setting] = &[
    Setting { name: LISTEN, default: "127.0.0.1:8080", meaning: "address and port to listen on" },
    Setting {
        name: PUBLIC_URL,
        default: "http:// and the address",
        meaning: "address the server is reached by from outside; for printing only",
    },
    Setting {
        name: RATE_LIMIT,
        default: "600",
        meaning: "requests a minute for each access token, and for each address without one",
    },
    Setting {
        name: TRUSTED_PROXIES,
        default: "none",
        meaning: "IP addresses, separated by commas, whose X-Forwarded-For is believed",
    },
    Setting {
        name: CORS_ORIGINS,
        default: "none",
        meaning: "origins, separated by commas, whose pages may call the API, such as https://app.example",
    },
    Setting {
        name: DRAIN,
        default: "1",
        meaning: "seconds from SIGTERM, when /health/ready turns red, to the closing of the listener, 0 to 60",
    },
    Setting {
        name: DEMO_PUBLIC,
        default: "0",
        meaning: "1 lets `serve --demo`, whose passwords are public, listen on other addresses than loopback",
    },
];

/// Name of the variable with the address to listen on.
pub const LISTEN: &str = "HOSPES_LISTEN";
const PUBLIC_URL: &str = "HOSPES_PUBLIC_URL";
const RATE_LIMIT: &str = "HOSPES_RATE_LIMIT";
const TRUSTED_PROXIES: &str = "HOSPES_TRUSTED_PROXIES";
const CORS_ORIGINS: &str = "HOSPES_CORS_ORIGINS";
const DRAIN: &str = "HOSPES_DRAIN_SECONDS";
const DEMO_PUBLIC: &str = "HOSPES_DEMO_PUBLIC";

/// The listener as configured.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address from outside, without a slash at its end; `None`: made from the address listened on.
    pub public_url: Option<String>,
    /// Requests a minute for each client.
    pub rate_limit: NonZeroU32,
    /// Proxies whose word on the client's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// From red readiness to the closing of the listener.
    pub drain: Duration,
    /// Whether a demo may listen on other addresses than loopback.
    pub demo_public: bool,
}

impl Server {
    /// Reads and checks the settings of the listener.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        let rate = "a whole number of requests a minute, 1 or more";
        let seconds = "a whole number of seconds from 0 to 60";
        let drain: u64 = variables.parse(DRAIN, 1, seconds)?;
        if drain > 60 {
            return Err(Invalid::new(DRAIN, format!("must be {seconds}")));
        }
        Ok(Self {
            listen: listen(variables)?,
            public_url: public_url(variables)?,
            rate_limit: variables.parse(RATE_LIMIT, NonZeroU32::MIN.saturating_add(599), rate)?,
            trusted_proxies: list(variables, TRUSTED_PROXIES)
                .map(|entry| {
                    entry.parse().map_err(|_| {
                        Invalid::new(
                            TRUSTED_PROXIES,
                            format!("must be IP addresses separated by commas, not {entry:?}"),
                        )
                    })
                })
                .collect::<Result<_, _>>()?,
            cors_origins: list(variables, CORS_ORIGINS).map(origin).collect::<Result<_, _>>()?,
            drain: Duration::from_secs(drain),
            demo_public: match variables.get(DEMO_PUBLIC) {
                None | Some("0") => false,
                Some("1") => true,
                Some(_) => return Err(Invalid::new(DEMO_PUBLIC, "must be 0 or 1")),
            },
        })
    }
}

fn listen(variables: &Variables) -> Result<SocketAddr, Invalid> {
    let default = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    // "localhost" may mean two addresses; the demo and the health check need one.
    let value = variables.get(LISTEN).map(|value| value.replacen("localhost:", "127.0.0.1:", 1));
    match value {
        None => Ok(default),
        Some(value) => value.parse().map_err(|_| {
            Invalid::new(
                LISTEN,
                format!("must be an IP address and a port, such as 127.0.0.1:8080, not {value:?}"),
            )
        }),
    }
}

fn public_url(variables: &Variables) -> Result<Option<String>, Invalid> {
    let Some(value) = variables.get(PUBLIC_URL) else {
        return Ok(None);
    };
    let good =
        url::Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !good {
        return Err(Invalid::new(PUBLIC_URL, "must be an http:// or https:// address"));
    }
    Ok(Some(value.trim_end_matches('/').to_owned()))
}

fn list<'a>(variables: &'a Variables, name: &str) -> impl Iterator<Item = &'a str> {
    variables.get(name).unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

/// An origin exactly as browsers send it: scheme, host and port, nothing behind.
fn origin(entry: &str) -> Result<String, Invalid> {
    let same =
        url::Url::parse(entry).is_ok_and(|url| url.has_host() && url.origin().ascii_serialization() == entry);
    if same {
        Ok(entry.to_owned())
    } else {
        Err(Invalid::new(
            CORS_ORIGINS,
            format!("must be origins such as https://app.example, without a path or a star, not {entry:?}"),
        ))
    }
}
