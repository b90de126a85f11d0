//! Tests of what mappings make of complaints and of events in their lives, through the same door an importer uses.

use std::io::Cursor;

use serde_json::{Value, json};

use super::{Format, Item, Mapping, Options, Target, from_reader};

const CHINESE: &str = include_str!("../../mappings/chnsenticorp-htl.toml");
const BOOKING: &str = include_str!("../../mappings/booking-515k.toml");
const OATS: &str = include_str!("../../mappings/oats-hotels-absa.toml");
const INCIDENTS: &str = include_str!("../../mappings/itsm-incidents.toml");

/// Each document, or the code of a fault, or the reason why a row was passed over.
fn made(mapping: Option<&str>, target: Target, format: Format, text: &str) -> Vec<Value> {
    let mapping = mapping.map(|mapping| Mapping::parse(mapping).unwrap());
    let options = Options { mapping, target, format: Some(format), ..Options::default() };
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let one = |item| match item {
        Ok(Item::Record { mapped, .. }) => mapped.document,
        Ok(Item::Fault(fault)) => json!(format!("{} {}", fault.field, fault.code)),
        Ok(Item::Skipped { reason, .. }) => json!(reason),
        Err(error) => panic!("{error}"),
    };
    from_reader(input, None, options).unwrap().map(one).collect()
}

#[test]
fn words_stay_as_they_are_and_everything_else_is_trimmed_and_screened() {
    let card = "4111 1111 1111 1111";
    let text = json!({"external_refs": [{"system": "s", "id": "1"}], "description": format!(" {card}\r\n "),
        "subject": card, "demand": ""});
    let own = made(None, Target::Complaint, Format::Ndjson, &text.to_string());
    assert_eq!(
        own,
        [json!({"external_refs": [{"system": "s", "id": "1"}], "description": format!(" {card}\r\n "),
            "subject": "**** **** **** 1111"})]
    );
    let csv = "external_id,channel,description,subject\n1,web,\" a\u{3000}\r\n\", b \n2,web, \u{feff} ,b\n";
    let own = made(None, Target::Complaint, Format::Csv, csv);
    assert_eq!((&own[0]["description"], &own[0]["subject"]), (&json!(" a\u{3000}\r\n"), &json!("b")));
    assert_eq!(own[1], "description required");
    let shouted = "format = \"csv\"\ntarget = \"complaint\"\nsystem = \"s\"\nexternal_id = \"I\"\n[fields]\n\
        description = { from = \"D\", transforms = [\"upper\"] }\n";
    let changed = made(Some(shouted), Target::Complaint, Format::Csv, "I,D\n1, a b \n");
    assert_eq!(changed[0]["description"], "A B", "what is to be changed is changed");
}

#[test]
fn the_chinese_reviews_give_those_that_complain() {
    let text = "src_row,label,review\n2,1,好\n3,0,\"差， \"\n4,0,\n";
    let made = made(Some(CHINESE), Target::Complaint, Format::Csv, text);
    assert_eq!((&made[0], &made[2]), (&json!("no_complaint"), &json!("review required")));
    assert_eq!(
        made[1],
        json!({"description": "差， ", "channel": "ota_review", "language": "zh",
            "external_refs": [{"system": "chnsenticorp", "id": "3"}]})
    );
}

#[test]
fn the_booking_reviews_give_what_was_not_liked_and_are_known_by_what_they_say() {
    let text = "Hotel_Name,Review_Date,Reviewer_Nationality,Negative_Review,Positive_Review,Reviewer_Score,Tags\n\
        H,8/3/2017, France , Small ,Nice,7.9,T\nH,8/3/2017,,No Negative,Nice,9,T\nH,8/3/2017,, ,Nice,9,T\n\
        H,12/13/2016,,Small,No Positive,9,T\nH,13/12/2016,,Small,Nice,9,T\n";
    let made = made(Some(BOOKING), Target::Complaint, Format::Csv, text);
    assert_eq!((&made[1], &made[2]), (&json!("no_complaint"), &json!("no_complaint")));
    assert_eq!(made[0]["description"], " Small ");
    assert_eq!(made[0]["custom_fields"], json!({"hotel": "H", "score": "7.9", "nationality": "France"}));
    assert_eq!(
        (&made[0]["received_at"], &made[0]["language"]),
        (&json!("2017-08-03T00:00:00Z"), &json!("en"))
    );
    assert_eq!(made[3]["received_at"], "2016-12-13T00:00:00Z");
    assert_ne!(made[0]["external_refs"], made[3]["external_refs"]);
    assert_eq!(made[4], "Review_Date instant");
}

#[test]
fn a_line_of_sentences_gives_the_text_as_it_was_written() {
    let text = json!({"rid": "9", "text": "Best  deal .", "review_aspects": [], "sentences": [{"text": "Best deal ."}]});
    let made = made(Some(OATS), Target::Complaint, Format::Ndjson, &text.to_string());
    assert_eq!(
        (&made[0]["description"], &made[0]["external_refs"][0]["id"]),
        (&json!("Best  deal ."), &json!("9"))
    );
}

#[test]
fn a_row_of_an_incident_gives_an_event() {
    let columns = "number,incident_state,made_sla,opened_at,sys_updated_at,contact_type,priority,assignment_group,\
        assigned_to,closed_code,resolved_at,closed_at,category,subcategory,location,impact,urgency,reassignment_count";
    let text = format!(
        "{columns}\nI1,Awaiting Problem,false,29/2/2016 04:40,1/3/2016 09:52,Self service,1 - Critical,70,?,5,?,\
         6/3/2016 10:00,?,215,165,2 - Medium,1 - High,0\n\
         I1,-100,false,29/2/2016 04:40,1/3/2016 09:52,Phone,1 - Critical,70,?,5,?,?,40,215,165,2 - Medium,1 - High,0\n"
    );
    let made = made(Some(INCIDENTS), Target::ComplaintEvent, Format::Csv, &text);
    assert_eq!(
        made[0],
        json!({
            "at": "2016-03-01T09:52:00Z", "state": "waiting_supplier", "received_at": "2016-02-29T04:40:00Z",
            "closed_at": "2016-03-06T10:00:00Z", "in_time": false, "tells_resolution": true, "channel": "web",
            "description": "Incident I1", "priority": "urgent", "assigned_group": "70",
            "hold_note": "Awaiting Problem", "ending": "Closed with code 5",
            "custom_fields": {"subcategory": "215", "location": "165", "impact": "2 - Medium", "urgency": "1 - High",
                "reassignments": "0"},
            "external_refs": [{"system": "itsm-incidents", "id": "I1"}],
        })
    );
    assert_eq!(made[1], "incident_state unmapped");
}
