//! How two profiles become one, and how the two come apart again. Pure: rows are the business of others.
//!
//! Together: of a single value the survivor's stays, the merged guest's fills a gap; lists are united, the
//! survivor's items first. Apart: what was not touched since the merge becomes what it was before; what was touched
//! stays with the survivor. Without a change in between, coming apart restores both sides to the letter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::guests::model::{
    EmailContact, ExternalRef, Guest, MatchKey, MessagingHandle, NameType, PersonName, PhoneContact,
    PostalAddress, Profile, Restriction, RestrictionScope,
};
use crate::kit::clock::Instant;
use crate::kit::contact::{Country, LanguageTag};
use crate::kit::ids::{ActorId, GroupId, GuestId, MergeId};
use crate::kit::version::Version;

codes! {
    /// A member of a guest that a merge decides on.
    MergeField {
        /// Names.
        Names = "names",
        /// Gender.
        Gender = "gender",
        /// Birth date.
        BirthDate = "birth_date",
        /// The calendar in which the birthday is kept.
        BirthdayCalendar = "birthday_calendar",
        /// Place of birth.
        BirthPlace = "birth_place",
        /// Country of birth.
        BirthCountry = "birth_country",
        /// Nationality.
        Nationality = "nationality",
        /// Citizenships.
        Citizenships = "citizenships",
        /// Languages.
        Languages = "languages",
        /// Preferred language.
        PreferredLanguage = "preferred_language",
        /// Occupation.
        Occupation = "occupation",
        /// Title at work.
        BusinessTitle = "business_title",
        /// Phones.
        Phones = "phones",
        /// E-mail addresses.
        Emails = "emails",
        /// Postal addresses.
        Addresses = "addresses",
        /// Messaging accounts.
        Messaging = "messaging",
        /// VIP level.
        VipLevel = "vip_level",
        /// Tags.
        Tags = "tags",
        /// Ids in other systems.
        ExternalRefs = "external_refs",
        /// Opaque matching keys.
        MatchKeys = "match_keys",
        /// Fields of the hotel's own.
        CustomFields = "custom_fields",
        /// The member of staff who looks after the guest.
        OwnerId = "owner_id",
        /// The hotel whose staff alone may see the guest.
        PrivateToHotelId = "private_to_hotel_id",
        /// The restriction.
        Restriction = "restriction",
    }
    /// One of the two guests of a merge.
    MergeSide {
        /// The guest that stays.
        Survivor = "survivor",
        /// The guest that becomes part of the other one.
        Merged = "merged",
    }
    /// Where the resulting value of a member comes from.
    MergeSource {
        /// From the guest that stays.
        Survivor = "survivor",
        /// From the guest that becomes part of the other one.
        Merged = "merged",
        /// From both: the same value, or the two united.
        Both = "both",
    }
    /// Where a merge stands.
    MergeStatus {
        /// In force.
        Merged = "merged",
        /// Taken back.
        Undone = "undone",
    }
}

/// Members for which the caller names the side to take.
pub type Choices = BTreeMap<MergeField, MergeSide>;

/// What a merge can change of a guest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// What is recorded.
    pub profile: Profile,
    /// The restriction, if there is one.
    pub restriction: Option<Restriction>,
}

impl From<&Guest> for Snapshot {
    fn from(guest: &Guest) -> Self {
        Self { profile: guest.profile.clone(), restriction: guest.restriction.clone() }
    }
}

impl Snapshot {
    /// The guest with this content.
    pub fn onto(self, guest: &Guest) -> Guest {
        Guest { profile: self.profile, restriction: self.restriction, ..guest.clone() }
    }
}

/// What a merge does to one member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergedField {
    /// The member.
    pub field: MergeField,
    /// Whether the two guests differ in it.
    pub differs: bool,
    /// Where the result comes from.
    pub source: MergeSource,
}

/// A merge that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: MergeId,
    /// The guest that stays.
    pub survivor: GuestId,
    /// The guest that became part of it.
    pub merged: GuestId,
    /// Where it stands.
    pub status: MergeStatus,
    /// The survivor before.
    pub survivor_before: Snapshot,
    /// The merged guest before.
    pub merged_before: Snapshot,
    /// The survivor right after.
    pub survivor_after: Snapshot,
    /// Its version: 2 once it was taken back.
    pub version: Version,
    /// When and by whom; of the merges of one guest a later one always has a later instant.
    pub done: (Instant, ActorId),
    /// When and by whom it was taken back.
    pub undone: Option<(Instant, ActorId)>,
}

/// Something a merge decides on as a whole.
trait Member: Clone + PartialEq {
    /// Whether there is nothing.
    fn is_empty(&self) -> bool;
    /// The two as one where nobody chose; `self` is the survivor's.
    fn united(&self, merged: &Self) -> Self;
    /// The survivor's value when the merge is taken back.
    fn unmerged(before: &Self, after: &Self, now: &Self) -> Self;
}

impl<T: Clone + PartialEq> Member for Option<T> {
    fn is_empty(&self) -> bool {
        self.is_none()
    }

    fn united(&self, merged: &Self) -> Self {
        self.clone().or_else(|| merged.clone())
    }

    fn unmerged(before: &Self, after: &Self, now: &Self) -> Self {
        if now == after { before.clone() } else { now.clone() }
    }
}

impl Member for BTreeMap<String, String> {
    fn is_empty(&self) -> bool {
        BTreeMap::is_empty(self)
    }

    fn united(&self, merged: &Self) -> Self {
        let mut out = merged.clone();
        out.extend(self.clone());
        out
    }

    fn unmerged(before: &Self, after: &Self, now: &Self) -> Self {
        let mut out = before.clone();
        for name in after.keys().chain(now.keys()).filter(|name| now.get(*name) != after.get(*name)) {
            match now.get(name) {
                Some(value) => drop(out.insert(name.clone(), value.clone())),
                None => drop(out.remove(name)),
            }
        }
        out
    }
}

/// An item of a list.
trait Item: Clone + PartialEq {
    /// Whether two items stand for one thing, so that one of them is enough.
    fn same_thing(&self, other: &Self) -> bool {
        self == other
    }

    /// The flag that at most one item of the list has.
    fn primary(&mut self) -> Option<&mut bool> {
        None
    }

    /// Whether it is a first one of its list.
    fn leads(&self) -> bool {
        self.clone().primary().is_some_and(|flag| *flag)
    }

    /// Is a first one no more.
    fn step_back(&mut self) {
        if let Some(flag) = self.primary() {
            *flag = false;
        }
    }
}

impl Item for Country {}
impl Item for ExternalRef {}
impl Item for LanguageTag {}
impl Item for MatchKey {}
impl Item for MessagingHandle {}
impl Item for String {}

impl Item for PersonName {
    fn same_thing(&self, other: &Self) -> bool {
        self.name_type == other.name_type
            && self.text() == other.text()
            && self.prefix == other.prefix
            && self.suffix == other.suffix
    }

    // A guest may have several primary names, so there is no flag to hold; but those of another guest are
    // alternates of the name that the survivor goes by.
    fn leads(&self) -> bool {
        self.name_type == NameType::Primary
    }

    fn step_back(&mut self) {
        if self.leads() {
            self.name_type = NameType::Alternate;
        }
    }
}

impl Item for PhoneContact {
    fn same_thing(&self, other: &Self) -> bool {
        self.number == other.number && self.extension == other.extension
    }

    fn primary(&mut self) -> Option<&mut bool> {
        Some(&mut self.primary)
    }
}

impl Item for EmailContact {
    fn same_thing(&self, other: &Self) -> bool {
        self.address == other.address
    }

    fn primary(&mut self) -> Option<&mut bool> {
        Some(&mut self.primary)
    }
}

impl Item for PostalAddress {
    fn same_thing(&self, other: &Self) -> bool {
        let plain = |address: &Self| Self { primary: false, ..address.clone() };
        plain(self) == plain(other)
    }

    fn primary(&mut self) -> Option<&mut bool> {
        Some(&mut self.primary)
    }
}

fn is_primary(item: &impl Item) -> bool {
    item.clone().primary().is_some_and(|flag| *flag)
}

fn tells_nothing_new<T: Item>(item: &T, known: &[T]) -> bool {
    known.iter().any(|other| other.same_thing(item))
}

/// Leaves the flag to the item at `keep` alone.
fn only_primary<T: Item>(items: &mut [T], keep: Option<usize>) {
    for (at, item) in items.iter_mut().enumerate() {
        if let Some(flag) = item.primary() {
            *flag = *flag && Some(at) == keep;
        }
    }
}

impl<T: Item> Member for Vec<T> {
    fn is_empty(&self) -> bool {
        Vec::is_empty(self)
    }

    fn united(&self, merged: &Self) -> Self {
        let mut out = self.clone();
        for item in merged {
            let mut back = item.clone();
            if out.iter().any(Item::leads) {
                back.step_back();
            }
            if !tells_nothing_new(item, &out) && !tells_nothing_new(&back, &out) {
                out.push(back);
            }
        }
        out
    }

    /// `before + (now − after) − (after − now)`, in the order of `before`; an item that was only changed keeps its
    /// place.
    fn unmerged(before: &Self, after: &Self, now: &Self) -> Self {
        let added: Vec<&T> = now.iter().filter(|item| !after.contains(item)).collect();
        let mut left = added.clone();
        let mut out = Vec::with_capacity(before.len() + added.len());
        for item in before {
            if let Some(at) = left.iter().position(|new| new.same_thing(item)) {
                out.push(left.remove(at).clone());
            } else if now.contains(item) || !after.contains(item) {
                out.push(item.clone());
            }
        }
        out.extend(left.into_iter().cloned());
        if out.iter().filter(|item| is_primary(*item)).count() > 1 && !added.is_empty() {
            let newest = out.iter().position(|item| is_primary(item) && added.contains(&item));
            let keep = newest.or_else(|| out.iter().position(is_primary));
            only_primary(&mut out, keep);
        }
        out
    }
}

/// Calls a macro for every member of a profile, so that no function here can forget one.
macro_rules! each_member {
    ($with:ident) => {
        $with!(names, Names);
        $with!(gender, Gender);
        $with!(birth_date, BirthDate);
        $with!(birthday_calendar, BirthdayCalendar);
        $with!(birth_place, BirthPlace);
        $with!(birth_country, BirthCountry);
        $with!(nationality, Nationality);
        $with!(citizenships, Citizenships);
        $with!(languages, Languages);
        $with!(preferred_language, PreferredLanguage);
        $with!(occupation, Occupation);
        $with!(business_title, BusinessTitle);
        $with!(phones, Phones);
        $with!(emails, Emails);
        $with!(addresses, Addresses);
        $with!(messaging, Messaging);
        $with!(vip_level, VipLevel);
        $with!(tags, Tags);
        $with!(external_refs, ExternalRefs);
        $with!(match_keys, MatchKeys);
        $with!(custom_fields, CustomFields);
        $with!(owner_id, OwnerId);
        $with!(private_to_hotel_id, PrivateToHotelId);
    };
}

/// The survivor after a merge, and what happens to each member that at least one of the two has.
pub fn merge(survivor: &Snapshot, merged: &Snapshot, choices: &Choices) -> (Snapshot, Vec<MergedField>) {
    let mut out = Snapshot::default();
    let mut told = Vec::new();
    macro_rules! decide {
        ($name:ident, $field:ident) => {
            let (ours, theirs) = (&survivor.profile.$name, &merged.profile.$name);
            out.profile.$name = match choices.get(&MergeField::$field) {
                Some(MergeSide::Survivor) => ours.clone(),
                Some(MergeSide::Merged) => theirs.clone(),
                None => ours.united(theirs),
            };
            told.extend(tell(MergeField::$field, ours, theirs, &out.profile.$name));
        };
    }
    each_member!(decide);
    out.restriction = stricter(survivor.restriction.as_ref(), merged.restriction.as_ref());
    told.extend(tell(MergeField::Restriction, &survivor.restriction, &merged.restriction, &out.restriction));
    (out, told)
}

fn tell<T: Member>(field: MergeField, ours: &T, theirs: &T, result: &T) -> Option<MergedField> {
    let source = match (result == ours, result == theirs) {
        (true, false) => MergeSource::Survivor,
        (false, true) => MergeSource::Merged,
        (true, true) | (false, false) => MergeSource::Both,
    };
    let known = !ours.is_empty() || !theirs.is_empty();
    known.then_some(MergedField { field, differs: ours != theirs, source })
}

/// Whoever is restricted as either guest is restricted as the one they become. Two restrictions of different hotels
/// become one of the whole group, as a guest carries one only.
fn stricter(ours: Option<&Restriction>, theirs: Option<&Restriction>) -> Option<Restriction> {
    let (Some(a), Some(b)) = (ours, theirs) else {
        return ours.or(theirs).cloned();
    };
    Some(match (a.scope, b.scope) {
        (RestrictionScope::Group, _) => a.clone(),
        (RestrictionScope::Hotel, RestrictionScope::Group) => b.clone(),
        (RestrictionScope::Hotel, RestrictionScope::Hotel) if a.hotel_id == b.hotel_id => a.clone(),
        (RestrictionScope::Hotel, RestrictionScope::Hotel) => Restriction {
            scope: RestrictionScope::Group,
            hotel_id: None,
            review_on: a.review_on.min(b.review_on),
            ..a.clone()
        },
    })
}

/// The survivor when the merge is taken back, and the members that were changed since the merge and stay changed.
pub fn unmerge(before: &Snapshot, after: &Snapshot, now: &Snapshot) -> (Snapshot, Vec<MergeField>) {
    let mut out = Snapshot::default();
    let mut kept = Vec::new();
    macro_rules! part {
        ($name:ident, $field:ident) => {
            let (before, after, now) = (&before.profile.$name, &after.profile.$name, &now.profile.$name);
            out.profile.$name = Member::unmerged(before, after, now);
            kept.extend((now != after).then_some(MergeField::$field));
        };
    }
    each_member!(part);
    // Whoever took away the survivor's own names left it those of the merged guest, which go back: a guest
    // has a name.
    if out.profile.names.is_empty() {
        out.profile.names.clone_from(&before.profile.names);
    }
    out.restriction = Member::unmerged(&before.restriction, &after.restriction, &now.restriction);
    kept.extend((now.restriction != after.restriction).then_some(MergeField::Restriction));
    (out, kept)
}

/// A list that would be longer than a guest can have, and how long it may be.
pub fn too_long(profile: &Profile) -> Option<(MergeField, usize)> {
    // The bounds of the `Guest` schema.
    let lengths = [
        (MergeField::Names, profile.names.len(), 40),
        (MergeField::Citizenships, profile.citizenships.len(), 20),
        (MergeField::Languages, profile.languages.len(), 40),
        (MergeField::Phones, profile.phones.len(), 40),
        (MergeField::Emails, profile.emails.len(), 40),
        (MergeField::Addresses, profile.addresses.len(), 40),
        (MergeField::Messaging, profile.messaging.len(), 40),
        (MergeField::Tags, profile.tags.len(), 100),
        (MergeField::ExternalRefs, profile.external_refs.len(), 200),
        (MergeField::MatchKeys, profile.match_keys.len(), 40),
        (MergeField::CustomFields, profile.custom_fields.len(), 100),
    ];
    lengths
        .into_iter()
        .find(|(_, length, longest)| length > longest)
        .map(|(field, _, longest)| (field, longest))
}

#[cfg(test)]
#[path = "merging_tests.rs"]
mod tests;
