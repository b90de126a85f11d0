//! Where the secrets of the installation are.

use std::path::PathBuf;

use super::{Invalid, Setting, Variables};

/// Settings of the secrets.
pub const SETTINGS: &[Setting] = &[Setting {
    name: DIR,
    default: "$XDG_DATA_HOME/hospes/keys or ~/.local/share/hospes/keys",
    meaning: "directory of the signing keys and the master secret, made on first start; an absolute path",
}];

const DIR: &str = "HOSPES_KEYS_DIR";

/// The directory of signing keys and master secret.
#[derive(Debug, Clone)]
pub struct KeysDir(pub PathBuf);

impl KeysDir {
    /// Reads and checks where the directory is.
    ///
    /// # Errors
    /// When the path is relative, or there is no home to make one in.
    pub fn read(variables: &Variables) -> Result<Self, Invalid> {
        if let Some(value) = variables.get(DIR) {
            let path = PathBuf::from(value);
            // A relative path would leave keys wherever the server was started, a source tree for example.
            return if path.is_absolute() {
                Ok(Self(path))
            } else {
                Err(Invalid::new(DIR, format!("must be an absolute path, not {value:?}")))
            };
        }
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let data = variables.get("XDG_DATA_HOME").map(PathBuf::from).and_then(absolute);
        let home =
            || variables.get("HOME").map(|home| PathBuf::from(home).join(".local/share")).and_then(absolute);
        match data.or_else(home) {
            Some(data) => Ok(Self(data.join("hospes/keys"))),
            None => Err(Invalid::new(
                DIR,
                "must be set, because neither XDG_DATA_HOME nor HOME says where to keep keys",
            )),
        }
    }
}
