//! Where attachments are kept, and how large one may be.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::{Invalid, Setting, Variables, database};

/// Settings of attachments.
pub const SETTINGS: &[Setting] = &[
    Setting { name: MAX_MIB, default: "20", meaning: "largest attachment in MiB, 1 to 1024" },
    Setting {
        name: DIR,
        default: "beside the SQLite file; else ~/.local/share/hospes/attachments",
        meaning: "directory that keeps attachments when no S3 store does; an absolute path",
    },
    Setting {
        name: S3_ENDPOINT,
        default: "none",
        meaning: "address of an S3-compatible store that keeps attachments, such as https://s3.eu-central-1.amazonaws.com",
    },
    Setting { name: S3_BUCKET, default: "none", meaning: "bucket of the store, asked for by path" },
    Setting {
        name: S3_REGION,
        default: DEFAULT_REGION,
        meaning: "region that requests to the store are signed for",
    },
    Setting { name: S3_KEY_ID, default: "none", meaning: "id of the access key of the store" },
    Setting { name: S3_SECRET, default: "none", meaning: "secret of the access key of the store" },
];

const MAX_MIB: &str = "HOSPES_ATTACHMENT_MAX_MIB";
const DIR: &str = "HOSPES_ATTACHMENTS_DIR";
const S3_ENDPOINT: &str = "HOSPES_S3_ENDPOINT";
const S3_BUCKET: &str = "HOSPES_S3_BUCKET";
const S3_REGION: &str = "HOSPES_S3_REGION";
const S3_KEY_ID: &str = "HOSPES_S3_KEY_ID";
const S3_SECRET: &str = "HOSPES_S3_SECRET";
const DEFAULT_REGION: &str = "us-east-1";

/// Attachments as configured.
#[derive(Debug, Clone)]
pub struct Attachments {
    /// Largest attachment, in bytes.
    pub largest: u64,
    /// What keeps their contents.
    pub store: Store,
}

/// What keeps contents.
#[derive(Debug, Clone)]
pub enum Store {
    /// A directory, made when it is first needed.
    Disk(PathBuf),
    /// An S3-compatible store.
    S3(S3),
}

/// An S3-compatible store.
#[derive(Debug, Clone)]
pub struct S3 {
    /// Its address, without a bucket.
    pub endpoint: Url,
    /// The bucket.
    pub bucket: String,
    /// The region requests are signed for.
    pub region: String,
    /// Id of the access key.
    pub key_id: String,
    /// Secret of the access key, never printed.
    pub secret: SecretString,
}

impl Attachments {
    /// Reads and checks the settings of attachments.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        let expected = "a whole number of MiB from 1 to 1024";
        let mib: u64 = variables.parse(MAX_MIB, 20, expected)?;
        if !(1..=1_024).contains(&mib) {
            return Err(Invalid::new(MAX_MIB, format!("must be {expected}")));
        }
        let store = match variables.get(S3_ENDPOINT) {
            Some(endpoint) => Store::S3(s3(variables, endpoint)?),
            None => match variables.get(S3_BUCKET) {
                Some(_) => return Err(Invalid::new(S3_ENDPOINT, "must be set, because HOSPES_S3_BUCKET is")),
                None => Store::Disk(directory(variables)?),
            },
        };
        Ok(Self { largest: mib.saturating_mul(1_024 * 1_024), store })
    }
}

fn s3(variables: &Variables, endpoint: &str) -> Result<S3, Invalid> {
    let plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    // The address is not repeated: somebody may have put the key into it.
    let endpoint = Url::parse(endpoint).ok().filter(plain).ok_or_else(|| {
        Invalid::new(S3_ENDPOINT, "must be an http:// or https:// address without name, password and query")
    })?;
    let needed = |name: &'static str| {
        variables.get(name).ok_or_else(|| Invalid::new(name, "must be set, because HOSPES_S3_ENDPOINT is"))
    };
    let bucket = needed(S3_BUCKET)?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(good) || bucket.starts_with('.') {
        return Err(Invalid::new(S3_BUCKET, "must be the name of a bucket: 3 to 63 letters, digits, - . _"));
    }
    Ok(S3 {
        endpoint,
        bucket: bucket.to_owned(),
        region: variables.get(S3_REGION).unwrap_or(DEFAULT_REGION).to_owned(),
        key_id: needed(S3_KEY_ID)?.to_owned(),
        secret: needed(S3_SECRET)?.into(),
    })
}

fn directory(variables: &Variables) -> Result<PathBuf, Invalid> {
    if let Some(value) = variables.get(DIR) {
        let path = PathBuf::from(value);
        return if path.is_absolute() {
            Ok(path)
        } else {
            Err(Invalid::new(DIR, format!("must be an absolute path, not {value:?}")))
        };
    }
    if let Some(file) =
        variables.get(database::URL).unwrap_or(database::DEFAULT_URL).strip_prefix("sqlite://")
    {
        return Ok(beside(Path::new(file)));
    }
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let data = variables.get("XDG_DATA_HOME").map(PathBuf::from).and_then(absolute);
    let home =
        || variables.get("HOME").map(|home| PathBuf::from(home).join(".local/share")).and_then(absolute);
    match data.or_else(home) {
        Some(data) => Ok(data.join("hospes/attachments")),
        None => Err(Invalid::new(
            DIR,
            "must be set, because neither XDG_DATA_HOME nor HOME says where to keep attachments",
        )),
    }
}

/// `hospes.db` has its attachments in `hospes-attachments`, so that a second database in the folder has its own.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_os_string();
    name.push("-attachments");
    file.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{Attachments, Store};
    use crate::config::Variables;

    fn read(pairs: &[(&str, &str)]) -> Result<Attachments, String> {
        Attachments::read(&Variables::of(pairs.iter().copied())).map_err(|error| error.to_string())
    }

    fn folder(pairs: &[(&str, &str)]) -> String {
        match read(pairs).unwrap().store {
            Store::Disk(path) => path.display().to_string(),
            Store::S3(_) => panic!("a directory was expected"),
        }
    }

    #[test]
    fn contents_lie_beside_the_database_unless_told() {
        assert_eq!(read(&[]).unwrap().largest, 20 * 1_048_576);
        assert_eq!(folder(&[]), "hospes-attachments");
        assert_eq!(
            folder(&[("HOSPES_DATABASE_URL", "sqlite:///var/lib/h/a.db")]),
            "/var/lib/h/a-attachments"
        );
        let postgres = ("HOSPES_DATABASE_URL", "postgres://u:p@h/d");
        assert_eq!(folder(&[postgres, ("HOME", "/home/h")]), "/home/h/.local/share/hospes/attachments");
        assert_eq!(folder(&[postgres, ("HOSPES_ATTACHMENTS_DIR", "/srv/a")]), "/srv/a");
        assert!(read(&[postgres]).unwrap_err().starts_with("HOSPES_ATTACHMENTS_DIR must be set"));
    }

    #[test]
    fn a_store_needs_all_of_its_settings_and_tells_no_secret() {
        let all = [
            ("HOSPES_S3_ENDPOINT", "https://s3.example"),
            ("HOSPES_S3_BUCKET", "guests"),
            ("HOSPES_S3_KEY_ID", "AKID"),
            ("HOSPES_S3_SECRET", "hunter2"),
        ];
        assert!(!format!("{:?}", read(&all).unwrap()).contains("hunter2"));
        for left_out in 0..all.len() {
            let mut some = all.to_vec();
            let (name, _) = some.remove(left_out);
            assert!(read(&some).unwrap_err().starts_with(name), "{name}");
        }
        for endpoint in
            ["s3.example", "ftp://s3.example", "https://u:hunter2@s3.example", "https://h/?k=hunter2"]
        {
            let mut some = all.to_vec();
            some[0].1 = endpoint;
            let told = read(&some).unwrap_err();
            assert!(told.starts_with("HOSPES_S3_ENDPOINT ") && !told.contains("hunter2"), "{told}");
        }
    }
}
