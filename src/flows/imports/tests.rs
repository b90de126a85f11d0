use serde_json::{Value, json};

use super::guests::{Guests, Sent};
use super::job::{Cut, Place, cut};
use super::{RowResult, Taken, fault};
use crate::guests::model::Profile;
use crate::kit::fault::Fault;

const GUESTS: Guests = Guests { read, private_to: None };

fn read(document: Value) -> Result<Profile, Vec<Fault>> {
    match document.get("bad") {
        Some(_) => Err(vec![fault("/bad", "unknown_member", "is not a member of this object")]),
        None => Ok(Profile::default()),
    }
}

fn line(id: &str) -> String {
    format!("{}\n", json!({"external_refs": [{"system": "pms", "id": id}]}))
}

/// Lines and outcomes of a cut, as `17 pms-id` or `18 code`.
fn told(cut: &Cut<Sent>) -> Vec<String> {
    let one = |taken: &Taken<Sent>| match taken {
        Taken::Record(row) => format!("{} {}", row.line, row.external_id),
        Taken::Rejected(RowResult { line, faults, .. }) => format!("{line} {}", faults[0].code),
        Taken::Skipped { line } => format!("{line} skipped"),
    };
    cut.taken.iter().map(one).collect()
}

#[test]
fn a_window_ends_with_its_last_whole_line_and_the_next_goes_on_there() {
    let text = format!("{}\n{}{}", line("a"), line("b"), &line("c")[..20]);
    let whole = text.len() - 20;
    let first = cut(text.clone().into_bytes(), Place::default(), false, GUESTS).unwrap();
    assert_eq!(told(&first), ["1 a", "3 b"]);
    let next = Place { position: u64::try_from(whole).unwrap(), lines: 3, skipping: false };
    assert_eq!(first.next, next);

    let rest = format!("{}{}", line("c"), line("d").trim_end());
    let last = cut(rest.into_bytes(), first.next, true, GUESTS).unwrap();
    assert_eq!(told(&last), ["4 c", "5 d"]);
}

#[test]
fn faults_of_lines_are_told_with_their_line_and_stop_nothing() {
    let text = format!(
        "{{\n{{\"bad\":1,\"external_refs\":[{{\"system\":\"pms\",\"id\":\"7\"}}]}}\n[]\n{}",
        line("z")
    );
    let cut = cut(text.into_bytes(), Place { lines: 10, ..Place::default() }, true, GUESTS).unwrap();
    assert_eq!(told(&cut), ["11 json", "12 unknown_member", "13 not_an_object", "14 z"]);
}

#[test]
fn a_line_longer_than_any_window_is_one_fault_and_is_passed_over_piece_by_piece() {
    let piece = vec![b'x'; 1_000];
    let first = cut(piece.clone(), Place { position: 50, lines: 4, skipping: false }, false, GUESTS).unwrap();
    assert_eq!(told(&first), ["5 too_large"]);
    assert_eq!(first.next, Place { position: 1_050, lines: 4, skipping: true });

    let middle = cut(piece.clone(), first.next, false, GUESTS).unwrap();
    assert_eq!((told(&middle).len(), middle.next.skipping, middle.next.position), (0, true, 2_050));

    // The end of the long line, and the beginning of one that must not be taken for another long one.
    let mut end = b"xxx\n".to_vec();
    end.extend_from_slice(&line("e").as_bytes()[..10]);
    let end = cut(end, middle.next, false, GUESTS).unwrap();
    assert_eq!((told(&end).len(), end.next), (0, Place { position: 2_054, lines: 5, skipping: false }));
    let last = cut(line("e").into_bytes(), end.next, true, GUESTS).unwrap();
    assert_eq!(told(&last), ["6 e"]);
}
