//! The audit log is a chain: what the owner of the database changes in it is found and located.

use diesel::prelude::*;
use diesel::sql_query;
use futures_util::future::join_all;
use hospes::db::Reads;
use hospes::db::schema::audit_entries;
use hospes::platform::anchors::{self, Damage, Report};
use hospes::platform::audit::{self, Verdict};
use hospes::platform::sequencer;
use rstest::rstest;
use serde_json::json;

use crate::harness::world::write;
use crate::harness::{Backend, World};

async fn verdict(world: &World) -> Verdict {
    let group = world.home.id;
    world.app.db.read(move |r| audit::verify(r, group)).await.unwrap()
}

/// Ten chained rows.
async fn ten(backend: Backend) -> World {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    for given in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
        world.named(&admin, "Wang", given).await;
    }
    world.sequence(world.home.id).await;
    world
}

async fn attack(world: &World, statements: &'static [&'static str]) {
    write(&world.app.db, move |tx| {
        for statement in statements {
            assert!(sql_query(*statement).execute(tx.conn())? > 0, "{statement} met nothing");
        }
        Ok(())
    })
    .await;
}

#[rstest]
#[case::action(&["UPDATE audit_entries SET action = 'guest.updated' WHERE position = 4"], 4)]
#[case::actor(&["UPDATE audit_entries SET actor_kind = 'system' WHERE position = 1"], 1)]
#[case::request(&["UPDATE audit_entries SET request_id = 'other' WHERE position = 10"], 10)]
#[case::version(&["UPDATE audit_entries SET subject_version = 7 WHERE position = 6"], 6)]
#[case::document(&["UPDATE audit_entries SET after = before WHERE position = 3"], 3)]
#[case::link(&["UPDATE audit_entries SET hash = 'ff' WHERE position = 9"], 9)]
#[case::first(&["DELETE FROM audit_entries WHERE position = 1"], 1)]
#[case::middle(&["DELETE FROM audit_entries WHERE position = 5"], 5)]
#[case::tail(&["DELETE FROM audit_entries WHERE position = 10"], 10)]
#[case::long_tail(&["DELETE FROM audit_entries WHERE position > 6"], 7)]
#[case::everything(&["DELETE FROM audit_entries"], 1)]
#[case::order(&[
    "UPDATE audit_entries SET position = 99 WHERE position = 4",
    "UPDATE audit_entries SET position = 4 WHERE position = 5",
    "UPDATE audit_entries SET position = 5 WHERE position = 99",
], 4)]
#[case::closed_gap(&[
    "DELETE FROM audit_entries WHERE position = 8",
    "UPDATE audit_entries SET position = 8 WHERE position = 9",
    "UPDATE audit_entries SET position = 9 WHERE position = 10",
], 8)]
#[case::unchained(&["UPDATE audit_entries SET position = NULL, hash = NULL WHERE position = 2"], 2)]
#[actix_web::test]
async fn what_is_done_to_the_log_is_found(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] statements: &'static [&'static str],
    #[case] position: i64,
) {
    let world = ten(backend).await;
    assert!(matches!(verdict(&world).await, Verdict::Intact { rows: 10, .. }));
    attack(&world, statements).await;
    assert_eq!(verdict(&world).await, Verdict::Broken { position });
}

#[rstest]
#[actix_web::test]
async fn a_row_put_in_is_found(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = ten(backend).await;
    let before = verdict(&world).await;
    // Unchained it is no part of the log yet; it takes its place only through the sequencer.
    attack(&world, &["UPDATE audit_entries SET position = 11 WHERE position = 10"]).await;
    assert_eq!(verdict(&world).await, Verdict::Broken { position: 10 });
    attack(&world, &["UPDATE audit_entries SET position = 10 WHERE position = 11"]).await;
    assert_eq!(verdict(&world).await, before);
    let columns = "group_id, at, actor_kind, actor_id, request_id, action, subject_kind, subject_id, subject_version, hotel_id, before, after";
    let id = match backend {
        Backend::Sqlite => "randomblob(16)",
        Backend::Postgres => "gen_random_uuid()",
    };
    let statement = format!(
        "INSERT INTO audit_entries (id, position, hash, {columns}) SELECT {id}, 11, hash, {columns} FROM audit_entries WHERE position = 10"
    );
    write(&world.app.db, move |tx| {
        assert_eq!(sql_query(statement).execute(tx.conn())?, 1);
        Ok(())
    })
    .await;
    assert_eq!(verdict(&world).await, Verdict::Broken { position: 11 });
}

#[rstest]
#[actix_web::test]
async fn the_log_grows_without_gaps_under_sixteen_writers(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let writers = (0..16).map(|writer| {
        let (world, admin) = (&world, &admin);
        async move {
            for turn in 0..5 {
                let body = json!({"names": [{"surname": "Wang", "given_name": format!("{writer}x{turn}")}]});
                // A server too busy says so and nothing has happened: the writer comes again.
                loop {
                    let answer = world
                        .post("/v1/guests")
                        .by(admin)
                        .header("x-allow-duplicate", "true")
                        .json(&body)
                        .await;
                    if answer.status != 503 {
                        answer.ok(201);
                        break;
                    }
                }
                world.sequence(world.home.id).await;
            }
        }
    });
    join_all(writers).await;
    world.sequence(world.home.id).await;
    assert!(matches!(verdict(&world).await, Verdict::Intact { rows: 80, .. }), "{:?}", verdict(&world).await);
    let group = world.home.id;
    let read = world.app.db.read(move |r| {
        let found = audit_entries::table
            .filter(audit_entries::group_id.eq(group))
            .order(audit_entries::position)
            .select(audit_entries::position);
        Ok::<_, hospes::db::DbError>(found.load::<Option<i64>>(r.conn())?)
    });
    let positions: Vec<i64> = read.await.unwrap().into_iter().flatten().collect();
    assert_eq!(positions, (1..=80).collect::<Vec<_>>());
}

#[rstest]
#[actix_web::test]
async fn a_chain_goes_on_behind_what_is_there(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = ten(backend).await;
    let Verdict::Intact { hash, .. } = verdict(&world).await else { panic!() };
    let admin = world.staff("admin").await;
    world.named(&admin, "Wang", "k").await;
    assert!(matches!(verdict(&world).await, Verdict::Intact { rows: 10, .. }), "not chained yet");
    world.sequence(world.home.id).await;
    let Verdict::Intact { rows, hash: last } = verdict(&world).await else { panic!() };
    assert_eq!(rows, 11);
    assert_ne!(last, hash);
    let list = world.get("/v1/audit-entries?limit=1").by(&admin).send().await.ok(200);
    assert_eq!((&list["items"][0]["position"], &list["items"][0]["hash"]), (&json!(11), &json!(last)));
}

/// Signs how far the chain of the home group went; an hour passes.
async fn anchor(world: &World) {
    let now = hospes::kit::clock::Clock::now(world.clock.as_ref());
    anchors::make(&world.app.db, &world.app.keys, world.home.id, now).await.unwrap();
    world.clock.advance(chrono::TimeDelta::hours(1));
}

async fn inspected(world: &World) -> Report {
    let (group, keys) = (world.home.id, std::sync::Arc::clone(&world.app.keys));
    let report = world.app.db.read(move |r| Ok::<_, hospes::db::DbError>(anchors::inspect(r, &keys, group)));
    report.await.unwrap().unwrap()
}

/// Ten chained rows with anchors behind the third, the sixth and the tenth.
async fn anchored(backend: Backend) -> World {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    for (at, given) in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].into_iter().enumerate() {
        world.named(&admin, "Wang", given).await;
        world.sequence(world.home.id).await;
        if [3, 6, 10].contains(&(at + 1)) {
            // The token is good for ten minutes only: the clock stands still for it.
            let now = hospes::kit::clock::Clock::now(world.clock.as_ref());
            let now = now.plus(std::time::Duration::from_secs(3_600 * u64::try_from(at).unwrap()));
            anchors::make(&world.app.db, &world.app.keys, world.home.id, now).await.unwrap();
        }
    }
    world
}

/// Hashes the whole chain anew and rewrites the head, as whoever owns the database and knows the program can.
async fn make_anew(world: &World) {
    attack(world, &["UPDATE audit_entries SET position = NULL, hash = NULL"]).await;
    let reset =
        format!("UPDATE sequencer_heads SET audit_position = 0, audit_hash = '{}'", sequencer::GENESIS);
    write(&world.app.db, move |tx| {
        sql_query(reset).execute(tx.conn())?;
        Ok(())
    })
    .await;
    world.sequence(world.home.id).await;
    assert!(matches!(verdict(world).await, Verdict::Intact { .. }), "the chain alone does not tell");
}

#[rstest]
#[actix_web::test]
async fn an_anchor_is_made_once_an_hour_and_only_of_a_group_at_work(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = ten(backend).await;
    assert_eq!(inspected(&world).await.anchors, 0);
    anchor(&world).await;
    let report = inspected(&world).await;
    assert_eq!((report.rows, report.anchors, report.last.map(|last| last.0)), (10, 1, Some(10)));
    assert_eq!(report.waiting, 0);
    anchor(&world).await;
    assert_eq!(inspected(&world).await.anchors, 1, "nothing happened since");
    assert_eq!(inspected(&world).await.damage, []);
}

#[rstest]
#[case::chain(&["UPDATE audit_entries SET action = 'guest.updated' WHERE position = 4"], Damage::Chain(4))]
#[case::tail(&["DELETE FROM audit_entries WHERE position > 8",
    "UPDATE sequencer_heads SET audit_position = 8, audit_hash = (SELECT hash FROM audit_entries WHERE position = 8 AND audit_entries.group_id = sequencer_heads.group_id) WHERE audit_position = 10"],
    Damage::Anchored(10))]
#[case::anchor_taken(&["DELETE FROM audit_anchors WHERE position = 6"], Damage::AnchorMissing(10))]
#[case::anchor_moved(&["UPDATE audit_anchors SET made_at = (SELECT max(made_at) FROM audit_anchors) WHERE position = 6"], Damage::Signature(6))]
#[case::anchor_rewritten(&["UPDATE audit_anchors SET previous = 3 WHERE position = 10",
    "DELETE FROM audit_anchors WHERE position = 6"], Damage::Signature(10))]
#[case::foreign_key(&["UPDATE audit_anchors SET key_id = '0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f' WHERE position = 3"], Damage::UnknownKey(3))]
#[case::path_as_key(&["UPDATE audit_anchors SET key_id = '../../etc/passwd' WHERE position = 3"], Damage::UnknownKey(3))]
#[actix_web::test]
async fn what_is_done_to_an_anchored_log_is_found(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[case] statements: &'static [&'static str],
    #[case] damage: Damage,
) {
    let world = anchored(backend).await;
    let before = inspected(&world).await;
    assert_eq!((before.anchors, before.damage), (3, vec![]));
    attack(&world, statements).await;
    assert_eq!(inspected(&world).await.damage, [damage]);
}

#[rstest]
#[actix_web::test]
async fn a_log_made_anew_is_found_by_its_anchors(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = anchored(backend).await;
    attack(&world, &["UPDATE audit_entries SET request_id = 'other' WHERE position = 5"]).await;
    make_anew(&world).await;
    assert_eq!(inspected(&world).await.damage, [Damage::Anchored(6), Damage::Anchored(10)]);
}

#[rstest]
#[actix_web::test]
async fn anchors_outlive_their_keys(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    use hospes::kit::ids::TimeOrderedIds;
    use hospes::platform::keys::{self, Keys};
    let world = anchored(backend).await;
    let old = world.app.keys.published()[0].kid.clone();
    keys::rotate(&world.keys_dir(), &TimeOrderedIds).unwrap();
    keys::retire(&world.keys_dir(), &old).unwrap();
    let again = std::sync::Arc::new(Keys::open(&world.keys_dir(), &TimeOrderedIds).unwrap());
    let group = world.home.id;
    let report = world.app.db.read(move |r| Ok::<_, hospes::db::DbError>(anchors::inspect(r, &again, group)));
    assert_eq!(report.await.unwrap().unwrap().damage, []);
}
