//! What was counted of histories, for people and for programs.

use std::fmt;

use hospes::complaints::recount::{self, Figures, Kept};
use hospes::kit::ids::GroupId;
use serde_json::{Value, json};

use super::operator::Operator;

/// Counts the histories of a group in the database.
pub async fn count(operator: &Operator, group: GroupId) -> anyhow::Result<Counted> {
    let mut figures = Figures::default();
    let mut from = None;
    loop {
        let (found, next) = operator.db.read(move |r| recount::step(r, group, from)).await?;
        figures.add(found);
        if next.is_none() {
            return Ok(Counted(figures));
        }
        from = next;
    }
}

/// What was counted.
#[derive(Debug, Default)]
pub struct Counted(pub Figures);

/// Hours with three digits, rounded down.
fn hours(seconds: Option<u64>) -> String {
    seconds.map_or_else(
        || "-".to_owned(),
        |seconds| {
            let thousandths = u128::from(seconds) * 1_000 / 3_600;
            format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
        },
    )
}

impl Counted {
    /// The figures as JSON.
    pub fn json(&self) -> Value {
        let Figures { histories, events, reopened, by_priority, unresolved, odd, .. } = &self.0;
        let kept = |kept: &Kept| json!({"all": kept.all, "in_time": kept.in_time, "late": kept.late});
        let by_priority: serde_json::Map<String, Value> = by_priority
            .iter()
            .map(|(priority, one)| (priority.map_or("none", |one| one.code()).to_owned(), kept(one)))
            .collect();
        let odd: Vec<Value> = odd
            .iter()
            .map(|((kind, from, to), count)| {
                let from = from.map(|from| from.code());
                json!({"kind": kind, "from": from, "to": to, "count": count})
            })
            .collect();
        json!({
            "histories": kept(histories), "events": events, "reopened": reopened, "by_priority": by_priority,
            "without_resolution": unresolved, "median_hours": hours(self.0.tenths(5)),
            "p90_hours": hours(self.0.tenths(9)), "odd_moves": odd,
        })
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { histories, events, reopened, by_priority, unresolved, odd, .. } = &self.0;
        let Kept { all, in_time, late } = histories;
        writeln!(f, "{all} histories of {events} events: {in_time} kept in time, {late} not")?;
        writeln!(f, "{reopened} opened again, {unresolved} without a moment of resolution")?;
        let (median, p90) = (hours(self.0.tenths(5)), hours(self.0.tenths(9)));
        write!(f, "hours until resolved: median {median}, nine in ten within {p90}")?;
        for (priority, Kept { all, in_time, late }) in by_priority {
            let name = priority.map_or("none", |priority| priority.code());
            write!(f, "\npriority {name}: {all}, {in_time} in time, {late} not")?;
        }
        for ((kind, from, to), count) in odd {
            let from = from.map_or("", |from| from.code());
            write!(f, "\nodd: {} {from} > {}: {count}", kind.code(), to.code())?;
        }
        Ok(())
    }
}
