//! Everything that is not a pure function of its operands: which family it
//! belongs to, and how blocks end.

use isa::{NumType, Op, Trap};

use super::Refused;
use super::build::Builder;
use super::flow::is_helped;
use super::ir::Term;
use crate::code::Head;

impl Builder<'_> {
    /// An instruction of control, moves, globals, tables or bulk memory.
    pub(super) fn machine(&mut self, pos: usize) -> Result<(), Refused> {
        match Head(self.words[pos]).op() {
            Op::Zero
            | Op::CopySlot
            | Op::CopyWide
            | Op::CopyConst
            | Op::CopySum
            | Op::CopyAcc
            | Op::CopyVec
            | Op::CopyVecWide => self.moves(pos),
            Op::Select | Op::SelectVec | Op::SelectWide => self.select(pos),
            Op::V128Const => self.vector_constant(pos),
            Op::GlobalGet | Op::GlobalGetVec | Op::GlobalGetWide => self.global_get(pos),
            Op::GlobalSet | Op::GlobalSetVec | Op::GlobalSetWide => self.global_set(pos),
            Op::Address => self.large_offset(pos),
            Op::MemorySize => self.memory_size(pos),
            Op::RefFunc => self.func_ref(pos),
            Op::RefAsNonNull => self.non_null(pos),
            Op::Br => return self.jump(),
            Op::BrTable => return self.table(pos),
            Op::Unreachable => self.end(Term::Trap {
                trap: Trap::Unreachable,
                pos: pos as u32,
            }),
            Op::Call | Op::CallIndirect | Op::CallRef => return self.call(pos),
            Op::ReturnCall | Op::ReturnCallIndirect | Op::ReturnCallRef => self.tail_call(pos),
            Op::Return | Op::ReturnVoid | Op::ReturnVec | Op::ReturnWide | Op::ReturnMany => {
                self.leave(pos);
            }
            op if is_helped(op) => self.helped(pos),
            _ => return Err(Refused::Strange("an instruction of the engine itself")),
        }
        Ok(())
    }

    fn jump(&mut self) -> Result<(), Refused> {
        let to = self.flow.succs(self.block)[0];
        let edge = self.edge(to)?;
        self.end(Term::Jump(edge));
        Ok(())
    }

    /// A `br_table`, at `pos`: one edge for each block it leads to.
    fn table(&mut self, pos: usize) -> Result<(), Refused> {
        let index = self.operand(pos, 0, 2, NumType::I32);
        let flow = self.flow;
        let succs = flow.succs(self.block);
        let mut edges: Vec<(u32, u32)> = Vec::new();
        let mut targets = Vec::with_capacity(succs.len());
        for &to in succs {
            let known = edges.binary_search_by_key(&to, |&(to, _)| to);
            let edge = match known {
                Ok(at) => edges[at].1,
                Err(at) => {
                    let edge = self.edge(to)?;
                    edges.insert(at, (to, edge));
                    edge
                }
            };
            targets.push(edge);
        }
        // All labels may be one: then it is a jump, and its moves are here.
        self.end(match edges[..] {
            [(_, edge)] => Term::Jump(edge),
            _ => Term::Table {
                index,
                edges: targets,
            },
        });
        Ok(())
    }
}
