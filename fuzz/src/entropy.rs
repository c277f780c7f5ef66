//! Choices out of bytes: a fuzzer's, or a seed's.

use arbitrary::{Arbitrary, Unstructured};
use lockstep_vm::ValType;
use spec_tests::tier::Value;

use crate::{corners, program};

/// A source of choices. When its bytes are used up, every choice is the
/// first: generators come to an end.
pub struct Entropy<'a> {
    bytes: Unstructured<'a>,
}

/// Bytes for [`Entropy`] from a seed, the same on every machine: BLAKE3's
/// extended output.
pub fn bytes_of(domain: &str, seed: u64, length: usize) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new_derive_key("lockstep fuzz entropy 1");
    hasher.update(domain.as_bytes());
    hasher.update(&seed.to_le_bytes());
    let mut bytes = vec![0; length];
    hasher.finalize_xof().fill(&mut bytes);
    bytes
}

impl<'a> Entropy<'a> {
    /// Choices from these bytes.
    pub fn new(bytes: &'a [u8]) -> Entropy<'a> {
        Entropy {
            bytes: Unstructured::new(bytes),
        }
    }

    /// Whether all bytes are used up.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes themselves, for generators that others wrote.
    pub fn unstructured(&mut self) -> &mut Unstructured<'a> {
        &mut self.bytes
    }

    /// Any value of a plain type.
    pub fn any<T: Arbitrary<'a> + Default>(&mut self) -> T {
        self.bytes.arbitrary().unwrap_or_default()
    }

    /// A number from 0 to `bound` - 1.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "nothing to choose from");
        self.bytes.int_in_range(0..=bound - 1).unwrap_or(0)
    }

    /// True `part` times of `whole`.
    pub fn chance(&mut self, part: usize, whole: usize) -> bool {
        // When the bytes are used up, rare things do not happen.
        self.below(whole) >= whole - part
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<'b, T>(&mut self, items: &'b [T]) -> &'b T {
        &items[self.below(items.len())]
    }

    /// An argument of a type: half of the time a value where instructions go
    /// wrong. None if the type has no value that a host can make.
    pub fn value(&mut self, ty: ValType) -> Option<Value> {
        Some(match ty {
            ValType::I32 => Value::I32(self.bits(corners::I32) as i32),
            ValType::I64 => Value::I64(self.bits(corners::I64) as i64),
            ValType::F32 => Value::F32(self.bits(corners::F32) as u32),
            ValType::F64 => Value::F64(self.bits(corners::F64) as u64),
            ValType::V128 => Value::V128(self.vector()),
            ValType::Ref(_) => {
                let null = program::null(ty)?;
                match null {
                    Value::Null(spec_tests::tier::RefKind::Extern) if self.chance(1, 2) => {
                        Value::Extern(self.any::<u8>().into())
                    }
                    null => null,
                }
            }
        })
    }

    /// Bits of a scalar: one of these corners, a small number, or any.
    pub fn bits<T: Copy + Into<u128>>(&mut self, corners: &[T]) -> u128 {
        match self.below(4) {
            0 => self.below(16) as u128,
            1 | 2 => (*self.pick(corners)).into(),
            _ => self.any::<u64>().into(),
        }
    }

    /// A vector: lanes that are corners of one shape, or any bits.
    pub fn vector(&mut self) -> u128 {
        match self.below(5) {
            0 => self.lanes(8, corners::I32),
            1 => self.lanes(16, corners::I32),
            2 => self.lanes(32, corners::F32),
            3 => self.lanes(64, corners::F64),
            _ => self.any(),
        }
    }

    fn lanes<T: Copy + Into<u128>>(&mut self, width: u32, corners: &[T]) -> u128 {
        let mask = u128::MAX >> (128 - width);
        (0..128 / width).fold(0, |vector, _| vector << width | self.bits(corners) & mask)
    }
}
