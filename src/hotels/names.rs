//! Names in several languages on the wire: an object of texts by BCP 47 tag.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::hotels::model::{BadName, LONGEST_NAME, MOST_LANGUAGES, Names};
use crate::kit::fault::Faults;

/// A text in several languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalizedText(pub BTreeMap<String, String>);

impl PartialSchema for LocalizedText {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(LONGEST_NAME))
            .description(Some("The text in this language."))
            .examples([json!("西湖宾馆")]);
        let tag = ObjectBuilder::new().schema_type(Type::String).min_length(Some(2)).max_length(Some(35));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A text in several languages: one member a BCP 47 language tag."))
            .property_names(Some(Schema::Object(tag.build())))
            .additional_properties(Some(RefOr::T(Schema::Object(text.build()))))
            .min_properties(Some(1))
            .max_properties(Some(MOST_LANGUAGES))
            .examples([json!({"zh-CN": "西湖宾馆", "en": "West Lake Hotel"})])
            .into()
    }
}

impl ToSchema for LocalizedText {
    fn name() -> Cow<'static, str> {
        "LocalizedText".into()
    }
}

impl LocalizedText {
    /// The name this is; every fault is noted below the member being checked.
    pub fn check(self, faults: &mut Faults) -> Option<Names> {
        let found = match Names::parse(self.0) {
            Ok(names) => return Some(names),
            Err(found) => found,
        };
        for (key, fault) in found {
            let (code, message) = match fault {
                BadName::Count => ("length", format!("must have 1 to {MOST_LANGUAGES} languages")),
                BadName::Language => ("language", "must be a BCP 47 language tag, such as zh-CN".to_owned()),
                BadName::Twice => ("duplicate", "is the same language as another member".to_owned()),
                BadName::Length => ("length", format!("must have 1 to {LONGEST_NAME} characters")),
                BadName::Control => ("single_line", "must be a single line".to_owned()),
            };
            match key {
                Some(key) => {
                    faults.at(key.replace('~', "~0").replace('/', "~1"), |faults| faults.add(code, message))
                }
                None => faults.add(code, message),
            }
        }
        None
    }
}
