//! Wasm to register code, once for both tiers.
//!
//! One pass over a validated body. The operand stack exists only here: reads
//! of locals and constants are folded into the instructions that use them, a
//! write to a local into the instruction that makes the value, a comparison
//! into the branch on it. Lowering alone places fuel and computes the charge
//! against the call stack; tiers only carry them out.

mod call;
mod control;
mod emit;
mod memory;
mod numeric;
mod stack;
mod table;
#[cfg(test)]
mod tests;
mod variable;
mod vector;

use isa::{NumType, Op};

use crate::code::Code;
use crate::code::map::CodeMap;
use crate::error::{Error, shown};
use crate::machine::stack::FRAME_UNITS;
use crate::module::ModuleData;
use crate::module::decode::Body;
use crate::module::instr::Instr;
use crate::module::types::ValType;
use crate::profile::Profile;
use control::Control;
use emit::Emit;
use stack::{Cached, Entry};

/// A parameter or local.
struct Local {
    ty: ValType,
    slot: u32,
    /// Operands that stand for it.
    pending: u32,
    first: FirstUse,
}

/// What is known of the first use of a local, in the order of the code.
#[derive(Clone, Copy)]
enum FirstUse {
    None,
    /// It was written in this stretch of code (a structured instruction, by
    /// depth and number), which any later use inside it comes by.
    Written((u32, u32)),
    /// It may be read before it is written: it must start as zero.
    MayBeRead,
}

/// The state of lowering one function.
struct Lowering<'m> {
    module: &'m ModuleData,
    profile: &'m Profile,
    out: Emit,
    locals: Vec<Local>,
    locals_end: u32,
    stack: Vec<Entry>,
    /// Operand depth in stack units, now and at most.
    height_units: u32,
    max_height_units: u32,
    frame_slots: u32,
    cached: [Cached; 2],
    controls: Vec<Control<'m>>,
    control_count: u32,
    /// Whether the next instruction can be reached.
    reachable: bool,
    /// Structured instructions opened since code became unreachable.
    dead_depth: u32,
    regions: Vec<crate::code::Region>,
    /// The exception region being lowered.
    region: Option<u32>,
}

/// Lowers function `index` (imports counted) to at most `room` words.
///
/// # Errors
/// [`Error::Limit`] if its frame is larger than the profile allows,
/// [`Error::HostResource`] if there is not enough room.
pub(crate) fn lower(
    module: &ModuleData,
    profile: &Profile,
    index: u32,
    room: usize,
) -> Result<Code, Error> {
    Ok(run(module, profile, index, false, room)?.0)
}

/// The map of function `index`: lowers it again and notes every instruction.
pub(crate) fn map(module: &ModuleData, profile: &Profile, index: u32) -> Result<CodeMap, Error> {
    // It has been lowered before, so there was room.
    Ok(run(module, profile, index, true, usize::MAX)?.1)
}

fn run(
    module: &ModuleData,
    profile: &Profile,
    index: u32,
    record: bool,
    room: usize,
) -> Result<(Code, CodeMap), Error> {
    // Constants are folded here as they would be computed at run time.
    let _mode = simd::FloatMode::enter();
    let defined = (index - module.imported.funcs) as usize;
    let (mut body, declared) = Body::new(module, defined)?;
    let ty = module.func_type(index);
    let mut locals = Vec::with_capacity(ty.params().len() + declared.len());
    let mut end = 0;
    for &ty in ty.params().iter().chain(&declared) {
        let slot = stack::align(end, ty);
        end = slot + ty.slots();
        locals.push(Local {
            ty,
            slot,
            pending: 0,
            first: FirstUse::None,
        });
        if end > profile.limits.frame_slots {
            return Err(frame_too_large(module, profile, index));
        }
    }
    // Operands begin at an even slot, where the frame of a call can begin.
    let end = end.next_multiple_of(2);
    let local_units: u32 = locals.iter().map(|local| local.ty.slots()).sum();
    let mut lowering = Lowering {
        module,
        profile,
        out: Emit::new(record, room),
        locals,
        locals_end: end,
        stack: Vec::new(),
        height_units: 0,
        max_height_units: 0,
        frame_slots: end,
        cached: Default::default(),
        controls: Vec::new(),
        control_count: 0,
        reachable: true,
        dead_depth: 0,
        regions: Vec::new(),
        region: None,
    };
    lowering.begin_function(ty.results());
    while let Some((offset, instr)) = body.next()? {
        lowering.out.offset = offset;
        lowering.instruction(instr);
        if lowering.frame_slots > profile.limits.frame_slots {
            return Err(frame_too_large(module, profile, index));
        }
        if lowering.out.is_full() {
            return Err(code_too_large(module, index));
        }
    }
    let zero = lowering.slots_to_zero(ty.params().len());
    let (words, entry, marks) = lowering.out.finish(zero);
    let code = Code {
        words,
        frame_slots: lowering.frame_slots,
        entry,
        units: FRAME_UNITS + local_units + lowering.max_height_units,
        regions: lowering.regions,
        locals: lowering.locals.iter().filter_map(typed_slot).collect(),
    };
    Ok((code, CodeMap { marks }))
}

/// The slot and type of a local, unless it is an integer of 64 bits.
fn typed_slot(local: &Local) -> Option<(u16, NumType)> {
    let ty = match local.ty {
        ValType::F32 => NumType::F32,
        ValType::F64 => NumType::F64,
        ValType::V128 => NumType::V128,
        ValType::I32 => NumType::I32,
        ValType::I64 | ValType::Ref(_) => return None,
    };
    Some((local.slot as u16, ty))
}

fn frame_too_large(module: &ModuleData, profile: &Profile, index: u32) -> Error {
    Error::Limit(format!(
        "function {} needs more than {} frame slots",
        named(module, index),
        profile.limits.frame_slots
    ))
}

fn code_too_large(module: &ModuleData, index: u32) -> Error {
    Error::HostResource(format!(
        "with function {}, the module needs more than {} MiB of register code; \
         it moves very many values at its branches, calls or returns",
        named(module, index),
        (crate::code::MAX_WORDS * size_of::<u64>()) >> 20
    ))
}

/// A function as errors name it.
fn named(module: &ModuleData, index: u32) -> String {
    match module.func_name(index) {
        Some(name) => format!("{index} ({})", shown(name)),
        None => index.to_string(),
    }
}

impl Lowering<'_> {
    /// The range of slots around the locals that must start as zero.
    fn slots_to_zero(&self, params: usize) -> Option<(u16, u16)> {
        let read = |local: &&Local| matches!(local.first, FirstUse::MayBeRead);
        let mut unsure = self.locals[params..].iter().filter(read);
        let first = unsure.next()?;
        let last = unsure.next_back().unwrap_or(first);
        Some((first.slot as u16, (last.slot + last.ty.slots()) as u16))
    }

    fn instruction(&mut self, instr: Instr) {
        if !self.reachable {
            return self.dead(instr);
        }
        use Instr as I;
        match instr {
            I::Plain(op) => {
                self.out.pay(op.fuel());
                self.plain(op);
            }
            I::Memory(op, arg) => {
                self.out.pay(op.fuel());
                self.access(op, arg);
            }
            I::Lane(op, lane) => {
                self.out.pay(op.fuel());
                self.lane(op, lane);
            }
            I::Shuffle(lanes) => {
                self.out.pay(Op::I8x16Shuffle.fuel());
                self.shuffle(lanes);
            }
            I::MemoryLane(op, arg, lane) => {
                self.out.pay(op.fuel());
                self.lane_access(op, arg, lane);
            }
            other => {
                self.out.pay(op_of(&other).fuel());
                self.spelled_out(other);
            }
        }
    }

    fn spelled_out(&mut self, instr: Instr) {
        use Instr as I;
        match instr {
            I::LocalGet(index) => self.local_get(index),
            I::LocalSet(index) => self.local_set(index),
            I::LocalTee(index) => self.local_tee(index),
            I::GlobalGet(index) => self.global_get(index),
            I::GlobalSet(index) => self.global_set(index),
            I::I32Const(value) => self.constant(ValType::I32, u64::from(value as u32)),
            I::I64Const(value) => self.constant(ValType::I64, value as u64),
            I::F32Const(bits) => self.constant(ValType::F32, u64::from(bits)),
            I::F64Const(bits) => self.constant(ValType::F64, bits),
            I::V128Const(bits) => self.vector_constant(bits),
            I::RefNull(ty) => self.constant(ty, 0),
            I::Drop => drop(self.pop()),
            I::Select => self.select(),
            I::Call(index) => self.call(index, false),
            I::CallIndirect { ty, table } => self.call_indirect(ty, table, false),
            I::CallRef(ty) => self.call_ref(ty, false),
            I::ReturnCall(index) => self.call(index, true),
            I::ReturnCallIndirect { ty, table } => self.call_indirect(ty, table, true),
            I::ReturnCallRef(ty) => self.call_ref(ty, true),
            I::MemorySize(_)
            | I::MemoryGrow(_)
            | I::MemoryFill(_)
            | I::MemoryCopy { .. }
            | I::MemoryInit { .. }
            | I::DataDrop(_) => self.memory_instr(instr),
            I::RefIsNull
            | I::RefFunc(_)
            | I::RefAsNonNull
            | I::TableGet(_)
            | I::TableSet(_)
            | I::TableSize(_)
            | I::TableGrow(_)
            | I::TableFill(_)
            | I::TableCopy { .. }
            | I::TableInit { .. }
            | I::ElemDrop(_) => self.table_instr(instr),
            _ => self.control_instr(instr),
        }
    }
}

/// The row of an instruction that [`Instr`] spells out.
fn op_of(instr: &Instr) -> Op {
    use Instr as I;
    match instr {
        I::Plain(op) | I::Lane(op, _) | I::Memory(op, _) | I::MemoryLane(op, ..) => *op,
        I::Shuffle(_) => Op::I8x16Shuffle,
        I::I32Const(_) => Op::I32Const,
        I::I64Const(_) => Op::I64Const,
        I::F32Const(_) => Op::F32Const,
        I::F64Const(_) => Op::F64Const,
        I::V128Const(_) => Op::V128Const,
        I::Unreachable => Op::Unreachable,
        I::Nop => Op::Nop,
        I::Block(_) => Op::Block,
        I::Loop(_) => Op::Loop,
        I::If(_) => Op::If,
        I::Else => Op::Else,
        I::End => Op::End,
        I::Br(_) => Op::Br,
        I::BrIf(_) => Op::BrIf,
        I::BrTable(_) => Op::BrTable,
        I::BrOnNull(_) => Op::BrOnNull,
        I::BrOnNonNull(_) => Op::BrOnNonNull,
        I::Return => Op::Return,
        I::Call(_) => Op::Call,
        I::CallIndirect { .. } => Op::CallIndirect,
        I::CallRef(_) => Op::CallRef,
        I::ReturnCall(_) => Op::ReturnCall,
        I::ReturnCallIndirect { .. } => Op::ReturnCallIndirect,
        I::ReturnCallRef(_) => Op::ReturnCallRef,
        I::TryTable(..) => Op::TryTable,
        I::Throw(_) => Op::Throw,
        I::ThrowRef => Op::ThrowRef,
        I::Try(_) => Op::Try,
        I::Catch(_) => Op::Catch,
        I::CatchAll => Op::CatchAll,
        I::Delegate(_) => Op::Delegate,
        I::Rethrow(_) => Op::Rethrow,
        I::Drop => Op::Drop,
        I::Select => Op::Select,
        I::LocalGet(_) => Op::LocalGet,
        I::LocalSet(_) => Op::LocalSet,
        I::LocalTee(_) => Op::LocalTee,
        I::GlobalGet(_) => Op::GlobalGet,
        I::GlobalSet(_) => Op::GlobalSet,
        I::RefNull(_) => Op::RefNull,
        I::RefIsNull => Op::RefIsNull,
        I::RefFunc(_) => Op::RefFunc,
        I::RefAsNonNull => Op::RefAsNonNull,
        I::MemorySize(_) => Op::MemorySize,
        I::MemoryGrow(_) => Op::MemoryGrow,
        I::MemoryFill(_) => Op::MemoryFill,
        I::MemoryCopy { .. } => Op::MemoryCopy,
        I::MemoryInit { .. } => Op::MemoryInit,
        I::DataDrop(_) => Op::DataDrop,
        I::TableGet(_) => Op::TableGet,
        I::TableSet(_) => Op::TableSet,
        I::TableSize(_) => Op::TableSize,
        I::TableGrow(_) => Op::TableGrow,
        I::TableFill(_) => Op::TableFill,
        I::TableCopy { .. } => Op::TableCopy,
        I::TableInit { .. } => Op::TableInit,
        I::ElemDrop(_) => Op::ElemDrop,
    }
}
