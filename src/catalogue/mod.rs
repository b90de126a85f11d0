//! Codes and their labels in the languages of the product, for the menus of apps.

pub mod api;
