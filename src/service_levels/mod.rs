//! Service levels: the calendars, policies and clocks complaints are measured by, and who is on duty.
//!
//! Knows no complaint: who measures one loads [`policies::Policies`] and [`calendars::Calendars`] once and
//! asks them.

pub mod api;
mod calendar_repo;
pub mod calendars;
pub mod clock;
pub mod configure;
pub mod duty;
pub mod duty_repo;
pub mod error;
pub mod hours;
pub mod model;
pub mod policies;
mod policy_repo;
pub mod preview;
pub mod shipped;
