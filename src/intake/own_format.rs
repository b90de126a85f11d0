//! The formats of our own: what is read when no mapping is given.
//!
//! Owns: the identity mapping for NDJSON rows that are documents already,
//! and the mappings for CSV files with our own column names. Must not know the
//! whole schema of a guest or stay; the importer validates documents against it.

use serde_json::Value;

use super::apply::Outcome;
use super::cards;
use super::mapping::{Mapped, Mapping};
use super::source::{Row, RowFault, RowValue};
use super::targets::Target;
use super::toml_tables::MappingError;

/// The mapping of CSV files with our own column names, as TOML.
#[must_use]
pub fn own_csv_text(target: Target) -> &'static str {
    match target {
        Target::Guest => include_str!("../../mappings/hospes-csv.toml"),
        Target::Stay => include_str!("../../mappings/hospes-stays-csv.toml"),
        Target::Complaint => include_str!("../../mappings/hospes-complaints-csv.toml"),
        Target::ComplaintEvent => include_str!("../../mappings/hospes-complaint-events-csv.toml"),
    }
}

/// Parses [`own_csv_text`].
///
/// # Errors
/// Fails only if the file built in is broken, which a test excludes.
pub fn own_csv(target: Target) -> Result<Mapping, MappingError> {
    Mapping::parse(own_csv_text(target))
}

/// Takes an NDJSON row as a document. The first entry of `external_refs`
/// is the identity; members that are null or empty are left out, since in an
/// import they say nothing; card numbers are masked.
#[must_use]
pub fn own_document(row: &Row, target: Target) -> Outcome {
    let RowValue::Json(value) = &row.fields else {
        let message = "The row is not a JSON object.";
        return Outcome::Fault(RowFault::of_row(row.line, "not_an_object", message));
    };
    let mut document = value.clone();
    prune(&mut document);
    let reference = document.pointer("/external_refs/0");
    let text = |key: &str| {
        let value = reference.and_then(|reference| reference.get(key));
        let text = value.and_then(Value::as_str);
        text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let (Some(system), Some(external_id)) = (text("system"), text("id")) else {
        let message = "The first entry of external_refs must hold a system and an id.";
        let fault = RowFault::of_field(row.line, "/external_refs/0", "no_identity", message);
        return Outcome::Fault(fault);
    };
    if cards::is_scheme_card(&external_id) {
        let message = "The identifier is a payment card number.";
        let fault = RowFault::of_field(row.line, "/external_refs/0/id", "card_number", message);
        return Outcome::Fault(fault);
    }
    cards::screen_but(&mut document, target.shape().words());
    Outcome::Record(Mapped { system, external_id, document, preferences: Vec::new() })
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, member| !says_nothing(member));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(prune);
            items.retain(|item| !says_nothing(item));
        }
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::{CsvRecord, Header};
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    fn map(value: Value) -> Outcome {
        let fields = RowValue::Json(value);
        own_document(&Row { line: 3, fields }, Target::Guest)
    }

    #[test]
    fn a_document_passes_without_what_says_nothing() {
        let outcome = map(json!({
            "names": [{"surname": "张", "given_name": "", "prefix": null}, {}],
            "custom_fields": {}, "vip_level": "V2",
            "external_refs": [{"system": "pms", "id": "7"}, {"system": "crm", "id": "c-1"}],
        }));
        let Outcome::Record(mapped) = outcome else { panic!("{outcome:?}") };
        assert_eq!((mapped.system.as_str(), mapped.external_id.as_str()), ("pms", "7"));
        assert_eq!(
            mapped.document,
            json!({"names": [{"surname": "张"}], "vip_level": "V2",
                "external_refs": [{"system": "pms", "id": "7"}, {"system": "crm", "id": "c-1"}]})
        );
    }

    #[test]
    fn a_document_without_identity_is_a_fault() {
        for refs in [json!([]), json!([{"system": "pms"}]), json!([{"system": "pms", "id": 7}]), json!("x")] {
            let outcome = map(json!({"names": [], "external_refs": refs}));
            let Outcome::Fault(fault) = outcome else { panic!("{outcome:?}") };
            assert_eq!((fault.line, fault.code), (3, "no_identity"));
        }
    }

    #[test]
    fn a_card_number_as_identity_is_a_fault_and_elsewhere_masked() {
        let refs = json!([{"system": "pms", "id": "4111111111111111"}]);
        let Outcome::Fault(fault) = map(json!({"external_refs": refs})) else { panic!() };
        assert_eq!(fault.code, "card_number");
        let refs = json!([{"system": "pms", "id": "1"}]);
        let outcome = map(json!({"external_refs": refs, "occupation": "4111 1111 1111 1111"}));
        let Outcome::Record(mapped) = outcome else { panic!() };
        assert_eq!(mapped.document["occupation"], "**** **** **** 1111");
    }

    #[test]
    fn our_own_columns_make_a_whole_document() {
        let pairs = [
            ("external_id", "42"),
            ("surname", "欧阳"),
            ("given_name", "娜娜"),
            ("gender", "F"),
            ("birth_date", "1990/02/03"),
            ("nationality", "CHN"),
            ("phone", "138 1234 5678"),
            ("email", "nana@example.cn"),
            ("address_line1", "南京西路 1 号"),
            ("city", "上海"),
            ("country", "China"),
            ("tags", "vip; quiet"),
            ("wechat", "nana"),
            ("languages", "ZH_cn;en"),
            ("document_hash", "0xAB12"),
            ("custom.Room_Type", "K"),
            ("occupation", ""),
        ];
        let header = Header::new(pairs.iter().map(|(name, _)| (*name).to_owned()).collect()).unwrap();
        let values = pairs.iter().map(|(_, value)| (*value).to_owned()).collect();
        let mapping = own_csv(Target::Guest).unwrap();
        mapping.check_header(&header).unwrap();
        let fields = RowValue::Csv(CsvRecord { header: Arc::new(header), values });
        let outcome = mapping.apply(&Row { line: 2, fields }).remove(0);
        let Outcome::Record(mapped) = outcome else { panic!("{outcome:?}") };
        assert_eq!(
            mapped.document,
            json!({
                "names": [{"name_type": "primary", "surname": "欧阳", "given_name": "娜娜"}],
                "gender": "female", "birth_date": "1990-02-03", "nationality": "CN",
                "phones": [{"number": "+8613812345678", "primary": true}],
                "emails": [{"address": "nana@example.cn", "primary": true}],
                "addresses": [{"lines": ["南京西路 1 号"], "city": "上海", "country": "CN", "primary": true}],
                "tags": ["vip", "quiet"], "languages": ["zh-CN", "en"],
                "messaging": [{"service": "wechat", "handle": "nana"}],
                "match_keys": [{"kind": "document_hash", "value": "ab12"}],
                "custom_fields": {"room_type": "K"},
                "external_refs": [{"system": "csv", "id": "42"}],
            })
        );
    }

    #[test]
    fn a_misspelt_column_of_our_own_is_refused() {
        let header = Header::new(vec!["external_id".into(), "sirname".into()]).unwrap();
        let message = own_csv(Target::Guest).unwrap().check_header(&header).unwrap_err();
        assert!(message.contains("sirname"));
    }
}
