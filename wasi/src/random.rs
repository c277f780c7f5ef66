//! The guest's randomness: a pure function of a seed and of how much was drawn before.

/// Separates these bytes from every other use of the same seed.
const CONTEXT: &str = "lockstep wasi random_get v1";

/// An endless row of bytes made from a seed by BLAKE3's extendable output: the same on every machine.
pub struct Random {
    output: blake3::OutputReader,
}

impl Random {
    /// Starts the row of the given seed.
    pub fn new(seed: &[u8; 32]) -> Random {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(seed);
        Random {
            output: hasher.finalize_xof(),
        }
    }

    /// Takes the next bytes of the row.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.output.fill(bytes);
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Random")
            .field("drawn", &self.output.position())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_depends_on_the_seed_alone() {
        let mut whole = [0; 200];
        Random::new(&[7; 32]).fill(&mut whole);
        let mut parts = [0; 200];
        let mut random = Random::new(&[7; 32]);
        random.fill(&mut parts[..63]);
        random.fill(&mut parts[63..64]);
        random.fill(&mut parts[64..]);
        assert_eq!(whole, parts);
        let mut other = [0; 200];
        Random::new(&[8; 32]).fill(&mut other);
        assert_ne!(whole, other);
        // The bytes are part of what a recorded run relies on, so they may never change.
        assert_eq!(whole[..8], KNOWN);
    }

    const KNOWN: [u8; 8] = [105, 6, 143, 86, 117, 53, 173, 225];
}
