//! Floor 1: the database. Connections, transactions, types, tables and migrations of both backends; the only
//! place that tells PostgreSQL from SQLite.

mod connection;
pub mod dialect;
mod error;
mod handle;
pub mod migrate;
mod postgres;
pub mod schema;
mod sqlite;
pub mod tables;
pub mod types;

pub use connection::{AnyConn, MultiBackend};
pub use error::{DbError, DbResult};
pub use handle::{Db, DbUrl, Read, Reads, Tx};
