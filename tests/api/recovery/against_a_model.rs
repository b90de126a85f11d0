//! Long random histories of budgets and bookings, each step foretold by a model that knows nothing of the program:
//! what is answered, what every budget shows, and what report and ledger sum up.

use std::collections::BTreeMap;

use hospes::kit::ids::{BudgetId, HotelId};
use hospes::kit::version::Expected;
use hospes::recovery::booking::{release, reserve, settle};
use hospes::recovery::budgets::{change_budget, delete, set_up};
use hospes::recovery::error::RecoveryError;
use hospes::recovery::model::{
    Booking, BudgetEnforcement, BudgetPatch, BudgetPlace, CostCategory, Month, SetUpBudget, Subject,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rstest::rstest;
use serde_json::Value;

use super::{agree, done, stored, subject, yuan};
use crate::harness::{Backend, Person, World};

const STEPS: usize = 220;
const SUBJECTS: usize = 14;
const MONTHS: [&str; 2] = ["2026-11", "2026-12"];
const CATEGORIES: [CostCategory; 3] = [CostCategory::Compensation, CostCategory::Gift, CostCategory::Loyalty];

#[derive(Debug, Clone)]
struct Purse {
    id: BudgetId,
    place: BudgetPlace,
    amount: i64,
    hard: bool,
    reserved: i64,
    spent: i64,
    touched: bool,
}

impl Purse {
    fn left(&self) -> i64 {
        self.amount - self.reserved - self.spent
    }

    fn is_for(&self, cost: &Booking) -> bool {
        let place = &self.place;
        place.hotel == cost.hotel
            && place.month == cost.month
            && (place.department.is_none() || place.department == cost.department)
            && (place.category.is_none() || place.category == Some(cost.category))
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Stand {
    New,
    Held(i64),
    Spent(i64),
    Free,
}

struct Model {
    /// In the order in which they were set up, which is that of their ids.
    purses: Vec<Purse>,
    subjects: Vec<(Subject, Stand, Vec<BudgetId>, Option<Booking>)>,
}

/// What an answer comes to, for comparing.
fn told<T>(answer: &Result<T, RecoveryError>) -> String {
    match answer {
        Ok(_) => "done".into(),
        Err(RecoveryError::OverBudget { budget, available, asked, .. }) => {
            format!("over {budget} {available} {asked}")
        }
        Err(RecoveryError::Taken(_)) => "taken".into(),
        Err(other) => format!("{other:?}"),
    }
}

impl Model {
    fn purse(&mut self, id: BudgetId) -> &mut Purse {
        self.purses.iter_mut().find(|purse| purse.id == id).unwrap()
    }

    /// The first budget that has no room for `more`.
    fn full(&self, bearing: &[BudgetId], more: i64) -> Option<String> {
        let of = |id: &BudgetId| self.purses.iter().find(|purse| purse.id == *id).unwrap();
        let full = bearing.iter().map(of).find(|purse| more > 0 && purse.hard && purse.left() < more)?;
        Some(format!("over {} {} {more}", full.id, full.left()))
    }

    fn book(&mut self, bearing: &[BudgetId], reserved: i64, spent: i64) {
        for id in bearing {
            let purse = self.purse(*id);
            purse.reserved += reserved;
            purse.spent += spent;
            purse.touched = true;
        }
    }

    fn reserve(&mut self, at: usize, cost: &Booking) -> String {
        match self.subjects[at].1 {
            Stand::Held(_) => return "AlreadyReserved".into(),
            Stand::Spent(_) => return "AlreadySettled".into(),
            Stand::New | Stand::Free => {}
        }
        let bearing: Vec<BudgetId> =
            self.purses.iter().filter(|purse| purse.is_for(cost)).map(|purse| purse.id).collect();
        if let Some(full) = self.full(&bearing, cost.amount) {
            return full;
        }
        self.book(&bearing, cost.amount, 0);
        let entry = &mut self.subjects[at];
        (entry.1, entry.2, entry.3) = (Stand::Held(cost.amount), bearing, Some(cost.clone()));
        "done".into()
    }

    fn end(&mut self, at: usize, actual: Option<i64>) -> String {
        let (_, stand, bearing, _) = self.subjects[at].clone();
        let held = match stand {
            Stand::New => return "NothingReserved".into(),
            Stand::Spent(_) => return "AlreadySettled".into(),
            Stand::Free => return "AlreadyReleased".into(),
            Stand::Held(held) => held,
        };
        if let Some(full) = self.full(&bearing, actual.unwrap_or(0) - held) {
            return full;
        }
        self.book(&bearing, -held, actual.unwrap_or(0));
        self.subjects[at].1 = actual.map_or(Stand::Free, Stand::Spent);
        "done".into()
    }

    /// The totals of a report by a key: spent, how many, reserved, how many.
    fn sums(&self, key: impl Fn(&Booking) -> String) -> BTreeMap<String, (i64, i64, i64, i64)> {
        let mut sums: BTreeMap<String, (i64, i64, i64, i64)> = BTreeMap::new();
        for (_, stand, _, cost) in &self.subjects {
            let Some(cost) = cost else { continue };
            let sum = sums.entry(key(cost)).or_default();
            match stand {
                Stand::Spent(spent) => (sum.0, sum.1) = (sum.0 + spent, sum.1 + 1),
                Stand::Held(held) => (sum.2, sum.3) = (sum.2 + held, sum.3 + 1),
                Stand::New | Stand::Free => {}
            }
        }
        sums.retain(|_, sum| sum.1 + sum.3 > 0);
        sums
    }
}

struct History<'w> {
    world: &'w World,
    random: StdRng,
    model: Model,
}

impl History<'_> {
    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.random.random_range(0..from.len())].clone()
    }

    fn hotel(&mut self) -> HotelId {
        if self.random.random_bool(0.85) { self.world.home.hotel } else { self.world.home.other_hotel }
    }

    async fn set_up(&mut self) {
        let hotel = self.hotel();
        let office = hotel == self.world.home.hotel && self.random.random_bool(0.5);
        let place = BudgetPlace {
            hotel,
            department: office.then(|| "front-office".to_owned()),
            category: if self.random.random_bool(0.5) { Some(self.pick(&CATEGORIES)) } else { None },
            month: Month::parse(self.pick(&MONTHS)).unwrap(),
        };
        let amount = self.random.random_range(0..400);
        let enforcement = self.pick(BudgetEnforcement::ALL);
        let command = SetUpBudget { place: place.clone(), currency: yuan(), amount, enforcement };
        let answer = done(self.world, move |tx, cx| set_up(tx, cx, command.clone())).await;
        let taken = self.model.purses.iter().any(|purse| purse.place == place);
        assert_eq!(told(&answer), if taken { "taken" } else { "done" });
        if let Ok(budget) = answer {
            let (hard, id) = (enforcement == BudgetEnforcement::Hard, budget.id);
            self.model.purses.push(Purse { id, place, amount, hard, reserved: 0, spent: 0, touched: false });
        }
    }

    async fn change(&mut self) {
        if self.model.purses.is_empty() {
            return;
        }
        let at = self.random.random_range(0..self.model.purses.len());
        let id = self.model.purses[at].id;
        if self.random.random_bool(0.15) {
            let answer = done(self.world, move |tx, cx| delete(tx, cx, id, &Expected::Any)).await;
            if self.model.purses[at].touched {
                assert_eq!(told(&answer), "State(\"budget_booked\")");
            } else {
                assert_eq!(told(&answer), "done");
                self.model.purses.remove(at);
            }
            return;
        }
        let amount = self.random.random_range(0..600);
        let enforcement = self.pick(BudgetEnforcement::ALL);
        let patch = BudgetPatch { amount: Some(amount), enforcement: Some(enforcement) };
        let answer = done(self.world, move |tx, cx| change_budget(tx, cx, id, &Expected::Any, patch)).await;
        let (purse, hard) = (&mut self.model.purses[at], enforcement == BudgetEnforcement::Hard);
        let same = (purse.amount, purse.hard) == (amount, hard);
        if hard && !same && amount < purse.reserved + purse.spent {
            assert_eq!(told(&answer), "State(\"budget_below_booked\")");
        } else {
            assert_eq!(told(&answer), "done");
            (purse.amount, purse.hard) = (amount, hard);
        }
    }

    async fn book(&mut self) {
        let at = self.random.random_range(0..SUBJECTS);
        let of = self.model.subjects[at].0;
        let amount = self.random.random_range(0..160);
        let (foretold, answer) = match self.random.random_range(0..10) {
            0..=5 => {
                let departments = [None, Some("front-office".to_owned()), Some("elsewhere".to_owned())];
                let booking = Booking {
                    subject: of,
                    hotel: self.hotel(),
                    department: self.pick(&departments),
                    category: self.pick(&CATEGORIES),
                    month: Month::parse(self.pick(&MONTHS)).unwrap(),
                    amount,
                    currency: yuan(),
                };
                let foretold = self.model.reserve(at, &booking);
                (foretold, told(&done(self.world, move |tx, cx| reserve(tx, cx, &booking)).await))
            }
            6 | 7 => {
                let foretold = self.model.end(at, Some(amount));
                (foretold, told(&done(self.world, move |tx, cx| settle(tx, cx, of, amount)).await))
            }
            _ => {
                let foretold = self.model.end(at, None);
                (foretold, told(&done(self.world, move |tx, cx| release(tx, cx, of)).await))
            }
        };
        assert_eq!(answer, foretold);
        // A subject that is settled for good makes room for another one in its place.
        if matches!(self.model.subjects[at].1, Stand::Spent(_)) && self.random.random_bool(0.7) {
            let settled = self.model.subjects[at].clone();
            self.model.subjects.push(settled);
            self.model.subjects[at] = (subject(), Stand::New, vec![], None);
        }
    }

    async fn compare(&self, by: &Person) {
        for purse in &self.model.purses {
            let budget = stored(self.world, purse.id).await;
            let hard = budget.enforcement == BudgetEnforcement::Hard;
            let seen = (budget.amount, hard, budget.reserved, budget.spent, budget.bookings > 0);
            assert_eq!(
                seen,
                (purse.amount, purse.hard, purse.reserved, purse.spent, purse.touched),
                "{purse:?}"
            );
        }
        agree(self.world).await;
        let report = async |group: &str, member: &str, key: fn(&Booking) -> String| {
            let path = format!("/v1/reports/costs?group_by={group}");
            let report = self.world.get(&path).by(by).send().await.ok(200);
            let number = |part: &Value, member: &str| part[member].as_i64().unwrap_or(0);
            let figures = |part: &Value| {
                let of = |member| number(part, member);
                (of("spent_minor"), of("spent_n"), of("reserved_minor"), of("reserved_n"))
            };
            let items = report["items"].as_array().unwrap().iter();
            let told: BTreeMap<String, _> =
                items.map(|part| (part[member].as_str().unwrap_or("").to_owned(), figures(part))).collect();
            assert_eq!(told, self.model.sums(key), "{group}");
            let whole: Vec<_> = report["totals"].as_array().unwrap().iter().map(figures).collect();
            assert_eq!(whole, self.model.sums(|_| String::new()).into_values().collect::<Vec<_>>());
        };
        report("hotel", "hotel_id", |cost| cost.hotel.to_string()).await;
        report("department", "department", |cost| cost.department.clone().unwrap_or_default()).await;
        report("category", "category", |cost| cost.category.code().to_owned()).await;
        report("month", "month", |cost| cost.month.to_string()).await;
    }
}

#[rstest]
#[actix_web::test]
async fn every_history_is_what_the_model_says(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values(1, 2, 3)] seed: u64,
) {
    let world = World::new(backend).await;
    let manager = world.staff("general_manager").await;
    let subjects = (0..SUBJECTS).map(|_| (subject(), Stand::New, vec![], None)).collect();
    let model = Model { purses: Vec::new(), subjects };
    let mut history = History { world: &world, random: StdRng::seed_from_u64(seed), model };
    for step in 0..STEPS {
        match history.random.random_range(0..10) {
            0 => history.set_up().await,
            1 => history.change().await,
            _ => history.book().await,
        }
        if step % 55 == 54 {
            history.compare(&manager).await;
        }
    }
    let seen = |stand: fn(&Stand) -> bool| history.model.subjects.iter().any(|one| stand(&one.1));
    assert!(seen(|stand| matches!(stand, Stand::Spent(_))) && history.model.purses.len() > 5);
}
