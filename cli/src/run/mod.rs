//! `lockstep run`: one module, once.

mod kept;
mod report;
mod time;
mod values;
mod world;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use lockstep_vm::{Error, ExternType, FuncType, Instance, Linker, Module, Store, Val};
use lockstep_wasi::{Input, Output, PtrWidth, WasiCtx, WasiCtxBuilder, link};

use crate::error::Failure;
use crate::interrupt::{self, Stdin};
use crate::load;
use crate::output;
use crate::tier::Speed;
use kept::Kept;
use report::{Captured, Ended, Report};
use world::World;

/// The function a command begins with.
const START: &str = "_start";
/// The function that a library wants called before all others.
const INITIALIZE: &str = "_initialize";

const EXAMPLES: &str = "\
Examples:
  lockstep run hello.wasm
  lockstep run add.wat --invoke add -- 40 0x2
  lockstep run tool.wasm --mount ./input --env LANG=C -- --verbose file.txt
  lockstep run tool.wasm --cache default
  lockstep run model.wasm --drive default --fuel 1000000000 --stats
  lockstep run test.wasm --json > result.json";

/// Run a WebAssembly module.
///
/// Without --invoke the module is a WASI command and its `_start` is called. With it, the named function is called, its
/// arguments are read by their types, and its results are printed one a line.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Run {
    /// The module, binary (.wasm) or text (.wat); for 32-bit or 64-bit memory.
    file: PathBuf,
    /// Arguments of the program or the function; after `--` if one of them starts with a dash.
    args: Vec<String>,
    /// Call this exported function instead of `_start`.
    #[arg(long, value_name = "NAME")]
    invoke: Option<String>,
    /// Stop when so much fuel is used up (default: no limit).
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// Tell fuel, memory, hashes and time on standard error.
    #[arg(long)]
    stats: bool,
    /// Print one JSON object: how the run ended, results, output, fuel and hashes.
    #[arg(long)]
    pub(crate) json: bool,
    /// Keep machine code in this folder, and use what is kept there; `default` is $LOCKSTEP_HOME/code, else
    /// ~/.cache/lockstep/code. Changes time only. Nobody else may write to the folder; removing it is safe.
    #[arg(long, value_name = "PATH")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    speed: Speed,
    #[command(flatten)]
    world: World,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let engine = self.speed.engine()?;
        let module = load::module(&engine, &self.file)?;
        let (entry, args) = self.entry(&module)?;
        let captured = Captured::default();
        let world = self.world.build(&self.guest_args(), |builder| {
            self.streams(builder, &captured)
        })?;
        interrupt::install()?;
        let mut linker = Linker::new(&engine);
        link::add_to_linker(&mut linker, PtrWidth::of(&module), |world: &mut WasiCtx| {
            world
        })
        .map_err(load::failure)?;
        let mut store = Store::new(&engine, world);
        if let Some(fuel) = self.fuel {
            store.set_fuel(fuel);
        }
        let mut kept = Kept::open(self.cache.as_deref());
        kept.load(&module);
        interrupt::watch(store.interrupt_handle());
        let begun = Instant::now();
        let mut instance = None;
        let ended = match call(&mut store, &linker, &module, &entry, &args, &mut instance) {
            Ok(results) => Ended::Returned(results),
            Err(Error::Exit(code)) => Ended::Exited(code),
            Err(error) => Ended::Failed(load::failure(error).in_file(&self.file)),
        };
        let seconds = begun.elapsed().as_secs_f64();
        kept.store(&module);
        // Hashing touches every page, so it is left undone where nobody looks.
        let looked_at = instance.filter(|_| self.stats || self.json);
        let report = Report {
            ended,
            seconds,
            kept: kept.counts(),
            fuel: store.fuel_consumed(),
            memories: looked_at
                .map_or_else(Vec::new, |instance| report::memories(&store, instance)),
            module,
        };
        report.tell(self.json.then_some(&captured), self.stats)
    }

    /// The function to call, and its arguments.
    fn entry(&self, module: &Module) -> Result<(String, Vec<Val>), Failure> {
        let name = self.invoke.as_deref().unwrap_or(START);
        let ty = function(module, name).ok_or_else(|| {
            let what = format!("{} exports no function {name:?}", self.file.display());
            match self.invoke {
                Some(_) => Failure::usage(what),
                None => Failure::usage(what + ", so it is not a command"),
            }
            .hint(choices(module))
        })?;
        if self.invoke.is_none() {
            return Ok((START.to_owned(), Vec::new()));
        }
        if ty.params().len() != self.args.len() {
            let (wanted, given) = (ty.params().len(), self.args.len());
            let what = format!("the function {name:?} takes {wanted} arguments, not {given}");
            return Err(Failure::usage(what).hint(format!("its type is {ty}")));
        }
        let mut args = Vec::new();
        for (index, (text, ty)) in self.args.iter().zip(ty.params()).enumerate() {
            let value = values::parse(text, *ty).map_err(|why| {
                Failure::usage(format!("argument {} of {name:?}: {why}", index + 1))
            })?;
            args.push(value);
        }
        Ok((name.to_owned(), args))
    }

    /// What the guest gets as its arguments: the file's name without the path, which differs between machines.
    fn guest_args(&self) -> Vec<String> {
        let name = self.file.file_name().unwrap_or(self.file.as_os_str());
        let mut args = vec![name.to_string_lossy().into_owned()];
        if self.invoke.is_none() {
            args.extend_from_slice(&self.args);
        }
        args
    }

    fn streams(&self, builder: WasiCtxBuilder, captured: &Captured) -> WasiCtxBuilder {
        let builder = builder.stdin(Input::stream(Stdin));
        match self.json {
            true => builder
                .stdout(captured.stdout.output())
                .stderr(captured.stderr.output()),
            false => builder
                .stdout(Output::stream(io::stdout()))
                .stderr(Output::stream(io::stderr())),
        }
    }
}

/// The type of an exported function.
fn function(module: &Module, name: &str) -> Option<FuncType> {
    module.exports().find_map(|export| match export.ty() {
        ExternType::Func(ty) if export.name() == name => Some(ty.clone()),
        _ => None,
    })
}

/// Which functions could be called instead.
fn choices(module: &Module) -> String {
    const SHOWN: usize = 20;
    let functions: Vec<String> = module
        .exports()
        .filter_map(|export| match export.ty() {
            ExternType::Func(ty) => Some(format!("\n  {} {ty}", output::visible(export.name()))),
            _ => None,
        })
        .collect();
    if functions.is_empty() {
        return "it exports no functions at all".to_owned();
    }
    let more = match functions.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\n  and {more} more (`lockstep inspect` shows them)"),
    };
    let shown = functions[..functions.len().min(SHOWN)].concat();
    format!("call one of its functions with --invoke NAME:{shown}{more}")
}

fn call(
    store: &mut Store<WasiCtx>,
    linker: &Linker<WasiCtx>,
    module: &Module,
    entry: &str,
    args: &[Val],
    made: &mut Option<Instance>,
) -> Result<Vec<Val>, Error> {
    let instance = linker.instantiate(&mut *store, module)?;
    *made = Some(instance);
    if entry != START
        && function(module, INITIALIZE).is_some_and(|ty| ty == FuncType::new([], []))
        && entry != INITIALIZE
    {
        instance
            .get_typed_func::<(), ()>(&*store, INITIALIZE)?
            .call(&mut *store, ())?;
    }
    let gone = || Error::Usage(format!("the instance has no function {entry:?}"));
    let func = instance.get_func(&*store, entry).ok_or_else(gone)?;
    let mut results = vec![Val::I32(0); func.ty(&*store).results().len()];
    func.call(&mut *store, args, &mut results)?;
    Ok(results)
}
