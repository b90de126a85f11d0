//! The arrivals brief as clients see it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::complaints::model::{Complaint, ComplaintStatus, Severity};
use crate::flows::arrivals::people::{self, Occasion, OccasionKind};
use crate::flows::arrivals::{Brief, Section, plan_counts};
use crate::guests::model::{BirthdayCalendar, Guest};
use crate::guests::notes::{Note, NoteClass};
use crate::guests::spoken::spoken;
use crate::kit::ids::PartnerId;
use crate::kit::language::Language;
use crate::plans::model::{PlanItem, PlanItemStatus};
use crate::preferences::catalogue::{Catalogue, told};
use crate::preferences::model::{Polarity, Preference, PreferenceSeverity};
use crate::stays::model::{Person, Stay, StayStatus};

/// Most notes told of one guest.
const NOTES: usize = 20;
/// Most complaints told of a guest.
const COMPLAINTS: usize = 5;

/// Something to be acted on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefPreference {
    /// Id of the preference.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0"))]
    pub id: uuid::Uuid,
    /// Code of the category.
    #[schema(max_length = 60, examples("pillow"))]
    pub category: String,
    /// Code of the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("buckwheat_pillow"))]
    pub code: Option<String>,
    /// Name of the item, else of the category, in the language of the answer.
    #[schema(max_length = 200, examples("荞麦枕"))]
    pub label: String,
    /// Whether it is asked for, or against.
    #[schema(examples("like"))]
    pub polarity: Polarity,
    /// How badly the guest reacts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("severe"))]
    pub severity: Option<PreferenceSeverity>,
    /// How important, 1 to 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 5, examples(4))]
    pub importance: Option<i32>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("荞麦枕两个"))]
    pub text: Option<String>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 500, examples("2"))]
    pub value: Option<String>,
    /// Whether it tells of health, religion or disability.
    #[schema(examples(false))]
    pub sensitive: bool,
    /// The item of the stay's plan, if it is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ec0"))]
    pub plan_item_id: Option<uuid::Uuid>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("planned"))]
    pub plan_status: Option<PlanItemStatus>,
}

impl BriefPreference {
    /// A preference in the words of the catalogue.
    pub fn new(
        preference: &Preference,
        catalogue: &Catalogue,
        language: Language,
        item: Option<&PlanItem>,
    ) -> Self {
        let details = &preference.details;
        let item_names =
            preference.code.as_deref().and_then(|code| catalogue.item(code)).map(|item| &item.names);
        let names = item_names.or_else(|| catalogue.category(&preference.category).map(|found| &found.names));
        Self {
            id: preference.id.0,
            category: preference.category.clone(),
            code: preference.code.clone(),
            label: names
                .map_or_else(|| preference.category.clone(), |names| told(names, language).to_owned()),
            polarity: preference.polarity,
            severity: details.severity,
            importance: details.importance,
            text: details.text.clone(),
            value: details.value.clone(),
            sensitive: details.sensitive,
            plan_item_id: item.map(|item| item.id.0),
            plan_status: item.map(|item| item.status),
        }
    }
}

/// A note for the department.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefNote {
    /// Id of the note.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e80"))]
    pub id: uuid::Uuid,
    /// What it is about.
    #[schema(examples("housekeeping"))]
    pub class: NoteClass,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("枕头"))]
    pub title: Option<String>,
    /// The note.
    #[schema(max_length = 4000, examples("荞麦枕两个，入住前放好。"))]
    pub text: String,
    /// The day it is to be acted on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-12-24"))]
    pub action_on: Option<NaiveDate>,
}

impl From<&Note> for BriefNote {
    fn from(note: &Note) -> Self {
        let Note { id, class, title, text, action_on, .. } = note.clone();
        Self { id: id.0, class, title, text, action_on }
    }
}

/// A complaint of a guest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefComplaint {
    /// Id of the complaint.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub id: uuid::Uuid,
    /// What people call it.
    #[schema(max_length = 60, examples("XIHU-2026-00042"))]
    pub number: String,
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e02"))]
    pub hotel_id: uuid::Uuid,
    /// How far it has come.
    #[schema(examples("closed"))]
    pub status: ComplaintStatus,
    /// The matter in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("空调不制冷"))]
    pub subject: Option<String>,
    /// Code of what it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 60, examples("temperature"))]
    pub category: Option<String>,
    /// How grave it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("general"))]
    pub severity: Option<Severity>,
    /// When the hotel heard of it.
    #[schema(format = DateTime, examples("2026-03-02T08:30:00.000000Z"))]
    pub received_at: String,
}

impl From<&Complaint> for BriefComplaint {
    fn from(complaint: &Complaint) -> Self {
        Self {
            id: complaint.id.0,
            number: complaint.number.clone(),
            hotel_id: complaint.hotel_id.0,
            status: complaint.status,
            subject: complaint.facts.subject.clone(),
            category: complaint.class.category.clone(),
            severity: complaint.class.severity,
            received_at: complaint.facts.received_at.to_string(),
        }
    }
}

/// A day to be celebrated during the stay.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefOccasion {
    /// What is celebrated.
    #[schema(examples("birthday"))]
    pub kind: OccasionKind,
    /// When.
    #[schema(examples("2026-12-25"))]
    pub on: NaiveDate,
    /// In which calendar it is kept.
    #[schema(examples("lunar"))]
    pub calendar: BirthdayCalendar,
}

/// Somebody who stays. Of a guest the caller may not see only the name of the booking is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefGuest {
    /// The guest, where it is known and may be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f"))]
    pub guest_id: Option<uuid::Uuid>,
    /// The name to say: the incognito one where the guest hides behind one; else that of the booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 700, examples("王小明"))]
    pub name: Option<String>,
    /// How the name is pronounced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 700, examples("Wáng Xiǎomíng"))]
    pub pronunciation: Option<String>,
    /// VIP level.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 20, examples("vip2"))]
    pub vip_level: Option<String>,
    /// Language to speak to the guest in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 35, examples("zh-CN"))]
    pub language: Option<String>,
    /// Whether a restriction reaches this hotel.
    #[schema(examples(false))]
    pub restricted: bool,
    /// The member of staff who looks after the guest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub owner_id: Option<uuid::Uuid>,
    /// What that member of staff is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("李丽"))]
    pub owner_name: Option<String>,
    /// Stays so far that took place, at the hotels the caller may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(3))]
    pub stays_so_far: Option<i64>,
    /// When the last of them ended, or is to end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-03-04"))]
    pub last_departure_on: Option<NaiveDate>,
    /// Days to be celebrated during the stay.
    #[schema(max_items = 20)]
    pub occasions: Vec<BriefOccasion>,
    /// What to act on: allergies first, then what the guest cannot do without, then by importance. Absent for those who
    /// may not see preferences.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 1000)]
    pub preferences: Option<Vec<BriefPreference>>,
    /// Notes, the newest first, at most 20. Absent for those who may not see notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 20)]
    pub notes: Option<Vec<BriefNote>>,
    /// Complaints so far, open ones first, then the newest, at most 5. Absent for those who may not see complaints.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 5)]
    pub complaints: Option<Vec<BriefComplaint>>,
}

impl BriefGuest {
    fn new(brief: &Brief, stay: &Stay, person: &Person, language: Language) -> Self {
        let guest = person.guest.and_then(|linked| brief.known.guests.get(&linked.id));
        match guest {
            Some(guest) => Self::known(brief, stay, guest, language),
            None => Self {
                guest_id: None,
                name: person.name.clone(),
                pronunciation: None,
                vip_level: None,
                language: None,
                restricted: false,
                owner_id: None,
                owner_name: None,
                stays_so_far: None,
                last_departure_on: None,
                occasions: Vec::new(),
                preferences: None,
                notes: None,
                complaints: None,
            },
        }
    }

    fn known(brief: &Brief, stay: &Stay, guest: &Guest, language: Language) -> Self {
        let (known, profile) = (&brief.known, &guest.profile);
        let said = spoken(profile);
        let wanted = people::preferences(brief, stay, guest);
        let occasions = people::occasions(stay, guest, &wanted).into_iter();
        let figures = known.statistics.get(&guest.id);
        let preferences = known.preferences.is_some().then(|| {
            let view = |one: &&Preference| {
                BriefPreference::new(one, &known.catalogue, language, known.planned(stay.id, one.id))
            };
            wanted.iter().map(view).collect()
        });
        let notes = known.notes.as_ref().map(|notes| {
            notes.get(&guest.id).into_iter().flatten().take(NOTES).map(BriefNote::from).collect()
        });
        let complaints = known.complaints.as_ref().map(|all| {
            all.get(&guest.id).into_iter().flatten().take(COMPLAINTS).map(BriefComplaint::from).collect()
        });
        Self {
            guest_id: Some(guest.id.0),
            name: Some(said.name),
            pronunciation: said.pronunciation,
            vip_level: profile.vip_level.clone(),
            language: profile.preferred_language.clone().map(Into::into),
            restricted: people::restricted(guest, brief.hotel),
            owner_id: profile.owner_id.map(Into::into),
            owner_name: profile.owner_id.and_then(|owner| known.owners.get(&owner).cloned()),
            stays_so_far: Some(figures.map_or(0, |figures| figures.stays)),
            last_departure_on: figures.and_then(|figures| figures.last_departure),
            occasions: occasions
                .map(|Occasion { kind, on, calendar }| BriefOccasion { kind, on, calendar })
                .collect(),
            preferences,
            notes,
            complaints,
        }
    }
}

/// How far the plan of a stay is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefPlan {
    /// Items to be done yet.
    #[schema(minimum = 0, maximum = 100000, examples(2))]
    pub open: i64,
    /// Items done.
    #[schema(minimum = 0, maximum = 100000, examples(1))]
    pub done: i64,
    /// Items that could not be done.
    #[schema(minimum = 0, maximum = 100000, examples(0))]
    pub not_possible: i64,
}

/// A stay of the day with what is known of those who stay.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefEntry {
    /// The stay.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0"))]
    pub stay_id: uuid::Uuid,
    /// Where it stands.
    #[schema(examples("due_in"))]
    pub status: StayStatus,
    /// Day of arrival.
    #[schema(examples("2026-12-24"))]
    pub arrival_on: NaiveDate,
    /// Day of departure.
    #[schema(examples("2026-12-26"))]
    pub departure_on: NaiveDate,
    /// Nights; 0 for day use.
    #[schema(minimum = 0, maximum = 100000, examples(2))]
    pub nights: i32,
    /// Expected time of arrival, on the hotel's clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 8, examples("15:30"))]
    pub eta: Option<String>,
    /// Expected time of departure, on the hotel's clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 8, examples("11:00"))]
    pub etd: Option<String>,
    /// The room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("1806"))]
    pub room: Option<String>,
    /// Code of the room type.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 100, examples("DLX"))]
    pub room_type: Option<String>,
    /// Rooms.
    #[schema(minimum = 0, maximum = 100000, examples(1))]
    pub rooms: i32,
    /// Adults.
    #[schema(minimum = 0, maximum = 100000, examples(2))]
    pub adults: i32,
    /// Children and infants.
    #[schema(minimum = 0, maximum = 200000, examples(0))]
    pub children: i32,
    /// What was asked for with the booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 2000, examples("高楼层，安静"))]
    pub special_requests: Option<String>,
    /// The main guest.
    pub guest: BriefGuest,
    /// Who comes along.
    #[schema(max_items = 1000)]
    pub companions: Vec<BriefGuest>,
    /// What the agency it came from is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("携程旅行网"))]
    pub agent_name: Option<String>,
    /// What the company it is for is called now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("West Lake Instruments"))]
    pub company_name: Option<String>,
    /// How far the plan is; absent before it was drawn, and for those who may not see plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub plan: Option<BriefPlan>,
}

impl BriefEntry {
    fn new(brief: &Brief, stay: &Stay, language: Language) -> Self {
        let facts = &stay.facts;
        let partner = |id: Option<PartnerId>| {
            let partner = brief.known.partners.get(&id?)?;
            Some(partner.profile.display_name().to_owned())
        };
        let items = brief.known.plans.as_ref().and_then(|plans| plans.get(&stay.id));
        let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
        Self {
            stay_id: stay.id.0,
            status: stay.status,
            arrival_on: facts.arrival_on,
            departure_on: facts.departure_on,
            nights: facts.nights(),
            eta: facts.eta.map(time),
            etd: facts.etd.map(time),
            room: facts.room.clone(),
            room_type: facts.actual_room_type().map(str::to_owned),
            rooms: facts.rooms,
            adults: facts.adults,
            children: facts.children.saturating_add(facts.infants),
            special_requests: facts.special_requests.clone(),
            guest: BriefGuest::new(brief, stay, &facts.guest, language),
            companions: facts
                .companions
                .iter()
                .map(|person| BriefGuest::new(brief, stay, person, language))
                .collect(),
            agent_name: partner(facts.agent_id),
            company_name: partner(facts.company_id),
            plan: items.map(|items| {
                let counts = plan_counts(items);
                let count = |status| counts.get(&status).copied().unwrap_or_default();
                BriefPlan {
                    open: count(PlanItemStatus::Planned),
                    done: count(PlanItemStatus::Done),
                    not_possible: count(PlanItemStatus::NotPossible),
                }
            }),
        }
    }
}

/// A part of the brief.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BriefSection {
    /// The stays.
    #[schema(max_items = 2000)]
    pub entries: Vec<BriefEntry>,
    /// Whether there are more than are told.
    #[schema(examples(false))]
    pub truncated: bool,
}

impl BriefSection {
    fn new(brief: &Brief, section: &Section, language: Language) -> Self {
        let entries = section.stays.iter().map(|stay| BriefEntry::new(brief, stay, language));
        Self { entries: entries.collect(), truncated: section.truncated }
    }
}

/// What staff need to know of the guests of a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ArrivalsBrief {
    /// The hotel.
    #[schema(examples("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01"))]
    pub hotel_id: uuid::Uuid,
    /// The day.
    #[schema(examples("2026-12-24"))]
    pub date: NaiveDate,
    /// Who comes: by the expected time of arrival.
    pub arrivals: BriefSection,
    /// Who stays: by room.
    pub in_house: BriefSection,
    /// Who leaves: by room.
    pub departures: BriefSection,
}

impl ArrivalsBrief {
    /// A brief in a language.
    pub fn new(brief: &Brief, language: Language) -> Self {
        Self {
            hotel_id: brief.hotel.0,
            date: brief.date,
            arrivals: BriefSection::new(brief, &brief.arrivals, language),
            in_house: BriefSection::new(brief, &brief.in_house, language),
            departures: BriefSection::new(brief, &brief.departures, language),
        }
    }
}

/// The brief that the document shows.
pub fn example() -> serde_json::Value {
    json!({
        "hotel_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e01", "date": "2026-12-24",
        "arrivals": {"truncated": false, "entries": [{
            "stay_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5eb0", "status": "due_in", "arrival_on": "2026-12-24",
            "departure_on": "2026-12-26", "nights": 2, "eta": "15:30", "room": "1806", "room_type": "DLX", "rooms": 1,
            "adults": 2, "children": 0,
            "guest": {
                "guest_id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e6f", "name": "王小明", "vip_level": "vip2",
                "language": "zh-CN", "restricted": false, "stays_so_far": 3, "last_departure_on": "2026-03-04",
                "occasions": [{"kind": "birthday", "on": "2026-12-25", "calendar": "gregorian"}],
                "preferences": [{"id": "0193b5a0-7c1e-7d30-9a55-3f1c2b4d5ed0", "category": "room", "code": "high_floor",
                    "label": "高楼层", "polarity": "like", "sensitive": false}],
                "notes": [], "complaints": []
            },
            "companions": [], "agent_name": "携程旅行网", "plan": {"open": 1, "done": 0, "not_possible": 0}
        }]},
        "in_house": {"truncated": false, "entries": []},
        "departures": {"truncated": false, "entries": []}
    })
}
