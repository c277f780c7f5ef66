//! The scan: instruction after instruction, block after block.
//!
//! Between instructions a value is in one register or in none; one that is in
//! none is in memory, or is a constant. Slots have no numbers yet:
//! `Location::Slot` holds the value's number until the end.

use crate::entry::{Candidate, Entering};
use crate::flow::{AWAY, Flow, NONE, weight};
use crate::function::{Class, Function, Operand, Registers, Role, Span};
use crate::life::{DEAD, FAR, Life};
use crate::output::{Error, InstMove, Location, Move, Output};
use crate::spill::{Spills, Store};

/// No register.
pub(crate) const NOWHERE: u8 = u8::MAX;

/// The classes, in the order of their numbers.
pub(crate) const CLASSES: [Class; 2] = [Class::Int, Class::Vec];

/// What the scan knows of a value.
#[derive(Clone, Copy)]
pub(crate) struct Track {
    /// The instruction that uses it next.
    pub(crate) next: u32,
    /// The block at whose head it was last seen alive.
    pub(crate) live_at: u32,
    /// Its number among the candidates for a place at that head.
    pub(crate) candidate: u32,
    /// The instruction that used it last of all; of values that do not leave
    /// their block.
    pub(crate) died: u32,
    /// The register it is in.
    pub(crate) register: u8,
    /// The register it was in last, or should be in.
    pub(crate) wish: u8,
    /// Its class.
    pub(crate) class: Class,
    /// Whether it can be made again.
    is_constant: bool,
}

const UNSEEN: Track = Track {
    next: DEAD,
    live_at: NONE,
    candidate: NONE,
    died: NONE,
    register: NOWHERE,
    wish: NOWHERE,
    class: Class::Int,
    is_constant: false,
};

/// A register's content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Held {
    pub(crate) value: u32,
    pub(crate) class: Class,
    pub(crate) register: u8,
}

/// What was written when a block began, and what its registers held.
#[derive(Clone, Copy, Default)]
struct Mark {
    entry: Span,
    exit: Span,
    moves: u32,
    memory_operands: u32,
}

/// A loop that the scan is in.
pub(crate) struct OpenLoop {
    pub(crate) header: u32,
    last: u32,
    /// Registers of the header's parameters, by class: the way back is free
    /// if their arguments can have them.
    pub(crate) wanted: [u64; 2],
}

/// The state of the scan.
#[derive(Default)]
pub(crate) struct Scan {
    pub(crate) tracks: Vec<Track>,
    all: [u64; 2],
    pub(crate) free: [u64; 2],
    /// The value in each register that is not free.
    values: Vec<[u32; 64]>,
    pub(crate) held: Vec<Held>,
    marks: Vec<Mark>,
    pub(crate) moves: Vec<InstMove>,
    /// The operands whose location is memory.
    pub(crate) memory_operands: Vec<u32>,
    pub(crate) loops: Vec<OpenLoop>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) entering: Entering,
    /// How many instructions may still be scanned again.
    budget: usize,
}

impl Scan {
    pub(crate) fn clear(&mut self, function: &Function, registers: &Registers) {
        self.tracks.clear();
        self.tracks
            .extend(function.values.iter().map(|value| Track {
                class: value.class,
                is_constant: value.remat.is_some(),
                ..UNSEEN
            }));
        self.all = [registers.int, registers.vec];
        self.free = self.all;
        self.values.clear();
        self.values.resize(CLASSES.len(), [NONE; 64]);
        self.held.clear();
        self.marks.clear();
        self.moves.clear();
        self.memory_operands.clear();
        self.loops.clear();
        self.entering.clear(function);
        self.budget = function.insts.len();
    }

    /// What registers hold at a block's head, behind the edge's moves.
    pub(crate) fn entry(&self, block: u32) -> &[Held] {
        self.entry_span(block).of(&self.held)
    }

    /// Where that stands in `held`.
    pub(crate) fn entry_span(&self, block: u32) -> Span {
        self.marks[block as usize].entry
    }

    /// Where `held` says what registers hold behind a block's last
    /// instruction.
    pub(crate) fn exit_span(&self, block: u32) -> Span {
        self.marks[block as usize].exit
    }

    pub(crate) fn track(&mut self, value: u32) -> &mut Track {
        &mut self.tracks[value as usize]
    }

    /// Puts a value into a free register.
    pub(crate) fn place(&mut self, value: u32, class: Class, register: u8) {
        debug_assert!(self.free[class as usize] >> register & 1 == 1);
        self.free[class as usize] &= !(1 << register);
        self.values[class as usize][usize::from(register)] = value;
        let track = self.track(value);
        (track.register, track.wish) = (register, register);
    }

    /// Takes a value out of its register, if it is in one.
    pub(crate) fn release(&mut self, value: u32) {
        let track = self.track(value);
        let register = std::mem::replace(&mut track.register, NOWHERE);
        if register != NOWHERE {
            let class = track.class as usize;
            self.free[class] |= 1 << register;
        }
    }

    /// Writes down what registers hold.
    fn record(&mut self) -> Span {
        let start = self.held.len();
        for class in CLASSES {
            let mut taken = self.all[class as usize] & !self.free[class as usize];
            while taken != 0 {
                let register = taken.trailing_zeros() as u8;
                taken &= taken - 1;
                let value = self.values[class as usize][usize::from(register)];
                self.held.push(Held {
                    value,
                    class,
                    register,
                });
            }
        }
        Span::new(start, self.held.len())
    }
}

/// The scan of one function.
pub(crate) struct Scanner<'a> {
    pub(crate) function: &'a Function,
    pub(crate) life: &'a Life,
    pub(crate) flow: &'a mut Flow,
    pub(crate) scan: &'a mut Scan,
    pub(crate) spills: &'a mut Spills,
    pub(crate) output: &'a mut Output,
}

/// The registers that an instruction's operands have taken, by class.
#[derive(Default)]
struct Taken {
    /// By reads.
    used: [u64; 2],
    /// By reads that no result may share, by temporaries and by results.
    kept: [u64; 2],
}

fn bit(register: u8) -> u64 {
    1 << register
}

impl Scanner<'_> {
    pub(crate) fn run(mut self) -> Result<(), Error> {
        let mut block = 0;
        while (block as usize) < self.function.blocks.len() {
            let mark = Mark {
                moves: self.scan.moves.len() as u32,
                memory_operands: self.scan.memory_operands.len() as u32,
                ..Mark::default()
            };
            self.scan.marks.push(mark);
            self.open_loop(block);
            self.enter(block);
            self.scan.marks[block as usize].entry = self.scan.record();
            self.write_states(block);
            self.drop_dead(block);
            let insts = self.function.block(block).insts;
            for inst in insts.start..insts.end {
                self.instruction(block, inst)?;
            }
            let exit = self.scan.record();
            self.scan.marks[block as usize].exit = exit;
            for at in exit.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).register = NOWHERE;
            }
            self.scan.free = self.scan.all;
            block = self.close_loops(block);
        }
        Ok(())
    }

    fn open_loop(&mut self, block: u32) {
        if let Some(last) = self.flow.loop_last(block) {
            let header = block;
            let wanted = [0; 2];
            self.scan.loops.push(OpenLoop {
                header,
                last,
                wanted,
            });
        }
    }

    /// Ends the loops that end with `block`, and returns the block to go on
    /// with: the next one, or a header whose promises could not be kept.
    fn close_loops(&mut self, block: u32) -> u32 {
        while let Some(open) = self.scan.loops.last() {
            let (header, last) = (open.header, open.last);
            if last > block {
                break;
            }
            self.scan.loops.pop();
            let insts = self.insts_of(header, last);
            if last == block && self.may_repeat(header, insts) && self.break_promises(header) {
                self.scan.budget -= insts;
                let mark = self.scan.marks[header as usize];
                self.scan.marks.truncate(header as usize);
                self.scan.held.truncate(mark.entry.start as usize);
                self.scan.moves.truncate(mark.moves as usize);
                let operands = mark.memory_operands as usize;
                self.scan.memory_operands.truncate(operands);
                return header;
            }
        }
        block + 1
    }

    /// How many instructions there are from one block to another.
    fn insts_of(&self, first: u32, last: u32) -> usize {
        let (first, last) = (self.function.block(first), self.function.block(last));
        (last.insts.end - first.insts.start) as usize
    }

    /// Each loop is scanned again once at most, inner ones first, and all
    /// together not for longer than the function is.
    fn may_repeat(&self, header: u32, insts: usize) -> bool {
        insts <= self.scan.budget && !self.scan.entering.is_repeated(header)
    }

    /// Notes the values that the header has in registers and that would have
    /// to be loaded on most ways back to it. Returns whether there are any.
    fn break_promises(&mut self, header: u32) -> bool {
        let count = self.scan.entry(header).len();
        let mut kept = std::mem::take(&mut self.scan.entering.kept);
        kept.clear();
        kept.resize(count, 0);
        let mut total = 0;
        for at in 0..self.flow.preds(header).len() {
            let edge = self.flow.preds(header)[at] as usize;
            let from = self.function.edges[edge].from;
            if from < header {
                continue;
            }
            let times = weight(self.function.block(from));
            total += times;
            let entry = self.scan.marks[header as usize].entry;
            for at in entry.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).candidate = NONE;
            }
            let exit = self.scan.marks[from as usize].exit;
            for at in exit.indices() {
                let value = self.scan.held[at].value;
                self.scan.track(value).candidate = header;
            }
            for (at, kept) in entry.indices().zip(&mut kept) {
                let value = self.scan.held[at].value;
                *kept += times * u64::from(self.scan.track(value).candidate == header);
            }
        }
        let mut broken = false;
        for (at, kept) in kept.iter().enumerate() {
            let value = self.scan.entry(header)[at].value;
            let is_param = self.life.facts(value).block == header;
            if !is_param && 2 * kept <= total {
                self.scan.entering.exclude(header, value);
                broken = true;
            }
        }
        self.scan.entering.kept = kept;
        broken
    }

    /// Where a value is that is in no register.
    pub(crate) fn memory(&self, value: u32) -> Location {
        match self.function.value(value).remat {
            Some(constant) => Location::Constant(constant),
            None => Location::Slot(value),
        }
    }

    fn class(&self, value: u32) -> Class {
        self.scan.tracks[value as usize].class
    }

    fn write_states(&mut self, block: u32) {
        for at in self.function.block(block).state.indices() {
            let value = self.function.states[at].value;
            self.output.states[at] = match self.scan.track(value).register {
                NOWHERE => self.memory(value),
                register => Location::Register(register),
            };
        }
    }

    /// Frees the registers of what only the state at the head needed.
    fn drop_dead(&mut self, block: u32) {
        let life = self.life;
        for live in life.live_in(block) {
            if live.distance == DEAD {
                self.scan.release(live.value);
            }
        }
        for &param in self.function.params_of(block) {
            if self.scan.track(param).next == DEAD {
                self.scan.release(param);
            }
        }
    }

    fn instruction(&mut self, block: u32, inst: u32) -> Result<(), Error> {
        let span = self.function.insts[inst as usize];
        let operands = span.of(&self.function.operands);
        let next = span.of(&self.life.next);
        let mut taken = Taken::default();
        let (mut has_missing, mut has_temps, mut has_results) = (false, false, false);
        for &Operand { value, role } in operands {
            let track = &self.scan.tracks[value as usize];
            match role {
                Role::Temp => has_temps = true,
                Role::Def | Role::DefReuse(_) => has_results = true,
                Role::UseAny | Role::UseAnyEarly if !track.is_constant => {}
                _ if track.register == NOWHERE => has_missing = true,
                _ => taken.used[track.class as usize] |= bit(track.register),
            }
        }
        if has_missing {
            self.load_reads((block, inst), operands, &mut taken)?;
        }
        let has_last = self.place_reads(inst, &mut taken);
        if has_temps {
            self.place_temps((block, inst), &mut taken)?;
        }
        if has_last {
            for (operand, &next) in operands.iter().zip(next) {
                if operand.role.is_use() && next == DEAD {
                    self.scan.track(operand.value).died = inst;
                    self.scan.release(operand.value);
                }
            }
        }
        if has_results {
            for at in span.indices() {
                if self.function.operands[at].role.is_def() {
                    self.place_result(block, inst, at, &mut taken)?;
                }
            }
            for (operand, &next) in operands.iter().zip(next) {
                if operand.role.is_def() && next == DEAD {
                    self.scan.release(operand.value);
                }
            }
        }
        Ok(())
    }

    /// Loads what must be in registers and is not.
    fn load_reads(
        &mut self,
        (block, inst): (u32, u32),
        operands: &[Operand],
        taken: &mut Taken,
    ) -> Result<(), Error> {
        for &Operand { value, role } in operands {
            let track = self.scan.tracks[value as usize];
            let needs = role.is_use() && (!role.is_any() || track.is_constant);
            if needs && track.register == NOWHERE {
                let class = track.class;
                let forbidden = taken.used[class as usize];
                let register = self
                    .find((block, inst), class, value, forbidden)
                    .ok_or(Error::TooFewRegisters { inst, class })?;
                self.load(inst, value, class, register);
                taken.used[class as usize] |= bit(register);
            }
        }
        Ok(())
    }

    fn load(&mut self, inst: u32, value: u32, class: Class, register: u8) {
        self.scan.place(value, class, register);
        let action = Move {
            from: self.memory(value),
            to: Location::Register(register),
            class,
            wide: self.function.value(value).wide,
        };
        self.scan.moves.push(InstMove { inst, action });
    }

    /// Writes down where reads find their values; returns whether any is the
    /// last one. What can be read from memory is loaded only if that costs
    /// nobody a register and the value is used again soon.
    fn place_reads(&mut self, inst: u32, taken: &mut Taken) -> bool {
        let span = self.function.insts[inst as usize];
        let operands = span.of(&self.function.operands);
        let mut has_last = false;
        for (at, &Operand { value, role }) in span.indices().zip(operands) {
            if !role.is_use() {
                continue;
            }
            let next = self.life.next[at];
            has_last |= next == DEAD;
            let track = self.scan.tracks[value as usize];
            let c = track.class as usize;
            if track.register == NOWHERE && next != DEAD && next - inst < AWAY {
                let open = self.scan.free[c];
                if open != 0 {
                    let register = self.choose(track.class, value, open);
                    self.load(inst, value, track.class, register);
                }
            }
            let track = self.scan.track(value);
            track.next = next;
            self.output.locations[at] = match track.register {
                NOWHERE => {
                    self.scan.memory_operands.push(at as u32);
                    Location::Slot(value)
                }
                register => {
                    taken.used[c] |= bit(register);
                    if role.is_late() {
                        taken.kept[c] |= bit(register);
                    }
                    Location::Register(register)
                }
            };
        }
        has_last
    }

    fn place_temps(&mut self, (block, inst): (u32, u32), taken: &mut Taken) -> Result<(), Error> {
        for at in self.function.insts[inst as usize].indices() {
            let operand = self.function.operands[at];
            if operand.role == Role::Temp {
                let class = self.class(operand.value);
                let c = class as usize;
                let forbidden = taken.used[c] | taken.kept[c];
                let register = self
                    .find((block, inst), class, NONE, forbidden)
                    .or_else(|| self.read_from_memory(block, inst, class, taken, false))
                    .ok_or(Error::TooFewRegisters { inst, class })?;
                taken.kept[c] |= bit(register);
                self.output.locations[at] = Location::Register(register);
            }
        }
        Ok(())
    }

    fn place_result(
        &mut self,
        block: u32,
        inst: u32,
        at: usize,
        taken: &mut Taken,
    ) -> Result<(), Error> {
        let Operand { value, role } = self.function.operands[at];
        let class = self.class(value);
        let c = class as usize;
        let mut reused = None;
        if let Role::DefReuse(other) = role {
            let first = self.function.insts[inst as usize].start as usize;
            let place = self.output.locations[first + usize::from(other)];
            if let Location::Register(register) = place {
                let open = self.scan.free[c] & !taken.kept[c];
                reused = (open & bit(register) != 0).then_some(register);
            }
        }
        let register = match reused {
            Some(register) => register,
            None => self
                .find((block, inst), class, value, taken.kept[c])
                .or_else(|| self.read_from_memory(block, inst, class, taken, true))
                .ok_or(Error::TooFewRegisters { inst, class })?,
        };
        self.scan.place(value, class, register);
        self.scan.track(value).next = self.life.next[at];
        taken.kept[c] |= bit(register);
        self.output.locations[at] = Location::Register(register);
        // A parameter that is not placed yet follows its first argument.
        let hint = self.life.facts(value).hint;
        if hint != NONE && self.scan.track(hint).wish == NOWHERE {
            self.scan.track(hint).wish = register;
        }
        Ok(())
    }

    /// A register of the class that is not forbidden, made free if need be.
    /// It is for `value`, or for nothing that lives on.
    fn find(
        &mut self,
        (block, inst): (u32, u32),
        class: Class,
        value: u32,
        forbidden: u64,
    ) -> Option<u8> {
        let free = self.scan.free[class as usize] & !forbidden;
        if free != 0 {
            return Some(self.choose(class, value, free));
        }
        let victim = self.victim(block, inst, class, forbidden)?;
        let register = self.scan.track(victim).register;
        self.evict(block, victim);
        Some(register)
    }

    /// One of the free registers: the one that saves a move later on, or else
    /// one that saves no other value a move.
    pub(crate) fn choose(&self, class: Class, value: u32, free: u64) -> u8 {
        if let Some(register) = self.wish(value)
            && free & bit(register) != 0
        {
            return register;
        }
        let wanted = self.scan.loops.last();
        let wanted = wanted.map_or(0, |open| open.wanted[class as usize]);
        let rest = if free & !wanted == 0 {
            free
        } else {
            free & !wanted
        };
        rest.trailing_zeros() as u8
    }

    /// The register that a value should have: its own last one, or that of
    /// what it becomes.
    pub(crate) fn wish(&self, mut value: u32) -> Option<u8> {
        const LINKS_MAX: u32 = 5;
        for _ in 0..LINKS_MAX {
            if value == NONE {
                return None;
            }
            let wish = self.scan.tracks[value as usize].wish;
            if wish != NOWHERE {
                return Some(wish);
            }
            value = self.life.facts(value).hint;
        }
        None
    }

    /// The value that is best taken out of its register: the one whose next
    /// use is farthest, where one that would have to be stored as often as
    /// this block is run counts as half as far.
    fn victim(&self, block: u32, inst: u32, class: Class, forbidden: u64) -> Option<u32> {
        let c = class as usize;
        let mut open = self.scan.all[c] & !self.scan.free[c] & !forbidden;
        let here = weight(self.function.block(block));
        let mut best = None;
        while open != 0 {
            let register = open.trailing_zeros() as usize;
            open &= open - 1;
            let value = self.scan.values[c][register];
            let next = self.scan.tracks[value as usize].next;
            let distance = u64::from(next - inst.min(next));
            let home = self.life.facts(value).block;
            let entry = self.function.value(value);
            let is_cheap = self.spills.of(value).store == Store::AtDefinition
                || entry.remat.is_some()
                || entry.from_home
                || weight(self.function.block(home)) < here;
            let score = if next >= FAR {
                u64::MAX
            } else {
                distance << u32::from(is_cheap)
            };
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, value));
            }
        }
        best.map(|(_, value)| value)
    }

    /// Takes a value out of its register; it is in memory from here on.
    pub(crate) fn evict(&mut self, block: u32, value: u32) {
        let (function, life) = (self.function, self.life);
        let flow = (life, &mut *self.flow);
        self.spills.inside(function, flow, value, block);
        self.scan.release(value);
    }

    /// Has an operand that can be read from memory read there although its
    /// value is in a register, and returns the register. Behind the reads
    /// (`late`), only those stand in the way that no result may share.
    fn read_from_memory(
        &mut self,
        block: u32,
        inst: u32,
        class: Class,
        taken: &mut Taken,
        late: bool,
    ) -> Option<u8> {
        let span = self.function.insts[inst as usize];
        let operands = span.of(&self.function.operands);
        let places = span.of(&self.output.locations);
        let reads_of = |value: u32| {
            let same = move |o: &&Operand| o.value == value && o.role.is_use();
            operands.iter().filter(same).map(|operand| operand.role)
        };
        let open = operands.iter().zip(places).find_map(|(operand, place)| {
            let Location::Register(register) = *place else {
                return None;
            };
            let value = operand.value;
            let entry = self.function.value(value);
            let fits = operand.role.is_use() && entry.class == class && entry.remat.is_none();
            let open = fits
                && reads_of(value).all(Role::is_any)
                && (!late || reads_of(value).any(Role::is_late));
            open.then_some((value, register))
        });
        let (value, register) = open?;
        for (at, operand) in span.indices().zip(operands) {
            if operand.value == value && operand.role.is_use() {
                self.output.locations[at] = Location::Slot(value);
                self.scan.memory_operands.push(at as u32);
            }
        }
        self.evict(block, value);
        taken.used[class as usize] &= !bit(register);
        taken.kept[class as usize] &= !bit(register);
        Some(register)
    }
}
