//! Writes the body of a function: operands of any type in every form in which
//! the engine takes them, and uses for results.

use wasm_encoder::{
    BlockType, Encode, Function, Ieee32, Ieee64, InstructionSink, MemArg, MemArgTarget, ValType,
};

use super::rows::{Menu, Row};
use super::shape::{NUMBERS, Shape, number};
use crate::entropy::Entropy;

/// A body that is being written.
pub(super) struct Code<'c, 'a> {
    pub(super) entropy: &'c mut Entropy<'a>,
    pub(super) shape: &'c mut Shape,
    /// Where operands' instructions come from.
    pub(super) menu: &'static Menu,
    bytes: Vec<u8>,
    /// Types of all locals, parameters first.
    locals: Vec<ValType>,
    params: usize,
    /// Locals that any instruction may set.
    free: Vec<u32>,
    /// Functions that operands may call: those before this one, so that
    /// operands can not recurse.
    pub(super) callable: u32,
    /// Locals that hold addresses inside every memory, of 32 and 64 bits.
    bases: [u32; 2],
}

impl<'c, 'a> Code<'c, 'a> {
    /// Begins the body of `function`: locals of every type, half of them set
    /// from constants or parameters.
    pub(super) fn new(
        entropy: &'c mut Entropy<'a>,
        shape: &'c mut Shape,
        menu: &'static Menu,
        function: u32,
    ) -> Code<'c, 'a> {
        let locals = shape.signature(function).params.clone();
        let params = locals.len();
        let mut code = Code {
            entropy,
            shape,
            menu,
            bytes: Vec::new(),
            free: (0..params as u32).collect(),
            locals,
            params,
            callable: function,
            bases: [0; 2],
        };
        for ty in NUMBERS {
            let local = code.local(ty);
            code.free.push(local);
        }
        code.bases = [code.local(ValType::I32), code.local(ValType::I64)];
        code.set_bases();
        code
    }

    /// A local of its own, which nothing else sets.
    pub(super) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.locals.len() as u32 - 1
    }

    /// A new local that everything may set.
    pub(super) fn free_local(&mut self, ty: ValType) {
        let local = self.local(ty);
        self.free.push(local);
    }

    fn set_bases(&mut self) {
        let mask = *self.entropy.pick(&[0xff8, 0xfff, 0x7ff0, 0xffc]);
        let [narrow, wide] = self.bases;
        self.local_get(ValType::I32);
        self.put().i32_const(mask).i32_and().local_set(narrow);
        self.local_get(ValType::I64);
        self.put().i64_const(mask.into()).i64_and().local_set(wide);
    }

    /// Where instructions go.
    pub(super) fn put(&mut self) -> InstructionSink<'_> {
        InstructionSink::new(&mut self.bytes)
    }

    /// The finished body.
    pub(super) fn finish(mut self) -> Function {
        self.put().end();
        let mut function = Function::new_with_locals_types(self.locals[self.params..].to_vec());
        function.raw(self.bytes);
        function
    }

    /// A free local of this type, if there is one.
    pub(super) fn free_of(&mut self, ty: ValType) -> Option<u32> {
        let locals = &self.locals;
        let fits = |&&local: &&u32| locals[local as usize] == ty;
        let fitting: Vec<u32> = self.free.iter().filter(fits).copied().collect();
        match &fitting[..] {
            [] => None,
            fitting => Some(*self.entropy.pick(fitting)),
        }
    }

    /// Every free local with its type.
    pub(super) fn free_locals(&self) -> Vec<(u32, ValType)> {
        let free = self.free.iter();
        free.map(|&local| (local, self.locals[local as usize]))
            .collect()
    }

    /// Pushes a local of this type, or a constant.
    pub(super) fn local_get(&mut self, ty: ValType) {
        match self.free_of(ty) {
            Some(local) => drop(self.put().local_get(local)),
            None => self.constant(ty),
        }
    }

    /// Pushes a constant of this type.
    pub(super) fn constant(&mut self, ty: ValType) {
        let bits = number(ty, self.entropy);
        match ty {
            ValType::I32 => self.put().i32_const(bits as i32),
            ValType::I64 => self.put().i64_const(bits as i64),
            ValType::F32 => self.put().f32_const(Ieee32::new(bits as u32)),
            ValType::F64 => self.put().f64_const(Ieee64::new(bits as u64)),
            ValType::V128 => self.put().v128_const(bits as i128),
            ValType::Ref(ty) => self.put().ref_null(ty.heap_type),
        };
    }

    /// Pushes a value of this type, made in one of many ways of at most
    /// `depth` steps.
    pub(super) fn value(&mut self, ty: ValType, depth: u32) {
        if let ValType::Ref(ty) = ty {
            return self.reference(ty);
        }
        let ways = if depth == 0 { 4 } else { 16 };
        match self.entropy.below(ways) {
            0 | 1 => self.local_get(ty),
            2 => self.constant(ty),
            3 => match self.global_of(ty, false) {
                Some(global) => drop(self.put().global_get(global)),
                None => self.constant(ty),
            },
            4 => {
                self.value(ty, depth - 1);
                if let Some(local) = self.free_of(ty) {
                    self.put().local_tee(local);
                }
            }
            5 | 6 if !self.shape.memories.is_empty() => {
                let row = self.menu.load(ty, self.entropy);
                self.row(row, depth - 1, false);
            }
            7 => self.select(ty, depth - 1),
            8 => self.branch_value(ty, depth - 1),
            9 => self.call_value(ty, depth - 1),
            _ => match self.menu.giver(ty, self.entropy) {
                Some(row) => self.row(row, depth - 1, false),
                None => self.local_get(ty),
            },
        }
    }

    /// Pushes values of these types.
    pub(super) fn values(&mut self, types: &[ValType], depth: u32) {
        for &ty in types {
            self.value(ty, depth);
        }
    }

    /// A global of this type.
    pub(super) fn global_of(&mut self, ty: ValType, to_set: bool) -> Option<u32> {
        let globals = self.shape.globals.iter().enumerate();
        // The first is no one's to read or write by chance if it is a budget.
        let fits = |(i, global): (usize, &super::shape::Global)| {
            let fits = global.ty == ty && (!to_set || global.is_mutable);
            (fits && Some(i as u32) != self.shape.budget).then_some(i as u32)
        };
        let fitting: Vec<u32> = globals.filter_map(fits).collect();
        match &fitting[..] {
            [] => None,
            fitting => Some(*self.entropy.pick(fitting)),
        }
    }

    fn select(&mut self, ty: ValType, depth: u32) {
        self.value(ty, depth);
        self.value(ty, depth);
        self.condition(depth);
        if self.entropy.chance(1, 2) {
            self.put().typed_select(ty);
        } else {
            self.put().select();
        }
    }

    /// A value that comes out of a block or of one of two arms.
    fn branch_value(&mut self, ty: ValType, depth: u32) {
        let result = BlockType::Result(ty);
        match self.entropy.below(3) {
            0 => {
                self.condition(depth);
                self.put().if_(result);
                self.value(ty, depth);
                self.put().else_();
                self.value(ty, depth);
                self.put().end();
            }
            1 => {
                self.put().block(result);
                self.value(ty, depth);
                self.condition(depth);
                self.put().br_if(0);
                self.consume(ty, 0);
                self.value(ty, depth);
                self.put().end();
            }
            _ => {
                self.put().block(result);
                self.value(ty, depth);
                self.put().end();
            }
        }
    }

    /// The result of a call that can not come back here.
    fn call_value(&mut self, ty: ValType, depth: u32) {
        let fits = |&function: &u32| self.shape.signature(function).results == [ty];
        let fitting: Vec<u32> = (0..self.callable).filter(fits).collect();
        if fitting.is_empty() {
            return self.local_get(ty);
        }
        let function = *self.entropy.pick(&fitting);
        let params = self.shape.signature(function).params.clone();
        self.values(&params, depth);
        self.put().call(function);
    }

    /// Pushes an `i32` to branch on.
    pub(super) fn condition(&mut self, depth: u32) {
        let ty = *self.entropy.pick(&NUMBERS);
        self.value(ty, depth);
        self.test(ty, depth);
    }

    /// Turns the value on the stack into an `i32` to branch on.
    pub(super) fn test(&mut self, ty: ValType, depth: u32) {
        let is_number = ty == ValType::I32;
        match self.entropy.below(3) {
            0 if is_number => {}
            1 if is_number => {
                for _ in 0..1 + self.entropy.below(3) {
                    self.put().i32_eqz();
                }
            }
            _ => {
                let Some(row) = Menu::any().test(ty, self.entropy) else {
                    unreachable!("every number type has a test");
                };
                self.values(&row.params[1..], depth);
                self.op(row);
            }
        }
    }

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

    /// Puts the value on the stack somewhere, by at most `depth` more
    /// instructions.
    pub(super) fn consume(&mut self, ty: ValType, depth: u32) {
        let ways = if depth == 0 { 4 } else { 8 };
        match self.entropy.below(ways) {
            0 | 1 => match self.free_of(ty) {
                Some(local) => drop(self.put().local_set(local)),
                None => drop(self.put().drop()),
            },
            2 => match self.global_of(ty, true) {
                Some(global) => drop(self.put().global_set(global)),
                None => drop(self.put().drop()),
            },
            3 if !matches!(ty, ValType::Ref(_)) => self.store(ty),
            4 if !matches!(ty, ValType::Ref(_)) => {
                self.test(ty, depth - 1);
                self.branch_on(depth - 1);
            }
            5.. if !matches!(ty, ValType::Ref(_)) => match self.menu.taker(ty, self.entropy) {
                Some(row) => {
                    self.values(&row.params[1..], depth - 1);
                    self.op(row);
                    let result = row.result.expect("takers give something");
                    self.consume(result, depth - 1);
                }
                None => drop(self.put().drop()),
            },
            _ => drop(self.put().drop()),
        }
    }

    /// Uses the condition on the stack.
    fn branch_on(&mut self, depth: u32) {
        let ty = *self.entropy.pick(&NUMBERS);
        match self.entropy.below(3) {
            0 => {
                self.put().if_(BlockType::Empty);
                self.set_something(ty, depth);
                if self.entropy.chance(1, 2) {
                    self.put().else_();
                    self.set_something(ty, depth);
                }
                self.put().end();
            }
            1 => {
                // The condition crosses into a block as its parameter.
                let signature = super::shape::Signature {
                    params: vec![ValType::I32],
                    results: Vec::new(),
                };
                let enter = self.shape.type_of(signature);
                self.put().block(BlockType::FunctionType(enter)).br_if(0);
                self.set_something(ty, depth);
                self.put().end();
            }
            _ => {
                let condition = self.local(ValType::I32);
                self.put().local_set(condition);
                self.value(ty, depth);
                self.value(ty, depth);
                self.put().local_get(condition).select();
                self.consume(ty, 0);
            }
        }
    }

    /// Gives a local a new value.
    pub(super) fn set_something(&mut self, ty: ValType, depth: u32) {
        self.value(ty, depth);
        self.consume(ty, 0);
    }

    /// Stores the value on the stack.
    fn store(&mut self, ty: ValType) {
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
