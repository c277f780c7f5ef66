//! The guest's kernels on every engine, held to the reference: every bit of the memory, and the fuel.
//!
//! The cases come from [`lockstep_llama::kernels::cases`], random ones and nasty ones. Most have results that the
//! reference knows. The twisted ones mean what the body does: there the engines are held to the first of them.

mod machines;
mod report;

use std::error::Error;
use std::io;
use std::num::NonZeroUsize;

use clap::Args;
use lockstep_llama::kernels::cases::Call;
use lockstep_llama::kernels::{KERNELS, Kernel};
use lockstep_llama::{Cache, ensure_kernels};
use lockstep_simd::kernels::cases::{By, Numbers};
use lockstep_simd::kernels::{Isa, Threads};

use crate::llama::Narrator;
use machines::Machine;
use report::{Report, Row};

/// Bytes of the memories, which are compared as a whole after each call. Most cases fit.
const MEMORY: usize = 4 << 16;
/// The largest numbers of rows and columns.
const MOST: [usize; 4] = [4, 33, 33, 33];
/// Cases with more results than this on average do not make for fewer cases.
const RESULTS_OF_A_CASE: usize = 400;
/// Every so many cases one is twisted.
const TWISTED: usize = 8;

/// What `rivals kernels` is asked to do.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many results of each kernel are compared: products, quants, floats.
    #[arg(long, default_value_t = 1_000_000)]
    products: usize,
    /// Only kernels of this name, such as `q4_k` or `softmax`; may be repeated.
    #[arg(long, value_name = "NAME")]
    format: Vec<String>,
    /// Chooses the cases.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

/// Runs all kernels on all engines and prints what came of it; false if anything differs.
pub(crate) fn run(options: &Options) -> Result<bool, Box<dyn Error>> {
    let chosen = chosen(&options.format)?;
    let path = ensure_kernels(&Cache::at_home()?, &Narrator)?;
    let wasm = std::fs::read(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    let mut arena = Arena::new(&wasm)?;
    let mut report = Report {
        seed: options.seed,
        engines: arena.names(),
        kernels: Vec::new(),
    };
    let mut out = io::stdout().lock();
    if !options.json {
        report::print_head(&mut out, &report)?;
    }
    for (index, kernel) in chosen {
        // A kernel's cases are the same, whichever others are asked for.
        let numbers = Numbers(options.seed.wrapping_add((index as u64) << 32));
        let row = arena.compare(kernel, numbers, options.products);
        if !options.json {
            report::print_row(&mut out, &row, report.engines.len())?;
        }
        report.kernels.push(row);
    }
    if options.json {
        report::print_json(&mut out, &report)?;
    }
    Ok(report.kernels.iter().all(Row::is_equal))
}

/// A kernel's name without what all names begin with.
fn short(kernel: &Kernel) -> &'static str {
    let name = kernel.name;
    let name = name.strip_prefix("ls_").unwrap_or(name);
    name.strip_prefix("matmul_").unwrap_or(name)
}

/// The kernels that were asked for, or all, with their places in the table.
fn chosen(names: &[String]) -> Result<Vec<(usize, &'static Kernel)>, Box<dyn Error>> {
    let unknown = |name: &&String| KERNELS.iter().all(|kernel| short(kernel) != **name);
    if let Some(name) = names.iter().find(unknown) {
        let known: Vec<_> = KERNELS.iter().map(short).collect();
        return Err(format!("no kernel `{name}`; there are {}", known.join(", ")).into());
    }
    let is_chosen = |kernel: &Kernel| names.is_empty() || names.iter().any(|n| n == short(kernel));
    let all = KERNELS.iter().enumerate();
    Ok(all.filter(|(_, kernel)| is_chosen(kernel)).collect())
}

/// How a call is to end.
struct Expected {
    memory: Vec<u8>,
    /// It traps, because of an access outside of the memory.
    is_trap: bool,
    /// What it costs. Only those are asked who count as Lockstep does.
    fuel: Option<u64>,
}

/// Everybody who computes kernels.
struct Arena {
    /// The native sides, each on one thread.
    isas: Vec<Isa>,
    one: Threads,
    /// Those who run the bodies, or have twins that stand in for them. The first one interprets.
    machines: Vec<Box<dyn Machine>>,
}

impl Arena {
    fn new(wasm: &[u8]) -> Result<Arena, Box<dyn Error>> {
        let isas = Isa::ALL.iter().copied().filter(|isa| isa.is_supported());
        let two = Threads::new(NonZeroUsize::MIN.saturating_add(1))?;
        Ok(Arena {
            isas: isas.collect(),
            one: Threads::one(),
            machines: machines::all(wasm, MEMORY, two)?,
        })
    }

    fn names(&self) -> Vec<String> {
        let native = self.isas.iter().map(|isa| native_name(*isa));
        let machines = self
            .machines
            .iter()
            .map(|machine| machine.name().to_owned());
        native.chain(machines).collect()
    }

    /// Computes random cases until there are so many results, or one differs.
    fn compare(&mut self, kernel: &'static Kernel, mut numbers: Numbers, results: usize) -> Row {
        let mut row = Row::new(short(kernel));
        let before: Vec<u64> = self
            .machines
            .iter()
            .map(|machine| machine.proof())
            .collect();
        while row.results < results || row.cases < results / RESULTS_OF_A_CASE {
            let most = numbers.one_of(&MOST);
            let is_twisted = (row.cases + row.twisted) % TWISTED == TWISTED - 1;
            let call = match is_twisted {
                true => Call::twisted(&mut numbers, kernel.work, most, MEMORY),
                false => Call::new(&mut numbers, kernel.work, most, MEMORY),
            };
            match self.check(kernel, &call) {
                Ok(is_trap) => row.count(&call, is_twisted, is_trap),
                Err(difference) => {
                    let case = row.cases + row.twisted;
                    row.difference = Some(format!("case {case}, {difference}"));
                    return row;
                }
            }
        }
        // Whoever did it another way than promised has shown nothing.
        let idle = self.machines.iter().zip(before);
        let mut idle = idle.filter(|(machine, before)| machine.proof() == *before);
        if let Some((machine, _)) = idle.next() {
            row.difference = Some(format!("{} did nothing in its own way", machine.name()));
        }
        row
    }

    /// Computes one case in all ways, and tells whether it traps; else the first difference.
    fn check(&mut self, kernel: &Kernel, call: &Call) -> Result<bool, String> {
        let reference = call.after(By::Reference).map(|memory| Expected {
            memory,
            is_trap: false,
            fuel: kernel.fuel(&call.args),
        });
        if let Some(expected) = &reference {
            for isa in &self.isas {
                let found = call.after(By::Fast(*isa, &self.one));
                let found = found.unwrap_or_default();
                compare_memory(call, &expected.memory, &found)
                    .map_err(|difference| format!("{}: {difference}", native_name(*isa)))?;
            }
        }
        let mut expected = reference;
        for machine in &mut self.machines {
            check_machine(machine.as_mut(), kernel, call, &mut expected)
                .map_err(|difference| format!("{}: {difference}", machine.name()))?;
        }
        Ok(expected.is_some_and(|expected| expected.is_trap))
    }
}

fn native_name(isa: Isa) -> String {
    format!("native {isa}")
}

/// Makes a call, and compares it with what is expected. The first one, if nothing is, is what the others are held to.
fn check_machine(
    machine: &mut dyn Machine,
    kernel: &Kernel,
    call: &Call,
    expected: &mut Option<Expected>,
) -> Result<(), String> {
    machine.memory().copy_from_slice(&call.before);
    let ended = machine.call(kernel, &call.args);
    let ended = ended.map_err(|e| format!("fails with {:?}: {e}", call.args))?;
    let expected = expected.get_or_insert_with(|| Expected {
        memory: machine.memory().to_vec(),
        is_trap: ended.is_trap,
        fuel: match ended.is_trap {
            true => ended.fuel,
            false => kernel.fuel(&call.args),
        },
    });
    if ended.is_trap != expected.is_trap {
        let does = if ended.is_trap {
            "traps"
        } else {
            "does not trap"
        };
        return Err(format!("{does} with {:?}", call.args));
    }
    if ended.fuel.is_some() && ended.fuel != expected.fuel {
        let (found, expected) = (ended.fuel, expected.fuel);
        return Err(format!(
            "the fuel is {found:?} and not {expected:?} with {:?}",
            call.args
        ));
    }
    compare_memory(call, &expected.memory, machine.memory())
}

/// Compares whole memories after a call; else names the first byte that differs.
fn compare_memory(call: &Call, expected: &[u8], found: &[u8]) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    if found.len() != expected.len() {
        return Err(format!("the memory has {} bytes", found.len()));
    }
    let differs = |at: &usize| found[*at] != expected[*at];
    let at = (0..found.len()).find(differs).unwrap_or_default();
    Err(format!(
        "byte {at} is {:#04x} and not {:#04x} ({}) with {:?}",
        found[at],
        expected[at],
        call.describe(at),
        call.args
    ))
}

#[cfg(test)]
mod tests {
    use super::machines::Ended;
    use super::*;

    /// Computes as the reference does, and then does one thing wrong.
    struct Wrong<'a> {
        call: &'a Call,
        memory: Vec<u8>,
        fuel: u64,
        flip: Option<usize>,
    }

    impl Machine for Wrong<'_> {
        fn name(&self) -> &str {
            "wrong"
        }

        fn memory(&mut self) -> &mut [u8] {
            &mut self.memory
        }

        fn call(&mut self, kernel: &Kernel, args: &[u64]) -> Result<Ended, String> {
            self.memory = self.call.after(By::Reference).ok_or("not known")?;
            if let Some(at) = self.flip {
                self.memory[at] ^= 1;
            }
            let fuel = kernel.fuel(args).map(|fuel| fuel + self.fuel);
            let is_trap = false;
            Ok(Ended { is_trap, fuel })
        }

        fn proof(&self) -> u64 {
            0
        }
    }

    #[test]
    fn every_bit_and_every_unit_of_fuel_is_looked_at() {
        for kernel in &KERNELS {
            let call = Call::new(&mut Numbers(9), kernel.work, 9, MEMORY);
            let check = |flip, fuel| {
                let mut machine = Wrong {
                    call: &call,
                    memory: vec![0; MEMORY],
                    fuel,
                    flip,
                };
                let memory = call.after(By::Reference).expect("the reference knows");
                let mut expected = Some(Expected {
                    memory,
                    is_trap: false,
                    fuel: kernel.fuel(&call.args),
                });
                check_machine(&mut machine, kernel, &call, &mut expected)
            };
            assert_eq!(check(None, 0), Ok(()), "{}", kernel.name);
            for at in [0, 1000, MEMORY - 1] {
                let difference = check(Some(at), 0).expect_err("a byte differs");
                assert!(
                    difference.contains(&format!("byte {at} is")),
                    "{difference}"
                );
            }
            let difference = check(None, 1).expect_err("the fuel differs");
            assert!(difference.contains("fuel"), "{difference}");
        }
    }

    #[test]
    fn kernels_are_chosen_by_their_short_names() {
        let names = ["q4_k".to_owned(), "quantize_q8x32".to_owned()];
        let found: Vec<_> = chosen(&names).expect("both are known");
        let found: Vec<_> = found.iter().map(|(_, kernel)| kernel.name).collect();
        assert_eq!(found, ["ls_matmul_q4_k", "ls_quantize_q8x32"]);
        assert_eq!(chosen(&[]).expect("all").len(), KERNELS.len());
        assert!(chosen(&["q4".to_owned()]).is_err());
    }
}
