//! Passwords: which are good enough, and how they are kept (argon2id). Slow on purpose: callers run `hash` and
//! `verify` on the process's own bounded workers, never on those that answer requests.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};

use crate::kit::text::fold;
use crate::staff::common_passwords::{COMMON, RUNS};

/// Memory in KiB: the first choice of the OWASP password storage list for argon2id (SAFETY S10).
const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// A stored hash that would take more memory than this is refused: it did not come from here.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
/// A stored hash that would take more passes than this is refused.
const MOST_PASSES: u32 = 10;
/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most bytes of a password.
pub const LONGEST_BYTES: usize = 1_024;
/// Most common words a refused password is made of: four words and more are a pass phrase.
const FEW: usize = 3;
/// Digits that count as one common piece at most: a date of birth.
const DATE_DIGITS: usize = 8;
/// Fewest characters of a keyboard run that count as one piece.
const SHORTEST_RUN: usize = 4;
/// Longest word looked for, in characters.
const LONGEST_PIECE: usize = 64;
/// Shortest part of a name or address that counts as a common word.
const SHORTEST_CONTEXT: usize = 3;

/// A hash of nothing anybody knows, checked for accounts that do not exist so that they take as long as others.
pub const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aG9zcGVzLW5vYm9keS1zYWx0$EExX5fzTwTN+hNUhYsI5G+QdTY5Gl/M1Pi6L3iml6fM";

/// Why a password was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Fewer than [`SHORTEST`] characters or more than [`LONGEST_BYTES`] bytes.
    Length,
    /// Easy to guess.
    Weak,
}

/// Why a hash could not be made or checked: damage or an attack on the store, never the person who logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored password hash cannot be used")]
pub struct BadHash;

/// Whether a password may be set. `contexts` are what an attacker would try first: the address, the name, the hotels.
///
/// # Errors
/// [`Refused`].
pub fn check(password: &SecretString, contexts: &[String]) -> Result<(), Refused> {
    let text = password.expose_secret();
    if text.chars().count() < SHORTEST || text.len() > LONGEST_BYTES {
        return Err(Refused::Length);
    }
    let folded = fold(text);
    let bare: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let distinct = bare.chars().collect::<std::collections::BTreeSet<_>>().len();
    if distinct < 4 || bare.chars().all(|c| c.is_ascii_digit()) {
        return Err(Refused::Weak);
    }
    let words = context_words(contexts);
    // Signs stand for letters, or for nothing.
    let spelled: String = folded.chars().map(sign_letter).filter(|c| c.is_alphanumeric()).collect();
    let weak = [bare, spelled].iter().any(|text| is_made_of_few(text, &words));
    if weak { Err(Refused::Weak) } else { Ok(()) }
}

/// The parts of addresses and names, folded.
fn context_words(contexts: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    for context in contexts {
        let folded = fold(context);
        let local = folded.split('@').next().unwrap_or_default();
        let joined: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
        let parts = folded.split(|c: char| !c.is_alphanumeric()).map(str::to_owned);
        words.extend(parts.chain([joined]).filter(|word| word.chars().count() >= SHORTEST_CONTEXT));
    }
    words
}

/// The letter a sign is written for.
fn sign_letter(sign: char) -> char {
    match sign {
        '@' => 'a',
        '$' => 's',
        '!' => 'i',
        other => other,
    }
}

/// What is meant by digits written for letters.
fn plain_letters(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    text.chars().map(letter).collect()
}

/// Whether the text can be cut into at most [`FEW`] common pieces: words, runs of keys or digits, repetitions.
fn is_made_of_few(text: &str, words: &[String]) -> bool {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > FEW * LONGEST_PIECE {
        return false;
    }
    // fewest[n]: the fewest pieces that make up the first n characters.
    let mut fewest = vec![0];
    for end in 1..=chars.len() {
        let shortest = (0..end)
            .filter(|start| chars.get(*start..end).is_some_and(|piece| is_common(piece, words)))
            .filter_map(|start| fewest.get(start).copied())
            .min();
        fewest.push(shortest.map_or(FEW + 1, |pieces| pieces + 1));
    }
    fewest.last().is_some_and(|pieces| *pieces <= FEW)
}

fn is_common(piece: &[char], words: &[String]) -> bool {
    if piece.iter().all(char::is_ascii_digit) {
        return piece.len() <= DATE_DIGITS;
    }
    if piece.len() > LONGEST_PIECE {
        return false;
    }
    let text: String = piece.iter().collect();
    let same = piece.len() >= SHORTEST_CONTEXT
        && piece.first().is_some_and(|first| piece.iter().all(|c| c == first));
    let backwards: String = piece.iter().rev().collect();
    let run = || {
        piece.len() >= SHORTEST_RUN
            && RUNS.iter().any(|run| run.contains(text.as_str()) || run.contains(backwards.as_str()))
    };
    let known = |word: &str| COMMON.contains(&word) || words.iter().any(|other| other == word);
    same || known(&text) || known(&plain_letters(&text)) || run()
}

/// Hashes a password with the present parameters.
///
/// # Errors
/// When the system gives no random salt.
pub fn hash(password: &SecretString) -> Result<String, BadHash> {
    let hashed = argon2()?.hash_password(password.expose_secret().as_bytes()).map_err(|_| BadHash)?;
    Ok(hashed.to_string())
}

/// Whether a password is the one that was hashed.
///
/// # Errors
/// When the hash is damaged, or asks for more work than ever was configured.
pub fn verify(password: &SecretString, stored: &str) -> Result<bool, BadHash> {
    let stored = PasswordHash::new(stored).map_err(|_| BadHash)?;
    let params = params(&stored)?;
    if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES {
        return Err(BadHash);
    }
    Ok(argon2()?.verify_password(password.expose_secret().as_bytes(), &stored).is_ok())
}

/// Whether a stored hash was made with weaker parameters than the present ones.
pub fn is_outdated(stored: &str) -> bool {
    let parsed = PasswordHash::new(stored).map_err(|_| BadHash);
    parsed.and_then(|stored| params(&stored)).is_ok_and(|params| {
        params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES || params.p_cost() < LANES
    })
}

fn params(stored: &PasswordHash) -> Result<Params, BadHash> {
    if stored.algorithm.as_str() != Algorithm::Argon2id.as_str() {
        return Err(BadHash);
    }
    Params::try_from(stored).map_err(|_| BadHash)
}

fn argon2() -> Result<Argon2<'static>, BadHash> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| BadHash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{NOBODY, Refused, check, hash, is_outdated, verify};

    fn password(text: &str) -> SecretString {
        text.to_owned().into()
    }

    #[test]
    fn a_hash_is_argon2id_with_the_present_parameters_and_salted() {
        let (one, two) =
            (hash(&password("correct horse")).unwrap(), hash(&password("correct horse")).unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert_eq!(verify(&password("correct horse"), &one), Ok(true));
        assert_eq!(verify(&password("correct hors"), &one), Ok(false));
        assert!(!is_outdated(&one));
    }

    #[test]
    fn the_hash_of_nobody_takes_the_same_work_and_fits_no_password() {
        assert!(NOBODY.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && !is_outdated(NOBODY));
        assert_eq!(verify(&password("anything at all"), NOBODY), Ok(false));
    }

    #[test]
    fn weaker_hashes_are_outdated_and_hashes_that_would_tie_up_the_server_are_refused() {
        let rest = NOBODY.split_once("p=1$").unwrap().1;
        assert!(is_outdated(&format!("$argon2id$v=19$m=8192,t=2,p=1${rest}")));
        assert!(is_outdated(&format!("$argon2id$v=19$m=19456,t=1,p=1${rest}")));
        for bad in ["m=262145,t=2,p=1", "m=19456,t=11,p=1"] {
            assert!(verify(&password("x"), &format!("$argon2id$v=19${bad}${rest}")).is_err(), "{bad}");
        }
        for bad in
            ["", "plain", "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNo", "$2b$12$abcdefgh"]
        {
            assert!(verify(&password("x"), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn easy_passwords_are_refused() {
        let contexts =
            ["wang.xiaoyu@westlake.example".to_owned(), "西湖宾馆".to_owned(), "Grand Hotel".to_owned()];
        for weak in [
            "password123",
            "Password1!",
            "qwertyuiop",
            "1234567890",
            "woaini1314",
            "5201314woaini",
            "P@ssw0rd2024",
            "p4ssw0rd!!",
            "13800138000",
            "aaaaaaaaaaaa",
            "abababababab",
            "qazwsxedcrfv",
            "wangxiaoyu88",
            "Wang-Xiaoyu-1",
            "westlake2024",
            "西湖宾馆2024-888",
            "grandhotel1",
            "Admin@123456",
            "1qaz2wsx3edc",
            "hotel123456",
            "zxcvbnm123",
            "iloveyou520",
            "letmein!!!!",
            "qq123456789",
            "ｐａｓｓｗｏｒｄ１２３",
            "monkey dragon 1",
            "shanghai2025",
        ] {
            assert_eq!(check(&password(weak), &contexts), Err(Refused::Weak), "{weak}");
        }
        for short in ["", "short", "九个汉字不够长的密", &"x".repeat(1025), &"长".repeat(400)] {
            assert_eq!(check(&password(short), &contexts), Err(Refused::Length), "{short}");
        }
        for good in [
            "correct horse battery staple",
            "Tz7#kLm29!qv",
            "purple tiger eats cheese",
            "我喜欢在西湖边散步看日落",
            "mauve-lantern-42-river",
            &"x7Qm".repeat(256),
        ] {
            assert_eq!(check(&password(good), &contexts), Ok(()), "{good}");
        }
    }
}
