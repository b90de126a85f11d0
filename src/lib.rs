//! hospes (宾至): the guest-relations backend of a hotel group.

// The examples of the document are long JSON texts.
#![recursion_limit = "256"]

pub mod app;
pub mod audit;
pub mod background;
pub mod catalogue;
pub mod complaint_settings;
pub mod complaints;
pub mod config;
pub mod db;
pub mod demo;
pub mod events;
pub mod flows;
pub mod guests;
pub mod hotels;
pub mod import_file;
pub mod intake;
pub mod jobs;
pub mod kit;
pub mod partners;
pub mod plans;
pub mod platform;
pub mod preferences;
pub mod problems;
pub mod recovery;
pub mod serve;
pub mod service_levels;
pub mod staff;
pub mod startup;
pub mod stays;
pub mod web;

rust_i18n::i18n!("locales", fallback = "en");
