//! Page cursors: opaque, sealed, and bound to the list they came from.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::kit::ids::GroupId;
use crate::kit::seal::Sealer;

/// Version of the cursor format; a cursor of another version is refused like a foreign one.
const CURSOR_VERSION: u8 = 1;

/// The list a cursor belongs to: tenant, resource, filters and sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListKey([u8; 8]);

impl ListKey {
    /// Digests what makes a list this list. `parts` are the filters and the sort in a fixed order.
    pub fn new(group: GroupId, resource: &str, parts: &impl Serialize) -> Self {
        let mut digest = Sha256::new();
        digest.update(group.0.as_bytes());
        digest.update(resource.as_bytes());
        digest.update([0]);
        digest.update(serde_json::to_vec(parts).unwrap_or_default());
        let full = digest.finalize();
        let mut short = [0; 8];
        for (to, from) in short.iter_mut().zip(full.iter()) {
            *to = *from;
        }
        Self(short)
    }
}

#[derive(Serialize, Deserialize)]
struct Envelope<P>(u8, [u8; 8], P);

/// Makes the cursor that continues `list` after `position`.
pub fn write_cursor<P: Serialize>(sealer: &Sealer, list: ListKey, position: &P) -> String {
    sealer.seal(&serde_json::to_vec(&Envelope(CURSOR_VERSION, list.0, position)).unwrap_or_default())
}

/// Reads a cursor; `None` when it was changed, or made for another list, tenant or version.
pub fn read_cursor<P: DeserializeOwned>(sealer: &Sealer, list: ListKey, cursor: &str) -> Option<P> {
    let payload = sealer.open(cursor)?;
    let Envelope(version, key, position) = serde_json::from_slice::<Envelope<P>>(&payload).ok()?;
    (version == CURSOR_VERSION && key == list.0).then_some(position)
}
