//! What complaints are judged by, looked up once for as many as there are.

use std::collections::{BTreeSet, HashMap};

use crate::complaint_settings::catalogue::{self, Catalogue};
use crate::complaint_settings::routing::Routing;
use crate::complaints::error::ComplaintError;
use crate::db::Reads;
use crate::hotels;
use crate::kit::ids::HotelId;
use crate::platform::context::Ctx;

/// What is loaded so far.
#[derive(Debug, Default)]
pub(super) struct Bench {
    group: Option<(Catalogue, Routing)>,
    departments: HashMap<HotelId, BTreeSet<String>>,
}

/// What a complaint of one hotel is judged by.
#[derive(Debug)]
pub(super) struct Laws<'b> {
    /// What complaints are sorted by.
    pub catalogue: &'b Catalogue,
    /// Who gets them.
    pub routing: &'b Routing,
    /// Codes of the hotel's departments.
    pub departments: &'b BTreeSet<String>,
}

impl Bench {
    /// What complaints of a hotel are judged by; asks the database for what it has not yet.
    ///
    /// # Errors
    /// [`ComplaintError::NotFound`] for a hotel the caller may not see.
    pub(super) fn laws(
        &mut self,
        reads: &mut impl Reads,
        cx: &Ctx,
        hotel: HotelId,
    ) -> Result<Laws<'_>, ComplaintError> {
        let (catalogue, routing) = match &mut self.group {
            Some(loaded) => loaded,
            none => {
                let catalogue = catalogue::load(reads, cx.group)?;
                let routing = Routing::of(reads, cx.group, &catalogue)?;
                none.insert((catalogue, routing))
            }
        };
        let departments = match self.departments.entry(hotel) {
            std::collections::hash_map::Entry::Occupied(loaded) => loaded.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(hotels::service::department_codes(reads, cx, hotel)?)
            }
        };
        Ok(Laws { catalogue, routing, departments })
    }
}
