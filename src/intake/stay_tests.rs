//! Tests of what mappings make of stays and preferences, through the same door
//! an importer uses.

use std::io::Cursor;

use serde_json::{Value, json};

use super::{IntakeError, Item, Mapped, Mapping, Options, RowFault, Target, from_reader};

const CSV: &str = "format = \"csv\"\ntarget = \"stay\"\nsystem = \"s\"\nexternal_id = \"ID\"\n";
const BOOKINGS: &str = include_str!("../../mappings/hotel-bookings.toml");
const INN: &str = include_str!("../../mappings/inn-reservations.toml");
const CUSTOMERS: &str = include_str!("../../mappings/hotel-customers-tail.toml");

fn items(mapping: Option<&str>, target: Target, text: &str) -> Vec<Item> {
    let mapping = mapping.map(|mapping| Mapping::parse(mapping).unwrap());
    let format = Some(super::Format::Csv);
    let options = Options { mapping, target, format, ..Options::default() };
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    from_reader(input, None, options).unwrap().map(Result::unwrap).collect()
}

fn first(mapping: &str, text: &str) -> Mapped {
    match items(Some(mapping), Target::Stay, text).remove(0) {
        Item::Record { mapped, .. } => mapped,
        other => panic!("{other:?}"),
    }
}

fn document(mapping: &str, text: &str) -> Value {
    first(mapping, text).document
}

fn fault(mapping: &str, text: &str) -> RowFault {
    match items(Some(mapping), Target::Stay, text).remove(0) {
        Item::Fault(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sum_counts_what_is_there_and_is_empty_when_nothing_is() {
    let mapping = format!(
        "{CSV}drop_if = [\"NA\"]\n[fields]\nnights = {{ sum = [\"A\", \"B\"], on_error = \"reject\" }}\n"
    );
    for (text, nights) in [
        ("ID,A,B\n1,2,5\n", Some(7)),
        ("ID,A,B\n1,NA,5\n", Some(5)),
        ("ID,A,B\n1,2.0,0\n", Some(2)),
        ("ID,A,B\n1,0,0\n", Some(0)),
        ("ID,A,B\n1,NA,\n", None),
    ] {
        assert_eq!(document(&mapping, text).get("nights"), nights.map(Value::from).as_ref(), "{text}");
    }
    let found = fault(&mapping, "ID,A,B\n1,2,x\n");
    assert_eq!((found.field.as_str(), found.code), ("B", "integer"));
    let found = fault(&mapping, &format!("ID,A,B\n1,{0},{0}\n", i64::MAX));
    assert_eq!((found.field.as_str(), found.code), ("B", "integer"));
    let found = fault(&mapping, "ID,A,B\n1,2,-5\n");
    assert_eq!((found.field.as_str(), found.code), ("A", "negative"));
}

#[test]
fn a_price_times_nights_is_exact_to_the_cent() {
    let mapping = format!(
        "{CSV}[revenue]\nroom = {{ from = \"P\", transforms = [\"minor:2\"], times = [\"A\", \"B\"] }}\n"
    );
    for (text, room) in [
        ("ID,P,A,B\n1,106.68,2,5\n", Some(74_676)),
        ("ID,P,A,B\n1,-6.38,1,9\n", Some(-6_380)),
        ("ID,P,A,B\n1,0.1,3,0\n", Some(30)),
        ("ID,P,A,B\n1,75,0,0\n", Some(0)),
        ("ID,P,A,B\n1,,1,1\n", None),
        ("ID,P,A,B\n1,75,,\n", None),
    ] {
        let made = document(&mapping, text);
        assert_eq!(made.pointer("/revenue/room"), room.map(Value::from).as_ref(), "{text}");
    }
    for (text, field, code) in [
        ("ID,P,A,B\n1,1.001,1,0\n", "P", "amount"),
        ("ID,P,A,B\n1,1.00,one,0\n", "A", "integer"),
        ("ID,P,A,B\n1,90000000000000000,1000,0\n", "P", "integer"),
    ] {
        let found = fault(&mapping, text);
        assert_eq!((found.field.as_str(), found.code), (field, code), "{text}");
    }
}

#[test]
fn days_are_counted_back_from_a_date_made_of_three_columns() {
    let mapping = format!(
        "{CSV}[fields]\nbooked_on = {{ template = \"{{Y}}-{{M}}-{{D}}\", transforms = [\"date:%Y-%B-%d\"], days_before = [\"L\"] }}\n"
    );
    for (text, day) in [
        ("ID,Y,M,D,L\n1,2016,March,1,1\n", Some("2016-02-29")),
        ("ID,Y,M,D,L\n1,2016,March,1,0\n", Some("2016-03-01")),
        ("ID,Y,M,D,L\n1,2016,March,1,-1\n", Some("2016-03-02")),
        ("ID,Y,M,D,L\n1,2016,March,1,\n", None),
        ("ID,Y,M,D,L\n1,2016,,1,3\n", None),
    ] {
        assert_eq!(document(&mapping, text).get("booked_on"), day.map(Value::from).as_ref(), "{text}");
    }
    let found = fault(&mapping, "ID,Y,M,D,L\n1,2018,February,29,1\n");
    assert_eq!((found.field.as_str(), found.code), ("Y", "date"));
    let found = fault(&mapping, "ID,Y,M,D,L\n1,2018,March,1,999999999999\n");
    assert_eq!((found.field.as_str(), found.code), ("Y", "integer"));
}

#[test]
fn a_reference_is_the_mappings_own_system_unless_told_and_needs_an_id() {
    let mapping = format!("{CSV}[agent]\nsystem = \"S\"\nid = \"A\"\ntype = {{ value = \"ota\" }}\n");
    let made = document(&mapping, "ID,S,A\n1,,9\n");
    assert_eq!(made["agent"], json!({"reference": {"system": "s", "id": "9"}, "type": "ota"}));
    let made = document(&mapping, "ID,S,A\n1,gds,9\n");
    assert_eq!(made["agent"]["reference"], json!({"system": "gds", "id": "9"}));
    assert_eq!(document(&mapping, "ID,S,A\n1,gds,\n").get("agent"), None);
}

#[test]
fn a_mapping_for_one_target_is_refused_for_the_other() {
    let options = Options { mapping: Some(Mapping::parse(CSV).unwrap()), ..Options::default() };
    let result = from_reader(Box::new(Cursor::new(Vec::new())), None, options);
    let error = result.err().unwrap();
    assert!(matches!(error, IntakeError::TargetMismatch { .. }));
    assert_eq!(error.to_string(), "the mapping is for stays and not for guests");
    let error = Mapping::parse(&format!("{CSV}[[names]]\nsurname = \"N\"\n")).unwrap_err();
    assert_eq!((error.line, error.key.as_str()), (5, "names"));
    let error = Mapping::parse(&CSV.replace("\"stay\"", "\"room\"")).unwrap_err();
    assert_eq!(
        (error.line, error.message.as_str()),
        (2, "must be one of guest, stay, complaint, complaint_event")
    );
}

#[test]
fn our_own_columns_make_a_whole_stay() {
    let text = "external_id,external_system,hotel_code,status,arrival_on,departure_on,adults,rate_minor,rate_currency,\
        revenue_room,guest_name,agent_external_id,currency,source_version,custom.transfer\n\
        R-1,pms,shenzhen,checked_out,2026/11/20,2026-11-22,2,88000,cny,176000,王小明,A7,cny,12,yes\n";
    let Item::Record { mapped, .. } = items(None, Target::Stay, text).remove(0) else { panic!() };
    assert_eq!(
        mapped.document,
        json!({
            "hotel_code": "shenzhen", "status": "checked_out", "arrival_on": "2026-11-20", "departure_on": "2026-11-22",
            "adults": 2, "currency": "CNY", "source_version": 12, "guest": {"name": "王小明"},
            "agent": {"type": "travel_agency", "reference": {"system": "pms", "id": "A7"}},
            "rate": {"amount_minor": 88000, "currency": "CNY"}, "revenue": {"room": 176_000},
            "custom_fields": {"transfer": "yes"}, "external_refs": [{"system": "pms", "id": "R-1"}],
        })
    );
}

const BOOKING_COLUMNS: &str = "src_row,hotel,lead_time,arrival_date_year,arrival_date_month,arrival_date_day_of_month,\
    stays_in_weekend_nights,stays_in_week_nights,adults,children,babies,meal,country,market_segment,\
    distribution_channel,reserved_room_type,assigned_room_type,deposit_type,agent,company,customer_type,adr,\
    required_car_parking_spaces,total_of_special_requests,reservation_status,reservation_status_date";

#[test]
fn a_booking_that_was_stayed_has_revenue_and_partners() {
    let row = "7,City Hotel,10,2016,March,2,1,2,2,NA,1,BB,PRT,Online TA,TA/TO,A,D,No Deposit,9,NULL,Transient,99.5,0,1,\
        Check-Out,2016-03-05";
    let mapped = first(BOOKINGS, &format!("{BOOKING_COLUMNS}\n{row}\n"));
    assert_eq!((mapped.system.as_str(), mapped.external_id.as_str()), ("hotel-bookings", "7"));
    assert_eq!(
        mapped.document,
        json!({
            "hotel_code": "city-hotel", "status": "checked_out", "arrival_on": "2016-03-02", "nights": 3,
            "booked_on": "2016-02-21", "adults": 2, "infants": 1, "board": "BB", "booked_room_type": "A",
            "room_type": "D", "channel": "TA/TO", "segment": "Online TA", "currency": "EUR",
            "guest": {"name": "Guest 7"},
            "agent": {"reference": {"system": "hotel-bookings", "id": "agent-9"}, "type": "travel_agency", "name": "Agent 9"},
            "rate": {"amount_minor": 9950, "currency": "EUR"}, "revenue": {"room": 29_850},
            "custom_fields": {"country": "PRT", "customer_type": "Transient", "deposit_type": "No Deposit",
                "parking_spaces": "0", "special_requests": "1"},
            "external_refs": [{"system": "hotel-bookings", "id": "7"}],
        })
    );
}

#[test]
fn a_booking_that_was_called_off_has_a_day_and_no_revenue_and_a_negative_price_is_kept_aside() {
    let cancelled = "8,Resort Hotel,0,2015,July,1,0,0,0,0,0,Undefined,NULL,Groups,Undefined,A,A,Non Refund,NULL,9,Group,\
        80,0,0,Canceled,2015-05-06";
    let made = document(BOOKINGS, &format!("{BOOKING_COLUMNS}\n{cancelled}\n"));
    assert_eq!((&made["status"], &made["cancelled_on"]), (&json!("cancelled"), &json!("2015-05-06")));
    assert_eq!((made.get("revenue"), &made["nights"], &made["adults"]), (None, &json!(0), &json!(0)));
    assert_eq!(made["company"]["reference"]["id"], "company-9");
    assert_eq!((made.get("agent"), &made["board"]), (None, &json!("Undefined")));

    let corrected = "9,Resort Hotel,0,2017,March,5,1,9,2,0,0,BB,GBR,Groups,Direct,A,A,No Deposit,273,NULL,Transient-Party,\
        -6.38,0,0,Check-Out,2017-03-15";
    let made = document(BOOKINGS, &format!("{BOOKING_COLUMNS}\n{corrected}\n"));
    assert_eq!((made.get("rate"), &made["revenue"]), (None, &json!({"room": -6_380})));
    assert_eq!(made["custom_fields"]["adr"], "-6.38");
}

#[test]
fn a_day_that_never_was_is_a_fault_of_its_row_alone() {
    let columns = "Booking_ID,no_of_adults,no_of_children,no_of_weekend_nights,no_of_week_nights,type_of_meal_plan,\
        required_car_parking_space,room_type_reserved,lead_time,arrival_year,arrival_month,arrival_date,\
        market_segment_type,avg_price_per_room,no_of_special_requests,booking_status";
    let text = format!(
        "{columns}\nI1,1,0,2,1,Not Selected,0,Room_Type 1,5,2018,2,29,Online,120.5,0,Canceled\n\
         I2,2,0,0,2,Meal Plan 1,1,Room_Type 4,3,2018,2,28,Offline,0,1,Not_Canceled\n"
    );
    let found = items(Some(INN), Target::Stay, &text);
    let Item::Fault(fault) = &found[0] else { panic!("{found:?}") };
    assert_eq!((fault.line, fault.field.as_str(), fault.code), (2, "arrival_year", "date"));
    assert_eq!(fault.external_id.as_deref(), Some("I1"));
    let Item::Record { line: 3, mapped } = &found[1] else { panic!("{found:?}") };
    assert_eq!(mapped.document["arrival_on"], "2018-02-28");
    assert_eq!(
        (&mapped.document["booked_on"], &mapped.document["nights"]),
        (&json!("2018-02-25"), &json!(2))
    );
    assert_eq!(mapped.document["revenue"], json!({"room": 0}));
    assert_eq!(mapped.document.get("hotel_code"), None);
}

#[test]
fn flags_become_preferences_beside_the_guest() {
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
    let head = format!("ID,Nationality,Age,DistributionChannel,MarketSegment,{}", flags.join(","));
    let text = format!(
        "{head}\n1,PRT,40,Direct,Direct,1,0,0,0,0,0,0,1,0,0,0,0,1\n2,PRT,40,Direct,Direct{}\n",
        ",0".repeat(13)
    );
    let found = items(Some(CUSTOMERS), Target::Guest, &text);
    let codes = |item: &Item| match item {
        Item::Record { mapped, .. } => {
            assert_eq!(mapped.document.get("preferences"), None);
            let code = |found: &Value| {
                assert_eq!(found["polarity"], "like");
                found["code"].as_str().unwrap().to_owned()
            };
            mapped.preferences.iter().map(code).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(codes(&found[0]), ["high_floor", "king_size_bed", "quiet_room"]);
    assert!(codes(&found[1]).is_empty());
    let all = format!("{head}\n3,PRT,40,Direct,Direct{}\n", ",1".repeat(13));
    assert_eq!(codes(&items(Some(CUSTOMERS), Target::Guest, &all)[0]).len(), 13);
}
