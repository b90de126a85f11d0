//! Makes a good request for any operation: objects for its path, the document's example for its body.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::http::Method;
use diesel::prelude::*;
use hospes::db::Reads;
use hospes::db::schema::guest_duplicates;
use hospes::db::types::Json;
use hospes::kit::clock::Clock;
use hospes::kit::ids::{DuplicateId, GuestId, HotelId, Ids, SubjectId, TimeOrderedIds};
use hospes::partners::bulk::{DeliveredPartner, resolve_or_create};
use hospes::partners::model::{ExternalRef, PartnerType};
use hospes::platform::context::{Actor, Ctx, Sight};
use hospes::recovery::booking::reserve;
use hospes::recovery::model::{Booking, CostCategory, Currency, Month, Subject};
use serde_json::{Value, json};
use uuid::Uuid;

use super::policy::{Target, row_of};
use crate::contract::document::operations as in_document;
use crate::harness::world::{Group, write};
use crate::harness::{Answer, Person, World};

/// An operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    pub scopes: Vec<String>,
    pub open: bool,
    /// Media type, schema and example of the body.
    pub body: Option<(String, Value, Value)>,
    pub takes_key: bool,
    pub parameters: Vec<Value>,
}

impl Operation {
    pub fn mutates(&self) -> bool {
        self.method != Method::GET
    }
}

/// Every operation, in the order of the document.
pub fn operations() -> Vec<Operation> {
    let document = hospes::app::document();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let found = in_document(&document).into_iter().map(|(method, path, operation)| {
        let bodies = operation["requestBody"]["content"].as_object();
        // JSON comes first; the import takes lines of it, and files are taken as they are.
        let media = ["application/json", "application/x-ndjson", "application/octet-stream"];
        let body = bodies.and_then(|all| media.iter().find_map(|media| all.get_key_value(*media)));
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        Operation {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path,
            scopes: texts(&operation["x-required-scopes"]),
            open: operation["security"]
                .as_array()
                .unwrap()
                .iter()
                .all(|entry| entry.as_object().unwrap().is_empty()),
            body: body.map(|(media, content)| {
                (media.clone(), content["schema"].clone(), content["example"].clone())
            }),
            takes_key: parameters.iter().any(|p| p["$ref"] == "#/components/parameters/IdempotencyKey"),
            parameters,
        }
    });
    found.collect()
}

pub fn operation(id: &str) -> Operation {
    operations().into_iter().find(|operation| operation.id == id).unwrap()
}

/// Whose objects they are, who may see them, and the word that stands in every text of them.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub world: &'a World,
    /// Somebody who may do everything in the whole group.
    pub admin: &'a Person,
    pub group: Group,
    /// Whose guests they are; the whole group's when absent.
    pub hotel: Option<HotelId>,
    pub word: &'a str,
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}

pub fn fresh() -> String {
    TimeOrderedIds.next().to_string()
}

/// A number that nothing has yet.
fn unused_number() -> u32 {
    static USED: AtomicU32 = AtomicU32::new(0);
    USED.fetch_add(1, Ordering::Relaxed)
}

/// A month for which there is no budget yet.
fn unused_month() -> String {
    static USED: AtomicU32 = AtomicU32::new(0);
    let month = USED.fetch_add(1, Ordering::Relaxed);
    format!("{}-{:02}", 2000 + month / 12, month % 12 + 1)
}

impl Owner<'_> {
    /// A guest with the word in every text it can hold.
    pub async fn guest(&self) -> Value {
        let (word, unique) = (self.word, fresh());
        let mut body = json!({
            "names": [{"surname": word, "given_name": format!("{word}a"), "name_type": "primary"}],
            "birth_place": word, "occupation": word, "business_title": word, "tags": [word.to_lowercase()],
            "emails": [{"address": format!("{word}@example.com")}], "phones": [{"number": "+8613800138000"}],
            "addresses": [{"lines": [word], "city": word, "country": "CN"}], "birth_date": "1988-05-17",
            "external_refs": [{"system": "pms", "id": format!("ref-{unique}")}], "custom_fields": {"remark": word}
        });
        if let Some(hotel) = self.hotel {
            body["private_to_hotel_id"] = json!(hotel);
        }
        self.world.guest(self.admin, body).await
    }

    async fn done(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request =
            self.world.request(method, path).by(self.admin).if_match("*").header("idempotency-key", &fresh());
        let answer = match body {
            Some(body) => request.json(&body).await,
            None => request.send().await,
        };
        assert!((200..300).contains(&answer.status), "{path}: {}", String::from_utf8_lossy(&answer.bytes));
        if answer.bytes.is_empty() { Value::Null } else { answer.json() }
    }

    async fn note(&self) -> String {
        let guest = text(&self.guest().await, "id");
        let mut body = json!({"class": "general", "title": self.word, "text": self.word});
        if let Some(hotel) = self.hotel {
            body["hotel_id"] = json!(hotel);
        }
        text(&self.done(Method::POST, &format!("/v1/guests/{guest}/notes"), Some(body)).await, "id")
    }

    /// A stay of a guest with the word in every text it can hold. Stays are kept by one hotel, the first unless told.
    async fn stay(&self) -> Value {
        let word = self.word;
        let guest = self.guest().await;
        let body = json!({
            "hotel_id": self.hotel.unwrap_or(self.group.hotel), "guest": {"guest_id": guest["id"], "name": word},
            "companions": [{"name": word}], "arrival_on": "2026-12-20", "departure_on": "2026-12-22", "room": word,
            "channel": word, "special_requests": format!("{word} 高楼层"), "custom_fields": {"remark": word},
            "external_refs": [{"system": "pms", "id": format!("ref-{}", fresh())}],
        });
        self.done(Method::POST, "/v1/stays", Some(body)).await
    }

    async fn duplicate(&self) -> String {
        let mut pair = [self.guest().await, self.guest().await]
            .map(|guest| Uuid::parse_str(&text(&guest, "id")).unwrap());
        pair.sort();
        let (group, id, at) = (self.group.id, TimeOrderedIds.next(), self.world.clock.now());
        write(&self.world.app.db, move |tx| {
            diesel::insert_into(guest_duplicates::table)
                .values((
                    guest_duplicates::group_id.eq(group),
                    guest_duplicates::id.eq(DuplicateId(id)),
                    guest_duplicates::guest_id.eq(GuestId(pair[0])),
                    guest_duplicates::other_guest_id.eq(GuestId(pair[1])),
                    guest_duplicates::score.eq(900),
                    guest_duplicates::fields.eq(Json(json!([]))),
                    guest_duplicates::status.eq("suggested"),
                    guest_duplicates::version.eq(1_i64),
                    guest_duplicates::found_at.eq(at),
                ))
                .execute(tx.conn())?;
            Ok(())
        })
        .await;
        id.to_string()
    }

    /// A partner with the word in every text it can hold.
    async fn partner(&self) -> Value {
        let body = json!({"type": "ota", "names": [{"text": self.word}], "notes": self.word,
            "external_refs": [{"system": "pms", "id": format!("ref-{}", fresh())}]});
        self.done(Method::POST, "/v1/partners", Some(body)).await
    }

    /// A stay of a guest who wishes for something.
    async fn plannable_stay(&self) -> String {
        let guest = text(&self.guest().await, "id");
        let mut wish = json!({"category": "other", "polarity": "like", "text": self.word});
        if let Some(hotel) = self.hotel {
            wish["hotel_ids"] = json!([hotel]);
        }
        self.done(Method::POST, &format!("/v1/guests/{guest}/preferences"), Some(wish)).await;
        let stay = json!({"hotel_id": self.hotel.unwrap_or(self.group.hotel), "guest": {"guest_id": guest},
            "arrival_on": "2026-11-21", "departure_on": "2026-11-23", "room": self.word});
        text(&self.done(Method::POST, "/v1/stays", Some(stay)).await, "id")
    }

    /// An item of a plan.
    async fn plan_item(&self) -> String {
        let stay = self.plannable_stay().await;
        let plan = self.done(Method::POST, &format!("/v1/stays/{stay}/preference-plan"), None).await;
        text(&plan["plan_items"][0], "id")
    }

    /// The server itself, acting in the owner's group.
    fn system(&self) -> Ctx {
        Ctx {
            group: self.group.id,
            actor: Actor::SYSTEM,
            sight: Sight::WholeGroup,
            request_id: "test".into(),
            now: self.world.clock.now(),
            ids: Arc::new(TimeOrderedIds),
        }
    }

    /// A budget in a month of its own.
    async fn budget(&self) -> String {
        let body = json!({"hotel_id": self.hotel.unwrap_or(self.group.hotel), "category": "gift", "month": unused_month(),
            "currency": "CNY", "amount_minor": 1000, "enforcement": "hard"});
        text(&self.done(Method::POST, "/v1/budgets", Some(body)).await, "id")
    }

    /// A cost that no budget bears; the id of what it is for.
    async fn cost(&self) -> String {
        let (cx, subject) = (self.system(), TimeOrderedIds.next());
        let booking = Booking {
            subject: Subject { kind: "test", id: SubjectId(subject) },
            hotel: self.hotel.unwrap_or(self.group.hotel),
            department: Some(self.word.to_lowercase()),
            category: CostCategory::Training,
            month: Month::parse(&unused_month()).unwrap(),
            amount: 100,
            currency: Currency::parse("CNY").unwrap(),
        };
        self.world.app.db.write(move |tx| reserve(tx, &cx, &booking)).await.unwrap();
        subject.to_string()
    }

    /// A partner that came with a delivery.
    async fn provisional_partner(&self) -> String {
        let delivered = DeliveredPartner {
            reference: ExternalRef { system: "pms".into(), id: format!("ref-{}", fresh()) },
            kind: PartnerType::Ota,
            name: Some(self.word.to_owned()),
            code: None,
        };
        let cx = self.system();
        let made = self.world.app.db.write(move |tx| resolve_or_create(tx, &cx, &[delivered])).await.unwrap();
        made.into_values().next().unwrap().to_string()
    }

    /// What the group set of its own: a category, an item, a sub-cause, which belong to no hotel, or a template.
    async fn definition(&self, target: Target) -> String {
        let code = format!("c-{}", &fresh()[..32]);
        let (place, body) = match target {
            Target::PreferenceCategory => (
                "preference-catalogue/categories",
                json!({"names": {"en": "Own"}, "department": "front-office"}),
            ),
            Target::ComplaintCategory => {
                ("complaint-categories", json!({"names": {"en": "Own"}, "department": "front-office"}))
            }
            Target::ComplaintSubCause => {
                ("complaint-sub-causes", json!({"names": {"en": "Own"}, "cause_category": "price"}))
            }
            Target::MessageTemplate => {
                let texts = json!([{"language": "en", "body": format!("Dear guest, {}", self.word)}]);
                let mut body = json!({"purpose": "other", "texts": texts});
                if let Some(hotel) = self.hotel {
                    body["hotel_id"] = json!(hotel);
                }
                ("message-templates", body)
            }
            _ => ("preference-catalogue/items", json!({"names": {"en": "Own"}, "category": "room"})),
        };
        let path = format!("/v1/{place}/{code}");
        self.world.request(Method::PUT, &path).by(self.admin).json(&body).await.ok(201);
        code
    }

    /// A complaint with the word in every text it can hold, judged unless told.
    async fn complaint(&self, judged: bool) -> Value {
        let word = self.word;
        let guest = self.guest().await;
        let mut body = json!({
            "hotel_id": self.hotel.unwrap_or(self.group.hotel), "guest_id": guest["id"], "channel": "phone",
            // Each in a room of its own: what two complaints share makes a problem, which is a change of its own.
            "description": word, "subject": word, "room": format!("{word}{}", unused_number()), "location": word,
            "asset": format!("{word} {}", unused_number()), "demand": word,
            "emotion": word, "tags": [word], "reporter": {"kind": "companion", "name": word},
            "contact": {"name": word}, "custom_fields": {"remark": word},
            "external_refs": [{"system": "pms", "id": format!("ref-{}", fresh())}],
        });
        if judged {
            body["classification"] = json!({"category": "temperature", "cause_category": "product_quality",
                "severity": "general", "department": "front-office", "occurred_at": "2026-11-21T02:00:00Z"});
        }
        self.done(Method::POST, "/v1/complaints", Some(body)).await
    }

    /// A complaint with a file that has the word in its name and is nothing but the word.
    async fn attachment(&self) -> Vec<String> {
        let complaint = text(&self.complaint(true).await, "id");
        let path = format!("/v1/complaints/{complaint}/attachments?file_name={}.txt", self.word);
        let request = self.world.post(&path).by(self.admin);
        let attachment = request.body("application/octet-stream", self.word.to_owned()).await.ok(201);
        vec![text(&attachment, "id")]
    }

    /// Makes a move; by somebody else than the owner's admin, who may have to be another person than who made it.
    async fn moved(&self, complaint: &str, wanted: &str, body: Value) -> Value {
        let hotel = self.hotel.unwrap_or(self.group.hotel);
        // Somebody who may not grant any money, whatever limits were set meanwhile.
        let desk = self.world.staff_at(self.group, Some(hotel), "quality").await;
        let path = format!("/v1/complaints/{complaint}/{wanted}");
        Owner { admin: &desk, ..*self }.done(Method::POST, &path, Some(body)).await
    }

    /// A complaint and its one solution, as far as told: pending when it has a price, approved, done.
    async fn solution(&self, amount: i64, executed: bool) -> Vec<String> {
        self.solution_of("other", amount, executed).await
    }

    async fn solution_of(&self, kind: &str, amount: i64, executed: bool) -> Vec<String> {
        let complaint = text(&self.complaint(true).await, "id");
        let found = json!({"finding": "substantiated", "summary": self.word, "root_cause": self.word});
        self.moved(&complaint, "investigation", found).await;
        let proposed = json!({"type": kind, "amount_minor": amount, "description": self.word});
        let made = self.moved(&complaint, "solutions", proposed).await;
        let solution = text(&made["solutions"][0], "id");
        if executed {
            self.moved(&complaint, &format!("solutions/{solution}/execute"), json!({})).await;
        }
        vec![complaint, solution]
    }

    /// A complaint and a link from it to another one.
    async fn link(&self) -> Vec<String> {
        let (complaint, other) = (text(&self.complaint(true).await, "id"), self.complaint(true).await);
        let body = json!({"type": "follows", "other_complaint_id": other["id"]});
        let made = self.done(Method::POST, &format!("/v1/complaints/{complaint}/links"), Some(body)).await;
        vec![text(&made, "id")]
    }

    /// A problem with the word in every text it can hold.
    async fn problem(&self) -> String {
        let word = self.word;
        let body = json!({"hotel_id": self.hotel.unwrap_or(self.group.hotel), "title": word, "root_cause": word,
            "workaround": word, "repeats": {"kind": "asset", "asset": format!("{word} {}", fresh())}});
        text(&self.done(Method::POST, "/v1/problems", Some(body)).await, "id")
    }

    async fn corrective_action(&self, problem: &str) -> String {
        let body = json!({"type": "repair", "description": self.word, "department": "front-office",
            "due_on": "2026-12-31"});
        let path = format!("/v1/problems/{problem}/actions");
        text(&self.done(Method::POST, &path, Some(body)).await, "id")
    }

    /// Lets somebody else than the owner's admin do something with an action.
    async fn acted(&self, action: &str, wanted: &str, body: Value) {
        let hotel = self.hotel.unwrap_or(self.group.hotel);
        let other = self.world.staff_at(self.group, Some(hotel), "quality").await;
        let path = format!("/v1/corrective-actions/{action}/{wanted}");
        Owner { admin: &other, ..*self }.done(Method::POST, &path, Some(body)).await;
    }

    /// A problem that is analysed, and about which something was done that works.
    async fn improved_problem(&self) -> String {
        let problem = self.problem().await;
        let beneath = json!({"root_cause": self.word});
        self.done(Method::POST, &format!("/v1/problems/{problem}/analyse"), Some(beneath)).await;
        let action = self.corrective_action(&problem).await;
        self.acted(&action, "done", json!({"note": self.word})).await;
        self.acted(&action, "verify", json!({"result": "effective", "note": self.word})).await;
        problem
    }

    /// A calendar of the group's own; it belongs to no hotel.
    async fn calendar(&self) -> String {
        let code = format!("c-{}", &fresh()[..32]);
        let body = json!({"names": {"en": self.word}, "round_the_clock": true});
        let path = format!("/v1/service-calendars/{code}");
        self.world.request(Method::PUT, &path).by(self.admin).json(&body).await.ok(201);
        code
    }

    /// An account of the first hotel.
    pub async fn colleague(&self) -> String {
        let hotel = self.hotel.unwrap_or(self.group.hotel);
        let colleague = self.world.staff_at(self.group, Some(hotel), "housekeeping").await.staff.to_string();
        self.done(Method::PATCH, &format!("/v1/staff/{colleague}"), Some(json!({"display_name": self.word})))
            .await;
        colleague
    }

    /// The ids of a path that stand for a target, made for this one request.
    pub async fn target(&self, target: Target) -> Vec<String> {
        let one = match target {
            Target::Nothing => return vec![],
            Target::Reference => {
                return vec!["pms".into(), text(&self.guest().await["external_refs"][0], "id")];
            }
            Target::PartnerReference => {
                return vec!["pms".into(), text(&self.partner().await["external_refs"][0], "id")];
            }
            Target::Partner => text(&self.partner().await, "id"),
            Target::PlannableStay => self.plannable_stay().await,
            Target::PlanItem => self.plan_item().await,
            Target::DonePlanItem => {
                let item = self.plan_item().await;
                self.done(Method::POST, &format!("/v1/plan-items/{item}/done"), None).await;
                item
            }
            Target::ProvisionalPartner => self.provisional_partner().await,
            Target::Budget => self.budget().await,
            Target::Cost => self.cost().await,
            Target::ArchivedPartner => {
                let partner = text(&self.partner().await, "id");
                self.done(Method::POST, &format!("/v1/partners/{partner}/archive"), None).await;
                partner
            }
            Target::MergedPartner => {
                let (partner, into) = (text(&self.partner().await, "id"), self.partner().await);
                let body = json!({"into_partner_id": into["id"]});
                self.done(Method::POST, &format!("/v1/partners/{partner}/merge"), Some(body)).await;
                partner
            }
            Target::Guest => text(&self.guest().await, "id"),
            Target::ArchivedGuest => {
                let guest = text(&self.guest().await, "id");
                self.done(Method::POST, &format!("/v1/guests/{guest}/archive"), None).await;
                guest
            }
            Target::RestrictedGuest => {
                let guest = text(&self.guest().await, "id");
                let body = json!({"reason_code": "rude", "reason": self.word, "scope": "group",
                    "approved_by": self.admin.staff, "review_on": "2027-03-01"});
                self.done(Method::PUT, &format!("/v1/guests/{guest}/restriction"), Some(body)).await;
                guest
            }
            Target::Note => self.note().await,
            Target::ArchivedNote => {
                let note = self.note().await;
                self.done(Method::DELETE, &format!("/v1/guest-notes/{note}"), None).await;
                note
            }
            Target::Relationship => {
                let (guest, other) = (self.guest().await, self.guest().await);
                let body = json!({"other_guest_id": other["id"], "relation": "friend", "comment": self.word});
                let path = format!("/v1/guests/{}/relationships", text(&guest, "id"));
                text(&self.done(Method::POST, &path, Some(body)).await, "id")
            }
            Target::Merge => {
                let (guest, other) = (self.guest().await, self.guest().await);
                let body = json!({"survivor_id": guest["id"], "merged_id": other["id"], "survivor_version": 1,
                    "merged_version": 1, "choices": {}});
                text(&self.done(Method::POST, "/v1/guest-merges", Some(body)).await, "id")
            }
            Target::Stay => text(&self.stay().await, "id"),
            Target::StayReference => {
                return vec!["pms".into(), text(&self.stay().await["external_refs"][0], "id")];
            }
            Target::StayInHouse => {
                let stay = text(&self.stay().await, "id");
                let path = format!("/v1/stays/{stay}/check-in");
                self.done(Method::POST, &path, Some(json!({"room": "101"}))).await;
                stay
            }
            Target::StayCancelled => {
                let stay = text(&self.stay().await, "id");
                let path = format!("/v1/stays/{stay}/cancel");
                self.done(Method::POST, &path, Some(json!({"reason": self.word}))).await;
                stay
            }
            Target::Duplicate => self.duplicate().await,
            Target::Preference => {
                let path = format!("/v1/guests/{}/preferences", text(&self.guest().await, "id"));
                let mut body =
                    json!({"category": "other", "polarity": "like", "text": self.word, "comment": self.word});
                if let Some(hotel) = self.hotel {
                    body["hotel_ids"] = json!([hotel]);
                }
                text(&self.done(Method::POST, &path, Some(body)).await, "id")
            }
            Target::Consent => {
                let path = format!("/v1/guests/{}/consents", text(&self.guest().await, "id"));
                let mut body = json!({"purpose": "marketing", "method": "written", "wording": self.word});
                if let Some(hotel) = self.hotel {
                    body["hotel_id"] = json!(hotel);
                }
                text(&self.done(Method::POST, &path, Some(body)).await, "id")
            }
            Target::Complaint => text(&self.complaint(true).await, "id"),
            Target::ReceivedComplaint => text(&self.complaint(false).await, "id"),
            Target::ComplaintReference => {
                return vec!["pms".into(), text(&self.complaint(true).await["external_refs"][0], "id")];
            }
            Target::HeldComplaint => {
                let complaint = text(&self.complaint(true).await, "id");
                self.moved(&complaint, "hold", json!({"reason": "waiting_guest", "note": self.word})).await;
                complaint
            }
            Target::InvestigatedComplaint => {
                let complaint = text(&self.complaint(true).await, "id");
                self.moved(&complaint, "investigation", json!({"finding": "partly"})).await;
                complaint
            }
            Target::Attachment => return self.attachment().await,
            Target::PendingSolution => return self.solution(100, false).await,
            Target::ApprovedSolution => return self.solution(0, false).await,
            Target::Offer => return self.solution_of("voucher", 0, true).await,
            Target::ExecutedSolution => return self.solution(0, true).await,
            Target::DoneComplaint => self.solution(0, true).await.swap_remove(0),
            Target::AskedComplaint | Target::ClosedComplaint => {
                let complaint = self.solution(0, true).await.swap_remove(0);
                let asked = json!({"channel": "phone", "outcome": "satisfied", "comment": self.word});
                self.moved(&complaint, "follow-up", asked).await;
                if target == Target::ClosedComplaint {
                    let ending = json!({"resolution_summary": self.word, "lesson": self.word});
                    self.moved(&complaint, "close", ending).await;
                }
                complaint
            }
            Target::MergedComplaint => {
                let (complaint, into) = (text(&self.complaint(true).await, "id"), self.complaint(true).await);
                let body = json!({"into_complaint_id": into["id"]});
                self.done(Method::POST, &format!("/v1/complaints/{complaint}/merge"), Some(body)).await;
                complaint
            }
            Target::ComplaintLink => return self.link().await,
            Target::ServiceProblem => self.problem().await,
            Target::ImprovedProblem => self.improved_problem().await,
            Target::ResolvedProblem => {
                let problem = self.improved_problem().await;
                self.done(Method::POST, &format!("/v1/problems/{problem}/resolve"), None).await;
                problem
            }
            Target::ProblemAndComplaint => {
                return vec![self.problem().await, text(&self.complaint(true).await, "id")];
            }
            Target::ProblemComplaint => {
                let (problem, complaint) = (self.problem().await, text(&self.complaint(true).await, "id"));
                self.done(Method::PUT, &format!("/v1/problems/{problem}/complaints/{complaint}"), None).await;
                return vec![problem, complaint];
            }
            Target::CorrectiveAction => {
                let problem = self.problem().await;
                self.corrective_action(&problem).await
            }
            Target::DoneCorrectiveAction => {
                let problem = self.problem().await;
                let action = self.corrective_action(&problem).await;
                self.acted(&action, "done", json!({"note": self.word})).await;
                action
            }
            Target::PreferenceCategory
            | Target::PreferenceItem
            | Target::ComplaintCategory
            | Target::ComplaintSubCause
            | Target::MessageTemplate => self.definition(target).await,
            Target::ServiceCalendar => self.calendar().await,
            Target::DutyShift => {
                let path = format!("/v1/hotels/{}/duty-shifts", self.hotel.unwrap_or(self.group.hotel));
                let body = json!({"staff_id": self.admin.staff, "role": "admin",
                    "starts_at": "2026-11-22T14:00:00Z", "ends_at": "2026-11-22T22:00:00Z"});
                text(&self.done(Method::POST, &path, Some(body)).await, "id")
            }
            Target::Job => text(&self.done(Method::POST, "/v1/guest-duplicate-scans", None).await, "id"),
            Target::Hotel => self.hotel.unwrap_or(self.group.hotel).to_string(),
            Target::Department => self.group.department.to_string(),
            Target::Staff => self.colleague().await,
            Target::SuspendedStaff => {
                let colleague = self.colleague().await;
                self.done(Method::POST, &format!("/v1/staff/{colleague}/suspend"), None).await;
                colleague
            }
        };
        vec![one]
    }

    /// The example of an operation's body with ids of this owner's objects.
    pub async fn body(&self, operation: &Operation) -> Option<(String, String)> {
        let (media, _, example) = operation.body.as_ref()?;
        if media != "application/json" {
            return Some((media.clone(), example.as_str().unwrap().to_owned()));
        }
        Some((media.clone(), self.filled(example).await.to_string()))
    }

    /// The token of a link by which a guest can judge.
    async fn rating_token(&self) -> Value {
        let complaint = self.target(Target::AskedComplaint).await.swap_remove(0);
        let path = format!("/v1/complaints/{complaint}/rating-link");
        let link = Box::pin(self.done(Method::POST, &path, None)).await;
        link["token"].clone()
    }

    pub async fn filled(&self, example: &Value) -> Value {
        let mut body = example.clone();
        if body.get("token").is_some() {
            body["token"] = Box::pin(self.rating_token()).await;
        }
        for member in ["other_guest_id", "survivor_id", "merged_id"] {
            if body.get(member).is_some() {
                body[member] = self.guest().await["id"].clone();
            }
        }
        if body.get("into_partner_id").is_some() {
            body["into_partner_id"] = self.partner().await["id"].clone();
        }
        if body.get("into_complaint_id").is_some() {
            body["into_complaint_id"] = self.complaint(true).await["id"].clone();
        }
        if body.get("other_complaint_id").is_some() {
            body["other_complaint_id"] = self.complaint(true).await["id"].clone();
        }
        if body.get("repeats").is_some() {
            body["repeats"] = json!({"kind": "asset", "asset": fresh()});
        }
        if body.get("stay_id").is_some() {
            body["stay_id"] = self.stay().await["id"].clone();
        }
        if body.get("cause_category").is_some() && body.get("occurred_at").is_some() {
            body["department"] = json!("front-office");
            body["occurred_at"] = json!("2026-11-21T02:00:00Z");
        }
        if body.get("owner_id").is_some() && body.get("names").is_none() {
            body["owner_id"] = json!(self.admin.staff);
        }
        // An unknown party would be made a partner, which is a change of its own.
        for member in ["agent", "company"] {
            if body.get(member).is_some() {
                body[member] = json!({"partner_id": self.partner().await["id"]});
            }
        }
        // Somebody who has the role.
        if body.get("staff_id").is_some() {
            body["staff_id"] = json!(self.admin.staff);
            body["role"] = json!("admin");
        }
        // An item of the same name as a shipped one would take its suggestions.
        if body.get("keywords").is_some() {
            body["names"] = json!({"en": "Own"});
            body["keywords"] = json!([{"language": "en", "text": fresh()}]);
        }
        if body.get("month").is_some() {
            body["month"] = json!(unused_month());
        }
        let hotel = self.hotel.unwrap_or(self.group.hotel);
        for (member, value) in [
            ("survivor_version", json!(1)),
            ("merged_version", json!(1)),
            ("approved_by", json!(self.admin.staff)),
            ("hotel_id", json!(hotel)),
            ("email", json!(format!("{}@example.com", fresh()))),
            ("code", json!(format!("c-{}", &fresh()[..32]))),
            ("external_refs", json!([{"system": "pms", "id": format!("own-{}", fresh())}])),
        ] {
            // A preference is named by a code of the catalogue.
            if body.get(member).is_some() && !(member == "code" && body.get("polarity").is_some()) {
                body[member] = value;
            }
        }
        // What something cost more than was granted is for those alone who may grant money.
        if body.get("actual_cost_minor").is_some() {
            body["actual_cost_minor"] = json!(0);
        }
        if body.get("choices").is_some() {
            body["choices"] = json!({});
        }
        for membership in body.get_mut("memberships").and_then(Value::as_array_mut).into_iter().flatten() {
            membership["hotel_id"] = json!(hotel);
        }
        body
    }
}

/// The path of an operation with ids in their places.
pub fn path(operation: &Operation, ids: &[String]) -> String {
    let mut ids = ids.iter();
    let parts = operation
        .path
        .split('/')
        .map(|part| if part.starts_with('{') { ids.next().unwrap().as_str() } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Where a target is read, to see whether it was changed.
pub fn readable(target: Target, ids: &[String]) -> Option<String> {
    let at = match target {
        Target::Complaint
        | Target::ReceivedComplaint
        | Target::HeldComplaint
        | Target::InvestigatedComplaint
        | Target::DoneComplaint
        | Target::AskedComplaint
        | Target::ClosedComplaint
        | Target::MergedComplaint => "complaints",
        Target::ComplaintReference => "complaints/by-ref",
        Target::Attachment => "complaint-attachments",
        Target::Offer | Target::PendingSolution | Target::ApprovedSolution | Target::ExecutedSolution => {
            return ids.first().map(|id| format!("/v1/complaints/{id}"));
        }
        // A link is read on its complaints alone.
        Target::ComplaintLink => return None,
        Target::ProblemAndComplaint | Target::ProblemComplaint => {
            return ids.first().map(|id| format!("/v1/problems/{id}"));
        }
        Target::ServiceProblem | Target::ImprovedProblem | Target::ResolvedProblem => "problems",
        Target::CorrectiveAction | Target::DoneCorrectiveAction => "corrective-actions",
        Target::Guest | Target::ArchivedGuest | Target::RestrictedGuest => "guests",
        Target::Note | Target::ArchivedNote => "guest-notes",
        Target::Relationship => "guest-relationships",
        Target::Preference => "guest-preferences",
        Target::Consent => "guest-consents",
        Target::Merge => "guest-merges",
        Target::Job => "jobs",
        Target::Hotel => "hotels",
        Target::Department => "departments",
        Target::Staff | Target::SuspendedStaff => "staff",
        Target::Stay | Target::StayInHouse | Target::StayCancelled => "stays",
        Target::StayReference => "stays/by-ref",
        Target::Reference => "guests/by-ref",
        Target::Partner | Target::ProvisionalPartner | Target::ArchivedPartner | Target::MergedPartner => {
            "partners"
        }
        Target::PartnerReference => "partners/by-ref",
        Target::Budget => "budgets",
        Target::PlannableStay => "stays",
        Target::ComplaintCategory => "complaint-categories",
        Target::ComplaintSubCause => "complaint-sub-causes",
        Target::MessageTemplate => "message-templates",
        Target::PlanItem | Target::DonePlanItem => "plan-items",
        Target::ServiceCalendar => "service-calendars",
        Target::DutyShift => "duty-shifts",
        Target::Nothing
        | Target::Cost
        | Target::Duplicate
        | Target::PreferenceCategory
        | Target::PreferenceItem => {
            return None;
        }
    };
    Some(format!("/v1/{at}/{}", ids.join("/")))
}

/// Sends a request that is good in every respect but, perhaps, who sends it.
pub async fn send(
    world: &World,
    operation: &Operation,
    path: &str,
    token: Option<&str>,
    body: Option<(String, String)>,
) -> Answer {
    let mut request = world
        .request(operation.method.clone(), path)
        .header("idempotency-key", &fresh())
        .header("if-match", "*")
        .header("x-allow-duplicate", "true")
        .header("x-request-id", "matrix");
    if operation.method == Method::GET {
        request = world.get(path).header("x-request-id", "matrix");
    }
    if let Some(token) = token {
        request = request.token(token);
    }
    // Tries at passwords are counted by address: each comes from elsewhere.
    let [.., a, b, c] = *TimeOrderedIds.next().as_bytes();
    request = request.at_address(([10, a, b, c], 1).into());
    match body {
        Some((media, text)) => request.body(&media, text).await,
        None => request.send().await,
    }
}

pub fn target_of(operation: &Operation) -> Target {
    row_of(&operation.id).target
}
