//! Whether two runs of a model did the same, and where they first did not.

use std::fmt;

use crate::{Error, Machine};

/// How much memory is compared at once, in bytes.
const CHUNK: u64 = 1 << 20;

/// What a run did.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The tokens of the answer.
    pub tokens: &'a [i32],
    /// The logits before each choice of a token, as the guest's bytes.
    pub logits: &'a [Vec<u8>],
    /// What it cost; none if that is not to be compared.
    pub fuel: Option<u64>,
    /// The guest as it was left.
    pub machine: &'a dyn Machine,
}

/// Where two runs differ; at least one of the parts does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The first token of the answer that differs, or that only one run has.
    pub tokens: Option<usize>,
    /// The first logit that differs.
    pub logits: Option<Logit>,
    /// What differs in the memories.
    pub memory: Option<Region>,
    /// The fuel of both.
    pub fuel: Option<[u64; 2]>,
}

/// The first logit that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logit {
    /// Before the choice of which token of the answer.
    pub step: usize,
    /// For which token of the vocabulary.
    pub token: usize,
    /// The bits on both sides; none where there are no more logits.
    pub bits: [Option<u32>; 2],
}

/// What differs in two memories.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Region {
    /// The sizes of both, in bytes.
    pub sizes: [u64; 2],
    /// The first address that differs in what both have, if any does.
    pub first: Option<u64>,
    /// How many bytes differ in what both have.
    pub bytes: u64,
}

impl Difference {
    /// Compares two runs; none if they are equal.
    ///
    /// # Errors
    /// If a memory can not be read.
    pub fn find(ours: &Run<'_>, theirs: &Run<'_>) -> Result<Option<Difference>, Error> {
        let fuel = ours.fuel.zip(theirs.fuel).map(|(a, b)| [a, b]);
        let difference = Difference {
            tokens: first_difference(ours.tokens, theirs.tokens),
            logits: first_logit(ours.logits, theirs.logits),
            memory: region(ours.machine, theirs.machine)?,
            fuel: fuel.filter(|[a, b]| a != b),
        };
        let any = difference.parts().iter().any(|(_, words)| words.is_some());
        Ok(any.then_some(difference))
    }

    /// The parts by name, each with its difference in words.
    pub fn parts(&self) -> [(&'static str, Option<String>); 4] {
        let tokens = self.tokens.map(|index| format!("first at token {index}"));
        let fuel = self
            .fuel
            .map(|[ours, theirs]| format!("{ours} and {theirs}"));
        [
            ("tokens", tokens),
            ("logits", self.logits.as_ref().map(Logit::to_string)),
            ("memory", self.memory.as_ref().map(Region::to_string)),
            ("fuel", fuel),
        ]
    }
}

impl fmt::Display for Logit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |bits: Option<u32>| match bits {
            Some(bits) => format!("{bits:08x} ({})", f32::from_bits(bits)),
            None => "missing".to_owned(),
        };
        let [ours, theirs] = self.bits.map(words);
        let Logit { step, token, .. } = self;
        write!(
            f,
            "first before token {step} of the answer, for token {token} of the vocabulary: {ours} and {theirs}"
        )
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [ours, theirs] = self.sizes;
        if ours != theirs {
            write!(f, "{ours} and {theirs} bytes; ")?;
        }
        match self.first {
            Some(first) => write!(f, "{} bytes differ, the first at {first:#x}", self.bytes),
            None => write!(f, "no byte differs in what both have"),
        }
    }
}

/// The first index at which two lists differ, or at which one ends.
fn first_difference<T: PartialEq>(ours: &[T], theirs: &[T]) -> Option<usize> {
    let common = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    (common < ours.len().max(theirs.len())).then_some(common)
}

fn first_logit(ours: &[Vec<u8>], theirs: &[Vec<u8>]) -> Option<Logit> {
    let step = first_difference(ours, theirs)?;
    let [ours, theirs] = [ours, theirs].map(|all| all.get(step).map_or(&[][..], Vec::as_slice));
    let token = first_difference(ours, theirs)? / 4;
    let bits = |logits: &[u8]| {
        let logit = logits.get(token * 4..token * 4 + 4)?;
        Some(u32::from_le_bytes(logit.try_into().ok()?))
    };
    Some(Logit {
        step,
        token,
        bits: [bits(ours), bits(theirs)],
    })
}

fn region(ours: &dyn Machine, theirs: &dyn Machine) -> Result<Option<Region>, Error> {
    let (our_state, their_state) = (ours.memory_state(), theirs.memory_state());
    if our_state == their_state {
        return Ok(None);
    }
    let mut region = Region {
        sizes: [our_state.0, their_state.0],
        first: None,
        bytes: 0,
    };
    let end = our_state.0.min(their_state.0);
    let mut start = 0;
    while start < end {
        let length = CHUNK.min(end - start) as usize;
        let mut chunks = [vec![0; length], vec![0; length]];
        ours.read(start, &mut chunks[0])?;
        theirs.read(start, &mut chunks[1])?;
        if let Some(index) = first_difference(&chunks[0], &chunks[1]) {
            region.first.get_or_insert(start + index as u64);
            let pairs = chunks[0].iter().zip(&chunks[1]);
            region.bytes += pairs.filter(|(a, b)| a != b).count() as u64;
        }
        start += length as u64;
    }
    Ok(Some(region))
}

#[cfg(test)]
mod tests {
    use crate::Value;

    use super::*;

    /// A machine that is nothing but memory.
    struct Bytes(Vec<u8>);

    impl Machine for Bytes {
        fn call(&mut self, _: &str, _: &[Value]) -> Result<Option<Value>, Error> {
            Ok(Some(Value::I64(4)))
        }

        fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), Error> {
            let address = address as usize;
            bytes.copy_from_slice(&self.0[address..address + bytes.len()]);
            Ok(())
        }

        fn write(&mut self, _: u64, _: &[u8]) -> Result<(), Error> {
            Ok(())
        }

        fn fuel_consumed(&self) -> u64 {
            0
        }

        fn memory_state(&self) -> (u64, [u8; 32]) {
            (self.0.len() as u64, blake3::hash(&self.0).into())
        }
    }

    #[test]
    fn runs_differ_where_a_part_does() {
        let memory = Bytes(vec![0; 3]);
        let run = |tokens, fuel| Run {
            tokens,
            logits: &[],
            fuel,
            machine: &memory,
        };
        let find = |ours, theirs| Difference::find(&ours, &theirs).unwrap();
        assert_eq!(find(run(&[1], Some(5)), run(&[1], Some(5))), None);
        assert_eq!(find(run(&[1], None), run(&[1], Some(5))), None);
        let difference = find(run(&[1], Some(5)), run(&[2], Some(6))).unwrap();
        assert_eq!(
            (difference.tokens, difference.fuel),
            (Some(0), Some([5, 6]))
        );
        let words = difference.parts().map(|(_, words)| words.is_some());
        assert_eq!(words, [true, false, false, true]);
    }

    #[test]
    fn lists_differ_where_an_element_does_or_one_ends() {
        assert_eq!(first_difference(&[1, 2], &[1, 2]), None);
        assert_eq!(first_difference(&[1, 2, 3], &[1, 5, 3]), Some(1));
        assert_eq!(first_difference(&[1], &[1, 2]), Some(1));
    }

    #[test]
    fn the_first_logit_is_found_by_its_bits() {
        let one = 1f32.to_le_bytes();
        let ours = [one.to_vec(), [one, 0f32.to_le_bytes()].concat()];
        let theirs = [one.to_vec(), [one, (-0f32).to_le_bytes()].concat()];
        assert_eq!(first_logit(&ours, &ours), None);
        let expected = Logit {
            step: 1,
            token: 1,
            bits: [Some(0), Some(0x8000_0000)],
        };
        assert_eq!(first_logit(&ours, &theirs), Some(expected));
        let missing = first_logit(&ours, &ours[..1]).unwrap();
        assert_eq!((missing.step, missing.token, missing.bits[1]), (1, 0, None));
    }

    #[test]
    fn memories_are_compared_to_the_last_byte() {
        let ours = vec![0; (CHUNK * 2 + 3) as usize];
        let mut theirs = ours.clone();
        let find = |theirs: &[u8]| region(&Bytes(ours.clone()), &Bytes(theirs.to_vec())).unwrap();
        assert_eq!(find(&theirs), None);
        for address in [CHUNK - 1, CHUNK, CHUNK * 2 + 2] {
            theirs[address as usize] = 1;
        }
        let size = CHUNK * 2 + 3;
        let expected = Region {
            sizes: [size, size],
            first: Some(CHUNK - 1),
            bytes: 3,
        };
        assert_eq!(find(&theirs), Some(expected));
        let shorter = Region {
            sizes: [size, 5],
            first: None,
            bytes: 0,
        };
        assert_eq!(find(&ours[..5]), Some(shorter));
    }
}
