//! Whole programs: those that are kept, and those that are made from seeds.

use std::collections::BTreeMap;

use fuzz::check::{Finding, Oracle, Oracles};
use fuzz::compare::Masked;
use fuzz::generate;
use fuzz::program::Program;
use fuzz::tally::{Tally, TierTally};
use fuzz::{corpus, runner};

use super::{PartId, Work};
use crate::evidence::{Against, Check, Part, Table};
use crate::printer::Printer;

/// Seeds of each generator.
fn seeds(work: &Work) -> u64 {
    match work.plan.emulator {
        Some(_) => work.plan.scale.pick(100, 1_000, 10_000),
        None => work.plan.scale.pick(100, 3_000, 100_000),
    }
}

pub(super) fn corpus(work: &Work) -> Result<Part, String> {
    let text = |e: corpus::CorpusError| e.to_string();
    let mut entries = match corpus::folder().is_dir() {
        true => corpus::files().map_err(text)?,
        false => Vec::new(),
    };
    let kept = entries.len();
    let suite = corpus::suite().map_err(text)?;
    entries.extend(suite);
    let mut session = Session::new(work)?;
    let total = entries.len() as u64;
    let of = format!("every run of the corpus ({total} programs)");
    let mut printer = Printer::new(of);
    for (i, entry) in entries.iter().enumerate() {
        work.meter.update("corpus", i as u64, total);
        session.check(&entry.name, &entry.program, &mut printer);
    }
    let mut part = session.finish(PartId::Corpus);
    part.prints.extend(printer.finish());
    part.notes.push(format!(
        "{kept} of the programs are files; the other {} are modules of the conformance suite, each function called \
         with arguments that follow from the module's bytes.",
        entries.len() - kept
    ));
    Ok(part)
}

pub(super) fn generated(work: &Work) -> Result<Part, String> {
    if generate::ALL.is_empty() {
        return Ok(Part::not_tried(
            PartId::Generated,
            "this version has no generators",
        ));
    }
    let mut session = Session::new(work)?;
    let mut prints = Vec::new();
    let mut table = Table::new("Generators", &["generator", "its programs", "programs"]);
    let seeds = seeds(work);
    for generator in generate::ALL {
        let mut printer = Printer::new(format!("runs of {} programs, from seed 0", generator.name));
        let before = session.tally.programs;
        for seed in 0..seeds {
            work.meter.update(
                &format!("generated programs, {}", generator.name),
                seed,
                seeds,
            );
            match runner::program(generator, seed) {
                Some(program) => {
                    let name = format!("{} --seed {seed}", generator.name);
                    session.check(&name, &program, &mut printer);
                }
                // Every seed has its place, so that the places of the others say which seed they are.
                None => printer.add(&blake3::hash(b"no program")),
            }
        }
        prints.extend(printer.finish());
        let programs = (session.tally.programs - before).to_string();
        let about = generator.about.to_owned();
        table
            .rows
            .push(vec![generator.name.to_owned(), about, programs]);
    }
    let mut part = session.finish(PartId::Generated);
    part.prints.extend(prints);
    part.tables.insert(0, table);
    Ok(part)
}

/// Programs that are checked one after another.
struct Session {
    oracles: Oracles,
    tally: Tally,
    /// By the other's name in findings.
    checks: BTreeMap<String, Check>,
    missing: Vec<Check>,
}

/// What findings call the two oracles that are no tiers.
const COUNT: &str = "the program's own count";
const RESTS: &str = "lockstep unit by unit";

impl Session {
    fn new(work: &Work) -> Result<Session, String> {
        let start = |oracles: &[Oracle]| Oracles::new(oracles).map_err(|e| e.to_string());
        let mut checks = BTreeMap::new();
        for &oracle in Oracle::ALL {
            let against = match oracle {
                Oracle::Slices | Oracle::Rests => Against::Slices,
                Oracle::Levels => Against::Levels,
                Oracle::Jit => Against::Tiers,
                Oracle::Count => Against::Answers,
                #[cfg(feature = "rivals")]
                Oracle::Wasmi | Oracle::Wasmtime => Against::Engines,
            };
            let names = match oracle {
                Oracle::Count => vec![(COUNT.to_owned(), "fuel, as the program itself counts it")],
                Oracle::Rests => vec![(
                    RESTS.to_owned(),
                    "state at a rest, reached at once and unit by unit",
                )],
                _ => start(&[oracle])?
                    .names()
                    .into_iter()
                    .map(|name| (name, ""))
                    .collect(),
            };
            for (name, shown) in names {
                let shown = if shown.is_empty() {
                    name.as_str()
                } else {
                    shown
                };
                checks.insert(name.clone(), Check::new(shown, against, "programs"));
            }
        }
        let mut missing = Vec::new();
        let mut miss = |against, name: &str, why: &str| {
            if !checks.values().any(|check| check.against == against) {
                missing.push(Check::not_tried(name, against, "programs", why));
            }
        };
        miss(
            Against::Levels,
            "other CPU levels",
            "this CPU has one level",
        );
        let why = match work.plan.emulator {
            Some(_) => "other engines run on the first machine only",
            None => "this build of the report has no other engines",
        };
        miss(Against::Engines, "other engines", why);
        Ok(Session {
            oracles: start(Oracle::ALL)?,
            tally: Tally::default(),
            checks,
            missing,
        })
    }

    fn check(&mut self, name: &str, program: &Program, printer: &mut Printer) {
        match self.oracles.check(program) {
            Ok(verdict) => {
                self.tally.note(&verdict);
                let refused = || blake3::hash(b"refused");
                printer.add(&verdict.run.as_ref().map_or_else(refused, |run| run.hash()));
            }
            Err(finding) => {
                printer.add(&blake3::hash(b"differs"));
                let other = match &finding {
                    Finding::Difference(difference) => difference.tiers[1].as_str(),
                    Finding::Panic(_) => RESTS,
                };
                let text = || format!("{name}: {}", finding.describe(program));
                match self.checks.get_mut(other) {
                    Some(check) => check.differs(text),
                    None => {
                        let mut check = Check::new(other, Against::Answers, "programs");
                        check.differs(text);
                        self.checks.insert(other.to_owned(), check);
                    }
                }
            }
        }
    }

    fn finish(mut self, id: PartId) -> Part {
        let mut part = Part::new(id);
        for (name, mut check) in self.checks {
            match name.as_str() {
                COUNT => check.cases += self.tally.counted,
                RESTS => check.cases += self.tally.rested,
                _ => {
                    if let Some(tier) = self.tally.tiers.get(&name) {
                        check.cases += tier.compared;
                        masks(&mut check, tier);
                    }
                }
            }
            part.checks.push(check);
        }
        part.checks.append(&mut self.missing);
        part.checks.sort_by_key(|check| check.against);
        part.tables.push(outcomes(&self.tally));
        part.judged()
    }
}

/// Known differences, each with its reason.
fn masks(check: &mut Check, tier: &TierTally) {
    let Masked {
        stack_depth,
        fuel_unit,
        trap_site,
        trap_offset,
        table_traps,
        spelled,
    } = tier.masked;
    check.masks(
        "ended where a call stack was exhausted: other engines have another limit",
        stack_depth,
    );
    check.masks(
        "ended where fuel ran out: other engines count in other units",
        fuel_unit,
    );
    check.masks("a trap whose place the other does not tell", trap_site);
    check.masks(
        "a trap that the other tells of an instruction further on in the function",
        trap_offset,
    );
    check.masks("a trap that the other calls by a common name", table_traps);
    check.masks(
        "instructions that the other reads differently were spelled out for it",
        spelled,
    );
    for (reason, count) in &tier.reasons {
        check.masks(
            &format!("a program the other does not take: {reason}"),
            *count,
        );
    }
    let told: u64 = tier.reasons.values().sum();
    check.masks(
        "a program the other does not take, for other reasons",
        tier.refused - told,
    );
}

/// How calls ended: programs that all end alike would say little.
fn outcomes(tally: &Tally) -> Table {
    let mut table = Table::new("What the programs did", &["what", "how often"]);
    let mut row =
        |what: &str, count: u64| table.rows.push(vec![what.to_owned(), count.to_string()]);
    row("programs", tally.programs);
    row("programs that this engine refuses", tally.refused);
    row("calls", tally.calls);
    row("fuel used", tally.fuel);
    for (outcome, count) in &tally.outcomes {
        row(&format!("calls that ended so: {outcome}"), *count);
    }
    table
}
