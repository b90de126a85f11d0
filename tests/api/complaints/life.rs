//! From the first word to the guest's own verdict, and everything that must not happen on the way.

use actix_web::http::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{complaint, investigated, make, open_moves, path, read, resolved};
use crate::harness::{Backend, World};

#[rstest]
#[actix_web::test]
async fn a_complaint_goes_all_the_way(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("duty_manager").await);
    let body = json!({"hotel_id": world.home.hotel, "channel": "front_desk", "description": "空调不制冷"});
    let received = world.post("/v1/complaints").by(&desk).json(&body).await.ok(201);
    assert_eq!(received["status"], "received");
    assert!(!open_moves(&received).contains(&"investigate"));
    make(&world, &desk, &received, "investigation", json!({})).await.problem(409, "state_conflict");

    let acknowledged = make(&world, &desk, &received, "acknowledge", Value::Null).await.ok(200);
    assert_eq!(acknowledged["owner"]["staff_id"], json!(desk.staff));
    make(&world, &desk, &received, "acknowledge", Value::Null).await.problem(409, "state_conflict");

    let incomplete = json!({"category": "temperature", "severity": "general"});
    let faults = make(&world, &desk, &received, "classify", incomplete).await.faults(422, "invalid_content");
    assert!(faults.contains(&"/cause_category required".to_owned()), "{faults:?}");
    let class = json!({"category": "temperature", "severity": "general", "cause_category": "product_quality",
        "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
    let recorded = make(&world, &desk, &received, "classify", class).await.ok(200);
    assert_eq!((&recorded["status"], &recorded["priority"]), (&json!("recorded"), &json!("normal")));

    let to = json!({"owner_id": manager.staff});
    make(&world, &desk, &received, "assign", to.clone()).await.problem(403, "forbidden");
    let assigned = make(&world, &manager, &received, "assign", to).await.ok(200);
    assert_eq!(assigned["owner"]["staff_id"], json!(manager.staff));
    assert_eq!(assigned["first_contact"]["staff_id"], json!(desk.staff));
    let nobody = json!({"owner_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e99"});
    let faults = make(&world, &manager, &received, "assign", nobody).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/owner_id unknown_reference"]);

    let started = make(&world, &desk, &received, "investigation", json!({})).await.ok(200);
    assert_eq!(started["status"], "investigating");
    assert!(!open_moves(&started).contains(&"propose"));
    let early = make(&world, &desk, &received, "solutions", json!({"type": "apology"})).await;
    assert_eq!(early.problem(409, "state_conflict")["needs"], json!(["finding"]));
    let found = json!({"finding": "substantiated", "root_cause": "滤网三个月未清洗",
        "interviewed_staff_ids": [desk.staff]});
    make(&world, &desk, &received, "investigation", found).await.ok(200);

    let repair = json!({"type": "repair", "description": "更换压缩机"});
    let proposed = make(&world, &desk, &received, "solutions", repair).await.ok(201);
    assert_eq!(
        (&proposed["status"], &proposed["solutions"][0]["status"]),
        (&json!("solution_proposed"), &json!("approved"))
    );
    let solution = format!("solutions/{}", proposed["solutions"][0]["id"].as_str().unwrap());
    let done = make(&world, &desk, &received, &format!("{solution}/execute"), json!({})).await.ok(200);
    assert_eq!((&done["status"], &done["solutions"][0]["status"]), (&json!("executing"), &json!("executed")));
    // What was repaired is looked at, and not by who repaired it.
    let unseen = make(&world, &desk, &received, "follow-up", json!({})).await.problem(409, "state_conflict");
    assert_eq!(unseen["needs"], json!(["verification"]));
    make(&world, &desk, &received, &format!("{solution}/verify"), json!({}))
        .await
        .problem(409, "state_conflict");
    let seen = json!({"note": "22 度，制冷正常"});
    let verified = make(&world, &manager, &received, &format!("{solution}/verify"), seen).await.ok(200);
    assert_eq!(verified["solutions"][0]["verified_by"], json!(manager.staff));

    let asked = make(&world, &desk, &received, "follow-up", json!({})).await.ok(200);
    assert_eq!((&asked["status"], &asked["status_category"]), (&json!("following_up"), &json!("resolved")));
    let ending = json!({"resolution_summary": "已更换", "lesson": "每月清洗滤网"});
    // Nobody can be asked who left neither name nor number.
    let closed = make(&world, &desk, &received, "close", ending).await.ok(200);
    assert_eq!((&closed["status"], &closed["ending"]["lesson"]), (&json!("closed"), &json!("每月清洗滤网")));
    assert_eq!(open_moves(&closed), ["follow_up", "reopen"]);

    let history =
        world.get(&format!("{}/timeline?limit=200", path(&received))).by(&desk).send().await.ok(200);
    let actions: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|one| one["action"].as_str().unwrap()).collect();
    assert_eq!(
        actions,
        [
            "complaint.closed",
            "complaint.followed_up",
            "solution.verified",
            "solution.executed",
            "solution.proposed",
            "complaint.investigated",
            "complaint.investigated",
            "complaint.assigned",
            "complaint.classified",
            "complaint.acknowledged",
            "complaint.created",
        ]
    );
    // What was said is not in the log.
    assert!(!history.to_string().contains("空调不制冷"));
}

#[rstest]
#[actix_web::test]
async fn a_refused_move_says_what_is_allowed_and_what_is_missing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = complaint(&world, &desk, json!({})).await;
    let chinese = async |wanted: &str, body: Value| {
        let path = format!("{}/{wanted}", path(&one));
        let request = world.post(&path).by(&desk).if_match("*").header("accept-language", "zh-CN");
        request.json(&body).await.problem(409, "state_conflict")
    };
    // Forbidden by the status.
    let refused = make(&world, &desk, &one, "solutions", json!({"type": "apology"})).await;
    let refused = refused.problem(409, "state_conflict");
    let codes =
        ["classify", "assign", "acknowledge", "attend", "investigate", "hold", "escalate", "withdraw"];
    let codes: Vec<&str> = codes.into_iter().chain(["reject", "merge", "split"]).collect();
    assert_eq!((&refused["allowed_moves"], refused.get("needs")), (&json!(codes), None));
    assert_eq!(
        refused["detail"],
        "The complaint is “Recorded”; allowed now: Classify, Assign, Acknowledge, Attend, Investigate, Put on hold, \
         Escalate, Withdraw, Reject, Merge, Split."
    );
    let told = chinese("solutions", json!({"type": "apology"})).await;
    assert_eq!(told["allowed_moves"], refused["allowed_moves"]);
    assert_eq!(
        told["detail"],
        "该投诉状态为“已登记”，目前允许：分类、指派、响应客人、到场、调查、暂停、升级、客人撤回、驳回、合并、拆分。"
    );

    // Allowed by the status, but not yet, or not again.
    make(&world, &desk, &one, "acknowledge", Value::Null).await.ok(200);
    let again = make(&world, &desk, &one, "acknowledge", Value::Null).await.problem(409, "state_conflict");
    // Whoever handles it does not refuse it.
    let gone = ["acknowledge", "reject"];
    let codes: Vec<&str> = codes.into_iter().filter(|code| !gone.contains(code)).collect();
    assert_eq!((&again["needs"], &again["allowed_moves"]), (&json!(["not_twice"]), &json!(codes)));
    assert_eq!(
        again["detail"],
        "The complaint is “Recorded”. This was done already. Allowed now: Classify, Assign, Attend, Investigate, \
         Put on hold, Escalate, Withdraw, Merge, Split."
    );
    for _ in 0..3 {
        make(&world, &desk, &one, "escalate", json!({"reason": "x"})).await.ok(200);
    }
    let told = chinese("escalate", json!({"reason": "x"})).await;
    assert_eq!(told["needs"], json!(["higher_level"]));
    assert_eq!(
        told["detail"],
        "该投诉状态为“已登记”。投诉已升级到最高层级。目前允许：分类、指派、到场、调查、暂停、客人撤回、合并、拆分。"
    );
}

#[rstest]
#[actix_web::test]
async fn a_complaint_is_closed_only_when_the_guest_had_a_say(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let guest = world.named(&desk, "李", "娜").await;
    let one = resolved(&world, &desk, json!({"guest_id": guest["id"]})).await;
    let ending = json!({"resolution_summary": "done", "lesson": "none"});
    let early = make(&world, &desk, &one, "close", ending.clone()).await.problem(409, "state_conflict");
    assert_eq!(early["needs"], json!(["guest_contact"]));
    let unheard = json!({"channel": "phone", "outcome": "not_reached"});
    for _ in 0..3 {
        make(&world, &desk, &one, "close", ending.clone()).await.problem(409, "state_conflict");
        make(&world, &desk, &one, "follow-up", unheard.clone()).await.ok(200);
    }
    make(&world, &desk, &one, "close", ending.clone()).await.ok(200);
    let rated = json!({"channel": "phone", "outcome": "not_reached", "rating": 5});
    let two = resolved(&world, &desk, json!({"guest_id": guest["id"]})).await;
    let faults = make(&world, &desk, &two, "follow-up", rated).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/outcome not_reached"]);

    // A guest who is not content opens it again, and its clocks.
    let angry = json!({"channel": "wechat", "outcome": "dissatisfied", "rating": 1, "comment": "还是热"});
    let again = make(&world, &desk, &two, "follow-up", angry).await.ok(200);
    assert_eq!((&again["status"], &again["reopen_count"]), (&json!("investigating"), &json!(1)));
    assert_eq!(again["follow_ups"][0]["rating"], 1);
}

#[rstest]
#[actix_web::test]
async fn what_waits_says_for_whom_and_goes_no_further(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = complaint(&world, &desk, json!({})).await;
    let faults = make(&world, &desk, &one, "hold", json!({})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/reason required"]);
    let held = make(&world, &desk, &one, "hold", json!({"reason": "waiting_guest"})).await.ok(200);
    assert_eq!((&held["on_hold"], &held["status_category"]), (&json!(true), &json!("paused")));
    make(&world, &desk, &one, "hold", json!({"reason": "waiting_supplier"}))
        .await
        .problem(409, "state_conflict");
    let blocked = make(&world, &desk, &one, "investigation", json!({})).await.problem(409, "state_conflict");
    assert_eq!(blocked["needs"], json!(["resumed"]));
    let resumed = make(&world, &desk, &one, "resume", Value::Null).await.ok(200);
    assert_eq!((&resumed["on_hold"], resumed["holds"].as_array().unwrap().len()), (&json!(false), 1));
    make(&world, &desk, &one, "resume", Value::Null).await.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn a_complaint_is_refused_by_somebody_else_and_can_come_back(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (desk, manager) = (world.staff("front_desk").await, world.staff("duty_manager").await);
    let one = complaint(&world, &desk, json!({})).await;
    let reason = json!({"reason": "监控显示情况不属实"});
    make(&world, &desk, &one, "reject", reason.clone()).await.problem(403, "forbidden");
    make(&world, &manager, &one, "acknowledge", Value::Null).await.ok(200);
    make(&world, &manager, &one, "reject", reason.clone()).await.problem(409, "state_conflict");
    let other = world.staff("general_manager").await;
    let rejected = make(&world, &other, &one, "reject", reason).await.ok(200);
    assert_eq!((&rejected["status"], &rejected["ending"]["by"]), (&json!("rejected"), &json!(other.staff)));
    let back = make(&world, &desk, &one, "reopen", json!({"reason": "客人提供了照片"})).await.ok(200);
    assert_eq!(
        (&back["status"], &back["reopen_count"], back.get("ending")),
        (&json!("investigating"), &json!(1), None)
    );

    world.clock.advance(chrono::TimeDelta::days(20));
    let desk = world.renewed(&desk);
    make(&world, &desk, &one, "withdraw", json!({"reason": "误会"})).await.ok(200);
    world.clock.advance(chrono::TimeDelta::days(91));
    let desk = world.staff("front_desk").await;
    let late = make(&world, &desk, &one, "reopen", json!({"reason": "x"})).await;
    late.problem(409, "state_conflict");
}

#[rstest]
#[actix_web::test]
async fn of_two_at_once_one_is_too_late(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let manager = world.staff("duty_manager").await;
    let (one, two) = (world.staff("front_desk").await, world.staff("concierge").await);
    let made = complaint(&world, &manager, json!({})).await;
    let assign = |to: &crate::harness::Person| {
        let request = world.request(Method::POST, &format!("{}/assign", path(&made)));
        let request = request.by(&manager).if_match("\"1\"");
        let body = json!({"owner_id": to.staff});
        async move { request.json(&body).await.status }
    };
    let (first, second) = futures_util::future::join(assign(&one), assign(&two)).await;
    let mut statuses = [first, second];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    assert_eq!(read(&world, &manager, &made).await["version"], 2);
    let bare = world.request(Method::POST, &format!("{}/acknowledge", path(&made))).by(&one).send().await;
    bare.problem(428, "precondition_required");
}

#[rstest]
#[actix_web::test]
async fn words_go_to_the_guest_or_stay_among_staff(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = complaint(&world, &desk, json!({})).await;
    let messages = format!("{}/messages", path(&one));
    let say = |body: Value| {
        let request = world.post(&messages).by(&desk);
        async move { request.json(&body).await }
    };
    say(json!({"body": "客人情绪激动", "visibility": "internal"})).await.ok(201);
    assert_eq!(read(&world, &desk, &one).await["clocks"][0]["status"], "running");
    let text = "非常抱歉！\n工程师五分钟内到。";
    let said = say(json!({"body": text, "visibility": "guest", "channel": "wechat"})).await.ok(201);
    assert_eq!(said["body"], text);
    let answered = read(&world, &desk, &one).await;
    assert_eq!((&answered["clocks"][0]["status"], &answered["version"]), (&json!("met"), &json!(3)));
    say(json!({"body": "谢谢", "visibility": "guest", "author": "guest"})).await.ok(201);
    let hidden = say(json!({"body": "x", "visibility": "internal", "author": "guest"})).await;
    assert_eq!(hidden.faults(422, "invalid_content"), ["/visibility author"]);
    let all = world.get(&format!("{messages}?limit=2")).by(&desk).send().await.ok(200);
    assert_eq!((all["items"].as_array().unwrap().len(), &all["has_more"]), (2, &json!(true)));
    let next = format!("{messages}?limit=2&cursor={}", all["next_cursor"].as_str().unwrap());
    assert_eq!(world.get(&next).by(&desk).send().await.ok(200)["items"][0]["body"], "谢谢");
    let open = world.get(&format!("{messages}?visibility=guest")).by(&desk).send().await.ok(200);
    assert_eq!(open["items"].as_array().unwrap().len(), 2);
}

#[rstest]
#[actix_web::test]
async fn what_is_written_down_can_be_changed(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let one = investigated(&world, &desk, json!({"custom_fields": {"floor": "12"}})).await;
    let patch = json!({"room": "1510", "subject": null, "custom_fields": {"floor": null, "wing": "east"},
        "contact": {"email": "Li@Example.com"}, "tags": ["vip", "vip"]});
    let changed = world.patch(&path(&one)).by(&desk).if_match("*").json(&patch).await.ok(200);
    assert_eq!((&changed["room"], changed.get("subject")), (&json!("1510"), None));
    assert_eq!((&changed["custom_fields"], &changed["tags"]), (&json!({"wing": "east"}), &json!(["vip"])));
    let same = world.patch(&path(&one)).by(&desk).if_match("*").json(&json!({"room": "1510"})).await.ok(200);
    assert_eq!(same["version"], changed["version"]);
    let faults = world.patch(&path(&one)).by(&desk).if_match("*").json(&json!({"room": " "})).await;
    assert_eq!(faults.faults(422, "invalid_content"), ["/room blank"]);
}

#[rstest]
#[actix_web::test]
async fn a_draft_says_what_is_known_in_the_language_of_the_complaint(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let desk = world.staff("front_desk").await;
    let contact = json!({"name": "王先生", "phone": "+8613800138000"});
    let anonymous = json!({"reporter": {"kind": "anonymous"}, "contact": contact});
    let made = investigated(&world, &desk, anonymous).await;
    let draft = async |body: Value| {
        let path = format!("{}/messages/draft", path(&made));
        world.post(&path).by(&desk).json(&body).await
    };
    let told = draft(json!({"template": "complaint_acknowledgement"})).await.ok(200);
    let body = told["body"].as_str().unwrap();
    assert_eq!((&told["language"], &told["missing"]), (&json!("zh-CN"), &json!([])));
    // Received on a Saturday at 16:00 in Shanghai, and due by the end of the third working day.
    let clocks = made["clocks"].as_array().unwrap();
    let resolve = clocks.iter().find(|one| one["kind"] == "resolve").unwrap();
    let due = chrono::DateTime::parse_from_rfc3339(resolve["due_at"].as_str().unwrap()).unwrap();
    let due = due.with_timezone(&chrono::FixedOffset::east_opt(8 * 3_600).unwrap());
    let due = due.format("%Y年%-m月%-d日 %H:%M").to_string();
    for known in ["尊敬的王先生", made["number"].as_str().unwrap(), due.as_str()] {
        assert!(body.contains(known), "{known} in {body}");
    }
    // What was decided is not known yet; it is afterwards, and what the caller says comes before it.
    let solution = json!({"template": "complaint_solution", "language": "en-GB"});
    let told = draft(solution.clone()).await.ok(200);
    assert_eq!((&told["language"], &told["missing"]), (&json!("en"), &json!(["solution"])));
    let offer = json!({"type": "apology", "description": "A bowl of fruit"});
    make(&world, &desk, &made, "solutions", offer).await.ok(201);
    let told = draft(solution).await.ok(200);
    assert!(told["body"].as_str().unwrap().contains("A bowl of fruit"));
    assert_eq!(told["missing"], json!([]));
    let told = json!({"template": "complaint_solution", "values": {"solution": "换到安静的房间"}});
    let told = draft(told).await.ok(200);
    assert!(told["body"].as_str().unwrap().contains("换到安静的房间"));
    assert!(!told["body"].as_str().unwrap().contains("A bowl of fruit"));
    // Nothing was said yet.
    let messages = world.get(&format!("{}/messages", path(&made))).by(&desk).send().await.ok(200);
    assert_eq!(messages["items"], json!([]));
    let faults = draft(json!({"template": "nothing"})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/template unknown_reference"]);
    let faults = draft(json!({"template": "x", "language": "?!"})).await.faults(422, "invalid_content");
    assert_eq!(faults, ["/language language"]);
}
