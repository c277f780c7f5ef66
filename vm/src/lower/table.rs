//! Tables and references.

use isa::Op;

use super::Lowering;
use super::stack::Loc;
use crate::code::{Form, fields};
use crate::module::instr::Instr;
use crate::module::types::{HeapType, RefType, ValType};

impl Lowering<'_> {
    pub(super) fn table_instr(&mut self, instr: Instr) {
        match instr {
            Instr::RefIsNull => {
                let entry = self.pop();
                let operand = self.operand(entry, false);
                let words = [fields(0, operand.slot, 0, 0)];
                self.produce(ValType::I32, Op::I64Eqz, Form::of1(operand.kind), 0, &words);
            }
            Instr::RefFunc(index) => {
                let heap = HeapType::Concrete(self.module.func_type_id(index));
                let ty = ValType::Ref(RefType {
                    nullable: false,
                    heap,
                });
                self.produce(ty, Op::RefFunc, Form::default(), 0, &[0, u64::from(index)]);
            }
            Instr::RefAsNonNull => {
                let entry = self.pop();
                let operand = self.operand(entry, false);
                let words = [fields(0, operand.slot, 0, 0)];
                self.produce(
                    entry.ty,
                    Op::RefAsNonNull,
                    Form::of1(operand.kind),
                    0,
                    &words,
                );
            }
            Instr::TableGet(table) => {
                let entry = self.pop();
                let index = self.operand(entry, false);
                let ty = ValType::Ref(self.module.tables[table as usize].ty.element);
                let words = [fields(0, index.slot, 0, 0), u64::from(table)];
                self.produce(ty, Op::TableGet, Form::of1(index.kind), 0, &words);
            }
            Instr::TableSet(table) => {
                let value = self.pop();
                let index = self.pop();
                let (index, value) = (self.in_slot(index), self.in_slot(value));
                let words = [fields(0, index.slot, value.slot, 0), u64::from(table)];
                self.out.emit(Op::TableSet, Form::default(), 0, &words);
            }
            Instr::TableSize(table) => {
                let ty = self.index_type(table);
                self.produce(
                    ty,
                    Op::TableSize,
                    Form::default(),
                    0,
                    &[0, u64::from(table)],
                );
            }
            Instr::TableGrow(table) => self.table_grow(table),
            Instr::TableFill(table) => self.bulk(Op::TableFill, u64::from(table)),
            Instr::TableCopy { dst, src } => {
                self.bulk(Op::TableCopy, u64::from(dst) | u64::from(src) << 32);
            }
            Instr::TableInit { table, segment } => {
                self.bulk(Op::TableInit, u64::from(table) | u64::from(segment) << 32);
            }
            Instr::ElemDrop(segment) => {
                self.out
                    .emit(Op::ElemDrop, Form::default(), 0, &[0, u64::from(segment)]);
            }
            other => unreachable!("{other:?} is lowered elsewhere"),
        }
    }

    fn index_type(&self, table: u32) -> ValType {
        if self.module.tables[table as usize].ty.is_64 {
            ValType::I64
        } else {
            ValType::I32
        }
    }

    /// Growing writes the new elements, so it is charged by size and ends its
    /// block like a bulk instruction.
    fn table_grow(&mut self, table: u32) {
        let delta = self.pop();
        let init = self.pop();
        let (init, delta) = (self.in_slot(init), self.in_slot(delta));
        let words = [fields(0, init.slot, delta.slot, 0), u64::from(table)];
        self.produce(
            self.index_type(table),
            Op::TableGrow,
            Form::default(),
            0,
            &words,
        );
        debug_assert!(matches!(self.stack.last(), Some(entry) if matches!(entry.loc, Loc::Acc(_))));
        self.forget();
        self.split();
    }
}
