//! Who may do what, for every operation and every kind of caller, by enumeration of the document.

mod callers;
pub mod driver;
mod leaks;
pub mod policy;
mod swaps;

use std::collections::BTreeSet;

use self::policy::{Needs, POLICY, Target, row_of};

#[test]
fn the_policy_names_exactly_the_operations_of_the_document_and_their_scopes() {
    let operations = driver::operations();
    let made: BTreeSet<&str> = operations.iter().map(|operation| operation.id.as_str()).collect();
    let told: BTreeSet<&str> = POLICY.iter().map(|row| row.operation).collect();
    assert_eq!(made, told);
    assert_eq!(POLICY.len(), told.len(), "an operation has two rows");
    for operation in &operations {
        let row = row_of(&operation.id);
        let scopes: Vec<&str> = operation.scopes.iter().map(String::as_str).collect();
        let agrees = match row.needs {
            Needs::Open => operation.open && scopes.is_empty(),
            Needs::Caller => !operation.open && scopes.is_empty(),
            Needs::Scope(wanted) => !operation.open && scopes == wanted,
        };
        assert!(agrees, "{}: the document says {scopes:?}", operation.id);
        assert_eq!(row.target == Target::Nothing, !operation.path.contains('{'), "{}", operation.id);
    }
}
