//! Labels, constants, jump tables, and the end of the code.

use std::collections::BTreeMap;

use crate::asm::Asm;

/// A place in the code or among its constants, perhaps not yet known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub(crate) u32);

/// The offset of a label that is bound nowhere yet.
pub(crate) const UNBOUND: u32 = u32::MAX;

/// Four bytes of code that become a label's distance. Until then they hold
/// what must be added to it: where the distance is counted from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fixup {
    pub(crate) at: u32,
    pub(crate) label: Label,
}

/// Sizes of constants, the largest first: so placed, each is aligned to its
/// own size without a gap.
const SIZES: [usize; 4] = [32, 16, 8, 4];

/// What is placed behind the code.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    /// For each of [`SIZES`] the constants seen, each filled up with zeros.
    constants: [BTreeMap<[u8; 32], Label>; 4],
    tables: Vec<(Label, Vec<Label>)>,
}

/// Code that is complete: all distances are in it.
#[derive(Debug)]
pub struct Finished {
    /// The code, its constants and its jump tables.
    pub bytes: Vec<u8>,
    labels: Vec<u32>,
}

impl Finished {
    /// The offset of a label from the start of the code.
    ///
    /// # Panics
    ///
    /// If the label was never bound, or belongs to another assembler with
    /// more labels.
    #[must_use]
    pub fn offset(&self, label: Label) -> usize {
        let offset = self.labels[label.0 as usize];
        assert_ne!(offset, UNBOUND, "the label was bound");
        offset as usize
    }
}

/// An offset as labels keep it.
fn short(offset: usize) -> u32 {
    let short = u32::try_from(offset).expect("code is shorter than 2 GiB");
    assert!(
        short <= i32::MAX.cast_unsigned(),
        "code is shorter than 2 GiB"
    );
    short
}

impl Asm {
    /// A new label, bound nowhere.
    #[inline]
    #[must_use]
    pub fn label(&mut self) -> Label {
        let number = u32::try_from(self.labels.len()).expect("labels are fewer than bytes");
        self.labels.push(UNBOUND);
        Label(number)
    }

    /// Binds the label to the next instruction.
    ///
    /// # Panics
    ///
    /// If it is bound already.
    #[inline]
    pub fn bind(&mut self, label: Label) {
        let place = &mut self.labels[label.0 as usize];
        assert_eq!(*place, UNBOUND, "a label is bound once");
        *place = short(self.at);
    }

    /// The label's offset if it is bound.
    #[inline]
    pub(crate) fn bound(&self, label: Label) -> Option<usize> {
        let offset = self.labels[label.0 as usize];
        (offset != UNBOUND).then_some(offset as usize)
    }

    /// Remembers that the four bytes at the position wait for the label.
    #[inline]
    pub(crate) fn wait_for(&mut self, label: Label, at: usize) {
        self.fixups.push(Fixup {
            at: short(at),
            label,
        });
    }

    /// A constant of 4, 8, 16 or 32 bytes, placed behind the code and aligned
    /// to its size. Equal constants have one label.
    ///
    /// # Panics
    ///
    /// If the constant has another size.
    #[must_use]
    pub fn constant(&mut self, bytes: &[u8]) -> Label {
        let class = SIZES
            .iter()
            .position(|size| *size == bytes.len())
            .expect("constants have 4, 8, 16 or 32 bytes");
        let mut key = [0; 32];
        key[..bytes.len()].copy_from_slice(bytes);
        if let Some(label) = self.pool.constants[class].get(&key) {
            return *label;
        }
        let label = self.label();
        self.pool.constants[class].insert(key, label);
        label
    }

    /// A table of signed 32-bit distances of the labels from the table's own
    /// start, placed behind the code.
    #[must_use]
    pub fn table(&mut self, targets: &[Label]) -> Label {
        let label = self.label();
        self.pool.tables.push((label, targets.to_vec()));
        label
    }

    /// Fills up with instructions that do nothing until the offset is a
    /// multiple of `alignment`.
    ///
    /// # Panics
    ///
    /// If the alignment is not a power of two.
    pub fn align(&mut self, alignment: usize) {
        assert!(alignment.is_power_of_two(), "alignments are powers of two");
        let mut rest = self.at.wrapping_neg() & (alignment - 1);
        while rest > 0 {
            let length = rest.min(8);
            self.raw(NOPS[length - 1], length as u8);
            rest -= length;
        }
    }

    /// Ends the code: places constants and tables, and fills in distances.
    ///
    /// # Panics
    ///
    /// If a label that is used was bound nowhere.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        self.bytes.truncate(self.at);
        self.place_constants();
        self.place_tables();
        for Fixup { at, label } in &self.fixups {
            let target = self.labels[label.0 as usize];
            assert_ne!(target, UNBOUND, "a label in use is bound");
            let at = *at as usize;
            let slot: &mut [u8; 4] = self.bytes[at..]
                .first_chunk_mut()
                .expect("a fixup lies in the code");
            // Both are below 2 GiB, so neither the difference nor the small
            // addend leaves the range.
            let distance = target as i32 - at as i32 + i32::from_le_bytes(*slot);
            *slot = distance.to_le_bytes();
        }
        Finished {
            bytes: self.bytes,
            labels: self.labels,
        }
    }

    fn place_constants(&mut self) {
        for (size, constants) in SIZES.into_iter().zip(&self.pool.constants) {
            if constants.is_empty() {
                continue;
            }
            // What lies between code and constants is never run; should it
            // be, it stops there.
            let start = self.bytes.len().next_multiple_of(size);
            self.bytes.resize(start, INT3);
            for (bytes, label) in constants {
                self.labels[label.0 as usize] = short(self.bytes.len());
                self.bytes.extend_from_slice(&bytes[..size]);
            }
        }
    }

    fn place_tables(&mut self) {
        for (table, targets) in &self.pool.tables {
            let start = short(self.bytes.len().next_multiple_of(4));
            self.bytes.resize(start as usize, INT3);
            self.labels[table.0 as usize] = start;
            for target in targets {
                let offset = self.labels[target.0 as usize];
                assert_ne!(offset, UNBOUND, "a label in a table is bound");
                let distance = offset as i32 - start as i32;
                self.bytes.extend_from_slice(&distance.to_le_bytes());
            }
        }
        // All that follows trusts offsets to be short.
        short(self.bytes.len());
    }
}

/// The instruction that stops a debugger.
const INT3: u8 = 0xCC;

/// Instructions that do nothing, by their length less one.
const NOPS: [u64; 8] = [
    0x90,
    0x90_66,
    0x00_1F_0F,
    0x00_40_1F_0F,
    0x00_00_44_1F_0F,
    0x00_00_44_1F_0F_66,
    0x00_00_00_00_80_1F_0F,
    0x00_00_00_00_00_84_1F_0F,
];
