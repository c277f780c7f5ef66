//! The scan of one instruction: loads, reads, temporaries and results.

use crate::flow::{AWAY, NONE, weight};
use crate::function::{Class, Operand, Role};
use crate::life::{DEAD, FAR};
use crate::output::{Error, InstMove, Location, Move};
use crate::scan::{NOWHERE, Scanner};
use crate::spill::Store;

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
    pub(crate) fn instruction(&mut self, block: u32, inst: u32) -> Result<(), Error> {
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
