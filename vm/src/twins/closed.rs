//! Whether a body means the same in every module and store.

use isa::Op;

use crate::error::Error;
use crate::module::ModuleData;
use crate::module::decode::Body;
use crate::module::instr::{BlockType, Instr};
use crate::module::types::ValType;

/// What keeps a body from being closed.
pub(super) struct Open {
    /// Byte offset in the module; of locals, of the body.
    pub(super) offset: u64,
    pub(super) why: String,
}

/// Looks for something in the body of a defined function (imports not counted)
/// that its bytes, its arguments and memory 0 do not decide.
///
/// What is not known to be harmless counts as open.
pub(super) fn open(module: &ModuleData, defined: usize) -> Result<Option<Open>, Error> {
    let (mut body, locals) = Body::new(module, defined)?;
    if locals.iter().any(|ty| matches!(ty, ValType::Ref(_))) {
        return Ok(Some(Open {
            offset: module.bodies[defined].start as u64,
            why: "a local holds a reference".to_owned(),
        }));
    }
    while let Some((offset, instr)) = body.next()? {
        if let Some(why) = opening(&instr) {
            return Ok(Some(Open { offset, why }));
        }
    }
    Ok(None)
}

/// What an instruction reaches beyond.
fn opening(instr: &Instr) -> Option<String> {
    let says = |what: &str| Some(what.to_owned());
    match instr {
        Instr::Plain(op) if is_relaxed(*op) => {
            Some(format!("{op} depends on the profile and the engine"))
        }
        Instr::Memory(_, arg) | Instr::MemoryLane(_, arg, _) if arg.memory != 0 => {
            Some(format!("it touches memory {}", arg.memory))
        }
        Instr::MemoryFill(memory) if *memory != 0 => Some(format!("it touches memory {memory}")),
        Instr::MemoryCopy { dst, src } if *dst != 0 || *src != 0 => {
            Some(format!("it touches memory {}", dst.max(src)))
        }
        Instr::Block(ty) | Instr::Loop(ty) | Instr::If(ty) => match ty {
            BlockType::Empty => None,
            BlockType::Value(ValType::Ref(_)) => says("a block gives a reference"),
            BlockType::Value(_) => None,
            BlockType::Func(index) => Some(format!("a block is of type {index} of the module")),
        },
        Instr::Plain(_)
        | Instr::Lane(..)
        | Instr::Shuffle(_)
        | Instr::Memory(..)
        | Instr::MemoryLane(..)
        | Instr::I32Const(_)
        | Instr::I64Const(_)
        | Instr::F32Const(_)
        | Instr::F64Const(_)
        | Instr::V128Const(_)
        | Instr::Unreachable
        | Instr::Nop
        | Instr::Else
        | Instr::End
        | Instr::Br(_)
        | Instr::BrIf(_)
        | Instr::BrTable(_)
        | Instr::Return
        | Instr::Drop
        | Instr::Select
        | Instr::LocalGet(_)
        | Instr::LocalSet(_)
        | Instr::LocalTee(_)
        | Instr::MemoryFill(_)
        | Instr::MemoryCopy { .. } => None,
        other => Some(format!("{other:?} reaches outside")),
    }
}

/// Whether the standard leaves the result of an instruction open.
fn is_relaxed(op: Op) -> bool {
    op.mnemonic().contains("relaxed")
}
