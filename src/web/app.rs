//! The state every handler shares, and [`App::commit`], the only door for a mutation.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpResponse;

use crate::db::{Db, DbError, DbResult, Read, Tx};
use crate::kit::clock::{Clock, Instant};
use crate::kit::ids::Ids;
use crate::kit::seal::Sealer;
use crate::platform::blobs::Blobs;
use crate::platform::context::Ctx;
use crate::platform::idempotency::{self, Once, Reply, Seen};
use crate::platform::keys::{Claims, Keys};
use crate::platform::workers::Workers;
use crate::web::access::Principal;
use crate::web::limits::Limits;
use crate::web::problem::{self, Problem};
use crate::web::reply;

/// How long a principal is believed without asking the database: a suspended account is refused within this time.
const PRINCIPAL_CACHE: Duration = Duration::from_secs(1);
/// Principals kept at most; the whole cache is dropped beyond, as it lives a second anyway.
const PRINCIPALS_KEPT: usize = 10_000;

/// Passwords hashed at once, and waiting, before logins are answered 503 (SAFETY D12).
const PASSWORDS_AT_ONCE: usize = 2;
const PASSWORDS_WAITING: usize = 32;

/// Finds the principal of a token's claims; `None` when the account or the session is no longer good.
pub type LoadPrincipal = fn(&mut Read<'_>, &Claims, Instant) -> DbResult<Option<Principal>>;

/// Principals by group and session, with the time they were loaded.
type PrincipalCache = HashMap<(uuid::Uuid, uuid::Uuid), (Instant, Arc<Principal>)>;

/// Bounds that an operator, or a test, may choose.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long it is kept what became of each row of a job that has ended.
    pub job_rows_kept: Duration,
    /// Largest import, in bytes as sent and in bytes of text.
    pub largest_import: u64,
    /// Longest pause within the body of an import or an attachment.
    pub import_pause: Duration,
    /// Largest attachment, in bytes.
    pub largest_attachment: u64,
    /// Longest time the body of an attachment may take to arrive.
    pub attachment_deadline: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            job_rows_kept: Duration::from_secs(30 * 24 * 60 * 60),
            largest_import: 512 * 1024 * 1024,
            import_pause: Duration::from_secs(30),
            largest_attachment: 20 * 1024 * 1024,
            attachment_deadline: Duration::from_secs(5 * 60),
        }
    }
}

/// The state of the process.
pub struct App {
    /// The database.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Source of new ids.
    pub ids: Arc<dyn Ids>,
    /// Signing keys.
    pub keys: Arc<Keys>,
    /// Seals page cursors.
    pub cursors: Sealer,
    /// Seals refresh tokens.
    pub refresh_tokens: Sealer,
    /// Rate limits.
    pub limits: Limits,
    /// Where passwords are hashed: 38 ms of CPU each, so never on a worker that answers requests.
    pub password_workers: Workers,
    /// Bounds that were chosen.
    pub bounds: Bounds,
    /// Where contents are kept; nowhere unless set up.
    pub blobs: Blobs,
    load_principal: LoadPrincipal,
    principals: Mutex<PrincipalCache>,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        keys: Arc<Keys>,
        limits: Limits,
        load_principal: LoadPrincipal,
    ) -> Self {
        let (cursors, refresh_tokens) = (keys.sealer("cursor"), keys.sealer("refresh"));
        let password_workers = Workers::new(PASSWORDS_AT_ONCE, PASSWORDS_WAITING);
        let principals = Mutex::default();
        Self {
            db,
            clock,
            ids,
            keys,
            cursors,
            refresh_tokens,
            limits,
            password_workers,
            bounds: Bounds::default(),
            blobs: Blobs::nowhere(),
            load_principal,
            principals,
        }
    }

    /// The same with other bounds.
    #[must_use]
    pub fn bounded(self, bounds: Bounds) -> Self {
        Self { bounds, ..self }
    }

    /// The same with a store of contents.
    #[must_use]
    pub fn storing(self, blobs: Blobs) -> Self {
        Self { blobs, ..self }
    }

    /// The caller behind an access token.
    ///
    /// # Errors
    /// 401 when the token, the session or the account is not good; 503 when the database cannot be asked.
    pub async fn principal(&self, token: &str) -> Result<Arc<Principal>, Problem> {
        let now = self.clock.now();
        let claims = self.keys.verify(token, now).map_err(|_| Problem::unauthenticated())?;
        let cached = |key: &(uuid::Uuid, uuid::Uuid)| {
            let cache = self.principals.lock().unwrap_or_else(PoisonError::into_inner);
            let (at, principal) = cache.get(key)?;
            (now.since(*at) < PRINCIPAL_CACHE && now >= *at).then(|| Arc::clone(principal))
        };
        let key = (claims.gid, claims.sid);
        if let Some(principal) = cached(&key).filter(|principal| principal.staff.0 == claims.sub) {
            return Ok(principal);
        }
        let load = self.load_principal;
        let found = self.db.read(move |r| load(r, &claims, now)).await.map_err(Problem::from)?;
        let principal = Arc::new(found.ok_or_else(Problem::unauthenticated)?);
        let mut cache = self.principals.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= PRINCIPALS_KEPT {
            cache.clear();
        }
        cache.insert(key, (now, Arc::clone(&principal)));
        Ok(principal)
    }

    /// Forgets what is cached of a session, so that its end is seen at once by this process.
    pub fn forget_principals(&self) {
        self.principals.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Reads from the database.
    ///
    /// # Errors
    /// What `work` answers, as a problem.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: From<DbError> + Into<Problem> + Send + 'static,
        F: FnOnce(&mut Read<'_>) -> Result<T, E> + Send + 'static,
    {
        self.db.read(work).await.map_err(Into::into)
    }

    /// Runs a mutation: idempotency record, effect, audit row and event row in one transaction. A key seen before
    /// answers what it answered then.
    ///
    /// # Errors
    /// What `effect` answers, as a problem; 422 when the key was used with another request.
    pub async fn commit<E, F>(&self, cx: Ctx, once: Option<Once>, effect: F) -> Result<HttpResponse, Problem>
    where
        E: From<DbError> + Into<Problem> + Send + 'static,
        F: FnOnce(&mut Tx<'_>, &Ctx) -> Result<Reply, E> + Send + 'static,
    {
        let done = self.db.write(move |tx| run(tx, &cx, once.as_ref(), effect)).await;
        match done {
            Ok((answer, replayed)) => Ok(reply::respond(&answer, replayed)),
            Err(Refused::Effect(error)) => Err(error.into()),
            Err(Refused::Database(error)) => Err(error.into()),
            Err(Refused::KeyReused) => Err(Problem::new(problem::IDEMPOTENCY_KEY_REUSED)),
        }
    }
}

/// Why a mutation did not happen.
enum Refused<E> {
    Effect(E),
    Database(DbError),
    KeyReused,
}

impl<E> From<DbError> for Refused<E> {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

fn run<E>(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    once: Option<&Once>,
    effect: impl FnOnce(&mut Tx<'_>, &Ctx) -> Result<Reply, E>,
) -> Result<(Reply, bool), Refused<E>> {
    let Some(once) = once else {
        return Ok((effect(tx, cx).map_err(Refused::Effect)?, false));
    };
    match idempotency::take(tx, cx, once)? {
        Seen::Same(reply) => Ok((reply, true)),
        Seen::Other => Err(Refused::KeyReused),
        Seen::New => {
            let reply = effect(tx, cx).map_err(Refused::Effect)?;
            idempotency::keep(tx, cx, once, &reply)?;
            Ok((reply, false))
        }
    }
}
