//! Rows that belong together, put together.
//!
//! Owns: making one record of the rows of a file that follow each other and have
//! the same identity. Must not know what the rows mean. One record is in memory
//! at a time, so that memory does not grow with the file.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::mapping::Mapped;
use super::source::RowFault;
use super::{IntakeError, Item};

/// Rows that one record can be made of.
pub const MOST_ROWS: usize = 10_000;

/// The records of an iterator of items. What each row says stands in `events` of
/// the document, in the order of the rows and with its `line`; `external_refs`
/// are those of the first row. Faults and rows that are passed over come as they
/// are and do not part the rows around them. When the reading fails, the record
/// that was being put together is lost, for nobody knows whether it is whole.
pub struct Grouped<I> {
    items: I,
    open: Option<Group>,
    ready: VecDeque<Item>,
}

struct Group {
    line: u64,
    first: Mapped,
    events: Vec<Value>,
    is_too_long: bool,
}

impl<I: Iterator<Item = Result<Item, IntakeError>>> Grouped<I> {
    /// Puts the rows of `items` together.
    pub fn new(items: I) -> Self {
        Self { items, open: None, ready: VecDeque::new() }
    }

    fn take(&mut self, line: u64, mut mapped: Mapped) {
        let refs = mapped.document.as_object_mut().and_then(|members| members.remove("external_refs"));
        let event = std::mem::take(&mut mapped.document);
        match &mut self.open {
            Some(group)
                if group.first.external_id == mapped.external_id && group.first.system == mapped.system =>
            {
                group.add(line, event);
            }
            open => {
                let mut document = Map::new();
                document.extend(refs.map(|refs| ("external_refs".to_owned(), refs)));
                mapped.document = Value::Object(document);
                let mut group = Group { line, first: mapped, events: Vec::new(), is_too_long: false };
                group.add(line, event);
                self.ready.extend(open.replace(group).map(Group::close));
            }
        }
    }
}

impl Group {
    fn add(&mut self, line: u64, mut event: Value) {
        if self.events.len() == MOST_ROWS {
            self.is_too_long = true;
            return;
        }
        if let Some(members) = event.as_object_mut() {
            members.insert("line".to_owned(), line.into());
        }
        self.events.push(event);
    }

    fn close(self) -> Item {
        let Self { line, first: mut mapped, events, is_too_long } = self;
        if is_too_long {
            let message = format!("The record is made of more than {MOST_ROWS} rows.");
            let fault = RowFault::of_row(line, "too_many", message);
            return Item::Fault(RowFault { external_id: Some(mapped.external_id), ..fault });
        }
        if let Some(members) = mapped.document.as_object_mut() {
            members.insert("events".to_owned(), events.into());
        }
        Item::Record { line, mapped }
    }
}

impl<I: Iterator<Item = Result<Item, IntakeError>>> Iterator for Grouped<I> {
    type Item = Result<Item, IntakeError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            match self.items.next() {
                Some(Ok(Item::Record { line, mapped })) => self.take(line, mapped),
                Some(Ok(other)) => return Some(Ok(other)),
                Some(Err(error)) => {
                    self.open = None;
                    return Some(Err(error));
                }
                None => return self.open.take().map(|group| Ok(group.close())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{IntakeError, Item, Mapped, RowFault};
    use super::{Grouped, MOST_ROWS};

    fn row(line: u64, id: &str) -> Result<Item, IntakeError> {
        let document = json!({"state": "x", "external_refs": [{"system": "s", "id": id}]});
        let mapped = Mapped { system: "s".into(), external_id: id.into(), document, preferences: Vec::new() };
        Ok(Item::Record { line, mapped })
    }

    /// Each record as `line id [lines of its events]`, everything else by its line.
    fn told(items: Vec<Result<Item, IntakeError>>) -> Vec<String> {
        let one = |item: Result<Item, IntakeError>| match item {
            Ok(Item::Record { line, mapped }) => {
                assert_eq!(mapped.document["external_refs"][0]["id"], mapped.external_id.as_str());
                let events = mapped.document["events"].as_array().unwrap();
                let lines: Vec<String> = events.iter().map(|event| event["line"].to_string()).collect();
                format!("{line} {} {}", mapped.external_id, lines.join(","))
            }
            Ok(Item::Fault(fault)) => format!("{} {}", fault.line, fault.code),
            Ok(Item::Skipped { line, .. }) => format!("{line} skipped"),
            Err(_) => "failed".into(),
        };
        Grouped::new(items.into_iter()).map(one).collect()
    }

    #[test]
    fn rows_that_follow_each_other_become_one_record_whatever_is_refused_between_them() {
        let fault = RowFault::of_row(3, "unmapped", "");
        let skipped = Item::Skipped { line: 5, reason: String::new() };
        let items = vec![
            row(1, "a"),
            row(2, "a"),
            Ok(Item::Fault(fault)),
            row(4, "a"),
            Ok(skipped),
            row(6, "b"),
            row(7, "a"),
        ];
        assert_eq!(told(items), ["3 unmapped", "5 skipped", "1 a 1,2,4", "6 b 6", "7 a 7"]);
    }

    #[test]
    fn what_is_too_long_is_one_fault_and_what_may_not_be_whole_is_lost() {
        let many: Vec<_> = (0..=MOST_ROWS).map(|line| row(u64::try_from(line).unwrap(), "a")).collect();
        assert_eq!(told(many), ["0 too_many"]);
        let broken = Err(IntakeError::UnknownFormat);
        assert_eq!(told(vec![row(1, "a"), row(2, "b"), broken]), ["1 a 1", "failed"]);
    }
}
