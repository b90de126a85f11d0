//! Making one person out of the lists.

use super::again::change;
use super::dice::Dice;
use super::names_data::{
    CITIES_CN, COMPOUND, COUNTRIES, Country, GIVEN_BOTH, GIVEN_FEMALE, GIVEN_MALE, JAPAN, KOREA, MOBILE_CN,
    NativeCountry, OCCUPATIONS, OCCUPATIONS_CN, STREETS_CN, SURNAMES, TAGS,
};
use super::{Address, Email, ExternalRef, Messaging, Name, Person, Phone};
use crate::kit::text::fold;
use crate::kit::text::readings::{given_readings, surname_readings};

/// The person at a position of a seed.
pub(super) fn person(seed: u64, position: u64) -> Person {
    let mut dice = Dice::new(seed, position);
    let mut made = if position > 0 && dice.percent(1) {
        let earlier = dice.below(position);
        let mut again = original(&mut Dice::new(!seed, earlier));
        change(&mut dice, &mut again);
        again
    } else {
        original(&mut Dice::new(!seed, position))
    };
    let id = format!("G{:06}", position.saturating_add(1));
    made.external_refs = vec![ExternalRef { system: "pms", id }];
    made
}

fn original(dice: &mut Dice) -> Person {
    let gender = match dice.below(100) {
        0..49 => "male",
        49..97 => "female",
        _ => "undisclosed",
    };
    match dice.below(100) {
        0..65 => chinese(dice, gender),
        65..92 => match dice.pick(COUNTRIES) {
            Some(country) => latin(dice, gender, &country),
            None => chinese(dice, gender),
        },
        92..97 => native(dice, gender, &JAPAN),
        _ => native(dice, gender, &KOREA),
    }
}

fn chinese(dice: &mut Dice, gender: &'static str) -> Person {
    let surname = if dice.percent(2) {
        dice.text(COMPOUND).to_owned()
    } else {
        // Twice below favours the beginning of the list, about as surnames are
        // distributed: a twentieth has the first one.
        let bound = dice.index(SURNAMES.chars().count());
        let rank = dice.index(bound + 1);
        SURNAMES.chars().skip(rank).take(1).collect()
    };
    let own = if male(dice, gender) { GIVEN_MALE } else { GIVEN_FEMALE };
    let mut given = dice.character(own);
    if dice.percent(70) {
        let list = if dice.percent(60) { GIVEN_BOTH } else { own };
        let other = dice.character(list);
        given = if dice.percent(60) { other + &given } else { given + &other };
    }
    let (surname_latin, given_latin) =
        (romanised(surname_readings(&surname)), romanised(given_readings(&given)));
    let handle = format!("{surname_latin}{given_latin}").to_lowercase();
    let mut names = vec![name("primary", &given, &surname, "Hani", "zh-CN")];
    if dice.percent(50) {
        names.push(name("alternate", &given_latin, &surname_latin, "Latn", "en"));
    }
    let (city, province, district, postal_code) = dice.pick(CITIES_CN).unwrap_or_default();
    let street = dice.text(STREETS_CN);
    let line = format!(
        "{street}{}号{}栋{}0{}室",
        1 + dice.below(300),
        1 + dice.below(20),
        1 + dice.below(28),
        1 + dice.below(4)
    );
    let address = Address {
        lines: vec![line],
        city,
        district: Some(district),
        state: Some(province).filter(|p| !p.is_empty()),
        postal_code,
        country: "CN",
        usage: "home",
        primary: true,
    };
    let number = format!("+86{}{}", dice.text(MOBILE_CN), dice.digits(8));
    let messaging = if dice.percent(30) {
        vec![Messaging { service: "wechat", handle: format!("{handle}_{}", dice.digits(3)) }]
    } else {
        Vec::new()
    };
    let occupation = dice.text(OCCUPATIONS_CN);
    Person {
        messaging,
        ..rest(dice, Basis { gender, names, number, address, handle: &handle, language: "zh-CN", occupation })
    }
}

fn latin(dice: &mut Dice, gender: &'static str, country: &Country) -> Person {
    let is_male = male(dice, gender);
    let given_names = if is_male { country.male } else { country.female };
    let given = dice.word(given_names);
    let surname = dice.word(country.surnames);
    let mut primary = name("primary", given, surname, "Latn", country.language);
    if dice.percent(12) {
        primary.middle_name = Some(dice.word(given_names).to_owned()).filter(|m| m != given);
    }
    if dice.percent(40) && gender != "undisclosed" {
        primary.prefix = Some(if dice.percent(8) {
            "Dr"
        } else if is_male {
            "Mr"
        } else {
            "Ms"
        });
    }
    let address = western_address(dice, country.code, country.cities, country.streets);
    let number = mobile(dice, country.phones);
    let handle = format!("{given}.{surname}");
    let occupation = dice.text(OCCUPATIONS);
    let names = vec![primary];
    let language = country.language;
    rest(dice, Basis { gender, names, number, address, handle: &handle, language, occupation })
}

fn native(dice: &mut Dice, gender: &'static str, country: &NativeCountry) -> Person {
    let given_names = if male(dice, gender) { country.male } else { country.female };
    let (given, given_sound, given_latin) = dice.pick(given_names).unwrap_or_default();
    let (surname, surname_sound, surname_latin) = dice.pick(country.surnames).unwrap_or_default();
    let mut names = vec![name("primary", given, surname, country.script, country.language)];
    if !given_sound.is_empty() {
        names.push(name("phonetic", given_sound, surname_sound, country.script, country.language));
    }
    if dice.percent(60) {
        names.push(name("alternate", given_latin, surname_latin, "Latn", "en"));
    }
    let address = western_address(dice, country.code, country.cities, country.streets);
    let number = mobile(dice, country.phones);
    let handle = format!("{given_latin}.{surname_latin}");
    let occupation = dice.text(OCCUPATIONS);
    let language = country.language;
    rest(dice, Basis { gender, names, number, address, handle: &handle, language, occupation })
}

/// What differs between the kinds of people; [`rest`] adds what does not.
struct Basis<'a> {
    gender: &'static str,
    names: Vec<Name>,
    number: String,
    address: Address,
    /// What the person's e-mail addresses begin with.
    handle: &'a str,
    language: &'static str,
    occupation: &'static str,
}

fn rest(dice: &mut Dice, basis: Basis<'_>) -> Person {
    let Basis { gender, names, number, address, handle, language, occupation } = basis;
    let date = (1945 + dice.below(61), 1 + dice.below(12), 1 + dice.below(28));
    let tags = match dice.below(10) {
        0 | 1 => vec![dice.text(TAGS)],
        2 => {
            let first = dice.text(TAGS);
            let second = dice.text(TAGS);
            if first == second { vec![first] } else { vec![first, second] }
        }
        _ => Vec::new(),
    };
    let second_language = (language != "en" && dice.percent(35)).then_some("en");
    Person {
        names,
        gender,
        birth_date: dice.percent(80).then(|| format!("{}-{:02}-{:02}", date.0, date.1, date.2)),
        nationality: dice.percent(95).then_some(address.country),
        languages: [Some(language), second_language].into_iter().flatten().collect(),
        preferred_language: language,
        occupation: dice.percent(35).then_some(occupation),
        phones: vec![Phone { number, usage: "mobile", primary: true }],
        emails: emails(dice, handle),
        addresses: if dice.percent(60) { vec![address] } else { Vec::new() },
        messaging: Vec::new(),
        vip_level: match dice.below(1000) {
            0..20 => Some("vip1"),
            20..30 => Some("vip2"),
            30..34 => Some("vip3"),
            _ => None,
        },
        tags,
        external_refs: Vec::new(),
    }
}

fn emails(dice: &mut Dice, handle: &str) -> Vec<Email> {
    let keep = |c: &char| c.is_ascii_alphanumeric() || *c == '.';
    let handle: String = fold(handle).chars().filter(keep).collect();
    let mut found = Vec::new();
    let mut add = |address: String, is_ota_alias: bool| {
        let primary = found.is_empty();
        found.push(Email { address, usage: "home", primary, is_ota_alias });
    };
    if dice.percent(80) {
        let domain = dice.text(&["example.com", "example.org", "example.net"]);
        add(format!("{handle}{}@{domain}", dice.digits(5)), false);
    }
    if dice.percent(5) {
        add(format!("{handle}.{}@guest.booking.example", dice.digits(6)), true);
    }
    found
}

fn name(
    name_type: &'static str,
    given: &str,
    surname: &str,
    script: &'static str,
    language: &'static str,
) -> Name {
    Name {
        name_type,
        given_name: given.to_owned(),
        surname: surname.to_owned(),
        middle_name: None,
        prefix: None,
        script,
        language,
        display_order: if script == "Latn" { "given_first" } else { "surname_first" },
    }
}

fn western_address(
    dice: &mut Dice,
    country: &'static str,
    cities: &[(&'static str, &'static str, &'static str)],
    streets: &[&'static str],
) -> Address {
    let (city, state, postal_code) = dice.pick(cities).unwrap_or_default();
    let number = 1 + dice.below(180);
    Address {
        lines: vec![dice.text(streets).replace('#', &number.to_string())],
        city,
        district: None,
        state: Some(state).filter(|s| !s.is_empty()),
        postal_code,
        country,
        usage: "home",
        primary: true,
    }
}

fn mobile(dice: &mut Dice, phones: &[(&'static str, usize)]) -> String {
    let (prefix, count) = dice.pick(phones).unwrap_or_default();
    format!("{prefix}{}", dice.digits(count))
}

/// Whoever discloses no gender still has a name of one custom or the other.
fn male(dice: &mut Dice, gender: &str) -> bool {
    gender == "male" || (gender == "undisclosed" && dice.percent(50))
}

/// The first reading as passports spell it: joined, capitalised, `ü` as `yu`.
fn romanised(readings: Vec<Vec<&'static str>>) -> String {
    let joined = readings.first().map(|r| r.concat().replace('v', "yu")).unwrap_or_default();
    let mut letters = joined.chars();
    letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
