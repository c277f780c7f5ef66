//! Values to registers: what the allocator is told, and how its answer is
//! asked for.

use isa::{Class, Op};
use regalloc::{
    Allocator, Block, Edge, Function as Input, InstMove, Location, Operand, Output, Registers,
    Role, SlotWrite, Source as Argument, Span, State, Value,
};
use simd::CpuLevel;
use x64::{Gpr, Xmm};

use super::Refused;
use super::ir::{Function, Inst, Kind, NO_SLOT, Target, Term, Ty, Val};

/// Where a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loc {
    Gpr(Gpr),
    Xmm(Xmm),
    Slot(u32),
}

/// What a move reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    Loc(Loc),
    Constant(Val),
}

/// A move between places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub(super) from: Source,
    pub(super) to: Loc,
    pub(super) wide: bool,
}

/// Where everything is.
pub(super) struct Assigned<'s> {
    input: &'s Input,
    output: &'s Output,
    /// The value of each instruction of the allocator; absent where a block
    /// ends.
    vals: Vec<Val>,
    /// The allocator's number of each value.
    numbers: Vec<u32>,
    uses: Vec<u32>,
    folded: Vec<bool>,
    /// Edges that lead to, and that leave, each block.
    ways_in: Vec<u32>,
    ways_out: Vec<u32>,
    /// The one edge into a block, where it is only one.
    only_in: Vec<u32>,
    /// The allocator's number of each state; absent for constants.
    state_numbers: Vec<u32>,
    /// Moves before instructions and on edges, by the allocator's order.
    moves: Vec<(u32, Move)>,
    edge_moves: Vec<Move>,
}

/// General registers that are allocated: all but the scratch register, the
/// stack's and those with a meaning of their own.
const INT: u64 = 1 << 1 | 1 << 2 | 1 << 3 | 0b11 << 6 | 0b1_1111 << 8;
/// Vector registers that are allocated.
const VEC: u64 = 0x7fff;

/// Not a value of the allocator.
const NONE: u32 = u32::MAX;

/// Memory that is used again for the next function.
#[derive(Default)]
pub(super) struct Scratch {
    allocator: Allocator,
    input: Input,
    output: Output,
}

/// Finds a register for every value.
pub(super) fn assign<'s>(
    f: &Function,
    frame_slots: u32,
    level: CpuLevel,
    scratch: &'s mut Scratch,
) -> Result<Assigned<'s>, Refused> {
    let (uses, folded) = uses(f);
    let Scratch {
        allocator,
        input,
        output,
    } = scratch;
    input.clear();
    input.first_extra_slot = frame_slots.next_multiple_of(2);
    let mut tell = Tell {
        f,
        level,
        input: &mut *input,
        vals: Vec::new(),
        numbers: vec![NONE; f.insts.len()],
        uses: &uses,
        folded: &folded,
        temps: [NONE; 2],
        state_numbers: vec![NONE; f.states.len()],
    };
    tell.function();
    let Tell {
        vals,
        numbers,
        state_numbers,
        ..
    } = tell;
    let registers = Registers {
        int: INT,
        vec: VEC,
        int_scratch: 0,
        vec_scratch: 15,
    };
    allocator
        .allocate(input, &registers, output)
        .map_err(|_| Refused::Strange("an instruction with too many operands"))?;
    #[cfg(any(test, debug_assertions))]
    if let Err(error) = regalloc::check(input, &registers, output) {
        panic!("the allocator's answer is wrong: {error}");
    }
    if output.extra_slots > MAX_EXTRA_SLOTS {
        return Err(Refused::TooLarge);
    }
    let count = f.blocks.len();
    let mut assigned = Assigned {
        vals,
        numbers,
        uses,
        folded,
        ways_in: vec![0; count],
        ways_out: vec![0; count],
        only_in: vec![NONE; count],
        state_numbers,
        moves: Vec::new(),
        edge_moves: Vec::new(),
        input,
        output,
    };
    for (index, edge) in f.edges.iter().enumerate() {
        assigned.ways_in[edge.to as usize] += 1;
        assigned.ways_out[edge.from as usize] += 1;
        assigned.only_in[edge.to as usize] = index as u32;
    }
    assigned.translate_moves();
    Ok(assigned)
}

/// Slots behind a frame that the stack has room for.
const MAX_EXTRA_SLOTS: u32 = 8192;

/// How often each value is used, and which comparisons become part of the
/// choice or branch that uses them.
fn uses(f: &Function) -> (Vec<u32>, Vec<bool>) {
    let mut uses = vec![0; f.insts.len()];
    let mut open: Vec<Val> = Vec::new();
    let mut phi_of = vec![(0, 0); f.insts.len()];
    // Edges into each block, as lists: the last one, and the one before each.
    let mut last_in = vec![NONE; f.blocks.len()];
    let mut before = vec![NONE; f.edges.len()];
    for (index, edge) in f.edges.iter().enumerate() {
        before[index] = std::mem::replace(&mut last_in[edge.to as usize], index as u32);
    }
    for (number, block) in f.blocks.iter().enumerate() {
        for (n, param) in block.params.clone().enumerate() {
            phi_of[f.params[param as usize].index()] = (number as u32, n as u32);
        }
        for val in f.block_insts(number as u32) {
            if has_effect(f.inst(val)) {
                open.extend(f.inst(val).args);
            }
        }
        term_args(&block.term, |val| open.push(val));
        open.extend(block.state.clone().map(|index| f.states[index as usize].1));
    }
    while let Some(val) = open.pop() {
        if val.is_none() {
            continue;
        }
        uses[val.index()] += 1;
        if uses[val.index()] > 1 || has_effect(f.inst(val)) {
            continue;
        }
        match f.inst(val).kind {
            Kind::Phi => {
                let (block, n) = phi_of[val.index()];
                let mut edge = last_in[block as usize];
                while edge != NONE {
                    let args = f.edges[edge as usize].args.clone();
                    open.push(f.args[(args.start + n) as usize]);
                    edge = before[edge as usize];
                }
            }
            _ => open.extend(f.inst(val).args),
        }
    }
    let folded = fold_comparisons(f, &uses);
    (uses, folded)
}

fn is_comparison(inst: &Inst) -> bool {
    matches!(inst.kind, Kind::Row(op) if op.class() == Class::Compare || super::emit::is_question(op))
}

fn fold_comparisons(f: &Function, uses: &[u32]) -> Vec<bool> {
    let mut folded = vec![false; f.insts.len()];
    let mut fold = |val: Val, block: u32| {
        let once = !val.is_none() && uses[val.index()] == 1;
        if once && is_comparison(f.inst(val)) && f.inst(val).block == block {
            folded[val.index()] = true;
        }
    };
    for (number, block) in f.blocks.iter().enumerate() {
        for val in f.block_insts(number as u32) {
            let inst = f.inst(val);
            if inst.kind == Kind::Select && uses[val.index()] > 0 {
                fold(inst.args[2], number as u32);
            }
        }
        if let Term::If {
            op: Op::I32Eqz, a, ..
        } = block.term
        {
            fold(a, number as u32);
        }
    }
    folded
}

/// Whether an instruction does something besides making its value.
fn has_effect(inst: &Inst) -> bool {
    match inst.kind {
        Kind::Row(op) => matches!(op.class(), Class::TryUnary | Class::TryBinary),
        Kind::SlotStore
        | Kind::SlotStoreWide
        | Kind::SlotStoreHigh
        | Kind::Check
        | Kind::Load(_)
        | Kind::LoadLane(_)
        | Kind::Store(_)
        | Kind::StoreLane(_)
        | Kind::GlobalSet
        | Kind::NonNull
        | Kind::Address
        | Kind::Helper(_) => true,
        Kind::Const
        | Kind::ConstWide
        | Kind::Phi
        | Kind::SlotLoad
        | Kind::Select
        | Kind::Canon(_)
        | Kind::Memory
        | Kind::MemorySize
        | Kind::Global
        | Kind::GlobalGet
        | Kind::FuncRef => false,
    }
}

fn term_args(term: &Term, mut sink: impl FnMut(Val)) {
    match term {
        Term::If { a, b, .. } => {
            sink(*a);
            sink(*b);
        }
        Term::Table { index, .. } => sink(*index),
        Term::Call(call) => match call.target {
            Target::Indirect { index, .. } => sink(index),
            Target::Ref(reference) => sink(reference),
            Target::Defined(_) | Target::Imported(_) => {}
        },
        Term::None | Term::Jump(_) | Term::Return | Term::Trap { .. } | Term::Leave { .. } => {}
    }
}

/// The function as the allocator is told of it.
struct Tell<'a> {
    f: &'a Function,
    level: CpuLevel,
    input: &'a mut Input,
    vals: Vec<Val>,
    numbers: Vec<u32>,
    uses: &'a [u32],
    folded: &'a [bool],
    /// Values that stand for registers an instruction needs for itself.
    temps: [u32; 2],
    /// The allocator's number of each state.
    state_numbers: Vec<u32>,
}

impl Tell<'_> {
    fn function(&mut self) {
        self.temps = [regalloc::Class::Int, regalloc::Class::Vec].map(|class| {
            self.input.values.push(Value::new(class));
            self.input.values.len() as u32 - 1
        });
        for block in 0..self.f.blocks.len() as u32 {
            self.block(block);
        }
        for edge in &self.f.edges {
            let start = self.input.args.len();
            let params = self.f.blocks[edge.to as usize].params.clone();
            for (param, arg) in params.zip(edge.args.clone()) {
                let param = self.f.params[param as usize];
                if self.uses[param.index()] == 0 {
                    continue;
                }
                let arg = self.f.args[arg as usize];
                let source = match self.is_constant(arg) {
                    true => Argument::Constant(arg.0),
                    false => Argument::Value(self.number(arg)),
                };
                self.input.args.push(source);
            }
            self.input.edges.push(Edge {
                from: edge.from,
                to: edge.to,
                args: Span::new(start, self.input.args.len()),
            });
        }
    }

    fn is_constant(&self, val: Val) -> bool {
        matches!(self.f.inst(val).kind, Kind::Const | Kind::ConstWide)
    }

    fn number(&mut self, val: Val) -> u32 {
        if self.numbers[val.index()] == NONE {
            self.numbers[val.index()] = self.input.values.len() as u32;
            let inst = self.f.inst(val);
            let home = self.f.homes[val.index()];
            let home = (home != NO_SLOT).then_some(u32::from(home));
            let wide = inst.ty == Ty::V128;
            self.input.values.push(Value {
                class: match inst.ty {
                    Ty::Int => regalloc::Class::Int,
                    Ty::F32 | Ty::F64 | Ty::V128 => regalloc::Class::Vec,
                },
                wide,
                home: home.filter(|home| !wide || home % 2 == 0),
                from_home: inst.kind == Kind::SlotLoad && home == Some(inst.imm as u32),
                remat: None,
            });
        }
        self.numbers[val.index()]
    }

    fn block(&mut self, number: u32) {
        let block = &self.f.blocks[number as usize];
        let params = self.input.params.len();
        for param in block.params.clone() {
            let param = self.f.params[param as usize];
            if self.uses[param.index()] > 0 {
                let value = self.number(param);
                self.input.params.push(value);
            }
        }
        let states = self.input.states.len();
        for index in block.state.clone() {
            let (_, val) = self.f.states[index as usize];
            if !self.is_constant(val) {
                let value = self.number(val);
                self.state_numbers[index as usize] = self.input.states.len() as u32;
                self.input.states.push(State { tag: index, value });
            }
        }
        let insts = self.input.insts.len();
        for val in self.f.block_insts(number) {
            let inst = self.f.inst(val);
            let needed = has_effect(inst) || self.uses[val.index()] > 0;
            if needed && !self.folded[val.index()] {
                self.inst(val);
            }
        }
        self.terminator(&block.term);
        self.input.blocks.push(Block {
            insts: Span::new(insts, self.input.insts.len()),
            params: Span::new(params, self.input.params.len()),
            succs: self.succs(number),
            state: Span::new(states, self.input.states.len()),
            loop_depth: block.depth,
            cold: matches!(block.term, Term::Trap { .. } | Term::Leave { .. }),
        });
    }

    fn succs(&self, block: u32) -> Span {
        let start = self.f.edges.partition_point(|edge| edge.from < block);
        let end = self.f.edges.partition_point(|edge| edge.from <= block);
        Span::new(start, end)
    }

    fn operand(&mut self, val: Val, role: Role) {
        if !val.is_none() && !self.is_constant(val) {
            let value = self.number(val);
            self.input.operands.push(Operand { value, role });
        }
    }

    fn temp(&mut self, class: regalloc::Class) {
        self.input.operands.push(Operand {
            value: self.temps[class as usize],
            role: Role::Temp,
        });
    }

    fn done(&mut self, start: usize, val: Val) {
        self.vals.push(val);
        self.input
            .insts
            .push(Span::new(start, self.input.operands.len()));
    }

    fn inst(&mut self, val: Val) {
        let start = self.input.operands.len();
        let inst = *self.f.inst(val);
        let roles = self.roles(&inst);
        for (arg, role) in inst.args.into_iter().zip(roles) {
            if !arg.is_none() && self.folded[arg.index()] {
                let compared = *self.f.inst(arg);
                self.operand(compared.args[0], Role::Use);
                self.operand(compared.args[1], Role::Use);
            } else {
                self.operand(arg, role);
            }
        }
        for _ in 0..self.temps_of(&inst) {
            self.temp(regalloc::Class::Vec);
        }
        if self.uses[val.index()] > 0
            || is_trapping_row(&inst)
            || matches!(inst.kind, Kind::Address | Kind::Load(_) | Kind::LoadLane(_))
        {
            let role = self.role_of_result(&inst);
            self.operand(val, role);
        }
        self.note_write(&inst);
        self.done(start, val);
    }

    /// How each argument is read.
    fn roles(&self, inst: &Inst) -> [Role; 3] {
        let Kind::Row(op) = inst.kind else {
            return [Role::Use; 3];
        };
        match op {
            Op::F32Min | Op::F32Max | Op::F64Min | Op::F64Max => [Role::UseLate; 3],
            _ => super::emit::roles(op, !inst.ty.is_int(), self.level),
        }
    }

    /// The result is best put where the operand was that an instruction may
    /// overwrite.
    fn role_of_result(&self, inst: &Inst) -> Role {
        let reused = match inst.kind {
            Kind::Row(op) => super::emit::reused(op, !inst.ty.is_int(), self.level),
            _ => Some(0),
        };
        let Some(n) = reused else {
            return Role::Def;
        };
        let told = |val: &Val| !val.is_none() && !self.is_constant(*val);
        let arg = inst.args[n];
        if !told(&arg) || self.f.inst(arg).ty.is_int() != inst.ty.is_int() {
            return Role::Def;
        }
        let before = inst.args[..n].iter().filter(|val| told(val)).count();
        Role::DefReuse(before as u8)
    }

    /// How many vector registers an instruction needs besides the free one.
    fn temps_of(&self, inst: &Inst) -> u8 {
        match inst.kind {
            Kind::Row(Op::I64TruncF32U | Op::I64TruncF64U) => 1,
            Kind::Canon(_) if self.level == CpuLevel::Portable => 1,
            Kind::Row(op) => super::emit::temps(self.f, inst, op, self.level),
            _ => 0,
        }
    }

    /// Tells of a write to a slot.
    fn note_write(&mut self, inst: &Inst) {
        let wide = inst.kind == Kind::SlotStoreWide;
        let stores = matches!(inst.kind, Kind::SlotStore | Kind::SlotStoreHigh) || wide;
        if !stores || inst.imm >= u64::from(super::native::VEC) {
            return;
        }
        let val = inst.args[0];
        let whole = wide || self.f.inst(val).ty != Ty::V128;
        let value = match self.is_constant(val) || !whole {
            true => None,
            false => Some(self.number(val)),
        };
        self.input.slot_writes.push(SlotWrite {
            inst: self.input.insts.len() as u32,
            slot: inst.imm as u32,
            count: 1 + u32::from(wide),
            value,
        });
    }

    fn terminator(&mut self, term: &Term) {
        let start = self.input.operands.len();
        let mut args = [Val::NONE; 2];
        let mut count = 0;
        term_args(term, |val| {
            args[count] = val;
            count += 1;
        });
        for arg in args {
            if !arg.is_none() && self.folded[arg.index()] {
                let compared = *self.f.inst(arg);
                self.operand(compared.args[0], Role::Use);
                self.operand(compared.args[1], Role::Use);
            } else {
                self.operand(arg, Role::Use);
            }
        }
        if matches!(term, Term::Table { .. }) {
            self.temp(regalloc::Class::Int);
        }
        self.done(start, Val::NONE);
    }
}

fn is_trapping_row(inst: &Inst) -> bool {
    matches!(inst.kind, Kind::Row(op) if matches!(op.class(), Class::TryUnary | Class::TryBinary))
}

impl Ty {
    fn is_int(self) -> bool {
        self == Ty::Int
    }
}

impl Assigned<'_> {
    fn place(location: Location, class: regalloc::Class) -> Loc {
        match (location, class) {
            (Location::Register(number), regalloc::Class::Int) => {
                Loc::Gpr(Gpr::from_number(number))
            }
            (Location::Register(number), regalloc::Class::Vec) => Loc::Xmm(Xmm(number)),
            (Location::Slot(slot), _) => Loc::Slot(slot),
            (Location::Constant(_), _) => unreachable!("constants are not allocated"),
        }
    }

    fn translate(one: &regalloc::Move) -> Move {
        let from = match one.from {
            Location::Constant(number) => Source::Constant(Val(number)),
            from => Source::Loc(Assigned::place(from, one.class)),
        };
        Move {
            from,
            to: Assigned::place(one.to, one.class),
            wide: one.wide,
        }
    }

    fn translate_moves(&mut self) {
        let of_inst = |one: &InstMove| (one.inst, Assigned::translate(&one.action));
        self.moves = self.output.moves.iter().map(of_inst).collect();
        self.edge_moves = self
            .output
            .edge_moves
            .iter()
            .map(Assigned::translate)
            .collect();
    }

    /// The instructions of a block, by the allocator's numbers.
    pub(super) fn block_insts(&self, block: u32) -> std::ops::Range<u32> {
        let span = self.input.blocks[block as usize].insts;
        span.start..span.end
    }

    /// The value that instruction `at` makes; none where a block ends.
    pub(super) fn val_of(&self, at: u32) -> Option<Val> {
        let val = self.vals[at as usize];
        (!val.is_none()).then_some(val)
    }

    fn operands(&self, at: u32) -> impl Iterator<Item = (&Operand, Location)> {
        let range = self.input.insts[at as usize].indices();
        let places = self.output.locations[range.clone()].iter().copied();
        self.input.operands[range].iter().zip(places)
    }

    fn class(&self, value: u32) -> regalloc::Class {
        self.input.values[value as usize].class
    }

    /// Where instruction `at` finds its operand `val`.
    pub(super) fn loc(&self, at: u32, val: Val) -> Loc {
        let value = self.numbers[val.index()];
        let found = self
            .operands(at)
            .find(|(operand, _)| operand.value == value && operand.role.is_use());
        let (_, location) = found.expect("an operand was told to the allocator");
        Assigned::place(location, self.class(value))
    }

    /// Where instruction `at` leaves its result.
    pub(super) fn def(&self, at: u32) -> Loc {
        let found = self.operands(at).find(|(operand, _)| operand.role.is_def());
        let (operand, location) = found.expect("a result was told to the allocator");
        Assigned::place(location, self.class(operand.value))
    }

    fn temp(&self, at: u32, class: regalloc::Class, index: usize) -> Loc {
        let found = self
            .operands(at)
            .filter(|(operand, _)| operand.role == Role::Temp && self.class(operand.value) == class)
            .nth(index);
        let (_, location) = found.expect("a free register was asked for");
        Assigned::place(location, class)
    }

    /// A general register that instruction `at` has for itself.
    pub(super) fn temp_gpr(&self, at: u32, index: usize) -> Gpr {
        match self.temp(at, regalloc::Class::Int, index) {
            Loc::Gpr(reg) => reg,
            other => unreachable!("a free register in {other:?}"),
        }
    }

    /// A vector register that instruction `at` has for itself.
    pub(super) fn temp_xmm(&self, at: u32, index: usize) -> Xmm {
        match self.temp(at, regalloc::Class::Vec, index) {
            Loc::Xmm(reg) => reg,
            other => unreachable!("a free register in {other:?}"),
        }
    }

    /// Where the value of a state is at the head of its block.
    pub(super) fn state_loc(&self, index: u32) -> Loc {
        let at = self.state_numbers[index as usize] as usize;
        let class = self.class(self.input.states[at].value);
        Assigned::place(self.output.states[at], class)
    }

    pub(super) fn moves_before(&self, at: u32) -> impl Iterator<Item = Move> + '_ {
        let start = self.moves.partition_point(|&(inst, _)| inst < at);
        let own = move |&&(inst, _): &&(u32, Move)| inst == at;
        self.moves[start..]
            .iter()
            .take_while(own)
            .map(|&(_, one)| one)
    }

    pub(super) fn edge_moves(&self, edge: u32) -> &[Move] {
        self.output.edges[edge as usize].of(&self.edge_moves)
    }

    /// The edge whose moves belong to the head of `block`: the only one into
    /// it, from a block with several ways on.
    pub(super) fn edge_into(&self, block: u32) -> Option<u32> {
        let edge = self.only_in[block as usize];
        let one = self.ways_in[block as usize] == 1;
        (one && self.ways_out[self.input.edges[edge as usize].from as usize] > 1).then_some(edge)
    }

    /// Whether an edge comes from a block with several ways on and leads to
    /// one with several ways in.
    pub(super) fn is_critical(&self, edge: u32) -> bool {
        let Edge { from, to, .. } = self.input.edges[edge as usize];
        self.ways_out[from as usize] > 1 && self.ways_in[to as usize] > 1
    }

    /// Whether a comparison is left to the instruction that uses it.
    pub(super) fn is_folded(&self, val: Val) -> bool {
        self.folded[val.index()]
    }

    pub(super) fn is_used(&self, val: Val) -> bool {
        self.uses[val.index()] > 0
    }
}
