//! The oracles: one program in every way there is, and what they say of it.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};

use lockstep_vm::{Config, CpuLevel, Engine, Tier as How};
use spec_tests::tier::Value;

use crate::compare::{Difference, Masked, Place, compare};
use crate::lockstep::{Code, Lockstep, Slices};
use crate::program::Program;
use crate::rewrite;
use crate::tier::{Refusal, Run, Tier};

/// Fuel of a call up to which a run is also repeated unit by unit.
const BY_UNITS: u64 = 20_000;

/// How much longer a program may take that counts its own fuel.
const COUNTING: u64 = 16;

/// What is compared with Lockstep's plain run.
pub struct Oracles {
    base: Lockstep,
    /// In groups: a program is compared with one of each.
    tiers: Vec<Vec<Box<dyn Tier>>>,
    counted: bool,
    rests: bool,
}

/// What the oracles say of a program without a difference.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// The plain run, unless Lockstep refuses the program.
    pub run: Option<Run>,
    /// Why Lockstep refuses it.
    pub refused: Option<Refusal>,
    /// By tier: what was masked, or why it did not take the program.
    pub tiers: BTreeMap<String, Result<Masked, Refusal>>,
    /// Whether the program's own count of its fuel was compared.
    pub counted: bool,
    /// Whether a state in the middle was compared.
    pub rested: bool,
}

/// What must not be.
#[derive(Clone, Debug)]
pub enum Finding {
    /// Two tiers differ.
    Difference(Box<Difference>),
    /// Something panicked, with its message.
    Panic(String),
}

impl Finding {
    /// Whether a smaller program with this finding still shows the same.
    pub fn is_like(&self, other: &Finding) -> bool {
        match (self, other) {
            (Finding::Difference(a), Finding::Difference(b)) => a.kind() == b.kind(),
            (Finding::Panic(a), Finding::Panic(b)) => a == b,
            _ => false,
        }
    }

    /// In words.
    pub fn describe(&self, program: &Program) -> String {
        match self {
            Finding::Difference(difference) => difference.describe(program),
            Finding::Panic(message) => format!("a panic: {message}"),
        }
    }
}

/// What a set of oracles is made of, as named on a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    /// Stopped and resumed, at every unit of fuel and at uneven ones.
    Slices,
    /// The code of every other CPU level.
    Levels,
    /// Machine code, at every CPU level and in turns with the interpreter.
    Jit,
    /// The state in the middle, reached at once and unit by unit.
    Rests,
    /// The program counts its own fuel.
    Count,
    /// wasmi.
    #[cfg(feature = "rivals")]
    Wasmi,
    /// wasmtime.
    #[cfg(feature = "rivals")]
    Wasmtime,
}

impl Oracle {
    /// Every oracle of this build.
    pub const ALL: &[Oracle] = &[
        Oracle::Slices,
        Oracle::Levels,
        Oracle::Jit,
        Oracle::Rests,
        Oracle::Count,
        #[cfg(feature = "rivals")]
        Oracle::Wasmi,
        #[cfg(feature = "rivals")]
        Oracle::Wasmtime,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Oracle::Slices => "slices",
            Oracle::Levels => "levels",
            Oracle::Jit => "jit",
            Oracle::Rests => "rests",
            Oracle::Count => "count",
            #[cfg(feature = "rivals")]
            Oracle::Wasmi => "wasmi",
            #[cfg(feature = "rivals")]
            Oracle::Wasmtime => "wasmtime",
        }
    }
}

/// Ways in which machine code can run, in groups that find different faults.
const COMPILED: &[&[(Code, Slices)]] = &[
    &[(Code::Compiled, Slices::Whole)],
    &[(Code::Unguarded, Slices::Whole)],
    &[
        (Code::Stopped, Slices::Whole),
        (Code::Compiled, Slices::Uneven(11)),
    ],
    &[
        (Code::Left, Slices::Whole),
        (Code::Turns, Slices::Whole),
        (Code::UnguardedTurns, Slices::Whole),
    ],
    &[
        (Code::Entered, Slices::Whole),
        (Code::Hot, Slices::Whole),
        (Code::Turns, Slices::Every(1)),
    ],
];

/// Every way in which machine code can run, at every CPU level, where it can
/// be made. Of each group a program has one turn at one level.
fn compiled() -> Vec<Vec<Box<dyn Tier>>> {
    if Engine::new(&Config::new().tier(How::Jit)).is_err() {
        return Vec::new();
    }
    let levels = || CpuLevel::ALL.iter().filter(|level| level.is_supported());
    let group = |ways: &&[(Code, Slices)]| {
        let each = ways
            .iter()
            .flat_map(|way| levels().map(move |&level| (level, *way)));
        each.map(|(level, (code, slices))| -> Box<dyn Tier> {
            Box::new(Lockstep::new(level, code, slices))
        })
        .collect()
    };
    COMPILED.iter().map(group).collect()
}

impl Oracles {
    /// These oracles, each once.
    ///
    /// # Errors
    /// When a rival does not start on this host.
    pub fn new(oracles: &[Oracle]) -> Result<Oracles, Refusal> {
        let mut tiers: Vec<Vec<Box<dyn Tier>>> = Vec::new();
        for oracle in Oracle::ALL.iter().filter(|oracle| oracles.contains(oracle)) {
            match oracle {
                Oracle::Slices => {
                    let best = CpuLevel::best();
                    for slices in [Slices::Every(1), Slices::Uneven(7)] {
                        let tier = Lockstep::new(best, Code::Interpreted, slices);
                        tiers.push(vec![Box::new(tier)]);
                    }
                }
                Oracle::Levels => {
                    let others = CpuLevel::ALL
                        .iter()
                        .filter(|&&level| level < CpuLevel::best());
                    for &level in others {
                        let tier = Lockstep::new(level, Code::Interpreted, Slices::Whole);
                        tiers.push(vec![Box::new(tier)]);
                    }
                }
                Oracle::Jit => tiers.extend(compiled()),
                Oracle::Rests | Oracle::Count => {}
                #[cfg(feature = "rivals")]
                Oracle::Wasmi => tiers.push(vec![Box::new(crate::rivals::Wasmi::new())]),
                #[cfg(feature = "rivals")]
                Oracle::Wasmtime => tiers.push(vec![Box::new(crate::rivals::Wasmtime::new()?)]),
            }
        }
        Ok(Oracles {
            base: Lockstep::straight(),
            tiers,
            counted: oracles.contains(&Oracle::Count),
            rests: oracles.contains(&Oracle::Rests),
        })
    }

    /// The same with another run in place of the interpreter's: so that
    /// machine code and other engines are compared without it.
    pub fn with_base(self, base: Lockstep) -> Oracles {
        Oracles { base, ..self }
    }

    /// Names of the tiers that are compared with the plain run.
    pub fn names(&self) -> Vec<String> {
        self.all().map(|tier| tier.name()).collect()
    }

    /// The tier of this name, the plain one among them.
    pub fn tier(&self, name: &str) -> Option<&dyn Tier> {
        let mut all = std::iter::once(&self.base as &dyn Tier).chain(self.all());
        all.find(|tier| tier.name() == name)
    }

    /// Every tier that programs are compared with.
    fn all(&self) -> impl Iterator<Item = &dyn Tier> {
        self.tiers.iter().flatten().map(|tier| &**tier)
    }

    /// The tiers whose turn it is: one of each group, which follow from the
    /// program alone.
    fn in_turn(&self, program: &Program) -> Vec<&dyn Tier> {
        let mut choices = blake3::Hasher::new().update(&program.wasm).finalize_xof();
        let mut chosen = Vec::with_capacity(self.tiers.len());
        for group in &self.tiers {
            let mut choice = [0; 8];
            choices.fill(&mut choice);
            let index = u64::from_le_bytes(choice) % group.len() as u64;
            chosen.push(&*group[index as usize]);
        }
        chosen
    }

    /// Runs a program in all ways whose turn it is, and compares.
    ///
    /// # Errors
    /// The first thing that must not be.
    pub fn check(&self, program: &Program) -> Result<Verdict, Finding> {
        self.guarded(program, &self.in_turn(program))
    }

    /// Runs a program in every way there is, and compares.
    ///
    /// # Errors
    /// The first thing that must not be.
    pub fn check_thoroughly(&self, program: &Program) -> Result<Verdict, Finding> {
        self.guarded(program, &self.all().collect::<Vec<_>>())
    }

    /// What a smaller program shows of a finding, with the tier that showed
    /// it, whoever's turn it is; none if it does not.
    pub fn shown(&self, program: &Program, finding: &Finding) -> Option<Finding> {
        let found = match finding {
            Finding::Difference(difference) => {
                let named = |tier: &&dyn Tier| tier.name() == difference.tiers[1];
                let tiers: Vec<&dyn Tier> = self.all().filter(named).collect();
                self.guarded(program, &tiers)
            }
            Finding::Panic(_) => self.check_thoroughly(program),
        };
        found.err().filter(|found| found.is_like(finding))
    }

    fn guarded(&self, program: &Program, tiers: &[&dyn Tier]) -> Result<Verdict, Finding> {
        let guarded = AssertUnwindSafe(|| self.compare_with_all(program, tiers));
        match panic::catch_unwind(guarded) {
            Ok(verdict) => verdict.map_err(Finding::Difference),
            Err(payload) => Err(Finding::Panic(message(&*payload))),
        }
    }

    fn compare_with_all(
        &self,
        program: &Program,
        tiers: &[&dyn Tier],
    ) -> Result<Verdict, Box<Difference>> {
        let mut verdict = Verdict::default();
        let name = self.base.name();
        let base = self.base.run(program);
        for &tier in tiers {
            let told = match &base {
                Ok(run) if is_too_long(&tier.name(), run) => continue,
                Ok(run) => self.compare_steadily(run, tier, program),
                Err(refusal) => accepts_too(refusal, tier, program),
            };
            let told = told.map_err(|d| Box::new(d.between(&name, &tier.name())))?;
            verdict.tiers.insert(tier.name(), told);
        }
        match base {
            Ok(run) => {
                let named = |d: Box<Difference>, other: &str| Box::new(d.between(&name, other));
                if self.counted {
                    let counted = self.counts(program, &run);
                    verdict.counted = counted.map_err(|d| named(d, "the program's own count"))?;
                }
                if self.rests {
                    let rested = self.rests(program, &run);
                    verdict.rested = rested.map_err(|d| named(d, "lockstep unit by unit"))?;
                }
                verdict.run = Some(run);
            }
            Err(refusal) => verdict.refused = Some(refusal),
        }
        Ok(verdict)
    }

    /// Compares a tier's run with the plain one. A difference to an unsteady
    /// tier counts only if no engine of others agrees with the plain run.
    fn compare_steadily(
        &self,
        base: &Run,
        tier: &dyn Tier,
        program: &Program,
    ) -> Result<Result<Masked, Refusal>, Box<Difference>> {
        let told = compare_with(base, tier, program);
        if told.is_ok() || !tier.known().unsteady {
            return told;
        }
        let is_steady_rival = |other: &&dyn Tier| {
            let known = other.known();
            known.fuel_unit && !known.unsteady
        };
        let mut others = self.all().filter(is_steady_rival);
        match others.find(|other| matches!(compare_with(base, *other, program), Ok(Ok(_)))) {
            Some(other) => Ok(Err(Refusal::Alone(other.name()))),
            None => told,
        }
    }

    /// Lets the program count its own fuel. Gives whether that could be
    /// compared: not if a call was cut short, where the two rightly part.
    fn counts(&self, program: &Program, run: &Run) -> Result<bool, Box<Difference>> {
        let Ok(wasm) = rewrite::count(&program.wasm) else {
            return Ok(false);
        };
        let counting = Program {
            wasm,
            fuel: program.fuel.saturating_mul(COUNTING),
            ..program.clone()
        };
        let Ok(counted) = self.base.run(&counting) else {
            return Ok(false);
        };
        let calls = |run: &Run| run.calls.len();
        if run.is_exhausted() || counted.is_exhausted() || calls(run) != calls(&counted) {
            return Ok(false);
        }
        let count = counted
            .state
            .globals
            .iter()
            .find(|(name, _)| name == rewrite::COUNTER);
        let Some(&(_, Value::I64(count))) = count else {
            return Ok(false);
        };
        let fuel: u64 = std::iter::once(&run.start)
            .chain(&run.calls)
            .filter_map(|call| call.fuel)
            .sum();
        if fuel != count as u64 {
            return Err(Box::new(Difference {
                tiers: [String::new(), String::new()],
                place: Place::CountedFuel,
                shown: [fuel.to_string(), count.to_string()],
            }));
        }
        Ok(true)
    }

    /// Compares the state at one fuel of one call, both of which follow from
    /// the program, reached at once and unit by unit.
    fn rests(&self, program: &Program, run: &Run) -> Result<bool, Box<Difference>> {
        let hash = blake3::hash(&program.wasm);
        let random = u64::from_le_bytes(hash.as_bytes()[..8].try_into().unwrap_or_default());
        let long = |(_, call): &(usize, &crate::tier::CallRun)| call.fuel.is_some_and(|f| f > 1);
        let calls: Vec<_> = run.calls.iter().enumerate().filter(long).collect();
        let Some(&(index, call)) = calls.get(random as usize % calls.len().max(1)) else {
            return Ok(false);
        };
        let fuel = 1 + (random >> 16) % call.fuel.unwrap_or(1).min(BY_UNITS);
        let state = |by_units| self.base.state_at(program, index, fuel, by_units);
        let (Ok(at_once), Ok(by_units)) = (state(false), state(true)) else {
            return Ok(false);
        };
        if at_once != by_units {
            return Err(Box::new(Difference {
                tiers: [String::new(), String::new()],
                place: Place::Rest(index, fuel),
                shown: [format!("{at_once:?}"), format!("{by_units:?}")],
            }));
        }
        Ok(at_once.is_some())
    }
}

/// Whether a run is too long to be repeated unit by unit.
fn is_too_long(tier: &str, run: &Run) -> bool {
    let longest = run.calls.iter().filter_map(|call| call.fuel).max();
    tier.ends_with("by 1 units of fuel") && longest.is_some_and(|fuel| fuel > BY_UNITS)
}

/// Compares a tier's run with the plain one.
fn compare_with(
    base: &Run,
    tier: &dyn Tier,
    program: &Program,
) -> Result<Result<Masked, Refusal>, Box<Difference>> {
    let known = tier.known();
    let spelled = rewrite::spell(&program.wasm, known.spelling).ok().flatten();
    let is_spelled = spelled.is_some();
    let result = match spelled {
        Some(wasm) => tier.run(&Program {
            wasm,
            ..program.clone()
        }),
        None => tier.run(program),
    };
    let mut run = match result {
        Ok(run) => run,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if is_spelled {
        // Places in the longer code say nothing about the program's.
        let calls = std::iter::once(&mut run.start).chain(&mut run.calls);
        calls.for_each(|call| call.site = None);
    }
    let mut masked = compare(base, &run, known)?;
    masked.spelled += u64::from(is_spelled);
    Ok(Ok(masked))
}

/// A module that Lockstep calls invalid must not be valid elsewhere.
fn accepts_too(
    refusal: &Refusal,
    tier: &dyn Tier,
    program: &Program,
) -> Result<Result<Masked, Refusal>, Box<Difference>> {
    let invalid = matches!(refusal, Refusal::Module(_));
    match tier.run(program) {
        Ok(_) if invalid => Err(Box::new(Difference {
            tiers: [String::new(), String::new()],
            place: Place::Acceptance,
            shown: [refusal.to_string(), "the module is taken".to_owned()],
        })),
        Ok(_) => Ok(Ok(Masked::default())),
        Err(other) => Ok(Err(other)),
    }
}

/// A panic's message.
fn message(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
