//! Every generator makes valid programs that run to an end and do something.

use std::collections::{BTreeMap, BTreeSet};

use fuzz::entropy::{Entropy, bytes_of};
use fuzz::generate::{ALL, Generator};
use fuzz::lockstep::Lockstep;
use fuzz::program::Program;
use fuzz::tier::{Outcome, Run, Tier};
use lockstep_isa::{Class, Op, Trap};
use wasmparser::{Parser, Payload};

/// The program of a seed.
fn program(generator: &Generator, seed: u64) -> Option<Program> {
    let bytes = bytes_of(generator.name, seed, generator.bytes);
    (generator.make)(&mut Entropy::new(&bytes))
}

fn generator(name: &str) -> &'static Generator {
    ALL.iter().find(|g| g.name == name).expect("a generator")
}

/// How calls ended, by name, and how many seeds gave no program.
#[derive(Debug, Default)]
struct Tally {
    discarded: u64,
    ends: BTreeMap<String, u64>,
    fuel: u64,
}

impl Tally {
    fn count(&mut self, run: &Run) {
        for call in std::iter::once(&run.start).chain(&run.calls) {
            let name = match &call.outcome {
                Outcome::Returned(_) => "returned".to_owned(),
                Outcome::Trapped(trap) => format!("{trap:?}"),
                other => format!("{other:?}"),
            };
            *self.ends.entry(name).or_default() += 1;
            self.fuel += call.fuel.unwrap_or_default();
        }
    }

    fn of(&self, end: &str) -> u64 {
        self.ends.get(end).copied().unwrap_or_default()
    }
}

/// Runs the programs of many seeds.
fn run(generator: &Generator, seeds: u64) -> Tally {
    let tier = Lockstep::straight();
    let mut tally = Tally::default();
    for seed in 0..seeds {
        let Some(program) = program(generator, seed) else {
            tally.discarded += 1;
            continue;
        };
        match tier.run(&program) {
            Ok(run) => tally.count(&run),
            Err(refusal) => panic!("{} seed {seed}: {refusal}", generator.name),
        }
    }
    println!("{}: {tally:#?}", generator.name);
    tally
}

#[test]
fn programs_are_accepted_and_do_real_work() {
    for generator in ALL {
        let seeds = 300;
        let tally = run(generator, seeds);
        let calls: u64 = tally.ends.values().sum();
        assert!(
            tally.discarded * 20 < seeds,
            "{}: {tally:?}",
            generator.name
        );
        assert!(
            tally.of("returned") * 2 > calls,
            "{}: {tally:?}",
            generator.name
        );
        assert!(
            tally.of("OutOfFuel") * 20 < calls,
            "{}: {tally:?}",
            generator.name
        );
    }
}

#[test]
fn damaged_modules_are_taken_or_refused() {
    let engine = Lockstep::straight().engine().clone();
    let mut taken = 0;
    for seed in 0..500 {
        let bytes = bytes_of("damaged", seed, 1024);
        let damaged = fuzz::generate::damaged(&mut Entropy::new(&bytes));
        taken += u32::from(lockstep_vm::Module::new(&engine, &damaged).is_ok());
    }
    // Most are no modules any more, and some still are.
    assert!((10..250).contains(&taken), "{taken} of 500 are valid");
}

#[test]
fn equal_bytes_give_equal_programs() {
    for generator in ALL {
        for seed in 0..10 {
            let (one, two) = (program(generator, seed), program(generator, seed));
            assert_eq!(one, two, "{} seed {seed}", generator.name);
        }
    }
}

/// The instructions in the modules of many seeds, by their names in the table.
fn instructions(generator: &Generator, seeds: u64) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for seed in 0..seeds {
        let wasm = program(generator, seed).map(|p| p.wasm).unwrap_or_default();
        for payload in Parser::new(0).parse_all(&wasm).map_while(Result::ok) {
            if let Payload::CodeSectionEntry(body) = payload {
                let operators = body.get_operators_reader().unwrap();
                for operator in operators {
                    let operator = format!("{:?}", operator.unwrap());
                    let name = operator.split([' ', '(']).next().unwrap();
                    names.insert(name.to_owned());
                }
            }
        }
    }
    names
}

/// Rows that a program can name and that `generator` does not reach.
fn unreached(generator: &str, seeds: u64, wanted: fn(Class) -> bool) -> Vec<Op> {
    let names = instructions(crate::generator(generator), seeds);
    let rows = Op::ALL.iter().copied();
    rows.filter(|op| wanted(op.class()) && !names.contains(&format!("{op:?}")))
        .collect()
}

#[test]
fn every_row_of_the_table_is_reached() {
    let plain = |class| {
        !matches!(
            class,
            Class::Control | Class::Machine | Class::TernaryUnfused
        )
    };
    assert_eq!(unreached("instruction", 2000, plain), []);
    assert_eq!(
        unreached("control", 500, |class| class == Class::Control),
        []
    );
}

#[test]
fn control_reaches_every_end() {
    let tally = run(generator("control"), 2000);
    for trap in Trap::ALL {
        // Exceptions that nobody catches end a call as exceptions.
        let name = match trap {
            Trap::UncaughtException => "Threw".to_owned(),
            trap => format!("{trap:?}"),
        };
        assert!(tally.of(&name) > 0, "{name}: {tally:?}");
    }
}

/// How fast programs are made, and how fast they are made and run. A figure
/// for people, printed by `--ignored --nocapture`.
#[test]
#[ignore = "takes half a minute, and only prints"]
fn speed() {
    use std::time::{Duration, Instant};
    let tier = Lockstep::straight();
    for generator in ALL {
        // What is made once is made before.
        program(generator, 0);
        let rate = |work: &dyn Fn(Program)| {
            let start = Instant::now();
            let mut made = 0;
            while start.elapsed() < Duration::from_secs(3) {
                if let Some(program) = program(generator, made) {
                    work(program);
                }
                made += 1;
            }
            made as f64 / start.elapsed().as_secs_f64()
        };
        let made = rate(&|_| {});
        let run = rate(&|program| drop(tier.run(&program)));
        println!(
            "{}: {made:.0} made, {run:.0} made and run a second",
            generator.name
        );
    }
}
