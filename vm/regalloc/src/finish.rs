//! From decisions to the output: stores, slots' numbers, moves on edges.

use crate::edges::Edges;
use crate::flow::{Flow, NONE};
use crate::function::{Edge, Function, Registers, Source, Span};
use crate::life::Life;
use crate::output::{InstMove, Location, Move, Output};
use crate::scan::{NOWHERE, Scan};
use crate::slots::{Slots, store_at};
use crate::spill::{Spills, Store, best_block};

/// Everything that was decided about a function.
pub(crate) struct Finish<'a> {
    pub(crate) function: &'a Function,
    pub(crate) flow: &'a Flow,
    pub(crate) life: &'a Life,
    pub(crate) scan: &'a mut Scan,
    pub(crate) spills: &'a mut Spills,
}

impl Finish<'_> {
    pub(crate) fn run(
        mut self,
        registers: &Registers,
        slots: &mut Slots,
        edges: &mut Edges,
        output: &mut Output,
    ) {
        self.note_params();
        self.part_parameters(slots);
        self.write_moves(output);
        self.write_memory(output);
        self.write_edges(registers, slots, edges, output);
        output.extra_slots = slots.extra(self.function);
    }

    fn memory(&self, value: u32) -> Location {
        match self.function.value(value).remat {
            Some(constant) => Location::Constant(constant),
            None => Location::Slot(self.spills.of(value).slot),
        }
    }

    fn final_place(&self, place: Location) -> Location {
        match place {
            Location::Slot(value) => self.memory(value),
            place => place,
        }
    }

    /// The register that a value has at a block's head.
    fn at_head(&self, value: u32, block: u32) -> Option<u8> {
        let held = self.scan.entry(block).iter();
        let mut held = held.filter(|held| held.value == value);
        held.next().map(|held| held.register)
    }

    /// Sets or forgets the registers that values have behind a block.
    fn at_end(&mut self, block: u32, known: bool) {
        for at in self.scan.exit_span(block).indices() {
            let held = self.scan.held[at];
            let register = if known { held.register } else { NOWHERE };
            self.scan.track(held.value).register = register;
        }
    }

    /// Notes which register each parameter has at its block's head, as the
    /// wish of its value.
    fn note_params(&mut self) {
        for number in 0..self.function.blocks.len() as u32 {
            let params = self.function.params_of(number);
            if params.is_empty() {
                continue;
            }
            for &param in params {
                self.scan.track(param).wish = NOWHERE;
            }
            for at in self.scan.entry_span(number).indices() {
                let held = self.scan.held[at];
                if self.life.facts(held.value).block == number {
                    self.scan.track(held.value).wish = held.register;
                }
            }
        }
    }

    /// The place of a parameter at its block's head, if it has one.
    fn param_place(&self, param: u32) -> Option<Location> {
        match self.scan.tracks[param as usize].wish {
            NOWHERE => match self.spills.of(param).store {
                Store::Never => None,
                _ => Some(self.memory(param)),
            },
            register => Some(Location::Register(register)),
        }
    }

    /// Gives a slot of its own to each parameter whose slot another argument
    /// of the same edge is read from. So slots are never in the way of one
    /// another on an edge.
    fn part_parameters(&mut self, slots: &mut Slots) {
        let on_edges = |&value: &u32| self.spills.of(value).store == Store::OnEdges;
        if !self.spills.values.iter().any(on_edges) {
            return;
        }
        let mut owners = Vec::new();
        for number in 0..self.function.blocks.len() as u32 {
            self.at_end(number, true);
            for edge in self.function.succs(number) {
                self.part_parameters_of(edge, slots, &mut owners);
            }
            self.at_end(number, false);
        }
    }

    fn part_parameters_of(&mut self, edge: &Edge, slots: &mut Slots, owners: &mut Vec<(u32, u32)>) {
        let function = self.function;
        let params = function.params_of(edge.to);
        owners.clear();
        for &param in params {
            if let Some(Location::Slot(slot)) = self.param_place(param) {
                let end = slot + function.value(param).slots();
                owners.extend((slot..end).map(|slot| (slot, param)));
            }
        }
        if owners.is_empty() {
            return;
        }
        owners.sort_unstable();
        for (&param, arg) in params.iter().zip(edge.args.of(&function.args)) {
            let Source::Value(value_of_arg) = *arg else {
                continue;
            };
            let place = self.memory(value_of_arg);
            let Location::Slot(first) = place else {
                continue;
            };
            if self.scan.track(value_of_arg).register != NOWHERE {
                continue;
            }
            for slot in first..first + function.value(value_of_arg).slots() {
                let at = owners.partition_point(|&(other, _)| other < slot);
                let others = owners[at..].iter().take_while(|(other, _)| *other == slot);
                for &(_, owner) in others {
                    let old = self.spills.of(owner).slot;
                    let value = function.value(owner);
                    // A parameter that is an argument itself is saved by `save`.
                    let is_same = owner == param && Location::Slot(old) == place;
                    if !is_same
                        && owner != value_of_arg
                        && (old..old + value.slots()).contains(&slot)
                    {
                        self.spills.of_mut(owner).slot = slots.fresh(value.wide);
                    }
                }
            }
        }
    }

    /// Merges stores and loads; at the same place stores come first, because
    /// a load may take the register that is stored.
    fn write_moves(&mut self, output: &mut Output) {
        let mut stores: Vec<InstMove> = Vec::new();
        for at in 0..self.spills.values.len() {
            stores.extend(self.store(self.spills.values[at], output));
        }
        stores.sort_by_key(|store| store.inst);
        let mut stores = stores.into_iter().peekable();
        for load in &self.scan.moves {
            while let Some(store) = stores.next_if(|store| store.inst <= load.inst) {
                output.moves.push(store);
            }
            let from = self.final_place(load.action.from);
            let action = Move {
                from,
                ..load.action
            };
            output.moves.push(InstMove { action, ..*load });
        }
        output.moves.extend(stores);
    }

    /// The store of a value that needs memory.
    fn store(&self, value: u32, output: &Output) -> Option<InstMove> {
        let spill = self.spills.of(value);
        if spill.stored_by_client {
            return None;
        }
        let facts = self.life.facts(value);
        let better = match spill.store {
            Store::NotBelow(block) => {
                let in_register = |block| self.at_head(value, block).is_some();
                best_block(self.function, self.flow, (facts.block, block), in_register)
            }
            _ => NONE,
        };
        let (inst, from) = if better != NONE {
            let start = self.function.block(better).insts.start;
            (start, Location::Register(self.at_head(value, better)?))
        } else if facts.operand == NONE {
            let register = self.at_head(value, facts.block)?;
            (store_at(facts.at), Location::Register(register))
        } else {
            (store_at(facts.at), output.locations[facts.operand as usize])
        };
        let entry = self.function.value(value);
        let action = Move {
            from,
            to: self.memory(value),
            class: entry.class,
            wide: entry.wide,
        };
        Some(InstMove { inst, action })
    }

    /// Replaces values' numbers by those of their slots.
    fn write_memory(&self, output: &mut Output) {
        for &at in &self.scan.memory_operands {
            let place = &mut output.locations[at as usize];
            *place = self.memory(self.function.operands[at as usize].value);
        }
        for state in &mut output.states {
            *state = self.final_place(*state);
        }
    }

    fn write_edges(
        &mut self,
        registers: &Registers,
        slots: &mut Slots,
        edges: &mut Edges,
        output: &mut Output,
    ) {
        let mut saved = Vec::new();
        let mut spare = Vec::new();
        for number in 0..self.function.blocks.len() as u32 {
            self.at_end(number, true);
            for edge in self.function.succs(number) {
                let start = output.edge_moves.len();
                let moves = &mut output.edge_moves;
                self.save(edge, &mut saved);
                for (at, entry) in saved.iter_mut().enumerate() {
                    if at == spare.len() {
                        spare.push(slots.fresh(true));
                    }
                    let value = self.function.value(entry.0);
                    let action = Move {
                        from: self.memory(entry.0),
                        to: Location::Slot(spare[at]),
                        class: value.class,
                        wide: value.wide,
                    };
                    edges.add(action, moves);
                    entry.1 = spare[at];
                }
                edges.finish(registers, moves);
                self.write_edge(edge, &saved, edges, moves);
                edges.finish(registers, moves);
                output.edges.push(Span::new(start, output.edge_moves.len()));
            }
            self.at_end(number, false);
        }
    }

    /// Finds the parameters in memory that the edge gives new values while it
    /// reads their old ones for others: they must be saved first.
    fn save(&self, edge: &Edge, saved: &mut Vec<(u32, u32)>) {
        saved.clear();
        let function = self.function;
        let params = function.params_of(edge.to);
        for (&param, arg) in params.iter().zip(edge.args.of(&function.args)) {
            let Source::Value(value) = *arg else {
                continue;
            };
            let facts = self.life.facts(value);
            let is_overwritten = value != param
                && facts.block == edge.to
                && facts.operand == NONE
                && matches!(self.param_place(value), Some(Location::Slot(_)));
            let in_memory = self.scan.tracks[value as usize].register == NOWHERE;
            if is_overwritten && in_memory {
                saved.push((value, NONE));
            }
        }
        saved.sort_unstable();
        saved.dedup();
    }

    fn write_edge(
        &self,
        edge: &Edge,
        saved: &[(u32, u32)],
        edges: &mut Edges,
        moves: &mut Vec<Move>,
    ) {
        let function = self.function;
        let place_of = |value: u32| match self.scan.tracks[value as usize].register {
            NOWHERE => self.memory(value),
            register => Location::Register(register),
        };
        for held in self.scan.entry(edge.to) {
            let facts = self.life.facts(held.value);
            if facts.block == edge.to && facts.operand == NONE {
                continue;
            }
            let action = Move {
                from: place_of(held.value),
                to: Location::Register(held.register),
                class: held.class,
                wide: function.value(held.value).wide,
            };
            edges.add(action, moves);
        }
        let params = function.params_of(edge.to);
        for (&param, arg) in params.iter().zip(edge.args.of(&function.args)) {
            let Some(to) = self.param_place(param) else {
                continue;
            };
            let from = match *arg {
                Source::Value(value) => {
                    match saved.binary_search_by_key(&value, |&(other, _)| other) {
                        Ok(at) if value != param => Location::Slot(saved[at].1),
                        _ => place_of(value),
                    }
                }
                Source::Constant(constant) => Location::Constant(constant),
            };
            let value = function.value(param);
            let action = Move {
                from,
                to,
                class: value.class,
                wide: value.wide,
            };
            edges.add(action, moves);
        }
    }
}
