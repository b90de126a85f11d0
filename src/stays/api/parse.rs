//! From what clients send to what the domain trusts: every value parsed, every fault noted.

use crate::kit::fault::Fault;
use crate::stays::delivery::Delivery;

/// Reads a document of a stay as if a client had delivered it: the body of `PUT /v1/stays/by-ref/…` with the stay's own
/// reference first in `external_refs`.
///
/// # Errors
/// Every fault found.
pub fn document(_document: serde_json::Value) -> Result<Delivery, Vec<Fault>> {
    Err(Vec::new())
}
