use chrono::NaiveDate;
use uuid::Uuid;

use super::{Clash, clash};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, PreferenceId};
use crate::preferences::catalogue::shipped;
use crate::preferences::model::{Details, Polarity, Preference, PreferenceSource, PreferenceStatus};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn of(code: &str, polarity: Polarity) -> Preference {
    let stamp = (Instant::from_micros(0), ActorId(Uuid::nil()));
    Preference {
        group: GroupId(Uuid::nil()),
        id: PreferenceId(Uuid::nil()),
        guest_id: GuestId(Uuid::nil()),
        origin_guest_id: GuestId(Uuid::nil()),
        category: shipped().item(code).unwrap().category.clone(),
        code: Some(code.to_owned()),
        polarity,
        details: Details::from_source(PreferenceSource::Stated),
        consent_id: None,
        status: PreferenceStatus::Active,
        version: 1,
        created: stamp,
        updated: stamp,
    }
}

fn between(one: &Preference, other: &Preference) -> Option<Clash> {
    let today = day("2026-11-22");
    assert_eq!(
        clash(shipped(), one, other, today),
        clash(shipped(), other, one, today),
        "the order does not matter"
    );
    clash(shipped(), one, other, today)
}

#[test]
fn for_and_against_one_thing_is_contrary() {
    use Polarity::{Dislike, Like, Must, MustNot};
    for (one, other, found) in [
        (Like, MustNot, Some(Clash::Contrary)),
        (Like, Dislike, Some(Clash::Contrary)),
        (Must, Dislike, Some(Clash::Contrary)),
        (Like, Like, Some(Clash::Same)),
        (Like, Must, None),
        (Dislike, MustNot, None),
    ] {
        assert_eq!(between(&of("bathtub", one), &of("bathtub", other)), found, "{one:?} {other:?}");
    }
    assert_eq!(between(&of("bathtub", Like), &of("shower", MustNot)), None);
}

#[test]
fn two_of_an_exclusive_set_are_contrary_when_both_are_wished_for() {
    use Polarity::{Like, Must, MustNot};
    assert_eq!(between(&of("high_floor", Like), &of("low_floor", Must)), Some(Clash::Contrary));
    assert_eq!(between(&of("high_floor", Like), &of("low_floor", MustNot)), None);
    assert_eq!(between(&of("high_floor", Like), &of("medium_floor", Like)), None);
    assert_eq!(between(&of("king_size_bed", Like), &of("twin_beds", Like)), None);
    assert_eq!(between(&of("near_elevator", Like), &of("away_from_elevator", Like)), Some(Clash::Contrary));
}

#[test]
fn what_never_holds_at_once_is_not_contrary() {
    let (mut one, mut other) = (of("bathtub", Polarity::Like), of("bathtub", Polarity::MustNot));
    one.details.valid_until = Some(day("2026-12-31"));
    other.details.valid_from = Some(day("2027-01-01"));
    assert_eq!(between(&one, &other), None);
    one.details.valid_until = Some(day("2027-01-01"));
    assert_eq!(between(&one, &other), Some(Clash::Contrary));
    let hotel = |last| HotelId(Uuid::from_u128(last));
    one.details.hotel_ids = vec![hotel(1), hotel(2)];
    other.details.hotel_ids = vec![hotel(3)];
    assert_eq!(between(&one, &other), None);
    other.details.hotel_ids = vec![hotel(2), hotel(3)];
    assert_eq!(between(&one, &other), Some(Clash::Contrary));
    // What is over stands in nobody's way.
    let mut over = of("bathtub", Polarity::MustNot);
    over.details.valid_until = Some(day("2026-11-21"));
    assert_eq!(between(&of("bathtub", Polarity::Like), &over), None);
}
