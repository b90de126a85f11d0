use super::{PreferenceValueKind, SHIPPED, SensitiveKind, read_shipped};
use crate::hotels::model::Code;
use crate::preferences::model::Polarity;

#[test]
fn what_is_shipped_can_be_read_and_is_whole() {
    let catalogue = read_shipped(SHIPPED).unwrap();
    assert!(catalogue.items.len() > 150, "{}", catalogue.items.len());
    for category in [
        "room",
        "bedding",
        "pillow",
        "temperature",
        "dining",
        "dietary",
        "allergy",
        "medical",
        "amenity",
        "communication",
        "language",
        "transport",
        "celebration",
        "accessibility",
        "privacy",
        "gift",
        "activity",
        "other",
    ] {
        assert!(catalogue.category(category).is_some(), "{category}");
        let items = catalogue.items.values().filter(|item| item.is.category == category).count();
        assert!(items >= 3, "{category} has {items}");
    }
    for code in [
        "high_floor",
        "medium_floor",
        "low_floor",
        "bathtub",
        "shower",
        "king_size_bed",
        "twin_beds",
        "near_elevator",
        "away_from_elevator",
        "quiet_room",
        "accessible_room",
        "crib",
        "no_alcohol_in_minibar",
    ] {
        assert!(catalogue.item(code).is_some(), "{code}");
        assert_eq!(catalogue.sensitive(&catalogue.item(code).unwrap().category, Some(code)), None, "{code}");
    }
}

#[test]
fn every_shipped_text_is_there_and_bounded() {
    let catalogue = read_shipped(SHIPPED).unwrap();
    let departments = [
        "front-office",
        "housekeeping",
        "food-beverage",
        "engineering",
        "security",
        "concierge",
        "guest-relations",
    ];
    // Hotels can have departments of these codes.
    assert!(departments.iter().all(|code| Code::parse(code).is_some()));
    for (code, category) in &catalogue.categories {
        let category = &category.is;
        assert!(departments.contains(&category.department.as_str()), "{code}");
        assert!(category.names.values().all(|name| (1..=100).contains(&name.chars().count())), "{code}");
    }
    for (code, item) in &catalogue.items {
        let item = &item.is;
        assert!((1..=60).contains(&code.len()), "{code}");
        assert!(item.department.as_deref().is_none_or(|own| departments.contains(&own)), "{code}");
        assert!(item.names.values().all(|name| (1..=100).contains(&name.chars().count())), "{code}");
        assert!(item.keywords.len() <= 40, "{code}");
        assert!(item.keywords.iter().all(|word| (1..=60).contains(&word.text.chars().count())), "{code}");
        assert_eq!(item.value_kind == PreferenceValueKind::Choice, !item.choices.is_empty(), "{code}");
    }
}

#[test]
fn exclusive_sets_are_no_wider_than_what_cannot_be_had_at_once() {
    let catalogue = read_shipped(SHIPPED).unwrap();
    let set = |code: &str| catalogue.item(code).unwrap().exclusive_set.clone();
    assert!(set("high_floor").is_some() && set("high_floor") == set("low_floor"));
    assert_eq!(set("medium_floor"), None);
    assert!(set("near_elevator").is_some() && set("near_elevator") == set("away_from_elevator"));
    assert_eq!((set("king_size_bed"), set("twin_beds")), (None, None));
    for (code, item) in &catalogue.items {
        let Some(set) = &item.is.exclusive_set else { continue };
        let valued = item.is.value_kind != PreferenceValueKind::None;
        let others = catalogue.items.values().filter(|other| other.is.exclusive_set.as_ref() == Some(set));
        assert!(valued || others.count() > 1, "{code} is alone in {set}");
    }
}

#[test]
fn what_tells_of_health_is_sensitive_and_meant_strictly() {
    let catalogue = read_shipped(SHIPPED).unwrap();
    for (code, item) in catalogue.items.iter().filter(|(_, item)| item.is.category == "allergy") {
        assert_eq!(catalogue.sensitive("allergy", Some(code)), Some(SensitiveKind::Health), "{code}");
        assert_eq!(item.is.polarity, Polarity::MustNot, "{code}");
    }
    assert_eq!(catalogue.sensitive("dietary", Some("halal")), Some(SensitiveKind::Religion));
    assert_eq!(catalogue.sensitive("dietary", Some("vegetarian")), None);
    assert_eq!(
        catalogue.sensitive("accessibility", Some("wheelchair_user")),
        Some(SensitiveKind::Disability)
    );
}
