//! Slots for the values that need memory.
//!
//! A value gets its home if nobody else is there while it lives: no value
//! with the same home, no write of the client's. One sweep over the blocks
//! finds out. The others share extra slots, by the hulls of their lives.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::flow::NONE;
use crate::function::Function;
use crate::life::{Life, after, before, end_of};
use crate::scan::Scan;
use crate::spill::Spills;

/// The life of a value that needs memory.
#[derive(Clone, Copy)]
struct Hull {
    value: u32,
    /// Its first and last position.
    start: u32,
    end: u32,
    has_home: bool,
}

/// What is in a frame slot: a value by its index, until a position.
#[derive(Clone, Copy)]
struct Occupant {
    hull: u32,
    end: u32,
}

const EMPTY: Occupant = Occupant { hull: NONE, end: 0 };

/// A write to the frame, or a read that expects the client's own.
#[derive(Clone, Copy)]
struct Touch {
    inst: u32,
    slot: u32,
    count: u32,
    value: u32,
}

/// The assignment of slots.
#[derive(Default)]
pub(crate) struct Slots {
    hulls: Vec<Hull>,
    frame: Vec<Occupant>,
    touches: Vec<Touch>,
    active: BinaryHeap<Reverse<(u32, u32, bool)>>,
    open_single: Vec<u32>,
    open_double: Vec<u32>,
    /// The first slot that was never used.
    end: u32,
}

impl Slots {
    /// Gives a slot to every value that needs one.
    pub(crate) fn assign(
        &mut self,
        function: &Function,
        life: &Life,
        scan: &Scan,
        spills: &mut Spills,
    ) {
        self.end = function.first_extra_slot;
        self.hulls.clear();
        if spills.values.is_empty() {
            return;
        }
        spills
            .values
            .sort_unstable_by_key(|&value| (life.facts(value).at, value));
        for index in 0..spills.values.len() {
            let value = spills.values[index];
            // Until slots are known, the field leads to the hull.
            spills.of_mut(value).slot = index as u32;
            self.hulls.push(Hull {
                value,
                start: NONE,
                end: 0,
                has_home: function.value(value).home.is_some(),
            });
        }
        self.collect_touches(function, life);
        self.sweep(function, life, scan, spills);
        self.settle(function, spills);
    }

    /// How many extra slots are used.
    pub(crate) fn extra(&self, function: &Function) -> u32 {
        self.end - function.first_extra_slot
    }

    /// A slot that nobody else ever has; of a wide value the first of two.
    pub(crate) fn fresh(&mut self, wide: bool) -> u32 {
        let slot = if wide {
            self.end.next_multiple_of(2)
        } else {
            self.end
        };
        self.end = slot + 1 + u32::from(wide);
        slot
    }

    fn collect_touches(&mut self, function: &Function, life: &Life) {
        self.touches.clear();
        for write in &function.slot_writes {
            self.touches.push(Touch {
                inst: write.inst,
                slot: write.slot,
                count: write.count,
                value: write.value.unwrap_or(NONE),
            });
        }
        for (number, value) in (0..).zip(&function.values) {
            if let (true, Some(slot)) = (value.from_home, value.home) {
                let facts = life.facts(number);
                if facts.block != NONE {
                    self.touches.push(Touch {
                        inst: facts.at / 2,
                        slot,
                        count: value.slots(),
                        value: number,
                    });
                }
            }
        }
        self.touches.sort_by_key(|touch| touch.inst);
    }

    fn sweep(&mut self, function: &Function, life: &Life, scan: &Scan, spills: &Spills) {
        self.frame.clear();
        self.frame.resize(function.first_extra_slot as usize, EMPTY);
        let (mut defined, mut touched) = (0, 0);
        for (number, block) in (0..).zip(&function.blocks) {
            let start = before(block.insts.start);
            for live in life.live_in(number) {
                if spills.is_in_memory(live.value) {
                    self.claim(function, spills.of(live.value).slot, start, live.end);
                }
            }
            let end = end_of(block);
            loop {
                let next = self.hulls.get(defined).map(|hull| hull.value);
                let next = next
                    .map(|value| life.facts(value).at)
                    .filter(|&at| at <= end);
                let touch = self.touches.get(touched).copied();
                let touch = touch.filter(|touch| before(touch.inst) <= end);
                match (next, touch) {
                    (Some(at), touch) if touch.is_none_or(|touch| at <= before(touch.inst)) => {
                        let value = self.hulls[defined].value;
                        let facts = life.facts(value);
                        let last = match scan.tracks[value as usize].died {
                            _ if facts.live_out => end,
                            NONE => at,
                            inst => before(inst).max(at),
                        };
                        self.claim(function, defined as u32, at, last);
                        defined += 1;
                    }
                    (_, Some(touch)) => {
                        self.touch(touch);
                        touched += 1;
                    }
                    _ => break,
                }
            }
        }
    }

    /// A value lives from `start` to `end` in memory.
    fn claim(&mut self, function: &Function, index: u32, start: u32, end: u32) {
        let hull = &mut self.hulls[index as usize];
        hull.start = hull.start.min(start);
        hull.end = hull.end.max(end);
        let value = function.value(hull.value);
        let Some(home) = value.home.filter(|_| hull.has_home) else {
            return;
        };
        for slot in home..home + value.slots() {
            let other = self.frame[slot as usize];
            if other.hull == NONE || other.hull == index || other.end < start {
                continue;
            }
            let loser = &self.hulls[other.hull as usize];
            if !loser.has_home {
                continue;
            }
            // Who comes from there would need no store.
            let other_value = function.value(loser.value);
            if !value.from_home || other_value.from_home {
                self.hulls[index as usize].has_home = false;
                return;
            }
            self.hulls[other.hull as usize].has_home = false;
        }
        for slot in home..home + value.slots() {
            self.frame[slot as usize] = Occupant { hull: index, end };
        }
    }

    fn touch(&mut self, touch: Touch) {
        for slot in touch.slot..touch.slot + touch.count {
            let occupant = self.frame[slot as usize];
            if occupant.hull != NONE && occupant.end >= before(touch.inst) {
                let hull = &mut self.hulls[occupant.hull as usize];
                hull.has_home &= hull.value == touch.value;
            }
        }
    }

    /// Homes for those who kept them, extra slots for the others.
    fn settle(&mut self, function: &Function, spills: &mut Spills) {
        self.active.clear();
        self.open_single.clear();
        self.open_double.clear();
        // By definition is by start too, unless the order of blocks is odd.
        self.hulls.sort_by_key(|hull| hull.start);
        for at in 0..self.hulls.len() {
            let hull = self.hulls[at];
            let value = function.value(hull.value);
            let spill = spills.of_mut(hull.value);
            if let (true, Some(home)) = (hull.has_home, value.home) {
                spill.slot = home;
                spill.stored_by_client = value.from_home;
                continue;
            }
            while let Some(&Reverse((end, slot, wide))) = self.active.peek() {
                if end >= hull.start {
                    break;
                }
                self.active.pop();
                let open = if wide {
                    &mut self.open_double
                } else {
                    &mut self.open_single
                };
                open.push(slot);
            }
            let open = if value.wide {
                &mut self.open_double
            } else {
                &mut self.open_single
            };
            let slot = open.pop().unwrap_or_else(|| self.fresh(value.wide));
            self.active.push(Reverse((hull.end, slot, value.wide)));
            spills.of_mut(hull.value).slot = slot;
        }
    }
}

/// The position of a store behind a definition: before the next instruction.
pub(crate) fn store_at(at: u32) -> u32 {
    debug_assert!(at == before(at / 2) || at == after(at / 2));
    at.div_ceil(2)
}
