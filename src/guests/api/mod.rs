//! The HTTP side of guests: one file an operation, and what clients send and see.

pub mod by_ref;
pub mod create;
pub mod create_merge;
pub mod dismiss_duplicate;
pub mod duplicate_wire;
pub mod export;
pub mod get;
pub mod get_merge;
pub mod lifecycle;
pub mod list;
pub mod list_duplicates;
pub mod list_merges;
pub mod match_guests;
pub mod merge_wire;
pub mod notes;
pub mod parse;
pub mod preview_merge;
pub mod preview_unmerge;
pub mod relationships;
pub mod undo_merge;
pub mod update;
pub mod view;
pub mod wire;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::guests::duplicates::thousandths;
use crate::guests::error::{Candidate, GuestError};
use crate::guests::matching::Agreement;
use crate::web::problem::{self, DuplicateCandidate, MatchingField, Problem};

/// Mounts the operations on guests. Fixed paths come before those with an id in their place.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(create::create_guest)
        .service(list::list_guests)
        .service(export::export_guests)
        .service(by_ref::get_guest_by_ref)
        .service(by_ref::upsert_guest_by_ref)
        .service(get::get_guest)
        .service(update::update_guest)
        .service(update::replace_guest)
        .service(lifecycle::archive_guest)
        .service(lifecycle::restore_guest)
        .service(lifecycle::set_guest_restriction)
        .service(lifecycle::lift_guest_restriction)
        .service(notes::list_guest_notes)
        .service(notes::create_guest_note)
        .service(notes::get_guest_note)
        .service(notes::update_guest_note)
        .service(notes::archive_guest_note)
        .service(notes::restore_guest_note)
        .service(relationships::list_guest_relationships)
        .service(relationships::create_guest_relationship)
        .service(relationships::get_guest_relationship)
        .service(relationships::delete_guest_relationship);
}

/// Mounts the operations on merges. The preview comes before what has an id in its place.
pub fn merge_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(preview_merge::preview_merge)
        .service(create_merge::create_merge)
        .service(list_merges::list_merges)
        .service(get_merge::get_merge)
        .service(preview_unmerge::preview_unmerge)
        .service(undo_merge::undo_merge);
}

/// Mounts the operations on guests that may be one person. They come before those on guests, one of which has an id
/// where some of these have a word.
pub fn duplicate_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_duplicates::list_duplicates)
        .service(match_guests::match_guests)
        .service(dismiss_duplicate::dismiss_duplicate);
}

impl From<GuestError> for Problem {
    fn from(error: GuestError) -> Self {
        match error {
            GuestError::NotFound => Self::not_found(),
            GuestError::Stale => Self::new(problem::PRECONDITION_FAILED),
            GuestError::PossibleDuplicate(alike) => {
                Self::possible_duplicate(alike.iter().map(candidate).collect())
            }
            GuestError::ReferenceTaken(holder) => Self::already_taken(holder.map(Into::into)),
            GuestError::Invalid(faults) => Self::invalid(faults),
            GuestError::Merged(survivor) => Self::merged(survivor.0),
            GuestError::State(text) => Self::new(problem::STATE_CONFLICT).detail(text),
            GuestError::Scope(scope) => Self::forbidden(scope),
            GuestError::Db(error) => error.into(),
        }
    }
}

fn candidate(candidate: &Candidate) -> DuplicateCandidate {
    let agreeing =
        candidate.score.fields.iter().filter(|field| {
            matches!(field.agreement, Agreement::Exact | Agreement::Close) && field.weight > 0.0
        });
    DuplicateCandidate {
        guest_id: candidate.guest.id.0,
        display_name: candidate.guest.profile.display_name(),
        score: thousandths(candidate.score.value),
        matching_fields: agreeing.map(|field| MatchingField(field.field.to_owned())).collect(),
    }
}
