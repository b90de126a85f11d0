//! Platform: feed, audit chain, tokens and keys, headers, problems, limits.

mod chain;
mod feed;
mod headers;
mod limits;
mod problems;
mod tokens;
