//! Platform: feed, audit chain, health, headers.
