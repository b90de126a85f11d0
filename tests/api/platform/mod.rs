//! Platform: feed, audit chain, tokens and keys, headers, problems, limits.

mod chain;
mod feed;
mod headers;
mod idempotency;
mod limits;
mod problems;
mod tokens;
