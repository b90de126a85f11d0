//! The audit log is a chain: what the owner of the database changes in it is found and located.

use diesel::prelude::*;
use diesel::sql_query;
use futures_util::future::join_all;
use hospes::db::Reads;
use hospes::db::schema::audit_entries;
use hospes::platform::audit::{self, Verdict};
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
