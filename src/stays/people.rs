//! Guests and partners that stays name: looked up many at once, merged ones followed.

use std::collections::{BTreeSet, HashMap};

use crate::db::{DbResult, Reads};
use crate::guests;
use crate::guests::bulk::Known;
use crate::guests::model::Guest;
use crate::kit::ids::{GuestId, HotelId, PartnerId};
use crate::partners;
use crate::platform::context::Ctx;
use crate::stays::model::{ExternalRef, LinkedGuest, Stay};

/// The guests that a batch of stays names.
#[derive(Debug, Default)]
pub struct People {
    known: Known,
}

impl People {
    /// Looks guests up by id and by reference: one query a system, and one a step of merges followed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load<'a>(
        reads: &mut impl Reads,
        cx: &Ctx,
        ids: impl Iterator<Item = GuestId>,
        refs: impl Iterator<Item = &'a ExternalRef>,
    ) -> DbResult<Self> {
        let mut known = guests::bulk::known(reads, cx.group, refs)?;
        let mut open: BTreeSet<GuestId> = ids.collect();
        open.extend(known.guests.values().filter_map(|guest| guest.merged_into));
        loop {
            let missing: Vec<GuestId> =
                open.iter().copied().filter(|id| !known.guests.contains_key(id)).collect();
            if missing.is_empty() {
                return Ok(Self { known });
            }
            let found = guests::repo::find_many(reads, cx.group, &missing)?;
            open = found.values().filter_map(|guest| guest.merged_into).collect();
            known.guests.extend(found);
        }
    }

    /// The guest of an id, as it can stay at a hotel: visible to the caller, and not private to another hotel. One that
    /// was merged is the guest it became part of.
    pub fn at(&self, cx: &Ctx, hotel: HotelId, id: GuestId) -> Option<LinkedGuest> {
        let origin = self.visible(cx, hotel, id)?;
        let mut guest = origin;
        while let Some(survivor) = guest.merged_into {
            guest = self.visible(cx, hotel, survivor)?;
        }
        Some(LinkedGuest { id: guest.id, origin: origin.id })
    }

    /// The guest of a reference, as it can stay at a hotel.
    pub fn by_ref(&self, cx: &Ctx, hotel: HotelId, reference: &ExternalRef) -> Option<LinkedGuest> {
        self.at(cx, hotel, *self.known.by_ref.get(reference)?)
    }

    /// The guest an id leads to, if the caller may see it.
    pub fn reached(&self, cx: &Ctx, id: GuestId) -> Option<GuestId> {
        let mut guest = self.known.guests.get(&id)?;
        while let Some(survivor) = guest.merged_into {
            guest = self.known.guests.get(&survivor)?;
        }
        cx.sight.covers(guest.profile.private_to_hotel_id).then_some(guest.id)
    }

    fn visible(&self, cx: &Ctx, hotel: HotelId, id: GuestId) -> Option<&Guest> {
        let guest = self.known.guests.get(&id)?;
        let private = guest.profile.private_to_hotel_id;
        (cx.sight.covers(private) && private.is_none_or(|only| only == hotel)).then_some(guest)
    }
}

/// The name of a partner a stay names, and the partner it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPartner {
    /// The partner now; another one after a merge.
    pub now: PartnerId,
    /// What it is called now.
    pub name: String,
}

/// How guests and partners of stays are called now.
#[derive(Debug, Default)]
pub struct Called {
    /// Names of the guests the caller may see.
    pub guests: HashMap<GuestId, String>,
    /// Names of the partners.
    pub partners: HashMap<PartnerId, NamedPartner>,
}

impl Called {
    /// Looks names up for a page of stays.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load<'a>(
        reads: &mut impl Reads,
        cx: &Ctx,
        stays: impl Iterator<Item = &'a Stay> + Clone,
    ) -> DbResult<Self> {
        let people: BTreeSet<GuestId> = stays.clone().flat_map(|stay| stay.facts.guests()).collect();
        let parties: BTreeSet<PartnerId> =
            stays.flat_map(|stay| [stay.facts.agent_id, stay.facts.company_id]).flatten().collect();
        let people: Vec<GuestId> = people.into_iter().collect();
        let parties: Vec<PartnerId> = parties.into_iter().collect();
        let guests = guests::repo::display_names(reads, cx.group, &people)?
            .into_iter()
            .filter(|(_, (_, private))| cx.sight.covers(*private))
            .map(|(id, (name, _))| (id, name))
            .collect();
        let partners = if parties.is_empty() {
            HashMap::new()
        } else {
            partners::service::survivors(reads, cx.group, &parties)?
                .into_iter()
                .map(|(id, partner)| {
                    let name = partner.profile.display_name().to_owned();
                    (id, NamedPartner { now: partner.id, name })
                })
                .collect()
        };
        Ok(Self { guests, partners })
    }
}
