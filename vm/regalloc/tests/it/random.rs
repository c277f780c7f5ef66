//! Random functions, each checked.

use regalloc::{Allocator, Output, check};

use crate::build::text;
use crate::program::{Random, program};

/// How many functions are tried; more by `REGALLOC_PROGRAMS`.
const PROGRAMS: u64 = 3000;

#[test]
fn random_functions_are_right() {
    let programs = std::env::var("REGALLOC_PROGRAMS");
    let programs = programs.map_or(PROGRAMS, |text| text.parse().expect("a number"));
    let mut allocator = Allocator::new();
    let mut output = Output::default();
    for seed in 0..programs {
        let (function, registers) = program(&mut Random::new(seed));
        let result = allocator.allocate(&function, &registers, &mut output);
        if let Err(error) = result {
            panic!("seed {seed}: {error}\n{}", text(&function, &output));
        }
        if let Err(what) = check(&function, &registers, &output) {
            let text = text(&function, &output);
            panic!("seed {seed} with {registers:?}: {what}\n{text}");
        }
    }
}
