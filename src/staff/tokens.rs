//! Refresh tokens: sealed references to one generation of a session. Nothing of them is stored.

use uuid::Uuid;

use crate::kit::ids::{GroupId, SessionId};
use crate::kit::seal::Sealer;

/// Format of the payload; a token of another version is refused.
const VERSION: u8 = 1;
/// Bytes of a payload: version, group, session, generation.
const PAYLOAD: usize = 1 + 16 + 16 + 8;

/// What a refresh token refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken {
    /// The hotel group.
    pub group: GroupId,
    /// The session.
    pub session: SessionId,
    /// Which of the session's successive tokens it is.
    pub generation: i64,
}

impl RefreshToken {
    /// The token as it is handed out. The same generation always gives the same text.
    pub fn seal(&self, sealer: &Sealer) -> String {
        let mut payload = Vec::with_capacity(PAYLOAD);
        payload.push(VERSION);
        payload.extend_from_slice(self.group.0.as_bytes());
        payload.extend_from_slice(self.session.0.as_bytes());
        payload.extend_from_slice(&self.generation.to_be_bytes());
        sealer.seal(&payload)
    }

    /// Reads a token; `None` when it was changed or made elsewhere.
    pub fn open(sealer: &Sealer, text: &str) -> Option<Self> {
        let payload = sealer.open(text)?;
        let (version, rest) = payload.split_first()?;
        let (group, rest) = rest.split_first_chunk::<16>()?;
        let (session, rest) = rest.split_first_chunk::<16>()?;
        let generation = i64::from_be_bytes(rest.try_into().ok()?);
        let (group, session) = (Uuid::from_bytes(*group).into(), Uuid::from_bytes(*session).into());
        (*version == VERSION).then_some(Self { group, session, generation })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretBox;
    use uuid::Uuid;

    use super::RefreshToken;
    use crate::kit::seal::Sealer;

    #[test]
    fn a_token_opens_only_unchanged_and_only_where_it_was_made() {
        let master = SecretBox::new(Box::new(vec![7; 32]));
        let (sealer, other) = (Sealer::new(&master, "refresh"), Sealer::new(&master, "cursor"));
        let token = RefreshToken {
            group: Uuid::from_u128(1).into(),
            session: Uuid::from_u128(2).into(),
            generation: 3,
        };
        let text = token.seal(&sealer);
        assert_eq!(text, token.seal(&sealer));
        assert_eq!(RefreshToken::open(&sealer, &text), Some(token));
        assert_eq!(RefreshToken::open(&other, &text), None);
        for bad in
            ["", "x", &text[1..], &sealer.seal(b"short"), &sealer.seal(&[2; 41]), &sealer.seal(&[1; 42])]
        {
            assert_eq!(RefreshToken::open(&sealer, bad), None, "{bad}");
        }
        assert_ne!(text, RefreshToken { generation: 4, ..token }.seal(&sealer));
    }
}
