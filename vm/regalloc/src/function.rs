//! What the client says about a function.

use std::ops::Range;

/// A range of indices into one of the lists of a [`Function`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first index.
    pub start: u32,
    /// The index behind the last one.
    pub end: u32,
}

impl Span {
    /// The range from `start` to before `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Span {
        let index = |at| u32::try_from(at).expect("lists of a function are short of 2^32");
        Span {
            start: index(start),
            end: index(end),
        }
    }

    /// How many indices there are.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The indices.
    #[must_use]
    pub fn indices(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The part of `list` that the range names.
    #[must_use]
    pub fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.indices()]
    }
}

/// A kind of register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Integers and addresses, 8 bytes.
    Int = 0,
    /// Floats and vectors.
    Vec = 1,
}

/// A value: it has one definition, as a block's parameter or as the result of
/// an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// The registers that can hold it.
    pub class: Class,
    /// Whether it takes 16 bytes in memory; of class [`Class::Vec`] only.
    pub wide: bool,
    /// The frame slot that belongs to it; of a wide value the first of two,
    /// an even one. While a value is alive, its home may be overwritten with
    /// it at any time, so the client must not expect anything else there
    /// (other writes of the client are to be declared, see [`SlotWrite`]).
    pub home: Option<u32>,
    /// Whether its definition loads it from its home, which so holds it
    /// already. Not for parameters.
    pub from_home: bool,
    /// The client's number of a constant that this value always is. Such a
    /// value is never stored: it is made again. Not for parameters.
    pub remat: Option<u32>,
}

impl Value {
    /// A value of a class, 8 bytes, that has no home.
    #[must_use]
    pub fn new(class: Class) -> Value {
        Value {
            class,
            wide: false,
            home: None,
            from_home: false,
            remat: None,
        }
    }

    /// How many slots it takes.
    #[must_use]
    pub fn slots(&self) -> u32 {
        1 + u32::from(self.wide)
    }
}

/// A block. At least one instruction, of which the last ends it and, if the
/// block has successors, defines nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Block {
    /// Its instructions, in [`Function::insts`].
    pub insts: Span,
    /// The values that edges define on the way in (phis), in
    /// [`Function::params`]. None in the first block.
    pub params: Span,
    /// The edges that leave it, in [`Function::edges`].
    pub succs: Span,
    /// What must be known at its head, in [`Function::states`].
    pub state: Span,
    /// How many loops it is in.
    pub loop_depth: u8,
    /// Whether it is hardly ever run.
    pub cold: bool,
}

/// A way from the end of a block to the head of another (or the same).
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// The block it leaves.
    pub from: u32,
    /// The block it leads to; never the first.
    pub to: u32,
    /// What the parameters of `to` become, in [`Function::args`].
    pub args: Span,
}

/// What a parameter becomes on an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The value of that number.
    Value(u32),
    /// The constant of the client's number.
    Constant(u32),
}

/// What an instruction does with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Reads it from a register before results are written: the register may
    /// be that of a [`Role::Def`].
    Use,
    /// Reads it from a register that no result and no [`Role::Temp`] shares.
    UseLate,
    /// Reads it from a register or from memory. A register is like that of
    /// [`Role::UseLate`], so that two-operand forms can read it after the
    /// result has been made a copy of the first operand.
    UseAny,
    /// Reads it from a register or from memory, before results are written.
    UseAnyEarly,
    /// Writes it to a register.
    Def,
    /// Writes it to a register, which is that of the operand with this
    /// number in the same instruction if that operand is not needed any
    /// more. Where it is not the same, the client moves it; no operand that
    /// is read late shares the register, not even another read of the same
    /// value, but any other may.
    DefReuse(u8),
    /// Takes a register of the value's class that no other operand of the
    /// instruction has. The value is never defined; many operands can name
    /// the same.
    Temp,
}

impl Role {
    /// Whether it reads the value.
    #[must_use]
    pub fn is_use(self) -> bool {
        !matches!(self, Role::Def | Role::DefReuse(_) | Role::Temp)
    }

    /// Whether it writes the value.
    #[must_use]
    pub fn is_def(self) -> bool {
        matches!(self, Role::Def | Role::DefReuse(_))
    }

    /// Whether it reads the value from where no result may be.
    #[must_use]
    pub fn is_late(self) -> bool {
        matches!(self, Role::UseLate | Role::UseAny)
    }

    /// Whether it reads the value and takes memory too.
    #[must_use]
    pub fn is_any(self) -> bool {
        matches!(self, Role::UseAny | Role::UseAnyEarly)
    }
}

/// One operand of an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// The value's number.
    pub value: u32,
    /// What is done with it.
    pub role: Role,
}

/// A value that must be recoverable at a block's head. That keeps it alive,
/// but never makes it be loaded.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// Anything of the client's.
    pub tag: u32,
    /// The value's number.
    pub value: u32,
}

/// A write of the client's own to frame slots.
#[derive(Clone, Copy, Debug)]
pub struct SlotWrite {
    /// The instruction that writes.
    pub inst: u32,
    /// The first slot written.
    pub slot: u32,
    /// How many slots are written.
    pub count: u32,
    /// The value that is written, if it is one.
    pub value: Option<u32>,
}

/// A function: lists that name one another by index.
///
/// Rules, which [`Function::validate`] checks as far as one pass can:
/// - Blocks stand in the order of emission; `insts`, `edges` (those that leave
///   a block) and so on of block after block follow one another.
/// - Every use is dominated by its definition. Results need blocks in an
///   order in which definitions come first; loops that are contiguous and
///   entered at their first block give the best code.
/// - An instruction names each value that it defines once.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// The values.
    pub values: Vec<Value>,
    /// The blocks; the first one is the entry.
    pub blocks: Vec<Block>,
    /// Parameters of blocks, as numbers of values.
    pub params: Vec<u32>,
    /// The edges, by the block that they leave.
    pub edges: Vec<Edge>,
    /// Arguments of edges.
    pub args: Vec<Source>,
    /// The instructions: ranges of `operands`.
    pub insts: Vec<Span>,
    /// Operands of instructions.
    pub operands: Vec<Operand>,
    /// What must be known at heads of blocks.
    pub states: Vec<State>,
    /// Writes to frame slots, by instruction.
    pub slot_writes: Vec<SlotWrite>,
    /// The first slot behind the frame: homes and writes are below it.
    pub first_extra_slot: u32,
}

impl Function {
    /// Forgets everything but the memory.
    pub fn clear(&mut self) {
        self.values.clear();
        self.blocks.clear();
        self.params.clear();
        self.edges.clear();
        self.args.clear();
        self.insts.clear();
        self.operands.clear();
        self.states.clear();
        self.slot_writes.clear();
        self.first_extra_slot = 0;
    }

    pub(crate) fn block(&self, block: u32) -> &Block {
        &self.blocks[block as usize]
    }

    pub(crate) fn value(&self, value: u32) -> &Value {
        &self.values[value as usize]
    }

    /// The edges that leave a block.
    pub(crate) fn succs(&self, block: u32) -> &[Edge] {
        self.block(block).succs.of(&self.edges)
    }

    /// The parameters of a block.
    pub(crate) fn params_of(&self, block: u32) -> &[u32] {
        self.block(block).params.of(&self.params)
    }
}

/// The registers of the machine, by numbers below 64. Lower numbers are taken
/// first.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    /// The integer registers that can be allocated, a bit for each.
    pub int: u64,
    /// The vector registers that can be allocated, a bit for each.
    pub vec: u64,
    /// An integer register for moves, not among the others.
    pub int_scratch: u8,
    /// A vector register for moves, not among the others.
    pub vec_scratch: u8,
}

impl Registers {
    /// The registers of a class that can be allocated.
    #[must_use]
    pub fn of(&self, class: Class) -> u64 {
        match class {
            Class::Int => self.int,
            Class::Vec => self.vec,
        }
    }

    /// The register of a class for moves.
    #[must_use]
    pub fn scratch(&self, class: Class) -> u8 {
        match class {
            Class::Int => self.int_scratch,
            Class::Vec => self.vec_scratch,
        }
    }
}
