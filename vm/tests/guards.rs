//! Accesses around the bounds of memories: with guard pages, without signals
//! and in the interpreter they give the same results, traps, fuel and bytes.

use std::hash::{DefaultHasher, Hash, Hasher};

use lockstep_vm::{
    Caller, Config, CpuLevel, Engine, Error, Instance, Linker, Module, Store, Tier, Val,
};

const PAGE: u64 = 65536;

/// What one call shows.
#[derive(Debug, PartialEq)]
struct Shown {
    result: Result<Vec<Val>, String>,
    fuel: u64,
    /// A hash of what is near the bounds of all memories.
    memories: u64,
}

/// An instance on one tier.
struct World {
    store: Store<()>,
    instance: Instance,
}

impl World {
    fn new(config: &Config, wat: &str) -> World {
        let engine = Engine::new(config).expect("a configuration for this CPU");
        let bytes = wat::parse_str(wat).unwrap_or_else(|e| panic!("{e}\n{wat}"));
        let module = Module::new(&engine, &bytes).expect("valid");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate(&mut store, &module)
            .expect("no imports");
        World { store, instance }
    }

    fn call(&mut self, name: &str, args: &[Val]) -> Shown {
        let store = &mut self.store;
        let function = self.instance.get_func(&*store, name).expect("an export");
        let mut values = vec![Val::I32(0); function.ty(&*store).results().len()];
        store.set_fuel(20_000);
        let result = match function.call(&mut *store, args, &mut values) {
            Ok(()) => Ok(values),
            Err(Error::Trap(info)) => Err(format!("{} {:?}", info.trap, info.frames)),
            Err(error) => Err(error.to_string()),
        };
        Shown {
            result,
            fuel: store.fuel(),
            memories: self.hash(edges),
        }
    }

    /// A hash of parts of all memories.
    fn hash<const N: usize>(&self, parts: fn(&[u8]) -> [&[u8]; N]) -> u64 {
        let mut hasher = DefaultHasher::new();
        for name in ["m0", "m1"] {
            if let Some(memory) = self.instance.get_memory(&self.store, name) {
                parts(memory.data(&self.store)).hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}

/// What is near the bounds of a memory.
fn edges(bytes: &[u8]) -> [&[u8]; 3] {
    const NEAR: usize = 256;
    let page = PAGE as usize;
    let middle = page - NEAR..(page + NEAR).min(bytes.len());
    [&bytes[..NEAR], &bytes[middle], &bytes[bytes.len() - NEAR..]]
}

fn plain() -> Config {
    Config::new().tier(Tier::Interpreter)
}

/// Machine code of every level, with and without guards.
fn ways() -> Vec<(String, Config)> {
    let mut ways = Vec::new();
    for &level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
        for guards in [true, false] {
            let config = Config::new().cpu_level(level).tier(Tier::Jit);
            ways.push((
                format!("{level}, guards {guards}"),
                config.guard_pages(guards),
            ));
        }
    }
    ways
}

/// Mnemonics of accesses, with the type of their value.
const LOADS: [(&str, &str); 25] = [
    ("i32.load8_s", "i32"),
    ("i32.load8_u", "i32"),
    ("i32.load16_s", "i32"),
    ("i32.load16_u", "i32"),
    ("i32.load", "i32"),
    ("i64.load8_s", "i64"),
    ("i64.load16_u", "i64"),
    ("i64.load32_s", "i64"),
    ("i64.load32_u", "i64"),
    ("i64.load", "i64"),
    ("f32.load", "f32"),
    ("f64.load", "f64"),
    ("v128.load", "v128"),
    ("v128.load8x8_s", "v128"),
    ("v128.load16x4_u", "v128"),
    ("v128.load32x2_s", "v128"),
    ("v128.load8_splat", "v128"),
    ("v128.load16_splat", "v128"),
    ("v128.load32_splat", "v128"),
    ("v128.load64_splat", "v128"),
    ("v128.load32_zero", "v128"),
    ("v128.load64_zero", "v128"),
    ("v128.load8_lane", "lane"),
    ("v128.load32_lane", "lane"),
    ("v128.load64_lane", "lane"),
];
const STORES: [(&str, &str); 14] = [
    ("i32.store8", "i32"),
    ("i32.store16", "i32"),
    ("i32.store", "i32"),
    ("i64.store8", "i64"),
    ("i64.store16", "i64"),
    ("i64.store32", "i64"),
    ("i64.store", "i64"),
    ("f32.store", "f32"),
    ("f64.store", "f64"),
    ("v128.store", "v128"),
    ("v128.store8_lane", "lane"),
    ("v128.store16_lane", "lane"),
    ("v128.store32_lane", "lane"),
    ("v128.store64_lane", "lane"),
];

/// A value of a type, made of `$v`.
fn value(ty: &str) -> &str {
    match ty {
        "i32" => "(i32.wrap_i64 (local.get $v))",
        "i64" => "(local.get $v)",
        "f32" => "(f32.reinterpret_i32 (i32.wrap_i64 (local.get $v)))",
        "f64" => "(f64.reinterpret_i64 (local.get $v))",
        _ => "(i64x2.splat (local.get $v))",
    }
}

/// The text of an access, a load's value dropped or kept.
fn access(op: (&str, &str), memory: u32, offset: u64, address: &str) -> String {
    let (name, ty) = op;
    let lane = if ty == "lane" { "1" } else { "" };
    let value = match STORES.contains(&op) || ty == "lane" {
        true => value(ty),
        false => "",
    };
    format!("({name} {memory} offset={offset} {lane} {address} {value})")
}

/// A module with a function for each of `bodies`, and two memories.
fn module(bits: u32, bodies: &[(String, &str)]) -> String {
    let mut wat = format!(
        "(module (memory (export \"m0\") i{bits} 1 3) (memory (export \"m1\") i{bits} 2 4)
           (func (export \"grow\") (drop (memory.grow 0 (i{bits}.const 1)))
             (drop (memory.grow 1 (i{bits}.const 1))))\n"
    );
    for (index, (body, result)) in bodies.iter().enumerate() {
        wat += &format!(
            "(func (export \"f{index}\") (param $a i{bits}) (param $v i64) {result} {body})\n"
        );
    }
    wat + ")"
}

fn result_of((_, ty): (&str, &'static str)) -> &'static str {
    match ty {
        "i32" => "(result i32)",
        "i64" => "(result i64)",
        "f32" => "(result f32)",
        "f64" => "(result f64)",
        _ => "(result v128)",
    }
}

fn addresses(bits: u32, pages: u64) -> Vec<u64> {
    let end = pages * PAGE;
    let mut all = vec![0, 1, 5, 8, 15, PAGE - 1, PAGE, PAGE + 1];
    all.extend([16, 15, 9, 8, 7, 4, 3, 2, 1].map(|before| end - before));
    all.extend([end, end + 1, end + PAGE, (1 << 31) - 1, 1 << 31]);
    all.extend([(1 << 32) - 1, (1 << 32) - 8, (1 << 32) - PAGE]);
    if bits == 64 {
        all.extend([1 << 32, (1 << 32) + 1, (1 << 32) + PAGE, 6 << 30, 1 << 47]);
        all.extend([1, 8, 15, 16, 17, PAGE, PAGE + 1, 1 << 31].map(u64::wrapping_neg));
        all.extend([1 << 63, (1 << 63) - 1]);
    }
    all
}

/// Calls each function with each address, before and after the memories grow.
fn same_everywhere(bits: u32, bodies: &[(String, &str)]) {
    let wat = module(bits, bodies);
    let show = |config: &Config| {
        let mut world = World::new(config, &wat);
        let mut shown = Vec::new();
        for pages in 1..=2 {
            for index in 0..bodies.len() {
                for (n, address) in (0..).zip(addresses(bits, pages)) {
                    let args = match bits {
                        32 => Val::I32(address as i32),
                        _ => Val::I64(address as i64),
                    };
                    let value = Val::I64(0x0123_4567_89ab_cdef_u64.rotate_left(n) as i64);
                    let call = world.call(&format!("f{index}"), &[args, value]);
                    shown.push((index, address, call));
                }
            }
            world.call("grow", &[]).result.expect("there is room");
        }
        shown
    };
    let expected = show(&plain());
    let trapped = expected.iter().filter(|(.., call)| call.result.is_err());
    let count = trapped.count();
    assert!(0 < count && count < expected.len(), "some of both");
    for (way, config) in ways() {
        for (own, expected) in show(&config).iter().zip(&expected) {
            let body = &bodies[own.0].0;
            assert_eq!(own, expected, "{way}: {body}");
        }
    }
}

/// Every row, in both memories.
#[test]
fn every_width_at_every_edge() {
    for bits in [32, 64] {
        let mut bodies = Vec::new();
        for memory in 0..2 {
            for op in LOADS {
                let body = access(op, memory, 0, "(local.get $a)");
                bodies.push((body, result_of(op)));
            }
            for op in STORES {
                bodies.push((access(op, memory, 0, "(local.get $a)"), ""));
            }
        }
        same_everywhere(bits, &bodies);
    }
}

/// A few rows that stand for all in what is done about addresses.
const SOME_LOADS: [(&str, &str); 3] = [LOADS[1], LOADS[9], LOADS[12]];
const SOME_STORES: [(&str, &str); 4] = [STORES[0], STORES[6], STORES[9], STORES[13]];

#[test]
fn large_offsets() {
    let offsets = |bits| {
        let all = [
            1,
            8,
            PAGE - 8,
            PAGE,
            (1 << 31) - 17,
            (1 << 31) - 16,
            (1 << 31) - 9,
            (1 << 31) - 2,
            (1 << 31) - 1,
            1 << 31,
            (1 << 32) - 1,
            1 << 32,
            1 << 63,
            u64::MAX,
        ];
        all.into_iter()
            .filter(move |&offset| bits == 64 || offset < 1 << 32)
    };
    for bits in [32, 64] {
        let mut bodies = Vec::new();
        for memory in 0..2 {
            for offset in offsets(bits) {
                for op in SOME_LOADS {
                    let body = access(op, memory, offset, "(local.get $a)");
                    bodies.push((body, result_of(op)));
                }
                for op in SOME_STORES {
                    bodies.push((access(op, memory, offset, "(local.get $a)"), ""));
                }
            }
        }
        same_everywhere(bits, &bodies);
    }
}

/// Behind an access whose check may be shared.
#[test]
fn constants_added_to_addresses() {
    let addends: [i64; 14] = [
        -1,
        -7,
        -8,
        -16,
        -65535,
        -65536,
        -65537,
        1,
        16,
        65535,
        (1 << 31) - 17,
        (1 << 31) - 1,
        -(1 << 31),
        1 << 40,
    ];
    let mut bodies = Vec::new();
    for memory in 0..2 {
        for addend in addends {
            for offset in [0, 8] {
                for op in SOME_LOADS.into_iter().chain(SOME_STORES) {
                    let first = access(LOADS[1], memory, 0, "(local.get $a)");
                    let sum = format!("(i64.add (local.get $a) (i64.const {addend}))");
                    let access = access(op, memory, offset, &sum);
                    let result = if SOME_STORES.contains(&op) {
                        ""
                    } else {
                        result_of(op)
                    };
                    bodies.push((format!("(drop {first}) {access}"), result));
                }
            }
        }
    }
    same_everywhere(64, &bodies);
}

#[test]
fn constant_addresses() {
    for bits in [32, 64] {
        let mut bodies = Vec::new();
        for address in addresses(bits, 1) {
            for op in SOME_STORES {
                let address = format!("(i{bits}.const {address})");
                bodies.push((access(op, 0, 8, &address), ""));
                bodies.push((access(op, 1, 0, &address), ""));
            }
        }
        same_everywhere(bits, &bodies);
    }
}

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (self.0 >> 33) % count
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// A loop of accesses whose addresses pass the end of a memory, or come near.
fn program(dice: &mut Dice, bits: u32) -> String {
    let mut body = String::new();
    for _ in 0..2 + dice.below(5) {
        let memory = dice.below(2) as u32;
        let base = match dice.below(5) {
            0 => format!("(i64.sub (local.get $p) (i64.const {}))", dice.below(64)),
            1 => "(i64.and (local.get $p) (i64.const 0x1ffff))".into(),
            2 => format!("(i64.add (local.get $q) (i64.const {}))", dice.below(256)),
            3 => "(local.get $q)".into(),
            _ => "(local.get $p)".into(),
        };
        let address = match bits {
            32 => format!("(i32.wrap_i64 {base})"),
            _ => base,
        };
        let offset = dice.pick(&[0, 0, 0, 1, 4, 8, 100, 4000]);
        body += &match dice.below(2) {
            0 => {
                let op = dice.pick(&STORES);
                access(op, memory, offset, &address)
            }
            _ => {
                let op = dice.pick(&LOADS[5..10]);
                let load = access(op, memory, offset, &address);
                format!("(local.set $v (i64.xor (local.get $v) {load}))")
            }
        };
        if dice.below(4) == 0 {
            let grow = format!("(drop (memory.grow {memory} (i{bits}.const 1)))");
            body += &format!("(if (i64.eq (local.get $n) (i64.const 3)) (then {grow}))");
        }
    }
    let step = dice.pick(&[1, 3, 8, 16, -8, -16]);
    let count = 3 + dice.below(10);
    format!(
        "(module (memory (export \"m0\") i{bits} 1 3) (memory (export \"m1\") i{bits} 2 3)
          (func (export \"run\") (param $p i64) (param $q i64) (param $v i64) (result i64)
          (local $n i64)
          (loop $again
            {body}
            (local.set $p (i64.add (local.get $p) (i64.const {step})))
            (local.set $v (i64.mul (local.get $v) (i64.const 0x9e3779b97f4a7c15)))
            (local.set $n (i64.add (local.get $n) (i64.const 1)))
            (br_if $again (i64.lt_u (local.get $n) (i64.const {count}))))
          (local.get $v)))"
    )
}

#[test]
fn random_accesses_around_the_end() {
    let mut dice = Dice(7);
    let (mut traps, mut all) = (0, 0);
    for round in 0..60 {
        let bits = if round % 3 == 0 { 32 } else { 64 };
        let wat = program(&mut dice, bits);
        let starts: Vec<[Val; 3]> = (0..8)
            .map(|_| {
                let near = |dice: &mut Dice| {
                    let end = dice.pick(&[0, 1, 1, 1, 2, 2]) * PAGE;
                    Val::I64((end + dice.below(500)) as i64 - 480)
                };
                [near(&mut dice), near(&mut dice), Val::I64(round + 1)]
            })
            .collect();
        let show = |config: &Config| {
            let mut world = World::new(config, &wat);
            let calls = starts.iter().map(|args| world.call("run", args));
            let calls: Vec<Shown> = calls.collect();
            (calls, world.hash(|bytes| [bytes; 1]))
        };
        let expected = show(&plain());
        traps += expected
            .0
            .iter()
            .filter(|call| call.result.is_err())
            .count();
        all += starts.len();
        let mut ways = ways();
        let forced = Config::new().tier(Tier::Jit).force_deopt(true);
        ways.push(("entered everywhere".into(), forced.clone().force_osr(true)));
        ways.push(("left everywhere".into(), forced));
        for (way, config) in ways {
            assert_eq!(show(&config), expected, "{way}: {starts:?}\n{wat}");
        }
    }
    assert!(traps > all / 5 && traps < all * 4 / 5, "{traps} of {all}");
}

#[test]
fn a_trap_deep_in_calls_says_where_it_was() {
    let wat = r#"(module (memory (export "m0") i64 1)
        (func $deep (param i64) (result i64)
          (if (result i64) (i64.lt_u (local.get 0) (i64.const 65500))
            (then (i64.add (call $deep (i64.add (local.get 0) (i64.const 8000))) (i64.const 1)))
            (else (i64.load (local.get 0)))))
        (func $middle (param i64) (result i64)
          (i64.store (i64.const 8) (local.get 0))
          (i64.mul (call $deep (local.get 0)) (i64.const 3)))
        (func (export "run") (param i64) (result i64)
          (i64.add (i64.const 7) (call $middle (local.get 0)))))"#;
    let expected = World::new(&plain(), wat).call("run", &[Val::I64(5)]);
    let trap = expected.result.as_ref().unwrap_err();
    assert!(trap.contains("middle") && trap.contains("deep"), "{trap}");
    for (way, config) in ways() {
        let mut world = World::new(&config, wat);
        for _ in 0..3 {
            assert_eq!(world.call("run", &[Val::I64(5)]), expected, "{way}");
        }
    }
}

/// A host function calls a guest that traps, and the outer guest goes on, to
/// trap in turn.
#[test]
fn traps_in_nested_runs() {
    const WAT: &str = r#"(module (import "host" "try" (func $try (param i64) (result i64)))
        (memory (export "memory") i64 1)
        (func (export "inner") (param i64) (result i64) (i64.load (local.get 0)))
        (func (export "run") (param i64 i64) (result i64)
          (i64.add (call $try (local.get 0)) (i64.load (local.get 1)))))"#;
    for (way, config) in ways() {
        let engine = Engine::new(&config).unwrap();
        let module = Module::new(&engine, &wat::parse_str(WAT).unwrap()).unwrap();
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "try", |mut caller: Caller<'_, ()>, at: i64| {
                let instance = caller.instance().expect("a guest calls");
                let inner = instance.get_typed_func::<i64, i64>(&caller, "inner")?;
                match inner.call(&mut caller, at) {
                    Err(Error::Trap(_)) => Ok(-1),
                    other => other,
                }
            })
            .unwrap();
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &module).unwrap();
        let run = instance
            .get_typed_func::<(i64, i64), i64>(&store, "run")
            .unwrap();
        for _ in 0..5 {
            assert_eq!(run.call(&mut store, (0, 0)).unwrap(), 0, "{way}");
            assert_eq!(run.call(&mut store, (65529, 0)).unwrap(), -1, "{way}");
            let error = run.call(&mut store, (65529, 65536)).unwrap_err();
            let Error::Trap(info) = error else {
                panic!("{way}: {error}")
            };
            assert_eq!(info.frames.len(), 1, "{way}");
        }
    }
}

#[test]
fn two_threads_trap_at_once_in_one_module() {
    let wat = r#"(module (memory i64 1) (func (export "run") (param i64) (result i64)
        (i64.load (local.get 0))))"#;
    let engine = Engine::new(&Config::new().tier(Tier::Jit)).unwrap();
    let module = Module::new(&engine, &wat::parse_str(wat).unwrap()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut store = Store::new(&engine, ());
                let instance = Linker::new(&engine)
                    .instantiate(&mut store, &module)
                    .unwrap();
                let run = instance.get_typed_func::<i64, i64>(&store, "run").unwrap();
                for n in 0..2000 {
                    let at = 65529 + n * 1_000_003;
                    let error = run.call(&mut store, at).unwrap_err();
                    assert!(matches!(error, Error::Trap(_)), "{error}");
                    assert_eq!(run.call(&mut store, 65528).unwrap(), 0);
                }
            });
        }
    });
}
