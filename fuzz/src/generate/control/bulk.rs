//! Tables and memories: single elements, whole ranges, sizes and segments.

use wasm_encoder::{RefType, ValType};

use super::Flow;
use crate::generate::shape::Table;

impl Flow<'_, '_> {
    pub(super) fn bulk_statement(&mut self) {
        let memory = self.code.entropy.below(self.code.shape.memories.len()) as u32;
        let table = self.code.entropy.below(self.code.shape.tables.len()) as u32;
        match self.code.entropy.below(14) {
            0 => self.memory_size(memory),
            1 => self.memory_grow(memory),
            2 => self.memory_fill(memory),
            3 => self.memory_copy(memory),
            4 => self.memory_init(memory),
            5 => self.table_get(table),
            6 => self.table_set(table),
            7 => self.table_size(table),
            8 => self.table_grow(table),
            9 => self.table_fill(table),
            10 => self.table_copy(table),
            11 => self.table_init(table),
            12 => {
                let segment = self.code.entropy.below(self.code.shape.data.len()) as u32;
                self.rarely(|flow| {
                    flow.code.put().data_drop(segment);
                });
            }
            _ => {
                let segments = self.code.shape.elements.len();
                let segment = self.code.entropy.below(segments) as u32;
                self.rarely(|flow| {
                    flow.code.put().elem_drop(segment);
                });
            }
        }
    }

    /// A place and a length in `size` things: inside, and now and then just
    /// outside or far from it.
    fn range(&mut self, size: u64, most: u64) -> (u64, u64) {
        let entropy = &mut *self.code.entropy;
        let length = entropy.below(size.min(most) as usize + 1) as u64;
        match entropy.below(24) {
            0 => (size - length + 1, length),
            1 => (size, 1),
            2 => (size, 0),
            3 => (size + 1, 0),
            4 => (u64::MAX, 1),
            5 => (0, u64::MAX),
            _ => {
                let room = (size - length) as usize;
                // A fraction keeps the choice to a few bytes.
                let at = room * entropy.below(17) / 16;
                (at as u64, length)
            }
        }
    }

    fn is_64(&self, memory: u32) -> bool {
        self.code.shape.memories[memory as usize].is_64
    }

    fn bytes(&self, memory: u32) -> u64 {
        self.code.shape.memories[memory as usize].pages * 65536
    }

    fn consume_index(&mut self, is_64: bool) {
        let ty = if is_64 { ValType::I64 } else { ValType::I32 };
        self.code.consume(ty, 1);
    }

    fn memory_size(&mut self, memory: u32) {
        self.code.put().memory_size(memory);
        self.consume_index(self.is_64(memory));
    }

    fn memory_grow(&mut self, memory: u32) {
        let is_64 = self.is_64(memory);
        let pages = *self.code.entropy.pick(&[1, 0, 2, 3, 256, 65536, u64::MAX]);
        self.code.index(is_64, pages);
        self.code.put().memory_grow(memory);
        self.consume_index(is_64);
    }

    fn memory_fill(&mut self, memory: u32) {
        let is_64 = self.is_64(memory);
        let (at, length) = self.range(self.bytes(memory), 5000);
        self.code.index(is_64, at);
        self.code.value(ValType::I32, 0);
        self.code.index(is_64, length);
        self.code.put().memory_fill(memory);
    }

    fn memory_copy(&mut self, to: u32) {
        let from = self.code.entropy.below(self.code.shape.memories.len()) as u32;
        let (at, length) = self.range(self.bytes(to).min(self.bytes(from)), 5000);
        let source = match self.code.entropy.below(3) {
            // Ranges that overlap, in either order.
            0 => at.saturating_sub(self.code.entropy.below(70) as u64),
            1 => at.wrapping_add(self.code.entropy.below(3) as u64),
            _ => self.range(self.bytes(from), 5000).0 / 2,
        };
        self.code.index(self.is_64(to), at);
        self.code.index(self.is_64(from), source);
        self.code.index(self.is_64(to) && self.is_64(from), length);
        self.code.put().memory_copy(to, from);
    }

    fn memory_init(&mut self, memory: u32) {
        let segment = self.code.entropy.below(self.code.shape.data.len()) as u32;
        let length = self.code.shape.data[segment as usize].bytes.len() as u64;
        let (from, count) = self.range(length, length);
        let (at, _) = self.range(self.bytes(memory) - 64, 64);
        self.code.index(self.is_64(memory), at);
        self.code.index(false, from);
        self.code.index(false, count);
        self.code.put().memory_init(memory, segment);
    }

    fn of(&self, table: u32) -> Table {
        self.code.shape.tables[table as usize]
    }

    fn table_get(&mut self, table: u32) {
        let of = self.of(table);
        let (at, _) = self.range(of.size - 1, 0);
        self.code.index(of.is_64, at);
        self.code.put().table_get(table);
        self.use_reference(of.element);
    }

    fn table_set(&mut self, table: u32) {
        let of = self.of(table);
        let (at, _) = self.range(of.size - 1, 0);
        self.code.index(of.is_64, at);
        self.code.reference(of.element);
        self.code.put().table_set(table);
    }

    fn table_size(&mut self, table: u32) {
        self.code.put().table_size(table);
        self.consume_index(self.of(table).is_64);
    }

    fn table_grow(&mut self, table: u32) {
        let of = self.of(table);
        self.code.reference(of.element);
        let more = *self.code.entropy.pick(&[1, 0, 2, 5, 100_000, u64::MAX]);
        self.code.index(of.is_64, more);
        self.code.put().table_grow(table);
        self.consume_index(of.is_64);
    }

    fn table_fill(&mut self, table: u32) {
        let of = self.of(table);
        let (at, length) = self.range(of.size, of.size);
        self.code.index(of.is_64, at);
        self.code.reference(of.element);
        self.code.index(of.is_64, length);
        self.code.put().table_fill(table);
    }

    /// Tables or segments whose elements a table of `element` takes.
    fn fitting(&self, element: RefType, types: impl Iterator<Item = RefType>) -> Vec<u32> {
        let fits = |(i, ty): (u32, RefType)| (ty == element).then_some(i);
        (0..).zip(types).filter_map(fits).collect()
    }

    fn table_copy(&mut self, to: u32) {
        let target = self.of(to);
        let tables = self.code.shape.tables.iter().map(|table| table.element);
        let from = self.fitting(target.element, tables);
        let from = *self.code.entropy.pick(&from);
        let source = self.of(from);
        let (at, length) = self.range(target.size.min(source.size), target.size);
        let (other, _) = self.range(source.size - length.min(source.size), 0);
        self.code.index(target.is_64, at);
        self.code.index(source.is_64, other);
        self.code.index(target.is_64 && source.is_64, length);
        self.code.put().table_copy(to, from);
    }

    fn table_init(&mut self, table: u32) {
        let of = self.of(table);
        let segments = self.code.shape.elements.iter().map(|segment| segment.ty);
        let fitting = self.fitting(of.element, segments);
        if fitting.is_empty() {
            return self.table_size(table);
        }
        let segment = *self.code.entropy.pick(&fitting);
        let length = self.code.shape.elements[segment as usize].functions.len() as u64;
        let (from, count) = self.range(length, of.size);
        let (at, _) = self.range(of.size.saturating_sub(count), 0);
        self.code.index(of.is_64, at);
        self.code.index(false, from);
        self.code.index(false, count);
        self.code.put().table_init(table, segment);
    }
}
