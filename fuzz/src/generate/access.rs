//! Instances of rows, and the addresses of those that touch memory.

use wasm_encoder::{Encode, MemArg, MemArgTarget, ValType};

use super::code::Code;
use super::rows::Row;

impl Code<'_, '_> {
    /// Writes an instance of a row with operands of its own.
    pub(super) fn row(&mut self, row: &Row, depth: u32, wild: bool) {
        if let Some(width) = row.access {
            let memory = self.entropy.below(self.shape.memories.len()) as u32;
            let offset = self.address(memory, width, depth, wild);
            self.values(&row.params, depth);
            return self.access(row, memory, offset);
        }
        match row.params[..] {
            // The same local twice.
            [a, b] if a == b && self.entropy.chance(1, 8) => {
                self.local_get(a);
                match self.free_of(a) {
                    Some(local) => drop(self.put().local_tee(local).local_get(local)),
                    None => self.constant(b),
                }
            }
            _ => self.values(&row.params, depth),
        }
        self.op(row);
    }

    /// Writes a row whose operands are on the stack.
    pub(super) fn op(&mut self, row: &Row) {
        self.bytes.extend(&row.prefix);
        match row.lanes {
            Some(lanes) => {
                let lane = self.entropy.below(lanes.into()) as u8;
                self.bytes.push(lane);
            }
            None if row.is_shuffle() => {
                for _ in 0..16 {
                    let lane = self.entropy.below(32) as u8;
                    self.bytes.push(lane);
                }
            }
            None => {}
        }
    }

    /// Writes a memory row whose operands are on the stack.
    pub(super) fn access(&mut self, row: &Row, memory: u32, offset: u64) {
        let width = row.access.expect("the row touches memory");
        let align = self.entropy.below(width.trailing_zeros() as usize + 1) as u32;
        self.bytes.extend(&row.prefix);
        let argument = MemArg {
            offset,
            align,
            target: MemArgTarget::Memory(memory),
            ordering: None,
        };
        argument.encode(&mut self.bytes);
        if let Some(lanes) = row.lanes {
            let lane = self.entropy.below(lanes.into()) as u8;
            self.bytes.push(lane);
        }
    }

    /// Pushes an address for an access of `width` bytes and gives the offset
    /// that belongs to it. A wild one may be outside the memory.
    pub(super) fn address(&mut self, memory: u32, width: u64, depth: u32, wild: bool) -> u64 {
        let of = self.shape.memories[memory as usize];
        let base = self.bases[usize::from(of.is_64)];
        let bytes = of.pages * 65536;
        let small = *self.entropy.pick(&[0, 0, 1, 2, 4, 8, 16, 100, 4096]);
        match self.entropy.below(if wild { 10 } else { 4 }) {
            0 => drop(self.put().local_get(base)),
            1 => {
                let at = self.entropy.below(4096) as u64;
                self.index(of.is_64, at);
            }
            2 => {
                // A sum of a local and a constant, which accesses take in.
                self.put().local_get(base);
                let addend = self.entropy.below(256) as u64;
                self.index(of.is_64, addend);
                self.add(of.is_64);
            }
            3 => {
                self.put().local_get(base).local_get(base);
                self.add(of.is_64);
            }
            4..7 => return self.at_the_end(of.is_64, bytes, width),
            7 => {
                let ty = if of.is_64 { ValType::I64 } else { ValType::I32 };
                self.value(ty, depth);
            }
            8 => {
                // At the end, wherever that is by now.
                self.put().memory_size(memory);
                self.index(of.is_64, 16);
                if of.is_64 {
                    self.put().i64_shl();
                } else {
                    self.put().i32_shl();
                }
                let back = self.entropy.below(2 * width as usize + 1) as u64;
                self.index(of.is_64, back.wrapping_neg());
                self.add(of.is_64);
                return *self.entropy.pick(&[0, 0, 1]);
            }
            _ => {
                let huge = [
                    u64::MAX,
                    u64::MAX - width,
                    1 << 32,
                    1 << 63,
                    u64::MAX - 65536,
                ];
                let ty = if of.is_64 { ValType::I64 } else { ValType::I32 };
                self.local_get(ty);
                let offset = *self.entropy.pick(&huge);
                return if of.is_64 {
                    offset
                } else {
                    offset & 0xffff_ffff
                };
            }
        }
        small
    }

    /// An access that ends at the memory's end, or a byte or a few beside it,
    /// the way there divided among address and offset.
    fn at_the_end(&mut self, is_64: bool, bytes: u64, width: u64) -> u64 {
        let last = bytes - width;
        let at = match self.entropy.below(6) {
            0 | 1 => last,
            2 => last - 1,
            3 => last + 1,
            4 => bytes,
            _ => last + self.entropy.below(2 * width as usize) as u64,
        };
        match self.entropy.below(3) {
            0 => {
                self.index(is_64, at);
                0
            }
            1 => {
                self.index(is_64, 0);
                at
            }
            _ => {
                let base = self.entropy.below(4096) as u64;
                self.index(is_64, base);
                at - base
            }
        }
    }

    /// Pushes an index of 32 or 64 bits.
    pub(super) fn index(&mut self, is_64: bool, value: u64) {
        if is_64 {
            self.put().i64_const(value as i64);
        } else {
            self.put().i32_const(value as i32);
        }
    }

    fn add(&mut self, is_64: bool) {
        if is_64 {
            self.put().i64_add();
        } else {
            self.put().i32_add();
        }
    }

    /// Stores the value on the stack.
    pub(super) fn store(&mut self, ty: ValType) {
        if self.shape.memories.is_empty() {
            self.put().drop();
            return;
        }
        let row = self.menu.store(ty, self.entropy);
        let value = self.local(ty);
        self.put().local_set(value);
        self.store_with(row, |code| {
            code.put().local_get(value);
        });
    }

    /// A store whose value `operand` pushes.
    pub(super) fn store_with(&mut self, row: &Row, operand: impl FnOnce(&mut Self)) {
        let width = row.access.expect("the row touches memory");
        let memory = self.entropy.below(self.shape.memories.len()) as u32;
        let offset = self.address(memory, width, 0, false);
        operand(self);
        self.access(row, memory, offset);
    }
}
