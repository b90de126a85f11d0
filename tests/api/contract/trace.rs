//! Every mutation leaves exactly one audit row and one event, shown for every operation that is no GET.

use std::collections::BTreeSet;

use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::{audit_entries, events};
use hospes::platform::events::TYPES;
use rstest::rstest;
use serde_json::{Value, json};

use crate::authorization::driver::{Operation, Owner, fresh, operation, operations, path};
use crate::authorization::policy::row_of;
use crate::harness::world::Group;
use crate::harness::{Answer, Backend, Person, World};

/// Operations that change nothing anybody else can see.
const READ_ONLY: [&str; 10] = [
    "invite_rating",
    "preview_rating",
    "match_guests",
    "preview_merge",
    "preview_unmerge",
    "suggest_complaint_categories",
    "preview_complaint_routing",
    "preview_service_levels",
    "draft_complaint_message",
    "render_message_template",
];
/// A new token for an old session is no change; the login that began it was.
const UNTRACED: [&str; 1] = ["refresh"];
/// Shown by a scenario of their own, as they need a password.
const WITH_PASSWORD: [&str; 3] = ["login", "logout", "change_password"];
/// Reads that leave a trace: data leaves the house.
const TRACED_READS: [&str; 1] = ["export_guests"];
/// Operations that change two things, a trace for each.
const TWOFOLD: [(&str, [&str; 2]); 4] = [
    ("accept_preference_suggestions", ["preference.created", "stay.suggestions_decided"]),
    ("merge_complaint", ["complaint.joined", "complaint.merged"]),
    ("split_complaint", ["complaint.parted", "complaint.split"]),
    ("unmerge_complaint", ["complaint.parted", "complaint.unmerged"]),
];
/// Events that no request brings about by itself: groups are made at the command line, jobs are worked on in the
/// background.
const NOT_OVER_HTTP: [&str; 8] = [
    "complaint.clock_breached",
    "complaint.clock_warning",
    "complaint.follow_up_barred",
    "complaint.follow_up_due",
    "group.created",
    "job.cancel_requested",
    "job.failed",
    "job.succeeded",
];

/// Shown by a scenario of its own: an admin decides on no money.
const WITH_MONEY: [&str; 1] = ["approve_solution"];

type Rows = (Vec<String>, Vec<String>);

/// Actions of the audit log and types of the feed, each sorted.
async fn rows(world: &World, group: Group) -> Rows {
    let read = world.app.db.read(move |r| {
        let audit = audit_entries::table
            .filter(audit_entries::group_id.eq(group.id))
            .order(audit_entries::action)
            .select(audit_entries::action)
            .load::<String>(r.conn())?;
        let feed = events::table
            .filter(events::group_id.eq(group.id))
            .order(events::event_type)
            .select(events::event_type)
            .load::<String>(r.conn())?;
        Ok::<Rows, hospes::db::DbError>((audit, feed))
    });
    read.await.unwrap()
}

fn added(before: &[String], after: &[String]) -> Vec<String> {
    let mut left = before.to_vec();
    let new = after.iter().filter(|row| match left.iter().position(|old| old == *row) {
        Some(at) => {
            left.remove(at);
            false
        }
        None => true,
    });
    new.cloned().collect()
}

/// The one thing that happened in between, told alike by both.
#[track_caller]
fn one(what: &str, before: &Rows, after: &Rows) -> String {
    let (audit, feed) = (added(&before.0, &after.0), added(&before.1, &after.1));
    assert_eq!((audit.len(), feed.len()), (1, 1), "{what}: audit {audit:?}, events {feed:?}");
    assert_eq!(audit, feed, "{what}");
    audit[0].clone()
}

async fn sent(
    world: &World,
    by: &Person,
    operation: &Operation,
    path: &str,
    key: &str,
    body: Option<(String, String)>,
) -> Answer {
    let request = world.request(operation.method.clone(), path).by(by);
    let request = request.if_match("*").header("idempotency-key", key).header("x-allow-duplicate", "true");
    match body {
        Some((media, text)) => request.body(&media, text).await,
        None => request.send().await,
    }
}

async fn password_scenario(world: &World, admin: &Person, produced: &mut BTreeSet<String>) {
    let (email, old, new) =
        (format!("{}@example.com", fresh()), "mauve-lantern-42-river", "copper-window-17-forest");
    let body = json!({"email": email, "display_name": "Li", "language": "en", "password": old, "memberships": [{"role": "front_desk"}]});
    world.post("/v1/staff").by(admin).json(&body).await.ok(201);
    let start = rows(world, world.home).await;
    let login = world.post("/v1/auth/login").json(&json!({"email": email, "password": old})).await.ok(200);
    let logged_in = rows(world, world.home).await;
    assert_eq!(one("login", &start, &logged_in), "session.created");
    let refreshed =
        world.post("/v1/auth/refresh").json(&json!({"refresh_token": login["refresh_token"]})).await.ok(200);
    assert_eq!(rows(world, world.home).await, logged_in, "refresh");
    let token = refreshed["access_token"].as_str().unwrap();
    let change = json!({"current_password": old, "new_password": new});
    world.post("/v1/me/password").token(token).json(&change).await.ok(204);
    let changed = rows(world, world.home).await;
    assert_eq!(one("change_password", &logged_in, &changed), "staff.password_changed");
    world.post("/v1/auth/logout").token(token).send().await.ok(204);
    assert_eq!(one("logout", &changed, &rows(world, world.home).await), "session.ended");
    produced.extend(["session.created", "staff.password_changed", "session.ended"].map(str::to_owned));
}

/// New items of catalogues: elsewhere the ones there are are replaced.
async fn definition_scenario(world: &World, admin: &Person, produced: &mut BTreeSet<String>) {
    let item = json!({"names": {"en": "Own"}, "category": "room"});
    let cause = json!({"names": {"en": "Own"}, "cause_category": "price"});
    let calendar = json!({"names": {"en": "Own"}, "round_the_clock": true});
    let template = json!({"purpose": "other", "texts": [{"language": "en", "body": "Dear guest"}]});
    for (place, body) in [
        ("preference-catalogue/items", item),
        ("complaint-sub-causes", cause),
        ("message-templates", template),
        ("service-calendars", calendar),
    ] {
        let before = rows(world, world.home).await;
        world.put(&format!("/v1/{place}/of-our-own")).by(admin).json(&body).await.ok(201);
        produced.insert(one(place, &before, &rows(world, world.home).await));
    }
}

async fn money_scenario(world: &World, owner: &Owner<'_>) -> String {
    let manager = world.staff("general_manager").await;
    let approve = operation("approve_solution");
    let ids = owner.target(row_of("approve_solution").target).await;
    let before = rows(world, world.home).await;
    sent(world, &manager, &approve, &path(&approve, &ids), &fresh(), None).await.ok(200);
    one("approve_solution", &before, &rows(world, world.home).await)
}

#[rstest]
#[actix_web::test]
async fn every_mutation_leaves_one_audit_row_and_one_event(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    let (mut produced, mut exempt) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations() {
        let id = operation.id.as_str();
        if WITH_PASSWORD.contains(&id)
            || WITH_MONEY.contains(&id)
            || UNTRACED.contains(&id)
            || (!operation.mutates() && !TRACED_READS.contains(&id))
        {
            continue;
        }
        let ids = owner.target(row_of(id).target).await;
        let (path, body, key) = (path(&operation, &ids), owner.body(&operation).await, fresh());
        let before = rows(&world, world.home).await;
        let answer = sent(&world, &admin, &operation, &path, &key, body.clone()).await;
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!((200..300).contains(&answer.status), "{id}: {text}");
        let after = rows(&world, world.home).await;
        if READ_ONLY.contains(&id) {
            assert_eq!(before, after, "{id}");
            exempt.insert(id.to_owned());
            continue;
        }
        if let Some((_, both)) = TWOFOLD.iter().find(|(twofold, _)| *twofold == id) {
            let (audit, feed) = (added(&before.0, &after.0), added(&before.1, &after.1));
            assert_eq!(
                (&audit, &feed),
                (&both.map(str::to_owned).into(), &both.map(str::to_owned).into()),
                "{id}"
            );
            produced.extend(audit);
        } else {
            produced.insert(one(id, &before, &after));
        }
        if operation.takes_key {
            let again = sent(&world, &admin, &operation, &path, &key, body).await;
            assert_eq!((again.status, again.bytes), (answer.status, answer.bytes), "{id}");
            assert_eq!(again.headers.get("idempotent-replayed").unwrap(), "true", "{id}");
            assert_eq!(rows(&world, world.home).await, after, "{id}: a repeated request did it again");
        }
    }
    password_scenario(&world, &admin, &mut produced).await;
    produced.insert(money_scenario(&world, &owner).await);
    definition_scenario(&world, &admin, &mut produced).await;
    assert_eq!(exempt, READ_ONLY.map(str::to_owned).into());
    let known: BTreeSet<String> = TYPES.iter().map(|(code, _)| (*code).to_owned()).collect();
    let unknown: Vec<_> = produced.difference(&known).collect();
    assert!(unknown.is_empty(), "types that the list does not name: {unknown:?}");
    let never: BTreeSet<&str> = known.difference(&produced).map(String::as_str).collect();
    assert_eq!(never, NOT_OVER_HTTP.into());
    assert!(rows(&world, world.foreign).await.0.is_empty());
}

#[test]
fn the_exceptions_are_operations_of_the_document() {
    let operations: Vec<String> = operations().into_iter().map(|operation| operation.id).collect();
    for id in READ_ONLY.iter().chain(&UNTRACED).chain(&WITH_PASSWORD).chain(&TRACED_READS) {
        assert!(operations.iter().any(|operation| operation == id), "{id}");
    }
    assert!(TYPES.iter().map(|(code, _)| code).is_sorted());
}

/// What is refused, and what changes nothing, leaves no trace and no new version.
#[rstest]
#[actix_web::test]
async fn what_does_not_happen_leaves_no_trace(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    let mut tried = 0;
    for operation in operations() {
        if !operation.mutates() || operation.open {
            continue;
        }
        let ids = owner.target(row_of(&operation.id).target).await;
        let path = path(&operation, &ids);
        let before = rows(&world, world.home).await;
        let mut refusals = Vec::new();
        if let Some((media, _, _)) =
            operation.body.as_ref().filter(|(media, _, _)| media == "application/json")
        {
            let broken = Some((media.clone(), json!({"no_such_member": true}).to_string()));
            refusals.push((sent(&world, &admin, &operation, &path, &fresh(), broken).await, vec![422]));
            let list = Some((media.clone(), "[]".to_owned()));
            refusals.push((sent(&world, &admin, &operation, &path, &fresh(), list).await, vec![422]));
            let cut = Some((media.clone(), "{".to_owned()));
            refusals.push((sent(&world, &admin, &operation, &path, &fresh(), cut).await, vec![400]));
        }
        if operation.parameters.iter().any(|p| p["$ref"] == "#/components/parameters/IfMatch") {
            for (etag, status) in [(Some("\"999\""), 412), (None, 428)] {
                let mut request = world.request(operation.method.clone(), &path).by(&admin);
                if let Some(etag) = etag {
                    request = request.if_match(etag);
                }
                if operation.takes_key {
                    request = request.header("idempotency-key", &fresh());
                }
                let answer = match owner.body(&operation).await {
                    Some((media, text)) => request.body(&media, text).await,
                    None => request.send().await,
                };
                refusals.push((answer, vec![status]));
            }
        }
        if operation.takes_key {
            let request = world.request(operation.method.clone(), &path).by(&admin).if_match("*");
            let answer = match owner.body(&operation).await {
                Some((media, text)) => request.body(&media, text).await,
                None => request.send().await,
            };
            refusals.push((answer, vec![400]));
        }
        // Bodies may have made guests and partners of their own to name.
        let made = rows(&world, world.home).await;
        let named = ["complaint.created", "guest.created", "partner.created", "stay.created"];
        let only_named = added(&before.0, &made.0).iter().all(|action| named.contains(&action.as_str()));
        assert!(only_named, "{}: {:?}", operation.id, added(&before.0, &made.0));
        for (answer, statuses) in refusals {
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(statuses.contains(&answer.status), "{}: {} {text}", operation.id, answer.status);
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
    let guest = owner.guest().await;
    let before = rows(&world, world.home).await;
    let path = format!("/v1/guests/{}", guest["id"].as_str().unwrap());
    let same: Value =
        world.patch(&path).by(&admin).if_match("*").json(&json!({"tags": guest["tags"]})).await.ok(200);
    assert_eq!((&same["version"], rows(&world, world.home).await), (&guest["version"], before));
    assert_eq!(operation("update_guest").path, "/v1/guests/{guest_id}");
}
