//! The body of a function that is being written, with its locals.
//!
//! What is written is the business of its neighbours: values (`value`,
//! `reference`), instances of rows (`access`), uses of results (`consume`).

use wasm_encoder::{Function, InstructionSink, ValType};

use super::rows::Menu;
use super::shape::{NUMBERS, Shape};
use crate::entropy::Entropy;

/// A body that is being written.
pub(super) struct Code<'c, 'a> {
    pub(super) entropy: &'c mut Entropy<'a>,
    pub(super) shape: &'c mut Shape,
    /// Where operands' instructions come from.
    pub(super) menu: &'static Menu,
    pub(super) bytes: Vec<u8>,
    /// Types of all locals, parameters first.
    locals: Vec<ValType>,
    params: usize,
    /// Locals that any instruction may set.
    free: Vec<u32>,
    /// Functions that operands may call: those before this one, so that
    /// operands can not recurse.
    pub(super) callable: u32,
    /// Locals that hold addresses inside every memory, of 32 and 64 bits.
    pub(super) bases: [u32; 2],
}

impl<'c, 'a> Code<'c, 'a> {
    /// Begins the body of `function`: locals of every type, half of them set
    /// to constants.
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
            code.free_local(ty);
            if code.entropy.chance(1, 2) {
                code.constant(ty);
                let local = code.locals.len() as u32 - 1;
                code.put().local_set(local);
            }
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
}
