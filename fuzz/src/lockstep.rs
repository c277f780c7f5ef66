//! Lockstep's own tiers: the interpreter run straight, in slices of fuel, and
//! with the code of another CPU level; and machine code, in every way in which
//! the two can take turns.

use lockstep_vm::{
    Caller, Config, CpuLevel, Engine, Error, Extern, ExternType, Func, FuncType, Global, Instance,
    Limits, Linker, Memory, Module, Outcome as Ended, Profile, RelaxedMadd, Store, Table, Tag,
    Tier as How, TrapInfo, Val, ValType,
};
use spec_tests::lockstep::{from_engine, to_engine};
use spec_tests::tier::{RefKind, Value};

use crate::host::{self, HostLog, Kind};
use crate::program::{Call, Program};
use crate::tier::{CallRun, Outcome, Refusal, Run, Site, State, Tier};

/// Call stack of fuzzed guests, in units: enough for any honest program, and
/// less than rivals allow, so that Lockstep is the first to refuse.
const STACK_UNITS: u32 = 20_000;

/// Pages of a fuzzed guest's memory: 16 MiB.
const MEMORY_PAGES: u64 = 256;

/// Elements of a fuzzed guest's table.
const TABLE_ELEMENTS: u64 = 100_000;

/// Fuel after which a function of a fuzzed guest is hot.
const HOT: u64 = 20;

/// How a run is given its fuel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slices {
    /// All at once.
    Whole,
    /// This much at a time; the run rests and is resumed between.
    Every(u64),
    /// Uneven amounts that follow from this seed and the program: from 1 to
    /// some power of two.
    Uneven(u64),
}

impl Slices {
    /// Those of one program.
    fn of(self, program: &Program) -> Slices {
        match self {
            Slices::Uneven(seed) => {
                let hash = blake3::hash(&program.wasm);
                let own = hash.as_bytes().first_chunk().expect("a hash is longer");
                Slices::Uneven(seed ^ u64::from_le_bytes(*own))
            }
            same => same,
        }
    }
}

/// How code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// In the interpreter.
    Interpreted,
    /// As machine code.
    Compiled,
    /// As machine code that compares addresses, without guard pages.
    Unguarded,
    /// As machine code that stops before every block and goes on.
    Stopped,
    /// As machine code that is left for the interpreter at every block.
    Left,
    /// In the interpreter, and as machine code from the head of every loop on.
    Entered,
    /// As machine code that is left for the interpreter at every block, and
    /// entered again at every loop.
    Turns,
    /// The same without guard pages.
    UnguardedTurns,
    /// In the interpreter, and as machine code where it gets hot, which is
    /// soon.
    Hot,
}

/// The engine, in one of the ways in which it can be made to run.
#[derive(Clone)]
pub struct Lockstep {
    engine: Engine,
    level: CpuLevel,
    code: Code,
    slices: Slices,
}

/// More fuel than any fuzzed guest has.
const NEVER: u64 = u64::MAX;

/// In the interpreter, and as machine code where that much fuel was used.
fn only_when_hot(config: Config, fuel: u64) -> Config {
    // In the background it would mostly come too late to be tried.
    config.tier(How::Auto).background(false).tier_up_after(fuel)
}

/// The profile under which programs are fuzzed: the default one, with less room.
pub fn profile(relaxed_madd: RelaxedMadd) -> Profile {
    Profile {
        relaxed_madd,
        limits: Limits {
            stack_units: STACK_UNITS,
            memory_pages: MEMORY_PAGES,
            table_elements: TABLE_ELEMENTS,
            ..Limits::default()
        },
    }
}

impl Lockstep {
    /// With all fuel at once, on this CPU's best level: what the others are
    /// compared with.
    pub fn straight() -> Lockstep {
        Lockstep::new(CpuLevel::best(), Code::Interpreted, Slices::Whole)
    }

    /// In a way of its own.
    ///
    /// # Panics
    /// If this CPU does not have the level, or there is no machine code for it.
    pub fn new(level: CpuLevel, code: Code, slices: Slices) -> Lockstep {
        let config = Config::new()
            .profile(profile(RelaxedMadd::Fused))
            .cpu_level(level);
        let config = match code {
            Code::Interpreted => config.tier(How::Interpreter),
            Code::Compiled => config.tier(How::Jit),
            Code::Unguarded => config.tier(How::Jit).guard_pages(false),
            Code::Stopped => config.tier(How::Jit).force_stops(true),
            Code::Left => config.tier(How::Jit).force_deopt(true),
            Code::Entered => only_when_hot(config, NEVER).force_osr(true),
            Code::Turns => config.tier(How::Jit).force_osr(true).force_deopt(true),
            Code::UnguardedTurns => config
                .tier(How::Jit)
                .force_osr(true)
                .force_deopt(true)
                .guard_pages(false),
            Code::Hot => only_when_hot(config, HOT),
        };
        let engine = Engine::new(&config).expect("the caller asks for levels that are there");
        Lockstep {
            engine,
            level,
            code,
            slices,
        }
    }

    /// The engine, for what needs more than a run.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Runs `program` until the call `call` has used `fuel`, all given at once
    /// or one unit at a time, and gives the state in which it then rests. None
    /// if the call ends before.
    ///
    /// # Errors
    /// As [`Tier::run`].
    pub fn state_at(
        &self,
        program: &Program,
        call: usize,
        fuel: u64,
        by_units: bool,
    ) -> Result<Option<blake3::Hash>, Refusal> {
        let mut guest = Guest::new(&self.engine, program)?;
        guest.instantiate(program, Slices::Whole)?;
        for earlier in &program.calls[..call] {
            guest.call(earlier, program.fuel, Slices::Whole);
        }
        guest.rest_at(&program.calls[call], fuel, by_units)
    }
}

impl Tier for Lockstep {
    fn name(&self) -> String {
        let level = match self.level == CpuLevel::best() {
            true => String::new(),
            false => format!(" at CPU level {}", self.level),
        };
        let slices = match self.slices {
            Slices::Whole => String::new(),
            Slices::Every(fuel) => format!(" by {fuel} units of fuel"),
            Slices::Uneven(_) => " by uneven fuel".to_owned(),
        };
        let code = match self.code {
            Code::Interpreted => "",
            Code::Compiled => " compiled",
            Code::Unguarded => " compiled without guards",
            Code::Stopped => " stopped at every block",
            Code::Left => " left at every block",
            Code::Entered => " entered at every loop",
            Code::Turns => " in turns",
            Code::UnguardedTurns => " in turns without guards",
            Code::Hot => " when hot",
        };
        format!("lockstep{code}{level}{slices}")
    }

    fn run(&self, program: &Program) -> Result<Run, Refusal> {
        let mut guest = Guest::new(&self.engine, program)?;
        let slices = self.slices.of(program);
        let start = guest.instantiate(program, slices)?;
        let mut calls = Vec::new();
        if guest.instance.is_some() {
            for call in &program.calls {
                let run = guest.call(call, program.fuel, slices);
                let over = run.outcome.is_exhausted();
                calls.push(run);
                if over {
                    break;
                }
            }
        }
        Ok(Run {
            start,
            calls,
            state: guest.state(),
            host: std::mem::take(guest.store.data_mut()),
        })
    }
}

/// One program in a store of its own.
struct Guest {
    store: Store<HostLog>,
    linker: Linker<HostLog>,
    module: Module,
    instance: Option<Instance>,
}

impl Guest {
    fn new(engine: &Engine, program: &Program) -> Result<Guest, Refusal> {
        let refused = |e: Error| Refusal::Module(e.to_string());
        let module = Module::new(engine, &program.wasm).map_err(refused)?;
        let mut store = Store::new(engine, HostLog::default());
        let mut linker = Linker::new(engine);
        linker.allow_shadowing(true);
        for import in module.imports() {
            let item = offer(&mut store, import.module(), import.name(), import.ty())?;
            linker
                .define(import.module(), import.name(), item)
                .map_err(|e| Refusal::Import(e.to_string()))?;
        }
        Ok(Guest {
            store,
            linker,
            module,
            instance: None,
        })
    }

    /// Instantiates; the start function gets its fuel whole, because nobody
    /// can resume an instantiation.
    fn instantiate(&mut self, program: &Program, _: Slices) -> Result<CallRun, Refusal> {
        self.store.set_fuel(program.fuel);
        let before = self.store.fuel_consumed();
        let (outcome, site) = match self.linker.instantiate(&mut self.store, &self.module) {
            Ok(instance) => {
                self.instance = Some(instance);
                (Outcome::Returned(Vec::new()), None)
            }
            Err(error) => ended(error)?,
        };
        Ok(CallRun {
            outcome,
            fuel: Some(self.store.fuel_consumed() - before),
            site,
        })
    }

    fn function(&self, name: &str) -> Option<Func> {
        self.instance?.get_func(&self.store, name)
    }

    fn call(&mut self, call: &Call, fuel: u64, slices: Slices) -> CallRun {
        let before = self.store.fuel_consumed();
        let (outcome, site) = match self.sliced(call, fuel, slices) {
            Ok(Some(values)) => {
                let values = values.into_iter().map(from_engine).collect();
                (Outcome::Returned(values), None)
            }
            Ok(None) => (Outcome::OutOfFuel, None),
            Err(error) => {
                ended(error).unwrap_or_else(|refusal| (Outcome::Limit(refusal.to_string()), None))
            }
        };
        CallRun {
            outcome,
            fuel: Some(self.store.fuel_consumed() - before),
            site,
        }
    }

    /// Starts a call and resumes it until it ends or has had `fuel`.
    fn sliced(
        &mut self,
        call: &Call,
        fuel: u64,
        slices: Slices,
    ) -> Result<Option<Vec<Val>>, Error> {
        let function = self.function(&call.export);
        let function =
            function.ok_or_else(|| Error::Usage(format!("no export {:?}", call.export)))?;
        let arguments = to_engine_all(&call.arguments)?;
        let mut given = 0;
        let mut pieces = Pieces::new(slices);
        let mut next = |store: &mut Store<HostLog>| {
            let piece = pieces.next().min(fuel - given);
            given += piece;
            store.set_fuel(store.fuel() + piece);
            piece > 0
        };
        self.store.set_fuel(0);
        next(&mut self.store);
        let mut outcome = function.start(&mut self.store, &arguments)?;
        loop {
            match outcome {
                Ended::Done(values) => return Ok(Some(values)),
                Ended::Suspended(_) => return Err(Error::Suspended),
                Ended::OutOfFuel(paused) => {
                    if !next(&mut self.store) {
                        return Ok(None);
                    }
                    outcome = paused.resume(&mut self.store)?;
                }
            }
        }
    }

    /// The state in which a call rests when it has used `fuel`.
    fn rest_at(
        &mut self,
        call: &Call,
        fuel: u64,
        by_units: bool,
    ) -> Result<Option<blake3::Hash>, Refusal> {
        let host = |e: Error| Refusal::Host(e.to_string());
        let Some(function) = self.function(&call.export) else {
            return Ok(None);
        };
        let arguments = to_engine_all(&call.arguments).map_err(host)?;
        let mut left = if by_units { fuel.saturating_sub(1) } else { 0 };
        self.store.set_fuel(fuel - left);
        let mut outcome = function.start(&mut self.store, &arguments);
        loop {
            match outcome {
                Ok(Ended::OutOfFuel(paused)) if left > 0 => {
                    left -= 1;
                    self.store.set_fuel(self.store.fuel() + 1);
                    outcome = paused.resume(&mut self.store);
                }
                Ok(Ended::OutOfFuel(_paused)) => return Ok(Some(self.state().hash())),
                _ => return Ok(None),
            }
        }
    }

    fn state(&self) -> State {
        let mut state = State::default();
        let Some(instance) = self.instance else {
            return state;
        };
        for (name, item) in instance.exports(&self.store) {
            match item {
                Extern::Memory(memory) => {
                    state
                        .memories
                        .push((name, memory.data(&self.store).to_vec()));
                }
                Extern::Global(global) => {
                    state
                        .globals
                        .push((name, from_engine(global.get(&self.store))));
                }
                Extern::Table(table) => {
                    let size = table.size(&self.store);
                    let element = |i| table.get(&self.store, i).map(from_engine);
                    state
                        .tables
                        .push((name, (0..size).filter_map(element).collect()));
                }
                Extern::Func(_) | Extern::Tag(_) => {}
            }
        }
        state.sort();
        state
    }
}

/// The amounts in which fuel is given.
struct Pieces {
    slices: Slices,
    state: u64,
    most: u64,
}

impl Pieces {
    fn new(slices: Slices) -> Pieces {
        let seed = match slices {
            Slices::Uneven(seed) => seed,
            Slices::Whole | Slices::Every(_) => 0,
        };
        Pieces {
            slices,
            state: seed | 1,
            most: 8 << (seed >> 60),
        }
    }

    fn next(&mut self) -> u64 {
        match self.slices {
            Slices::Whole => u64::MAX,
            Slices::Every(fuel) => fuel,
            Slices::Uneven(_) => {
                // Xorshift: all that matters is that the amounts vary.
                self.state ^= self.state << 13;
                self.state ^= self.state >> 7;
                self.state ^= self.state << 17;
                1 + self.state % self.most
            }
        }
    }
}

fn to_engine_all(values: &[Value]) -> Result<Vec<Val>, Error> {
    let value = |&value: &Value| to_engine(value).map_err(|e| Error::Usage(e.to_string()));
    values.iter().map(value).collect()
}

/// How a run ended that did not return.
fn ended(error: Error) -> Result<(Outcome, Option<Site>), Refusal> {
    let site = |info: &TrapInfo| {
        info.frames.first().map(|frame| Site {
            function: frame.function,
            offset: frame.offset,
        })
    };
    Ok(match error {
        Error::Trap(info) => (Outcome::Trapped(info.trap), site(&info)),
        Error::Exception { info, .. } => (Outcome::Threw, site(&info)),
        Error::OutOfFuel => (Outcome::OutOfFuel, None),
        Error::Limit(words) => (Outcome::Limit(words), None),
        Error::Link(_) => return Err(Refusal::Import(error.to_string())),
        other => return Err(Refusal::Host(other.to_string())),
    })
}

fn kind(ty: ValType) -> Result<Kind, Refusal> {
    Ok(match ty {
        ValType::I32 => Kind::I32,
        ValType::I64 => Kind::I64,
        ValType::F32 => Kind::F32,
        ValType::F64 => Kind::F64,
        ValType::V128 => Kind::V128,
        ValType::Ref(_) => match crate::program::null(ty) {
            Some(Value::Null(kind)) => Kind::Ref(kind),
            _ => {
                return Err(Refusal::Import(format!(
                    "the host has no value of type {ty}"
                )));
            }
        },
    })
}

/// What the host gives for an import.
fn offer(
    store: &mut Store<HostLog>,
    module: &str,
    name: &str,
    ty: &ExternType,
) -> Result<Extern, Refusal> {
    let failed = |e: Error| Refusal::Import(e.to_string());
    let plain = |value: Value| to_engine(value).map_err(|e| Refusal::Import(e.to_string()));
    Ok(match ty {
        ExternType::Func(ty) => function(store, module, name, ty)?.into(),
        ExternType::Global(ty) => {
            let value = plain(host::global(module, name, kind(ty.content)?))?;
            Global::new(store, *ty, value).map_err(failed)?.into()
        }
        ExternType::Memory(ty) => Memory::new(store, *ty).map_err(failed)?.into(),
        ExternType::Table(ty) => {
            let init = plain(Value::Null(match kind(ValType::Ref(ty.element))? {
                Kind::Ref(kind) => kind,
                _ => RefKind::Func,
            }))?;
            Table::new(store, *ty, init).map_err(failed)?.into()
        }
        ExternType::Tag(ty) => Tag::new(store, ty.clone()).into(),
    })
}

fn function(
    store: &mut Store<HostLog>,
    module: &str,
    name: &str,
    ty: &FuncType,
) -> Result<Func, Refusal> {
    let results = ty.results().iter().map(|&ty| kind(ty));
    let results = results.collect::<Result<Vec<Kind>, _>>()?;
    let (module, name) = (module.to_owned(), name.to_owned());
    let answer = move |mut caller: Caller<'_, HostLog>, arguments: &[Val], out: &mut [Val]| {
        let arguments: Vec<Value> = arguments.iter().map(|&v| from_engine(v)).collect();
        let answers = caller
            .data_mut()
            .answer(&module, &name, &arguments, &results);
        for (out, answer) in out.iter_mut().zip(answers) {
            *out = to_engine(answer).map_err(Error::host)?;
        }
        Ok(())
    };
    Ok(Func::new(store, ty.clone(), answer))
}
