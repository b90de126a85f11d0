//! Files of other systems taken over at the command line, by the mappings that come with the program. The rows are
//! ours, in the shape of theirs.

use std::sync::Arc;

use hospes::flows::imports::Imported;
use hospes::import_file::{self, Import};
use hospes::intake::{Format, Options};
use hospes::kit::ids::TimeOrderedIds;
use hospes::platform::jobs::Progress;
use rstest::rstest;
use serde_json::{Value, json};

use crate::harness::{Backend, Person, World};

/// What became of a file: counts of rows, and the lines of the file of rejects.
struct Told {
    rows: Progress,
    rejects: Vec<String>,
}

impl Told {
    /// Created, updated, unchanged, rejected.
    fn counts(&self) -> [i64; 4] {
        let Progress { created, updated, unchanged, rejected, .. } = self.rows;
        [created, updated, unchanged, rejected]
    }
}

async fn import<K: Imported>(world: &World, kind: K, mapping: &str, text: &str, dry_run: bool) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, text).unwrap();
    let mapping = Some(import_file::mapping(mapping).unwrap());
    let options = Options { mapping, format: Some(Format::Csv), ..Options::default() };
    let import = Import { file, options, group: world.home.id, rejects: None, dry_run };
    let ids = Arc::new(TimeOrderedIds);
    let done = import_file::run(&world.app.db, &*world.clock, ids, kind, import, |_| {}).await.unwrap();
    let rejects = done.rejects.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    Told { rows: done.rows, rejects: rejects.lines().skip(1).map(str::to_owned).collect() }
}

async fn list(world: &World, by: &Person, path: &str) -> Vec<Value> {
    world.get(path).by(by).send().await.ok(200)["items"].as_array().unwrap().clone()
}

/// A made-up file of bookings.
fn bookings() -> String {
    let columns = "src_row,hotel,lead_time,arrival_date_year,arrival_date_month,arrival_date_day_of_month,\
        stays_in_weekend_nights,stays_in_week_nights,adults,children,babies,meal,country,market_segment,\
        distribution_channel,reserved_room_type,assigned_room_type,deposit_type,agent,company,customer_type,adr,\
        required_car_parking_spaces,total_of_special_requests,reservation_status,reservation_status_date";
    let rows = [
        "1,City Hotel,10,2016,March,2,1,2,2,NA,1,BB,PRT,Online TA,TA/TO,A,D,No Deposit,9,NULL,Transient,99.5,0,1,Check-Out,2016-03-05",
        "2,City Hotel,10,2016,March,2,1,2,2,0,0,BB,PRT,Online TA,TA/TO,A,D,No Deposit,9,40,Transient,99.5,0,1,Check-Out,2016-03-05",
        "3,City Hotel,0,2016,March,9,0,0,0,0,0,SC,NULL,Direct,Direct,A,A,No Deposit,NULL,NULL,Transient,0,0,0,Check-Out,2016-03-09",
        "4,Resort Hotel,0,2017,March,5,1,9,2,0,0,BB,GBR,Groups,Direct,A,A,No Deposit,40,NULL,Transient,-6.38,0,0,Check-Out,2017-03-15",
        "5,Resort Hotel,3,2015,July,1,0,2,2,0,0,HB,PRT,Groups,TA/TO,A,A,Non Refund,NULL,40,Group,80,0,0,Canceled,2015-06-30",
        "6,Resort Hotel,3,2015,July,1,0,2,2,0,0,HB,PRT,Undefined,Undefined,A,A,Non Refund,NULL,NULL,Group,80,0,0,No-Show,2015-07-01",
    ];
    format!("{columns}\n{}\n", rows.join("\n"))
}

async fn add_hotel(world: &World, by: &Person, code: &str) -> String {
    let hotel = json!({"code": code, "names": {"en": code}, "time_zone": "Europe/Lisbon", "currency": "EUR",
        "default_language": "en"});
    world.post("/v1/hotels").by(by).json(&hotel).await.ok(201)["id"].as_str().unwrap().to_owned()
}

#[rstest]
#[actix_web::test]
async fn bookings_become_stays_with_their_money_and_partners_and_a_second_run_changes_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let city = add_hotel(&world, &admin, "city-hotel").await;
    add_hotel(&world, &admin, "resort-hotel").await;
    let dry = import(&world, import_file::stays(None), "hotel-bookings", &bookings(), true).await;
    assert_eq!(dry.counts(), [6, 0, 0, 0], "{:?}", dry.rejects);
    assert!(list(&world, &admin, "/v1/stays").await.is_empty());

    let told = import(&world, import_file::stays(None), "hotel-bookings", &bookings(), false).await;
    assert_eq!(told.counts(), [6, 0, 0, 0], "{:?}", told.rejects);
    let stays = list(&world, &admin, "/v1/stays?limit=200").await;
    assert_eq!(stays.len(), 6);
    let revenue: i64 = stays.iter().map(|stay| stay["revenue"]["room"].as_i64().unwrap()).sum();
    assert_eq!(revenue, 2 * 3 * 9950 - 6_380, "only what was stayed brings money in, corrections included");
    assert!(stays.iter().all(|stay| stay["revenue"]["currency"] == "EUR"));
    let here = list(&world, &admin, &format!("/v1/stays?hotel_id={city}&status=checked_out")).await;
    assert_eq!(here.len(), 3);
    let of = |id: &str| {
        let is = |stay: &&Value| stay["external_refs"][0] == json!({"system": "hotel-bookings", "id": id});
        stays.iter().find(is).unwrap()
    };
    assert_eq!(of("3")["marks"], json!(["zero_nights", "no_adults"]));
    assert_eq!((&of("3")["day_use"], &of("3")["guest"]["name"]), (&json!(true), &json!("Guest 3")));
    assert_eq!((&of("4")["marks"], of("4")["rate"].is_null()), (&json!(["negative_revenue"]), true));
    assert_eq!((&of("5")["status"], &of("5")["cancelled_on"]), (&json!("cancelled"), &json!("2015-06-30")));
    assert_eq!((&of("6")["status"], &of("6")["segment"]), (&json!("no_show"), &json!("Undefined")));
    assert_eq!(
        (&of("1")["booked_on"], &of("1")["departure_on"]),
        (&json!("2016-02-21"), &json!("2016-03-05"))
    );

    let partners = list(&world, &admin, "/v1/partners?limit=200").await;
    let mut kinds: Vec<String> = partners
        .iter()
        .map(|partner| {
            format!("{} {}", partner["type"].as_str().unwrap(), partner["status"].as_str().unwrap())
        })
        .collect();
    kinds.sort();
    assert_eq!(
        kinds,
        ["corporate provisional", "travel_agency provisional", "travel_agency provisional"],
        "agent 40 is not company 40"
    );

    let again = import(&world, import_file::stays(None), "hotel-bookings", &bookings(), false).await;
    assert_eq!(again.counts(), [0, 0, 6, 0]);
    assert_eq!(list(&world, &admin, "/v1/stays?limit=200").await, stays);
}

#[rstest]
#[actix_web::test]
async fn rows_of_days_that_never_were_are_named_and_the_rest_goes_to_the_hotel_that_was_named(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let text = "Booking_ID,no_of_adults,no_of_children,no_of_weekend_nights,no_of_week_nights,type_of_meal_plan,\
        required_car_parking_space,room_type_reserved,lead_time,arrival_year,arrival_month,arrival_date,\
        market_segment_type,avg_price_per_room,no_of_special_requests,booking_status\n\
        I1,1,0,2,1,Not Selected,0,Room_Type 1,5,2018,2,28,Online,120.5,0,Not_Canceled\n\
        I2,1,0,2,1,Not Selected,0,Room_Type 1,5,2018,2,29,Online,120.5,0,Not_Canceled\n\
        I3,1,0,2,1,Meal Plan 1,0,Room_Type 1,5,2018,3,1,Online,120.5,0,Canceled\n";
    let kind = import_file::stays(Some(world.home.hotel));
    let told = import(&world, kind, "inn-reservations", text, false).await;
    assert_eq!(told.counts(), [2, 0, 0, 1]);
    assert_eq!(told.rejects.len(), 1);
    assert!(told.rejects[0].starts_with("3,I2,arrival_year,date,"), "{:?}", told.rejects);
    let stays = list(&world, &admin, &format!("/v1/stays?hotel_id={}", world.home.hotel)).await;
    assert_eq!(stays.len(), 2);
    assert_eq!(import(&world, kind, "inn-reservations", text, false).await.counts(), [0, 0, 2, 1]);

    let nowhere = import(&world, import_file::stays(None), "inn-reservations", text, false).await;
    assert_eq!(nowhere.counts(), [0, 0, 0, 3], "without a hotel no row has one");
}

/// A made-up file of customers; each row an id and the flags that are set.
fn customers(rows: &[(&str, &[&str])]) -> String {
    let flags = [
        "SRHighFloor",
        "SRLowFloor",
        "SRAccessibleRoom",
        "SRMediumFloor",
        "SRBathtub",
        "SRShower",
        "SRCrib",
        "SRKingSizeBed",
        "SRTwinBed",
        "SRNearElevator",
        "SRAwayFromElevator",
        "SRNoAlcoholInMiniBar",
        "SRQuietRoom",
    ];
    let mut text = format!("ID,Nationality,Age,DistributionChannel,MarketSegment,{}\n", flags.join(","));
    for (id, set) in rows {
        let values: Vec<&str> = flags.iter().map(|flag| if set.contains(flag) { "1" } else { "0" }).collect();
        text.push_str(&format!("{id},PRT,40,Direct,Direct,{}\n", values.join(",")));
    }
    text
}

#[rstest]
#[actix_web::test]
async fn flags_become_preferences_which_a_second_run_leaves_and_a_contradiction_rejects_its_row_alone(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let text = customers(&[
        ("1", &["SRHighFloor", "SRKingSizeBed", "SRTwinBed", "SRNoAlcoholInMiniBar"]),
        ("2", &["SRHighFloor", "SRLowFloor"]),
        ("3", &[]),
        ("4", &["SRAccessibleRoom", "SRCrib", "SRQuietRoom", "SRAwayFromElevator"]),
    ]);
    let guests = import_file::guests(None);
    let dry = import(&world, guests, "hotel-customers-tail", &text, true).await;
    assert_eq!(dry.counts(), [3, 0, 0, 1], "a dry run finds what the run will: {:?}", dry.rejects);
    assert!(list(&world, &admin, "/v1/guests").await.is_empty());

    let told = import(&world, guests, "hotel-customers-tail", &text, false).await;
    assert_eq!(told.counts(), [3, 0, 0, 1]);
    assert!(told.rejects[0].starts_with("3,2,"), "{:?}", told.rejects);
    assert!(told.rejects[0].contains("contradict"), "{:?}", told.rejects);
    let missing = world.get("/v1/guests/by-ref/hotel-customers/2").by(&admin).send().await;
    assert_eq!(missing.status, 404, "a row is taken as a whole or not at all");

    let liked = async |id: &str| -> Vec<String> {
        let guest =
            world.get(&format!("/v1/guests/by-ref/hotel-customers/{id}")).by(&admin).send().await.ok(200);
        let path = format!("/v1/guests/{}/preferences", guest["id"].as_str().unwrap());
        let found = list(&world, &admin, &path).await;
        let mut codes: Vec<String> = found
            .iter()
            .map(|one| {
                assert_eq!((&one["polarity"], &one["source"]), (&json!("like"), &json!("imported")));
                format!("{} {}", one["category"].as_str().unwrap(), one["code"].as_str().unwrap())
            })
            .collect();
        codes.sort();
        codes
    };
    let first = liked("1").await;
    assert_eq!(first.len(), 4, "{first:?}");
    assert!(liked("3").await.is_empty());
    assert_eq!(liked("4").await.len(), 4);
    let again = import(&world, guests, "hotel-customers-tail", &text, false).await;
    assert_eq!(again.counts(), [0, 0, 3, 1]);
    assert_eq!(liked("1").await, first);

    let more = customers(&[("1", &["SRQuietRoom"]), ("3", &["SRShower"])]);
    assert_eq!(import(&world, guests, "hotel-customers-tail", &more, false).await.counts(), [0, 2, 0, 0]);
    assert_eq!((liked("1").await.len(), liked("3").await.len()), (5, 1), "nothing is taken away");
}
