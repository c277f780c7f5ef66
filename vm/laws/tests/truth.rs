//! A million random float operations, and what the hashes promise.
//!
//! The grid runs with `isa`'s own tests, fast forms with `simd`'s.

use laws::{TruthOptions, truth};
use std::num::NonZeroUsize;

fn options(ops: u64, threads: usize) -> TruthOptions<'static> {
    TruthOptions {
        ops,
        threads: NonZeroUsize::new(threads),
        ..TruthOptions::default()
    }
}

/// Unoptimised code is some twenty times slower, and no less right.
const MANY: u64 = if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};

#[test]
fn floats_are_what_others_compute() {
    let report = truth(&options(MANY, 1));
    assert!(report.holds(), "{report}");
    assert!(report.operations >= MANY, "{report}");
    assert!(report.operations < MANY + 1000, "{report}");
    assert!(!report.witnesses.is_empty());
}

/// What can not be missing without anyone noticing.
#[test]
fn every_kind_of_float_operation_is_there() {
    let report = truth(&options(1, 1));
    let rows: Vec<_> = report.rows.iter().map(|row| row.mnemonic).collect();
    let lanewise = [
        "add", "sub", "mul", "div", "sqrt", "min", "max", "ceil", "floor", "trunc", "nearest",
        "abs", "neg", "eq", "ne", "lt", "gt", "le", "ge",
    ];
    for prefix in ["f32", "f64", "f32x4", "f64x2"] {
        for name in lanewise {
            let mnemonic = format!("{prefix}.{name}");
            assert!(rows.contains(&mnemonic.as_str()), "{mnemonic}");
        }
    }
    for mnemonic in [
        "f32.copysign",
        "f64.promote_f32",
        "f32.demote_f64",
        "i32.trunc_f32_s",
        "i64.trunc_f64_u",
        "i32.trunc_sat_f64_u",
        "i64.trunc_sat_f32_s",
        "f32.convert_i64_u",
        "f64.convert_i32_s",
        "f32x4.pmin",
        "f64x2.pmax",
        "f32x4.relaxed_madd",
        "f64x2.relaxed_nmadd",
        "f32x4.relaxed_min",
        "f64x2.relaxed_max",
        "i32x4.trunc_sat_f32x4_u",
        "i32x4.trunc_sat_f64x2_s_zero",
        "i32x4.relaxed_trunc_f64x2_u_zero",
        "f32x4.convert_i32x4_u",
        "f64x2.convert_low_i32x4_s",
        "f32x4.demote_f64x2_zero",
        "f64x2.promote_low_f32x4",
    ] {
        assert!(rows.contains(&mnemonic), "{mnemonic}");
    }
    assert!(report.rows.iter().all(|row| row.cases > 0));
}

#[test]
fn threads_change_nothing() {
    assert_eq!(truth(&options(MANY, 1)), truth(&options(MANY, 3)));
}

#[test]
fn seeds_draw_other_operands() {
    let other = TruthOptions {
        seed: 1,
        ..options(1000, 1)
    };
    assert_ne!(truth(&options(1000, 1)).blake3, truth(&other).blake3);
}
