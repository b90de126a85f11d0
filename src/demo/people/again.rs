//! The second record of a person who is already there.

use super::Person;
use super::dice::Dice;
use super::names_data::{GIVEN_BOTH, GIVEN_FEMALE, GIVEN_MALE};
use crate::kit::text::readings::given_readings;

/// Makes a person look like the second record of the same person: the telephone
/// or the e-mail address stays, the name is mistyped or written another way.
pub(super) fn change(dice: &mut Dice, person: &mut Person) {
    let latin = person.names.iter().position(|n| n.name_type == "alternate");
    match (dice.below(3), latin) {
        (0, Some(position)) => {
            let mut name = person.names.swap_remove(position);
            name.name_type = "primary";
            person.names = vec![name];
            person.emails.clear();
        }
        (1, _) if !person.emails.is_empty() => {
            mistype(dice, person);
            person.phones.clear();
        }
        _ => {
            mistype(dice, person);
            person.emails.clear();
        }
    }
    person.addresses.clear();
    person.birth_date = person.birth_date.take().filter(|_| dice.percent(50));
    person.vip_level = None;
    person.tags.clear();
}

fn mistype(dice: &mut Dice, person: &mut Person) {
    person.names.truncate(1);
    let Some(name) = person.names.first_mut() else {
        return;
    };
    if name.script == "Latn" {
        let letters: Vec<char> = name.surname.chars().collect();
        let place = 1 + dice.index(letters.len().saturating_sub(1));
        let (head, tail) = letters.split_at_checked(place).unwrap_or((&letters, &[]));
        let doubled = head.last().filter(|c| c.is_alphabetic()).map(|c| c.to_lowercase().to_string());
        let doubled = doubled.unwrap_or_else(|| "e".to_owned());
        name.surname = head.iter().chain(&doubled.chars().collect::<Vec<_>>()).chain(tail).collect();
    } else if name.script == "Hani" {
        let mut kept = name.given_name.clone();
        let last = kept.pop().map(String::from).unwrap_or_default();
        let sounds_alike = [GIVEN_MALE, GIVEN_FEMALE, GIVEN_BOTH]
            .iter()
            .flat_map(|list| list.chars())
            .map(String::from)
            .find(|c| *c != last && given_readings(c) == given_readings(&last));
        name.given_name = kept + &sounds_alike.unwrap_or_else(|| last.clone() + &last);
    } else {
        std::mem::swap(&mut name.given_name, &mut name.surname);
    }
}
