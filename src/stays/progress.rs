//! What happens to a stay in the house: changes of its status, and changes of rooms.

use chrono::NaiveDate;

use crate::db::{Reads, Tx};
use crate::hotels;
use crate::kit::ids::{HotelId, StayId};
use crate::kit::version::Expected;
use crate::platform::context::Ctx;
use crate::stays::commands::{MoveRoom, MoveStay};
use crate::stays::error::StayError;
use crate::stays::model::{RoomMove, Stay, StayStatus};
use crate::stays::moves::{self, StayMove};
use crate::stays::service::{get, save, writable};

/// Most changes of rooms in a stay.
const MOST_ROOM_MOVES: usize = 100;

/// Changes the status of a stay.
///
/// # Errors
/// [`StayError::NotFound`], [`StayError::Stale`], [`StayError::Move`] when the present status does not allow it.
pub fn make_move(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: StayId,
    expected: &Expected,
    command: MoveStay,
) -> Result<Stay, StayError> {
    let old = get(tx, cx, id)?;
    if !expected.allows(old.version) {
        return Err(StayError::Stale);
    }
    let status = moves::next(old.status, command.wanted)
        .map_err(|allowed| StayError::Move { status: old.status, allowed })?;
    let mut new = Stay { status, ..old.clone() };
    match command.wanted {
        StayMove::DueIn | StayMove::NoShow => {}
        StayMove::CheckIn => {
            new.checked_in_at = Some(cx.after(old.updated.0));
            new.facts.room = command.room.or(new.facts.room);
        }
        StayMove::CheckOut => new.checked_out_at = Some(cx.after(old.updated.0)),
        StayMove::Cancel => {
            new.facts.cancelled_on = Some(today(tx, cx, old.hotel_id)?);
            new.facts.cancellation_reason = command.reason;
        }
        StayMove::Reinstate => {
            new.reinstated = old.reinstated.saturating_add(1);
            new.facts.cancelled_on = None;
            new.facts.cancellation_reason = None;
            new.checked_out_at = None;
        }
    }
    save(tx, cx, &old, new)
}

/// The day it is at a hotel.
///
/// # Errors
/// When the database fails.
pub fn today(reads: &mut impl Reads, cx: &Ctx, hotel: HotelId) -> Result<NaiveDate, StayError> {
    let hotel = hotels::service::find_hotel(reads, cx, hotel)?;
    Ok(cx.now.to_utc().with_timezone(&hotel.time_zone.0).date_naive())
}

/// Moves the guest of a stay to another room.
///
/// # Errors
/// [`StayError::NotFound`], [`StayError::Stale`], [`StayError::State`] when the guest is not in the house, the room is
/// the one they have, or they moved too often.
pub fn move_room(
    tx: &mut Tx<'_>,
    cx: &Ctx,
    id: StayId,
    expected: &Expected,
    command: MoveRoom,
) -> Result<Stay, StayError> {
    let old = writable(tx, cx, id, expected)?;
    if old.status != StayStatus::InHouse {
        return Err(StayError::State("stay_not_in_house"));
    }
    if old.facts.room.as_ref() == Some(&command.to) {
        return Err(StayError::State("stay_same_room"));
    }
    if old.room_moves.len() >= MOST_ROOM_MOVES {
        return Err(StayError::State("stay_room_moves"));
    }
    let at = command.at.unwrap_or(cx.now);
    if at > cx.now {
        return Err(StayError::invalid_at("/at", "future", "must not be in the future"));
    }
    if old.room_moves.last().is_some_and(|last| last.at > at) {
        return Err(StayError::invalid_at("/at", "order", "must not be before the last room move"));
    }
    let mut new = old.clone();
    new.room_moves.push(RoomMove {
        at,
        from: old.facts.room.clone(),
        to: command.to.clone(),
        reason: command.reason,
        by: cx.actor.id,
    });
    new.facts.room = Some(command.to);
    new.facts.room_type = command.room_type.or(new.facts.room_type);
    save(tx, cx, &old, new)
}
