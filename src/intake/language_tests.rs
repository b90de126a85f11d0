//! Tests of what each part of the mapping language does to a row, through the
//! same door an importer uses.

use std::io::{self, Cursor, Read, Write};

use serde_json::{Value, json};

use super::{Format, IntakeError, Item, Mapping, Options, RowFault, Target, from_reader, open};

const CSV: &str = "format = \"csv\"\nsystem = \"s\"\nexternal_id = \"ID\"\n";
const NDJSON: &str = "format = \"ndjson\"\nsystem = \"s\"\nexternal_id = \"/id\"\n";

fn items(mapping: &str, text: &str) -> Vec<Item> {
    let mapping = Mapping::parse(mapping).unwrap();
    let options = Options { mapping: Some(mapping), ..Options::default() };
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    from_reader(input, None, options).unwrap().map(Result::unwrap).collect()
}

fn document(mapping: &str, text: &str) -> Value {
    match items(mapping, text).remove(0) {
        Item::Record { mapped, .. } => mapped.document,
        other => panic!("{other:?}"),
    }
}

fn fault(mapping: &str, text: &str) -> RowFault {
    match items(mapping, text).remove(0) {
        Item::Fault(fault) => fault,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_unknown_code_is_rejected_dropped_kept_or_put_aside() {
    let with = |unknown: &str| {
        format!("{CSV}[fields]\nvip_level = {{ from = \"V\", map = {{ G = \"gold\" }}{unknown} }}\n")
    };
    let text = "ID,V\n1,x\n";
    let found = fault(&with(""), text);
    assert_eq!((found.line, found.field.as_str(), found.code), (2, "V", "unmapped"));
    assert_eq!(found.external_id.as_deref(), Some("1"));
    assert_eq!(document(&with(", unknown = \"drop\""), text).get("vip_level"), None);
    assert_eq!(document(&with(", unknown = \"keep\""), text)["vip_level"], "x");
    let aside = document(&with(", unknown = \"custom:vip\""), text);
    assert_eq!((aside.get("vip_level"), &aside["custom_fields"]["vip"]), (None, &json!("x")));
    assert_eq!(document(&with(""), "ID,V\n1,g\n")["vip_level"], "gold");
}

#[test]
fn a_value_that_does_not_fit_is_rejected_dropped_or_put_aside() {
    let with = |on_error: &str| {
        format!("{CSV}[fields]\nbirth_date = {{ from = \"B\", transforms = [\"date\"]{on_error} }}\n")
    };
    let text = "ID,B\n1,2018-02-29\n";
    let found = fault(&with(""), text);
    assert_eq!((found.field.as_str(), found.code), ("B", "date"));
    assert!(!found.message.contains("2018"));
    assert_eq!(document(&with(", on_error = \"drop\""), text).get("birth_date"), None);
    let aside = document(&with(", on_error = \"custom:born\""), text);
    assert_eq!(aside["custom_fields"]["born"], "2018-02-29");
}

#[test]
fn a_forgotten_transform_is_a_fault_and_not_a_bad_document() {
    let mapping = format!("{CSV}[fields]\nnationality = \"N\"\n");
    assert_eq!(fault(&mapping, "ID,N\n1,PRT\n").code, "country");
}

#[test]
fn defaults_requirements_and_drops_work_on_what_is_left() {
    let mapping = format!(
        "{CSV}drop_if = [\"NULL\"]\n[fields]\nvip_level = {{ from = \"V\", default = \"none\" }}\noccupation = {{ from = \"O\", drop_if = [] , required = true }}\n"
    );
    let made = document(&mapping, "ID,V,O\n1, NULL ,NULL\n");
    assert_eq!((&made["vip_level"], &made["occupation"]), (&json!("none"), &json!("NULL")));
    let found = fault(&mapping, "ID,V,O\n1,a,\n");
    assert_eq!((found.field.as_str(), found.code), ("O", "required"));
}

#[test]
fn a_record_without_identifier_is_rejected_or_skipped() {
    let found = fault(CSV, "ID\n\"\u{3000}\"\n");
    assert_eq!((found.field.as_str(), found.code), ("ID", "no_identity"));
    let skipping = format!("{CSV}missing_id = \"skip\"\n");
    let reason = "no_identity".to_owned();
    assert_eq!(items(&skipping, "ID\n\" \"\n"), [Item::Skipped { line: 2, reason }]);
}

#[test]
fn an_identifier_that_is_a_card_number_is_a_fault() {
    assert_eq!(fault(CSV, "ID\n4111111111111111\n").code, "card_number");
}

#[test]
fn conditions_and_rules_choose_rows_and_entries() {
    let mapping = format!(
        "{CSV}[[skip]]\nfrom = \"T\"\nequals = [\"C\"]\nreason = \"company\"\n[[names]]\nsurname = \"N\"\nwhen = [{{ from = \"T\", not_equals = \"X\" }}]\n[require]\nnames = \"reject\"\n"
    );
    let found = items(&mapping, "ID,T,N\n1,C,A\n2,X,B\n3,P,C\n");
    assert!(matches!(&found[0], Item::Skipped { line: 2, reason } if reason == "company"));
    assert!(matches!(&found[1], Item::Fault(fault) if fault.code == "required" && fault.line == 3));
    assert!(matches!(&found[2], Item::Record { line: 4, .. }));
}

#[test]
fn lists_are_split_joined_and_freed_of_repetitions() {
    let mapping = format!(
        "{CSV}[fields]\ntags = {{ from_all = [\"A\", \"B\"], transforms = [\"split:,\", \"map\", \"lower\"], map = {{ X = \"EX\" }}, unknown = \"keep\" }}\nlanguages = {{ from = [\"A\", \"L\"], transforms = [\"language\"], on_error = \"drop\" }}\n"
    );
    let made = document(&mapping, "ID,A,B,L\n1,\"X, quiet\",QUIET,ZH\n");
    assert_eq!(made["tags"], json!(["ex", "quiet"]));
    assert_eq!(made["languages"], json!(["zh"]));
}

#[test]
fn each_makes_one_entry_a_value_and_faults_point_into_the_row() {
    let mapping =
        format!("{NDJSON}[[emails]]\neach = \"/mails/*\"\naddress = \"/a\"\nuse = {{ value = \"home\" }}\n");
    let made =
        document(&mapping, "{\"id\":1,\"mails\":[{\"a\":\"x@y.z\"},{},{\"a\":\"x@y.z\"},{\"a\":\"q@y.z\"}]}");
    assert_eq!(
        made["emails"],
        json!([{"address": "x@y.z", "use": "home"}, {"address": "q@y.z", "use": "home"}])
    );
    let found = fault(&mapping, "{\"id\":1,\"mails\":[{},{\"a\":\"nothing\"}]}");
    assert_eq!((found.field.as_str(), found.code), ("/mails/1/a", "email"));
}

#[test]
fn card_numbers_never_reach_a_document() {
    let mapping = format!("{CSV}[fields]\noccupation = \"O\"\n[custom_fields]\nnote = \"C\"\n");
    let made = document(&mapping, "ID,O,C\n1,4111 1111 1111 1111,visa 5555555555554444\n");
    assert_eq!(made["occupation"], "**** **** **** 1111");
    assert_eq!(made["custom_fields"]["note"], "visa ************4444");
}

#[test]
fn a_chinese_file_in_gbk_is_read_and_a_damaged_row_is_a_fault() {
    let text = "ID,姓名\n1,张伟\n2,王芳\n3,欧阳娜娜\n";
    let (bytes, _, _) = encoding_rs::GBK.encode(text);
    let mut bytes = bytes.into_owned();
    bytes.extend_from_slice(b"4,\xd5\xff\n5,abc\n");
    let mapping = format!("{CSV}[[names]]\nfull_name = \"姓名\"\n");
    let options = Options { mapping: Some(Mapping::parse(&mapping).unwrap()), ..Options::default() };
    let mut intake = from_reader(Box::new(Cursor::new(bytes)), None, options).unwrap();
    let found: Vec<Item> = intake.by_ref().map(Result::unwrap).collect();
    assert_eq!(intake.encoding(), Some("gb18030"));
    let Item::Record { line: 4, mapped } = &found[2] else { panic!("{found:?}") };
    assert_eq!(mapped.document["names"][0]["full_name"], "欧阳娜娜");
    let Item::Fault(fault) = &found[3] else { panic!("{found:?}") };
    assert_eq!((fault.line, fault.field.as_str(), fault.code), (5, "姓名", "encoding"));
    assert!(matches!(found[4], Item::Record { line: 6, .. }));
}

#[test]
fn the_file_name_tells_the_format_and_progress_counts_stored_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guests.ndjson.gz");
    let row = json!({"external_refs": [{"system": "pms", "id": "1"}]}).to_string() + "\n";
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(row.repeat(1000).as_bytes()).unwrap();
    let packed = packer.finish().unwrap();
    std::fs::write(&path, &packed).unwrap();
    let intake = open(&path, Options::default()).unwrap();
    let progress = intake.progress();
    assert_eq!(intake.count(), 1000);
    let size = u64::try_from(packed.len()).unwrap();
    assert_eq!((progress.bytes_read(), progress.total_bytes()), (size, Some(size)));
    let other = folder.path().join("guests.xlsx");
    std::fs::write(&other, "x").unwrap();
    assert!(matches!(open(&other, Options::default()), Err(IntakeError::UnknownFormat)));
}

#[test]
fn a_cut_off_file_ends_in_an_error_and_not_in_silence() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all("{\"external_refs\":[{\"system\":\"p\",\"id\":\"1\"}]}\n".repeat(9).as_bytes()).unwrap();
    let mut packed = packer.finish().unwrap();
    packed.truncate(packed.len() - 5);
    let options = Options { format: Some(Format::Ndjson), ..Options::default() };
    let found: Vec<_> = from_reader(Box::new(Cursor::new(packed)), None, options).unwrap().collect();
    assert!(matches!(found.last(), Some(Err(IntakeError::Io(_)))));
    assert_eq!(found.iter().filter(|item| item.is_err()).count(), 1);
}

#[test]
fn a_stream_that_trickles_reads_like_a_file() {
    struct Trickle(Vec<u8>);
    impl Read for Trickle {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            match (self.0.is_empty(), out.first_mut()) {
                (false, Some(slot)) => {
                    *slot = self.0.remove(0);
                    Ok(1)
                }
                _ => Ok(0),
            }
        }
    }
    let text = "{\"external_refs\":[{\"system\":\"酒店\",\"id\":\"1\"}]}\n{broken\n{\"external_refs\":[{\"system\":\"酒店\",\"id\":\"2\"}]}";
    let options = Options { format: Some(Format::Ndjson), ..Options::default() };
    let input = Box::new(Trickle(text.as_bytes().to_vec()));
    let found: Vec<Item> = from_reader(input, None, options).unwrap().map(Result::unwrap).collect();
    assert!(matches!(&found[0], Item::Record { line: 1, mapped } if mapped.system == "酒店"));
    assert!(matches!(&found[1], Item::Fault(fault) if fault.line == 2 && fault.code == "json"));
    assert!(matches!(&found[2], Item::Record { line: 3, .. }));
}

#[test]
fn a_mapping_for_the_other_format_is_refused() {
    let mapping = Mapping::parse(CSV).unwrap();
    let options = Options { format: Some(Format::Ndjson), mapping: Some(mapping), ..Options::default() };
    let result = from_reader(Box::new(Cursor::new(Vec::new())), None, options);
    assert!(matches!(result, Err(IntakeError::FormatMismatch)));
}

const MANUAL: &str = include_str!("../../docs/mappings.md");

fn block(kind: &str) -> &'static str {
    let (_, after) = MANUAL.split_once(&format!("```{kind}\n")).unwrap();
    after.split_once("```").unwrap().0
}

#[test]
fn the_example_in_the_manual_does_what_it_says() {
    let found = items(block("toml"), block("csv"));
    let Item::Record { line: 2, mapped } = &found[0] else { panic!("{found:?}") };
    assert_eq!(
        mapped.document,
        json!({
            "names": [{"full_name": "Ouyang Nana"}], "gender": "female", "birth_date": "1990-02-03",
            "nationality": "CN", "phones": [{"number": "+8613812345678", "use": "mobile"}],
            "external_refs": [{"system": "frontdesk", "id": "17"}],
        })
    );
    let reason = "company".to_owned();
    assert_eq!(found[1], Item::Skipped { line: 3, reason });
    let misspelt = block("toml").replace("gender =", "gendre =");
    let error = Mapping::parse(&misspelt).unwrap_err().to_string();
    let (shown, _) = error.split_once(", birth_date").unwrap();
    assert!(MANUAL.contains(shown), "{shown}");
}

#[test]
fn the_manual_names_every_member_and_transform() {
    let named = |name: &str| {
        let name = name.split(['[', ':']).next().unwrap_or(name);
        assert!(MANUAL.contains(&format!("`{name}")), "{name}");
    };
    super::transforms::NAMES.iter().for_each(|name| named(name));
    for target in Target::ALL {
        let shape = target.shape();
        shape.fields.iter().for_each(|(name, _)| named(name));
        for object in shape.objects {
            assert!(MANUAL.contains(&format!("`[{}]`", object.name)));
        }
        for list in shape.lists {
            assert!(MANUAL.contains(&format!("`[[{}]]`", list.name)));
        }
        for entry in shape.objects.iter().chain(shape.lists) {
            entry.members.iter().for_each(|(name, _)| named(name));
        }
    }
}
