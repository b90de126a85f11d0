//! Platform: feed, audit chain, tokens and keys, headers, problems, limits, slow clients.

mod chain;
mod fault_texts;
mod feed;
mod headers;
mod idempotency;
mod limits;
mod problems;
mod slow;
mod tokens;
