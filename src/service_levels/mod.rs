//! Service levels: the calendars, policies and clocks complaints are measured by, and who is on duty.
//!
//! Knows no complaint: who measures one loads [`policies::Policies`] and [`calendars::Calendars`] once and asks them.

pub mod clock;
pub mod hours;
pub mod model;
