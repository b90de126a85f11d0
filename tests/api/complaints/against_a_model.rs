//! Long random histories of complaints, legal and not, each step foretold by a model that knows nothing of the program:
//! statuses, clocks, money and, in the end, the report. The model counts minutes one by one.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rstest::rstest;
use serde_json::{Value, json};

use super::make;
use crate::harness::{Backend, Person, World};

const STEPS: usize = 260;
const COMPLAINTS: usize = 12;
const BUDGET: i64 = 9_000;
/// Clocks of the policy the walk goes by, in minutes: odd ones, as all that happens does so in even minutes, so that no
/// clock is stopped in the very minute it is due.
const CLOCKS: [(&str, i64); 3] = [("acknowledge", 15), ("investigate", 41), ("resolve", 121)];

/// Minutes since the walk began.
type Minute = i64;

#[derive(Debug, Clone, Default)]
struct Round {
    start: Minute,
    acknowledged: Option<Minute>,
    investigated: Option<Minute>,
    resolved: Option<Minute>,
    /// Whether each clock was kept, as far as that was said when the complaint was last written.
    kept: [Option<bool>; 3],
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Offer {
    Approved(i64),
    Done,
    CalledOff,
}

#[derive(Debug, Clone)]
struct Story {
    value: Value,
    severity: &'static str,
    status: &'static str,
    rounds: Vec<Round>,
    holds: Vec<(Minute, Option<Minute>)>,
    withdrawn: Option<Minute>,
    offers: Vec<Offer>,
    cost: i64,
    rating: Option<i64>,
}

#[derive(Debug, Default)]
struct Purse {
    reserved: i64,
    spent: i64,
}

impl Purse {
    fn left(&self) -> i64 {
        BUDGET - self.reserved - self.spent
    }
}

impl Story {
    fn round(&self) -> &Round {
        self.rounds.last().unwrap()
    }

    fn round_mut(&mut self) -> &mut Round {
        self.rounds.last_mut().unwrap()
    }

    fn held(&self) -> bool {
        self.holds.last().is_some_and(|hold| hold.1.is_none())
    }

    fn open(&self) -> bool {
        !["closed", "withdrawn"].contains(&self.status)
    }

    fn waits(&self, minute: Minute) -> bool {
        self.holds.iter().any(|(from, until)| *from <= minute && until.is_none_or(|until| minute < until))
    }

    /// When a clock of a round is due, counted minute by minute; `None` while it stands.
    fn due(&self, round: &Round, length: i64) -> Option<Minute> {
        let (mut minute, mut left) = (round.start, length);
        while left > 0 {
            let endless = self.holds.last().is_some_and(|hold| hold.1.is_none() && hold.0 <= minute);
            if endless {
                return None;
            }
            left -= i64::from(!self.waits(minute));
            minute += 1;
        }
        Some(minute)
    }

    fn stopped(round: &Round, kind: &str) -> Option<Minute> {
        let own = match kind {
            "acknowledge" => round.acknowledged,
            "investigate" => round.investigated,
            _ => None,
        };
        own.or(round.resolved)
    }

    /// Says, as at every writing, which clocks were kept.
    fn judge(&mut self, now: Minute) {
        let last = self.rounds.len() - 1;
        for at in 0..self.rounds.len() {
            let round = self.rounds[at].clone();
            for (slot, (kind, length)) in CLOCKS.into_iter().enumerate() {
                let due = self.due(&round, length);
                let said = match (Self::stopped(&round, kind), due) {
                    (Some(stopped), Some(due)) => Some(stopped <= due),
                    (Some(_), None) => Some(true),
                    (None, Some(due)) if at == last && due <= self.withdrawn.unwrap_or(now) => Some(false),
                    _ => None,
                };
                let kept = &mut self.rounds[at].kept[slot];
                *kept = if at == last { said } else { kept.or(said) };
            }
        }
    }

    fn worked(&self, from: Minute, to: Minute) -> i64 {
        i64::try_from((from..to).filter(|minute| !self.waits(*minute)).count()).unwrap()
    }

    fn undone(&self) -> bool {
        self.offers.iter().any(|offer| matches!(offer, Offer::Approved(_)))
    }

    fn done(&self) -> bool {
        self.offers.contains(&Offer::Done)
    }

    /// Whether a move is allowed now, told by nothing but the rules.
    fn allows(&self, wanted: &str, purse: &Purse, amount: i64) -> bool {
        let held = self.held();
        match wanted {
            "acknowledge" => self.open() && self.round().acknowledged.is_none(),
            "investigation" => {
                let looks = ["recorded", "investigating"].contains(&self.status);
                !held && (looks || self.status == "solution_proposed" && !self.undone())
            }
            "propose" => {
                ["investigating", "solution_proposed", "executing"].contains(&self.status)
                    && !held
                    && self.round().investigated.is_some()
                    && amount <= purse.left()
            }
            "execute" => {
                let asked = self.offers.iter().find_map(|offer| match offer {
                    Offer::Approved(asked) => Some(*asked),
                    _ => None,
                });
                let fits = asked.is_some_and(|asked| amount - asked <= purse.left());
                ["solution_proposed", "executing"].contains(&self.status) && !held && fits
            }
            "call-off" => ["solution_proposed", "executing"].contains(&self.status) && self.undone(),
            "follow-up" => match self.status {
                "executing" => !held && self.done() && !self.undone(),
                "following_up" | "closed" => true,
                _ => false,
            },
            "close" => self.status == "following_up",
            "reopen" => ["following_up", "closed", "withdrawn"].contains(&self.status),
            "hold" => self.open() && self.status != "following_up" && !held,
            "resume" => self.open() && self.status != "following_up" && held,
            "withdraw" => self.open() && !self.undone(),
            other => panic!("{other}"),
        }
    }
}

struct Walk<'w> {
    world: &'w World,
    person: Person,
    now: Minute,
    purse: Purse,
    rng: StdRng,
    done: BTreeMap<&'static str, [usize; 2]>,
}

const MOVES: [&str; 12] = [
    "acknowledge",
    "investigation",
    "propose",
    "propose",
    "execute",
    "call-off",
    "follow-up",
    "close",
    "reopen",
    "hold",
    "resume",
    "withdraw",
];

impl Walk<'_> {
    /// Makes a move and follows it in the model; refused ones leave everything as it was.
    async fn step(&mut self, story: &mut Story, wanted: &'static str) {
        let amount = self.rng.random_range(0..900);
        let allowed = story.allows(wanted, &self.purse, amount);
        let outcome = ["satisfied", "dissatisfied", "not_reached"][self.rng.random_range(0..3)];
        let rating = (outcome == "satisfied").then_some(5);
        // The first one that is approved, or one that is not.
        let at = story.offers.iter().position(|offer| matches!(offer, Offer::Approved(_))).unwrap_or(0);
        let solution =
            story.value["solutions"][at]["id"].as_str().unwrap_or("0193b5a0-7c1e-7d30-9a55-3f1c2b4d5e99");
        let (path, body) = match wanted {
            "acknowledge" => (wanted.to_owned(), Value::Null),
            "resume" => (wanted.to_owned(), Value::Null),
            "investigation" => (wanted.to_owned(), json!({"finding": "partly"})),
            "propose" => ("solutions".to_owned(), json!({"type": "gift", "amount_minor": amount})),
            "execute" => (format!("solutions/{solution}/execute"), json!({"actual_cost_minor": amount})),
            "call-off" => (format!("solutions/{solution}/call-off"), json!({"reason": "Not wanted"})),
            "follow-up" if story.status == "executing" => (wanted.to_owned(), json!({})),
            "follow-up" => {
                let mut told = json!({"channel": "phone", "outcome": outcome});
                if let Some(rating) = rating {
                    told["rating"] = json!(rating);
                }
                (wanted.to_owned(), told)
            }
            "close" => (wanted.to_owned(), json!({"resolution_summary": "Done", "lesson": "Look earlier"})),
            "reopen" | "withdraw" => (wanted.to_owned(), json!({"reason": "So it is"})),
            "hold" => (wanted.to_owned(), json!({"reason": "waiting_supplier"})),
            other => panic!("{other}"),
        };
        let answer = make(self.world, &self.person, &story.value, &path, body).await;
        self.done.entry(wanted).or_default()[usize::from(allowed)] += 1;
        if !allowed {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!([404, 409].contains(&answer.status), "{wanted} of {story:?}: {text}");
            return;
        }
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!([200, 201].contains(&answer.status), "{wanted} of {story:?}: {text}");
        let now = self.now;
        match wanted {
            "acknowledge" => story.round_mut().acknowledged = Some(now),
            "investigation" => {
                story.status = "investigating";
                story.round_mut().investigated.get_or_insert(now);
            }
            "propose" => {
                if story.status == "investigating" {
                    story.status = "solution_proposed";
                }
                story.offers.push(Offer::Approved(amount));
                self.purse.reserved += amount;
            }
            "execute" => {
                story.status = "executing";
                let Offer::Approved(asked) = story.offers[at] else { panic!() };
                story.offers[at] = Offer::Done;
                self.purse.reserved -= asked;
                self.purse.spent += amount;
                story.cost += amount;
            }
            "call-off" => {
                let Offer::Approved(asked) = story.offers[at] else { panic!() };
                story.offers[at] = Offer::CalledOff;
                self.purse.reserved -= asked;
            }
            "follow-up" if story.status == "executing" => {
                story.status = "following_up";
                story.round_mut().resolved = Some(now);
            }
            "follow-up" => {
                story.rating = rating.or(story.rating);
                if outcome != "not_reached" {
                    story.round_mut().acknowledged.get_or_insert(now);
                }
                if outcome == "dissatisfied" {
                    self.again(story);
                }
            }
            "close" => story.status = "closed",
            "reopen" => self.again(story),
            "hold" => story.holds.push((now, None)),
            "resume" => story.holds.last_mut().unwrap().1 = Some(now),
            "withdraw" => {
                story.status = "withdrawn";
                story.withdrawn = Some(now);
                if story.held() {
                    story.holds.last_mut().unwrap().1 = Some(now);
                }
            }
            other => panic!("{other}"),
        }
        story.value = answer.json();
        story.judge(now);
        self.compare(story);
    }

    fn again(&self, story: &mut Story) {
        story.status = "investigating";
        story.withdrawn = None;
        story.rounds.push(Round { start: self.now, ..Round::default() });
    }

    /// What the answer shows against what the model says.
    fn compare(&self, story: &Story) {
        let shown = &story.value;
        assert_eq!(shown["status"], story.status, "{story:?}");
        assert_eq!(shown["reopen_count"], json!(story.rounds.len() - 1));
        assert_eq!(shown["cost_minor"], json!(story.cost));
        assert_eq!(shown["on_hold"], json!(story.held()));
        let start: chrono::DateTime<chrono::Utc> = "2026-11-21T08:00:00Z".parse().unwrap();
        for (kind, length) in CLOCKS {
            let clock = shown["clocks"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap();
            let (round, told) = (story.round(), clock["due_at"].as_str());
            let due = story.due(round, length);
            let told: Option<chrono::DateTime<chrono::Utc>> = told.map(|at| at.parse().unwrap());
            match (due.map(|due| start + TimeDelta::minutes(due)), told) {
                (Some(due), Some(told)) => {
                    assert!(
                        (due - told).num_milliseconds().abs() < 600,
                        "{kind}: {due} and {told}: {story:?}"
                    )
                }
                (None, None) => {}
                other => panic!("{kind}: {other:?} of {story:?}"),
            }
            let status = match (Story::stopped(round, kind), due) {
                (Some(stopped), Some(due)) if stopped > due => "missed",
                (Some(_), _) => "met",
                (None, _) if !story.open() => "void",
                (None, None) => "paused",
                (None, Some(due)) if due <= self.now => "breached",
                (None, Some(_)) => "running",
            };
            let told = clock["status"].as_str().unwrap().replace("at_risk", "running");
            assert_eq!(told, status, "{kind} at {}: {story:?}", self.now);
        }
    }
}

fn times(mut all: Vec<i64>) -> Value {
    all.sort_unstable();
    let n = all.len();
    if n == 0 {
        return json!({"n": 0});
    }
    let at = |hundredths: usize| {
        let place = (n - 1) * hundredths;
        let (low, high) = (all[place / 100], all[(place / 100 + 1).min(n - 1)]);
        low + (high - low) * i64::try_from(place % 100).unwrap() / 100
    };
    let mean = all.iter().sum::<i64>() / i64::try_from(n).unwrap();
    json!({"n": n, "mean_seconds": mean, "median_seconds": at(50), "p90_seconds": at(90)})
}

/// The same numbers, times within two seconds: the clock of the tests moves by a microsecond a reading.
fn like(what: &str, told: &Value, counted: &Value) {
    for (name, counted) in counted.as_object().unwrap() {
        let (told, counted) = (told[name].as_f64().unwrap(), counted.as_f64().unwrap());
        assert!((told - counted).abs() <= 2.0, "{what} {name}: {told} and {counted}");
    }
}

fn share(count: usize, n: usize) -> Value {
    match n {
        0 => json!({"count": 0, "n": 0}),
        _ => json!({"count": count, "n": n, "rate": (count * 2_000 + n) / (n * 2)}),
    }
}

fn check_report(told: &Value, stories: &[&Story]) {
    let n = stories.len();
    let number = |status: &str| stories.iter().filter(|one| one.status == status).count();
    assert_eq!(told["complaints"], json!(n));
    assert_eq!(told["closed"], json!(number("closed")));
    assert_eq!(told["withdrawn"], json!(number("withdrawn")));
    let response = stories.iter().filter_map(|one| {
        let first = &one.rounds[0];
        Some(one.worked(first.start, Story::stopped(first, "acknowledge")?) * 60)
    });
    like("response", &told["first_response"], &times(response.collect()));
    let resolution = stories.iter().filter_map(|one| {
        one.round().resolved?;
        let rounds = one.rounds.iter().filter_map(|round| Some(one.worked(round.start, round.resolved?)));
        Some(rounds.sum::<i64>() * 60)
    });
    let resolution: Vec<i64> = resolution.collect();
    assert_eq!(told["resolution_rate"], share(resolution.len(), n));
    like("resolution", &told["resolution"], &times(resolution));
    let kept: Vec<bool> = stories.iter().filter_map(|one| one.rounds[0].kept[0]).collect();
    assert_eq!(told["response_timeliness"], share(kept.iter().filter(|kept| **kept).count(), kept.len()));
    let kept: Vec<bool> = stories
        .iter()
        .filter_map(|one| match one.rounds.iter().any(|round| round.kept[2] == Some(false)) {
            true => Some(false),
            false => one.round().kept[2],
        })
        .collect();
    assert_eq!(told["resolution_timeliness"], share(kept.iter().filter(|kept| **kept).count(), kept.len()));
    let over =
        |one: &&&Story| one.rounds.len() > 1 || one.round().resolved.is_some() || one.status == "withdrawn";
    let again = stories.iter().filter(|one| one.rounds.len() > 1).count();
    assert_eq!(told["reopen_rate"], share(again, stories.iter().filter(over).count()));
    let ratings: Vec<i64> = stories.iter().filter_map(|one| one.rating).collect();
    assert_eq!(told["satisfaction"]["n"], json!(ratings.len()));
    assert_eq!(told["costs"][0]["cost_minor"], json!(stories.iter().map(|one| one.cost).sum::<i64>()));
}

#[rstest]
#[actix_web::test]
async fn random_histories_are_as_a_model_says(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values(1, 2, 3)] seed: u64,
) {
    let world = World::new(backend).await;
    let admin = world.staff("admin").await;
    let targets: Vec<Value> = CLOCKS
        .map(|(clock, minutes)| {
            json!({"clock": clock, "kind": "elapsed", "minutes": minutes, "calendar": "round-the-clock"})
        })
        .into();
    let rules = json!({"rules": [{"code": "all", "names": {"en": "All"}, "targets": targets}]});
    world.put("/v1/service-level-policies").by(&admin).if_match("*").json(&rules).await.ok(200);
    let general = world.staff("general_manager").await;
    let budget = json!({"hotel_id": world.home.hotel, "month": "2026-11", "currency": "CNY", "amount_minor": BUDGET,
        "enforcement": "hard"});
    let budget = world.post("/v1/budgets").by(&general).json(&budget).await.ok(201);
    let budget = format!("/v1/budgets/{}", budget["id"].as_str().unwrap());

    let person = world.staff("duty_manager").await;
    let rng = StdRng::seed_from_u64(seed);
    let mut walk =
        Walk { world: &world, person, now: 0, purse: Purse::default(), rng, done: BTreeMap::new() };
    let mut stories: Vec<Story> = Vec::new();
    for _ in 0..STEPS {
        let minutes = walk.rng.random_range(0..5) * 2;
        world.clock.advance(TimeDelta::minutes(minutes));
        walk.now += minutes;
        walk.person = world.renewed(&walk.person);
        if stories.len() < COMPLAINTS && walk.rng.random_bool(0.2) {
            let severity = ["minor", "general"][walk.rng.random_range(0..2)];
            let class = json!({"category": "temperature", "cause_category": "product_quality", "severity": severity,
                "department": "front-office", "occurred_at": "2026-11-20T02:00:00Z"});
            let value = super::complaint(&world, &walk.person, json!({"classification": class})).await;
            let rounds = vec![Round { start: walk.now, ..Round::default() }];
            let story = Story {
                value,
                severity,
                status: "recorded",
                rounds,
                holds: Vec::new(),
                withdrawn: None,
                offers: Vec::new(),
                cost: 0,
                rating: None,
            };
            walk.compare(&story);
            stories.push(story);
            continue;
        }
        if stories.is_empty() {
            continue;
        }
        let at = walk.rng.random_range(0..stories.len());
        // One in five is tried whether it is allowed or not.
        let amount = 899;
        let story = &mut stories[at];
        let legal: Vec<&'static str> =
            MOVES.into_iter().filter(|wanted| story.allows(wanted, &walk.purse, amount)).collect();
        let wanted = match walk.rng.random_bool(0.2) || legal.is_empty() {
            true => MOVES[walk.rng.random_range(0..MOVES.len())],
            false => legal[walk.rng.random_range(0..legal.len())],
        };
        walk.step(story, wanted).await;
    }
    let general = world.renewed(&general);
    let now = world.get(&budget).by(&general).send().await.ok(200);
    assert_eq!(now["reserved_minor"], json!(walk.purse.reserved));
    assert_eq!(now["spent_minor"], json!(walk.purse.spent));
    let path = "/v1/reports/complaints?from=2026-11-21&to=2026-11-23&group_by=severity";
    let report = world.get(path).by(&general).send().await.ok(200);
    check_report(&report["total"], &stories.iter().collect::<Vec<_>>());
    for line in report["items"].as_array().unwrap() {
        let of: Vec<&Story> = stories.iter().filter(|one| line["severity"] == one.severity).collect();
        check_report(&line["figures"], &of);
    }
    // The walk met everything it is about.
    let made: usize = walk.done.values().map(|done| done[1]).sum();
    assert!(
        made > STEPS / 2 && walk.done.values().map(|done| done[0]).sum::<usize>() > 10,
        "{:?}",
        walk.done
    );
    assert!(
        stories.iter().any(|one| one.rounds.len() > 1) && stories.iter().any(|one| !one.holds.is_empty())
    );
}
