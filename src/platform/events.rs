//! Reading the change feed: numbered events of a group, in order. Writing is [`super::record`]'s, numbering
//! [`super::sequencer`]'s.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::schema::events;
use crate::db::types::Json;
use crate::db::{DbResult, MultiBackend, Reads};
use crate::kit::clock::Instant;
use crate::kit::ids::{ActorId, EventId, GroupId};
use crate::platform::context::Sight;

/// Every event type, with what happened in English. A test holds the recorded ones to this list.
pub const TYPES: &[(&str, &str)] = &[
    ("authority_limits.updated", "The limits of authority were set."),
    ("budget.created", "A budget was set up."),
    ("budget.deleted", "A budget without bookings was taken away."),
    ("budget.updated", "A budget was changed."),
    ("complaint.acknowledged", "The guest was told that the hotel knows of the complaint."),
    ("complaint.assigned", "A complaint was given to somebody."),
    ("complaint.attended", "Somebody was with the guest who complained."),
    ("complaint.classified", "A complaint was sorted: what it is about, how grave, who answers for it."),
    ("complaint.clock_breached", "A complaint was not dealt with in time."),
    ("complaint.clock_warning", "A complaint is soon due."),
    ("complaint.closed", "A complaint was closed."),
    ("complaint.created", "A complaint was taken in."),
    ("complaint.escalated", "A complaint was taken to somebody higher."),
    (
        "complaint.follow_up_barred",
        "The guest of a closed complaint is not asked any more: nobody may, or knows how.",
    ),
    ("complaint.follow_up_due", "The guest of a closed complaint is to be asked whether all is well."),
    ("complaint.followed_up", "The guest was asked, or it was tried."),
    ("complaint.held", "A complaint waits for somebody outside."),
    ("complaint.investigated", "An investigation was begun, or its result written."),
    ("complaint.joined", "Another complaint became part of this one."),
    ("complaint.linked", "It was said what two complaints have to do with each other."),
    ("complaint.merged", "A complaint became part of another one."),
    (
        "complaint.parted",
        "A complaint that was part of this one went its own way: a merge was taken back, or a part split off.",
    ),
    ("complaint.rated", "The guest judged through a link."),
    ("complaint.rejected", "A complaint was refused."),
    ("complaint.reopened", "A complaint was opened again."),
    ("complaint.resumed", "A complaint no longer waits."),
    ("complaint.split", "A part of a complaint became one of its own."),
    ("complaint.unlinked", "A link between two complaints was taken away."),
    ("complaint.unmerged", "A merge of complaints was taken back."),
    ("complaint.updated", "What is written down of a complaint was changed."),
    ("complaint.withdrawn", "The guest took a complaint back."),
    ("complaint_attachment.created", "A file was added to a complaint."),
    ("complaint_attachment.deleted", "A file was taken out of a complaint."),
    ("complaint_definition.created", "A category or a sub-cause was added to the catalogue of complaints."),
    ("complaint_definition.retired", "A category or a sub-cause of the catalogue of complaints was retired."),
    ("complaint_definition.updated", "A category or a sub-cause of the catalogue of complaints was changed."),
    ("complaint_message.created", "Something was said about a complaint."),
    ("complaint_routing.updated", "The routing rules of complaints were changed."),
    ("consent.given", "A consent of a guest was recorded."),
    ("consent.withdrawn", "A consent of a guest was withdrawn."),
    ("corrective_action.cancelled", "A corrective action was called off."),
    ("corrective_action.created", "A corrective action was planned."),
    ("corrective_action.done", "A corrective action was done."),
    ("corrective_action.started", "A corrective action was begun."),
    ("corrective_action.updated", "A corrective action was changed."),
    ("corrective_action.verified", "Somebody looked whether a corrective action works; if not, it goes on."),
    ("department.created", "A department was created."),
    ("department.updated", "A department was changed."),
    ("duplicate.dismissed", "A suggested duplicate was dismissed."),
    ("duty_shift.created", "A shift was written into the duty roster."),
    ("duty_shift.deleted", "A shift was taken out of the duty roster."),
    ("duty_shift.updated", "A shift of the duty roster was changed."),
    ("group.created", "The hotel group was created."),
    ("guest.archived", "A guest was archived."),
    ("guest.created", "A guest was created."),
    ("guest.merged", "Another guest became part of this one."),
    ("guest.restored", "An archived guest was restored."),
    ("guest.restricted", "A guest was put under restriction."),
    ("guest.unmerged", "A merge was undone."),
    ("guest.unrestricted", "A guest's restriction was lifted."),
    ("guest.updated", "A guest's profile was changed."),
    ("guests.exported", "An export of guests was started."),
    ("hotel.created", "A hotel was created."),
    ("hotel.updated", "A hotel was changed."),
    ("job.cancel_requested", "A running job was asked to stop."),
    ("job.cancelled", "A job was cancelled."),
    ("job.created", "A job, such as an import or a scan for duplicates, was asked for."),
    ("job.failed", "A job could not be finished."),
    ("job.succeeded", "A job was finished."),
    ("message_template.created", "A message template was added."),
    ("message_template.retired", "A message template was retired."),
    ("message_template.updated", "A message template was changed."),
    ("note.archived", "A note was archived."),
    ("note.created", "A note was written."),
    ("note.restored", "An archived note was restored."),
    ("note.updated", "A note was changed."),
    ("partner.archived", "A partner was archived."),
    ("partner.confirmed", "A provisional partner was confirmed."),
    ("partner.created", "A partner was created."),
    ("partner.merged", "A partner became part of another one."),
    ("partner.restored", "An archived partner was restored."),
    ("partner.unmerged", "A merge of partners was undone."),
    ("partner.updated", "A partner was changed."),
    ("plan.drawn", "The preference plan of a stay was drawn or brought into line."),
    ("plan_item.done", "An item of a preference plan was done."),
    ("plan_item.not_possible", "An item of a preference plan could not be done."),
    ("plan_item.reopened", "An item of a preference plan was reopened."),
    ("preference.created", "A preference of a guest was recorded."),
    ("preference.removed", "A preference of a guest was taken away."),
    ("preference.updated", "A preference of a guest was changed."),
    ("preference_definition.created", "A category or an item was added to the preference catalogue."),
    ("preference_definition.retired", "A category or an item of the preference catalogue was retired."),
    ("preference_definition.updated", "A category or an item of the preference catalogue was changed."),
    ("preferences.changed", "Several preferences of a guest were changed at once."),
    ("problem.analysed", "It was found out what lies beneath a problem."),
    ("problem.closed", "A problem was closed."),
    ("problem.complaint_joined", "A complaint was counted to a problem."),
    ("problem.complaint_left", "A complaint no longer counts to a problem."),
    ("problem.created", "A problem was opened, by hand or because complaints had something in common."),
    ("problem.notified", "Guests were told what was improved."),
    ("problem.reopened", "A problem came back."),
    ("problem.resolved", "What was done about a problem works."),
    ("problem.updated", "A problem was changed."),
    ("relationship.created", "Two guests were linked."),
    ("relationship.deleted", "A link between two guests was removed."),
    ("service_calendar.created", "A calendar of service levels was added."),
    ("service_calendar.deleted", "A calendar of service levels was taken away."),
    ("service_calendar.updated", "A calendar of service levels was changed."),
    ("service_level_policies.updated", "The rules of service levels were changed."),
    ("session.created", "A member of staff logged in."),
    ("session.ended", "A session ended."),
    ("solution.approved", "A solution was approved."),
    ("solution.called_off", "A solution was called off."),
    ("solution.declined", "A solution was refused."),
    ("solution.executed", "A solution was done."),
    ("solution.proposed", "A solution was proposed."),
    ("solution.redeemed", "The guest used an offer."),
    ("solution.verified", "Somebody looked whether a solution was done."),
    ("staff.created", "A staff account was created."),
    ("staff.memberships_replaced", "What a staff account may do was changed."),
    ("staff.password_changed", "A staff account's password was changed."),
    ("staff.reactivated", "A suspended staff account was reactivated."),
    ("staff.suspended", "A staff account was suspended."),
    ("staff.updated", "A staff account was changed."),
    ("stay.cancelled", "A stay was called off."),
    ("stay.checked_in", "The guest of a stay has come."),
    ("stay.checked_out", "The guest of a stay has left."),
    ("stay.created", "A stay was written down."),
    ("stay.deleted", "A stay was taken out of the records."),
    ("stay.due_in", "The guest of a stay is expected today."),
    ("stay.no_show", "The guest of a stay never came."),
    ("stay.reinstated", "A stay was taken back into use."),
    ("stay.room_moved", "The guest of a stay moved to another room."),
    (
        "stay.suggestions_decided",
        "Preferences suggested by a stay's special requests were accepted or dismissed.",
    ),
    ("stay.updated", "A stay was changed."),
];

/// A numbered event.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct Event {
    /// Id, for recognising an event seen before.
    pub id: EventId,
    /// When it happened.
    pub at: Instant,
    /// What happened.
    pub event_type: String,
    /// Kind of the subject.
    pub subject_kind: String,
    /// Id of the subject.
    pub subject_id: ActorId,
    /// Version of the subject after it.
    pub subject_version: i64,
    /// What changed.
    pub data: Json<Value>,
    /// Place in the feed of the group, from 1, never given twice; never absent in what [`list`] answers.
    pub position: Option<i64>,
}

/// Which events are read.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only these types; all when empty.
    pub types: Vec<String>,
    /// Only those of this subject.
    pub subject: Option<ActorId>,
}

/// Numbered events after a position, in order, that the reader may see.
///
/// # Errors
/// When the database fails.
pub fn list(
    reads: &mut impl Reads,
    group: GroupId,
    sight: &Sight,
    filter: &EventFilter,
    after: i64,
    limit: i64,
) -> DbResult<Vec<Event>> {
    let mut query = events::table
        .into_boxed::<MultiBackend>()
        .filter(events::group_id.eq(group))
        .filter(events::position.gt(after).assume_not_null());
    if let Sight::Hotels(hotels) = sight {
        query = query
            .filter(events::hotel_id.is_null().or(events::hotel_id.eq_any(hotels.clone()).assume_not_null()));
    }
    if !filter.types.is_empty() {
        query = query.filter(events::event_type.eq_any(filter.types.clone()));
    }
    if let Some(subject) = filter.subject {
        query = query.filter(events::subject_id.eq(subject));
    }
    Ok(query.order(events::position).limit(limit).select(Event::as_select()).load(reads.conn())?)
}
