//! The machine of states: which moves a complaint allows, where they lead, and what each still needs.

use crate::codes;
use crate::complaints::model::{Complaint, ComplaintStatus, Solution, SolutionStatus};
use crate::kit::ids::ActorId;
use crate::platform::scopes::Scope;

codes! {
    /// Something that is done with a complaint.
    ComplaintMove {
        /// Say what it is about, how grave it is and who answers for it.
        Classify = "classify",
        /// Give it to somebody.
        Assign = "assign",
        /// Tell the guest that the hotel knows.
        Acknowledge = "acknowledge",
        /// Be with the guest.
        Attend = "attend",
        /// Find out what happened.
        Investigate = "investigate",
        /// Propose what to do.
        Propose = "propose",
        /// Approve what was proposed.
        Approve = "approve",
        /// Refuse what was proposed.
        Decline = "decline",
        /// Call off what was proposed or approved.
        CallOff = "call_off",
        /// Say that something was done.
        Execute = "execute",
        /// Look whether it was done.
        Verify = "verify",
        /// Ask the guest.
        FollowUp = "follow_up",
        /// Close it.
        Close = "close",
        /// Say that the guest used an offer.
        Redeem = "redeem",
        /// Open it again.
        Reopen = "reopen",
        /// Say that it waits for somebody outside.
        Hold = "hold",
        /// Say that it no longer waits.
        Resume = "resume",
        /// Take it to somebody higher.
        Escalate = "escalate",
        /// The guest takes it back.
        Withdraw = "withdraw",
        /// Refuse it.
        Reject = "reject",
        /// Make it part of another complaint.
        Merge = "merge",
        /// Take a merge back.
        Unmerge = "unmerge",
        /// Make a complaint of its own of a part.
        Split = "split",
    }
    /// What a move still needs.
    ComplaintNeed {
        /// It was done already.
        NotTwice = "not_twice",
        /// The complaint must not wait for somebody outside: resume it first.
        Resumed = "resumed",
        /// The complaint must wait for somebody outside.
        OnHold = "on_hold",
        /// The investigation must have a finding.
        Finding = "finding",
        /// There must be a solution.
        Solution = "solution",
        /// A solution must wait for approval.
        PendingSolution = "pending_solution",
        /// A solution must be approved.
        ApprovedSolution = "approved_solution",
        /// A solution that was done must wait for a look.
        ExecutedSolution = "executed_solution",
        /// Every solution must be done, refused or called off.
        SolutionsDone = "solutions_done",
        /// What was repaired or replaced must be looked at by somebody else.
        Verification = "verification",
        /// The guest must have been reached, or tried three times.
        GuestContact = "guest_contact",
        /// There is nobody higher.
        HigherLevel = "higher_level",
        /// The guest must have got an offer that was not used yet.
        Offer = "offer",
        /// What was promised must be done, refused or called off.
        NoOpenSolutions = "no_open_solutions",
        /// Somebody else must do it.
        SomebodyElse = "somebody_else",
    }
}

/// Highest level a complaint can be taken to: the general manager.
pub const HIGHEST_LEVEL: i32 = 3;

impl ComplaintMove {
    /// The scope that a caller needs for it.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Assign => Scope::ComplaintsAssign,
            Self::Approve | Self::Decline | Self::Reject => Scope::ComplaintsDecide,
            Self::Merge | Self::Unmerge | Self::Split => Scope::ComplaintsMerge,
            Self::Classify
            | Self::Acknowledge
            | Self::Attend
            | Self::Investigate
            | Self::Propose
            | Self::CallOff
            | Self::Execute
            | Self::Verify
            | Self::FollowUp
            | Self::Close
            | Self::Redeem
            | Self::Reopen
            | Self::Hold
            | Self::Resume
            | Self::Escalate
            | Self::Withdraw => Scope::ComplaintsWrite,
        }
    }
}

/// Where a move leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To this status, perhaps the one it has.
    To(ComplaintStatus),
    /// To the status it had before it was merged.
    Before,
}

/// Where a move leads from a status; `None` when the status does not allow it.
pub const fn target(status: ComplaintStatus, wanted: ComplaintMove) -> Option<Target> {
    use ComplaintMove as M;
    use ComplaintStatus as S;
    let to = match (wanted, status) {
        (M::Classify, S::Received) => S::Recorded,
        (M::Classify | M::Assign | M::Acknowledge | M::Escalate | M::Split, open) if open.is_open() => open,
        (M::Attend | M::Hold | M::Resume, S::FollowingUp) => return None,
        (M::Attend | M::Hold | M::Resume, open) if open.is_open() => open,
        (M::Investigate, S::Recorded | S::Investigating | S::SolutionProposed) => S::Investigating,
        (M::Propose, S::Investigating | S::SolutionProposed) => S::SolutionProposed,
        (M::Propose, S::Executing) => S::Executing,
        (M::Approve | M::Decline | M::CallOff, S::SolutionProposed | S::Executing) => status,
        (M::Execute, S::SolutionProposed | S::Executing) => S::Executing,
        (M::Verify, S::Executing | S::FollowingUp) => status,
        (M::FollowUp, S::Executing | S::FollowingUp) => S::FollowingUp,
        (M::FollowUp, S::Closed) => S::Closed,
        (M::Redeem, S::Executing | S::FollowingUp | S::Closed) => status,
        (M::Close, S::FollowingUp) => S::Closed,
        (M::Reopen, S::FollowingUp | S::Closed | S::Rejected | S::Withdrawn) => S::Investigating,
        (M::Withdraw, open) if open.is_open() => S::Withdrawn,
        (M::Reject, S::Recorded | S::Investigating) => S::Rejected,
        (M::Merge, open) if open.is_open() => S::Merged,
        (M::Unmerge, S::Merged) => return Some(Target::Before),
        _ => return None,
    };
    Some(Target::To(to))
}

/// The moves a status allows, in the order of the work.
pub fn allowed(status: ComplaintStatus) -> Vec<ComplaintMove> {
    ComplaintMove::ALL.iter().copied().filter(|wanted| target(status, *wanted).is_some()).collect()
}

/// What a move that the status allows still needs of `by`, beyond what comes with the move itself; nothing when it can be
/// made.
pub fn needs(
    complaint: &Complaint,
    solutions: &[Solution],
    wanted: ComplaintMove,
    by: ActorId,
) -> Vec<ComplaintNeed> {
    use ComplaintMove as M;
    let round = complaint.round();
    let held = complaint.progress.hold().is_some();
    let any = |status: SolutionStatus| solutions.iter().any(|one| one.status == status);
    let promised = || solutions.iter().any(|one| one.status.stands() && !one.status.is_done());
    let mut found = Vec::new();
    let mut unless = |given: bool, need: ComplaintNeed| {
        if !given {
            found.push(need);
        }
    };
    match wanted {
        M::Acknowledge => unless(round.acknowledged_at.is_none(), ComplaintNeed::NotTwice),
        M::Attend => unless(round.attended_at.is_none(), ComplaintNeed::NotTwice),
        M::Hold => unless(!held, ComplaintNeed::NotTwice),
        M::Resume => unless(held, ComplaintNeed::OnHold),
        M::Escalate => unless(complaint.progress.level() < HIGHEST_LEVEL, ComplaintNeed::HigherLevel),
        M::Investigate => {
            unless(!held, ComplaintNeed::Resumed);
            // What was proposed rests on what was found: that can be found anew once nothing is proposed any more.
            let proposed = complaint.status == ComplaintStatus::SolutionProposed;
            unless(!(proposed && promised()), ComplaintNeed::NoOpenSolutions);
        }
        M::Propose => {
            unless(!held, ComplaintNeed::Resumed);
            // Of this round: a guest who is not content is a reason to look again.
            unless(round.investigated_at.is_some(), ComplaintNeed::Finding);
        }
        M::Approve | M::Decline => {
            unless(any(SolutionStatus::PendingApproval), ComplaintNeed::PendingSolution)
        }
        M::CallOff => {
            let waiting = any(SolutionStatus::PendingApproval) || any(SolutionStatus::Approved);
            unless(waiting, ComplaintNeed::Solution);
        }
        M::Execute => {
            unless(!held, ComplaintNeed::Resumed);
            unless(any(SolutionStatus::Approved), ComplaintNeed::ApprovedSolution);
        }
        M::Redeem => unless(solutions.iter().any(Solution::is_open_offer), ComplaintNeed::Offer),
        M::Verify => {
            let done = || solutions.iter().filter(|one| one.status == SolutionStatus::Executed);
            unless(done().next().is_some(), ComplaintNeed::ExecutedSolution);
            let own = |one: &Solution| one.details.done.is_some_and(|(_, who)| who == by);
            unless(done().next().is_none() || !done().all(own), ComplaintNeed::SomebodyElse);
        }
        M::Withdraw | M::Merge => unless(!promised(), ComplaintNeed::NoOpenSolutions),
        M::Reject => {
            unless(!promised(), ComplaintNeed::NoOpenSolutions);
            unless(!complaint.progress.is_worked_on_by(by), ComplaintNeed::SomebodyElse);
        }
        M::FollowUp if complaint.status == ComplaintStatus::Executing => {
            unless(!held, ComplaintNeed::Resumed);
            unless(solutions.iter().any(|one| one.status.is_done()), ComplaintNeed::Solution);
            let done = |one: &Solution| !one.status.stands() || one.status.is_done();
            unless(solutions.iter().all(done), ComplaintNeed::SolutionsDone);
            let unseen = |one: &Solution| one.status == SolutionStatus::Executed && one.kind.is_checked();
            unless(!solutions.iter().any(unseen), ComplaintNeed::Verification);
        }
        M::Close => {
            let asked = complaint.progress.guest_had_a_say() || !complaint.reachable();
            unless(asked, ComplaintNeed::GuestContact);
        }
        M::Classify | M::Assign | M::FollowUp | M::Reopen | M::Unmerge | M::Split => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{ComplaintMove, Target, allowed, target};
    use crate::complaints::model::ComplaintStatus;
    use crate::staff::roles::Role;

    /// Row by row: a move, then where it leads from each status of `ComplaintStatus::ALL`: received, recorded,
    /// investigating, solution_proposed, executing, following_up, closed, withdrawn, rejected, merged. `=` stays,
    /// `-` is forbidden, `<` is the status before.
    const TABLE: &[(&str, [&str; 10])] = &[
        ("classify", ["recorded", "=", "=", "=", "=", "=", "-", "-", "-", "-"]),
        ("assign", ["=", "=", "=", "=", "=", "=", "-", "-", "-", "-"]),
        ("acknowledge", ["=", "=", "=", "=", "=", "=", "-", "-", "-", "-"]),
        ("attend", ["=", "=", "=", "=", "=", "-", "-", "-", "-", "-"]),
        ("investigate", ["-", "investigating", "=", "investigating", "-", "-", "-", "-", "-", "-"]),
        ("propose", ["-", "-", "solution_proposed", "=", "=", "-", "-", "-", "-", "-"]),
        ("approve", ["-", "-", "-", "=", "=", "-", "-", "-", "-", "-"]),
        ("decline", ["-", "-", "-", "=", "=", "-", "-", "-", "-", "-"]),
        ("call_off", ["-", "-", "-", "=", "=", "-", "-", "-", "-", "-"]),
        ("execute", ["-", "-", "-", "executing", "=", "-", "-", "-", "-", "-"]),
        ("verify", ["-", "-", "-", "-", "=", "=", "-", "-", "-", "-"]),
        ("follow_up", ["-", "-", "-", "-", "following_up", "=", "=", "-", "-", "-"]),
        ("redeem", ["-", "-", "-", "-", "=", "=", "=", "-", "-", "-"]),
        ("close", ["-", "-", "-", "-", "-", "closed", "-", "-", "-", "-"]),
        (
            "reopen",
            [
                "-",
                "-",
                "-",
                "-",
                "-",
                "investigating",
                "investigating",
                "investigating",
                "investigating",
                "-",
            ],
        ),
        ("hold", ["=", "=", "=", "=", "=", "-", "-", "-", "-", "-"]),
        ("resume", ["=", "=", "=", "=", "=", "-", "-", "-", "-", "-"]),
        ("escalate", ["=", "=", "=", "=", "=", "=", "-", "-", "-", "-"]),
        (
            "withdraw",
            [
                "withdrawn",
                "withdrawn",
                "withdrawn",
                "withdrawn",
                "withdrawn",
                "withdrawn",
                "-",
                "-",
                "-",
                "-",
            ],
        ),
        ("reject", ["-", "rejected", "rejected", "-", "-", "-", "-", "-", "-", "-"]),
        ("merge", ["merged", "merged", "merged", "merged", "merged", "merged", "-", "-", "-", "-"]),
        ("unmerge", ["-", "-", "-", "-", "-", "-", "-", "-", "-", "<"]),
        ("split", ["=", "=", "=", "=", "=", "=", "-", "-", "-", "-"]),
    ];

    /// Which moves a role may make at all; all others of the table are refused to it whatever the status.
    const MAKERS: &[(&str, &[&str])] = &[
        ("assign", &["guest_relations", "department_head", "duty_manager", "general_manager", "admin"]),
        ("approve", &["department_head", "duty_manager", "general_manager", "guest_relations", "admin"]),
        ("decline", &["department_head", "duty_manager", "general_manager", "guest_relations", "admin"]),
        ("reject", &["department_head", "duty_manager", "general_manager", "guest_relations", "admin"]),
        ("merge", &["guest_relations", "department_head", "duty_manager", "general_manager", "admin"]),
        ("unmerge", &["guest_relations", "department_head", "duty_manager", "general_manager", "admin"]),
        ("split", &["guest_relations", "department_head", "duty_manager", "general_manager", "admin"]),
    ];
    /// Who may make every other move.
    const HANDS: &[&str] = &[
        "front_desk",
        "housekeeping",
        "food_beverage",
        "engineering",
        "security",
        "concierge",
        "guest_relations",
        "department_head",
        "duty_manager",
        "general_manager",
        "account_manager",
        "quality",
        "admin",
    ];

    #[test]
    fn every_move_from_every_status_by_every_role_is_decided() {
        assert_eq!(TABLE.len(), ComplaintMove::ALL.len());
        for (code, targets) in TABLE {
            let wanted = ComplaintMove::of(code).unwrap();
            let makers = MAKERS.iter().find(|(one, _)| one == code).map_or(HANDS, |(_, roles)| roles);
            for (status, told) in ComplaintStatus::ALL.iter().zip(targets) {
                let expected = match *told {
                    "-" => None,
                    "=" => Some(Target::To(*status)),
                    "<" => Some(Target::Before),
                    other => Some(Target::To(ComplaintStatus::of(other).unwrap())),
                };
                assert_eq!(target(*status, wanted), expected, "{code} from {}", status.code());
                for role in Role::ALL {
                    let may = role.scopes().contains(&wanted.scope());
                    assert_eq!(may, makers.contains(&role.code()), "{code} by {}", role.code());
                }
            }
        }
    }

    #[test]
    fn what_is_over_allows_nothing_but_to_be_taken_back() {
        let codes = |status: ComplaintStatus| -> Vec<&str> {
            allowed(status).iter().map(|wanted| wanted.code()).collect()
        };
        // The guest is asked once more, and uses what was offered.
        assert_eq!(codes(ComplaintStatus::Closed), ["follow_up", "redeem", "reopen"]);
        assert_eq!(codes(ComplaintStatus::Withdrawn), ["reopen"]);
        assert_eq!(codes(ComplaintStatus::Rejected), ["reopen"]);
        assert_eq!(codes(ComplaintStatus::Merged), ["unmerge"]);
    }
}
