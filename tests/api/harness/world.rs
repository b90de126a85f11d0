//! Two hotel groups with staff, and the application over them.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use diesel::prelude::*;
use futures_util::future::LocalBoxFuture;
use hospes::db::schema::{departments, groups, hotels, memberships, sequencer_heads, sessions, staff};
use hospes::db::types::Json;
use hospes::db::{Db, DbError, Reads, Tx};
use hospes::kit::clock::{Clock, Instant, SetClock};
use hospes::kit::ids::{
    DepartmentId, GroupId, HotelId, Ids, MembershipId, SessionId, StaffId, TimeOrderedIds, WorkerId,
};
use hospes::platform::blobs::Blobs;
use hospes::platform::keys::Keys;
use hospes::platform::sequencer;
use hospes::web::app::{App, Bounds};
use hospes::web::limits::Limits;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::database::{Backend, TestDatabase};

type Call = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>;

/// A caller.
#[derive(Debug, Clone)]
pub struct Person {
    pub token: String,
    pub staff: Uuid,
    pub session: Uuid,
    pub group: GroupId,
}

/// A group with two hotels.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    pub id: GroupId,
    pub hotel: HotelId,
    pub other_hotel: HotelId,
    pub department: DepartmentId,
}

/// Everything a test needs.
pub struct World {
    pub app: Data<App>,
    pub clock: Arc<SetClock>,
    /// The group most tests act in.
    pub home: Group,
    /// A foreign group.
    pub foreign: Group,
    call: Call,
    keys_made: Cell<u32>,
    database: TestDatabase,
    keys: tempfile::TempDir,
}

/// Password of everybody.
pub const PASSWORD: &str = "mauve-lantern-42-river";
static PASSWORD_HASH: LazyLock<String> =
    LazyLock::new(|| hospes::staff::passwords::hash(&PASSWORD.to_owned().into()).unwrap());

/// 2026-11-21T08:00:00Z.
pub const START: Instant = Instant::from_micros(1_795_248_000_000_000);

impl World {
    pub async fn new(backend: Backend) -> Self {
        Self::with_limit(backend, 1_000_000, &[]).await
    }

    /// A world whose server takes `per_minute` requests a minute from a client, and pages of other origins.
    pub async fn with_limit(backend: Backend, per_minute: u32, origins: &[String]) -> Self {
        Self::with(backend, per_minute, origins, Bounds::default()).await
    }

    /// A world whose server has other bounds.
    pub async fn bounded(backend: Backend, bounds: Bounds) -> Self {
        Self::with(backend, 1_000_000, &[], bounds).await
    }

    async fn with(backend: Backend, per_minute: u32, origins: &[String], bounds: Bounds) -> Self {
        let database = TestDatabase::new(backend);
        let clock = Arc::new(SetClock::new(START));
        let keys = tempfile::tempdir().unwrap();
        let (app, call) = serve(&database, &clock, &keys, per_minute, origins, bounds).await;
        let (home, foreign) = (make_group(&app.db, "home").await, make_group(&app.db, "foreign").await);
        Self { app, clock, home, foreign, call, keys_made: Cell::new(0), database, keys }
    }

    /// The same installation behind a server started anew: nothing but database and key directory is left.
    pub async fn restarted(self) -> Self {
        let (app, call) =
            serve(&self.database, &self.clock, &self.keys, 1_000_000, &[], self.app.bounds).await;
        Self { app, call, ..self }
    }

    /// Where the signing keys are.
    pub fn keys_dir(&self) -> std::path::PathBuf {
        self.keys.path().join("keys")
    }

    /// Where contents are kept.
    pub fn contents_dir(&self) -> std::path::PathBuf {
        self.keys.path().join("attachments")
    }

    /// The same installation with another store of contents.
    pub async fn storing(self, blobs: Blobs) -> Self {
        let bounds = self.app.bounds;
        let (app, call) = over(&self.database, &self.clock, &self.keys, 1_000_000, &[], bounds, blobs).await;
        Self { app, call, ..self }
    }

    /// Someone with a role in the whole home group.
    pub async fn staff(&self, role: &str) -> Person {
        self.staff_at(self.home, None, role).await
    }

    /// Someone with a role at one hotel, or in a whole group.
    pub async fn staff_at(&self, group: Group, hotel: Option<HotelId>, role: &str) -> Person {
        let (staff_id, session_id) = (TimeOrderedIds.next(), TimeOrderedIds.next());
        let role = role.to_owned();
        let now = self.clock.now();
        write(&self.app.db, move |tx| {
            diesel::insert_into(staff::table)
                .values((
                    staff::group_id.eq(group.id),
                    staff::id.eq(StaffId(staff_id)),
                    staff::email.eq(format!("{staff_id}@example.com")),
                    staff::display_name.eq(format!("{role} {}", group.id)),
                    staff::language.eq("en"),
                    staff::status.eq("active"),
                    staff::password_hash.eq(PASSWORD_HASH.as_str()),
                    staff::version.eq(1_i64),
                    staff::created_at.eq(now),
                    staff::updated_at.eq(now),
                ))
                .execute(tx.conn())?;
            diesel::insert_into(memberships::table)
                .values((
                    memberships::group_id.eq(group.id),
                    memberships::id.eq(MembershipId(TimeOrderedIds.next())),
                    memberships::staff_id.eq(StaffId(staff_id)),
                    memberships::hotel_id.eq(hotel),
                    memberships::role.eq(&role),
                    memberships::created_at.eq(now),
                ))
                .execute(tx.conn())?;
            diesel::insert_into(sessions::table)
                .values((
                    sessions::group_id.eq(group.id),
                    sessions::id.eq(SessionId(session_id)),
                    sessions::staff_id.eq(StaffId(staff_id)),
                    sessions::generation.eq(1_i64),
                    sessions::rotated_at.eq(now),
                    sessions::created_at.eq(now),
                    sessions::expires_at.eq(now.plus(std::time::Duration::from_secs(86_400 * 30))),
                ))
                .execute(tx.conn())?;
            Ok(())
        })
        .await;
        let claims =
            self.app.keys.claims(staff_id, group.id.0, session_id, TimeOrderedIds.next(), self.clock.now());
        let token = self.app.keys.sign(&claims).unwrap();
        Person { token, staff: staff_id, session: session_id, group: group.id }
    }

    /// The same caller with a token that is good now: one ends ten minutes after it was made.
    pub fn renewed(&self, person: &Person) -> Person {
        let (group, id) = (person.group.0, TimeOrderedIds.next());
        let claims = self.app.keys.claims(person.staff, group, person.session, id, self.clock.now());
        Person { token: self.app.keys.sign(&claims).unwrap(), ..person.clone() }
    }

    /// Numbers every event and chains every audit row of a group.
    pub async fn sequence(&self, group: GroupId) {
        let worker = WorkerId(Uuid::nil());
        loop {
            let now = self.clock.now();
            let done = self.app.db.write(move |tx| sequencer::round(tx, group, worker, now)).await.unwrap();
            if done == sequencer::Round::default() {
                return;
            }
        }
    }

    /// A new idempotency key.
    pub fn key(&self) -> String {
        self.keys_made.set(self.keys_made.get() + 1);
        format!("test-key-{:016}", self.keys_made.get())
    }

    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request { world: self, request: TestRequest::default().method(method).uri(path) }
    }

    pub fn get(&self, path: &str) -> Request<'_> {
        self.request(Method::GET, path)
    }

    /// A POST with an idempotency key.
    pub fn post(&self, path: &str) -> Request<'_> {
        self.request(Method::POST, path).header("idempotency-key", &self.key())
    }

    pub fn patch(&self, path: &str) -> Request<'_> {
        self.request(Method::PATCH, path)
    }

    pub fn put(&self, path: &str) -> Request<'_> {
        self.request(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Request<'_> {
        self.request(Method::DELETE, path)
    }

    /// Creates a guest and returns it; look-alikes are allowed.
    pub async fn guest(&self, by: &Person, body: Value) -> Value {
        self.post("/v1/guests").by(by).header("x-allow-duplicate", "true").json(&body).await.ok(201)
    }

    /// Creates a guest with a Chinese name.
    pub async fn named(&self, by: &Person, surname: &str, given: &str) -> Value {
        self.guest(by, json!({"names": [{"surname": surname, "given_name": given}]})).await
    }
}

/// A request being put together; `.send()`, `.json(…)` or `.body(…)` sends it.
pub struct Request<'w> {
    world: &'w World,
    request: TestRequest,
}

impl Request<'_> {
    pub fn by(self, person: &Person) -> Self {
        self.token(&person.token)
    }

    /// Sends any text as the access token.
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Comes from an address, for what is counted by address.
    pub fn at_address(mut self, address: std::net::SocketAddr) -> Self {
        self.request = self.request.peer_addr(address);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.insert_header((name, value));
        self
    }

    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    pub async fn send(self) -> Answer {
        (self.world.call)(self.request).await
    }

    pub async fn json(self, body: &Value) -> Answer {
        self.body("application/json", body.to_string()).await
    }

    pub async fn body(self, media: &str, body: impl Into<actix_web::web::Bytes>) -> Answer {
        let request = self.request.insert_header(("content-type", media)).set_payload(body);
        (self.world.call)(request).await
    }
}

pub async fn write(db: &Db, work: impl FnOnce(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static) {
    db.write(work).await.unwrap();
}

async fn serve(
    database: &TestDatabase,
    clock: &Arc<SetClock>,
    keys: &tempfile::TempDir,
    per_minute: u32,
    origins: &[String],
    bounds: Bounds,
) -> (Data<App>, Call) {
    let blobs = Blobs::on_disk(keys.path().join("attachments"));
    over(database, clock, keys, per_minute, origins, bounds, blobs).await
}

async fn over(
    database: &TestDatabase,
    clock: &Arc<SetClock>,
    keys: &tempfile::TempDir,
    per_minute: u32,
    origins: &[String],
    bounds: Bounds,
    blobs: Blobs,
) -> (Data<App>, Call) {
    let db = Db::open(&database.url, None, 8).unwrap();
    let keys = Arc::new(Keys::open(&keys.path().join("keys"), &TimeOrderedIds).unwrap());
    let limits = Limits::new(per_minute.try_into().unwrap(), vec![]);
    let shown: Arc<dyn Clock> = clock.clone();
    let app = App::new(db, shown, Arc::new(TimeOrderedIds), keys, limits, hospes::staff::api::principal);
    let app = app.bounded(bounds).storing(blobs);
    let app = Data::new(app);
    hospes::app::publish();
    let service = Rc::new(init_service(hospes::app::build(app.clone(), origins)).await);
    let call: Call = Rc::new(move |request: TestRequest| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let response = actix_web::test::call_service(&*service, request.to_request()).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = actix_web::test::read_body(response).await.to_vec();
            Answer { status, headers, bytes }
        })
    });
    (app, call)
}

async fn make_group(db: &Db, code: &str) -> Group {
    let group = Group {
        id: GroupId(TimeOrderedIds.next()),
        hotel: HotelId(TimeOrderedIds.next()),
        other_hotel: HotelId(TimeOrderedIds.next()),
        department: DepartmentId(TimeOrderedIds.next()),
    };
    let code = code.to_owned();
    write(db, move |tx| {
        diesel::insert_into(groups::table)
            .values((
                groups::group_id.eq(group.id),
                groups::code.eq(&code),
                groups::name.eq(&code),
                groups::is_demo.eq(false),
                groups::created_at.eq(START),
            ))
            .execute(tx.conn())?;
        diesel::insert_into(sequencer_heads::table)
            .values((
                sequencer_heads::group_id.eq(group.id),
                sequencer_heads::event_position.eq(0_i64),
                sequencer_heads::audit_position.eq(0_i64),
                sequencer_heads::audit_hash.eq(sequencer::GENESIS),
            ))
            .execute(tx.conn())?;
        for (id, name) in [(group.hotel, "first"), (group.other_hotel, "second")] {
            diesel::insert_into(hotels::table)
                .values((
                    hotels::group_id.eq(group.id),
                    hotels::id.eq(id),
                    hotels::code.eq(name),
                    hotels::names
                        .eq(Json(json!({"en": format!("{code} {name}"), "zh-CN": format!("{code} {name}")}))),
                    hotels::time_zone.eq("Asia/Shanghai"),
                    hotels::currency.eq("CNY"),
                    hotels::default_language.eq("zh-CN"),
                    hotels::status.eq("active"),
                    hotels::version.eq(1_i64),
                    hotels::created_at.eq(START),
                    hotels::updated_at.eq(START),
                ))
                .execute(tx.conn())?;
        }
        let other = DepartmentId(TimeOrderedIds.next());
        for (id, hotel) in [(group.department, group.hotel), (other, group.other_hotel)] {
            diesel::insert_into(departments::table)
                .values((
                    departments::group_id.eq(group.id),
                    departments::id.eq(id),
                    departments::hotel_id.eq(hotel),
                    departments::code.eq("front-office"),
                    departments::names.eq(Json(json!({"en": "Front office"}))),
                    departments::status.eq("active"),
                    departments::version.eq(1_i64),
                    departments::created_at.eq(START),
                    departments::updated_at.eq(START),
                ))
                .execute(tx.conn())?;
        }
        Ok(())
    })
    .await;
    group
}
