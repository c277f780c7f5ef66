//! The mirror: the same program in engines that do not promise the same bits.

mod cases;
mod engines;
mod native;

use lockstep_vm::CpuLevel;

use super::{PartId, Work};
use crate::evidence::{Against, Bits, Check, EngineBits, Part};
use crate::printer::Printer;
use cases::Case;
use engines::{Memory, Strategy};

const NODE_MISSING: &str = "there is no node on the PATH";

/// The cases, as one module each: an engine may lack the second's instructions.
struct Program {
    groups: Vec<(Vec<Case>, Vec<u8>)>,
}

pub(super) fn run(work: &Work) -> Result<Part, String> {
    let groups = [cases::nan(), cases::relaxed()];
    let groups = groups.into_iter().map(|cases| {
        let wasm = cases::module(&cases);
        (cases, wasm)
    });
    let program = Program {
        groups: groups.collect(),
    };
    let mut bits = Bits {
        operations: program.names(),
        engines: Vec::new(),
    };
    for &level in CpuLevel::ALL {
        if level.is_supported() {
            let run = |wasm: &[u8], cases| engines::lockstep(level, wasm, cases);
            bits.engines
                .push(program.in_engine(format!("Lockstep, {level}"), true, run));
        }
    }
    let mut part = Part::new(PartId::Mirror);
    judge(&bits, &mut part)?;
    work.meter.wait("other engines");
    others(&program, &mut bits);
    bits.engines.push(program.natively());
    part.notes.push(NOTE.to_owned());
    part.bits = Some(bits);
    Ok(part.judged())
}

const NOTE: &str = "The standard allows these engines everything they show here; none of it is a fault. \
    Native code is Rust arithmetic that is done when the program runs; Rust too leaves the bits of a NaN open. \
    A dash means that the engine does not have the operation.";

impl Program {
    fn names(&self) -> Vec<String> {
        let cases = self.groups.iter().flat_map(|(cases, _)| cases);
        cases.map(|case| case.name.clone()).collect()
    }

    /// The results of one engine.
    fn in_engine(
        &self,
        engine: String,
        promises: bool,
        run: impl Fn(&[u8], usize) -> Memory,
    ) -> EngineBits {
        let (mut results, mut missing) = (Vec::new(), None);
        for (cases, wasm) in &self.groups {
            match run(wasm, cases.len()) {
                Ok(memory) => results.extend(cases::results(cases, &memory)),
                Err(why) => {
                    results.extend(cases.iter().map(|_| None));
                    missing.get_or_insert(why);
                }
            }
        }
        EngineBits {
            engine,
            promises,
            results,
            missing,
        }
    }

    /// The results of this CPU without any engine.
    fn natively(&self) -> EngineBits {
        let cases = self.groups.iter().flat_map(|(cases, _)| cases);
        let result = |case: &Case| {
            let digits = 2 * case.result.bytes();
            native::result(case).map(|bits| format!("{bits:0digits$x}"))
        };
        EngineBits {
            engine: "native code".to_owned(),
            promises: false,
            results: cases.map(result).collect(),
            missing: None,
        }
    }
}

/// Engines that may be here.
fn others(program: &Program, bits: &mut Bits) {
    let mut add = |name: String, run: &dyn Fn(&[u8], usize) -> Memory| {
        bits.engines.push(program.in_engine(name, false, run));
    };
    let strategies = [
        ("Cranelift", Strategy::Cranelift),
        ("Winch", Strategy::Winch),
    ];
    for (name, strategy) in strategies {
        add(format!("wasmtime, {name}"), &|wasm, cases| {
            engines::wasmtime(strategy, wasm, cases)
        });
    }
    let version = engines::v8_version();
    let compilers = [("Liftoff", "--liftoff-only"), ("TurboFan", "--no-liftoff")];
    for (name, option) in compilers {
        match &version {
            Some(version) => add(format!("V8 {version}, {name}"), &|wasm, cases| {
                engines::v8(option, wasm, cases)
            }),
            None => add(format!("V8, {name}"), &|_, _| Err(NODE_MISSING.to_owned())),
        }
    }
}

/// This engine's own levels must agree; their bits are also for other machines.
fn judge(bits: &Bits, part: &mut Part) -> Result<(), String> {
    let [first, others @ ..] = &bits.engines[..] else {
        return Err("the engine has no level for this CPU".to_owned());
    };
    if let Some(why) = bits
        .engines
        .iter()
        .find_map(|engine| engine.missing.as_ref())
    {
        return Err(format!("the program does not run: {why}"));
    }
    let name = "this engine's CPU levels, one against another";
    let mut check = match others {
        [] => Check::not_tried(
            name,
            Against::Levels,
            "operations",
            "this CPU has one level",
        ),
        _ => Check::new(name, Against::Levels, "operations"),
    };
    for other in others {
        for (operation, (a, b)) in bits
            .operations
            .iter()
            .zip(first.results.iter().zip(&other.results))
        {
            match a == b {
                true => check.agrees(),
                false => check.differs(|| format!("{operation}: {a:?} and {b:?}")),
            }
        }
    }
    part.checks.push(check);
    let mut printer = Printer::new("result bits of every operation");
    for result in first.results.iter().flatten() {
        printer.add(&blake3::hash(result.as_bytes()));
    }
    part.prints = printer.finish();
    Ok(())
}
