//! What came back, ready to be asked.

use actix_web::http::header::HeaderMap;
use serde_json::Value;

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{} {:?}", self.status, String::from_utf8_lossy(&self.bytes)))
    }

    /// The body of a success.
    #[track_caller]
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of a problem of a code; checks the shape that every problem has.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let body = self.json();
        assert_eq!(body["code"], code, "{text}");
        assert_eq!(body["status"], status);
        assert_eq!(body["type"], format!("/problems/{}", code.replace('_', "-")));
        assert!(body["title"].as_str().is_some_and(|title| !title.is_empty()));
        assert_eq!(body["request_id"], self.header("x-request-id"));
        body
    }

    /// The faults of a problem as `pointer code`.
    #[track_caller]
    pub fn faults(&self, status: u16, code: &str) -> Vec<String> {
        let body = self.problem(status, code);
        let fault = |e: &Value| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap());
        body["errors"].as_array().into_iter().flatten().map(fault).collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }
}
