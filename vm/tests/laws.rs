//! The laws on every tier: each row of the opcode table that is a function of
//! its operands, at the values where instructions go wrong, run in the
//! interpreter and as machine code of every CPU level.
//!
//! What a row must give is said by its meaning, which the crate `isa` holds to
//! an independent law over the same cases.
//! `LOCKSTEP_LAW_STEP=n` takes only every n-th case.

use std::collections::BTreeMap;
use std::fmt::Write;

use isa::{Class, Op};
use laws::{Case, Outcome};
use lockstep_vm::{
    Config, CpuLevel, Engine, Error, Instance, Linker, Memory, Module, Profile, RelaxedMadd, Store,
    Tier, Val,
};

/// Each case has a place in memory: three operands and a result.
const OPERAND: usize = 16;
const RESULT: usize = 3 * OPERAND;
const PLACE: usize = RESULT + 16;

const PAGE: usize = 65536;

/// Of how many second operands each is a constant once.
const CONSTANTS: usize = 24;

/// With how many immediates a shuffle is tried.
const SHUFFLES: usize = 24;

fn step() -> usize {
    let usual = if cfg!(debug_assertions) { 11 } else { 1 };
    std::env::var("LOCKSTEP_LAW_STEP").map_or(usual, |step| {
        step.parse()
            .expect("LOCKSTEP_LAW_STEP is a whole number above 0")
    })
}

/// A function over cases that lie one after another.
struct Function {
    text: String,
    cases: Vec<Case>,
}

fn wasm_type(argument: &str) -> Option<&str> {
    match argument {
        "V128" => Some("v128"),
        "i32" | "i64" | "f32" | "f64" => Some(argument),
        _ => None,
    }
}

fn load(ty: &str, operand: usize) -> String {
    format!("({ty}.load offset={} (local.get $at))", operand * OPERAND)
}

fn constant(ty: &str, bits: u128) -> String {
    match ty {
        "i32" | "f32" => format!("(i32.const {})", bits as u32 as i32),
        _ => format!("(i64.const {})", bits as u64 as i64),
    }
}

/// A constant of a scalar type. Floats are written as the integers they are,
/// which says what a NaN is made of; the compiler folds that.
fn scalar(ty: &str, bits: u128) -> String {
    let bits = constant(ty, bits);
    match ty {
        "f32" => format!("(f32.reinterpret_i32 {bits})"),
        "f64" => format!("(f64.reinterpret_i64 {bits})"),
        _ => bits,
    }
}

/// One row of the table.
struct Row {
    op: Op,
    arguments: &'static [&'static str],
    result: &'static str,
}

impl Row {
    /// How Wasm calls it.
    fn instruction(&self) -> &'static str {
        self.op.mnemonic().trim_end_matches("_unfused")
    }

    /// Whether it can trap of itself.
    fn traps(&self) -> bool {
        matches!(self.op.class(), Class::TryUnary | Class::TryBinary)
    }

    /// The operands that are values, as loads of them.
    fn loads(&self) -> Vec<String> {
        let arguments = self.arguments.iter().enumerate();
        arguments
            .filter_map(|(n, argument)| Some(load(wasm_type(argument)?, n)))
            .collect()
    }

    /// What stores the row's result for one case.
    fn body(&self, immediate: &str, operands: &[String]) -> String {
        let (row, operands) = (self.instruction(), operands.join(" "));
        let here = format!("offset={RESULT} (local.get $at)");
        match self.op.class() {
            Class::Load => format!("({}.store {here} ({row} (local.get $at)))", self.result),
            Class::LoadLane => {
                format!("(v128.store {here} ({row} {immediate} (local.get $at) {operands}))")
            }
            Class::Store => format!("({row} {here} {operands})"),
            Class::StoreLane => {
                format!("({row} offset={RESULT} {immediate} (local.get $at) {operands})")
            }
            _ => format!(
                "({}.store {here} ({row} {immediate} {operands}))",
                self.result
            ),
        }
    }

    /// As [`Row::body`], but a branch asks for the result.
    fn branch(&self, operands: &[String]) -> String {
        let asked = format!("({} {})", self.instruction(), operands.join(" "));
        let answer = format!("(if (result i32) {asked} (then (i32.const 1)) (else (i32.const 0)))");
        format!("(i32.store offset={RESULT} (local.get $at) {answer})")
    }

    /// How many lanes an immediate can name.
    fn lanes(&self) -> u8 {
        let name = self.instruction();
        match self.op.class() {
            Class::ExtractLane | Class::ReplaceLane => {
                let shape = name
                    .split('.')
                    .next()
                    .and_then(|shape| shape.split('x').nth(1));
                shape
                    .and_then(|lanes| lanes.parse().ok())
                    .expect("a shape names its lanes")
            }
            _ => {
                let bits = name
                    .trim_start_matches("v128.load")
                    .trim_start_matches("v128.store");
                let bits: u8 = bits
                    .trim_end_matches("_lane")
                    .parse()
                    .expect("it names its bits");
                128 / bits
            }
        }
    }

    /// Cases in groups that have one immediate, in text.
    fn by_immediate(&self, cases: &[Case]) -> BTreeMap<String, Vec<Case>> {
        let mut groups: BTreeMap<String, Vec<Case>> = BTreeMap::new();
        for case in cases {
            let mut case = *case;
            let immediate = match self.op.class() {
                Class::Shuffle => {
                    // A case has its own; a valid one is what validation lets through.
                    case.immediate = case.immediate.map(|byte| byte % 32);
                    case.immediate.map(|byte| byte.to_string()).join(" ")
                }
                Class::ExtractLane | Class::ReplaceLane | Class::LoadLane | Class::StoreLane => {
                    if case.immediate[0] >= self.lanes() {
                        continue;
                    }
                    case.immediate[0].to_string()
                }
                _ => String::new(),
            };
            if groups.len() == SHUFFLES && !groups.contains_key(&immediate) {
                // A function has one immediate; the operands go on with an old one.
                let group = groups.values_mut().min_by_key(|group| group.len());
                let group = group.expect("there are groups");
                case.immediate = group[0].immediate;
                group.push(case);
                continue;
            }
            groups.entry(immediate).or_default().push(case);
        }
        groups
    }

    /// Functions that go through all cases, with operands from memory.
    fn through_memory(&self, cases: &[Case]) -> Vec<Function> {
        let groups = self.by_immediate(cases).into_iter();
        groups
            .map(|(immediate, cases)| Function {
                text: self.body(&immediate, &self.loads()),
                cases,
            })
            .collect()
    }

    /// Functions that branch on the result.
    fn in_branches(&self, cases: &[Case]) -> Vec<Function> {
        let asks = self.op.class() == Class::Compare || self.instruction().ends_with("eqz");
        let function = || Function {
            text: self.branch(&self.loads()),
            cases: cases.to_vec(),
        };
        asks.then(function).into_iter().collect()
    }

    /// Functions in which one scalar operand is a constant.
    fn with_constants(&self, cases: &[Case]) -> Vec<Function> {
        let types: Option<Vec<&str>> = self.arguments.iter().map(|a| wasm_type(a)).collect();
        let Some(types) = types.filter(|types| !types.contains(&"v128")) else {
            return Vec::new();
        };
        let mut functions = Vec::new();
        for (n, ty) in types.iter().enumerate() {
            let mut groups: BTreeMap<u128, Vec<Case>> = BTreeMap::new();
            for case in cases {
                groups.entry(case.operands[n]).or_default().push(*case);
            }
            // Corners have many cases, random values one.
            let mut groups: Vec<_> = groups.into_iter().collect();
            groups.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
            for (bits, cases) in groups.into_iter().take(CONSTANTS) {
                let mut operands = self.loads();
                operands[n] = scalar(ty, bits);
                let text = self.body("", &operands);
                functions.push(Function { text, cases });
            }
        }
        functions
    }
}

/// Chooses results' types: as Wasm has them, and how they are stored.
macro_rules! define {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        fn result(op: Op) -> &'static str {
            match op { $($(Op::$Name => concat!($(stringify!($result)),*),)*)* }
        }
    };
}

isa::for_each_op!(define);

/// The rows that are functions of their operands.
fn rows() -> impl Iterator<Item = Row> {
    let functions = |op: &&Op| laws::meaning(**op).is_some();
    Op::ALL.iter().filter(functions).map(|&op| Row {
        op,
        arguments: laws::arguments(op),
        result: wasm_type(result(op)).unwrap_or("i32"),
    })
}

fn module_text(functions: &[Function], pages: usize) -> String {
    let mut text = format!("(module (memory (export \"memory\") {pages})\n");
    for (n, function) in functions.iter().enumerate() {
        let next = format!("(local.tee $at (i32.add (local.get $at) (i32.const {PLACE})))");
        let _ = writeln!(
            text,
            "(func (export \"{n}\") (param $at i32) (param $end i32) (loop $again\n  {}\n  \
             (br_if $again (i32.lt_u {next} (local.get $end)))))",
            function.text
        );
    }
    text.push(')');
    text
}

/// A row's functions on one tier.
struct Run {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Run {
    fn new(config: &Config, wasm: &[u8]) -> Run {
        let engine = Engine::new(config).expect("a configuration for this CPU");
        let module = Module::new(&engine, wasm).expect("valid");
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX);
        let linker = Linker::new(&engine);
        let instance = linker.instantiate(&mut store, &module).expect("no imports");
        let memory = instance.get_memory(&store, "memory").expect("an export");
        Run {
            store,
            instance,
            memory,
        }
    }

    /// Runs a function over the cases in these places.
    fn call(&mut self, function: usize, from: usize, to: usize) -> Result<(), Error> {
        let places = [from, to].map(|case| Val::I32((case * PLACE) as i32));
        let function = self.instance.get_func(&self.store, &function.to_string());
        let function = function.expect("an export");
        function.call(&mut self.store, &places, &mut [])
    }

    /// What the function gives for each case.
    fn outcomes(&mut self, number: usize, function: &Function, one_by_one: bool) -> Vec<Outcome> {
        let memory = self.memory.data_mut(&mut self.store);
        for (case, place) in function.cases.iter().zip(memory.chunks_mut(PLACE)) {
            for (operand, bytes) in case.operands.iter().zip(place.chunks_mut(OPERAND)) {
                bytes.copy_from_slice(&operand.to_le_bytes());
            }
            place[RESULT..].fill(0);
        }
        let count = function.cases.len();
        let size = if one_by_one { 1 } else { count };
        let mut traps = vec![None; count];
        for from in (0..count).step_by(size) {
            match self.call(number, from, from + size) {
                Ok(()) => {}
                Err(Error::Trap(trap)) if one_by_one => traps[from] = Some(trap.trap),
                Err(error) => panic!("{}: {error}", function.text),
            }
        }
        let memory = self.memory.data(&self.store);
        let results = memory.chunks(PLACE).zip(traps);
        results
            .map(|(place, trap)| match trap {
                Some(trap) => Err(trap),
                None => {
                    let bytes = place[RESULT..].try_into().expect("16 bytes");
                    Ok(u128::from_le_bytes(bytes))
                }
            })
            .collect()
    }
}

/// Every way to run code on this CPU.
fn ways() -> impl Iterator<Item = (Tier, CpuLevel)> {
    let levels = CpuLevel::ALL.iter().filter(|level| level.is_supported());
    let machine_code = cfg!(all(target_arch = "x86_64", target_os = "linux"));
    let tiers = [Some(Tier::Interpreter), machine_code.then_some(Tier::Jit)];
    levels.flat_map(move |&level| tiers.into_iter().flatten().map(move |tier| (tier, level)))
}

/// Holds a row to its meaning on every tier.
fn check(row: &Row, functions: &[Function]) {
    let most = functions.iter().map(|function| function.cases.len()).max();
    let most = most.unwrap_or_else(|| panic!("{} has no cases", row.op));
    let text = module_text(functions, (most * PLACE).div_ceil(PAGE));
    let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let relaxed_madd = match row.op.class() {
        Class::TernaryUnfused => RelaxedMadd::Unfused,
        _ => RelaxedMadd::Fused,
    };
    let profile = Profile {
        relaxed_madd,
        ..Profile::default()
    };
    let meaning = laws::meaning(row.op).expect("rows have meanings");
    for (tier, level) in ways() {
        let config = Config::new().profile(profile).tier(tier).cpu_level(level);
        let mut run = Run::new(&config, &wasm);
        for (number, function) in functions.iter().enumerate() {
            let outcomes = run.outcomes(number, function, row.traps());
            for (case, outcome) in function.cases.iter().zip(outcomes) {
                let law = meaning(case);
                assert_eq!(
                    outcome, law,
                    "{} on {tier:?} at {level}: {outcome:x?} is not {law:x?}, {case:x?}\n{}",
                    row.op, function.text
                );
            }
        }
    }
}

fn all_of(scalars: bool) {
    for row in rows() {
        let is_vector = |name: &str| name == "V128" || name == "v128";
        let vector = row.arguments.iter().any(|a| is_vector(a)) || is_vector(row.result);
        if vector == scalars {
            continue;
        }
        let cases: Vec<Case> = laws::cases(row.op).into_iter().step_by(step()).collect();
        let mut functions = row.through_memory(&cases);
        functions.extend(row.in_branches(&cases));
        functions.extend(row.with_constants(&cases));
        check(&row, &functions);
    }
}

#[test]
fn rows_over_scalars_keep_their_laws_on_every_tier() {
    all_of(true);
}

#[test]
fn rows_over_vectors_keep_their_laws_on_every_tier() {
    all_of(false);
}
