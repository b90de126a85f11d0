//! What guests prefer: the catalogue, each preference with its evidence, and the consents that sensitive ones need.

pub mod api;
