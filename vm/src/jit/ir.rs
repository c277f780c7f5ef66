//! The compiler's form of a function: values in static single assignment.
//!
//! An instruction and its result have one number. Values are of four types;
//! an integer of 32 bits is zero-extended in its register, and bits 32 to 63
//! of a register that holds an `f32` are zero, as in slots.

use std::ops::Range;

use isa::{NumType, Op};

/// A value: the number of the instruction that makes it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub(super) struct Val(pub(super) u32);

impl Val {
    /// No value.
    pub(super) const NONE: Val = Val(u32::MAX);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn is_none(self) -> bool {
        self == Val::NONE
    }
}

/// What kind of register a value lives in, and how wide it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Ty {
    /// An integer or a reference.
    Int,
    F32,
    F64,
    V128,
}

impl Ty {
    pub(super) fn of(ty: NumType) -> Ty {
        match ty {
            NumType::I32 | NumType::I64 => Ty::Int,
            NumType::F32 => Ty::F32,
            NumType::F64 => Ty::F64,
            NumType::V128 => Ty::V128,
        }
    }
}

/// Lanes in which a NaN may have other bits than the canonical ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Shape {
    F32,
    F64,
    F32x4,
    F64x2,
}

/// What an instruction does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub(super) enum Kind {
    /// A row of the opcode table over values; `imm` is its lane, or for a
    /// shuffle the number of its lanes among the wide constants.
    Row(Op),
    /// The bits in `imm`.
    Const,
    /// Wide constant number `imm`.
    ConstWide,
    /// What comes in over the edges of its block.
    Phi,
    /// The slot `imm`.
    SlotLoad,
    /// Writes argument 0 to slot `imm`; of a vector its low half.
    SlotStore,
    /// Writes a vector to the slots from `imm`.
    SlotStoreWide,
    /// Writes the high half of a vector to slot `imm`.
    SlotStoreHigh,
    /// Argument 0 if argument 2 is not zero, else argument 1.
    Select,
    /// Argument 0 with its NaNs made canonical, where they may not be.
    Canon(Shape),
    /// Argument 0 as an address is such that `imm` bytes from it are inside
    /// the memory (argument 1 is its object, absent for memory 0).
    Check,
    /// A load from argument 0 plus the offset in `imm`; argument 1 is the
    /// memory's object unless it is memory 0.
    Load(Op),
    /// A store of argument 2 to argument 0 plus the offset in `imm`.
    Store(Op),
    /// A load into a lane of argument 2.
    LoadLane(Op),
    /// A store of a lane of argument 2.
    StoreLane(Op),
    /// The object of memory `imm`.
    Memory,
    /// Its size in pages, of the memory object in argument 0.
    MemorySize,
    /// The object of global `imm`.
    Global,
    /// The value of the global object in argument 0.
    GlobalGet,
    /// Writes argument 1 to the global object in argument 0.
    GlobalSet,
    /// Function `imm` of the instance.
    FuncRef,
    /// Traps if argument 0 is null.
    NonNull,
    /// The sum of argument 0 and `imm`, or a trap if it does not fit.
    Address,
    /// The instruction at `pos`, done by the engine's helper; all slots it
    /// reads are up to date. Its result is an integer. `imm` goes with the
    /// helper's number.
    Helper(Op),
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inst {
    pub(super) kind: Kind,
    pub(super) ty: Ty,
    pub(super) args: [Val; 3],
    pub(super) imm: u64,
    /// Word position of the instruction in register code that it was first
    /// made for.
    pub(super) pos: u32,
    /// The block it is in.
    pub(super) block: u32,
    /// Tells stretches of code apart between which everything is in slots.
    pub(super) region: u32,
}

/// How a block ends.
#[derive(Clone, Debug)]
pub(super) enum Term {
    /// Not known yet, or never reached.
    None,
    Jump(u32),
    /// A comparison, or a test against zero where `b` is absent.
    If {
        op: Op,
        a: Val,
        b: Val,
        holds: bool,
        then: u32,
        other: u32,
    },
    /// Edges by index; the last one is for all others.
    Table {
        index: Val,
        edges: Vec<u32>,
    },
    /// Results are in their slots.
    Return,
    Call(Call),
    /// The instruction at `pos` always traps.
    Trap {
        trap: isa::Trap,
        pos: u32,
    },
    /// The helper of the instruction at `pos` never comes back.
    Leave {
        op: Op,
        pos: u32,
    },
}

/// A call; everything it needs is in slots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) target: Target,
    /// First slot of the callee's frame.
    pub(super) base: u16,
    pub(super) pos: u32,
    /// Word position behind it.
    pub(super) behind: u32,
    /// The edge to the block behind it; absent for a tail call.
    pub(super) next: Option<u32>,
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// A function defined in the module, by its number among those.
    Defined(u32),
    /// A function of the index space.
    Imported(u32),
    /// An element of a table, of a type by its number in the module.
    Indirect { table: u32, ty: u32, index: Val },
    /// A reference.
    Ref(Val),
}

/// A way from one block to another.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    /// What the target's phis get, in their order.
    pub(super) args: Range<u32>,
}

/// A block: instructions that run from first to last.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Word position of its `charge`.
    pub(super) pos: u32,
    /// Word position of its last instruction.
    pub(super) last_pos: u32,
    pub(super) cost: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) params: Range<u32>,
    pub(super) term: Term,
    pub(super) depth: u8,
    /// What the interpreter would find in its slots here and machine code
    /// has elsewhere.
    pub(super) state: Range<u32>,
    /// Nothing leads to it.
    pub(super) dead: bool,
}

/// A function.
#[derive(Default, Debug)]
pub(super) struct Function {
    pub(super) insts: Vec<Inst>,
    /// Next instruction of the same block, or `u32::MAX`.
    pub(super) next: Vec<u32>,
    /// Slot in which the interpreter keeps a value, if it does.
    pub(super) homes: Vec<u16>,
    /// In the order of emission.
    pub(super) blocks: Vec<Block>,
    pub(super) edges: Vec<Edge>,
    /// Phis of all blocks.
    pub(super) params: Vec<Val>,
    /// Arguments of all edges.
    pub(super) args: Vec<Val>,
    /// Slots and their values at the heads of blocks.
    pub(super) states: Vec<(u16, Val)>,
    pub(super) wides: Vec<[u64; 2]>,
}

/// No slot.
pub(super) const NO_SLOT: u16 = u16::MAX - 2;

impl Function {
    /// A function of about `insts` instructions and `blocks` blocks.
    pub(super) fn with_room(insts: usize, blocks: usize) -> Function {
        Function {
            insts: Vec::with_capacity(insts),
            next: Vec::with_capacity(insts),
            homes: Vec::with_capacity(insts),
            blocks: Vec::with_capacity(blocks),
            edges: Vec::with_capacity(2 * blocks),
            params: Vec::with_capacity(blocks),
            args: Vec::with_capacity(2 * blocks),
            states: Vec::with_capacity(4 * blocks),
            wides: Vec::new(),
        }
    }

    pub(super) fn inst(&self, val: Val) -> &Inst {
        &self.insts[val.index()]
    }

    /// The value of an integer or float constant.
    pub(super) fn constant(&self, val: Val) -> Option<u64> {
        if val.is_none() {
            return None;
        }
        let inst = self.inst(val);
        (inst.kind == Kind::Const).then_some(inst.imm)
    }

    /// Appends an instruction that is in no block yet.
    pub(super) fn make(&mut self, inst: Inst) -> Val {
        let val = Val(self.insts.len() as u32);
        self.insts.push(inst);
        self.next.push(u32::MAX);
        self.homes.push(NO_SLOT);
        val
    }

    /// Puts an instruction at the end of a block.
    pub(super) fn append(&mut self, block: u32, val: Val) {
        let list = &mut self.blocks[block as usize];
        if list.first == u32::MAX {
            list.first = val.0;
        } else {
            self.next[list.last as usize] = val.0;
        }
        list.last = val.0;
        self.insts[val.index()].block = block;
    }

    /// Puts an instruction into a block, behind `before`, or first of all if
    /// that is `u32::MAX`.
    pub(super) fn insert(&mut self, block: u32, before: u32, val: Val) {
        let list = &mut self.blocks[block as usize];
        if before == u32::MAX {
            self.next[val.index()] = list.first;
            list.first = val.0;
        } else {
            self.next[val.index()] = self.next[before as usize];
            self.next[before as usize] = val.0;
        }
        if list.last == before {
            list.last = val.0;
        }
        self.insts[val.index()].block = block;
    }

    /// The instructions of a block, in order.
    pub(super) fn block_insts(&self, block: u32) -> impl Iterator<Item = Val> + '_ {
        let mut at = self.blocks[block as usize].first;
        std::iter::from_fn(move || {
            (at != u32::MAX).then(|| {
                let val = Val(at);
                at = self.next[at as usize];
                val
            })
        })
    }
}
