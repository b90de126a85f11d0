//! Everybody who complained is told what was improved: once, in their own language, whatever became of the complaint.

use rstest::rstest;
use serde_json::{Value, json};

use super::{about, act, improve, path, problem, problem_of, resolve};
use crate::complaints::{make, path as complaint_path, read as read_complaint};
use crate::harness::{Backend, Person, World};

async fn messages(world: &World, by: &Person, complaint: &Value) -> Vec<Value> {
    let list = format!("{}/messages?visibility=guest", complaint_path(complaint));
    world.get(&list).by(by).send().await.ok(200)["items"].as_array().unwrap().clone()
}

fn skipped(answer: &Value) -> Vec<(String, i64)> {
    let one = |one: &Value| (one["reason"].as_str().unwrap().to_owned(), one["complaints"].as_i64().unwrap());
    answer["skipped"].as_array().unwrap().iter().map(one).collect()
}

/// What was improved, in words for guests.
fn improved() -> Value {
    json!({"improvements": [{"language": "zh-CN", "text": "空调已修好。"}]})
}

fn pair(reason: &str, complaints: i64) -> (String, i64) {
    (reason.to_owned(), complaints)
}

#[rstest]
#[actix_web::test]
async fn everybody_who_can_be_reached_is_told_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (relations, quality) = (world.staff("guest_relations").await, world.staff("quality").await);
    let guest =
        json!({"names": [{"surname": "王", "given_name": "小明"}], "emails": [{"address": "w@example.com"}]});
    let guest = world.guest(&relations, guest).await;
    let contact = json!({"name": "Ann Lee", "email": "ann@example.com"});
    let chinese = about(&world, &relations, "A", "1", json!({"guest_id": guest["id"]})).await;
    let english = json!({"contact": contact, "language": "en-GB"});
    let english = about(&world, &relations, "A", "2", english).await;
    let nobody = about(&world, &relations, "A", "3", json!({})).await;
    let anonymous = json!({"reporter": {"kind": "anonymous"}});
    about(&world, &relations, "A", "4", anonymous).await;
    let back = about(&world, &relations, "A", "5", json!({"contact": contact})).await;
    make(&world, &relations, &back, "withdraw", json!({"reason": "误会"})).await.ok(200);
    let merged = about(&world, &relations, "A", "6", json!({"contact": contact})).await;
    make(&world, &relations, &merged, "merge", json!({"into_complaint_id": nobody["id"]})).await.ok(200);
    // One that is over long since, and whose guest had the last word.
    let closed = about(&world, &relations, "A", "7", json!({"contact": contact, "language": "fr"})).await;
    let finding = json!({"finding": "substantiated"});
    make(&world, &relations, &closed, "investigation", finding).await.ok(200);
    let proposed = make(&world, &relations, &closed, "solutions", json!({"type": "apology"})).await.ok(201);
    let solution = format!("solutions/{}/execute", proposed["solutions"][0]["id"].as_str().unwrap());
    make(&world, &relations, &closed, &solution, json!({})).await.ok(200);
    let asked = json!({"channel": "phone", "outcome": "satisfied"});
    make(&world, &relations, &closed, "follow-up", asked).await.ok(200);
    let ending = json!({"resolution_summary": "已道歉", "lesson": "检查冷媒管"});
    let closed = make(&world, &relations, &closed, "close", ending).await.ok(200);

    let found = problem_of(&world, &relations, &chinese).await.unwrap();
    let place = format!("{}/notify", path(&found));
    let told = json!({"improvements": [{"language": "zh-CN", "text": "冷媒管已全部更换。"},
        {"language": "en", "text": "All cooling pipes were replaced."}], "channel": "email"});
    act(&world, &relations, &place, told.clone()).await.problem(409, "state_conflict");
    improve(&world, &relations, &quality, &found).await;
    let answer = act(&world, &relations, &place, told.clone()).await.ok(200);
    assert_eq!((&answer["told"], &answer["remaining"]), (&json!(3), &json!(false)));
    let expected = [pair("merged", 1), pair("withdrawn", 1), pair("anonymous", 1), pair("no_contact", 1)];
    assert_eq!(skipped(&answer), expected);

    let words = messages(&world, &relations, &chinese).await;
    assert_eq!(words.len(), 1);
    let body = words[0]["body"].as_str().unwrap();
    assert!(body.contains("王小明") && body.contains("冷媒管已全部更换。") && !body.contains("{{"), "{body}");
    assert_eq!((&words[0]["language"], &words[0]["channel"]), (&json!("zh-CN"), &json!("email")));
    let words = messages(&world, &relations, &english).await;
    let body = words[0]["body"].as_str().unwrap();
    assert!(body.contains("Dear Ann Lee") && body.contains("All cooling pipes were replaced."), "{body}");
    // A language there is no text in falls back to the hotel's; the complaint stays closed and its clocks stand.
    assert_eq!(messages(&world, &relations, &closed).await[0]["language"], "zh-CN");
    let after = read_complaint(&world, &relations, &closed).await;
    assert_eq!((&after["status"], &after["clocks"]), (&json!("closed"), &closed["clocks"]));
    assert!(messages(&world, &relations, &nobody).await.is_empty());

    // Somebody new is told by the second call, and nobody twice.
    let late = about(&world, &relations, "A", "8", json!({"contact": contact})).await;
    let answer = act(&world, &relations, &place, told).await.ok(200);
    assert_eq!(answer["told_complaint_ids"], json!([late["id"]]));
    assert_eq!(skipped(&answer)[0], pair("already_told", 3));
    assert_eq!(messages(&world, &relations, &chinese).await.len(), 1);
    let list = world.get(&format!("{}/complaints", path(&found))).by(&relations).send().await.ok(200);
    let told = list["items"].as_array().unwrap().iter().filter(|one| one["told"] == true).count();
    assert_eq!(told, 4);
}

#[rstest]
#[actix_web::test]
async fn what_is_improved_anew_is_told_anew(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (relations, quality) = (world.staff("guest_relations").await, world.staff("quality").await);
    let contact = json!({"contact": {"name": "Ann", "phone": "+8613800138000"}});
    about(&world, &relations, "A", "1", contact.clone()).await;
    let two = about(&world, &relations, "A", "2", contact).await;
    let found = problem_of(&world, &relations, &two).await.unwrap();
    resolve(&world, &relations, &quality, &found).await;
    let place = format!("{}/notify", path(&found));
    // What was done is described for staff, and goes to nobody.
    let faults = act(&world, &relations, &place, json!({})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/improvements required"]);
    let own = json!({"texts": [{"language": "en", "text": "{{solution}}"}]});
    let faults = act(&world, &relations, &place, own).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/improvements required"]);
    assert!(messages(&world, &relations, &two).await.is_empty());
    assert_eq!(act(&world, &relations, &place, improved()).await.ok(200)["told"], 2);
    let body = messages(&world, &relations, &two).await[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("空调已修好。") && !body.contains("更换冷媒管"), "{body}");
    assert_eq!(act(&world, &relations, &place, improved()).await.ok(200)["told"], 0);
    act(&world, &relations, &format!("{}/reopen", path(&found)), json!({"reason": "又来了"})).await.ok(200);
    act(&world, &relations, &place, improved()).await.problem(409, "state_conflict");
    resolve(&world, &relations, &quality, &found).await;
    let own =
        json!({"texts": [{"language": "en", "text": "{{guest_name}}: {{complaint_number}} is put right."}]});
    assert_eq!(act(&world, &relations, &place, own).await.ok(200)["told"], 2);
    let words = messages(&world, &relations, &two).await;
    assert_eq!(words[1]["body"], "Ann: FIRST-2026-00002 is put right.");
}

#[rstest]
#[actix_web::test]
async fn two_calls_at_once_tell_nobody_twice(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (relations, quality) = (world.staff("guest_relations").await, world.staff("quality").await);
    let contact = json!({"contact": {"name": "Ann", "phone": "+8613800138000"}});
    let mut made = Vec::new();
    for room in 0..6 {
        made.push(about(&world, &relations, "A", &format!("{room}"), contact.clone()).await);
    }
    let found = problem_of(&world, &relations, &made[0]).await.unwrap();
    improve(&world, &relations, &quality, &found).await;
    let place = format!("{}/notify", path(&found));
    let say = json!({"body": "马上到。", "visibility": "guest"});
    let (one, two, said) = futures_util::future::join3(
        act(&world, &relations, &place, improved()),
        act(&world, &relations, &place, improved()),
        make(&world, &relations, &made[3], "messages", say),
    )
    .await;
    said.ok(201);
    let sum = one.ok(200)["told"].as_i64().unwrap() + two.ok(200)["told"].as_i64().unwrap();
    assert_eq!(sum, 6);
    assert_eq!(messages(&world, &relations, &made[0]).await.len(), 1);
}

#[rstest]
#[actix_web::test]
async fn a_restricted_guest_is_not_told_and_a_bad_template_tells_nobody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, quality) = (world.staff("admin").await, world.staff("quality").await);
    let guest = json!({"names": [{"surname": "Li"}], "emails": [{"address": "li@example.com"}]});
    let guest = world.guest(&admin, guest).await;
    let restricted = about(&world, &admin, "A", "1", json!({"guest_id": guest["id"]})).await;
    let body = json!({"reason_code": "rude", "reason": "x", "scope": "hotel", "hotel_id": world.home.hotel,
        "approved_by": admin.staff, "review_on": "2027-03-01"});
    let place = format!("/v1/guests/{}/restriction", guest["id"].as_str().unwrap());
    world.put(&place).by(&admin).if_match("*").json(&body).await.ok(200);
    let contact = json!({"contact": {"phone": "+8613800138000"}});
    let other = about(&world, &admin, "A", "2", contact).await;
    let found = problem_of(&world, &admin, &other).await.unwrap();
    improve(&world, &admin, &quality, &found).await;
    let place = format!("{}/notify", path(&found));
    let gone = json!({"template": "no-such-template"});
    let faults = act(&world, &admin, &place, gone).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/template unknown_reference"]);
    let due = json!({"template": "complaint_update"});
    let faults = act(&world, &admin, &place, due).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/template placeholder"]);
    let both = json!({"texts": [{"language": "en", "text": "x"}], "template": "complaint_improvement"});
    let faults = act(&world, &admin, &place, both).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/texts mismatch"]);
    let open = json!({"texts": [{"language": "en", "text": "{{nobody}}"}]});
    let faults = act(&world, &admin, &place, open).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/texts placeholder"]);
    assert!(messages(&world, &admin, &other).await.is_empty());
    let answer = act(&world, &admin, &place, improved()).await.ok(200);
    assert_eq!((&answer["told"], skipped(&answer)), (&json!(1), vec![pair("guest_restricted", 1)]));
    assert!(messages(&world, &admin, &restricted).await.is_empty());
    // Somebody without a name is a guest, in the language of the message.
    let body = messages(&world, &admin, &other).await[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains("尊敬的宾客"), "{body}");
    let empty = problem(&world, &admin, "B").await;
    improve(&world, &admin, &quality, &empty).await;
    let answer = act(&world, &admin, &format!("{}/notify", path(&empty)), improved()).await.ok(200);
    assert_eq!((&answer["told"], &answer["skipped"]), (&json!(0), &json!([])));
}

#[rstest]
#[actix_web::test]
async fn nobody_is_told_by_a_way_they_do_not_have_or_want(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (relations, quality) = (world.staff("guest_relations").await, world.staff("quality").await);
    let guest = async |given: &str, more: Value| {
        let mut body = json!({"names": [{"surname": "王", "given_name": given}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.guest(&relations, body).await
    };
    let unwilling = guest("一", json!({"emails": [{"address": "one@example.com"}]})).await;
    let consents = format!("/v1/guests/{}/consents", unwilling["id"].as_str().unwrap());
    let given = json!({"purpose": "service_follow_up", "method": "spoken"});
    let given = world.post(&consents).by(&relations).json(&given).await.ok(201);
    let withdraw = format!("/v1/guest-consents/{}/withdraw", given["id"].as_str().unwrap());
    act(&world, &relations, &withdraw, json!({"reason": "No more"})).await.ok(200);
    let by_phone = guest("二", json!({"phones": [{"number": "+8613800138002"}]})).await;
    let about_guest = async |room: &str, guest: &Value, more: Value| {
        let mut body = json!({"guest_id": guest["id"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        about(&world, &relations, "A", room, body).await
    };
    let unwilling = about_guest("1", &unwilling, json!({})).await;
    let called = about_guest("2", &by_phone, json!({})).await;
    let nameless = json!({"reporter": {"kind": "anonymous"}});
    let nameless = about(&world, &relations, "A", "3", nameless).await;
    let found = problem_of(&world, &relations, &called).await.unwrap();
    improve(&world, &relations, &quality, &found).await;
    let place = format!("{}/notify", path(&found));
    let mut by_email = improved();
    by_email["channel"] = json!("email");
    let answer = act(&world, &relations, &place, by_email).await.ok(200);
    assert_eq!(answer["told"], 0);
    let expected = [pair("anonymous", 1), pair("no_contact", 1), pair("no_consent", 1)];
    assert_eq!(skipped(&answer), expected);
    // Unless a way is wanted, each is told by their own.
    let answer = act(&world, &relations, &place, improved()).await.ok(200);
    assert_eq!(answer["told_complaint_ids"], json!([called["id"]]));
    assert_eq!(messages(&world, &relations, &called).await[0]["channel"], "phone");
    assert!(messages(&world, &relations, &unwilling).await.is_empty());
    assert!(messages(&world, &relations, &nameless).await.is_empty());
}

#[rstest]
#[actix_web::test]
async fn whoever_complained_in_a_merged_one_is_told_unless_they_are_already(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (relations, quality) = (world.staff("guest_relations").await, world.staff("quality").await);
    let by = |name: &str| json!({"contact": {"name": name, "email": format!("{name}@example.com")}});
    let whole = about(&world, &relations, "A", "1", by("ann")).await;
    let mut merged = Vec::new();
    for (room, name) in [("2", "ann"), ("3", "bob"), ("4", "bob")] {
        let part = about(&world, &relations, "A", room, by(name)).await;
        let into = json!({"into_complaint_id": whole["id"]});
        merged.push(make(&world, &relations, &part, "merge", into).await.ok(200));
    }
    let found = problem_of(&world, &relations, &whole).await.unwrap();
    improve(&world, &relations, &quality, &found).await;
    let place = format!("{}/notify", path(&found));
    let answer = act(&world, &relations, &place, improved()).await.ok(200);
    assert_eq!((&answer["told"], skipped(&answer)), (&json!(2), vec![pair("merged", 2)]));
    // Its own, and that of the other guest, which is listed with it.
    assert_eq!(messages(&world, &relations, &whole).await.len(), 2);
    let mut bobs = Vec::new();
    for one in &merged {
        bobs.extend(messages(&world, &relations, one).await);
    }
    assert_eq!(bobs.len(), 1);
    assert!(bobs[0]["body"].as_str().unwrap().contains("bob"), "{bobs:?}");
    assert_eq!(read_complaint(&world, &relations, &merged[1]).await["status"], "merged");
    let answer = act(&world, &relations, &place, improved()).await.ok(200);
    assert_eq!((&answer["told"], &skipped(&answer)[0]), (&json!(0), &pair("already_told", 2)));
}
