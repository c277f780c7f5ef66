//! Any call with any arguments: an answer, no panic, and no memory that the guest did not pay for.

mod common;

use common::*;
use lockstep_wasi::{CALLS, Guest, PtrWidth, Scratch, Stop, WasiCtx};
use proptest::prelude::*;

const MEMORY: u64 = 1 << 16;

/// Numbers that are about as wrong as numbers get, among some that are right.
fn argument() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0u64..8,
        3 => 0u64..MEMORY,
        1 => MEMORY - 40..MEMORY + 2,
        1 => Just(u64::MAX),
        1 => Just(u64::from(u32::MAX)),
        1 => Just(i64::MAX as u64),
        1 => Just(i64::MIN as u64),
        1 => any::<u64>(),
        1 => (0u32..64).prop_map(|bit| 1 << bit),
    ]
}

fn memory() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        4 => argument().prop_map(|number| number.to_le_bytes().to_vec()),
        2 => argument().prop_map(|number| (number as u32).to_le_bytes().to_vec()),
        1 => "[a-d./]{1,12}".prop_map(String::into_bytes),
        1 => any::<[u8; 7]>().prop_map(|bytes| bytes.to_vec()),
    ];
    prop::collection::vec(word, 100..400).prop_map(|words| {
        let mut bytes: Vec<u8> = words
            .concat()
            .into_iter()
            .cycle()
            .take(MEMORY as usize)
            .collect();
        bytes.resize(MEMORY as usize, 0);
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn no_call_panics_or_hoards(
        memory in memory(),
        calls in prop::collection::vec((0..CALLS.len(), prop::collection::vec(argument(), 9)), 1..60),
        wide: bool,
    ) {
        let scratch = Scratch::new(1 << 18);
        scratch.write_file("a/b", b"content").unwrap();
        let world = WasiCtx::builder().args(["x", "y"]).mount_scratch("/", &scratch).max_descriptors(20);
        let width = if wide { PtrWidth::W64 } else { PtrWidth::W32 };
        let mut sim = Sim { world: world.build().unwrap(), memory, width };
        for (index, args) in calls {
            let call = CALLS[index];
            // A 32-bit guest can not even say a larger number.
            let args: Vec<u64> = args[..call.params.len()]
                .iter()
                .zip(call.params)
                .map(|(arg, param)| match param {
                    lockstep_wasi::Param::I64 => *arg,
                    lockstep_wasi::Param::Ptr if wide => *arg,
                    _ => arg & 0xffff_ffff,
                })
                .collect();
            let result = call.run(&mut sim.world, &mut Guest::new(&mut sim.memory, width), &args);
            match result {
                Ok(_) | Err(Stop::Exit(_)) => {}
                Err(other) => prop_assert!(false, "{} stopped: {other}", call.name),
            }
            prop_assert!(scratch.used() <= 1 << 18);
            prop_assert!(sim.world.stdout().len() <= 64 << 20);
        }
    }
}

/// Sizes that a guest can name and a host can not hold.
#[test]
fn huge_requests_are_refused_at_once() {
    both(|width| {
        let mut sim = Sim::new(
            WasiCtx::builder()
                .mount_scratch("/", &Scratch::new(u64::MAX))
                .build()
                .unwrap(),
            width,
        );
        let fd = u64::from(sim.open("file", CREAT, READ | WRITE).unwrap());
        // The limit allows it, the machine does not: the run stops, and the guest is told nothing.
        let stop = sim
            .try_call("fd_filestat_set_size", &[fd, i64::MAX as u64])
            .unwrap_err();
        assert!(matches!(stop, Stop::Host { .. }), "{stop}");
        assert_eq!(sim.fd_stat(fd as u32).unwrap().size, 0);
        for (name, args) in [
            ("fd_read", vec![fd, 0, u64::MAX, 64]),
            ("fd_readdir", vec![3, 0, u64::MAX, 0, 64]),
            ("random_get", vec![0, u64::MAX]),
            ("path_create_directory", vec![3, 0, u64::MAX]),
            ("path_readlink", vec![3, 0, 1, 0, u64::MAX, 64]),
            ("poll_oneoff", vec![0, 0, u64::MAX, 64]),
        ] {
            assert!(sim.call(name, &args).is_err(), "{name}");
        }
    });
}
