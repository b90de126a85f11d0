//! What a guest is: a profile of parsed values, a status, and at most one restriction.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::codes;
use crate::guests::display::{self, Order};
use crate::guests::terms::NameText;
use crate::kit::clock::Instant;
use crate::kit::contact::{Country, Email, LanguageTag, Phone, Script};
use crate::kit::ids::{ActorId, GroupId, GuestId, HotelId, StaffId};
use crate::kit::patch::Patch;
use crate::kit::version::Version;

codes! {
    /// Where a guest profile stands in its life.
    GuestStatus {
        /// In use.
        Active = "active",
        /// Put away; can be restored.
        Archived = "archived",
        /// Became part of another profile.
        Merged = "merged",
    }
    /// What a name is used for.
    NameType {
        /// The name the guest goes by.
        Primary = "primary",
        /// Another name, often in another script.
        Alternate = "alternate",
        /// How the name is spoken.
        Phonetic = "phonetic",
        /// A name to hide behind during a stay.
        Incognito = "incognito",
        /// A name of the past.
        Former = "former",
        /// A name as another system has it.
        External = "external",
    }
    /// Which part of a name comes first when it is shown.
    DisplayOrder {
        /// As in 王小明.
        SurnameFirst = "surname_first",
        /// As in John Smith.
        GivenFirst = "given_first",
    }
    /// Gender as the guest states it.
    Gender {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
        /// Another one.
        Other = "other",
        /// Not told.
        Undisclosed = "undisclosed",
    }
    /// What a phone, address or e-mail is used for.
    ContactUse {
        /// Private.
        Home = "home",
        /// At work.
        Business = "business",
        /// Carried along.
        Mobile = "mobile",
        /// In an emergency.
        Emergency = "emergency",
        /// For invoices.
        Billing = "billing",
        /// Anything else.
        Other = "other",
    }
    /// What a phone line carries.
    PhoneTech {
        /// Calls.
        Voice = "voice",
        /// Fax.
        Fax = "fax",
        /// Text messages only.
        Sms = "sms",
    }
    /// A messaging service.
    MessagingService {
        /// WeChat 微信.
        Wechat = "wechat",
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// LINE.
        Line = "line",
        /// Telegram.
        Telegram = "telegram",
        /// Another one.
        Other = "other",
    }
    /// What an opaque matching key stands for.
    MatchKeyKind {
        /// An identity document's number, hashed by the sender.
        DocumentHash = "document_hash",
        /// A name, hashed by the sender.
        NameHash = "name_hash",
        /// Another identifier of the person, such as a loyalty number of a partner.
        Identifier = "identifier",
    }
    /// The calendar in which a birthday is kept.
    BirthdayCalendar {
        /// The common one.
        Gregorian = "gregorian",
        /// The Chinese lunar one, 农历.
        Lunar = "lunar",
    }
    /// How far a restriction reaches.
    RestrictionScope {
        /// Every hotel of the group.
        Group = "group",
        /// One hotel.
        Hotel = "hotel",
    }
}

/// One name of a guest. Given name and surname, or the unsplit full name, are present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// What the name is used for.
    pub name_type: NameType,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Middle name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Surname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Second surname, as in Spain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_surname: Option<String>,
    /// The name where it is not known which part is which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Title in front, such as Dr.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Suffix, such as Jr.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Script of the name; found out from its letters when not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Script>,
    /// Language of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
    /// Which part comes first; by script and language when not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_order: Option<DisplayOrder>,
    /// Whether the name was made up from a number because the real one is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub placeholder: bool,
}

/// One phone of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneContact {
    /// The number.
    pub number: Phone,
    /// Extension, digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: ContactUse,
    /// What the line carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tech: Option<PhoneTech>,
    /// Whether it is the one to use first.
    pub primary: bool,
    /// Whether it was checked with the guest.
    pub verified: bool,
}

/// One e-mail address of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailContact {
    /// The address.
    pub address: Email,
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: ContactUse,
    /// Whether it is the one to use first.
    pub primary: bool,
    /// Whether it was checked with the guest.
    pub verified: bool,
    /// Whether it is a forwarding address of a booking site, which says little about who the guest is.
    pub is_ota_alias: bool,
}

/// One postal address of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street lines.
    pub lines: Vec<String>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// District.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// State or province.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// What it is used for.
    #[serde(rename = "use")]
    pub usage: ContactUse,
    /// Whether it is the one to use first.
    pub primary: bool,
    /// Language it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<LanguageTag>,
}

/// One messaging account of a guest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagingHandle {
    /// The service.
    pub service: MessagingService,
    /// The account there.
    pub handle: String,
}

/// The guest's id in another system; unique within the group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalRef {
    /// Code of the system.
    pub system: String,
    /// Id there.
    pub id: String,
}

/// An opaque, non-unique key by which profiles can be matched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MatchKey {
    /// What it stands for.
    pub kind: MatchKeyKind,
    /// The key.
    pub value: String,
}

/// Everything recorded of a guest as a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// Names, the first primary one is shown; never empty.
    pub names: Vec<PersonName>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Birth date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// The calendar in which the birthday is kept; the Gregorian one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday_calendar: Option<BirthdayCalendar>,
    /// Place of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_place: Option<String>,
    /// Country of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_country: Option<Country>,
    /// Nationality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<Country>,
    /// All citizenships.
    pub citizenships: Vec<Country>,
    /// Languages the guest speaks.
    pub languages: Vec<LanguageTag>,
    /// Language to speak to the guest in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<LanguageTag>,
    /// Occupation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    /// Title at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_title: Option<String>,
    /// Phones.
    pub phones: Vec<PhoneContact>,
    /// E-mail addresses.
    pub emails: Vec<EmailContact>,
    /// Postal addresses.
    pub addresses: Vec<PostalAddress>,
    /// Messaging accounts.
    pub messaging: Vec<MessagingHandle>,
    /// VIP level, a code of the hotel's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_level: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Ids in other systems.
    pub external_refs: Vec<ExternalRef>,
    /// Opaque matching keys.
    pub match_keys: Vec<MatchKey>,
    /// Fields of the hotel's own.
    pub custom_fields: BTreeMap<String, String>,
    /// The member of staff who looks after the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<StaffId>,
    /// The hotel whose staff alone may see the guest; the whole group when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_to_hotel_id: Option<HotelId>,
}

/// Why a guest is not to be received as others are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// Code of the reason, the hotel's own.
    pub reason_code: String,
    /// The reason in words.
    pub reason: String,
    /// How far it reaches.
    pub scope: RestrictionScope,
    /// The hotel, when it reaches one hotel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotel_id: Option<HotelId>,
    /// Who approved it.
    pub approved_by: StaffId,
    /// When it is to be looked at again.
    pub review_on: NaiveDate,
    /// When it was set.
    pub set_at: Instant,
    /// Who set it.
    pub set_by: ActorId,
}

/// A guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Its group.
    pub group: GroupId,
    /// Its id.
    pub id: GuestId,
    /// Its version.
    pub version: Version,
    /// Where it stands in its life.
    pub status: GuestStatus,
    /// The guest it became part of, when merged.
    pub merged_into: Option<GuestId>,
    /// What is recorded.
    pub profile: Profile,
    /// The restriction, if there is one.
    pub restriction: Option<Restriction>,
    /// When and by whom it was created.
    pub created: (Instant, ActorId),
    /// When and by whom it was last changed.
    pub updated: (Instant, ActorId),
}

impl PersonName {
    /// The parts as the tokeniser and the display rules take them.
    pub fn text(&self) -> NameText<'_> {
        NameText {
            given: self.given_name.as_deref(),
            middle: self.middle_name.as_deref(),
            surname: self.surname.as_deref(),
            second_surname: self.second_surname.as_deref(),
            full: self.full_name.as_deref(),
        }
    }

    fn script(&self) -> Option<&str> {
        let letters = || self.surname.as_deref().or(self.given_name.as_deref()).or(self.full_name.as_deref());
        self.script.as_ref().map(Script::as_str).or_else(|| letters().and_then(display::detect_script))
    }

    /// The name as it is shown.
    pub fn display(&self) -> String {
        let script = self.script();
        let order = match self.display_order {
            Some(DisplayOrder::SurnameFirst) => Order::SurnameFirst,
            Some(DisplayOrder::GivenFirst) => Order::GivenFirst,
            None => display::default_order(script, self.language.as_ref().map(LanguageTag::as_str)),
        };
        display::display_name(&self.text(), self.prefix.as_deref(), self.suffix.as_deref(), order, script)
    }
}

impl Profile {
    /// The name to show: the first primary one, else the first.
    pub fn shown_name(&self) -> Option<&PersonName> {
        self.names.iter().find(|name| name.name_type == NameType::Primary).or(self.names.first())
    }

    /// The name as it is shown; empty only for a profile without names.
    pub fn display_name(&self) -> String {
        self.shown_name().map(PersonName::display).unwrap_or_default()
    }

    /// The key lists are sorted by.
    pub fn sort_key(&self) -> String {
        self.shown_name().map(|name| display::sort_key(&name.text())).unwrap_or_default()
    }
}

/// A change of a profile: absent members stay, `null` clears, values replace. Lists are replaced whole.
#[derive(Debug, Clone, Default)]
pub struct ProfilePatch {
    /// See [`Profile::names`]; cannot be cleared.
    pub names: Option<Vec<PersonName>>,
    /// See [`Profile::gender`].
    pub gender: Patch<Gender>,
    /// See [`Profile::birth_date`].
    pub birth_date: Patch<NaiveDate>,
    /// See [`Profile::birthday_calendar`].
    pub birthday_calendar: Patch<BirthdayCalendar>,
    /// See [`Profile::birth_place`].
    pub birth_place: Patch<String>,
    /// See [`Profile::birth_country`].
    pub birth_country: Patch<Country>,
    /// See [`Profile::nationality`].
    pub nationality: Patch<Country>,
    /// See [`Profile::citizenships`].
    pub citizenships: Option<Vec<Country>>,
    /// See [`Profile::languages`].
    pub languages: Option<Vec<LanguageTag>>,
    /// See [`Profile::preferred_language`].
    pub preferred_language: Patch<LanguageTag>,
    /// See [`Profile::occupation`].
    pub occupation: Patch<String>,
    /// See [`Profile::business_title`].
    pub business_title: Patch<String>,
    /// See [`Profile::phones`].
    pub phones: Option<Vec<PhoneContact>>,
    /// See [`Profile::emails`].
    pub emails: Option<Vec<EmailContact>>,
    /// See [`Profile::addresses`].
    pub addresses: Option<Vec<PostalAddress>>,
    /// See [`Profile::messaging`].
    pub messaging: Option<Vec<MessagingHandle>>,
    /// See [`Profile::vip_level`].
    pub vip_level: Patch<String>,
    /// See [`Profile::tags`].
    pub tags: Option<Vec<String>>,
    /// See [`Profile::external_refs`].
    pub external_refs: Option<Vec<ExternalRef>>,
    /// See [`Profile::match_keys`].
    pub match_keys: Option<Vec<MatchKey>>,
    /// Members to set, or to remove (`None`).
    pub custom_fields: BTreeMap<String, Option<String>>,
    /// See [`Profile::owner_id`].
    pub owner_id: Patch<StaffId>,
    /// See [`Profile::private_to_hotel_id`].
    pub private_to_hotel_id: Patch<HotelId>,
}

impl ProfilePatch {
    /// Applies the change.
    pub fn apply(self, profile: &mut Profile) {
        fn set<T>(value: Option<T>, field: &mut T) {
            if let Some(value) = value {
                *field = value;
            }
        }
        set(self.names, &mut profile.names);
        self.gender.apply(&mut profile.gender);
        self.birth_date.apply(&mut profile.birth_date);
        self.birthday_calendar.apply(&mut profile.birthday_calendar);
        self.birth_place.apply(&mut profile.birth_place);
        self.birth_country.apply(&mut profile.birth_country);
        self.nationality.apply(&mut profile.nationality);
        set(self.citizenships, &mut profile.citizenships);
        set(self.languages, &mut profile.languages);
        self.preferred_language.apply(&mut profile.preferred_language);
        self.occupation.apply(&mut profile.occupation);
        self.business_title.apply(&mut profile.business_title);
        set(self.phones, &mut profile.phones);
        set(self.emails, &mut profile.emails);
        set(self.addresses, &mut profile.addresses);
        set(self.messaging, &mut profile.messaging);
        self.vip_level.apply(&mut profile.vip_level);
        set(self.tags, &mut profile.tags);
        set(self.external_refs, &mut profile.external_refs);
        set(self.match_keys, &mut profile.match_keys);
        for (name, value) in self.custom_fields {
            match value {
                Some(value) => drop(profile.custom_fields.insert(name, value)),
                None => drop(profile.custom_fields.remove(&name)),
            }
        }
        self.owner_id.apply(&mut profile.owner_id);
        self.private_to_hotel_id.apply(&mut profile.private_to_hotel_id);
    }
}
