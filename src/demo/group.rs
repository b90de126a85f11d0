//! The demo's hotel group: two hotels, their departments, one account a role, and 2,000 invented guests.

use std::collections::BTreeMap;

use anyhow::Context as _;
use secrecy::SecretString;

use crate::config::{Variables, database};
use crate::db::{Read, Reads, Tx};
use crate::demo::people::{Person, people};
use crate::guests::api::wire::GuestCreate;
use crate::guests::service::{self as guests, RegisterGuest};
use crate::hotels::model::{
    Code, CreateDepartment, CreateGroup, CreateHotel, Currency, Group, LanguageTag, Names, TimeZone,
};
use crate::hotels::service as hotels;
use crate::kit::ids::{DepartmentId, HotelId};
use crate::kit::language::Language;
use crate::platform::context::Ctx;
use crate::platform::keys::Keys;
use crate::staff::model::{GiveMembership, LoginEmail, RegisterStaff, Staff, StaffFilter, StaffStatus};
use crate::staff::passwords;
use crate::staff::roles::{Authority, Role};
use crate::staff::service as staff;
use crate::web::input;

/// Code of the group.
pub const CODE: &str = "demo";
/// Password of every account: no secret, because it exists in demo databases alone, which listen on loopback.
pub const PASSWORD: &str = "try-hospes-today";
/// Where the demo is kept unless a database is named.
pub const DATABASE: &str = "hospes-demo.db";
/// Where it keeps the attachments of complaints, beside the database.
pub const ATTACHMENTS: &str = "hospes-demo-attachments";
/// Guests of the demo.
const GUESTS: usize = 2_000;
/// Which guests.
const SEED: u64 = 1;
/// Accounts looked through for a role: more than the demo has.
const ACCOUNTS: i64 = 100;

/// A hotel of the demo.
struct DemoHotel {
    code: &'static str,
    names: [(&'static str, &'static str); 2],
    time_zone: &'static str,
    currency: &'static str,
    language: &'static str,
}

const HOTELS: [DemoHotel; 2] = [
    DemoHotel {
        code: "xihu",
        names: [("zh-CN", "宾至西湖酒店"), ("en", "Hospes West Lake Hangzhou")],
        time_zone: "Asia/Shanghai",
        currency: "CNY",
        language: "zh-CN",
    },
    DemoHotel {
        code: "harbour",
        names: [("en", "Hospes Harbour London"), ("zh-CN", "宾至伦敦海港酒店")],
        time_zone: "Europe/London",
        currency: "GBP",
        language: "en",
    },
];

/// Departments of each hotel: code, English and Chinese name.
const DEPARTMENTS: [(&str, &str, &str); 8] = [
    ("front-office", "Front office", "前厅部"),
    ("housekeeping", "Housekeeping", "客房部"),
    ("food-beverage", "Food and beverage", "餐饮部"),
    ("engineering", "Engineering", "工程部"),
    ("security", "Security", "保安部"),
    ("concierge", "Concierge", "礼宾部"),
    ("guest-relations", "Guest relations", "宾客关系部"),
    ("marketing-sales", "Marketing and sales", "市场营销部"),
];

/// An account of the demo.
#[derive(Debug, Clone, Copy)]
pub struct DemoAccount {
    /// What it may do.
    pub role: Role,
    /// Name of its owner.
    pub name: &'static str,
    /// Code of its hotel; `None` for the whole group.
    pub hotel: Option<&'static str>,
    /// Code of its department there.
    pub department: Option<&'static str>,
}

const fn at(
    role: Role,
    name: &'static str,
    hotel: &'static str,
    department: Option<&'static str>,
) -> DemoAccount {
    DemoAccount { role, name, hotel: Some(hotel), department }
}

const fn everywhere(role: Role, name: &'static str) -> DemoAccount {
    DemoAccount { role, name, hotel: None, department: None }
}

/// One account a role, in both hotels and in the group's own office.
pub const STAFF: [DemoAccount; 14] = [
    at(Role::FrontDesk, "陈雨桐", "xihu", Some("front-office")),
    at(Role::Housekeeping, "Amelia Clarke", "harbour", Some("housekeeping")),
    at(Role::FoodBeverage, "林浩然", "xihu", Some("food-beverage")),
    at(Role::Engineering, "Thomas Reid", "harbour", Some("engineering")),
    at(Role::Security, "赵国强", "xihu", Some("security")),
    at(Role::Concierge, "Oliver Grant", "harbour", Some("concierge")),
    at(Role::GuestRelations, "周思敏", "xihu", Some("guest-relations")),
    at(Role::DepartmentHead, "Sophie Turner", "harbour", Some("front-office")),
    at(Role::DutyManager, "吴建平", "xihu", None),
    at(Role::GeneralManager, "Charlotte Evans", "harbour", None),
    everywhere(Role::AccountManager, "孙丽华"),
    everywhere(Role::Quality, "Henry Walsh"),
    everywhere(Role::Auditor, "郑晓峰"),
    everywhere(Role::Admin, "Grace Morgan"),
];

impl DemoAccount {
    /// Its login address.
    pub fn email(&self) -> String {
        format!("{}@demo.hospes.example", self.role.code())
    }
}

/// The environment with the demo's own database where none is named.
pub fn variables(variables: &Variables) -> Variables {
    match variables.get(database::URL) {
        Some(_) => variables.clone(),
        None => variables.clone().with(database::URL, &format!("sqlite://{DATABASE}")),
    }
}

/// The demo's group; `None` when the database is empty.
///
/// # Errors
/// When the database holds a group that is no demo, or fails.
pub fn find(reads: &mut Read<'_>) -> anyhow::Result<Option<Group>> {
    let mut found = None;
    for id in hotels::all_groups(reads)? {
        let group = hotels::find_group(reads, id)?;
        anyhow::ensure!(
            group.as_ref().is_none_or(|group| group.is_demo),
            "this database holds a hotel group that is no demo: nothing of a demo goes there"
        );
        found = group.filter(|group| group.code.as_str() == CODE).or(found);
    }
    Ok(found)
}

/// Creates the demo in the transaction, so that it is there whole or not at all. The context's group is the new one.
///
/// # Errors
/// When the database fails.
pub fn create(tx: &mut Tx<'_>, cx: &Ctx) -> anyhow::Result<()> {
    hotels::create_group(
        tx,
        cx,
        CreateGroup { code: code(CODE)?, name: "Hospes Demo 宾至演示".to_owned(), is_demo: true },
    )?;
    let mut hotels_by_code = BTreeMap::new();
    let mut departments = BTreeMap::new();
    for hotel in &HOTELS {
        let id = create_hotel(tx, cx, hotel)?;
        hotels_by_code.insert(hotel.code, id);
        for (name, en, zh) in DEPARTMENTS {
            let command = CreateDepartment { code: code(name)?, names: names(&[("en", en), ("zh-CN", zh)])? };
            departments.insert((hotel.code, name), hotels::create_department(tx, cx, id, command)?.id);
        }
    }
    // One hash for all: the password is public.
    let password_hash = passwords::hash(&SecretString::from(PASSWORD))?;
    for account in &STAFF {
        create_account(tx, cx, account, &password_hash, &hotels_by_code, &departments)?;
    }
    seed_guests(tx, cx, people(SEED, GUESTS))
}

/// Registers invented guests the way the API does: each is read from its JSON. The earlier persons who come again
/// are let in, so that there are duplicates to find.
fn seed_guests(tx: &mut Tx<'_>, cx: &Ctx, people: impl Iterator<Item = Person>) -> anyhow::Result<()> {
    for person in people {
        let body = serde_json::to_vec(&person)?;
        let profile = input::parse::<GuestCreate>(&body)
            .map_err(|problem| anyhow::anyhow!("an invented guest is not valid: {problem}"))?;
        guests::register(tx, cx, RegisterGuest { profile, allow_duplicate: true })?;
    }
    Ok(())
}

fn create_hotel(tx: &mut Tx<'_>, cx: &Ctx, hotel: &DemoHotel) -> anyhow::Result<HotelId> {
    let command = CreateHotel {
        code: code(hotel.code)?,
        names: names(&hotel.names)?,
        time_zone: TimeZone::parse(hotel.time_zone).context("a time zone of the demo is unknown")?,
        currency: Currency::parse(hotel.currency).context("a currency of the demo is unknown")?,
        default_language: LanguageTag::parse(hotel.language).context("a language of the demo is unknown")?,
    };
    Ok(hotels::create_hotel(tx, cx, command)?.id)
}

fn create_account(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    account: &DemoAccount,
    password_hash: &str,
    hotels: &BTreeMap<&str, HotelId>,
    departments: &BTreeMap<(&str, &str), DepartmentId>,
) -> anyhow::Result<()> {
    let membership = GiveMembership {
        hotel_id: account.hotel.and_then(|hotel| hotels.get(hotel).copied()),
        department_id: account
            .hotel
            .zip(account.department)
            .and_then(|place| departments.get(&place).copied()),
        role: account.role,
    };
    let command = RegisterStaff {
        email: LoginEmail::parse(&account.email()).context("an address of the demo is malformed")?,
        display_name: account.name.to_owned(),
        language: if account.name.is_ascii() { Language::En } else { Language::ZhCn },
        password_hash: password_hash.to_owned(),
        memberships: vec![membership],
    };
    staff::create_staff(tx, cx, &Authority::Operator, command)?;
    Ok(())
}

/// An access token of the demo account with a role, at a hotel where one is named.
///
/// # Errors
/// When there is no such account, or the database or the keys fail.
pub fn token(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    keys: &Keys,
    role: Role,
    hotel: Option<HotelId>,
) -> anyhow::Result<String> {
    let account = account(tx, cx, role, hotel)?;
    let session = staff::start_session(tx, cx, account.id)?;
    staff::issue_access_token(cx, keys, &session)
}

fn account(reads: &mut impl Reads, cx: &Ctx, role: Role, hotel: Option<HotelId>) -> anyhow::Result<Staff> {
    let filter = StaffFilter { status: Some(StaffStatus::Active), hotel: None, role: Some(role) };
    let found = staff::list_staff(reads, cx, &filter, None, ACCOUNTS)?.items;
    let fits = |account: &Staff| {
        let mut memberships = account.memberships.iter().filter(|membership| membership.role == role);
        memberships.any(|membership| {
            hotel.is_none() || membership.hotel_id.is_none() || membership.hotel_id == hotel
        })
    };
    let place = if hotel.is_some() { " at this hotel" } else { "" };
    found
        .into_iter()
        .find(fits)
        .with_context(|| format!("the demo has no account with the role {}{place}", role.code()))
}

fn code(text: &str) -> anyhow::Result<Code> {
    Code::parse(text).with_context(|| format!("{text} is no code"))
}

fn names(texts: &[(&str, &str)]) -> anyhow::Result<Names> {
    let texts = texts.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect();
    Names::parse(texts).map_err(|_| anyhow::anyhow!("a name of the demo is malformed"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Role, STAFF};

    #[test]
    fn every_role_has_one_account() {
        let roles: BTreeSet<Role> = STAFF.iter().map(|account| account.role).collect();
        assert_eq!(roles, Role::ALL.iter().copied().collect());
        assert_eq!(STAFF.len(), Role::ALL.len());
    }
}
