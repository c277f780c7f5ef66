//! The text form of a function in values.

use std::fmt::{self, Write};

use super::ir::{Function, Kind, Term, Val};

impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_none() {
            f.write_str("-")
        } else {
            write!(f, "v{}", self.0)
        }
    }
}

impl Function {
    /// The whole function: blocks with their values, edges with what they
    /// carry.
    pub(super) fn listing(&self) -> String {
        let mut text = String::new();
        for (number, block) in self.blocks.iter().enumerate() {
            let _ = write!(
                text,
                "b{number} @{} fuel {} depth {}:",
                block.pos, block.cost, block.depth
            );
            for param in block.params.clone() {
                let val = self.params[param as usize];
                let _ = write!(text, " {val}:{:?}", self.inst(val).ty);
            }
            text.push('\n');
            for val in self.block_insts(number as u32) {
                self.line(&mut text, val);
            }
            let _ = writeln!(text, "    {}", self.ending(&block.term));
        }
        text
    }

    fn operand(&self, val: Val) -> String {
        match (
            val.is_none(),
            val.is_none().then_some(0).or(self.constant(val)),
        ) {
            (false, Some(bits)) => format!("{bits:#x}"),
            _ => val.to_string(),
        }
    }

    fn line(&self, text: &mut String, val: Val) {
        let inst = self.inst(val);
        let _ = write!(text, "    {val}:{:?} = {:?}", inst.ty, inst.kind);
        for arg in inst.args.into_iter().filter(|arg| !arg.is_none()) {
            let _ = write!(text, " {}", self.operand(arg));
        }
        if inst.imm != 0 || matches!(inst.kind, Kind::SlotLoad | Kind::SlotStore) {
            let _ = write!(text, " #{}", inst.imm as u32);
        }
        let _ = writeln!(text, " @{}", inst.pos);
    }

    fn edge(&self, edge: u32) -> String {
        let edge = &self.edges[edge as usize];
        let mut text = format!("b{}(", edge.to);
        for arg in edge.args.clone() {
            let _ = write!(text, " {}", self.operand(self.args[arg as usize]));
        }
        text + " )"
    }

    fn ending(&self, term: &Term) -> String {
        match term {
            Term::Jump(edge) => format!("jump {}", self.edge(*edge)),
            Term::If {
                op,
                a,
                b,
                holds,
                then,
                other,
            } => format!(
                "if {holds} {op} {} {}: {} else {}",
                self.operand(*a),
                self.operand(*b),
                self.edge(*then),
                self.edge(*other)
            ),
            Term::Call(call) => match call.next {
                Some(edge) => format!(
                    "{:?} frame s{}: {}",
                    call.target,
                    call.base,
                    self.edge(edge)
                ),
                None => format!("tail {:?} frame s{}", call.target, call.base),
            },
            other => format!("{other:?}"),
        }
    }
}
