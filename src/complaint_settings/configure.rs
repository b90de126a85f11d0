//! How a group makes the settings its own: categories and sub-causes written, replaced and retired; and the one way in
//! which every setting is written down.

use serde_json::{Value, json};

use crate::complaint_settings::catalogue::{self, Category, SubCause};
use crate::complaint_settings::error::SettingsError;
use crate::complaint_settings::repo::{self, Kept, Setting};
use crate::complaint_settings::routing;
use crate::db::Tx;
use crate::kit::version::{Expected, Version};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};

/// Categories, sub-causes and templates a group may have of its own, of each.
const MOST: [(&str, i64); 3] =
    [(Setting::CATEGORY, 1_000), (Setting::SUB_CAUSE, 1_000), (Setting::TEMPLATE, 200)];

/// What writing a setting did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its version now.
    pub version: Version,
    /// Whether there was none of this code before.
    pub created: bool,
}

/// Writes a category: a new one, or in the place of the one there is, which `expected` then has to name.
///
/// # Errors
/// [`SettingsError::NeedsWholeGroup`], [`SettingsError::NotFound`] when a version is expected of what is not there,
/// [`SettingsError::NoVersion`], [`SettingsError::Stale`], [`SettingsError::State`] when there are too many.
pub fn put_category(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    category: Category,
) -> Result<Written, SettingsError> {
    for_whole_group(cx)?;
    let old = catalogue::load(tx, cx.group)?.categories.remove(code);
    let old = old.map(|old| (Setting::Category(old.is), old.version));
    save(tx, cx, code, expected, old, Setting::Category(category))
}

/// Writes a sub-cause, as [`put_category`] does a category.
///
/// # Errors
/// As [`put_category`].
pub fn put_sub_cause(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    cause: SubCause,
) -> Result<Written, SettingsError> {
    for_whole_group(cx)?;
    let old = catalogue::load(tx, cx.group)?.sub_causes.remove(code);
    let old = old.map(|old| (Setting::SubCause(old.is), old.version));
    save(tx, cx, code, expected, old, Setting::SubCause(cause))
}

/// Closes a category to new complaints. Those that name it stay as they are.
///
/// # Errors
/// [`SettingsError::NeedsWholeGroup`], [`SettingsError::NotFound`], [`SettingsError::Stale`].
pub fn retire_category(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: &Expected,
) -> Result<(), SettingsError> {
    for_whole_group(cx)?;
    let old = catalogue::load(tx, cx.group)?.categories.remove(code).ok_or(SettingsError::NotFound)?;
    let new = Setting::Category(Category { retired: true, ..old.is.clone() });
    save(tx, cx, code, Some(expected), Some((Setting::Category(old.is), old.version)), new)?;
    Ok(())
}

/// Closes a sub-cause to new complaints. Those that name it stay as they are.
///
/// # Errors
/// As [`retire_category`].
pub fn retire_sub_cause(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: &Expected,
) -> Result<(), SettingsError> {
    for_whole_group(cx)?;
    let old = catalogue::load(tx, cx.group)?.sub_causes.remove(code).ok_or(SettingsError::NotFound)?;
    let new = Setting::SubCause(SubCause { retired: true, ..old.is.clone() });
    save(tx, cx, code, Some(expected), Some((Setting::SubCause(old.is), old.version)), new)?;
    Ok(())
}

/// Lets only those pass who may change what the whole group goes by.
pub(super) fn for_whole_group(cx: &Ctx) -> Result<(), SettingsError> {
    if cx.sight == Sight::WholeGroup { Ok(()) } else { Err(SettingsError::NeedsWholeGroup) }
}

/// Writes a setting over `old`, what is in force of it with its version; `None` when there is none of its kind and
/// code, neither of the group's own nor shipped.
pub(super) fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    old: Option<(Setting, Version)>,
    new: Setting,
) -> Result<Written, SettingsError> {
    match (&old, expected) {
        (None, Some(_)) => return Err(SettingsError::NotFound),
        (Some(_), None) => return Err(SettingsError::NoVersion),
        (Some((_, version)), Some(expected)) if !expected.allows(*version) => {
            return Err(SettingsError::Stale);
        }
        _ => {}
    }
    if let Some((same, version)) = &old
        && *same == new
    {
        return Ok(Written { version: *version, created: false });
    }
    let version = old.as_ref().map_or(1, |(_, version)| version + 1);
    let row = repo::find(tx, cx.group, new.kind(), code)?;
    // Another writer came between the look at what is in force and this one.
    if row.as_ref().is_some_and(|row| row.version + 1 != version) {
        return Err(SettingsError::Stale);
    }
    let kept = match &row {
        None => {
            refuse_too_many(tx, cx, new.kind())?;
            let stamp = (cx.now, cx.actor.id);
            let (id, code) = (cx.new_id(), code.to_owned());
            Kept { group: cx.group, id, code, setting: new, version, created: stamp, updated: stamp }
        }
        Some(row) => {
            let updated = (cx.after(row.updated.0), cx.actor.id);
            Kept { setting: new, version, updated, ..row.clone() }
        }
    };
    let written = match &row {
        None => repo::insert(tx, &kept)?.is_some(),
        Some(row) => repo::replace(tx, row, &kept)?,
    };
    if !written {
        return Err(SettingsError::Stale);
    }
    record(tx, cx, change(old.map(|old| old.0), &kept))?;
    Ok(Written { version, created: version == 1 })
}

fn refuse_too_many(tx: &mut Tx<'_>, cx: &Ctx, kind: &'static str) -> Result<(), SettingsError> {
    let most = MOST.iter().find(|(of, _)| *of == kind).map(|(_, most)| *most);
    match most {
        Some(most) if repo::count(tx, cx.group, kind)? >= most => Err(SettingsError::State("settings_full")),
        _ => Ok(()),
    }
}

fn change(old: Option<Setting>, new: &Kept) -> Change {
    let retires = new.setting.is_retired() && old.as_ref().is_some_and(|old| !old.is_retired());
    let (created, updated, retired, subject_kind) = match &new.setting {
        Setting::Category(_) | Setting::SubCause(_) => (
            "complaint_definition.created",
            "complaint_definition.updated",
            "complaint_definition.retired",
            "complaint_definition",
        ),
        // The group always has rules: those that come with the program are changed.
        Setting::Routing(_) => {
            let changed = "complaint_routing.updated";
            (changed, changed, changed, "complaint_routing")
        }
        Setting::Template(_) => (
            "message_template.created",
            "message_template.updated",
            "message_template.retired",
            "message_template",
        ),
    };
    let action = match (&old, retires) {
        (None, _) => created,
        (Some(_), true) => retired,
        (Some(_), false) => updated,
    };
    // What one hotel keeps is told to that hotel alone, and it keeps what it has: see `templates::put`.
    let hotel = match &new.setting {
        Setting::Template(template) => template.hotel_id,
        Setting::Category(_) | Setting::SubCause(_) | Setting::Routing(_) => None,
    };
    Change {
        action,
        subject_kind,
        subject_id: new.id.0,
        version: new.version,
        hotel,
        at: new.updated.0,
        before: old.as_ref().map(|old| told(&new.code, old)),
        after: Some(told(&new.code, &new.setting)),
    }
}

fn told(code: &str, setting: &Setting) -> Value {
    let mut value = match setting {
        Setting::Routing(rules) => return routing::document(rules),
        Setting::Category(_) | Setting::SubCause(_) | Setting::Template(_) => setting.document(),
    };
    if let Some(members) = value.as_object_mut() {
        members.insert("kind".into(), json!(setting.kind()));
        members.insert("code".into(), json!(code));
    }
    value
}
