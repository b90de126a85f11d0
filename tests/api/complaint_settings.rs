//! What complaints are sorted and routed by, and message templates.

use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

const CATEGORIES: &str = "/v1/complaint-categories";
const CAUSES: &str = "/v1/complaint-sub-causes";
const ROUTING: &str = "/v1/complaint-routing";
const PREVIEW: &str = "/v1/complaint-routing/preview";
const TEMPLATES: &str = "/v1/message-templates";

async fn read(world: &World, by: &Person, path: &str) -> Value {
    world.get(path).by(by).send().await.ok(200)
}

/// The entry of a code in a list.
fn entry<'l>(list: &'l Value, code: &str) -> &'l Value {
    list.as_array().unwrap().iter().find(|entry| entry["code"] == code).unwrap()
}

#[rstest]
#[actix_web::test]
async fn a_group_makes_the_catalogue_of_complaints_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("quality").await;
    let whole = world.get(CATEGORIES).by(&admin).send().await;
    let (etag, whole) = (whole.etag().to_owned(), whole.ok(200));
    assert!(whole["categories"].as_array().unwrap().len() >= 36);
    assert_eq!(entry(&whole["categories"], "noise")["names"]["zh-CN"], "噪音");
    assert_eq!(world.get(CATEGORIES).by(&admin).header("if-none-match", &etag).send().await.status, 304);
    assert!(read(&world, &admin, CAUSES).await["sub_causes"].as_array().unwrap().len() >= 40);
    // One of the group's own.
    let path = format!("{CATEGORIES}/rooftop");
    let body = json!({"names": {"zh-CN": "天台", "en": "Rooftop"}, "department": "food-beverage",
        "keywords": [{"language": "zh-CN", "text": "天台"}]});
    world.put(&path).by(&admin).if_match("*").json(&body).await.problem(404, "not_found");
    world.get(&path).by(&admin).send().await.problem(404, "not_found");
    let made = world.put(&path).by(&admin).json(&body).await;
    assert_eq!((made.header("location"), made.etag()), (path.as_str(), "\"1\""));
    assert_eq!(made.ok(201), read(&world, &admin, &path).await);
    world.put(&path).by(&admin).json(&body).await.problem(428, "precondition_required");
    assert_eq!(world.put(&path).by(&admin).if_match("\"1\"").json(&body).await.ok(200)["version"], 1);
    world.put(&path).by(&admin).if_match("\"7\"").json(&body).await.problem(412, "precondition_failed");
    let words = json!({"text": "天台太吵"});
    let found = world.post("/v1/complaint-categories/suggest").by(&admin).json(&words).await.ok(200);
    assert_eq!(
        found["candidates"],
        json!([{"category": "rooftop", "matched": ["天台"]}, {"category": "noise", "matched": ["吵"]}])
    );
    // Retired: readable, no longer suggested, and back again by writing it.
    assert_eq!(world.delete(&path).by(&admin).if_match("\"1\"").send().await.status, 204);
    assert_eq!(world.delete(&path).by(&admin).if_match("\"2\"").send().await.status, 204);
    assert_eq!(read(&world, &admin, &path).await["retired"], true);
    let found = world.post("/v1/complaint-categories/suggest").by(&admin).json(&words).await.ok(200);
    assert_eq!(found["candidates"].as_array().unwrap().len(), 1);
    let back = world.put(&path).by(&admin).if_match("\"2\"").json(&body).await.ok(200);
    assert_eq!((&back["version"], &back["retired"]), (&json!(3), &json!(false)));
    // What comes with the program is changed for this group alone.
    let cause = json!({"names": {"en": "Too many booked"}, "cause_category": "internal_management"});
    let overbooked = format!("{CAUSES}/overbooked");
    let changed = world.put(&overbooked).by(&admin).if_match("\"1\"").json(&cause).await.ok(200);
    assert_eq!((&changed["version"], changed.get("failure_origin")), (&json!(2), None));
    assert_ne!(world.get(CATEGORIES).by(&admin).send().await.etag(), etag);
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    assert_eq!(read(&world, &foreign, CATEGORIES).await, whole);
    assert_eq!(read(&world, &foreign, &overbooked).await["failure_origin"], "system_defect");
    // Those of one hotel read, and change nothing of the whole group's.
    let here = world.staff_at(world.home, Some(world.home.hotel), "guest_relations").await;
    read(&world, &here, &path).await;
    let refused = world.put(&path).by(&here).if_match("*").json(&body).await.problem(403, "forbidden");
    assert_eq!(refused["required_scope"], "complaint_settings:write");
}

#[rstest]
#[actix_web::test]
async fn bad_categories_are_refused_by_name(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let good = json!({"names": {"en": "Own"}, "department": "security", "keywords": []});
    let word = |text: &str| json!([{"language": "en", "text": text}]);
    for (member, value, fault) in [
        ("department", json!("front_office"), "/department department_code"),
        ("department", json!("客房"), "/department department_code"),
        ("department", json!(""), "/department length"),
        ("names", json!({}), "/names length"),
        ("names", json!({"en": "a\nb"}), "/names/en single_line"),
        ("keywords", word(&"a".repeat(50_000)), "/keywords/0/text length"),
        ("keywords", word("\u{2003}"), "/keywords/0/text single_line"),
        ("keywords", word("a\u{0}b"), "/keywords/0/text control_character"),
        ("keywords", json!([{"language": "Klingonisch", "text": "a"}]), "/keywords/0/language language"),
        (
            "keywords",
            json!([{"language": "en", "text": "a"}, {"language": "en", "text": "a"}]),
            "/keywords/1 duplicate",
        ),
        ("keywords", Value::Array(vec![json!({"language": "en", "text": "a"}); 41]), "/keywords length"),
        ("colour", json!("red"), "/colour unknown_member"),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let answer = world.put(&format!("{CATEGORIES}/own")).by(&admin).json(&body).await;
        assert_eq!(answer.faults(422, "invalid_content").first().map(String::as_str), Some(fault));
    }
    for code in ["Own", "%20", "a%2Fb", &"a".repeat(61)] {
        let path = format!("{CATEGORIES}/{code}");
        world.put(&path).by(&admin).json(&good).await.problem(404, "not_found");
    }
    let cause = json!({"names": {"en": "Own"}, "cause_category": "bad_luck"});
    let answer = world.put(&format!("{CAUSES}/own")).by(&admin).json(&cause).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/cause_category unknown_value"]);
    world.get(&format!("{CATEGORIES}/own")).by(&admin).send().await.problem(404, "not_found");
}

#[rstest]
#[actix_web::test]
async fn of_two_writers_the_later_one_is_told(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let noise = format!("{CATEGORIES}/noise");
    let named = |name: &str| json!({"names": {"en": name}, "department": "front-office"});
    let (one, other) = (named("One"), named("Other"));
    let (one, other) = tokio::join!(
        world.put(&noise).by(&admin).if_match("\"1\"").json(&one),
        world.put(&noise).by(&admin).if_match("\"1\"").json(&other)
    );
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [200, 412]);
    let own = format!("{CATEGORIES}/own");
    let (one, other) = (named("One"), named("Other"));
    let (one, other) =
        tokio::join!(world.put(&own).by(&admin).json(&one), world.put(&own).by(&admin).json(&other));
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert!(both == [201, 412] || both == [201, 428], "{both:?}");
    assert_eq!(read(&world, &admin, &own).await["version"], 1);
}

fn case(world: &World, category: &str, severity: &str) -> Value {
    json!({"category": category, "severity": severity, "hotel_id": world.home.hotel})
}

async fn preview(world: &World, by: &Person, case: &Value) -> Value {
    world.post(PREVIEW).by(by).json(case).await.ok(200)
}

#[rstest]
#[actix_web::test]
async fn shipped_rules_route_until_a_group_has_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, desk) = (world.staff("admin").await, world.staff("front_desk").await);
    let departments = format!("/v1/hotels/{}/departments", world.home.hotel);
    let body = json!({"code": "food-beverage", "names": {"en": "Food and beverage"}});
    let restaurant = world.post(&departments).by(&admin).json(&body).await;
    assert!([201, 409].contains(&restaurant.status));
    let told = preview(&world, &desk, &case(&world, "food_safety", "minor")).await;
    assert_eq!(
        told,
        json!({"rule": "Safety, security and privacy", "position": 1, "department": "food-beverage",
            "department_missing": false, "priority": "urgent", "inform": ["guest-relations"]})
    );
    let told = preview(&world, &desk, &case(&world, "parking", "general")).await;
    assert_eq!(
        (&told["position"], &told["department"], &told["department_missing"], &told["priority"]),
        (&json!(2), &json!("security"), &json!(true), &json!("normal"))
    );
    let mut vip = case(&world, "parking", "general");
    vip["vip_level"] = json!("vip3");
    assert_eq!(preview(&world, &desk, &vip).await["priority"], "high");
    // A group's own.
    let owner = world.staff_at(world.home, Some(world.home.hotel), "concierge").await;
    let shipped = world.get(ROUTING).by(&desk).send().await;
    assert_eq!(shipped.etag(), "\"1\"");
    let rules = json!({"rules": [
        {"name": "Parking here", "categories": ["parking"], "hotel_ids": [world.home.hotel], "owner_id": owner.staff,
            "department": "concierge", "priority": "low"},
        {"name": "VIPs who speak Chinese", "languages": ["zh"], "vip_at_least": 2, "department": "guest-relations"},
        {"name": "Major by cause", "cause_categories": ["price"], "severities": ["major", "crisis"], "inform": ["security"]},
        {"name": "Rest"}
    ]});
    world.put(ROUTING).by(&admin).json(&rules).await.problem(428, "precondition_required");
    world.put(ROUTING).by(&admin).if_match("\"2\"").json(&rules).await.problem(412, "precondition_failed");
    let put = world.put(ROUTING).by(&admin).if_match("\"1\"").json(&rules).await;
    assert_eq!(put.etag(), "\"2\"");
    let put = put.ok(200);
    assert_eq!(put["rules"], rules["rules"]);
    let again = world.put(ROUTING).by(&admin).if_match("\"2\"").json(&rules).await.ok(200);
    assert_eq!((&again, &read(&world, &desk, ROUTING).await), (&put, &put));
    let told = preview(&world, &desk, &case(&world, "parking", "crisis")).await;
    assert_eq!(
        (&told["rule"], &told["owner_id"], &told["priority"]),
        (&json!("Parking here"), &json!(owner.staff), &json!("low"))
    );
    let mut there = case(&world, "parking", "crisis");
    there["hotel_id"] = json!(world.home.other_hotel);
    assert_eq!(preview(&world, &desk, &there).await["rule"], "Rest");
    there["cause_category"] = json!("price");
    assert_eq!(preview(&world, &desk, &there).await["inform"], json!(["security"]));
    there["language"] = json!("zh-TW");
    there["vip_level"] = json!("V2");
    assert_eq!(preview(&world, &desk, &there).await["position"], 2);
    // Who was suspended gets nothing more.
    let suspend = format!("/v1/staff/{}/suspend", owner.staff);
    let request = world.request(actix_web::http::Method::POST, &suspend).by(&admin).if_match("*");
    request.send().await.ok(200);
    let told = preview(&world, &desk, &case(&world, "parking", "crisis")).await;
    assert_eq!((&told["rule"], told.get("owner_id")), (&json!("Parking here"), None));
    // The other group goes by what comes with the program.
    let foreign = world.staff_at(world.foreign, None, "admin").await;
    assert_eq!(read(&world, &foreign, ROUTING).await, shipped.ok(200));
}

#[rstest]
#[actix_web::test]
async fn bad_rules_are_refused_by_place(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let (first, second) = (world.home.hotel, world.home.other_hotel);
    let of_first = world.staff_at(world.home, Some(first), "front_desk").await.staff;
    let stranger = world.staff_at(world.foreign, None, "admin").await;
    let last = json!({"name": "Rest"});
    let vip = |member: &str, value: Value| {
        let mut rule = json!({"name": "First", "vip": true});
        rule[member] = value;
        rule
    };
    for (rules, fault) in [
        (json!([]), "/rules length"),
        (json!([vip("vip", json!(false))]), "/rules/0 catch_all"),
        (json!([last, vip("vip", json!(true)), {"name": "End"}]), "/rules/0 unreachable"),
        (json!([vip("name", json!("Rest")), last]), "/rules/1/name duplicate"),
        (json!([vip("name", json!("a\nb")), last]), "/rules/0/name single_line"),
        (json!([vip("categories", json!(["nothing"])), last]), "/rules/0/categories/0 unknown_reference"),
        (json!([vip("categories", json!(["noise", "noise"])), last]), "/rules/0/categories/1 duplicate"),
        (json!([vip("categories", json!(["Noise!"])), last]), "/rules/0/categories/0 snake_code"),
        (json!([vip("hotel_ids", json!([stranger.staff])), last]), "/rules/0/hotel_ids/0 unknown_reference"),
        (
            json!([vip("hotel_ids", json!([world.foreign.hotel])), last]),
            "/rules/0/hotel_ids/0 unknown_reference",
        ),
        (json!([vip("hotel_ids", json!(["x"])), last]), "/rules/0/hotel_ids/0 uuid"),
        (json!([vip("languages", json!(["chinesisch!"])), last]), "/rules/0/languages/0 language"),
        (json!([vip("vip_at_least", json!(0)), last]), "/rules/0/vip_at_least range"),
        (json!([vip("department", json!("front_office")), last]), "/rules/0/department department_code"),
        (json!([vip("inform", json!(["Küche"])), last]), "/rules/0/inform/0 department_code"),
        (json!([vip("owner_id", json!(stranger.staff)), last]), "/rules/0/owner_id unknown_reference"),
        (json!([vip("owner_id", json!(of_first)), last]), "/rules/0/owner_id not_at_work"),
        (
            json!([{"name": "a", "hotel_ids": [second], "owner_id": of_first}, last]),
            "/rules/0/owner_id not_at_work",
        ),
        (
            json!([{"name": "a", "hotel_ids": [first, second], "owner_id": of_first}, last]),
            "/rules/0/owner_id not_at_work",
        ),
    ] {
        let answer = world.put(ROUTING).by(&admin).if_match("*").json(&json!({"rules": rules})).await;
        assert_eq!(answer.faults(422, "invalid_content"), [fault], "{rules}");
    }
    assert_eq!(world.get(ROUTING).by(&admin).send().await.etag(), "\"1\"");
    let rules =
        json!({"rules": [{"name": "a", "hotel_ids": [first, second], "owner_id": admin.staff}, last]});
    world.put(ROUTING).by(&admin).if_match("*").json(&rules).await.ok(200);
    // A case has to be one that could be.
    let bad = json!({"category": "nothing", "severity": "minor", "hotel_id": world.foreign.hotel});
    let answer = world.post(PREVIEW).by(&admin).json(&bad).await;
    assert_eq!(
        answer.faults(422, "invalid_content"),
        ["/hotel_id unknown_reference", "/category unknown_reference"]
    );
    let here = world.staff_at(world.home, Some(first), "general_manager").await;
    let hidden = json!({"category": "noise", "severity": "minor", "hotel_id": second});
    let answer = world.post(PREVIEW).by(&here).json(&hidden).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/hotel_id unknown_reference"]);
    world.put(ROUTING).by(&here).if_match("*").json(&rules).await.problem(403, "forbidden");
}

#[rstest]
#[actix_web::test]
async fn a_message_is_written_in_the_nearest_language(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let (admin, desk) = (world.staff("admin").await, world.staff("front_desk").await);
    let shipped = read(&world, &desk, &format!("{TEMPLATES}?limit=3")).await;
    assert_eq!((shipped["items"].as_array().unwrap().len(), &shipped["has_more"]), (3, &json!(true)));
    let next = format!("{TEMPLATES}?limit=200&cursor={}", shipped["next_cursor"].as_str().unwrap());
    let rest = read(&world, &desk, &next).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["has_more"]), (5, &json!(false)));
    let apologies = read(&world, &desk, &format!("{TEMPLATES}?purpose=apology")).await;
    assert_eq!(apologies["items"][0]["code"], "complaint_apology");
    let path = format!("{TEMPLATES}/thanks");
    let render = format!("{path}/render");
    let body = json!({"purpose": "closing", "texts": [
        {"language": "zh-CN", "subject": "{{hotel_name}}", "body": "{{guest_name}}，谢谢！{{solution}}"},
        {"language": "en", "body": "Dear {{ guest_name }}, {{solution}}"}]});
    world.put(&path).by(&admin).json(&body).await.ok(201);
    let values = json!({"guest_name": "{{solution}} <b>王</b>", "solution": "{{guest_name}}\n第二行"});
    let told =
        world.post(&render).by(&desk).json(&json!({"language": "zh-TW", "values": values})).await.ok(200);
    assert_eq!(
        told,
        json!({"language": "zh-CN", "subject": "{{hotel_name}}", "missing": ["hotel_name"],
            "body": "{{solution}} <b>王</b>，谢谢！{{guest_name}}\n第二行"})
    );
    let hotel = read(&world, &admin, &format!("/v1/hotels/{}", world.home.hotel)).await;
    let french = json!({"language": "fr", "hotel_id": world.home.hotel});
    let told = world.post(&render).by(&desk).json(&french).await.ok(200);
    assert_eq!(told["language"], hotel["default_language"]);
    let told = world.post(&render).by(&desk).json(&json!({"language": "fr"})).await.ok(200);
    assert_eq!((&told["language"], told.get("subject")), (&json!("en"), None));
    for (body, fault) in [
        (json!({"language": "x"}), "/language length"),
        (json!({"language": "fr", "hotel_id": world.foreign.hotel}), "/hotel_id unknown_reference"),
        (json!({"language": "fr", "values": {"password": "x"}}), "/values/password unknown_member"),
    ] {
        let answer = world.post(&render).by(&desk).json(&body).await;
        assert_eq!(answer.faults(422, "invalid_content"), [fault]);
    }
    assert_eq!(world.delete(&path).by(&admin).if_match("\"1\"").send().await.status, 204);
    let told = world.post(&render).by(&desk).json(&json!({"language": "fr"})).await;
    told.problem(409, "state_conflict");
    assert_eq!(read(&world, &desk, &path).await["retired"], true);
}

#[rstest]
#[actix_web::test]
async fn bad_templates_are_refused_and_those_of_a_hotel_are_its_own(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let here = world.staff_at(world.home, Some(world.home.hotel), "general_manager").await;
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "general_manager").await;
    let path = format!("{TEMPLATES}/welcome_back");
    let text = |body: &str| json!({"purpose": "other", "texts": [{"language": "en", "body": body}]});
    let twice = json!({"purpose": "other", "texts": [{"language": "zh-CN", "body": "a"}, {"language": "zh-cn", "body": "b"}]});
    let subject =
        json!({"purpose": "other", "texts": [{"language": "en", "subject": "a\r\nBcc: x", "body": "a"}]});
    for (body, fault, message) in [
        (text("尊敬的{{name}}"), "/texts/0/body unknown_placeholder", "at character 4"),
        (text("{{guest_name"), "/texts/0/body open_placeholder", "at character 1 "),
        (text("{{{{guest_name}}}}"), "/texts/0/body unknown_placeholder", "at character 1"),
        (text(&"语".repeat(5_001)), "/texts/0/body length", "5000"),
        (text(" \n "), "/texts/0/body blank", "blank"),
        (text("a\u{7}b"), "/texts/0/body control_character", "control"),
        (json!({"purpose": "other", "texts": []}), "/texts length", "1"),
        (twice, "/texts/1/language duplicate", "another"),
        (subject, "/texts/0/subject single_line", "one line"),
    ] {
        let answer = world.put(&path).by(&admin).json(&body).await;
        assert_eq!(answer.faults(422, "invalid_content"), [fault]);
        let told = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(told.contains(message), "{told}");
    }
    let mut own = text("Welcome back, {{guest_name}}");
    world.put(&path).by(&here).json(&own).await.problem(403, "forbidden");
    own["hotel_id"] = json!(world.home.other_hotel);
    let answer = world.put(&path).by(&here).json(&own).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/hotel_id unknown_reference"]);
    own["hotel_id"] = json!(world.home.hotel);
    world.put(&path).by(&here).json(&own).await.ok(201);
    world.get(&path).by(&there).send().await.problem(404, "not_found");
    assert_eq!(
        read(&world, &there, &format!("{TEMPLATES}?purpose=other")).await["items"].as_array().unwrap().len(),
        1
    );
    let mut theirs = own.clone();
    theirs["hotel_id"] = json!(world.home.other_hotel);
    world.put(&path).by(&there).json(&theirs).await.problem(409, "already_taken");
    world.put(&path).by(&there).if_match("*").json(&theirs).await.problem(404, "not_found");
    world.delete(&path).by(&there).if_match("*").send().await.problem(404, "not_found");
    let elsewhere = json!({"language": "en", "hotel_id": world.home.other_hotel});
    let answer = world.post(&format!("{path}/render")).by(&admin).json(&elsewhere).await;
    assert_eq!(answer.faults(422, "invalid_content"), ["/hotel_id mismatch"]);
    // What comes with the program belongs to the whole group.
    let apology = format!("{TEMPLATES}/complaint_apology");
    world.put(&apology).by(&here).if_match("\"1\"").json(&own).await.problem(403, "forbidden");
    world.delete(&apology).by(&here).if_match("\"1\"").send().await.problem(403, "forbidden");
    own["texts"][0]["body"] = json!("Welcome");
    assert_eq!(world.put(&path).by(&here).if_match("\"1\"").json(&own).await.ok(200)["version"], 2);
    assert_eq!(world.delete(&path).by(&here).if_match("\"2\"").send().await.status, 204);
}

#[rstest]
#[actix_web::test]
async fn a_template_stays_with_its_hotel_and_a_value_breaks_no_subject(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let there = world.staff_at(world.home, Some(world.home.other_hotel), "admin").await;
    let path = format!("{TEMPLATES}/kept_here");
    let texts =
        json!([{"language": "en", "subject": "For {{guest_name}}", "body": "Zqxsecret {{guest_name}}"}]);
    let here = json!({"purpose": "other", "hotel_id": world.home.hotel, "texts": texts});
    world.put(&path).by(&admin).json(&here).await.ok(201);
    let (mut moved, mut shared) = (here.clone(), here.clone());
    moved["hotel_id"] = json!(world.home.other_hotel);
    shared.as_object_mut().unwrap().remove("hotel_id");
    for body in [moved, shared] {
        let answer = world.put(&path).by(&admin).if_match("\"1\"").json(&body).await;
        assert_eq!(answer.faults(422, "invalid_content"), ["/hotel_id fixed"]);
        world.put(&path).by(&admin).if_match("\"9\"").json(&body).await.problem(412, "precondition_failed");
        world.put(&path).by(&admin).json(&body).await.problem(428, "precondition_required");
    }
    assert_eq!(read(&world, &admin, &path).await["version"], 1);
    // One of the group can become a hotel's; what is written there is then told to that hotel alone.
    let group = format!("{TEMPLATES}/of_the_group");
    let plain = json!({"purpose": "other", "texts": [{"language": "en", "body": "For all"}]});
    world.put(&group).by(&admin).json(&plain).await.ok(201);
    world.put(&group).by(&admin).if_match("\"1\"").json(&here).await.ok(200);
    world.sequence(world.home.id).await;
    let feed =
        read(&world, &there, "/v1/events?types=message_template.created,message_template.updated").await;
    assert!(feed.to_string().contains("For all") && !feed.to_string().contains("Zqxsecret"), "{feed}");
    let asked = json!({"language": "en", "values": {"guest_name": "Li\r\nBcc: all@example.com"}});
    let told = world.post(&format!("{path}/render")).by(&admin).json(&asked).await.ok(200);
    assert_eq!(told["subject"], "For Li  Bcc: all@example.com");
    assert_eq!(told["body"], "Zqxsecret Li\r\nBcc: all@example.com");
}
