//! The dice that decide about a person.

/// SplitMix64. Written out here because the people of a seed are to stay the
/// same for good, which library generators do not promise across versions.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64, position: u64) -> Self {
        let mut dice = Self(seed);
        Self(dice.next() ^ position.wrapping_mul(0xD134_2543_DE82_EF95))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `limit`; zero for a limit of zero.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        let limit = u64::try_from(length).unwrap_or(0);
        usize::try_from(self.below(limit)).unwrap_or(0)
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(super) fn pick<T: Copy>(&mut self, list: &[T]) -> Option<T> {
        let index = self.index(list.len());
        list.get(index).copied()
    }

    pub(super) fn text(&mut self, list: &[&'static str]) -> &'static str {
        self.pick(list).unwrap_or("")
    }

    pub(super) fn word(&mut self, list: &'static str) -> &'static str {
        let words: Vec<&'static str> = list.split(' ').collect();
        self.text(&words)
    }

    pub(super) fn character(&mut self, list: &str) -> String {
        let index = self.index(list.chars().count());
        list.chars().skip(index).take(1).collect()
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| self.below(10).to_string()).collect()
    }
}
