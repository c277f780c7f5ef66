//! Small modules that people wrote or compilers made, to be mutated and
//! damaged.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use spec_tests::tier::{self as spec, Failure, InstanceId, ModuleId, Value, World};

use crate::lockstep::Lockstep;
use crate::program::{Call, FUEL, Program};
use crate::tier::{Outcome, Tier};

/// Larger modules take too long to mutate.
const MOST_BYTES: usize = 64 << 10;

/// Calls that are kept of what a script asks of one module.
const MOST_CALLS: usize = 64;

/// Modules with the calls that came with them.
pub struct Pool {
    programs: Vec<Program>,
}

static POOL: OnceLock<Pool> = OnceLock::new();

impl Pool {
    /// The modules of the conformance suite and of the `.wasm` and `.wat`
    /// files in these folders, as far as they are small and instantiate.
    ///
    /// # Errors
    /// When a folder or the suite can not be read. Files that hold no program
    /// are passed over: folders of modules hold other things as well.
    pub fn load(folders: &[PathBuf]) -> io::Result<Pool> {
        let mut found = suite()?;
        for folder in folders {
            found.extend(files(folder)?);
        }
        let tier = Lockstep::straight();
        let mut seen = BTreeSet::new();
        found.retain(|program| {
            program.wasm.len() <= MOST_BYTES
                && seen.insert(*blake3::hash(&program.wasm).as_bytes())
                && starts(&tier, program)
        });
        Ok(Pool { programs: found })
    }

    /// Makes this the pool of the process.
    ///
    /// # Errors
    /// Gives the pool back if there is one already: programs follow from the
    /// bytes of choices and from the pool, so it can not change.
    pub fn install(self) -> Result<(), Pool> {
        POOL.set(self)
    }

    /// The pool of the process: the suite alone if none was installed.
    pub(super) fn get() -> &'static Pool {
        POOL.get_or_init(|| {
            // The suite is part of the build, so only a broken checkout
            // lacks it; then there is nothing to mutate but generated programs.
            Pool::load(&[]).unwrap_or(Pool {
                programs: Vec::new(),
            })
        })
    }

    /// The programs in it.
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }
}

/// Whether the host offers what the module imports, and its start returns.
fn starts(tier: &Lockstep, program: &Program) -> bool {
    let module_alone = Program {
        wasm: program.wasm.clone(),
        calls: Vec::new(),
        fuel: FUEL,
    };
    tier.run(&module_alone)
        .is_ok_and(|run| matches!(run.start.outcome, Outcome::Returned(_)))
}

fn files(folder: &Path) -> io::Result<Vec<Program>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    // A directory's order differs between machines.
    paths.sort();
    let is_module = |path: &PathBuf| {
        let extension = path.extension().and_then(|e| e.to_str());
        matches!(extension, Some("wasm" | "wat"))
    };
    Ok(paths
        .iter()
        .filter(|path| is_module(path))
        .filter_map(|path| Program::read(path).ok())
        .collect())
}

/// Every module of the suite with the calls that its script makes.
fn suite() -> io::Result<Vec<Program>> {
    let recorder = Recorder::default();
    for script in spec_tests::suite::scripts()? {
        // The recorder answers nothing, so every assertion fails; what is
        // asked of it is what counts.
        spec_tests::script::run(&recorder, &script.source);
    }
    let mut programs = recorder.lock();
    Ok(std::mem::take(&mut *programs))
}

/// An engine that runs nothing and keeps what it is given.
#[derive(Clone, Default)]
struct Recorder {
    programs: Arc<Mutex<Vec<Program>>>,
}

impl Recorder {
    fn lock(&self) -> MutexGuard<'_, Vec<Program>> {
        self.programs.lock().expect("no holder panics")
    }
}

impl spec::Tier for Recorder {
    fn name(&self) -> &'static str {
        "recorder"
    }

    fn open(&self) -> Result<Box<dyn World>, Failure> {
        Ok(Box::new(self.clone()))
    }
}

impl World for Recorder {
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleId, Failure> {
        let mut programs = self.lock();
        programs.push(Program {
            wasm: wasm.to_vec(),
            calls: Vec::new(),
            fuel: FUEL,
        });
        Ok(ModuleId(programs.len() - 1))
    }

    fn instantiate(&mut self, module: ModuleId) -> Result<InstanceId, Failure> {
        Ok(InstanceId(module.0))
    }

    fn register(&mut self, _: &str, _: InstanceId) -> Result<(), Failure> {
        Ok(())
    }

    fn invoke(
        &mut self,
        instance: InstanceId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure> {
        let calls = &mut self.lock()[instance.0].calls;
        if calls.len() < MOST_CALLS {
            calls.push(Call {
                export: function.to_owned(),
                arguments: arguments.to_vec(),
            });
        }
        Ok(Vec::new())
    }

    fn global(&mut self, _: InstanceId, _: &str) -> Result<Value, Failure> {
        Err(Failure::Other("nothing runs here".to_owned()))
    }
}
