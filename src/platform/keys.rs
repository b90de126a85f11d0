//! Secrets of the installation: token signing keys and the master secret, files in a directory of their own.
//!
//! One file a signing key, `<kid>.pk8` (Ed25519, PKCS #8). The newest signs, all verify; a new file makes a
//! rotation, a removed file retires its key. `<kid>.pub` beside it is its public half: it stays when the key is
//! retired, as statements signed with it (see [`super::anchors`]) are checked for years. `master.secret` seals cursors
//! and refresh tokens.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context as _;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::SecretBox;
use serde::{Deserialize, Serialize};

use crate::kit::clock::{Instant, Stopwatch};
use crate::kit::ids::Ids;
use crate::kit::seal::Sealer;

/// How long an access token is good, in seconds (SAFETY S8: a stolen one is useless after ten minutes).
pub const ACCESS_SECONDS: i64 = 600;
/// Clock difference forgiven between servers, in seconds (SAFETY S6: at most 30).
const LEEWAY_SECONDS: u64 = 10;
/// Shortest time between two looks into the directory, so that forged key ids cannot keep the disk busy.
const RELOAD_EVERY: std::time::Duration = std::time::Duration::from_millis(500);
/// Longest token looked at, in bytes.
const LONGEST_TOKEN: usize = 4_096;
/// Media type of access tokens (RFC 9068 2.1).
const TOKEN_TYPE: &str = "at+jwt";
/// Issuer and audience of tokens unless configured.
pub const ISSUER: &str = "hospes";

/// Claims of an access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
    /// Staff account.
    pub sub: uuid::Uuid,
    /// Hotel group.
    pub gid: uuid::Uuid,
    /// Session: the login this token came from.
    pub sid: uuid::Uuid,
    /// Issued at, seconds since 1970.
    pub iat: i64,
    /// Not good before.
    pub nbf: i64,
    /// Not good from then on.
    pub exp: i64,
    /// Id of this very token.
    pub jti: uuid::Uuid,
}

/// Why a token was refused; never shown to the caller in detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct BadToken;

/// A public key as published (RFC 7517, RFC 8037).
#[derive(Debug, Clone, Serialize)]
pub struct PublicKey {
    /// Key type: `OKP`.
    pub kty: &'static str,
    /// Curve: `Ed25519`.
    pub crv: &'static str,
    /// Use: `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Algorithm: `EdDSA`.
    pub alg: &'static str,
    /// Key id.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

/// A signature under a text, and the key it was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Id of the key.
    pub key_id: String,
    /// The signature, base64url.
    pub text: String,
}

/// What is to be said of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attested {
    /// The key made it for this text.
    Good,
    /// It was made for another text, or not with this key.
    Forged,
    /// The directory has no key of that id.
    UnknownKey,
}

struct SigningKey {
    pair: Ed25519KeyPair,
    encode: EncodingKey,
    decode: DecodingKey,
    public: PublicKey,
}

struct Loaded {
    keys: BTreeMap<String, Arc<SigningKey>>,
    at: Stopwatch,
}

/// The key directory of a running process.
pub struct Keys {
    dir: PathBuf,
    issuer: String,
    loaded: RwLock<Loaded>,
    master: SecretBox<Vec<u8>>,
}

impl Keys {
    /// Opens the directory, making it with a first signing key and master secret when it is new.
    ///
    /// # Errors
    /// When the directory cannot be made or read, a file of it is readable by others, or a key is damaged.
    pub fn open(dir: &Path, ids: &dyn Ids) -> anyhow::Result<Self> {
        make_private_dir(dir)?;
        let master_path = dir.join("master.secret");
        if !master_path.exists() {
            let mut secret = [0_u8; 32];
            fill_random(&mut secret)?;
            write_private(&master_path, &secret)?;
        }
        let master = read_private(&master_path)?;
        anyhow::ensure!(master.len() >= 32, "{} is too short: 32 bytes at least", master_path.display());
        let mut keys = load(dir)?;
        if keys.is_empty() {
            rotate(dir, ids)?;
            keys = load(dir)?;
        }
        for (kid, key) in &keys {
            keep_public(dir, kid, &key.public.x)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            issuer: ISSUER.to_owned(),
            loaded: RwLock::new(Loaded { keys, at: Stopwatch::start() }),
            master: SecretBox::new(Box::new(master)),
        })
    }

    /// Seals for one purpose.
    pub fn sealer(&self, purpose: &str) -> Sealer {
        Sealer::new(&self.master, purpose)
    }

    /// Signs an access token for a session.
    ///
    /// # Errors
    /// When no signing key is left.
    pub fn sign(&self, claims: &Claims) -> anyhow::Result<String> {
        self.refresh(false);
        let (kid, key) = self
            .with(|keys| keys.last_key_value().map(|(kid, key)| (kid.clone(), Arc::clone(key))))
            .context("no signing key is left")?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TOKEN_TYPE.to_owned());
        header.kid = Some(kid);
        Ok(jsonwebtoken::encode(&header, claims, &key.encode)?)
    }

    /// Claims for a token issued at `now`.
    pub fn claims(
        &self,
        sub: uuid::Uuid,
        gid: uuid::Uuid,
        sid: uuid::Uuid,
        jti: uuid::Uuid,
        now: Instant,
    ) -> Claims {
        let iat = now.unix_seconds();
        let (iss, aud) = (self.issuer.clone(), self.issuer.clone());
        Claims { iss, aud, sub, gid, sid, iat, nbf: iat, exp: iat.saturating_add(ACCESS_SECONDS), jti }
    }

    /// Reads an access token: algorithm, type, key, signature, issuer, audience and times are all checked.
    ///
    /// # Errors
    /// [`BadToken`], whatever is wrong.
    pub fn verify(&self, token: &str, now: Instant) -> Result<Claims, BadToken> {
        if token.len() > LONGEST_TOKEN {
            return Err(BadToken);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| BadToken)?;
        let plain = header.alg == Algorithm::EdDSA
            && header.typ.as_deref() == Some(TOKEN_TYPE)
            && header.jku.is_none()
            && header.jwk.is_none()
            && header.x5u.is_none()
            && header.x5c.is_none()
            && header.crit.is_none()
            && header.extras == Default::default();
        let kid = header.kid.filter(|_| plain).ok_or(BadToken)?;
        self.refresh(false);
        let key = self.find(&kid).or_else(|| {
            self.refresh(true);
            self.find(&kid)
        });
        let key = key.ok_or(BadToken)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.issuer]);
        rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The times are checked below, against the clock that was passed in.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decode, &rules).map_err(|_| BadToken)?.claims;
        let leeway = i64::try_from(LEEWAY_SECONDS).unwrap_or(0);
        let seconds = now.unix_seconds();
        let good = claims.nbf <= seconds.saturating_add(leeway)
            && claims.iat <= seconds.saturating_add(leeway)
            && seconds < claims.exp.saturating_add(leeway)
            && claims.exp.saturating_sub(claims.iat) <= ACCESS_SECONDS;
        if good { Ok(claims) } else { Err(BadToken) }
    }

    /// Signs a text that is no token, with the newest key. No text that can be read as a token (RFC 7515: base64url,
    /// dot, base64url) is signed here: a statement must never open a door.
    ///
    /// # Errors
    /// When the text could be a token, or no signing key is left.
    pub fn attest(&self, text: &str) -> anyhow::Result<Signature> {
        anyhow::ensure!(text.contains(' '), "a text without a blank may be a token");
        self.refresh(false);
        let (key_id, key) = self
            .with(|keys| keys.last_key_value().map(|(kid, key)| (kid.clone(), Arc::clone(key))))
            .context("no signing key is left")?;
        Ok(Signature { key_id, text: URL_SAFE_NO_PAD.encode(key.pair.sign(text.as_bytes())) })
    }

    /// Judges a signature under a text. Keys that were retired count, too.
    ///
    /// # Errors
    /// When a public key cannot be read.
    pub fn attested(&self, text: &str, signature: &Signature) -> anyhow::Result<Attested> {
        // An id is a plain name: nothing outside the directory is read for one that is not.
        if uuid::Uuid::try_parse(&signature.key_id).is_err() {
            return Ok(Attested::UnknownKey);
        }
        let path = self.dir.join(format!("{}.pub", signature.key_id));
        let public = match std::fs::read_to_string(&path) {
            Ok(public) => URL_SAFE_NO_PAD.decode(public.trim()).unwrap_or_default(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Attested::UnknownKey),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let made = URL_SAFE_NO_PAD.decode(&signature.text).unwrap_or_default();
        let good = UnparsedPublicKey::new(&ED25519, public).verify(text.as_bytes(), &made).is_ok();
        Ok(if good { Attested::Good } else { Attested::Forged })
    }

    /// The public keys, newest last.
    pub fn published(&self) -> Vec<PublicKey> {
        self.refresh(false);
        self.with(|keys| keys.values().map(|key| key.public.clone()).collect())
    }

    fn find(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.with(|keys| keys.get(kid).map(Arc::clone))
    }

    fn with<T>(&self, read: impl FnOnce(&BTreeMap<String, Arc<SigningKey>>) -> T) -> T {
        read(&self.loaded.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    /// Looks into the directory again: at once for an unknown key, else every few seconds.
    fn refresh(&self, unknown: bool) {
        let age = self.loaded.read().unwrap_or_else(PoisonError::into_inner).at.elapsed();
        if age < RELOAD_EVERY || (!unknown && age < RELOAD_EVERY * 4) {
            return;
        }
        match load(&self.dir) {
            Ok(keys) => {
                *self.loaded.write().unwrap_or_else(PoisonError::into_inner) =
                    Loaded { keys, at: Stopwatch::start() }
            }
            Err(error) => log::error!("the key directory cannot be read: {error:#}"),
        }
    }
}

/// Adds a signing key, which signs from now on; older keys go on verifying. Returns its id.
///
/// # Errors
/// When the key cannot be made or written.
pub fn rotate(dir: &Path, ids: &dyn Ids) -> anyhow::Result<String> {
    let kid = ids.next().to_string();
    let pkcs8 =
        Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()).context("cannot make a signing key")?;
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref())
        .map_err(|_| anyhow::anyhow!("cannot read the signing key just made"))?;
    keep_public(dir, &kid, &URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()))?;
    write_private(&dir.join(format!("{kid}.pk8")), pkcs8.as_ref())?;
    Ok(kid)
}

/// Keeps the public half of a key beside it, unless it is there.
fn keep_public(dir: &Path, kid: &str, public: &str) -> anyhow::Result<()> {
    let path = dir.join(format!("{kid}.pub"));
    if path.exists() { Ok(()) } else { write_private(&path, public.as_bytes()) }
}

/// Removes a signing key: tokens signed with it are refused at once.
///
/// # Errors
/// When there is no such key, or it is the only one.
pub fn retire(dir: &Path, kid: &str) -> anyhow::Result<()> {
    let keys = load(dir)?;
    anyhow::ensure!(keys.contains_key(kid), "there is no signing key {kid}");
    anyhow::ensure!(keys.len() > 1, "the only signing key cannot be retired: rotate first");
    std::fs::remove_file(dir.join(format!("{kid}.pk8"))).context("cannot remove the key file")
}

fn load(dir: &Path) -> anyhow::Result<BTreeMap<String, Arc<SigningKey>>> {
    let mut keys = BTreeMap::new();
    for entry in std::fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "pk8") {
            continue;
        }
        let Some(kid) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
        let pkcs8 = read_private(&path)?;
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8)
            .map_err(|_| anyhow::anyhow!("{} is not an Ed25519 key", path.display()))?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let key = SigningKey {
            pair,
            encode: EncodingKey::from_ed_der(&pkcs8),
            decode: DecodingKey::from_ed_components(&x)?,
            public: PublicKey { kty: "OKP", crv: "Ed25519", usage: "sig", alg: "EdDSA", kid: kid.clone(), x },
        };
        keys.insert(kid, Arc::new(key));
    }
    Ok(keys)
}

#[expect(clippy::disallowed_methods, reason = "keys are made here and nowhere else")]
fn fill_random(bytes: &mut [u8]) -> anyhow::Result<()> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| anyhow::anyhow!("the system gives no random numbers"))
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.with_context(|| format!("cannot make the key directory {}", dir.display()))
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the key directory {}", dir.display()))
}

fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    // Written beside its name first: a crash must not leave half a key under a name that is loaded.
    let partial = path.with_extension("partial");
    let mut file = options.open(&partial).with_context(|| format!("cannot write {}", partial.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path).with_context(|| format!("cannot write {}", path.display()))
}

fn read_private(path: &Path) -> anyhow::Result<Vec<u8>> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .permissions()
            .mode();
        anyhow::ensure!(mode & 0o077 == 0, "{} may be read by others: chmod 600 it", path.display());
    }
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
