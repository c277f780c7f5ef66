//! Chooses the next token from logits, with the same choice on every machine.
//!
//! Greedy is the default: the token with the largest logit, the smaller number if two are equal. Sampling works on
//! integers, so no library's `exp` can make two machines differ:
//!
//! 1. Candidates are ordered by logit, largest first, equal ones by token number. NaN is never a candidate.
//! 2. `top_k` keeps the first so many.
//! 3. A candidate's weight is `2^32 * exp((logit - largest) / temperature)`, cut to an integer: the difference and the
//!    quotient are single operations of IEEE f32, the quotient times `log2 e` is cut to a multiple of 2^-32 and the power
//!    of two is taken bit by bit in integers. A candidate of weight 0 is dropped.
//! 4. `top_p` keeps the shortest beginning whose weights reach that part of the whole.
//! 5. The n-th choice of a run draws bytes `8n..8n+8` of BLAKE3's extended output for the seed, as a little-endian
//!    integer `r`, and takes the candidate in whose interval `r * total / 2^64` falls.

use crate::Error;

/// How the next token is chosen. The default is greedy.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampling {
    /// 0 is greedy; larger values spread the choice. Must be finite and not negative.
    pub temperature: f32,
    /// Only the `top_k` most likely tokens; 0 means all.
    pub top_k: u32,
    /// Only the most likely tokens that together reach this probability; above 0, at most 1.
    pub top_p: f32,
    /// Decides all random choices.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 0.0,
            top_k: 0,
            top_p: 1.0,
            seed: 0,
        }
    }
}

impl Sampling {
    /// Checks the ranges of all fields.
    ///
    /// # Errors
    /// [`Error::Sampling`] names the field that is out of range.
    pub fn check(&self) -> Result<(), Error> {
        let bad = |field, value: f32, range| {
            Err(Error::Sampling {
                field,
                value: value.to_string(),
                range,
            })
        };
        if !self.temperature.is_finite() || self.temperature < 0.0 {
            return bad("temperature", self.temperature, "finite and at least 0");
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return bad("top-p", self.top_p, "above 0 and at most 1");
        }
        Ok(())
    }
}

/// Chooses one token after another.
#[derive(Debug)]
pub struct Sampler {
    sampling: Sampling,
    random: blake3::OutputReader,
}

impl Sampler {
    /// A sampler at the beginning of its random numbers.
    ///
    /// # Errors
    /// As [`Sampling::check`].
    pub fn new(sampling: Sampling) -> Result<Self, Error> {
        sampling.check()?;
        let mut hasher = blake3::Hasher::new_derive_key("lockstep llama sampler 1");
        hasher.update(&sampling.seed.to_le_bytes());
        Ok(Self {
            sampling,
            random: hasher.finalize_xof(),
        })
    }

    /// The index of the chosen logit; None if there is none that is a number.
    pub fn choose(&mut self, logits: &[f32]) -> Option<usize> {
        if self.sampling.temperature == 0.0 {
            return greedy(logits);
        }
        let candidates = self.candidates(logits);
        let total: u64 = candidates.iter().map(|(_, weight)| weight).sum();
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        let drawn = ((u128::from(u64::from_le_bytes(bytes)) * u128::from(total)) >> 64) as u64;
        let mut reached = 0;
        candidates.into_iter().find_map(|(index, weight)| {
            reached += weight;
            (drawn < reached).then_some(index)
        })
    }

    /// The tokens to choose from with their weights, most likely first.
    fn candidates(&self, logits: &[f32]) -> Vec<(usize, u64)> {
        let mut order: Vec<usize> = (0..logits.len())
            .filter(|&index| !logits[index].is_nan())
            .collect();
        let before = |a: &usize, b: &usize| {
            logits[*b]
                .partial_cmp(&logits[*a])
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(a.cmp(b))
        };
        let keep = match self.sampling.top_k as usize {
            0 => order.len(),
            top_k => top_k.min(order.len()),
        };
        if keep < order.len() {
            order.select_nth_unstable_by(keep, before);
            order.truncate(keep);
        }
        order.sort_unstable_by(before);
        let Some(&first) = order.first() else {
            return Vec::new();
        };
        let largest = logits[first];
        let weight = |index: usize| weight(largest, logits[index], self.sampling.temperature);
        let mut weighted: Vec<(usize, u64)> = order
            .into_iter()
            .map(|index| (index, weight(index)))
            .take_while(|(_, weight)| *weight > 0)
            .collect();
        weighted.truncate(nucleus(&weighted, self.sampling.top_p));
        weighted
    }
}

/// The largest logit, the first one if several are equal.
fn greedy(logits: &[f32]) -> Option<usize> {
    let mut best: Option<usize> = None;
    for (index, logit) in logits.iter().enumerate() {
        if !logit.is_nan() && best.is_none_or(|best| *logit > logits[best]) {
            best = Some(index);
        }
    }
    best
}

/// How many candidates it takes to reach the part `top_p` of all weights. `top_p` counts in steps of 2^-24.
fn nucleus(candidates: &[(usize, u64)], top_p: f32) -> usize {
    let total: u64 = candidates.iter().map(|(_, weight)| weight).sum();
    let part = (top_p * 16_777_216.0) as u128;
    let wanted = u128::from(total) * part;
    let mut reached = 0u128;
    for (index, (_, weight)) in candidates.iter().enumerate() {
        reached += u128::from(*weight) << 24;
        if reached >= wanted {
            return index + 1;
        }
    }
    candidates.len()
}

/// `2^32 * exp((logit - largest) / temperature)` in the exact steps that the module's text gives.
fn weight(largest: f32, logit: f32, temperature: f32) -> u64 {
    // Also where both are infinite, whose difference is no number.
    if logit == largest {
        return 1 << 32;
    }
    let distance = (largest - logit) / temperature;
    // An f32 has 24 significant bits and the constant 24, so the product is exact in f64.
    let octaves = f64::from(distance) * f64::from(std::f32::consts::LOG2_E);
    if octaves >= 33.0 {
        return 0;
    }
    let fixed = (octaves * 4_294_967_296.0) as u64;
    half_to_the(fixed)
}

/// `2^32 * 2^-(fixed / 2^32)`, cut to an integer. Each bit of the fraction multiplies by a root of one half.
fn half_to_the(fixed: u64) -> u64 {
    const ROOTS: [u64; 32] = roots_of_half();
    let mut product = 1u64 << 63;
    for (bit, root) in ROOTS.iter().enumerate() {
        if fixed >> (31 - bit) & 1 == 1 {
            product = ((u128::from(product) * u128::from(*root)) >> 63) as u64;
        }
    }
    let shift = 31 + (fixed >> 32);
    if shift < 64 { product >> shift } else { 0 }
}

/// `2^63 * 2^-(2^-n)` for n = 1..=32, each the integer square root of the one before.
const fn roots_of_half() -> [u64; 32] {
    let mut roots = [0; 32];
    let mut root = 1u64 << 62;
    let mut index = 0;
    while index < 32 {
        root = integer_root((root as u128) << 63);
        roots[index] = root;
        index += 1;
    }
    roots
}

/// The largest integer whose square is at most `square`, which is below 2^126.
const fn integer_root(square: u128) -> u64 {
    let mut root = 0u64;
    let mut bit = 1u64 << 63;
    while bit > 0 {
        let candidate = root | bit;
        if (candidate as u128) * (candidate as u128) <= square {
            root = candidate;
        }
        bit >>= 1;
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sampler(temperature: f32, top_k: u32, top_p: f32, seed: u64) -> Sampler {
        Sampler::new(Sampling {
            temperature,
            top_k,
            top_p,
            seed,
        })
        .unwrap()
    }

    #[test]
    fn greedy_takes_the_largest_and_the_first_of_equals() {
        let mut greedy = sampler(0.0, 0, 1.0, 0);
        assert_eq!(greedy.choose(&[1.0, 3.0, f32::NAN, 3.0]), Some(1));
        assert_eq!(greedy.choose(&[f32::NAN]), None);
        assert_eq!(greedy.choose(&[f32::NEG_INFINITY, f32::NAN]), Some(0));
    }

    #[test]
    fn weights_are_those_of_exp() {
        for (distance, temperature) in [
            (0.0, 1.0),
            (0.5, 1.0),
            (1.0, 0.7),
            (5.0, 1.3),
            (20.0, 1.0),
            (22.0, 1.0),
        ] {
            let expected = (f64::from(-distance) / f64::from(temperature)).exp() * 4_294_967_296.0;
            let found = weight(distance, 0.0, temperature) as f64;
            assert!(
                (found - expected).abs() <= 1.0 + expected * 1e-6,
                "{distance} {temperature}: {found} {expected}"
            );
        }
        assert_eq!(weight(1000.0, 0.0, 1.0), 0);
        assert_eq!(weight(0.0, f32::NEG_INFINITY, 1.0), 0);
        assert_eq!(weight(f32::INFINITY, f32::INFINITY, 1.0), 1 << 32);
    }

    #[test]
    fn powers_of_one_half_are_exact_where_they_can_be() {
        assert_eq!(half_to_the(0), 1 << 32);
        assert_eq!(half_to_the(5 << 32), 1 << 27);
        assert_eq!(half_to_the(33 << 32), 0);
        assert_eq!(half_to_the(1 << 31), 3_037_000_499);
    }

    #[test]
    fn one_seed_gives_one_run_and_these_tokens() {
        let logits = [0.0, 1.0, 2.0, 3.0, 2.5];
        let run = |seed| {
            let mut sampler = sampler(1.0, 0, 1.0, seed);
            (0..16)
                .filter_map(|_| sampler.choose(&logits))
                .collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        assert_eq!(run(1), PINNED);
    }

    /// Part of the meaning of a seed: a change breaks every recorded run.
    const PINNED: [usize; 16] = [4, 2, 2, 3, 4, 3, 4, 1, 2, 4, 3, 3, 4, 4, 4, 2];

    #[test]
    fn shares_follow_the_weights() {
        let mut sampler = sampler(1.0, 0, 1.0, 3);
        let logits = [0.0, std::f32::consts::LN_2];
        let ones = (0..3000)
            .filter(|_| sampler.choose(&logits) == Some(1))
            .count();
        assert!((1900..2100).contains(&ones), "{ones} of about 2000");
    }

    #[test]
    fn top_k_and_top_p_cut_the_tail() {
        let logits = [0.0, 3.0, 1.0, 3.0, 2.0];
        let kept = |top_k, top_p| -> Vec<usize> {
            sampler(1.0, top_k, top_p, 0)
                .candidates(&logits)
                .into_iter()
                .map(|(index, _)| index)
                .collect()
        };
        assert_eq!(kept(0, 1.0), [1, 3, 4, 2, 0]);
        assert_eq!(kept(3, 1.0), [1, 3, 4]);
        assert_eq!(kept(1, 1.0), [1]);
        assert_eq!(kept(0, 0.5), [1, 3]);
        assert_eq!(kept(0, f32::MIN_POSITIVE), [1]);
    }

    #[test]
    fn ranges_are_checked() {
        let error = |sampling: Sampling| sampling.check().unwrap_err().to_string();
        assert!(
            error(Sampling {
                temperature: f32::NAN,
                ..Sampling::default()
            })
            .contains("temperature")
        );
        assert!(
            error(Sampling {
                top_p: 0.0,
                ..Sampling::default()
            })
            .contains("top-p")
        );
        assert!(
            error(Sampling {
                top_p: 1.5,
                ..Sampling::default()
            })
            .contains("1.5")
        );
    }

    proptest! {
        #[test]
        fn any_logits_give_a_token_or_none(
            bits in prop::collection::vec(any::<u32>(), 0..40),
            temperature in 0.01f32..10.0, top_k in 0u32..50, top_p in 0.001f32..=1.0, seed: u64,
        ) {
            let logits: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
            let chosen = sampler(temperature, top_k, top_p, seed).choose(&logits);
            prop_assert_eq!(chosen.is_none(), logits.iter().all(|logit| logit.is_nan()));
            prop_assert!(chosen.is_none_or(|index| !logits[index].is_nan()));
        }

        #[test]
        fn a_larger_distance_never_weighs_more(a in 0f32..40.0, b in 0f32..40.0, temperature in 0.1f32..5.0) {
            let (near, far) = if a <= b { (a, b) } else { (b, a) };
            prop_assert!(weight(0.0, -near, temperature) >= weight(0.0, -far, temperature));
        }
    }
}
