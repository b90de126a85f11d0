//! How a group makes the catalogue its own: categories and items written, replaced and retired.

use serde_json::{Value, json};

use crate::db::Tx;
use crate::kit::fault::Faults;
use crate::kit::version::{Expected, Version};
use crate::platform::context::{Ctx, Sight};
use crate::platform::record::{Change, record};
use crate::preferences::catalogue::{self, Catalogue, Category, Item};
use crate::preferences::definition_repo::{self, Definition, DefinitionKind};
use crate::preferences::error::PreferenceError;
use crate::preferences::model::PreferenceValueKind;

/// Categories and items a group may have of its own.
const MOST_DEFINITIONS: i64 = 1_000;

/// What writing a category or an item did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Its version now.
    pub version: Version,
    /// Whether the group had none of this code before.
    pub created: bool,
}

/// Writes a category: a new one, or in the place of the one there is, which `expected` then has to name.
///
/// # Errors
/// [`PreferenceError::NeedsWholeGroup`], [`PreferenceError::NotFound`] when a version is expected of what is not
/// there, [`PreferenceError::NoVersion`], [`PreferenceError::Stale`], [`PreferenceError::State`] when there are too
/// many.
pub fn put_category(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    category: Category,
) -> Result<Written, PreferenceError> {
    let catalogue = whole(tx, cx)?;
    let old = catalogue.categories.get(code);
    let old = old.map(|old| (DefinitionKind::Category(old.is.clone()), old.version));
    save(tx, cx, code, expected, old, DefinitionKind::Category(category))
}

/// Writes an item, as [`put_category`] does a category. An item stays in its category, where preferences know it.
///
/// # Errors
/// As [`put_category`], and [`PreferenceError::Invalid`] when its parts do not fit together.
pub fn put_item(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    item: Item,
) -> Result<Written, PreferenceError> {
    let catalogue = whole(tx, cx)?;
    let old = catalogue.items.get(code);
    check_item(&catalogue, old.map(|old| &old.is), &item)?;
    let old = old.map(|old| (DefinitionKind::Item(old.is.clone()), old.version));
    save(tx, cx, code, expected, old, DefinitionKind::Item(item))
}

/// Closes a category to new preferences. Those recorded stay as they are.
///
/// # Errors
/// [`PreferenceError::NeedsWholeGroup`], [`PreferenceError::NotFound`], [`PreferenceError::Stale`].
pub fn retire_category(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: &Expected,
) -> Result<(), PreferenceError> {
    let old = whole(tx, cx)?.categories.remove(code).ok_or(PreferenceError::NotFound)?;
    let new = DefinitionKind::Category(Category { retired: true, ..old.is.clone() });
    let old = (DefinitionKind::Category(old.is), old.version);
    save(tx, cx, code, Some(expected), Some(old), new)?;
    Ok(())
}

/// Closes an item to new preferences. Those recorded stay as they are.
///
/// # Errors
/// As [`retire_category`].
pub fn retire_item(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: &Expected,
) -> Result<(), PreferenceError> {
    let old = whole(tx, cx)?.items.remove(code).ok_or(PreferenceError::NotFound)?;
    let new = DefinitionKind::Item(Item { retired: true, ..old.is.clone() });
    let old = (DefinitionKind::Item(old.is), old.version);
    save(tx, cx, code, Some(expected), Some(old), new)?;
    Ok(())
}

/// The catalogue for those who may change it: the whole group's.
fn whole(tx: &mut Tx<'_>, cx: &Ctx) -> Result<Catalogue, PreferenceError> {
    if cx.sight != Sight::WholeGroup {
        return Err(PreferenceError::NeedsWholeGroup);
    }
    Ok(catalogue::load(tx, cx.group)?)
}

fn check_item(catalogue: &Catalogue, old: Option<&Item>, item: &Item) -> Result<(), PreferenceError> {
    let mut faults = Faults::new();
    let known = catalogue.category(&item.category).is_some_and(|category| old.is_some() || !category.retired);
    if !known {
        let message = "is not a category of the catalogue, or retired there";
        faults.at("category", |f| f.add("unknown_reference", message));
    } else if old.is_some_and(|old| old.category != item.category) {
        faults.at("category", |f| f.add("fixed", "cannot be changed"));
    }
    let chooses = item.value_kind == PreferenceValueKind::Choice;
    if chooses == item.choices.is_empty() {
        let message = if chooses { "is required for a choice" } else { "is for a choice only" };
        faults.at("choices", |f| f.add(if chooses { "required" } else { "not_applicable" }, message));
    }
    for (at, choice) in item.choices.iter().enumerate() {
        if item.choices.iter().take(at).any(|other| other.code == choice.code) {
            let here = format!("choices/{at}/code");
            faults.at(here, |f| f.add("duplicate", "is the code of another choice"));
        }
    }
    faults.finish(Some(())).map_err(PreferenceError::Invalid)
}

fn save(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    code: &str,
    expected: Option<&Expected>,
    old: Option<(DefinitionKind, Version)>,
    new: DefinitionKind,
) -> Result<Written, PreferenceError> {
    match (&old, expected) {
        (None, Some(_)) => return Err(PreferenceError::NotFound),
        (Some(_), None) => return Err(PreferenceError::NoVersion),
        (Some((_, version)), Some(expected)) if !expected.allows(*version) => {
            return Err(PreferenceError::Stale);
        }
        _ => {}
    }
    if let Some((same, version)) = &old
        && *same == new
    {
        return Ok(Written { version: *version, created: false });
    }
    let version = old.as_ref().map_or(1, |(_, version)| version + 1);
    let row = definition_repo::find(tx, cx.group, new.code(), code)?;
    // Another writer came between the look at what is in force and this one.
    if row.as_ref().is_some_and(|row| row.version + 1 != version) {
        return Err(PreferenceError::Stale);
    }
    let definition = match &row {
        None => {
            if definition_repo::count(tx, cx.group)? >= MOST_DEFINITIONS {
                return Err(PreferenceError::State("catalogue_full"));
            }
            let stamp = (cx.now, cx.actor.id);
            Definition {
                group: cx.group,
                id: cx.new_id(),
                code: code.to_owned(),
                kind: new,
                version,
                created: stamp,
                updated: stamp,
            }
        }
        Some(row) => {
            let updated = (cx.after(row.updated.0), cx.actor.id);
            Definition { kind: new, version, updated, ..row.clone() }
        }
    };
    let written = match &row {
        None => definition_repo::insert(tx, &definition)?.is_some(),
        Some(row) => definition_repo::replace(tx, row, &definition)?,
    };
    if !written {
        return Err(PreferenceError::Stale);
    }
    record(tx, cx, change(old.map(|old| old.0), &definition))?;
    Ok(Written { version, created: version == 1 })
}

fn change(old: Option<DefinitionKind>, new: &Definition) -> Change {
    let action = match &old {
        None => "preference_definition.created",
        Some(old) if new.kind.is_retired() && !old.is_retired() => "preference_definition.retired",
        Some(_) => "preference_definition.updated",
    };
    let told = |kind: &DefinitionKind| -> Value {
        let mut value = kind.document();
        if let Some(members) = value.as_object_mut() {
            members.insert("kind".into(), json!(kind.code()));
            members.insert("code".into(), json!(new.code));
        }
        value
    };
    Change {
        action,
        subject_kind: "preference_definition",
        subject_id: new.id.0,
        version: new.version,
        hotel: None,
        at: new.updated.0,
        before: old.as_ref().map(told),
        after: Some(told(&new.kind)),
    }
}
