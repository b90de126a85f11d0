//! Floor 2 without HTTP: what every mutation needs (context, audit, events, idempotency), what runs in the background
//! (sequencer, jobs), and contents that are kept outside of the database (blobs).

pub mod anchors;
pub mod audit;
pub mod blobs;
pub mod context;
pub mod events;
pub mod idempotency;
pub mod jobs;
pub mod keys;
pub mod record;
pub mod scopes;
pub mod sequencer;
pub mod workers;
