//! What is in registers when a block begins.
//!
//! With one predecessor, what it leaves. Where ways meet, what most of them
//! bring, weighed by how often they are taken, in the registers of the
//! heaviest. A loop's header also asks for what its body uses soon: loading
//! that once before the loop is better than in it.

use crate::flow::{AWAY, NONE, weight};
use crate::function::{Class, Function, Source};
use crate::life::{DEAD, FAR};
use crate::scan::{CLASSES, NOWHERE, Scanner};

/// A value that could be in a register at a block's head.
#[derive(Clone, Copy)]
pub(crate) struct Candidate {
    value: u32,
    class: Class,
    /// Instructions until its next use.
    distance: u32,
    /// How often ways are taken that bring it in a register.
    weight: u64,
    /// Where the heaviest of them has it, its weight and its block.
    register: u8,
    register_weight: u64,
    from: u32,
    is_param: bool,
    accepted: bool,
}

/// What entering blocks remembers.
#[derive(Default)]
pub(crate) struct Entering {
    /// Values that a header is not to have in registers: lists by header, of
    /// the value and the next one's index.
    excluded: Vec<(u32, u32)>,
    excluded_first: Vec<u32>,
    order: Vec<(u32, u32)>,
    /// Room for counting, used where loops end.
    pub(crate) kept: Vec<u64>,
}

impl Entering {
    pub(crate) fn clear(&mut self, function: &Function) {
        self.excluded.clear();
        self.excluded_first.clear();
        self.excluded_first.resize(function.blocks.len(), NONE);
    }

    /// Has the header go without the value from now on.
    pub(crate) fn exclude(&mut self, header: u32, value: u32) {
        let first = &mut self.excluded_first[header as usize];
        let next = std::mem::replace(first, self.excluded.len() as u32);
        self.excluded.push((value, next));
    }

    /// Whether anything was excluded at that header.
    pub(crate) fn is_repeated(&self, header: u32) -> bool {
        self.excluded_first[header as usize] != NONE
    }
}

/// The processed ways into a block.
struct Ways {
    total: u64,
    /// The block of the heaviest; [`NONE`] if there is none.
    best: u32,
    best_edge: u32,
    /// Whether there are others.
    is_partial: bool,
}

impl Scanner<'_> {
    /// Decides what is in registers at the head of `block`.
    pub(crate) fn enter(&mut self, block: u32) {
        let life = self.life;
        let start = self.function.block(block).insts.start;
        for live in life.live_in(block) {
            let track = self.scan.track(live.value);
            (track.live_at, track.candidate) = (block, NONE);
            track.next = match live.distance {
                DEAD | FAR => live.distance,
                distance => start + distance,
            };
        }
        let params = self.function.block(block).params;
        for at in params.indices() {
            self.scan.track(self.function.params[at]).next = life.param_next[at];
        }
        let only = match *self.flow.preds(block) {
            [edge] => Some(self.function.edges[edge as usize].from),
            _ => None,
        };
        match only {
            Some(from) if from < block && params.is_empty() => self.inherit(block, from),
            _ => self.meet(block),
        }
    }

    fn inherit(&mut self, block: u32, from: u32) {
        for at in self.scan.exit_span(from).indices() {
            let held = self.scan.held[at];
            if self.scan.track(held.value).live_at == block {
                self.scan.place(held.value, held.class, held.register);
            }
        }
    }

    fn meet(&mut self, block: u32) {
        let mut candidates = std::mem::take(&mut self.scan.candidates);
        candidates.clear();
        let ways = self.gather(block, &mut candidates);
        if self.flow.loop_last(block).is_some() {
            self.ask_for_used(block, &mut candidates);
        }
        self.accept(block, ways.total, &mut candidates);
        self.add_params(block, &mut candidates);
        let mut counts = [0; 2];
        for candidate in &candidates {
            counts[candidate.class as usize] += u32::from(candidate.accepted);
        }
        for class in CLASSES {
            if counts[class as usize] > self.scan.free[class as usize].count_ones() {
                self.select(class, &mut candidates);
            }
        }
        self.assign(block, &ways, &candidates);
        self.demand(block, &ways, &candidates);
        if self.flow.loop_last(block).is_some() {
            self.want_back(block);
        }
        self.scan.candidates = candidates;
    }

    /// What the processed predecessors bring in registers.
    fn gather(&mut self, block: u32, candidates: &mut Vec<Candidate>) -> Ways {
        let mut ways = Ways {
            total: 0,
            best: NONE,
            best_edge: NONE,
            is_partial: false,
        };
        let mut most = 0;
        for at in 0..self.flow.preds(block).len() {
            let edge = self.flow.preds(block)[at];
            let from = self.function.edges[edge as usize].from;
            if from >= block {
                ways.is_partial = true;
                continue;
            }
            let times = weight(self.function.block(from));
            ways.total += times;
            if times >= most {
                (most, ways.best, ways.best_edge) = (times, from, edge);
            }
            for at in self.scan.exit_span(from).indices() {
                let held = self.scan.held[at];
                let track = self.scan.track(held.value);
                if track.live_at != block {
                    continue;
                }
                if track.candidate == NONE {
                    track.candidate = candidates.len() as u32;
                    candidates.push(self.candidate(held.value, block));
                }
                let index = self.scan.track(held.value).candidate;
                let candidate = &mut candidates[index as usize];
                candidate.weight += times;
                if times >= candidate.register_weight {
                    (candidate.register, candidate.from) = (held.register, from);
                    candidate.register_weight = times;
                }
            }
        }
        ways
    }

    fn candidate(&mut self, value: u32, block: u32) -> Candidate {
        let start = self.function.block(block).insts.start;
        let distance = match self.scan.track(value).next {
            DEAD | FAR => FAR,
            next => next - start,
        };
        Candidate {
            value,
            class: self.scan.track(value).class,
            distance,
            weight: 0,
            register: NOWHERE,
            register_weight: 0,
            from: NONE,
            is_param: false,
            accepted: false,
        }
    }

    /// Adds what a loop uses and nobody brings.
    fn ask_for_used(&mut self, block: u32, candidates: &mut Vec<Candidate>) {
        let life = self.life;
        for live in life.live_in(block) {
            let track = self.scan.track(live.value);
            if live.distance < AWAY && track.candidate == NONE {
                track.candidate = candidates.len() as u32;
                candidates.push(self.candidate(live.value, block));
            }
        }
    }

    /// Accepts what is worth a register, as long as there are enough.
    fn accept(&mut self, block: u32, total: u64, candidates: &mut [Candidate]) {
        let is_header = self.flow.loop_last(block).is_some();
        for candidate in candidates.iter_mut() {
            candidate.accepted = if is_header && candidate.distance < AWAY {
                true
            } else if candidate.distance == FAR {
                // A state must never be the reason of a load.
                candidate.weight == total
            } else {
                2 * candidate.weight > total
            };
        }
        let mut next = self.scan.entering.excluded_first[block as usize];
        while next != NONE {
            let (value, following) = self.scan.entering.excluded[next as usize];
            let index = self.scan.track(value).candidate;
            if index != NONE {
                candidates[index as usize].accepted = false;
            }
            next = following;
        }
    }

    fn add_params(&mut self, block: u32, candidates: &mut Vec<Candidate>) {
        let function = self.function;
        let states = function.block(block).state.of(&function.states);
        for &param in function.params_of(block) {
            let is_dead = self.scan.track(param).next == DEAD;
            if is_dead && !states.iter().any(|state| state.value == param) {
                continue;
            }
            let mut candidate = self.candidate(param, block);
            (candidate.is_param, candidate.accepted) = (true, true);
            candidates.push(candidate);
        }
    }

    /// Where there are more accepted than registers, the nearest stay.
    fn select(&mut self, class: Class, candidates: &mut [Candidate]) {
        let room = self.scan.free[class as usize].count_ones() as usize;
        let order = &mut self.scan.entering.order;
        order.clear();
        for (index, candidate) in (0..).zip(candidates.iter()) {
            if candidate.class == class && candidate.accepted {
                order.push((candidate.distance, index));
            }
        }
        order.sort_unstable();
        for &(_, index) in &order[room..] {
            candidates[index as usize].accepted = false;
        }
    }

    /// Gives registers: first to what the heaviest way brings, which stays
    /// where it is, then to parameters, then to the rest.
    fn assign(&mut self, block: u32, ways: &Ways, candidates: &[Candidate]) {
        let mut waiting = 0;
        for candidate in candidates.iter().filter(|candidate| candidate.accepted) {
            if candidate.from == ways.best && candidate.register != NOWHERE {
                self.scan
                    .place(candidate.value, candidate.class, candidate.register);
            } else {
                waiting += 1;
            }
        }
        if waiting == 0 {
            return;
        }
        let params = self.function.params_of(block);
        let mut at = 0;
        for candidate in candidates {
            if candidate.is_param && candidate.accepted {
                while params[at] != candidate.value {
                    at += 1;
                }
                if let Some(register) = self.wish_of_param(block, ways, at, candidate.class) {
                    self.scan.place(candidate.value, candidate.class, register);
                    waiting -= 1;
                }
            }
        }
        for choose in [false, true] {
            if waiting == 0 {
                break;
            }
            for candidate in candidates.iter().filter(|candidate| candidate.accepted) {
                let Candidate {
                    value,
                    class,
                    register,
                    ..
                } = *candidate;
                if self.scan.track(value).register != NOWHERE {
                    continue;
                }
                let open = self.scan.free[class as usize];
                if register != NOWHERE && open >> register & 1 == 1 {
                    self.scan.place(value, class, register);
                } else if choose {
                    let register = self.choose(class, value, open);
                    self.scan.place(value, class, register);
                }
            }
        }
    }

    /// The free register that the parameter's argument is in, on the heaviest
    /// way if possible.
    fn wish_of_param(&mut self, block: u32, ways: &Ways, at: usize, class: Class) -> Option<u8> {
        let function = self.function;
        let open = self.scan.free[class as usize];
        let tracks = &self.scan.tracks;
        let wish = |edge: u32| {
            let edge = &function.edges[edge as usize];
            match edge.args.of(&function.args)[at] {
                Source::Value(value) => Some(tracks[value as usize].wish),
                Source::Constant(_) => None,
            }
        };
        let is_open = |register: &u8| *register != NOWHERE && open >> *register & 1 == 1;
        let best = (ways.best != NONE).then_some(ways.best_edge);
        let edges = best
            .into_iter()
            .chain(self.flow.preds(block).iter().copied());
        edges.take(8).filter_map(wish).find(is_open)
    }

    /// What did not get a register must be in memory.
    fn demand(&mut self, block: u32, ways: &Ways, candidates: &[Candidate]) {
        let (function, life) = (self.function, self.life);
        for candidate in candidates.iter().filter(|candidate| !candidate.accepted) {
            if candidate.is_param {
                self.spills.on_edges(function, candidate.value);
            } else if candidate.weight > 0 {
                let flow = (life, &mut *self.flow);
                self.spills.at_head(function, flow, candidate.value, block);
            }
        }
        // What is in memory on all processed ways is stored before them. The
        // store must also come before the other ways, which need not have
        // passed here if the function is irreducible.
        if ways.is_partial {
            for live in life.live_in(block) {
                if self.scan.track(live.value).register == NOWHERE {
                    let flow = (life, &mut *self.flow);
                    self.spills.at_head(function, flow, live.value, block);
                }
            }
        }
    }

    /// Keeps registers of the header's parameters open for their arguments.
    fn want_back(&mut self, block: u32) {
        let mut wanted = [0; 2];
        for &param in self.function.params_of(block) {
            let register = self.scan.track(param).register;
            if register != NOWHERE {
                wanted[self.function.value(param).class as usize] |= 1 << register;
            }
        }
        if let Some(open) = self.scan.loops.last_mut() {
            open.wanted = wanted;
        }
    }
}
