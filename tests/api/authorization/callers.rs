//! The verdict for every operation and every caller.

use std::time::Duration;

use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::{audit_entries, events, sessions, staff};
use hospes::kit::clock::Clock;
use hospes::kit::ids::{Ids, SessionId, StaffId, TimeOrderedIds};
use hospes::staff::roles::Role;
use rstest::rstest;
use serde_json::Value;

use super::driver::{Operation, Owner, fresh, operations, path, readable, send, target_of};
use super::policy::{Needs, Target, UPSERTS, row_of};
use crate::harness::world::{Group, write};
use crate::harness::{Answer, Backend, Person, World};

/// Rows that every mutation adds to.
pub async fn traces(world: &World, group: Group) -> (i64, i64) {
    let counted = world.app.db.read(move |r| {
        let audit =
            audit_entries::table.filter(audit_entries::group_id.eq(group.id)).count().get_result(r.conn())?;
        let feed = events::table.filter(events::group_id.eq(group.id)).count().get_result(r.conn())?;
        Ok::<(i64, i64), hospes::db::DbError>((audit, feed))
    });
    counted.await.unwrap()
}

fn holds(role: Role, needs: Needs) -> bool {
    match needs {
        Needs::Open | Needs::Caller => true,
        Needs::Scope(any) => role.scopes().iter().any(|scope| any.contains(&scope.code())),
    }
}

/// What two answers must share to be told apart by nobody: all but the ids that were asked for and the quota left.
pub fn likeness(answer: &Answer, ids: &[String]) -> (u16, Vec<String>, String) {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "ratelimit")
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let mut text = String::from_utf8_lossy(&answer.bytes).into_owned();
    for id in ids {
        text = text.replace(id.as_str(), "ID");
    }
    (answer.status, headers, text)
}

pub fn missing(ids: &[String]) -> Vec<String> {
    let mut ids = ids.to_vec();
    if let Some(last) = ids.last_mut() {
        *last = if last.starts_with("ref-") { format!("ref-{}", fresh()) } else { fresh() };
    }
    ids
}

async fn after_login(world: &World, person: &Person, set: &str) {
    let (staff_id, session, now) = (StaffId(person.staff), SessionId(person.session), world.clock.now());
    let suspend = set == "suspended";
    write(&world.app.db, move |tx| {
        if suspend {
            let row = staff::table.filter(staff::id.eq(staff_id));
            diesel::update(row).set(staff::status.eq("suspended")).execute(tx.conn())?;
        } else {
            let row = sessions::table.filter(sessions::id.eq(session));
            diesel::update(row).set(sessions::revoked_at.eq(now)).execute(tx.conn())?;
        }
        Ok(())
    })
    .await;
}

#[rstest]
#[actix_web::test]
async fn without_a_good_token_nothing_but_the_open_operations_is_served(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (suspended, ended) = (world.staff("admin").await, world.staff("admin").await);
    after_login(&world, &suspended, "suspended").await;
    after_login(&world, &ended, "ended").await;
    let keys = &world.app.keys;
    let past = world.clock.now().minus(Duration::from_secs(3_600));
    let expired = keys.claims(admin.staff, admin.group.0, admin.session, TimeOrderedIds.next(), past);
    let expired = keys.sign(&expired).unwrap();
    // Good in itself, but for an account of one group in the name of another.
    let borrowed =
        keys.claims(admin.staff, world.foreign.id.0, admin.session, TimeOrderedIds.next(), world.clock.now());
    let borrowed = keys.sign(&borrowed).unwrap();
    let callers = [
        ("nobody", None),
        ("expired", Some(expired.as_str())),
        ("garbage", Some("garbage")),
        ("suspended", Some(suspended.token.as_str())),
        ("ended", Some(ended.token.as_str())),
        ("borrowed", Some(borrowed.as_str())),
    ];
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    for operation in operations() {
        let ids = owner.target(target_of(&operation)).await;
        let body = owner.body(&operation).await;
        let path = path(&operation, &ids);
        let before = traces(&world, world.home).await;
        let mut answers = Vec::new();
        for (name, token) in callers {
            let answer = send(&world, &operation, &path, token, body.clone()).await;
            if row_of(&operation.id).needs == Needs::Open {
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                assert!(!text.contains("\"unauthenticated\""), "{} {name}: {text}", operation.id);
                continue;
            }
            answer.problem(401, "unauthenticated");
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"hospes\"",
                "{} {name}",
                operation.id
            );
            answers.push(likeness(&answer, &[]));
        }
        answers.dedup();
        assert!(answers.len() <= 1, "{}: the reason is told: {answers:?}", operation.id);
        // What is open may change something: the guest's own verdict.
        if row_of(&operation.id).needs != Needs::Open {
            assert_eq!(traces(&world, world.home).await, before, "{} changed something", operation.id);
        }
    }
}

/// What a caller who may do it gets beside a success.
fn is_well(operation: &Operation, answer: &Answer) -> bool {
    let wrong_password = operation.id == "change_password" && answer.status == 422;
    // An admin sets up who may decide on money and decides on none.
    let no_money = operation.id == "approve_solution" && answer.status == 409;
    wrong_password || no_money || (200..300).contains(&answer.status)
}

#[rstest]
#[actix_web::test]
async fn each_role_may_do_what_its_scopes_say_and_nothing_else(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "word" };
    let (mut allowed, mut refused) = (0, 0);
    for operation in operations() {
        let row = row_of(&operation.id);
        if row.needs == Needs::Open {
            continue;
        }
        let idle = owner.target(row.target).await;
        let before = (traces(&world, world.home).await, snapshot(&world, &admin, row.target, &idle).await);
        for role in Role::ALL.iter().copied().filter(|role| !holds(*role, row.needs)) {
            let person = world.staff(role.code()).await;
            let body = operation.body.as_ref().map(|(media, _, _)| (media.clone(), "{}".to_owned()));
            let answer = send(&world, &operation, &path(&operation, &idle), Some(&person.token), body).await;
            let problem = answer.problem(403, "forbidden");
            let told = problem["required_scope"].as_str().unwrap();
            assert!(operation.scopes.iter().any(|scope| scope == told), "{} {}", operation.id, role.code());
            refused += 1;
        }
        let after = (traces(&world, world.home).await, snapshot(&world, &admin, row.target, &idle).await);
        assert_eq!(before, after, "{} changed something for those who may not", operation.id);
        for role in Role::ALL.iter().copied().filter(|role| holds(*role, row.needs)) {
            let person = world.staff(role.code()).await;
            let ids = owner.target(row.target).await;
            let body = owner.body(&operation).await;
            let answer = send(&world, &operation, &path(&operation, &ids), Some(&person.token), body).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(
                is_well(&operation, &answer),
                "{} {}: {} {text}",
                operation.id,
                role.code(),
                answer.status
            );
            allowed += 1;
        }
    }
    assert!(allowed > 300 && refused > 300, "{allowed} allowed, {refused} refused");
}

async fn snapshot(world: &World, admin: &Person, target: Target, ids: &[String]) -> Option<Value> {
    let path = readable(target, ids)?;
    Some(world.get(&path).by(admin).send().await.ok(200))
}

/// Sends every operation at hidden objects and at missing ones and compares.
async fn hidden_is_missing(
    owner: &Owner<'_>,
    caller: &Owner<'_>,
    roles: &[Role],
    hotel: Option<hospes::kit::ids::HotelId>,
) -> usize {
    let world = owner.world;
    let mut seen = 0;
    for operation in operations() {
        let row = row_of(&operation.id);
        if row.target == Target::Nothing || row.needs == Needs::Open {
            continue;
        }
        if hotel.is_some() && row.target.is_everybodys() {
            continue;
        }
        let ids = owner.target(row.target).await;
        let body = caller.body(&operation).await;
        let before = (traces(world, owner.group).await, snapshot(world, owner.admin, row.target, &ids).await);
        for role in roles {
            let person = world.staff_at(caller.group, hotel, role.code()).await;
            let answer =
                send(world, &operation, &path(&operation, &ids), Some(&person.token), body.clone()).await;
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(!text.contains(owner.word), "{} {}: {text}", operation.id, role.code());
            seen += 1;
            if !holds(*role, row.needs) {
                answer.problem(403, "forbidden");
                continue;
            }
            if UPSERTS.contains(&operation.id.as_str()) {
                if owner.group.id == caller.group.id {
                    assert!(answer.problem(409, "already_taken").get("conflicting_id").is_none(), "{text}");
                } else {
                    answer.ok(201);
                }
                continue;
            }
            assert_eq!(answer.status, 404, "{} {}: {text}", operation.id, role.code());
            answer.problem(404, "not_found");
            let none = missing(&ids);
            let control =
                send(world, &operation, &path(&operation, &none), Some(&person.token), body.clone()).await;
            assert_eq!(
                likeness(&answer, &ids),
                likeness(&control, &none),
                "{} {}",
                operation.id,
                role.code()
            );
        }
        let after = (traces(world, owner.group).await, snapshot(world, owner.admin, row.target, &ids).await);
        assert_eq!(before, after, "{} changed something of others", operation.id);
    }
    seen
}

#[rstest]
#[actix_web::test]
async fn what_one_hotel_keeps_is_missing_for_every_role_of_another(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let hotel = Some(world.home.hotel);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel, word: "Zqxprivate" };
    let caller = Owner { hotel: Some(world.home.other_hotel), word: "Own", ..owner };
    let seen = hidden_is_missing(&owner, &caller, Role::ALL, Some(world.home.other_hotel)).await;
    assert!(seen > 14 * 30, "{seen}");
}

#[rstest]
#[actix_web::test]
async fn what_one_group_keeps_is_missing_for_the_admin_of_another(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, foreign) = (world.staff("admin").await, world.staff_at(world.foreign, None, "admin").await);
    let owner = Owner { world: &world, admin: &admin, group: world.home, hotel: None, word: "Zqxcanary" };
    let caller = Owner { world: &world, admin: &foreign, group: world.foreign, hotel: None, word: "Own" };
    let seen = hidden_is_missing(&owner, &caller, &[Role::Admin], None).await;
    assert!(seen > 30, "{seen}");
}
