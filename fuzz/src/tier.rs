//! What a run shows, and the ways of running a program that can be compared.

use lockstep_vm::Trap;
use spec_tests::tier::Value;

use crate::host::HostLog;
use crate::program::Program;
use crate::rewrite::Spelling;

/// A way of running programs: an engine, or one of Lockstep's own ways.
///
/// The JIT and whatever comes after it implement this trait and are compared
/// by everything here.
pub trait Tier: Send + Sync {
    /// Its name in reports, such as `lockstep` or `wasmtime`.
    fn name(&self) -> String;

    /// In what it may rightly differ from Lockstep's plain interpreter.
    fn known(&self) -> Known {
        Known::NOTHING
    }

    /// Runs a program from its beginning to its end.
    ///
    /// # Errors
    /// When the tier does not take the module at all.
    fn run(&self, program: &Program) -> Result<Run, Refusal>;
}

/// Differences from Lockstep that are no faults. Each is masked by itself,
/// and how often that happened is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Fuel is counted in other units, so it is not compared, and a call that
    /// ran out of fuel in either ends the comparison.
    pub fuel_unit: bool,
    /// The call stack has another limit: a call that exhausted it in either
    /// ends the comparison.
    pub stack_depth: bool,
    /// Where a trap happened is not told.
    pub trap_site: bool,
    /// A trap of an instruction that was fused with the one behind it is told
    /// of that one.
    pub trap_offset: bool,
    /// An indirect call outside its table and a table access outside it are
    /// one trap.
    pub table_traps: bool,
    /// Some results come from memory that it never wrote, so that a difference
    /// may be gone the next time. One that another engine does not share is
    /// not Lockstep's.
    pub unsteady: bool,
    /// Instructions that the tier reads differently. It gets a copy of the
    /// program in which they are spelled out.
    pub spelling: Spelling,
}

impl Known {
    /// A tier that must agree in everything.
    pub const NOTHING: Known = Known {
        fuel_unit: false,
        stack_depth: false,
        trap_site: false,
        trap_offset: false,
        table_traps: false,
        unsteady: false,
        spelling: Spelling {
            relaxed_dot_sum: false,
            select_condition: false,
        },
    };
}

/// Why a tier did not take a module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is unsteady, and another engine agrees with the plain run.
    #[error("it stands alone against {0} and lockstep")]
    Alone(String),
    /// It calls the module invalid, or lacks a feature.
    #[error("module refused: {0}")]
    Module(String),
    /// The adapter can not offer an import.
    #[error("import refused: {0}")]
    Import(String),
    /// The host lacks something; says nothing about the program.
    #[error("host failure: {0}")]
    Host(String),
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With these results.
    Returned(Vec<Value>),
    /// With a trap; an exhausted stack is one.
    Trapped(Trap),
    /// With an exception that nobody caught.
    Threw,
    /// It used up its fuel.
    OutOfFuel,
    /// Over a limit, with the engine's words.
    Limit(String),
}

/// Where a call ended that did not return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Index of the function, imports counted.
    pub function: u32,
    /// Byte offset of the instruction in the module.
    pub offset: u64,
}

/// What one call shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRun {
    /// How it ended.
    pub outcome: Outcome,
    /// Fuel it used.
    pub fuel: Option<u64>,
    /// The innermost frame, if the call ended abnormally and the tier tells.
    pub site: Option<Site>,
}

/// What a run shows: everything that another machine must give as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Instantiation, with the start function.
    pub start: CallRun,
    /// The calls that were made: fewer than the program's if instantiation
    /// failed or a call ran out of fuel or stack.
    pub calls: Vec<CallRun>,
    /// What exports hold at the end.
    pub state: State,
    /// What the guest asked of the host, in order.
    pub host: HostLog,
}

/// What exports hold, each kind in the order of the names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whole memories.
    pub memories: Vec<(String, Vec<u8>)>,
    /// Globals.
    pub globals: Vec<(String, Value)>,
    /// Whole tables.
    pub tables: Vec<(String, Vec<Value>)>,
}

impl Outcome {
    /// Whether nothing should be called any more: other engines end in
    /// another state here.
    pub fn is_exhausted(&self) -> bool {
        matches!(
            self,
            Outcome::OutOfFuel | Outcome::Limit(_) | Outcome::Trapped(Trap::StackExhausted)
        )
    }

    /// Its bytes for a hash, unambiguous.
    fn feed(&self, hasher: &mut blake3::Hasher) {
        match self {
            Outcome::Returned(values) => {
                hasher.update(&[0]);
                feed_values(hasher, values);
            }
            Outcome::Trapped(trap) => drop(hasher.update(&[1, *trap as u8])),
            Outcome::Threw => drop(hasher.update(&[2])),
            Outcome::OutOfFuel => drop(hasher.update(&[3])),
            Outcome::Limit(words) => drop(hasher.update(&[4]).update(words.as_bytes())),
        }
    }
}

fn feed_values(hasher: &mut blake3::Hasher, values: &[Value]) {
    hasher.update(&(values.len() as u64).to_le_bytes());
    for value in values {
        // The text form names type and bits.
        hasher.update(format!("{value:?};").as_bytes());
    }
}

impl State {
    /// Puts everything in the order of its name: engines list exports in
    /// orders of their own.
    pub fn sort(&mut self) {
        self.memories.sort_by(|a, b| a.0.cmp(&b.0));
        self.globals.sort_by(|a, b| a.0.cmp(&b.0));
        self.tables.sort_by(|a, b| a.0.cmp(&b.0));
    }

    /// BLAKE3 over names, sizes and contents.
    pub fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        let name = |hasher: &mut blake3::Hasher, kind: u8, name: &str, len: usize| {
            hasher.update(&[kind]);
            hasher.update(&(name.len() as u64).to_le_bytes());
            hasher.update(name.as_bytes());
            hasher.update(&(len as u64).to_le_bytes());
        };
        for (of, bytes) in &self.memories {
            name(&mut hasher, 0, of, bytes.len());
            hasher.update(bytes);
        }
        for (of, value) in &self.globals {
            name(&mut hasher, 1, of, 1);
            feed_values(&mut hasher, &[*value]);
        }
        for (of, values) in &self.tables {
            name(&mut hasher, 2, of, values.len());
            feed_values(&mut hasher, values);
        }
        hasher.finalize()
    }
}

impl Run {
    /// BLAKE3 of everything: outcomes, fuel, places, host calls, state. Two
    /// machines that agree have the same.
    pub fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for call in std::iter::once(&self.start).chain(&self.calls) {
            call.outcome.feed(&mut hasher);
            hasher.update(&call.fuel.unwrap_or(u64::MAX).to_le_bytes());
            let site = call
                .site
                .map_or([u64::MAX; 2], |s| [s.function.into(), s.offset]);
            hasher.update(&site[0].to_le_bytes());
            hasher.update(&site[1].to_le_bytes());
        }
        hasher.update(&self.host.digest().to_le_bytes());
        hasher.update(self.state.hash().as_bytes());
        hasher.finalize()
    }

    /// Whether the last call made left the run at a place where engines part.
    pub fn is_exhausted(&self) -> bool {
        let last = self.calls.last().unwrap_or(&self.start);
        last.outcome.is_exhausted()
    }
}
