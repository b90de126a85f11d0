use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Answer, Backend, Person, World};

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

async fn merge(world: &World, by: &Person, survivor: &Value, merged: &Value, choices: Value) -> Answer {
    let body = json!({
        "survivor_id": survivor["id"], "merged_id": merged["id"],
        "survivor_version": survivor["version"], "merged_version": merged["version"], "choices": choices
    });
    world.post("/v1/guest-merges").by(by).json(&body).await
}

async fn guest(world: &World, by: &Person, id: &str) -> Value {
    world.get(&format!("/v1/guests/{id}")).by(by).send().await.ok(200)
}

async fn undo(world: &World, by: &Person, merge: &Value) -> Answer {
    let etag = format!("\"{}\"", merge["version"]);
    world.post(&format!("/v1/guest-merges/{}/undo", id(merge))).by(by).if_match(&etag).send().await
}

async fn notes(world: &World, by: &Person, guest: &str) -> Vec<String> {
    let list = world.get(&format!("/v1/guests/{guest}/notes")).by(by).send().await.ok(200);
    let texts =
        list["items"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap().to_owned());
    // The newest comes first: turned round, they stand as they were written.
    texts.rev().collect()
}

async fn note(world: &World, by: &Person, guest: &str, text: &str) {
    let body = json!({"class": "general", "text": text});
    world.post(&format!("/v1/guests/{guest}/notes")).by(by).json(&body).await.ok(201);
}

/// A guest without what a new version changes.
fn content(guest: &Value) -> Value {
    let mut guest = guest.clone();
    for member in ["version", "updated_at", "updated_by"] {
        guest.as_object_mut().unwrap().remove(member);
    }
    guest
}

fn first() -> Value {
    json!({"names": [{"surname": "王", "given_name": "小明"}], "phones": [{"number": "+8613800138000", "primary": true}],
        "tags": ["quiet"], "external_refs": [{"system": "pms", "id": "A"}], "vip_level": "vip1"})
}

fn second() -> Value {
    json!({"names": [{"surname": "Wang", "given_name": "Xiaoming"}], "birth_date": "1988-05-17",
        "phones": [{"number": "+8613800138000"}, {"number": "+8613900139000", "primary": true}],
        "tags": ["quiet", "wine"], "external_refs": [{"system": "ota", "id": "B"}], "vip_level": "vip3"})
}

#[rstest]
#[actix_web::test]
async fn merging_moves_everything_and_undoing_restores_both(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.guest(&by, first()).await, world.guest(&by, second()).await);
    note(&world, &by, id(&a), "of a").await;
    note(&world, &by, id(&b), "of b").await;

    let asked = json!({"survivor_id": a["id"], "merged_id": b["id"], "choices": {"vip_level": "merged"}});
    let preview = world.post("/v1/guest-merges/preview").by(&by).json(&asked).await.ok(200);
    let moves = &preview["moves"];
    assert_eq!(
        [&moves["notes"], &moves["relationships"], &moves["external_refs"]],
        [&json!(1), &json!(0), &json!(1)]
    );
    let vip =
        preview["fields"].as_array().unwrap().iter().find(|field| field["field"] == "vip_level").unwrap();
    assert_eq!(*vip, json!({"field": "vip_level", "differs": true, "source": "merged"}));
    assert_eq!(guest(&world, &by, id(&a)).await, a);

    let answer = merge(&world, &by, &a, &b, json!({"vip_level": "merged"})).await;
    let merged = answer.ok(201);
    assert_eq!(world.get(answer.header("location")).by(&by).send().await.ok(200), merged);
    let now = guest(&world, &by, id(&a)).await;
    assert_eq!(content(&now), content(&preview["result"]));
    assert_eq!(
        (&now["vip_level"], &now["birth_date"], &now["version"]),
        (&json!("vip3"), &json!("1988-05-17"), &json!(2))
    );
    assert_eq!(now["tags"], json!(["quiet", "wine"]));
    let primaries: Vec<_> =
        now["phones"].as_array().unwrap().iter().filter(|phone| phone["primary"] == true).collect();
    assert_eq!((now["phones"].as_array().unwrap().len(), primaries.len()), (2, 1));
    let led = world.get(&format!("/v1/guests/{}", id(&b))).by(&by).send().await;
    assert_eq!((led.status, led.header("location")), (307, format!("/v1/guests/{}", id(&a)).as_str()));
    assert_eq!(guest(&world, &by, "by-ref/ota/B").await["id"], a["id"]);
    assert_eq!(notes(&world, &by, id(&a)).await, ["of a", "of b"]);

    // Recorded since: one under each id.
    note(&world, &by, id(&b), "later of b").await;
    note(&world, &by, id(&a), "later of a").await;
    let shown =
        world.post(&format!("/v1/guest-merges/{}/undo/preview", id(&merged))).by(&by).send().await.ok(200);
    assert_eq!(shown["moves_back"]["notes"], 2);
    assert_eq!(shown["stays"]["notes"], 2);
    let undone = undo(&world, &by, &merged).await.ok(200);
    assert_eq!((&undone["status"], &undone["version"]), (&json!("undone"), &json!(2)));
    let (a_again, b_again) = (guest(&world, &by, id(&a)).await, guest(&world, &by, id(&b)).await);
    assert_eq!((content(&a_again), content(&b_again)), (content(&a), content(&b)));
    assert_eq!((&a_again["version"], &b_again["version"]), (&json!(3), &json!(3)));
    assert_eq!((content(&shown["survivor"]), content(&shown["merged"])), (content(&a), content(&b)));
    assert_eq!(notes(&world, &by, id(&a)).await, ["of a", "later of a"]);
    assert_eq!(notes(&world, &by, id(&b)).await, ["of b", "later of b"]);
    assert_eq!(guest(&world, &by, "by-ref/ota/B").await["id"], b["id"]);
    undo(&world, &by, &undone).await.problem(409, "state_conflict");
    // And once more from the start.
    merge(&world, &by, &b_again, &a_again, json!({})).await.ok(201);
}

#[rstest]
#[actix_web::test]
async fn an_edit_since_the_merge_stays_with_the_survivor(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.guest(&by, first()).await, world.guest(&by, second()).await);
    let merged = merge(&world, &by, &a, &b, json!({})).await.ok(201);
    let edit = json!({"tags": ["quiet", "wine", "late"], "occupation": "律师",
        "external_refs": [{"system": "pms", "id": "A"}, {"system": "ota", "id": "B"}, {"system": "crm", "id": "C"}]});
    world.patch(&format!("/v1/guests/{}", id(&a))).by(&by).if_match("\"2\"").json(&edit).await.ok(200);
    undo(&world, &by, &merged).await.ok(200);
    let (a_again, b_again) = (guest(&world, &by, id(&a)).await, guest(&world, &by, id(&b)).await);
    assert_eq!(content(&b_again), content(&b));
    assert_eq!(a_again["tags"], json!(["quiet", "late"]));
    assert_eq!(a_again["occupation"], "律师");
    assert_eq!(a_again["external_refs"], json!([{"system": "pms", "id": "A"}, {"system": "crm", "id": "C"}]));
    assert_eq!(a_again.get("birth_date"), None);
}

#[rstest]
#[actix_web::test]
async fn merges_chain_and_come_apart_in_order(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let a = world.named(&by, "王", "小明").await;
    let b = world.named(&by, "李", "娜").await;
    let c = world.named(&by, "张", "伟").await;
    note(&world, &by, id(&c), "of c").await;
    let inner = merge(&world, &by, &b, &c, json!({})).await.ok(201);
    let b_now = guest(&world, &by, id(&b)).await;
    let outer = merge(&world, &by, &a, &b_now, json!({})).await.ok(201);
    let led = world.get(&format!("/v1/guests/{}", id(&c))).by(&by).send().await;
    assert_eq!(led.header("location"), format!("/v1/guests/{}", id(&a)));
    note(&world, &by, id(&c), "later of c").await;
    assert_eq!(notes(&world, &by, id(&a)).await, ["of c", "later of c"]);
    undo(&world, &by, &inner).await.problem(409, "state_conflict");
    undo(&world, &by, &outer).await.ok(200);
    assert_eq!(notes(&world, &by, id(&b)).await, ["of c", "later of c"]);
    undo(&world, &by, &inner).await.ok(200);
    assert_eq!(notes(&world, &by, id(&c)).await, ["of c", "later of c"]);
    for guest_before in [&a, &b, &c] {
        assert_eq!(content(&guest(&world, &by, id(guest_before)).await), content(guest_before));
    }
    let list =
        world.get(&format!("/v1/guest-merges?guest_id={}&limit=1", id(&b))).by(&by).send().await.ok(200);
    assert_eq!((&list["items"][0]["id"], &list["has_more"]), (&outer["id"], &json!(true)));
    let next = format!(
        "/v1/guest-merges?guest_id={}&limit=1&cursor={}",
        id(&b),
        list["next_cursor"].as_str().unwrap()
    );
    let rest = world.get(&next).by(&by).send().await.ok(200);
    assert_eq!((&rest["items"][0]["id"], &rest["has_more"]), (&inner["id"], &json!(false)));
}

#[rstest]
#[actix_web::test]
async fn a_relationship_between_the_two_is_hidden_and_comes_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.named(&by, "王", "小明").await, world.named(&by, "李", "娜").await);
    let c = world.named(&by, "张", "伟").await;
    for other in [&b, &c] {
        let body = json!({"other_guest_id": other["id"], "relation": "friend"});
        world.post(&format!("/v1/guests/{}/relationships", id(&a))).by(&by).json(&body).await.ok(201);
    }
    let path = format!("/v1/guests/{}/relationships", id(&a));
    let before = world.get(&path).by(&by).send().await.ok(200);
    assert_eq!(before["items"].as_array().unwrap().len(), 2);
    let merged = merge(&world, &by, &b, &a, json!({})).await.ok(201);
    let of_b = format!("/v1/guests/{}/relationships", id(&b));
    assert_eq!(world.get(&of_b).by(&by).send().await.ok(200)["items"].as_array().unwrap().len(), 1);
    undo(&world, &by, &merged).await.ok(200);
    assert_eq!(world.get(&path).by(&by).send().await.ok(200), before);
}

#[rstest]
#[actix_web::test]
async fn what_must_not_be_merged_is_refused_and_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.named(&by, "王", "小明").await, world.named(&by, "李", "娜").await);
    merge(&world, &by, &a, &a, json!({})).await.problem(409, "state_conflict");
    let mut stale = b.clone();
    stale["version"] = json!(2);
    merge(&world, &by, &a, &stale, json!({})).await.problem(412, "precondition_failed");
    let faults = merge(&world, &by, &a, &b, json!({"names": "both"})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/choices/names unknown_value"]);
    let faults =
        merge(&world, &by, &a, &b, json!({"external_refs": "merged"})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/choices/external_refs unknown_member"]);
    let desk = world.staff("front_desk").await;
    merge(&world, &desk, &a, &b, json!({})).await.problem(403, "forbidden");
    let stranger = world.staff_at(world.foreign, None, "guest_relations").await;
    let theirs = world.named(&stranger, "赵", "云").await;
    merge(&world, &by, &a, &theirs, json!({})).await.problem(404, "not_found");
    merge(&world, &stranger, &theirs, &b, json!({})).await.problem(404, "not_found");
    let done = merge(&world, &by, &a, &b, json!({})).await.ok(201);
    let b_now = json!({"id": b["id"], "version": 2});
    merge(&world, &by, &guest(&world, &by, id(&a)).await, &b_now, json!({}))
        .await
        .problem(409, "state_conflict");
    world
        .get(&format!("/v1/guest-merges/{}", id(&done)))
        .by(&stranger)
        .send()
        .await
        .problem(404, "not_found");
    undo(&world, &stranger, &done).await.problem(404, "not_found");
    let path = format!("/v1/guest-merges/{}/undo", id(&done));
    world.post(&path).by(&by).send().await.problem(428, "precondition_required");
    world.post(&path).by(&by).if_match("\"7\"").send().await.problem(412, "precondition_failed");
}

#[rstest]
#[actix_web::test]
async fn a_reference_given_away_since_stops_the_undo(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.guest(&by, first()).await, world.guest(&by, second()).await);
    let merged = merge(&world, &by, &a, &b, json!({})).await.ok(201);
    let edit = json!({"external_refs": [{"system": "pms", "id": "A"}]});
    world.patch(&format!("/v1/guests/{}", id(&a))).by(&by).if_match("\"2\"").json(&edit).await.ok(200);
    let third = world
        .guest(
            &by,
            json!({"names": [{"full_name": "Eve Frost"}], "external_refs": [{"system": "ota", "id": "B"}]}),
        )
        .await;
    let refused = undo(&world, &by, &merged).await.problem(409, "already_taken");
    assert_eq!(refused["conflicting_id"], third["id"]);
    assert_eq!(guest(&world, &by, id(&a)).await["version"], 3);
}

#[rstest]
#[actix_web::test]
async fn a_merge_leaves_one_trace_that_names_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b) = (world.named(&by, "王", "小明").await, world.named(&by, "李", "娜").await);
    let merged = merge(&world, &by, &a, &b, json!({})).await.ok(201);
    undo(&world, &by, &merged).await.ok(200);
    world.sequence(world.home.id).await;
    let feed = world.get("/v1/events?after=2").by(&by).send().await.ok(200);
    let items = feed["items"].as_array().unwrap();
    let kinds: Vec<_> = items.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["guest.merged", "guest.unmerged"]);
    for event in items {
        assert!(event.to_string().contains(id(&merged)) && event.to_string().contains(id(&b)), "{event}");
    }
}

#[rstest]
#[actix_web::test]
async fn one_primary_is_left_of_each_kind_and_undoing_gives_both_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let profile = |given: &str, number: &str, mail: &str| {
        json!({"names": [{"surname": "Wang", "given_name": given}, {"name_type": "former", "surname": "Li"}],
            "phones": [{"number": number, "primary": true}], "emails": [{"address": mail, "primary": true}],
            "addresses": [{"lines": [mail], "primary": true}]})
    };
    let a = world.guest(&by, profile("Xiaoming", "+8613800138000", "a@example.com")).await;
    let b = world.guest(&by, profile("Ming", "+8613900139000", "b@example.com")).await;
    let merged = merge(&world, &by, &a, &b, json!({})).await.ok(201);
    let now = guest(&world, &by, id(&a)).await;
    let types: Vec<&str> =
        now["names"].as_array().unwrap().iter().map(|name| name["name_type"].as_str().unwrap()).collect();
    assert_eq!(types, ["primary", "former", "alternate"]);
    for list in ["phones", "emails", "addresses"] {
        let flags: Vec<&Value> = now[list].as_array().unwrap().iter().map(|item| &item["primary"]).collect();
        assert_eq!(flags, [true, false], "{list}");
    }
    undo(&world, &by, &merged).await.ok(200);
    let (a_again, b_again) = (guest(&world, &by, id(&a)).await, guest(&world, &by, id(&b)).await);
    assert_eq!((content(&a_again), content(&b_again)), (content(&a), content(&b)));
}

/// Merges in a transaction that is left open until `release` is told; `begun` tells that the merge is done in it.
fn merge_slowly(
    world: &World,
    by: &Person,
    survivor: &Value,
    merged: &Value,
) -> (tokio::sync::oneshot::Receiver<()>, std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    use hospes::guests::merges::{self, Decided, MergeGuests};
    use hospes::kit::ids::{ActorId, GuestId, TimeOrderedIds};
    use hospes::platform::context::{Actor, ActorKind, Ctx, Sight};
    let guest = |value: &Value| GuestId(id(value).parse().unwrap());
    let wanted =
        MergeGuests { survivor: guest(survivor), merged: guest(merged), choices: Default::default() };
    let cx = Ctx {
        group: world.home.id,
        actor: Actor { kind: ActorKind::Staff, id: ActorId(by.staff) },
        sight: Sight::WholeGroup,
        request_id: "merge".into(),
        now: crate::harness::world::START,
        ids: std::sync::Arc::new(TimeOrderedIds),
    };
    let (tell, begun) = tokio::sync::oneshot::channel();
    let (release, released) = std::sync::mpsc::channel();
    let db = world.app.db.clone();
    let task = tokio::task::spawn_local(async move {
        let done = db.write(move |tx| {
            let done = merges::merge(tx, &cx, &[], &wanted, Decided { survivor: 1, merged: 1 }).map(drop);
            tell.send(()).unwrap();
            // On SQLite there is one writer: whoever else writes waits for this one anyway.
            let _ = released.recv_timeout(std::time::Duration::from_millis(700));
            done
        });
        done.await.unwrap();
    });
    (begun, release, task)
}

#[rstest]
#[actix_web::test]
async fn what_is_attached_while_a_merge_runs_goes_to_the_survivor(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let by = world.staff("guest_relations").await;
    let (a, b, c) = (
        world.named(&by, "Wang", "a").await,
        world.named(&by, "Wang", "b").await,
        world.named(&by, "Wang", "c").await,
    );
    let (begun, release, task) = merge_slowly(&world, &by, &a, &b);
    begun.await.unwrap();
    let writing = async {
        note(&world, &by, id(&b), "meanwhile").await;
        let path = format!("/v1/guests/{}/relationships", id(&c));
        let link = json!({"other_guest_id": b["id"], "relation": "friend"});
        world.post(&path).by(&by).json(&link).await.ok(201);
    };
    let ending = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        release.send(()).ok();
        task.await.unwrap();
    };
    futures_util::future::join(writing, ending).await;
    assert_eq!(notes(&world, &by, id(&a)).await, ["meanwhile"]);
    let links = world.get(&format!("/v1/guests/{}/relationships", id(&c))).by(&by).send().await.ok(200);
    assert_eq!(links["items"][0]["other_guest_id"], a["id"], "{links}");
}
