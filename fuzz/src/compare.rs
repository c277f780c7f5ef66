//! Two runs side by side: the first difference that is not a known one.

use std::fmt;

use lockstep_vm::Trap;
use serde::{Deserialize, Serialize};

use crate::program::Program;
use crate::tier::{CallRun, Known, Outcome, Run, Site, State};

/// How often a known difference kept something from being compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// Comparisons that ended where a call stack was exhausted.
    pub stack_depth: u64,
    /// Comparisons that ended where fuel ran out.
    pub fuel_unit: u64,
    /// Traps whose place the other tier does not tell.
    pub trap_site: u64,
    /// Traps that the other tier told of an instruction further on.
    pub trap_offset: u64,
    /// Traps that the other tier calls by a common name.
    pub table_traps: u64,
    /// Programs in which instructions were spelled out.
    pub spelled: u64,
}

impl Masked {
    /// Adds the counts of another.
    pub fn add(&mut self, other: Masked) {
        self.stack_depth += other.stack_depth;
        self.fuel_unit += other.fuel_unit;
        self.trap_site += other.trap_site;
        self.trap_offset += other.trap_offset;
        self.table_traps += other.table_traps;
        self.spelled += other.spelled;
    }
}

/// Where two runs differ first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In taking the module.
    Acceptance,
    /// In instantiation.
    Start,
    /// In how a call ended, by its number in the program.
    Call(usize),
    /// In where a call ended.
    Site(usize),
    /// In the fuel of a call.
    Fuel(usize),
    /// In fuel as counted by the program itself.
    CountedFuel,
    /// In what was asked of the host.
    Host,
    /// In which exports there are.
    Exports,
    /// In a byte of a memory.
    Memory(String, u64),
    /// In a global.
    Global(String),
    /// In an element of a table.
    Table(String, u64),
    /// In the state in which call number `.0` rests when it has used `.1`.
    Rest(usize, u64),
}

/// The first difference of two runs of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The two tiers.
    pub tiers: [String; 2],
    /// Where.
    pub place: Place,
    /// What each shows there.
    pub shown: [String; 2],
}

impl Difference {
    /// What stands in for the two names until somebody knows them.
    fn at(place: Place, left: impl fmt::Debug, right: impl fmt::Debug) -> Difference {
        Difference {
            tiers: [String::new(), String::new()],
            place,
            shown: [format!("{left:?}"), format!("{right:?}")],
        }
    }

    /// The same difference with the names of the tiers.
    pub fn between(mut self, left: &str, right: &str) -> Difference {
        self.tiers = [left.to_owned(), right.to_owned()];
        self
    }

    /// What kind of difference it is, without its values: a smaller program
    /// that shows this kind is still the same find.
    pub fn kind(&self) -> (std::mem::Discriminant<Place>, [String; 2]) {
        (std::mem::discriminant(&self.place), self.tiers.clone())
    }

    /// The difference in words, with the call of the program it belongs to.
    pub fn describe(&self, program: &Program) -> String {
        let call = |i: usize| match program.calls.get(i) {
            Some(call) => format!("call {i}, {call}"),
            None => format!("call {i}"),
        };
        let place = match &self.place {
            Place::Acceptance => "whether the module is taken".to_owned(),
            Place::Start => "how instantiation ended".to_owned(),
            Place::Call(i) => format!("how {} ended", call(*i)),
            Place::Site(i) => format!("where {} ended", call(*i)),
            Place::Fuel(i) => format!("the fuel of {}", call(*i)),
            Place::CountedFuel => "the fuel of all calls, as the program counts it".to_owned(),
            Place::Host => "what was asked of the host".to_owned(),
            Place::Exports => "which exports there are".to_owned(),
            Place::Memory(name, at) => format!("memory {name:?} at {at:#x}"),
            Place::Global(name) => format!("global {name:?}"),
            Place::Table(name, at) => format!("table {name:?} at {at}"),
            Place::Rest(i, fuel) => format!("the state at fuel {fuel} of {}", call(*i)),
        };
        let width = self.tiers.iter().map(String::len).max().unwrap_or(0);
        let [left, right] = &self.tiers;
        let [shows, differs] = &self.shown;
        format!("{place}:\n  {left:width$}  {shows}\n  {right:width$}  {differs}")
    }
}

/// Compares what two tiers show, `left` being Lockstep.
///
/// # Errors
/// The first difference, in the order of the program's life.
pub fn compare(left: &Run, right: &Run, known: Known) -> Result<Masked, Box<Difference>> {
    let mut masked = Masked::default();
    if !call_agrees(
        &left.start,
        &right.start,
        known,
        Place::Start,
        Place::Start,
        &mut masked,
    )? {
        return Ok(masked);
    }
    let count = left.calls.len().max(right.calls.len());
    for i in 0..count {
        let (Some(a), Some(b)) = (left.calls.get(i), right.calls.get(i)) else {
            let shown = |calls: &[CallRun]| format!("{} calls", calls.len());
            let place = Place::Call(i);
            return Err(Box::new(Difference::at(
                place,
                shown(&left.calls),
                shown(&right.calls),
            )));
        };
        if !call_agrees(a, b, known, Place::Call(i), Place::Site(i), &mut masked)? {
            return Ok(masked);
        }
        if !known.fuel_unit && a.fuel != b.fuel {
            return Err(Box::new(Difference::at(Place::Fuel(i), a.fuel, b.fuel)));
        }
    }
    if left.host.digest() != right.host.digest() {
        let shown = |run: &Run| (run.host.calls(), format!("digest {:#x}", run.host.digest()));
        return Err(Box::new(Difference::at(
            Place::Host,
            shown(left),
            shown(right),
        )));
    }
    state_agrees(&left.state, &right.state)?;
    Ok(masked)
}

/// Whether the comparison can go on behind a call.
fn call_agrees(
    left: &CallRun,
    right: &CallRun,
    known: Known,
    place: Place,
    site: Place,
    masked: &mut Masked,
) -> Result<bool, Box<Difference>> {
    let out_of_fuel = [left, right]
        .iter()
        .any(|c| c.outcome == Outcome::OutOfFuel);
    let exhausted = [left, right]
        .iter()
        .any(|c| c.outcome == Outcome::Trapped(Trap::StackExhausted));
    if known.fuel_unit && out_of_fuel {
        masked.fuel_unit += 1;
        return Ok(false);
    }
    if known.stack_depth && exhausted {
        masked.stack_depth += 1;
        return Ok(false);
    }
    let one_name = left.outcome == Outcome::Trapped(Trap::UndefinedElement)
        && right.outcome == Outcome::Trapped(Trap::TableOutOfBounds);
    if known.table_traps && one_name {
        masked.table_traps += 1;
    } else if left.outcome != right.outcome {
        return Err(Box::new(Difference::at(
            place,
            &left.outcome,
            &right.outcome,
        )));
    }
    match (left.site, right.site) {
        (a, b) if a == b => {}
        (Some(_), None) if known.trap_site => masked.trap_site += 1,
        (Some(a), Some(b))
            if known.trap_offset && a.function == b.function && a.offset < b.offset =>
        {
            masked.trap_offset += 1;
        }
        (a, b) => return Err(Box::new(site_differs(site, a, b))),
    }
    Ok(true)
}

fn site_differs(place: Place, left: Option<Site>, right: Option<Site>) -> Difference {
    let shown = |site: Option<Site>| match site {
        Some(Site { function, offset }) => format!("function {function} at {offset:#x}"),
        None => "no place".to_owned(),
    };
    let mut difference = Difference::at(place, (), ());
    difference.shown = [shown(left), shown(right)];
    difference
}

fn state_agrees(left: &State, right: &State) -> Result<(), Box<Difference>> {
    let names = |state: &State| -> Vec<String> {
        let memories = state.memories.iter().map(|(name, _)| name);
        let globals = state.globals.iter().map(|(name, _)| name);
        let tables = state.tables.iter().map(|(name, _)| name);
        memories.chain(globals).chain(tables).cloned().collect()
    };
    if names(left) != names(right) {
        return Err(Box::new(Difference::at(
            Place::Exports,
            names(left),
            names(right),
        )));
    }
    for ((name, a), (_, b)) in left.globals.iter().zip(&right.globals) {
        if a != b {
            return Err(Box::new(Difference::at(Place::Global(name.clone()), a, b)));
        }
    }
    for ((name, a), (_, b)) in left.memories.iter().zip(&right.memories) {
        if a != b {
            return Err(Box::new(memory_differs(name, a, b)));
        }
    }
    for ((name, a), (_, b)) in left.tables.iter().zip(&right.tables) {
        if let Some((at, a, b)) = first_difference(a, b) {
            return Err(Box::new(Difference::at(
                Place::Table(name.clone(), at),
                a,
                b,
            )));
        }
    }
    Ok(())
}

fn first_difference<T: PartialEq + Copy>(a: &[T], b: &[T]) -> Option<(u64, Option<T>, Option<T>)> {
    let len = a.len().max(b.len());
    let at = (0..len).find(|&i| a.get(i) != b.get(i))?;
    Some((at as u64, a.get(at).copied(), b.get(at).copied()))
}

/// The first byte that differs, shown with the sixteen it lies among.
fn memory_differs(name: &str, a: &[u8], b: &[u8]) -> Difference {
    let at = first_difference(a, b).map_or(0, |(at, ..)| at);
    let line = (at & !15) as usize;
    let shown = |bytes: &[u8]| {
        let end = bytes.len().min(line + 16);
        let sixteen = bytes.get(line..end).unwrap_or(&[]);
        let hex: Vec<String> = sixteen.iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "{line:#x}: {} ({} bytes in all)",
            hex.join(" "),
            bytes.len()
        )
    };
    Difference {
        tiers: [String::new(), String::new()],
        place: Place::Memory(name.to_owned(), at),
        shown: [shown(a), shown(b)],
    }
}
