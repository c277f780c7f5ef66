//! Which values need memory, and where they are best stored.
//!
//! A value is stored once. That must come before everything that finds it in
//! memory, so the place is its definition, or a block that dominates all
//! those places. The latter is looked for only where it is run less often.

use crate::flow::{Flow, NONE, weight};
use crate::function::Function;
use crate::life::Life;

/// Where a value is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Store {
    /// It never needs memory.
    #[default]
    Never,
    /// Behind its definition.
    AtDefinition,
    /// In a block that dominates this one, or in this one.
    NotBelow(u32),
    /// On the edges to its block, of which it is a parameter.
    OnEdges,
}

/// The memory of one value.
#[derive(Clone, Copy, Default)]
pub(crate) struct Spill {
    pub(crate) store: Store,
    /// Its slot, as soon as slots are assigned.
    pub(crate) slot: u32,
    /// Whether the slot holds it from its definition on without a store.
    pub(crate) stored_by_client: bool,
}

/// The memory of all values.
#[derive(Default)]
pub(crate) struct Spills {
    spills: Vec<Spill>,
    /// The values that need memory.
    pub(crate) values: Vec<u32>,
}

impl Spills {
    pub(crate) fn clear(&mut self, function: &Function) {
        self.spills.clear();
        self.spills.resize(function.values.len(), Spill::default());
        self.values.clear();
    }

    pub(crate) fn of(&self, value: u32) -> &Spill {
        &self.spills[value as usize]
    }

    pub(crate) fn of_mut(&mut self, value: u32) -> &mut Spill {
        &mut self.spills[value as usize]
    }

    /// Whether the value needs a slot.
    pub(crate) fn is_in_memory(&self, value: u32) -> bool {
        self.of(value).store != Store::Never
    }

    fn set(&mut self, value: u32, store: Store) {
        let old = std::mem::replace(&mut self.of_mut(value).store, store);
        if old == Store::Never {
            self.values.push(value);
        }
    }

    /// A parameter that begins its life in memory.
    pub(crate) fn on_edges(&mut self, function: &Function, param: u32) {
        if function.value(param).remat.is_none() {
            self.set(param, Store::OnEdges);
        }
    }

    /// The value is needed in memory by something inside of `block`.
    pub(crate) fn inside(
        &mut self,
        function: &Function,
        (life, flow): (&Life, &mut Flow),
        value: u32,
        block: u32,
    ) {
        if self.is_settled(function, value) {
            return;
        }
        let home = life.facts(value).block;
        let frequency = |block: u32| weight(function.block(block));
        let from_home = function.value(value).from_home;
        if home == block || from_home || frequency(home) <= frequency(block) {
            return self.set(value, Store::AtDefinition);
        }
        let place = match self.of(value).store {
            Store::NotBelow(old) => flow.common_dominator(function, old, block),
            _ => Some(block),
        };
        match place {
            Some(place) if place != home => self.set(value, Store::NotBelow(place)),
            _ => self.set(value, Store::AtDefinition),
        }
    }

    /// The value is needed in memory at the head of `block` already.
    pub(crate) fn at_head(
        &mut self,
        function: &Function,
        (life, flow): (&Life, &mut Flow),
        value: u32,
        block: u32,
    ) {
        if self.is_settled(function, value) {
            return;
        }
        match flow.dominator(function, block) {
            Some(above) => self.inside(function, (life, flow), value, above),
            None => self.set(value, Store::AtDefinition),
        }
    }

    fn is_settled(&self, function: &Function, value: u32) -> bool {
        let done = matches!(self.of(value).store, Store::AtDefinition | Store::OnEdges);
        done || function.value(value).remat.is_some()
    }
}

/// How many dominators are looked at for a better place of a store.
const STEPS_MAX: u32 = 32;

/// The block at whose head a value is best stored, from `block` upwards;
/// [`NONE`] if its definition is better. `in_register` says whether the value
/// is in a register at a block's head.
pub(crate) fn best_block(
    function: &Function,
    flow: &Flow,
    (home, mut block): (u32, u32),
    in_register: impl Fn(u32) -> bool,
) -> u32 {
    let mut best = NONE;
    let mut least = weight(function.block(home));
    for _ in 0..STEPS_MAX {
        if block == home {
            break;
        }
        let frequency = weight(function.block(block));
        if frequency < least && in_register(block) {
            (best, least) = (block, frequency);
        }
        match flow.known_dominator(block) {
            Some(above) => block = above,
            None => break,
        }
    }
    best
}
