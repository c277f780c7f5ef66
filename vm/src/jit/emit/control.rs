//! How blocks end: jumps, branches, tables, traps.

use isa::planted::{Fault, planted};
use isa::{Class, Op, Trap};
use x64::{Alu, Cond, Gpr, Mem, Scale, VecOp, Width};

use super::super::ir::{Kind, Term, Val};
use super::{Cold, Emitter, SCRATCH, cx};
use crate::machine::context::Exit;

/// The condition under which a comparison of integers holds.
pub(super) fn int_condition(op: Op) -> Option<(Cond, Width)> {
    use Op as O;
    Some(match op {
        O::I32Eq => (Cond::E, Width::W32),
        O::I32Ne => (Cond::Ne, Width::W32),
        O::I32LtS => (Cond::L, Width::W32),
        O::I32LtU => (Cond::B, Width::W32),
        O::I32GtS => (Cond::G, Width::W32),
        O::I32GtU => (Cond::A, Width::W32),
        O::I32LeS => (Cond::Le, Width::W32),
        O::I32LeU => (Cond::Be, Width::W32),
        O::I32GeS => (Cond::Ge, Width::W32),
        O::I32GeU => (Cond::Ae, Width::W32),
        O::I64Eq => (Cond::E, Width::W64),
        O::I64Ne => (Cond::Ne, Width::W64),
        O::I64LtS => (Cond::L, Width::W64),
        O::I64LtU => (Cond::B, Width::W64),
        O::I64GtS => (Cond::G, Width::W64),
        O::I64GtU => (Cond::A, Width::W64),
        O::I64LeS => (Cond::Le, Width::W64),
        O::I64LeU => (Cond::Be, Width::W64),
        O::I64GeS => (Cond::Ge, Width::W64),
        O::I64GeU => (Cond::Ae, Width::W64),
        _ => return None,
    })
}

/// How flags tell that a comparison holds.
#[derive(Clone, Copy)]
pub(super) enum Flags {
    One(Cond),
    /// Equal, and not unordered.
    Equal,
    /// Not equal, or unordered.
    NotEqual,
}

impl Flags {
    pub(super) fn negate(self) -> Flags {
        match self {
            Flags::One(cond) => Flags::One(cond.negate()),
            Flags::Equal => Flags::NotEqual,
            Flags::NotEqual => Flags::Equal,
        }
    }
}

impl Emitter<'_> {
    pub(super) fn terminator(&mut self, block: u32) {
        let term = &self.f.blocks[block as usize].term;
        match term {
            Term::None => {}
            Term::Jump(edge) => self.go(*edge, block),
            Term::If {
                op,
                a,
                b,
                holds,
                then,
                other,
            } => {
                let flags = self.compare(*op, *a, *b);
                let flags = if *holds { flags } else { flags.negate() };
                self.fork(flags, *then, *other, block);
            }
            Term::Table { index, edges } => self.branch_table(*index, edges),
            Term::Return => self.asm.ret(),
            Term::Call(call) => self.call(call),
            Term::Trap { trap, pos } => self.leave_with_trap(*trap, *pos),
            Term::Leave { op, pos } => {
                self.call_helper(*op as u64, *pos);
                self.asm.ud2();
            }
        }
    }

    /// Moves at the end of a block that leads to one other, and the jump
    /// there unless it comes next.
    fn go(&mut self, edge: u32, block: u32) {
        self.edge_out_of(edge);
        let to = self.f.edges[edge as usize].to;
        if to != block + 1 {
            self.asm.jmp(self.labels[to as usize]);
        }
    }

    /// Compares, and says which flags tell the result.
    pub(super) fn compare(&mut self, op: Op, a: Val, b: Val) -> Flags {
        if let Some((cond, width)) = int_condition(op) {
            return self.compare_ints(cond, width, a, b);
        }
        match op {
            Op::I32Eqz if self.assigned.is_folded(a) => {
                let inst = *self.f.inst(a);
                let Kind::Row(op) = inst.kind else {
                    unreachable!("only comparisons are left to their users");
                };
                self.compare(op, inst.args[0], inst.args[1]).negate()
            }
            Op::I32Eqz | Op::I64Eqz => {
                let width = if op == Op::I32Eqz {
                    Width::W32
                } else {
                    Width::W64
                };
                let a = self.int(a);
                self.asm.test(width, a, a);
                Flags::One(Cond::E)
            }
            _ if op.class() == Class::Compare => self.compare_floats(op, a, b),
            _ => {
                let flags = self.test_lanes(op, a);
                flags.expect("only comparisons and questions are left to their users")
            }
        }
    }

    fn compare_ints(&mut self, cond: Cond, width: Width, a: Val, b: Val) -> Flags {
        let constant = self.f.constant(b).map(|bits| match width {
            Width::W32 => i64::from(bits as u32 as i32),
            Width::W64 => bits as i64,
        });
        match constant.map(i32::try_from) {
            Some(Ok(0)) if matches!(cond, Cond::E | Cond::Ne | Cond::L | Cond::Ge) => {
                let a = self.int(a);
                self.asm.test(width, a, a);
                let cond = match cond {
                    Cond::L => Cond::S,
                    Cond::Ge => Cond::Ns,
                    cond => cond,
                };
                Flags::One(cond)
            }
            Some(Ok(value)) => {
                let a = self.int(a);
                self.asm.alu_ri(Alu::Cmp, width, a, value);
                match cond {
                    Cond::A if planted(Fault::Strictness) => Flags::One(Cond::Ae),
                    cond => Flags::One(cond),
                }
            }
            _ => {
                // At most one of the two is a constant.
                let (a, b) = (self.int(a), self.int(b));
                self.asm.alu(Alu::Cmp, width, a, b);
                Flags::One(cond)
            }
        }
    }

    fn compare_floats(&mut self, op: Op, a: Val, b: Val) -> Flags {
        use Op as O;
        let single = matches!(
            op,
            O::F32Eq | O::F32Ne | O::F32Lt | O::F32Gt | O::F32Le | O::F32Ge
        );
        let ucomi = if single {
            VecOp::Ucomiss
        } else {
            VecOp::Ucomisd
        };
        // "Above" is false for unordered operands, "below" is not.
        let (a, b, flags) = match op {
            O::F32Eq | O::F64Eq => (a, b, Flags::Equal),
            O::F32Ne | O::F64Ne => (a, b, Flags::NotEqual),
            O::F32Gt | O::F64Gt => (a, b, Flags::One(Cond::A)),
            O::F32Ge | O::F64Ge => (a, b, Flags::One(Cond::Ae)),
            O::F32Lt | O::F64Lt => (b, a, Flags::One(Cond::A)),
            _ => (b, a, Flags::One(Cond::Ae)),
        };
        let a = self.vec_reg(a, super::VEC_SCRATCH);
        let b = self.vec(b);
        self.v2(ucomi, a, b);
        flags
    }

    /// Two ways on.
    fn fork(&mut self, flags: Flags, then: u32, other: u32, block: u32) {
        let to = |edge: u32| self.f.edges[edge as usize].to;
        let (then_to, other_to) = (to(then), to(other));
        // The branch goes over what lies inline.
        let then_inline = self.has_moves_here(then) || then_to == block + 1;
        if then_inline && !self.has_moves_here(other) {
            self.jump_if(flags.negate(), self.labels[other_to as usize]);
            self.edge_out_of_fork(then);
            if then_to != block + 1 {
                self.asm.jmp(self.labels[then_to as usize]);
            }
        } else {
            let label = if self.has_moves_here(then) {
                let label = self.asm.label();
                self.cold.push(Cold::Edge { label, edge: then });
                label
            } else {
                self.labels[then_to as usize]
            };
            self.jump_if(flags, label);
            self.edge_out_of_fork(other);
            if other_to != block + 1 {
                self.asm.jmp(self.labels[other_to as usize]);
            }
        }
    }

    pub(super) fn jump_if(&mut self, flags: Flags, label: x64::Label) {
        match flags {
            Flags::One(cond) => self.asm.jcc(cond, label),
            Flags::NotEqual => {
                self.asm.jcc(Cond::Ne, label);
                self.asm.jcc(Cond::P, label);
            }
            Flags::Equal if planted(Fault::Unordered) => self.asm.jcc(Cond::E, label),
            Flags::Equal => {
                let over = self.asm.label();
                self.asm.jcc(Cond::P, over);
                self.asm.jcc(Cond::E, label);
                self.asm.bind(over);
            }
        }
    }

    fn branch_table(&mut self, index: Val, edges: &[u32]) {
        let temp = self.assigned.temp_gpr(self.at, 0);
        let mut targets = Vec::with_capacity(edges.len());
        let mut stubs: Vec<(u32, x64::Label)> = Vec::new();
        for &edge in edges {
            let to = self.f.edges[edge as usize].to;
            let label = if self.has_moves_here(edge) {
                let known = stubs.iter().find(|stub| stub.0 == edge);
                match known {
                    Some(&(_, label)) => label,
                    None => {
                        let label = self.asm.label();
                        self.cold.push(Cold::Edge { label, edge });
                        stubs.push((edge, label));
                        label
                    }
                }
            } else {
                self.labels[to as usize]
            };
            targets.push(label);
        }
        let index = self.int(index);
        let last = targets.len() - 1;
        // Everything from the last entry on goes where it goes.
        self.asm.alu_ri(Alu::Cmp, Width::W32, index, last as i32);
        self.asm.jcc(Cond::Ae, targets[last]);
        let table = self.asm.table(&targets[..last]);
        self.asm.lea(Width::W64, temp, Mem::label(table));
        self.asm.mov_rr(Width::W32, SCRATCH, index);
        self.asm
            .movsxd(SCRATCH, Mem::index(temp, SCRATCH, Scale::Four, 0));
        self.asm.alu(Alu::Add, Width::W64, SCRATCH, temp);
        self.asm.jmp_rm(SCRATCH);
    }

    /// Ends the run with a trap.
    pub(super) fn leave_with_trap(&mut self, trap: Trap, pos: u32) {
        let code = Exit::Trap as u64 | (trap as u64) << 8;
        self.leave_with(code, pos);
    }

    pub(super) fn leave_with(&mut self, code: u64, pos: u32) {
        self.asm.mov_ri(SCRATCH, code);
        self.asm.mov_ri(Gpr::Rcx, u64::from(pos));
        self.asm.jmp_rm(cx!(stubs.exit));
    }
}
