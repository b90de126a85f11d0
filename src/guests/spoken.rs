//! How a guest is spoken to during a stay. Pure.

use crate::guests::model::{NameType, PersonName, Profile};

/// The name staff say, and how it sounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The name: the incognito one where the guest hides behind one.
    pub name: String,
    /// How it is pronounced, where that is recorded; never of the name a guest hides.
    pub pronunciation: Option<String>,
}

/// The name by which a guest is spoken to.
pub fn spoken(profile: &Profile) -> Spoken {
    let of =
        |kind: NameType| profile.names.iter().find(|name| name.name_type == kind).map(PersonName::display);
    match of(NameType::Incognito) {
        Some(name) => Spoken { name, pronunciation: None },
        None => Spoken { name: profile.display_name(), pronunciation: of(NameType::Phonetic) },
    }
}

#[cfg(test)]
mod tests {
    use super::{Spoken, spoken};
    use crate::guests::model::Profile;

    fn profile(names: serde_json::Value) -> Profile {
        Profile { names: serde_json::from_value(names).unwrap(), ..Profile::default() }
    }

    #[test]
    fn a_hidden_name_is_never_said() {
        let names = serde_json::json!([
            {"name_type": "primary", "surname": "单", "given_name": "田芳", "placeholder": false},
            {"name_type": "phonetic", "full_name": "Shan Tianfang"}
        ]);
        let said = spoken(&profile(names));
        assert_eq!(said, Spoken { name: "单田芳".into(), pronunciation: Some("Shan Tianfang".into()) });
        let names = serde_json::json!([
            {"name_type": "primary", "surname": "单", "given_name": "田芳"},
            {"name_type": "phonetic", "full_name": "Shan Tianfang"},
            {"name_type": "incognito", "full_name": "Mr Smith"}
        ]);
        assert_eq!(spoken(&profile(names)), Spoken { name: "Mr Smith".into(), pronunciation: None });
    }
}
