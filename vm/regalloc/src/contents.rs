//! What places are known to hold, for the checker.

use std::collections::BTreeSet;

use crate::function::{Class, Function};
use crate::output::{Location, Move};

/// A thing that a place can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// A value.
    Value(u32),
    /// A constant of the client's, and whether all 16 bytes of it.
    Constant(u32, bool),
}

/// A register of a class, or a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Register(Class, u8),
    Slot(u32),
}

/// What all places hold. The last part of an entry says whether it is the
/// second half of something wide, which only slots have.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Contents {
    entries: BTreeSet<(Place, Fact, bool)>,
}

fn is_wide(function: &Function, fact: Fact) -> bool {
    match fact {
        Fact::Value(value) => function.value(value).wide,
        Fact::Constant(_, wide) => wide,
    }
}

/// What a value is known as: one that can be made again is its constant,
/// wherever it came from.
pub(crate) fn fact_of(function: &Function, value: u32) -> Fact {
    let entry = function.value(value);
    match entry.remat {
        Some(number) => Fact::Constant(number, entry.wide),
        None => Fact::Value(value),
    }
}

impl Contents {
    /// Forgets what a place holds.
    pub(crate) fn kill(&mut self, place: Place) {
        self.entries.retain(|entry| entry.0 != place);
    }

    /// Forgets a value everywhere.
    pub(crate) fn forget(&mut self, value: u32) {
        self.entries.retain(|entry| entry.1 != Fact::Value(value));
    }

    fn has(&self, place: Place, fact: Fact, second: bool) -> bool {
        self.entries.contains(&(place, fact, second))
    }

    /// What is read from a location.
    pub(crate) fn read(
        &self,
        function: &Function,
        location: Location,
        class: Class,
        wide: bool,
    ) -> Vec<Fact> {
        let place = match location {
            Location::Constant(constant) => return vec![Fact::Constant(constant, wide)],
            Location::Register(register) => Place::Register(class, register),
            Location::Slot(slot) => Place::Slot(slot),
        };
        let is_whole = |fact: Fact| match place {
            _ if !is_wide(function, fact) => true,
            _ if !wide => false,
            Place::Register(..) => true,
            Place::Slot(slot) => self.has(Place::Slot(slot + 1), fact, true),
        };
        let first = (place, Fact::Value(0), false);
        let entries = self.entries.range(first..);
        let here = entries.take_while(|entry| entry.0 == place);
        let facts = here.filter(|entry| !entry.2).map(|entry| entry.1);
        facts.filter(|&fact| is_whole(fact)).collect()
    }

    /// Has a location hold these facts, and nothing else.
    pub(crate) fn write(
        &mut self,
        function: &Function,
        location: Location,
        class: Class,
        wide: bool,
        facts: &[Fact],
    ) {
        let place = match location {
            Location::Constant(_) => return,
            Location::Register(register) => Place::Register(class, register),
            Location::Slot(slot) => Place::Slot(slot),
        };
        self.kill(place);
        let second = match place {
            Place::Slot(slot) if wide => Some(Place::Slot(slot + 1)),
            _ => None,
        };
        if let Some(second) = second {
            self.kill(second);
        }
        for &fact in facts {
            self.entries.insert((place, fact, false));
            if let Some(second) = second
                && is_wide(function, fact)
            {
                self.entries.insert((second, fact, true));
            }
        }
    }

    /// Carries out a move; returns what was moved.
    pub(crate) fn carry_out(&mut self, function: &Function, action: &Move) -> Vec<Fact> {
        let facts = self.read(function, action.from, action.class, action.wide);
        self.write(function, action.to, action.class, action.wide, &facts);
        facts
    }

    /// Whether a location holds a value.
    pub(crate) fn holds(&self, function: &Function, location: Location, value: u32) -> bool {
        let entry = function.value(value);
        let facts = self.read(function, location, entry.class, entry.wide);
        facts.contains(&fact_of(function, value))
    }

    /// Each pair's first becomes what its second was, all at once.
    pub(crate) fn rename(&mut self, pairs: &[(u32, Fact)]) {
        let old = std::mem::take(&mut self.entries);
        for &(place, fact, second) in &old {
            let is_renamed = |pair: &(u32, Fact)| Fact::Value(pair.0) == fact;
            if !pairs.iter().any(is_renamed) {
                self.entries.insert((place, fact, second));
            }
            for pair in pairs.iter().filter(|pair| pair.1 == fact) {
                self.entries.insert((place, Fact::Value(pair.0), second));
            }
        }
    }

    /// Keeps what both hold.
    pub(crate) fn meet(&mut self, other: &Contents) {
        self.entries.retain(|entry| other.entries.contains(entry));
    }
}
