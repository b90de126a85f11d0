//! The one integration test binary. Each test names a behaviour; those that touch a database run on both.
#![cfg(test)]

mod architecture;
mod authorization;
mod briefs;
mod complaint_settings;
mod complaints;
mod contract;
mod db;
mod guests;
mod harness;
mod jobs;
mod partners;
mod plans;
mod platform;
mod preferences;
mod problems;
mod recovery;
mod service_levels;
mod staff;
mod stays;
mod timeline;
