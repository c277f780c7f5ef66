//! What is recognised, and what must not be.

use std::sync::Arc;

use lockstep_vm::{
    Config, Engine, Error, FuncType, Module, TwinMode, TwinRanges, Twins, ValType, twin_hash,
};
use wasmparser::{Parser, Payload};

use crate::kernels::{Kernel, WIDTHS, Width, kernels, twins};

/// A twin of whatever has this type and hash.
fn twin_of(ty: FuncType, hash: [u8; 32]) -> Kernel {
    Kernel {
        name: "any",
        ty,
        hash,
        fuel: |_| Some(0),
        ranges: |_| Some(TwinRanges::default()),
        work: |_, _, _| {},
        part: |_, _| None,
        runs: Arc::default(),
    }
}

/// The bodies of a module, as another reader finds them.
fn bodies(wasm: &[u8]) -> Vec<&[u8]> {
    let payloads = Parser::new(0).parse_all(wasm);
    let bodies = payloads.filter_map(|payload| match payload.expect("valid") {
        Payload::CodeSectionEntry(body) => Some(body.as_bytes()),
        _ => None,
    });
    bodies.collect()
}

#[test]
fn the_kernels_are_found() {
    for width in WIDTHS {
        let kernels = kernels(width);
        for mode in [TwinMode::Off, TwinMode::On, TwinMode::Check(5)] {
            let config = Config::new().twins(twins(&kernels)).twin_mode(mode);
            let engine = Engine::new(&config).unwrap();
            let module = Module::new(&engine, width.kernels_wasm()).unwrap();
            assert!(module.twins().eq([(0, "fill"), (1, "axpy"), (2, "sum")]));
            assert!(
                module
                    .listing(1)
                    .unwrap()
                    .starts_with("; has the native twin \"axpy\"\n")
            );
            assert!(!module.listing(3).unwrap().contains("native twin"));
        }
    }
    // Addresses of the other width make another function.
    let engine = Engine::new(&Config::new().twins(twins(&kernels(Width::W32)))).unwrap();
    let module = Module::new(&engine, Width::W64.kernels_wasm()).unwrap();
    assert_eq!(module.twins().len(), 0);
}

#[test]
fn the_hash_is_of_what_the_module_says() {
    let wasm = Width::W64.kernels_wasm();
    let module = Module::new(&Engine::default(), wasm).unwrap();
    let [fill, ..] = kernels(Width::W64);
    let body = bodies(wasm)[0];
    assert_eq!(module.twin_hash(0), Some(fill.hash));
    assert_eq!(twin_hash(&fill.ty, body).unwrap(), fill.hash);
    let bytes = [&[3, 0x7e, 0x7e, 0x7e, 0][..], body].concat();
    assert_eq!(*blake3::hash(&bytes).as_bytes(), fill.hash);
    // The body ends a function, and begins with its locals: none.
    assert_eq!((body[0], body[body.len() - 1]), (0, 0x0b));
    assert_eq!(module.twin_hash(1000), None);
}

#[test]
fn another_body_is_not_recognised() {
    let wasm = Width::W64.kernels_wasm();
    let body = bodies(wasm)[0];
    let start = body.as_ptr() as usize - wasm.as_ptr() as usize;
    let engine = Engine::new(&Config::new().twins(twins(&kernels(Width::W64)))).unwrap();
    let mut valid = 0;
    for at in start..start + body.len() {
        for bit in 0..8 {
            let mut changed = wasm.to_vec();
            changed[at] ^= 1 << bit;
            if let Ok(module) = Module::new(&engine, &changed) {
                valid += 1;
                assert!(
                    module.twins().eq([(1, "axpy"), (2, "sum")]),
                    "byte {at}, bit {bit}"
                );
            }
        }
    }
    assert!(valid > 10, "{valid}");
}

/// Makes a twin of the first function of a module; what the engine says.
fn recognise(wat: &str) -> Result<usize, Error> {
    let wasm = wat::parse_str(wat).expect("valid text");
    let module = Module::new(&Engine::default(), &wasm).expect("valid");
    let index = module.imported_function_count();
    let hash = module.twin_hash(index).expect("it is over numbers");
    let ty = FuncType::new([], []);
    let engine = Engine::new(&Config::new().twins(twins(&[twin_of(ty, hash)])))?;
    Ok(Module::new(&engine, &wasm)?.twins().len())
}

#[test]
fn open_bodies_are_refused() {
    let open = [
        "(drop (global.get $g))",
        "(global.set $g (i32.const 1))",
        "(call $other)",
        "(return_call $other)",
        "(call_indirect (type $t) (i32.const 0))",
        "(return_call_indirect (type $t) (i32.const 0))",
        "(call_ref $t (ref.func $other))",
        "(return_call_ref $t (ref.func $other))",
        "(drop (memory.size))",
        "(drop (memory.grow (i32.const 1)))",
        "(memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))",
        "(data.drop $d)",
        "(drop (table.get $table (i32.const 0)))",
        "(table.set $table (i32.const 0) (ref.null func))",
        "(drop (table.size $table))",
        "(drop (table.grow $table (ref.null func) (i32.const 1)))",
        "(table.fill $table (i32.const 0) (ref.null func) (i32.const 0))",
        "(table.copy $table $table (i32.const 0) (i32.const 0) (i32.const 0))",
        "(table.init $table $e (i32.const 0) (i32.const 0) (i32.const 0))",
        "(elem.drop $e)",
        "(throw $tag)",
        "(block $caught (try_table (catch_all $caught)))",
        "try catch_all end",
        "(drop (ref.null func))",
        "(drop (ref.is_null (ref.func $other)))",
        "(local funcref)",
        "(drop (i32.load $second (i32.const 0)))",
        "(i32.store $second (i32.const 0) (i32.const 0))",
        "(drop (v128.load8_lane $second 0 (i32.const 0) (v128.const i64x2 0 0)))",
        "(memory.fill $second (i32.const 0) (i32.const 0) (i32.const 0))",
        "(memory.copy $first $second (i32.const 0) (i32.const 0) (i32.const 0))",
        "(memory.copy $second $first (i32.const 0) (i32.const 0) (i32.const 0))",
        "(i32.const 0) (block (type $takes) (drop))",
        "(drop (f32x4.relaxed_madd (v128.const i64x2 0 0) (v128.const i64x2 0 0) (v128.const i64x2 0 0)))",
        "(drop (i8x16.relaxed_swizzle (v128.const i64x2 0 0) (v128.const i64x2 0 0)))",
    ];
    for body in open {
        let error = recognise(&module(body)).expect_err(body);
        let Error::Usage(message) = error else {
            panic!("{body}: {error:?}");
        };
        let start = "function 1 is known to the twin \"any\", but it is not closed: at byte 0x";
        assert!(message.starts_with(start), "{body}: {message}");
    }
}

#[test]
fn closed_bodies_are_recognised() {
    let closed = [
        "",
        "(local v128 i32 f64) (local.set 1 (local.tee 1 (i32.const 5)))",
        "(drop (i32.load $first (i32.const 0)))",
        "(drop (v128.load8_lane $first 0 (i32.const 0) (v128.const i64x2 0 0)))",
        "(memory.fill $first (i32.const 0) (i32.const 0) (i32.const 0))",
        "(memory.copy $first $first (i32.const 0) (i32.const 0) (i32.const 0))",
        "(drop (block (result i64) (i64.const 1)))",
        "(drop (if (result f32) (i32.const 1) (then (f32.const 1)) (else (f32.const 2))))",
        "(loop (br_if 0 (i32.const 0))) (block (br_table 0 0 (i32.const 0)))",
        "(drop (select (i32.const 1) (i32.const 2) (i32.const 3))) nop return",
        "unreachable",
        "(drop (f32x4.add (v128.const i64x2 0 0) (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
           (v128.const i64x2 0 0) (v128.const i64x2 0 0))))",
    ];
    for body in closed {
        assert_eq!(recognise(&module(body)).expect(body), 1, "{body}");
    }
}

/// A module whose first defined function has this body.
fn module(body: &str) -> String {
    format!(
        r#"(module
          (type $t (func)) (type $takes (func (param i32)))
          (import "" "" (func))
          (memory $first 1) (memory $second 1)
          (global $g (mut i32) (i32.const 0))
          (table $table 1 funcref) (data $d "") (elem $e func $other) (tag $tag)
          (func {body}) (func $other (drop (i32.const 77))))"#
    )
}

#[test]
fn twins_are_over_numbers_and_one_for_a_function() {
    let mut registry = Twins::new();
    for ty in [
        FuncType::new([ValType::V128], []),
        FuncType::new([], [ValType::FUNCREF]),
    ] {
        assert!(matches!(
            registry.add(twin_of(ty, [0; 32])),
            Err(Error::Usage(_))
        ));
    }
    let [fill, axpy, _] = kernels(Width::W64);
    registry.add(fill.clone()).unwrap();
    registry.add(axpy).unwrap();
    let twice = registry.add(fill).expect_err("it is there");
    assert!(
        twice.to_string().contains("\"fill\" and \"fill\""),
        "{twice}"
    );
    assert_eq!(registry.iter().len(), 2);
    assert!(!registry.is_empty() && Twins::new().is_empty());
    assert_eq!(
        format!("{:?}", twins(&kernels(Width::W64)[..1])),
        r#"{"fill"}"#
    );
}

#[test]
fn a_hash_under_another_type_is_not_recognised() {
    let [fill, ..] = kernels(Width::W64);
    let other = twin_of(FuncType::new([ValType::I64, ValType::I64], []), fill.hash);
    let engine = Engine::new(&Config::new().twins(twins(&[other]))).unwrap();
    let module = Module::new(&engine, Width::W64.kernels_wasm()).unwrap();
    assert_eq!(module.twins().len(), 0);
}
