//! Bytes at the engine's door: random ones, and modules with damage.

use arbitrary::Unstructured;
use fuzz::decode::{Verdict, check};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

/// The same cases every time, unless the environment asks for others.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    ProptestConfig {
        failure_persistence: None,
        rng_seed,
        ..usual
    }
}

/// A module with whatever the generator's language has, GC types included if
/// `gc`.
fn smith(bytes: &[u8], gc: bool) -> Option<Vec<u8>> {
    let config = wasm_smith::Config {
        gc_enabled: gc,
        custom_page_sizes_enabled: false,
        compact_imports_enabled: false,
        threads_enabled: false,
        shared_everything_threads_enabled: false,
        wide_arithmetic_enabled: false,
        exceptions_enabled: true,
        memory64_enabled: true,
        relaxed_simd_enabled: true,
        tail_call_enabled: true,
        ..wasm_smith::Config::default()
    };
    let module = wasm_smith::Module::new(config, &mut Unstructured::new(bytes));
    Some(module.ok()?.to_bytes())
}

#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Set(Index, u8),
    Cut(Index),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    /// Bytes of one place at another.
    Splice(Index, Index, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    use Damage as D;
    let place = any::<Index>;
    let bytes = || prop::collection::vec(any::<u8>(), 1..9);
    prop_oneof![
        4 => (place(), 0u8..8).prop_map(|(at, bit)| D::Flip(at, bit)),
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| D::Set(at, byte)),
        1 => place().prop_map(D::Cut),
        2 => (place(), 1u8..20).prop_map(|(at, count)| D::Remove(at, count)),
        2 => (place(), bytes()).prop_map(|(at, bytes)| D::Insert(at, bytes)),
        3 => (place(), place(), 1u8..30).prop_map(|(at, from, count)| D::Splice(at, from, count)),
    ]
}

impl Damage {
    fn apply(&self, wasm: &mut Vec<u8>) {
        if wasm.is_empty() {
            return;
        }
        let length = wasm.len();
        let some = |from: usize, count: u8| from..length.min(from + usize::from(count));
        match self {
            Damage::Flip(at, bit) => wasm[at.index(length)] ^= 1 << bit,
            Damage::Set(at, byte) => wasm[at.index(length)] = *byte,
            Damage::Cut(at) => wasm.truncate(at.index(length)),
            Damage::Remove(at, count) => drop(wasm.drain(some(at.index(length), *count))),
            Damage::Insert(at, bytes) => {
                let at = at.index(length);
                wasm.splice(at..at, bytes.iter().copied());
            }
            Damage::Splice(at, from, count) => {
                let part = wasm[some(from.index(length), *count)].to_vec();
                let at = at.index(length);
                wasm.splice(at..at, part);
            }
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), versioned: bool) {
        let start: &[u8] = if versioned { b"\0asm\x01\0\0\0" } else { b"" };
        let bytes = [start, &bytes].concat();
        check(&bytes).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn modules_are_taken(bytes in prop::collection::vec(any::<u8>(), 100..3000)) {
        if let Some(wasm) = smith(&bytes, false) {
            prop_assert_eq!(check(&wasm), Ok(Verdict::Valid));
        }
    }

    #[test]
    fn garbage_collected_types_are_refused_by_name(bytes in prop::collection::vec(any::<u8>(), 100..3000)) {
        if let Some(wasm) = smith(&bytes, true) {
            let verdict = check(&wasm).map_err(TestCaseError::fail)?;
            prop_assert_ne!(verdict, Verdict::Invalid);
        }
    }

    #[test]
    fn damage_is_seen_as_the_standard_sees_it(
        bytes in prop::collection::vec(any::<u8>(), 100..2000), gc: bool,
        damage in prop::collection::vec(damage(), 1..5),
    ) {
        if let Some(mut wasm) = smith(&bytes, gc) {
            damage.iter().for_each(|damage| damage.apply(&mut wasm));
            check(&wasm).map_err(TestCaseError::fail)?;
        }
    }
}
