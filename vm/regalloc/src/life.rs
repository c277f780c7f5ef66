//! How long values live, and how far it is to their next use.
//!
//! Liveness is sparse: only uses outside of the defining block are followed,
//! from the use up to the definition, and the walk carries the distance with
//! it. A block is walked again only where a use turns out to be less than
//! half as far, so the work is linear in the total length of lives.

use crate::flow::{Flow, NONE, penalty};
use crate::function::{Block, Function, Operand, Role, Source};
use crate::output::Error;

/// The next use of a value that is not used any more.
pub(crate) const DEAD: u32 = u32::MAX;
/// The next use of a value that only states need: behind everything else.
pub(crate) const FAR: u32 = u32::MAX - 1;
/// Where a state uses a value.
const AT_HEAD: u32 = u32::MAX;

/// The longest lives together, in values alive at heads of blocks. A function
/// that is not made for it stays far below, at some dozens for each block.
pub(crate) const LIVE_INS_MAX: usize = 1 << 22;

/// Reading an instruction's operands, as a position.
pub(crate) fn before(inst: u32) -> u32 {
    2 * inst
}

/// Writing an instruction's results, as a position.
pub(crate) fn after(inst: u32) -> u32 {
    2 * inst + 1
}

/// The last position of a block, where what its edges read is still alive.
pub(crate) fn end_of(block: &Block) -> u32 {
    before(block.insts.end) - 1
}

/// What is known of one value.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    /// The block that defines it.
    pub(crate) block: u32,
    /// The position of its definition.
    pub(crate) at: u32,
    /// The operand that defines it, unless it is a parameter.
    pub(crate) operand: u32,
    /// The value whose register it should have.
    pub(crate) hint: u32,
    /// How often that would save a move, and 0 for a mere two-operand form.
    pub(crate) hint_weight: u8,
    /// Whether it is alive behind the last instruction of its block.
    pub(crate) live_out: bool,
    first_use: u32,
    last_use: u32,
}

const UNKNOWN: Facts = Facts {
    block: NONE,
    at: 0,
    operand: NONE,
    hint: NONE,
    hint_weight: 0,
    live_out: false,
    first_use: NONE,
    last_use: NONE,
};

/// A use outside of the defining block.
#[derive(Clone, Copy)]
struct Use {
    block: u32,
    at: u32,
    next: u32,
}

/// A value that is alive at the head of a block.
#[derive(Clone, Copy, Default)]
pub(crate) struct LiveIn {
    pub(crate) value: u32,
    /// Instructions until its next use; [`DEAD`] if the state at the head is
    /// the last one that needs it.
    pub(crate) distance: u32,
    /// The position until which the block needs it.
    pub(crate) end: u32,
}

/// The lives of a function's values.
#[derive(Default)]
pub(crate) struct Life {
    pub(crate) facts: Vec<Facts>,
    /// The next use of each operand's value behind it, as an instruction.
    pub(crate) next: Vec<u32>,
    /// The first use of each parameter, as an instruction.
    pub(crate) param_next: Vec<u32>,
    live_in_starts: Vec<u32>,
    live_ins: Vec<LiveIn>,
    /// The lives as they are found, with their blocks.
    found: Vec<(u32, LiveIn)>,
    uses: Vec<Use>,
    users: Vec<u32>,
    visited: Vec<u32>,
    work: Vec<u32>,
    next_of: Vec<u32>,
}

impl Life {
    pub(crate) fn build(&mut self, function: &Function, flow: &Flow) -> Result<(), Error> {
        self.collect(function);
        self.walk(function, flow)?;
        self.sort_by_block(function.blocks.len());
        self.look_back(function);
        Ok(())
    }

    /// The values that are alive at the head of a block.
    pub(crate) fn live_in(&self, block: u32) -> &[LiveIn] {
        let block = block as usize;
        let (start, end) = (self.live_in_starts[block], self.live_in_starts[block + 1]);
        &self.live_ins[start as usize..end as usize]
    }

    pub(crate) fn facts(&self, value: u32) -> &Facts {
        &self.facts[value as usize]
    }

    /// Definitions, and the uses that are not in the same block.
    fn collect(&mut self, function: &Function) {
        self.facts.clear();
        self.facts.resize(function.values.len(), UNKNOWN);
        self.uses.clear();
        self.users.clear();
        for (number, block) in (0..).zip(&function.blocks) {
            for &param in block.params.of(&function.params) {
                let facts = &mut self.facts[param as usize];
                (facts.block, facts.at) = (number, before(block.insts.start));
            }
            for inst in block.insts.indices() {
                let span = function.insts[inst];
                for (at, operand) in (span.start..).zip(span.of(&function.operands)) {
                    if operand.role.is_def() {
                        let facts = &mut self.facts[operand.value as usize];
                        (facts.block, facts.at) = (number, after(inst as u32));
                        facts.operand = at;
                    } else if operand.role != Role::Temp {
                        self.add_use(operand.value, number, inst as u32);
                    }
                }
            }
            for edge in function.succs(number) {
                let params = function.params_of(edge.to);
                for (&param, arg) in params.iter().zip(edge.args.of(&function.args)) {
                    if let Source::Value(value) = *arg {
                        self.add_use(value, number, block.insts.end);
                        let weight = if block.cold {
                            1
                        } else {
                            block.loop_depth.min(200) + 2
                        };
                        self.add_hint(value, param, weight);
                    }
                }
            }
        }
        // Last, so that the walks of real uses come first and set distances.
        for (number, block) in (0..).zip(&function.blocks) {
            for state in block.state.of(&function.states) {
                self.add_use(state.value, number, AT_HEAD);
            }
        }
    }

    fn add_hint(&mut self, value: u32, hint: u32, weight: u8) {
        let facts = &mut self.facts[value as usize];
        if weight > facts.hint_weight {
            (facts.hint, facts.hint_weight) = (hint, weight);
        }
    }

    fn add_use(&mut self, value: u32, block: u32, at: u32) {
        let facts = &mut self.facts[value as usize];
        if facts.block == block {
            return;
        }
        let number = self.uses.len() as u32;
        let next = NONE;
        self.uses.push(Use { block, at, next });
        if facts.first_use == NONE {
            facts.first_use = number;
            self.users.push(value);
        } else {
            self.uses[facts.last_use as usize].next = number;
        }
        facts.last_use = number;
    }

    fn walk(&mut self, function: &Function, flow: &Flow) -> Result<(), Error> {
        self.found.clear();
        self.visited.clear();
        self.visited.resize(function.blocks.len(), NONE);
        for user in 0..self.users.len() {
            let value = self.users[user];
            let base = self.found.len();
            let mut at = self.facts[value as usize].first_use;
            while at != NONE {
                let used = self.uses[at as usize];
                let block = function.block(used.block);
                let start = block.insts.start;
                let (distance, end) = match used.at {
                    AT_HEAD => (FAR, before(start)),
                    inst => (inst - start, before(inst).min(end_of(block))),
                };
                self.touch(base, value, used.block, distance, end);
                self.walk_up(base, value, function, flow);
                at = used.next;
            }
            if self.found.len() > LIVE_INS_MAX {
                return Err(Error::LivesTooLong);
            }
        }
        Ok(())
    }

    fn walk_up(&mut self, base: usize, value: u32, function: &Function, flow: &Flow) {
        let home = self.facts[value as usize].block;
        while let Some(number) = self.work.pop() {
            let distance = self.found[self.visited[number as usize] as usize]
                .1
                .distance;
            let block = function.block(number);
            for &edge in flow.preds(number) {
                let from = function.edges[edge as usize].from;
                if from == home {
                    self.facts[value as usize].live_out = true;
                    continue;
                }
                let pred = function.block(from);
                let way = pred.insts.len() as u32 + penalty(pred, block);
                let distance = distance.saturating_add(way).min(FAR);
                self.touch(base, value, from, distance, end_of(pred));
            }
        }
    }

    /// Notes that `value` is alive at the head of `block`.
    fn touch(&mut self, base: usize, value: u32, block: u32, distance: u32, end: u32) {
        let index = self.visited[block as usize];
        if index != NONE && index as usize >= base {
            let live = &mut self.found[index as usize].1;
            live.end = live.end.max(end);
            if distance < live.distance {
                if distance <= live.distance / 2 {
                    self.work.push(block);
                }
                live.distance = distance;
            }
            return;
        }
        self.visited[block as usize] = self.found.len() as u32;
        let live = LiveIn {
            value,
            distance,
            end,
        };
        self.found.push((block, live));
        self.work.push(block);
    }

    fn sort_by_block(&mut self, blocks: usize) {
        let starts = &mut self.live_in_starts;
        starts.clear();
        starts.resize(blocks + 2, 0);
        for (block, _) in &self.found {
            starts[*block as usize + 2] += 1;
        }
        for block in 2..starts.len() {
            starts[block] += starts[block - 1];
        }
        self.live_ins.clear();
        self.live_ins.resize(self.found.len(), LiveIn::default());
        // Filling moves each start to the next block's, which is one index on.
        for (block, live) in &self.found {
            let at = &mut starts[*block as usize + 1];
            self.live_ins[*at as usize] = *live;
            *at += 1;
        }
    }

    /// Walks through all instructions from the last to the first and notes
    /// for each operand where its value is used next.
    fn look_back(&mut self, function: &Function) {
        self.next.clear();
        self.next.resize(function.operands.len(), DEAD);
        self.param_next.clear();
        self.param_next.resize(function.params.len(), DEAD);
        self.next_of.clear();
        self.next_of.resize(function.values.len(), DEAD);
        for number in (0..function.blocks.len() as u32).rev() {
            self.look_back_from_end(function, number);
            let block = function.block(number);
            for inst in block.insts.indices().rev() {
                self.look_back_over(function, inst);
            }
            let start = block.insts.start;
            let block = number as usize;
            let (from, to) = (self.live_in_starts[block], self.live_in_starts[block + 1]);
            for live in &mut self.live_ins[from as usize..to as usize] {
                let next = std::mem::replace(&mut self.next_of[live.value as usize], DEAD);
                live.distance = match next {
                    DEAD | FAR => next,
                    near => near - start,
                };
            }
            for at in function.block(number).params.indices() {
                let param = function.params[at] as usize;
                self.param_next[at] = std::mem::replace(&mut self.next_of[param], DEAD);
            }
        }
    }

    fn look_back_from_end(&mut self, function: &Function, number: u32) {
        let block = function.block(number);
        let end = block.insts.end;
        for edge in function.succs(number) {
            let way = penalty(block, function.block(edge.to));
            let to = edge.to as usize;
            let (from, to) = (self.live_in_starts[to], self.live_in_starts[to + 1]);
            for live in &self.live_ins[from as usize..to as usize] {
                let next = &mut self.next_of[live.value as usize];
                let distance = live.distance.saturating_add(way).saturating_add(end);
                *next = (*next).min(distance.min(FAR));
            }
            for arg in edge.args.of(&function.args) {
                if let Source::Value(value) = *arg {
                    let next = &mut self.next_of[value as usize];
                    *next = (*next).min(end);
                    let facts = &mut self.facts[value as usize];
                    facts.live_out |= facts.block == number;
                }
            }
        }
    }

    fn look_back_over(&mut self, function: &Function, inst: usize) {
        let span = function.insts[inst];
        let operands = span.of(&function.operands);
        let next = &mut self.next[span.indices()];
        for (at, operand) in operands.iter().enumerate() {
            let value = operand.value as usize;
            if operand.role.is_use() {
                // All reads of a value in one instruction have the same next
                // use.
                let old = std::mem::replace(&mut self.next_of[value], inst as u32);
                next[at] = if old == inst as u32 {
                    let same = |other: &Operand| other.value == operand.value;
                    let first = operands.iter().position(same);
                    first.map_or(DEAD, |first| next[first])
                } else {
                    old
                };
            } else if operand.role != Role::Temp {
                next[at] = std::mem::replace(&mut self.next_of[value], DEAD);
                if let Role::DefReuse(other) = operand.role {
                    let other = operands[usize::from(other)].value;
                    let facts = &mut self.facts[other as usize];
                    if facts.hint == NONE {
                        facts.hint = operand.value;
                    }
                }
            }
        }
    }
}
