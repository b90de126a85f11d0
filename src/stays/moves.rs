//! The machine of states: which moves a stay allows, and where they lead.

use crate::codes;
use crate::stays::model::StayStatus;

codes! {
    /// A change of a stay's status.
    StayMove {
        /// The guest is expected today.
        DueIn = "due_in",
        /// The guest has come.
        CheckIn = "check_in",
        /// The guest has left.
        CheckOut = "check_out",
        /// The stay is called off.
        Cancel = "cancel",
        /// The guest never came.
        NoShow = "no_show",
        /// The stay is taken back into use.
        Reinstate = "reinstate",
    }
}

/// Where a move leads from a status.
///
/// # Errors
/// The moves that are allowed there, when this one is not.
pub fn next(status: StayStatus, wanted: StayMove) -> Result<StayStatus, Vec<StayMove>> {
    target(status, wanted).ok_or_else(|| allowed(status))
}

/// The moves allowed in a status.
pub fn allowed(status: StayStatus) -> Vec<StayMove> {
    StayMove::ALL.iter().copied().filter(|wanted| target(status, *wanted).is_some()).collect()
}

fn target(status: StayStatus, wanted: StayMove) -> Option<StayStatus> {
    use StayStatus::{Cancelled, CheckedOut, Deleted, DueIn, InHouse, NoShow, Reserved};
    match (status, wanted) {
        (Reserved, StayMove::DueIn) => Some(DueIn),
        (Reserved | DueIn, StayMove::CheckIn) => Some(InHouse),
        (InHouse, StayMove::CheckOut) => Some(CheckedOut),
        (Reserved | DueIn, StayMove::Cancel) => Some(Cancelled),
        (Reserved | DueIn, StayMove::NoShow) => Some(NoShow),
        (Cancelled | NoShow, StayMove::Reinstate) => Some(Reserved),
        (CheckedOut, StayMove::Reinstate) => Some(InHouse),
        (Reserved, StayMove::CheckOut | StayMove::Reinstate)
        | (DueIn, StayMove::DueIn | StayMove::CheckOut | StayMove::Reinstate)
        | (
            InHouse,
            StayMove::DueIn | StayMove::CheckIn | StayMove::Cancel | StayMove::NoShow | StayMove::Reinstate,
        )
        | (
            CheckedOut,
            StayMove::DueIn | StayMove::CheckIn | StayMove::CheckOut | StayMove::Cancel | StayMove::NoShow,
        )
        | (
            Cancelled | NoShow,
            StayMove::DueIn | StayMove::CheckIn | StayMove::CheckOut | StayMove::Cancel | StayMove::NoShow,
        )
        | (Deleted, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{StayMove, allowed, next};
    use crate::stays::model::StayStatus;

    /// Row by row: status, then where each move of `StayMove::ALL` leads (`-`: nowhere).
    const TABLE: &[(&str, [&str; 6])] = &[
        ("reserved", ["due_in", "in_house", "-", "cancelled", "no_show", "-"]),
        ("due_in", ["-", "in_house", "-", "cancelled", "no_show", "-"]),
        ("in_house", ["-", "-", "checked_out", "-", "-", "-"]),
        ("checked_out", ["-", "-", "-", "-", "-", "in_house"]),
        ("cancelled", ["-", "-", "-", "-", "-", "reserved"]),
        ("no_show", ["-", "-", "-", "-", "-", "reserved"]),
        ("deleted", ["-", "-", "-", "-", "-", "-"]),
    ];

    #[test]
    fn every_move_from_every_status_is_decided() {
        assert_eq!(TABLE.len(), StayStatus::ALL.len());
        for (status, targets) in TABLE {
            let from = StayStatus::of(status).unwrap();
            let mut open = Vec::new();
            for (wanted, target) in StayMove::ALL.iter().zip(targets) {
                match StayStatus::of(target) {
                    Some(to) => {
                        open.push(*wanted);
                        assert_eq!(next(from, *wanted), Ok(to), "{status} {}", wanted.code());
                    }
                    None => {
                        assert_eq!(next(from, *wanted), Err(allowed(from)), "{status} {}", wanted.code())
                    }
                }
            }
            assert_eq!(allowed(from), open, "{status}");
        }
    }
}
