use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::*;
use crate::guests::model::{ContactUse, Gender, NameType};
use crate::kit::ids::{HotelId, StaffId};

fn maybe<T>(dice: &mut StdRng, make: impl FnOnce(&mut StdRng) -> T) -> Option<T> {
    dice.random_bool(0.6).then(|| make(dice))
}

fn word(dice: &mut StdRng) -> String {
    ["ann", "bell", "carl", "dorn", "eve", "frost"][dice.random_range(0..6)].to_owned()
}

/// Distinct items, of which the first may be primary, as the parser would let them in.
fn list<T: Item>(dice: &mut StdRng, make: impl Fn(&mut StdRng) -> T) -> Vec<T> {
    let mut items: Vec<T> = Vec::new();
    for _ in 0..dice.random_range(0..4) {
        let item = make(dice);
        if !items.iter().any(|known| known.same_thing(&item)) {
            items.push(item);
        }
    }
    if dice.random_bool(0.5)
        && let Some(flag) = items.first_mut().and_then(Item::primary)
    {
        *flag = true;
    }
    items
}

fn name(dice: &mut StdRng) -> PersonName {
    PersonName {
        name_type: NameType::Primary,
        given_name: Some(word(dice)),
        middle_name: None,
        surname: maybe(dice, word),
        second_surname: None,
        full_name: None,
        prefix: None,
        suffix: None,
        script: None,
        language: None,
        display_order: None,
        placeholder: false,
    }
}

fn phone(dice: &mut StdRng) -> PhoneContact {
    PhoneContact {
        number: format!("+8613800138{:03}", dice.random_range(0..6)).parse().unwrap(),
        extension: None,
        usage: ContactUse::Mobile,
        tech: None,
        primary: false,
        verified: dice.random_bool(0.5),
    }
}

fn restriction(dice: &mut StdRng) -> Restriction {
    let hotel = maybe(dice, |dice| HotelId(Uuid::from_u128(dice.random_range(1..3))));
    Restriction {
        reason_code: word(dice),
        reason: word(dice),
        scope: if hotel.is_some() { RestrictionScope::Hotel } else { RestrictionScope::Group },
        hotel_id: hotel,
        approved_by: StaffId(Uuid::from_u128(1)),
        review_on: NaiveDate::from_ymd_opt(2027, 3, dice.random_range(1..28)).unwrap(),
        set_at: Instant::from_micros(1),
        set_by: ActorId(Uuid::from_u128(1)),
    }
}

fn snapshot(dice: &mut StdRng) -> Snapshot {
    let mut names = list(dice, name);
    if names.is_empty() {
        names.push(name(dice));
    }
    Snapshot {
        profile: Profile {
            names,
            gender: maybe(dice, |dice| Gender::ALL[dice.random_range(0..4)]),
            birth_date: maybe(dice, |dice| {
                NaiveDate::from_ymd_opt(1988, 5, dice.random_range(1..28)).unwrap()
            }),
            occupation: maybe(dice, word),
            vip_level: maybe(dice, word),
            languages: list(dice, |dice| ["zh-CN", "en", "fr"][dice.random_range(0..3)].parse().unwrap()),
            phones: list(dice, phone),
            tags: list(dice, word),
            external_refs: list(dice, |dice| ExternalRef { system: "pms".into(), id: word(dice) }),
            custom_fields: list(dice, word).into_iter().map(|name| (name, word(dice))).collect(),
            owner_id: maybe(dice, |dice| StaffId(Uuid::from_u128(dice.random_range(1..4)))),
            private_to_hotel_id: maybe(dice, |dice| HotelId(Uuid::from_u128(dice.random_range(1..4)))),
            ..Profile::default()
        },
        restriction: dice.random_bool(0.3).then(|| restriction(dice)),
    }
}

fn choices(dice: &mut StdRng) -> Choices {
    let chosen = MergeField::ALL.iter().filter(|_| dice.random_bool(0.2)).copied().collect::<Vec<_>>();
    chosen.into_iter().map(|field| (field, MergeSide::ALL[dice.random_range(0..2)])).collect()
}

/// Runs a check on many random merges; the seed of a failure is told.
fn many(check: impl Fn(&mut StdRng)) {
    for seed in 0..500 {
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check(&mut StdRng::seed_from_u64(seed))
        }));
        assert!(outcome.is_ok(), "seed {seed}");
    }
}

#[test]
fn without_an_edit_in_between_both_come_back_to_the_letter() {
    many(|dice| {
        let (a, b, choices) = (snapshot(dice), snapshot(dice), choices(dice));
        let (merged, _) = merge(&a, &b, &choices);
        assert_eq!(unmerge(&a, &merged, &merged), (a, Vec::new()));
    });
}

#[test]
fn nothing_is_lost_and_nothing_is_there_twice_where_nobody_chose() {
    many(|dice| {
        let (a, b) = (snapshot(dice), snapshot(dice));
        let (Snapshot { profile, restriction }, told) = merge(&a, &b, &Choices::new());
        assert!(profile.names.starts_with(&a.profile.names));
        assert!(profile.tags.starts_with(&a.profile.tags));
        for tag in &b.profile.tags {
            assert_eq!(profile.tags.iter().filter(|known| *known == tag).count(), 1);
        }
        for reference in a.profile.external_refs.iter().chain(&b.profile.external_refs) {
            assert_eq!(profile.external_refs.iter().filter(|known| *known == reference).count(), 1);
        }
        assert!(profile.phones.iter().filter(|phone| phone.primary).count() <= 1);
        assert_eq!(profile.occupation, a.profile.occupation.clone().or(b.profile.occupation.clone()));
        assert_eq!(restriction.is_some(), a.restriction.is_some() || b.restriction.is_some());
        for field in told.iter().filter(|field| field.field == MergeField::VipLevel) {
            assert_eq!(field.differs, a.profile.vip_level != b.profile.vip_level);
        }
    });
}

#[test]
fn a_choice_decides_alone() {
    many(|dice| {
        let (a, b, choices) = (snapshot(dice), snapshot(dice), choices(dice));
        let (merged, _) = merge(&a, &b, &choices);
        match choices.get(&MergeField::Phones) {
            Some(MergeSide::Survivor) => assert_eq!(merged.profile.phones, a.profile.phones),
            Some(MergeSide::Merged) => assert_eq!(merged.profile.phones, b.profile.phones),
            None => {}
        }
        match choices.get(&MergeField::CustomFields) {
            Some(MergeSide::Survivor) => assert_eq!(merged.profile.custom_fields, a.profile.custom_fields),
            Some(MergeSide::Merged) => assert_eq!(merged.profile.custom_fields, b.profile.custom_fields),
            None => {}
        }
    });
}

/// The three-way rule in its plainest form, for values compared as a whole.
fn three_way<T: Clone + PartialEq>(before: &[T], after: &[T], now: &[T]) -> Vec<T> {
    let gone = |item: &T| after.contains(item) && !now.contains(item);
    let kept = before.iter().filter(|item| !gone(item));
    let added = now.iter().filter(|item| !after.contains(item) && !before.contains(item));
    kept.chain(added).cloned().collect()
}

#[test]
fn edits_in_between_stay_with_the_survivor() {
    many(|dice| {
        let (a, b, choices) = (snapshot(dice), snapshot(dice), choices(dice));
        let (after, _) = merge(&a, &b, &choices);
        // The edit replaces some members by those of a third profile.
        let (edit, mut now) = (snapshot(dice), after.clone());
        macro_rules! edited {
            ($name:ident, $field:ident) => {
                if dice.random_bool(0.3) {
                    now.profile.$name = edit.profile.$name.clone();
                }
            };
        }
        each_member!(edited);
        let (back, kept) = unmerge(&a, &after, &now);
        let scalar = |before: &Option<String>, after: &Option<String>, now: &Option<String>| {
            if now == after { before.clone() } else { now.clone() }
        };
        let (before, then, today, result) = (&a.profile, &after.profile, &now.profile, &back.profile);
        assert_eq!(result.occupation, scalar(&before.occupation, &then.occupation, &today.occupation));
        assert_eq!(result.vip_level, scalar(&before.vip_level, &then.vip_level, &today.vip_level));
        assert_eq!(kept.contains(&MergeField::VipLevel), then.vip_level != today.vip_level);
        assert_eq!(sorted(&result.tags), sorted(&three_way(&before.tags, &then.tags, &today.tags)));
        assert_eq!(
            sorted(&result.external_refs),
            sorted(&three_way(&before.external_refs, &then.external_refs, &today.external_refs))
        );
        assert!(result.phones.iter().filter(|phone| phone.primary).count() <= 1);
        for phone in today.phones.iter().filter(|phone| !then.phones.contains(phone)) {
            assert!(result.phones.iter().any(|known| known.same_thing(phone)));
        }
        for (at, phone) in result.phones.iter().enumerate() {
            assert!(!result.phones.iter().take(at).any(|earlier| earlier.same_thing(phone)));
        }
        assert!(!result.names.is_empty());
        for name in
            before.custom_fields.keys().chain(then.custom_fields.keys()).chain(today.custom_fields.keys())
        {
            let (was, is) = (then.custom_fields.get(name), today.custom_fields.get(name));
            let expected = if was == is { before.custom_fields.get(name) } else { is };
            assert_eq!(result.custom_fields.get(name), expected);
        }
    });
}

fn sorted<T: Clone + Ord>(items: &[T]) -> Vec<T> {
    let mut items = items.to_vec();
    items.sort();
    items
}

#[test]
fn the_stricter_restriction_wins() {
    let mut dice = StdRng::seed_from_u64(1);
    let base = restriction(&mut dice);
    let of = |scope, hotel: Option<u128>, day| Restriction {
        scope,
        hotel_id: hotel.map(|id| HotelId(Uuid::from_u128(id))),
        review_on: NaiveDate::from_ymd_opt(2027, 1, day).unwrap(),
        ..base.clone()
    };
    let group = of(RestrictionScope::Group, None, 5);
    let (first, second) = (of(RestrictionScope::Hotel, Some(1), 9), of(RestrictionScope::Hotel, Some(2), 7));
    assert_eq!(stricter(None, Some(&first)), Some(first.clone()));
    assert_eq!(stricter(Some(&first), Some(&group)), Some(group.clone()));
    assert_eq!(stricter(Some(&group), Some(&first)), Some(group));
    let both = stricter(Some(&first), Some(&second)).unwrap();
    assert_eq!(
        (both.scope, both.hotel_id, both.review_on),
        (RestrictionScope::Group, None, second.review_on)
    );
}
