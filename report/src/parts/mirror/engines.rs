//! The mirror's program in each engine.

use std::io::Write;
use std::process::{Command, Stdio};

use lockstep_vm::{Config, CpuLevel, Engine, Linker, Module, Store};

use super::cases::{RESULTS, SLOT};
use crate::facts;

/// Fuel for a program of fewer than a hundred operations.
const FUEL: u64 = 10_000;

/// What an engine leaves at [`RESULTS`], or why it has nothing.
pub(super) type Memory = Result<Vec<u8>, String>;

/// Lockstep with the code of a CPU level.
pub(super) fn lockstep(level: CpuLevel, wasm: &[u8], cases: usize) -> Memory {
    let run = || {
        let engine = Engine::new(&Config::new().cpu_level(level))?;
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(FUEL);
        let instance = Linker::new(&engine).instantiate(&mut store, &module)?;
        let run = instance.get_typed_func::<(), ()>(&store, "run")?;
        run.call(&mut store, ())?;
        let mut bytes = vec![0; cases * SLOT];
        if let Some(memory) = instance.get_memory(&store, "memory") {
            memory.read(&store, RESULTS as u64, &mut bytes)?;
        }
        Ok(bytes)
    };
    run().map_err(|e: lockstep_vm::Error| e.to_string())
}

/// How wasmtime compiles, with everything else as it comes.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "rivals"),
    allow(dead_code, reason = "named, and told to be missing")
)]
pub(super) enum Strategy {
    Cranelift,
    Winch,
}

#[cfg(not(feature = "rivals"))]
pub(super) fn wasmtime(_: Strategy, _: &[u8], _: usize) -> Memory {
    Err("this build of the report has no other engines".to_owned())
}

#[cfg(feature = "rivals")]
pub(super) fn wasmtime(strategy: Strategy, wasm: &[u8], cases: usize) -> Memory {
    let run = || {
        let mut config = wasmtime::Config::new();
        config.strategy(match strategy {
            Strategy::Cranelift => wasmtime::Strategy::Cranelift,
            Strategy::Winch => wasmtime::Strategy::Winch,
        });
        let engine = wasmtime::Engine::new(&config)?;
        let module = wasmtime::Module::new(&engine, wasm)?;
        let mut store = wasmtime::Store::new(&engine, ());
        let instance = wasmtime::Linker::new(&engine).instantiate(&mut store, &module)?;
        instance
            .get_typed_func::<(), ()>(&mut store, "run")?
            .call(&mut store, ())?;
        let mut bytes = vec![0; cases * SLOT];
        if let Some(memory) = instance.get_memory(&mut store, "memory") {
            memory.read(&store, RESULTS, &mut bytes)?;
        }
        Ok(bytes)
    };
    run().map_err(|e: wasmtime::Error| format!("{e:#}"))
}

/// The program for `node`: a module comes in, the results go out, both in
/// hexadecimal.
const SCRIPT: &str = "
const wasm = Buffer.from(require('fs').readFileSync(0, 'utf8'), 'hex');
const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm));
instance.exports.run();
const [at, length] = process.argv.slice(-2).map(Number);
process.stdout.write(Buffer.from(instance.exports.memory.buffer, at, length).toString('hex'));
";

/// V8 with one of its compilers, in `node`.
pub(super) fn v8(compiler: &str, wasm: &[u8], cases: usize) -> Memory {
    let relaxed = "--experimental-wasm-relaxed-simd";
    // Versions that have relaxed instructions anyhow do not know the option.
    node(&[compiler, relaxed], wasm, cases).or_else(|_| node(&[compiler], wasm, cases))
}

/// V8's version, if there is a `node`.
pub(super) fn v8_version() -> Option<String> {
    facts::on_path("node")?;
    let script = "process.stdout.write(process.versions.v8)";
    let output = Command::new("node").args(["-e", script]).output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.success() && !version.is_empty()).then_some(version)
}

fn node(options: &[&str], wasm: &[u8], cases: usize) -> Memory {
    let failed = |e: std::io::Error| format!("node does not run: {e}");
    let mut child = Command::new("node")
        .args(options)
        .args(["-e", SCRIPT, "--"])
        .args([RESULTS.to_string(), (cases * SLOT).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let mut stdin = child.stdin.take().expect("it was asked for above");
    // A node that has ended already says why on its standard error.
    let _ = stdin.write_all(facts::hex(wasm).as_bytes());
    drop(stdin);
    let output = child.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let said = text
            .lines()
            .find(|line| line.contains("Error"))
            .unwrap_or("it failed");
        return Err(format!("node: {}", said.trim()));
    }
    unhex(&String::from_utf8_lossy(&output.stdout)).ok_or_else(|| "node wrote no bytes".to_owned())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    Some(
        digits
            .chunks_exact(2)
            .map(|pair| (pair[0] << 4 | pair[1]) as u8)
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(unhex(&facts::hex(&[0, 255, 127])), Some(vec![0, 255, 127]));
        assert_eq!(unhex("zz"), None);
    }
}
