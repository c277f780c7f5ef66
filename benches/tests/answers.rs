//! Every kernel gives its known answer on this engine, at both widths.

use benches::kernels::{self, Builder, Kernel};
use benches::lockstep::{Guest, Tier};
use benches::toolchain::Width;

fn answer(kernel: &Kernel, width: Width, tier: Tier) -> Result<i64, Box<dyn std::error::Error>> {
    let wasm = Builder::new(kernels::target_folder()).module(kernel, width)?;
    Ok(Guest::new(&wasm, tier)?.run(kernel.test_n)?.0)
}

#[test]
fn every_kernel_gives_its_known_answer() {
    let mut wrong = Vec::new();
    for kernel in kernels::all().unwrap() {
        let both = [Width::Wasm64, Width::Wasm32];
        let ways = both.map(|width| [(width, Tier::Interpreter), (width, Tier::Auto)]);
        for (width, tier) in ways.into_iter().flatten() {
            match answer(&kernel, width, tier) {
                Ok(found) if found == kernel.test_answer => {}
                Ok(found) => wrong.push(format!(
                    "{} {}: {} is right, not {found}",
                    kernel.name,
                    width.name(),
                    kernel.test_answer
                )),
                Err(e) => wrong.push(format!("{} {}: {e}", kernel.name, width.name())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fuel_is_the_same_in_every_run() {
    let kernels = kernels::all().unwrap();
    let kernel = kernels.iter().find(|k| k.name == "int_sieve").unwrap();
    let wasm = Builder::new(kernels::target_folder())
        .module(kernel, Width::Wasm64)
        .unwrap();
    let mut guest = Guest::new(&wasm, Tier::Interpreter).unwrap();
    let first = guest.run(kernel.test_n).unwrap();
    assert_eq!(first, guest.run(kernel.test_n).unwrap());
    assert_eq!(
        first,
        Guest::new(&wasm, Tier::Auto)
            .unwrap()
            .run(kernel.test_n)
            .unwrap()
    );
}
