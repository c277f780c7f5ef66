//! Many accesses around one address, and many values at a time: what a
//! compiler proves once and uses again, and what it has no register for.

use wasm_encoder::ValType;

use super::code::Code;
use super::shape::NUMBERS;

/// Bytes by which neighbours lie apart.
const APART: [u64; 9] = [0, 0, 0, 1, 2, 3, 4, 8, 16];

/// Values that are more than there are registers, by at least this many.
const CROWD: usize = 14;

impl Code<'_, '_> {
    /// Accesses around one address: a check of one may do for the next, and
    /// what one has read the next need not, unless something was stored.
    pub(super) fn neighbours(&mut self) {
        if self.shape.memories.is_empty() {
            return;
        }
        let memory = self.entropy.below(self.shape.memories.len()) as u32;
        let is_64 = self.shape.memories[memory as usize].is_64;
        let index = if is_64 { ValType::I64 } else { ValType::I32 };
        self.somewhere(memory, index);
        let address = self.local(index);
        self.put().local_set(address);
        let ty = *self.entropy.pick(&NUMBERS);
        let same = self.menu.load(ty, self.entropy);
        for _ in 0..2 + self.entropy.below(5) {
            match self.entropy.below(4) {
                0 | 1 => {
                    let offset = self.beside(address, index);
                    self.access(same, memory, offset);
                    self.consume(ty, 0);
                }
                2 => {
                    let ty = *self.entropy.pick(&NUMBERS);
                    let row = self.menu.store(ty, self.entropy);
                    let offset = self.beside(address, index);
                    self.local_get(ty);
                    self.access(row, memory, offset);
                }
                _ => {
                    let ty = *self.entropy.pick(&NUMBERS);
                    let row = self.menu.load(ty, self.entropy);
                    let offset = self.beside(address, index);
                    self.access(row, memory, offset);
                    self.consume(ty, 0);
                }
            }
        }
    }

    /// Pushes an address: in the midst, a little above zero, or a little
    /// before the end.
    fn somewhere(&mut self, memory: u32, index: ValType) {
        let is_64 = index == ValType::I64;
        let few = |code: &mut Self| {
            // Of what is small, a compiler does not know it.
            code.local_get(index);
            match is_64 {
                true => drop(code.put().i64_popcnt()),
                false => drop(code.put().i32_popcnt()),
            }
        };
        match self.entropy.below(4) {
            0 => {
                let base = self.bases[usize::from(is_64)];
                self.put().local_get(base);
            }
            1 => few(self),
            2 => {
                self.put().memory_size(memory);
                self.index(is_64, 16);
                match is_64 {
                    true => drop(self.put().i64_shl()),
                    false => drop(self.put().i32_shl()),
                }
                few(self);
                match is_64 {
                    true => drop(self.put().i64_sub()),
                    false => drop(self.put().i32_sub()),
                }
            }
            _ => {
                let bytes = self.shape.memories[memory as usize].pages * 65536;
                let back = self.entropy.below(32) as u64;
                self.index(is_64, bytes.saturating_sub(back));
            }
        }
    }

    /// Pushes an address beside the one in a local, and gives an offset.
    fn beside(&mut self, address: u32, index: ValType) -> u64 {
        let is_64 = index == ValType::I64;
        self.put().local_get(address);
        if self.entropy.chance(1, 3) {
            let apart = *self.entropy.pick(&APART);
            let back = self.entropy.chance(1, 2);
            self.index(is_64, if back { apart.wrapping_neg() } else { apart });
            match is_64 {
                true => drop(self.put().i64_add()),
                false => drop(self.put().i32_add()),
            }
        }
        *self.entropy.pick(&APART)
    }

    /// More values of one type at a time than there are registers, most of
    /// which are shown.
    pub(super) fn crowd(&mut self) {
        let ty = *self.entropy.pick(&NUMBERS);
        let count = CROWD + self.entropy.below(10);
        for _ in 0..count {
            match self.menu.giver(ty, self.entropy) {
                Some(row) => self.row(row, 0, false),
                None => self.local_get(ty),
            }
        }
        if self.entropy.chance(1, 2) {
            // While they wait, something may branch.
            self.value(ValType::I32, 1);
            self.consume(ValType::I32, 2);
        }
        for _ in 0..count {
            if self.entropy.chance(2, 3) {
                self.store(ty);
            } else {
                self.consume(ty, 0);
            }
        }
    }
}
