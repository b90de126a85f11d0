//! What commands that work on the database share: opening it, and acting as the operator in a hotel group.

use std::sync::Arc;

use anyhow::Context as _;
use hospes::config::{Database, Logging, Variables};
use hospes::db::Db;
use hospes::hotels::model::{Code, Group, Hotel};
use hospes::hotels::service as hotels;
use hospes::kit::clock::{Clock, WallClock};
use hospes::kit::fault::Fault;
use hospes::kit::ids::{GroupId, Ids, TimeOrderedIds};
use hospes::platform::context::{Actor, Ctx, Sight};
use hospes::startup;

/// The operator at an open database.
pub struct Operator {
    /// The database, its schema up to date.
    pub db: Db,
}

impl Operator {
    /// Opens the database that the settings name.
    pub fn open(variables: &Variables) -> anyhow::Result<Self> {
        Logging::read(variables)?.start("warn");
        Ok(Self { db: startup::open_database(&Database::read(variables)?, false)? })
    }

    /// The operator acting in a group.
    pub fn context(&self, group: GroupId) -> Ctx {
        context(group)
    }

    /// The group of a code.
    pub async fn group(&self, code: &Code) -> anyhow::Result<Group> {
        let wanted = code.clone();
        let found = self.db.read(move |r| hotels::find_group_by_code(r, wanted.as_str())).await?;
        found.with_context(|| format!("there is no hotel group {code}"))
    }

    /// The hotel of a code.
    pub async fn hotel(&self, cx: &Ctx, code: &Code) -> anyhow::Result<Hotel> {
        let (cx, wanted) = (cx.clone(), code.clone());
        let found = self.db.read(move |r| hotels::find_hotel_by_code(r, &cx, &wanted)).await;
        found.with_context(|| format!("there is no hotel {code} in the group"))
    }
}

/// The operator acting in a group.
pub fn context(group: GroupId) -> Ctx {
    Ctx {
        group,
        actor: Actor::OPERATOR,
        sight: Sight::WholeGroup,
        request_id: format!("cli-{}", TimeOrderedIds.next()),
        now: WallClock.now(),
        ids: Arc::new(TimeOrderedIds),
    }
}

/// Reads a code from the command line.
pub fn code(text: &str) -> Result<Code, String> {
    let rule = "lower-case letters, digits and inner hyphens, 1 to 40 characters, such as west-lake";
    Code::parse(text).ok_or_else(|| format!("a code is made of {rule}"))
}

/// The faults of an input in words.
pub fn words(faults: &[Fault]) -> String {
    let each =
        faults.iter().map(|fault| format!("{} {}", fault.pointer.trim_start_matches('/'), fault.message));
    each.collect::<Vec<_>>().join("; ")
}
