//! Random numbers that are the same on every run and machine.

/// A small generator (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    /// The generator for one part of the work on a row.
    pub(crate) fn of(seed: u64, mnemonic: &str, part: u64) -> Random {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_le_bytes());
        hasher.update(&part.to_le_bytes());
        hasher.update(mnemonic.as_bytes());
        let mut state = [0; 8];
        hasher.finalize_xof().fill(&mut state);
        Random(u64::from_le_bytes(state))
    }

    /// Any 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Any 128 bits.
    pub(crate) fn next128(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    /// A number below `limit`, which is above 0 and small beside 2^64.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// One of several values, which are not none.
    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}
