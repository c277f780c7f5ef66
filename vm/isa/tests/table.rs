//! The table itself: complete, without doubles, and priced as version 1 says.

use lockstep_isa::{Class, Op};
use std::collections::{BTreeMap, BTreeSet};

/// Every instruction `wasmparser` knows of the proposals the machine runs.
fn parser_names() -> BTreeSet<String> {
    const PROPOSALS: [&str; 11] = [
        "mvp",
        "sign_extension",
        "saturating_float_to_int",
        "bulk_memory",
        "reference_types",
        "tail_call",
        "simd",
        "relaxed_simd",
        "exceptions",
        "legacy_exceptions",
        "function_references",
    ];
    let mut names = BTreeSet::new();
    macro_rules! collect {
        ($(@$proposal:ident $Name:ident $({ $($field:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*))*) => {
            $(if PROPOSALS.contains(&stringify!($proposal)) {
                names.insert(stringify!($Name).to_owned());
            })*
        };
    }
    wasmparser::for_each_operator!(collect);
    // A select of several types is decoded but never valid.
    names.remove("TypedSelectMulti");
    names
}

#[test]
fn the_table_is_complete() {
    let ours: BTreeSet<String> = Op::ALL
        .iter()
        .filter(|op| !matches!(op.class(), Class::TernaryUnfused | Class::Machine))
        .map(|op| format!("{op:?}"))
        .collect();
    assert_eq!(ours, parser_names());
}

#[test]
fn mnemonics_are_unique_and_lead_back() {
    let mut seen = BTreeMap::new();
    for &op in Op::ALL {
        let mnemonic = op.mnemonic();
        if let Some(other) = seen.insert(mnemonic, op) {
            panic!("{other:?} and {op:?} are both called {mnemonic}");
        }
        assert_eq!(Op::from_mnemonic(mnemonic), Some(op));
        assert_eq!(op.to_string(), mnemonic);
    }
    assert_eq!(Op::from_mnemonic("i32.nonsense"), None);
}

#[test]
fn a_mnemonic_is_its_name_spelled_out() {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase()
    };
    for &op in Op::ALL {
        if op != Op::TypedSelect && op.class() != Class::Machine {
            assert_eq!(plain(op.mnemonic()), plain(&format!("{op:?}")));
        }
    }
}

#[test]
fn numbers_are_dense_and_lead_back() {
    for (number, &op) in Op::ALL.iter().enumerate() {
        assert_eq!(op as usize, number);
        assert_eq!(Op::from_number(number as u16), Some(op));
    }
    assert_eq!(Op::from_number(Op::ALL.len() as u16), None);
}

#[test]
fn what_wasm_does_not_have_costs_nothing() {
    let mut machine = Op::ALL.iter().filter(|op| op.class() == Class::Machine);
    assert!(machine.all(|op| op.fuel() == 0));
}

#[test]
fn only_delimiters_and_nop_are_free() {
    assert_eq!(lockstep_isa::COST_TABLE_VERSION, 1);
    let free: Vec<&str> = Op::ALL
        .iter()
        .filter(|op| op.fuel() == 0 && op.class() != Class::Machine)
        .map(|op| op.mnemonic())
        .collect();
    assert_eq!(
        free,
        [
            "nop",
            "block",
            "loop",
            "else",
            "end",
            "catch",
            "delegate",
            "catch_all"
        ]
    );
    assert!(Op::ALL.iter().all(|op| op.fuel() <= 1));
}

#[test]
fn unfused_rows_stand_for_relaxed_ones() {
    for &op in Op::ALL {
        assert_eq!(
            op.fused().is_some(),
            op.class() == Class::TernaryUnfused,
            "{op}"
        );
        if let Some(fused) = op.fused() {
            assert_eq!(fused.unfused(), Some(op));
            assert_eq!(fused.fuel(), op.fuel());
        }
    }
    assert_eq!(Op::I32Add.unfused(), None);
}
