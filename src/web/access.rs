//! Who calls and whether they may: the principal behind an access token, and [`Can`], the permission extractor.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use sha2::{Digest, Sha256};

use crate::kit::ids::{ActorId, GroupId, HotelId, SessionId, StaffId};
use crate::platform::context::{Actor, ActorKind, Ctx, Sight};
use crate::platform::scopes::Scope;
use crate::web::app::App;
use crate::web::frame::RequestId;
use crate::web::problem::Problem;

/// What one membership grants, and where.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The hotel; `None` for the whole group.
    pub hotel: Option<HotelId>,
    /// Scopes of the role.
    pub scopes: &'static [Scope],
}

/// A caller whose token is good.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Its group: the tenant.
    pub group: GroupId,
    /// Its account.
    pub staff: StaffId,
    /// The login its token came from.
    pub session: SessionId,
    /// What it may do, and where.
    pub grants: Vec<Grant>,
}

impl Principal {
    /// The hotels where the caller has a scope; `None` when it has the scope nowhere.
    pub fn sight(&self, scope: Scope) -> Option<Sight> {
        let mut hotels = Vec::new();
        for grant in self.grants.iter().filter(|grant| grant.scopes.contains(&scope)) {
            match grant.hotel {
                None => return Some(Sight::WholeGroup),
                Some(hotel) => hotels.push(hotel),
            }
        }
        if hotels.is_empty() { None } else { Some(Sight::Hotels(hotels)) }
    }

    /// Digest of what the caller may do, and where: the same as long as no membership and no role of it changes.
    pub fn authority(&self) -> [u8; 32] {
        let mut grants: Vec<String> = self.grants.iter().map(grant_text).collect();
        grants.sort();
        Sha256::digest(grants.join("\n")).into()
    }

    /// Every scope the caller has somewhere, in the order of their declaration.
    pub fn scopes(&self) -> Vec<Scope> {
        Scope::ALL.iter().copied().filter(|scope| self.sight(*scope).is_some()).collect()
    }
}

fn grant_text(grant: &Grant) -> String {
    let hotel = grant.hotel.map_or_else(|| "*".to_owned(), |hotel| hotel.to_string());
    let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.code()).collect();
    format!("{hotel} {}", scopes.join(" "))
}

/// A scope as a type, so that a handler states its permission in its signature.
pub trait Needs {
    /// The scope.
    const SCOPE: Scope;
}

/// Declares the marker types of scopes.
macro_rules! needs {
    ($($name:ident),+ $(,)?) => { $(
        #[doc = concat!("Stands for [`Scope::", stringify!($name), "`] in a signature.")]
        pub struct $name;
        impl Needs for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+ };
}

needs!(
    AuditRead,
    ComplaintsAssign,
    ComplaintsDecide,
    ComplaintsImport,
    ComplaintsMerge,
    ComplaintsRead,
    ComplaintsWrite,
    ComplaintSettingsRead,
    ComplaintSettingsWrite,
    ConsentsRead,
    ConsentsWrite,
    DuplicatesRead,
    DuplicatesWrite,
    DutyRead,
    DutyWrite,
    EventsRead,
    GuestsArchive,
    GuestsExport,
    GuestsImport,
    GuestsMerge,
    GuestsRead,
    GuestsRestrict,
    GuestsWrite,
    HotelsRead,
    HotelsWrite,
    NotesRead,
    NotesWrite,
    PartnersRead,
    PartnersWrite,
    PlansRead,
    PlansWrite,
    PreferencesConfigure,
    PreferencesRead,
    PreferencesWrite,
    ProblemsRead,
    ProblemsWrite,
    RecoveryConfigure,
    RecoveryRead,
    ReportsRead,
    ServiceLevelsRead,
    ServiceLevelsWrite,
    StaffRead,
    StaffWrite,
    StaysImport,
    StaysRead,
    StaysWrite,
);

/// A caller that has a scope.
pub struct Can<S> {
    /// The caller.
    pub principal: Arc<Principal>,
    /// Its context for the service: what it may see with this scope, and the time of the request.
    pub cx: Ctx,
    scope: PhantomData<S>,
}

impl<S: Needs + 'static> FromRequest for Can<S> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identified(request).and_then(|(app, principal)| {
            let sight = principal.sight(S::SCOPE).ok_or_else(|| Problem::forbidden(S::SCOPE.code()))?;
            let cx = context(&app, &principal, sight, request);
            Ok(Self { principal, cx, scope: PhantomData })
        }))
    }
}

/// A caller whose token is good, whatever it may do.
pub struct Caller {
    /// The caller.
    pub principal: Arc<Principal>,
    /// Its context, which sees nothing of any hotel but the group's own objects.
    pub cx: Ctx,
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(identified(request).map(|(app, principal)| {
            let cx = context(&app, &principal, Sight::Hotels(Vec::new()), request);
            Self { principal, cx }
        }))
    }
}

/// What the gate found out about the caller. Extractors only look it up: being ready at once and first in a handler's
/// signature, who calls is judged before anything that is sent.
struct Identified(Result<Arc<Principal>, Problem>);

/// Finds out who calls and keeps it with the request; nothing is refused here, as some operations need nobody.
pub async fn identify(app: &App, request: &HttpRequest) {
    if let Some(token) = bearer(request) {
        let found = app.principal(token).await;
        request.extensions_mut().insert(Identified(found));
    }
}

fn identified(request: &HttpRequest) -> Result<(web::Data<App>, Arc<Principal>), Problem> {
    let app = request.app_data::<web::Data<App>>().cloned().ok_or_else(Problem::unauthenticated)?;
    let principal = match request.extensions().get::<Identified>() {
        Some(Identified(found)) => found.clone(),
        None => Err(Problem::unauthenticated()),
    };
    Ok((app, principal?))
}

/// What the caller of a request may do, as a digest; of nobody when there is no good token.
pub fn authority(request: &HttpRequest) -> [u8; 32] {
    identified(request).map(|(_, principal)| principal.authority()).unwrap_or_default()
}

/// The token of an `Authorization: Bearer` header.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn context(app: &App, principal: &Principal, sight: Sight, request: &HttpRequest) -> Ctx {
    Ctx {
        group: principal.group,
        actor: Actor { kind: ActorKind::Staff, id: ActorId(principal.staff.0) },
        sight,
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        now: app.clock.now(),
        ids: Arc::clone(&app.ids),
    }
}
