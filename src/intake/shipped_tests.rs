//! Tests of the mappings in `mappings/` on small invented rows of the shape the
//! real systems send, through the same door an importer uses.

use std::io::Cursor;

use serde_json::{Value, json};

use super::{Format, Item, Mapped, Mapping, Mode, Options, from_reader};

const SAMPLE: &str = include_str!("../../mappings/hotel-customers-sample.toml");
const TAIL: &str = include_str!("../../mappings/hotel-customers-tail.toml");
const OHIP: &str = include_str!("../../mappings/ohip-profile.toml");
const MEWS: &str = include_str!("../../mappings/mews-customer.toml");
const APALEO: &str = include_str!("../../mappings/apaleo-booking.toml");
const CLOUDBEDS: &str = include_str!("../../mappings/cloudbeds-profile.toml");

fn read(mapping: Mapping, text: &str) -> Vec<Item> {
    let options = Options { mapping: Some(mapping), ..Options::default() };
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    from_reader(input, None, options).unwrap().map(Result::unwrap).collect()
}

fn read_json(mapping: &str, value: &Value) -> Vec<Item> {
    read(Mapping::parse(mapping).unwrap(), &value.to_string())
}

fn guests(items: Vec<Item>) -> Vec<Mapped> {
    let guest = |item| match item {
        Item::Record { mapped, .. } => Some(mapped),
        _ => None,
    };
    items.into_iter().filter_map(guest).collect()
}

fn reasons(items: &[Item]) -> Vec<&str> {
    let mut reasons = Vec::new();
    for item in items {
        if let Item::Skipped { reason, .. } = item {
            reasons.push(reason.as_str());
        }
    }
    reasons
}

fn customers_csv(suffix: &str, hashes: bool, row: &str) -> String {
    let hashes = if hashes { "NameHash,DocIDHash," } else { "" };
    format!(
        "ID,Nationality{suffix},Age,{hashes}DistributionChannel{suffix},MarketSegment{suffix},{FLAGS}\n{row}\n"
    )
}

/// Special requests: twelve after the first, all of them not asked for in the rows here.
const FLAGS: &str = "SRHighFloor,SRLowFloor,SRAccessibleRoom,SRMediumFloor,SRBathtub,SRShower,SRCrib,SRKingSizeBed,\
    SRTwinBed,SRNearElevator,SRAwayFromElevator,SRNoAlcoholInMiniBar,SRQuietRoom";
const NONE: &str = ",0,0,0,0,0,0,0,0,0,0,0,0";

#[test]
fn the_customers_sample_gives_placeholders_and_match_keys() {
    let text = customers_csv(
        "_recoded",
        true,
        &format!("10,FRA,25,0xAB,0xCD,Other,Direct,1{NONE}\n11,Other,,0xAB,0xCE,Other,Other,0{NONE}"),
    );
    let guests = guests(read(Mapping::parse(SAMPLE).unwrap(), &text));
    assert_eq!((guests[0].system.as_str(), guests[0].external_id.as_str()), ("hotel-customers", "10"));
    assert_eq!(
        guests[0].document,
        json!({
            "names": [{"name_type": "primary", "full_name": "Guest 10", "placeholder": true}],
            "nationality": "FR",
            "match_keys": [{"kind": "document_hash", "value": "cd"}, {"kind": "name_hash", "value": "ab"}],
            "custom_fields": {"age": "25", "market_segment_recoded": "Direct"},
            "external_refs": [{"system": "hotel-customers", "id": "10"}],
        })
    );
    assert_eq!(guests[1].document.get("nationality"), None);
    assert_eq!(guests[1].document.get("custom_fields"), None);
}

#[test]
fn the_customers_tail_shares_identities_with_the_sample_and_has_no_match_keys() {
    let mapping = Mapping::parse(TAIL).unwrap();
    assert_eq!(mapping.mode(), Mode::Merge);
    let text = customers_csv("", false, &format!("10,SGP,47.0,Corporate,Other,0{NONE}"));
    let guests = guests(read(mapping, &text));
    assert_eq!(
        guests[0].document,
        json!({
            "names": [{"name_type": "primary", "full_name": "Guest 10", "placeholder": true}],
            "nationality": "SG",
            "custom_fields": {"age": "47", "distribution_channel": "Corporate", "market_segment": "Other"},
            "external_refs": [{"system": "hotel-customers", "id": "10"}],
        })
    );
}

#[test]
fn a_file_of_the_other_shape_is_refused_at_once() {
    let text = customers_csv("", false, &format!("10,SGP,47.0,Corporate,Other,0{NONE}"));
    let options = Options { mapping: Some(Mapping::parse(SAMPLE).unwrap()), ..Options::default() };
    let error = from_reader(Box::new(Cursor::new(text.into_bytes())), None, options).err().unwrap();
    assert!(error.to_string().contains("_recoded") || error.to_string().contains("Hash"), "{error}");
}

fn ohip_profile() -> Value {
    json!({
        "customer": {
            "personName": [
                {"givenName": "Ana", "middleName": "B", "surname": "Sousa", "nameTitle": "Dr", "nameType": "PRIMARY", "language": "E"},
                {"nameType": "Alternate"}, {"surname": "Smith", "nameType": "Incognito"}],
            "citizenCountry": {"code": "PT"}, "profession": "Engineer", "gender": "FEMALE",
            "birthDate": "1990-05-06", "language": "EN", "nationality": "PT", "vipStatus": "2",
            "birthCountry": {"code": ""},
            "identifications": {"identificationInfo": [{"identification": {"idType": "PASSPORT", "idNumber": "X123456"}}]}},
        "addresses": {"addressInfo": [{"address": {"addressLine": ["Rua Um 1", "", null], "cityName": "Lisboa",
            "postalCode": "1000-001", "country": {"value": "PT"}, "type": "HOME", "primaryInd": true}}]},
        "telephones": {"telephoneInfo": [{"telephone": {"phoneTechType": "PHONE", "phoneUseType": "MOBILE",
            "phoneNumber": "+351 912 345 678", "primaryInd": false}}]},
        "emails": {"emailInfo": [{"email": {"emailAddress": "{{GuestEmail}}"}},
            {"email": {"emailAddress": "ana@example.pt", "type": "BUSINESSEMAIL"}}]},
        "keywords": {"keyword": [{"keyword": "quiet"}]},
        "profileType": "GUEST"})
}

#[test]
fn an_ohip_profile_becomes_a_whole_guest() {
    let row = json!({"profiles": {"profileInfo": [
        {"profileIdList": [{"type": "CorporateId", "id": "9"}, {"type": "Profile", "id": "687128"}], "profile": ohip_profile()}]}});
    let guests = guests(read_json(OHIP, &row));
    assert_eq!(guests.len(), 1);
    assert_eq!((guests[0].system.as_str(), guests[0].external_id.as_str()), ("ohip", "687128"));
    assert_eq!(
        guests[0].document,
        json!({
            "names": [
                {"name_type": "primary", "given_name": "Ana", "middle_name": "B", "surname": "Sousa", "prefix": "Dr", "language": "en"},
                {"name_type": "incognito", "surname": "Smith"}],
            "gender": "female", "birth_date": "1990-05-06", "nationality": "PT", "citizenships": ["PT"],
            "preferred_language": "en", "occupation": "Engineer", "vip_level": "2", "tags": ["quiet"],
            "phones": [{"number": "+351912345678", "use": "mobile", "tech": "voice", "primary": false}],
            "emails": [{"address": "ana@example.pt", "use": "business"}],
            "addresses": [{"lines": ["Rua Um 1"], "city": "Lisboa", "postal_code": "1000-001", "country": "PT", "use": "home", "primary": true}],
            "external_refs": [{"system": "ohip", "id": "687128"}],
        })
    );
}

#[test]
fn an_ohip_request_without_identifier_is_recognised_again_by_its_content() {
    let row = json!({"profileDetails": ohip_profile(), "profileIdList": []});
    let first = guests(read_json(OHIP, &row)).remove(0);
    assert!(first.external_id.starts_with("fp-") && first.external_id.len() == 35);
    assert_eq!(guests(read_json(OHIP, &row))[0].external_id, first.external_id);
    let mut other = row.clone();
    other["profileDetails"]["customer"]["personName"][0]["surname"] = json!("Souza");
    assert_ne!(guests(read_json(OHIP, &other))[0].external_id, first.external_id);
}

#[test]
fn ohip_reservations_give_their_guests_and_other_rows_none() {
    let guest = |id: &str, name: &str| {
        json!({"profileInfo": {"profileIdList": [{"id": id, "type": "Profile"}],
        "profile": {"customer": {"personName": [{"surname": name}]}}}})
    };
    let row = json!({"reservations": {"reservation": [{"reservationGuests":
        [guest("1", "Clarke"), guest("2", "string"), guest("{{ProfileId}}", "Doe")]}]}});
    let items = read_json(OHIP, &row);
    assert_eq!(reasons(&items), ["no_names", "no_identity"]);
    assert_eq!(guests(items)[0].external_id, "1");
    let company =
        json!({"profileIdList": [{"id": "1"}], "profileDetails": {"profileType": "Company", "customer": {}}});
    assert_eq!(reasons(&read_json(OHIP, &company)), ["not_a_guest_profile"]);
    assert_eq!(reasons(&read_json(OHIP, &json!({"links": []}))), ["not_a_guest"]);
}

fn mews_customer(id: &str) -> Value {
    json!({"Id": id, "Number": "12", "Title": "Misses", "Sex": "Female", "FirstName": "Eva", "LastName": "Nováková",
        "SecondLastName": null, "NationalityCode": "CZ", "PreferredLanguageCode": null, "LanguageCode": "cs-CZ",
        "BirthDate": "1983-12-31", "Email": "eva@example.cz", "HasOtaEmail": true, "Phone": "00420 601 123 456",
        "TaxIdentificationNumber": "CZ1", "Notes": "secret", "Classifications": ["Returning"], "MergeTargetId": null,
        "ActivityState": "Active", "IsActive": true, "LoyaltyCode": "5555 5555 5555 4444",
        "Address": {"Id": "x", "Line1": "Dlouhá 1", "Line2": null, "City": "Praha", "CountryCode": "CZ"}})
}

fn mews_document(id: &str) -> Value {
    json!({
        "names": [{"name_type": "primary", "given_name": "Eva", "surname": "Nováková", "prefix": "Mrs"}],
        "gender": "female", "birth_date": "1983-12-31", "nationality": "CZ", "languages": ["cs-CZ"],
        "preferred_language": "cs-CZ", "tags": ["Returning"],
        "phones": [{"number": "+420601123456", "primary": true}],
        "emails": [{"address": "eva@example.cz", "primary": true, "is_ota_alias": true}],
        "addresses": [{"lines": ["Dlouhá 1"], "city": "Praha", "country": "CZ", "primary": true}],
        "custom_fields": {"customer_number": "12", "loyalty_code": "**** **** **** 4444"},
        "external_refs": [{"system": "mews", "id": id}],
    })
}

#[test]
fn mews_customers_expand_from_lists_searches_and_single_answers() {
    let mut gone = mews_customer("c");
    gone["MergeTargetId"] = json!("a");
    let row = json!({"Customers": [mews_customer("a"), mews_customer("b"), gone]});
    let items = read_json(MEWS, &row);
    assert_eq!(reasons(&items), ["merged_away"]);
    let found = guests(items);
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].document, mews_document("b"));
    let search = json!({"Customers": [{"Customer": mews_customer("s"), "Reservation": null}]});
    assert_eq!(guests(read_json(MEWS, &search))[0].document, mews_document("s"));
    assert_eq!(guests(read_json(MEWS, &mews_customer("one")))[0].document, mews_document("one"));
}

#[test]
fn mews_account_updates_wrap_their_values() {
    let row = json!({"AccountUpdates": [
        {"Id": "k", "Discriminator": "Company", "Customer": null, "Company": {"Name": {"Value": "X"}}},
        {"Id": "c", "Discriminator": "Customer", "Customer": {"LastName": {"Value": "Sample"}, "Telephone": {"Value": "+420601123456"},
            "SecondLastName": {"Value": null}}}]});
    let found = guests(read_json(MEWS, &row));
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].document,
        json!({"names": [{"name_type": "primary", "surname": "Sample"}],
            "phones": [{"number": "+420601123456", "primary": true}],
            "external_refs": [{"system": "mews", "id": "c"}]})
    );
}

#[test]
fn apaleo_bookings_give_booker_and_guests_once_each_and_no_card_data() {
    let person = |first: &str, email: Value| {
        json!({"title": "Mr", "gender": "Male", "firstName": first, "middleInitial": "D",
        "lastName": "Doe", "email": email, "phone": "+49 89 123343",
        "address": {"addressLine1": "Weg 1", "city": "Ulm", "countryCode": "DE"}})
    };
    let row = json!({"bookings": [{"id": "B", "booker": person("Jon", json!("j@example.de")),
        "paymentAccount": {"accountNumber": "4111111111111111", "payerEmail": "p@example.de"},
        "reservations": [
            {"id": "B-1", "primaryGuest": person("Jon", json!("J@example.de ")), "additionalGuests": [{"firstName": "A", "lastName": "B"}]},
            {"id": "B-2", "primaryGuest": person("Eric", Value::Null)}]}]});
    let items = read_json(APALEO, &row);
    assert_eq!(reasons(&items), ["repeated_in_row", "no_identity"]);
    let found = guests(items);
    assert_eq!(found.len(), 2);
    let mut document = found[0].document.clone();
    document["external_refs"][0]["id"] = json!("");
    assert_eq!(
        document,
        json!({
            "names": [{"name_type": "primary", "prefix": "Mr", "given_name": "Jon", "middle_name": "D", "surname": "Doe"}],
            "gender": "male", "phones": [{"number": "+4989123343", "primary": true}],
            "emails": [{"address": "j@example.de", "primary": true}],
            "addresses": [{"lines": ["Weg 1"], "city": "Ulm", "country": "DE", "primary": true}],
            "external_refs": [{"system": "apaleo", "id": ""}],
        })
    );
    assert!(!found.iter().any(|guest| guest.document.to_string().contains("1111")));
}

#[test]
fn cloudbeds_guests_come_from_answers_lists_and_reservations() {
    let one = json!({"success": true, "data": {"guestID": "7", "firstName": "Rui", "lastName": "Melo", "gender": "M",
        "cellPhone": "+351912345678", "phone": "912 345 678", "email": "rui@example.pt", "country": "PT", "birthDate": "0000-00-00"}});
    let found = guests(read_json(CLOUDBEDS, &one));
    assert_eq!(
        found[0].document,
        json!({
            "names": [{"name_type": "primary", "given_name": "Rui", "surname": "Melo"}], "gender": "male",
            "phones": [{"number": "+351912345678", "use": "mobile"}],
            "emails": [{"address": "rui@example.pt", "primary": true}],
            "addresses": [{"country": "PT", "primary": true}],
            "external_refs": [{"system": "cloudbeds", "id": "7"}],
        })
    );
    let list =
        json!({"data": [{"guestID": "1", "guestName": "Rui Melo"}, {"guestID": "2", "guestName": "string"}]});
    let items = read_json(CLOUDBEDS, &list);
    assert_eq!(reasons(&items), ["no_names"]);
    assert_eq!(guests(items)[0].document["names"][0]["full_name"], "Rui Melo");
    let reservation = json!({"data": {"reservationID": "R", "guestID": "5", "guestName": "A", "guestList":
        {"5": {"guestID": "5", "guestFirstName": "Ana", "guestLastName": "Sá"}}}});
    let found = guests(read_json(CLOUDBEDS, &reservation));
    assert_eq!((found.len(), found[0].document["names"][0]["surname"].as_str()), (1, Some("Sá")));
    let dump = json!({"reservationID": "string", "guestName": "string"});
    assert_eq!(reasons(&read_json(CLOUDBEDS, &dump)), ["not_a_guest"]);
}

#[test]
fn payloads_in_an_envelope_are_unwrapped_and_filtered() {
    let mapping = || Mapping::parse(MEWS).unwrap().with_envelope("/json", &[("/vendor", "mews")]).unwrap();
    let text = mews_customer("t").to_string();
    for (line, expected) in [
        (json!({"vendor": "mews", "json": mews_customer("o")}), Ok("o")),
        (json!({"vendor": "mews", "json": text}), Ok("t")),
        (json!({"vendor": "ohip", "json": mews_customer("o")}), Err("filtered")),
        (json!({"vendor": "mews"}), Err("not_a_guest")),
        (json!({"vendor": "mews", "json": "just text"}), Err("json")),
    ] {
        let items = read(mapping(), &line.to_string());
        let found = match &items[0] {
            Item::Record { mapped, .. } => Ok(mapped.external_id.as_str()),
            Item::Skipped { reason, .. } => Err(reason.as_str()),
            Item::Fault(fault) => Err(fault.code),
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn every_shipped_mapping_states_its_format() {
    for (text, format) in [
        (SAMPLE, Format::Csv),
        (TAIL, Format::Csv),
        (OHIP, Format::Ndjson),
        (MEWS, Format::Ndjson),
        (APALEO, Format::Ndjson),
        (CLOUDBEDS, Format::Ndjson),
    ] {
        assert_eq!(Mapping::parse(text).unwrap().format(), format);
    }
}
