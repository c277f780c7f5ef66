//! Three small kernels, in Wasm and in Rust, and what surrounds them in tests.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use lockstep_vm::{
    Config, CpuLevel, Engine, Error, Frame, FuncType, Instance, Linker, Module, Outcome, Profile,
    Store, Tier, Twin, TwinMemory, TwinMode, TwinRanges, Twins, Val, ValType,
};

/// The kernels, and functions that call them in every way. `A` is the type of
/// addresses, `M` that of the memory.
const MODULE: &str = r#"
(module
  (type $fill (func (param A i64 A)))
  (type $sum (func (param A A) (result i32 i64)))
  (memory (export "memory") M 2)
  (table 4 funcref)
  (elem (i32.const 0) func $fill $axpy $sum $fill_tail)

  (func $fill (export "fill") (type $fill) (param $p A) (param $v i64) (param $n A)
    (block $out
      (br_if $out (A.eqz (local.get $n)))
      (loop $again
        (i64.store (local.get $p) (local.get $v))
        (local.set $p (A.add (local.get $p) (A.const 8)))
        (local.set $n (A.sub (local.get $n) (A.const 1)))
        (br_if $again (i32.eqz (A.eqz (local.get $n)))))))

  (func $axpy (export "axpy") (param $y A) (param $x A) (param $n A) (param $a f32)
    (block $out
      (br_if $out (A.eqz (local.get $n)))
      (loop $again
        (f32.store (local.get $y)
          (f32.add (f32.load (local.get $y)) (f32.mul (local.get $a) (f32.load (local.get $x)))))
        (local.set $y (A.add (local.get $y) (A.const 4)))
        (local.set $x (A.add (local.get $x) (A.const 4)))
        (local.set $n (A.sub (local.get $n) (A.const 1)))
        (br_if $again (i32.eqz (A.eqz (local.get $n)))))))

  (func $sum (export "sum") (type $sum) (param $p A) (param $n A) (result i32 i64)
    (local $s i32) (local $t i64)
    (block $out
      (br_if $out (A.eqz (local.get $n)))
      (loop $again
        (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
        (local.set $t (i64.add (local.get $t) (i64.load32_s (local.get $p))))
        (local.set $p (A.add (local.get $p) (A.const 4)))
        (local.set $n (A.sub (local.get $n) (A.const 1)))
        (br_if $again (i32.eqz (A.eqz (local.get $n))))))
    (local.get $s) (local.get $t))

  (func $fill_direct (export "fill direct") (type $fill)
    (call $fill (local.get 0) (local.get 1) (local.get 2))
    (i64.store (A.const 8) (i64.const 8)))
  (func $fill_tail (export "fill tail") (type $fill)
    (return_call $fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill indirect") (type $fill)
    (call_indirect (type $fill) (local.get 0) (local.get 1) (local.get 2) (i32.const 0)))
  (func (export "fill tail indirect") (type $fill)
    (return_call_indirect (type $fill) (local.get 0) (local.get 1) (local.get 2) (i32.const 0)))
  (func (export "fill ref") (type $fill)
    (call_ref $fill (local.get 0) (local.get 1) (local.get 2) (ref.func $fill)))
  (func (export "fill tail ref") (type $fill)
    (return_call_ref $fill (local.get 0) (local.get 1) (local.get 2) (ref.func $fill)))
  (func (export "fill after a tail") (type $fill)
    (call $fill_tail (local.get 0) (local.get 1) (local.get 2))
    (i64.store (A.const 8) (i64.const 9)))

  (func (export "sum direct") (type $sum) (local $t i64)
    (call $sum (local.get 0) (local.get 1))
    (local.set $t) (i32.add (i32.const 1)) (local.get $t))
  (func (export "sum tail") (type $sum) (return_call $sum (local.get 0) (local.get 1)))
  (func (export "sum indirect") (type $sum)
    (call_indirect (type $sum) (local.get 0) (local.get 1) (i32.const 2)))
  (func (export "sum tail ref") (type $sum)
    (return_call_ref $sum (local.get 0) (local.get 1) (ref.func $sum)))

  ;; Some of each, on data that the others made.
  (func (export "mixed") (param $rounds A) (result i32 i64)
    (local $i A) (local $s i32) (local $t i64)
    (call $fill (A.const 64) (i64.const 0x3f8000003f800001) (A.const 40))
    (loop $again
      (call $fill (A.mul (local.get $i) (A.const 24)) (i64.const 0x4000000040400000) (local.get $i))
      (call $axpy (A.const 1000) (A.const 64) (A.mul (local.get $i) (A.const 3)) (f32.const 1.5))
      (call $sum (A.const 1000) (local.get $i))
      (local.set $t) (local.set $s)
      (i64.store (A.const 2000) (local.get $t)) (i32.store (A.const 2008) (local.get $s))
      (local.set $i (A.add (local.get $i) (A.const 1)))
      (br_if $again (A.lt_u (local.get $i) (local.get $rounds))))
    (call_indirect (type $sum) (A.const 1000) (local.get $rounds) (i32.const 2)))

  ;; At the bottom of frames of some 9 units each.
  (func $deep (export "deep") (param $n A) (result A)
    (if (A.eqz (local.get $n)) (then (call $fill (A.const 16) (i64.const 5) (A.const 3)))
      (else (drop (call $deep (A.sub (local.get $n) (A.const 1))))))
    (local.get $n))
  (func $deep_tail (export "deep tail") (param $n A)
    (if (A.eqz (local.get $n))
      (then (return_call $fill (A.const 16) (i64.const 5) (A.const 3))))
    (call $deep_tail (A.sub (local.get $n) (A.const 1)))))
"#;

/// Uses the kernels of another instance, which has another memory.
const USER: &str = r#"
(module
  (type $fill (func (param A i64 A)))
  (import "kernels" "fill" (func $fill (type $fill)))
  (import "kernels" "sum" (func $sum (param A A) (result i32 i64)))
  (memory (export "memory") M 1)
  (export "sum again" (func $sum))
  (table 1 funcref) (elem (i32.const 0) func $fill)
  (func (export "fill import") (type $fill)
    (call $fill (local.get 0) (local.get 1) (local.get 2))
    (i64.store (A.const 8) (i64.const 8)))
  (func (export "fill import tail") (type $fill)
    (return_call $fill (local.get 0) (local.get 1) (local.get 2)))
  (func $tail (export "fill import tail indirect") (type $fill)
    (return_call_indirect (type $fill) (local.get 0) (local.get 1) (local.get 2) (i32.const 0)))
  (func (export "fill import after a tail") (type $fill)
    (call $tail (local.get 0) (local.get 1) (local.get 2))
    (i64.store (A.const 8) (i64.const 9)))
  (func (export "sum import tail") (param A A) (result i32 i64)
    (return_call $sum (local.get 0) (local.get 1))))
"#;

/// The width of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    W32,
    W64,
}

pub(crate) const WIDTHS: [Width; 2] = [Width::W32, Width::W64];

impl Width {
    fn text(self, text: &str) -> String {
        let (address, memory) = match self {
            Width::W32 => ("i32", ""),
            Width::W64 => ("i64", "i64"),
        };
        let text = text.replace(" M ", &format!(" {memory} "));
        let text = text.replace("(A.", &format!("({address}."));
        text.replace(" A", &format!(" {address}"))
    }

    /// The kernels and their user, which are parsed once.
    fn modules(self) -> &'static [Vec<u8>; 2] {
        static MODULES: OnceLock<[[Vec<u8>; 2]; 2]> = OnceLock::new();
        let modules = MODULES.get_or_init(|| {
            let wasm = |width: Width, text| wat::parse_str(width.text(text)).expect("valid text");
            WIDTHS.map(|width| [wasm(width, MODULE), wasm(width, USER)])
        });
        &modules[self as usize]
    }

    pub(crate) fn kernels_wasm(self) -> &'static [u8] {
        &self.modules()[0]
    }

    pub(crate) fn ty(self) -> ValType {
        match self {
            Width::W32 => ValType::I32,
            Width::W64 => ValType::I64,
        }
    }

    pub(crate) fn val(self, number: u64) -> Val {
        match self {
            Width::W32 => Val::I32(number as i32),
            Width::W64 => Val::I64(number as i64),
        }
    }
}

pub(crate) type Cost = fn(&[u64]) -> Option<u64>;
type Ranges = fn(&[u64]) -> Option<TwinRanges>;
pub(crate) type Work = fn(&[u64], TwinMemory<'_>, &mut [u64]);
pub(crate) type Part = fn(&[u64], u64) -> Option<Vec<u64>>;

/// A twin whose parts can be replaced by wrong ones.
#[derive(Clone)]
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    pub(crate) ty: FuncType,
    pub(crate) hash: [u8; 32],
    pub(crate) fuel: Cost,
    pub(crate) ranges: Ranges,
    pub(crate) work: Work,
    pub(crate) part: Part,
    pub(crate) runs: Arc<AtomicU64>,
}

impl Kernel {
    pub(crate) fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }
}

impl Twin for Kernel {
    fn name(&self) -> &str {
        self.name
    }
    fn ty(&self) -> FuncType {
        self.ty.clone()
    }
    fn hash(&self) -> [u8; 32] {
        self.hash
    }
    fn fuel(&self, args: &[u64]) -> Option<u64> {
        (self.fuel)(args)
    }
    fn ranges(&self, args: &[u64]) -> Option<TwinRanges> {
        (self.ranges)(args)
    }
    fn run(&self, args: &[u64], memory: TwinMemory<'_>, results: &mut [u64]) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        (self.work)(args, memory, results);
    }
    fn part(&self, args: &[u64], number: u64) -> Option<Vec<u64>> {
        (self.part)(args, number)
    }
}

/// The first or the second half of a call: the count of its elements is an
/// argument, and others are addresses of elements of so many bytes.
fn half(args: &[u64], number: u64, count: usize, addresses: &[(usize, u64)]) -> Option<Vec<u64>> {
    let all = args[count];
    let middle = all / 2;
    let (start, end) = match number >> 63 {
        0 => (0, middle),
        _ => (middle, all),
    };
    let mut part = args.to_vec();
    part[count] = end - start;
    for (address, bytes) in addresses {
        part[*address] += start * bytes;
    }
    (all >= 2).then_some(part)
}

/// `base` for a call, and `each` for every one of `count`.
fn cost(base: u64, each: u64, count: u64) -> Option<u64> {
    base.checked_add(each.checked_mul(count)?)
}

fn range(start: u64, count: u64, bytes: u64) -> Option<(u64, u64)> {
    Some((start, count.checked_mul(bytes)?))
}

fn fill(args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
    let [out, ..] = memory.writes;
    out.chunks_exact_mut(8)
        .for_each(|word| word.copy_from_slice(&args[1].to_le_bytes()));
}

fn single(bytes: &[u8]) -> f32 {
    f32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

fn axpy(args: &[u64], memory: TwinMemory<'_>, _: &mut [u64]) {
    let a = f32::from_bits(args[3] as u32);
    let ([x, ..], [y, ..]) = (memory.reads, memory.writes);
    for (y, x) in y.chunks_exact_mut(4).zip(x.chunks_exact(4)) {
        let value = single(y) + a * single(x);
        let bits = if value.is_nan() {
            0x7fc0_0000
        } else {
            value.to_bits()
        };
        y.copy_from_slice(&bits.to_le_bytes());
    }
}

fn sum(_: &[u64], memory: TwinMemory<'_>, results: &mut [u64]) {
    let [words, ..] = memory.reads;
    let words = words
        .chunks_exact(4)
        .map(|word| i64::from(i32::from_le_bytes(word.try_into().expect("four bytes"))));
    let total: i64 = words.sum();
    // The high half of the first is not the engine's to see.
    results.copy_from_slice(&[total as u64, total as u64]);
}

/// The kernels of a width: fill, axpy, sum.
pub(crate) fn kernels(width: Width) -> [Kernel; 3] {
    let module = Module::new(&Engine::default(), width.kernels_wasm()).expect("valid");
    let kernel = |name, params: &[ValType], results: &[ValType], fuel, ranges, work, part| {
        let index = module.find_function(name).expect("it is exported");
        Kernel {
            name,
            ty: FuncType::new(params.iter().copied(), results.iter().copied()),
            hash: module.twin_hash(index).expect("it is defined"),
            fuel,
            ranges,
            work,
            part,
            runs: Arc::default(),
        }
    };
    let (a, long, float) = (width.ty(), ValType::I64, ValType::F32);
    [
        kernel(
            "fill",
            &[a, long, a],
            &[],
            |args| cost(3, 15, args[2]),
            |args| Some(TwinRanges::new(&[], &[range(args[0], args[2], 8)?])),
            fill,
            |args, number| half(args, number, 2, &[(0, 8)]),
        ),
        kernel(
            "axpy",
            &[a, a, a, float],
            &[],
            |args| cost(3, 25, args[2]),
            |args| {
                let (y, x) = (range(args[0], args[2], 4)?, range(args[1], args[2], 4)?);
                Some(TwinRanges::new(&[x], &[y]))
            },
            axpy,
            |args, number| half(args, number, 2, &[(0, 4), (1, 4)]),
        ),
        kernel(
            "sum",
            &[a, a],
            &[ValType::I32, long],
            |args| cost(5, 22, args[1]),
            |args| Some(TwinRanges::new(&[range(args[0], args[1], 4)?], &[])),
            sum,
            // It would make a wrong result if it were asked for.
            |args, number| half(args, number, 1, &[(0, 4)]),
        ),
    ]
}

/// A registry of these.
pub(crate) fn twins<'k>(kernels: impl IntoIterator<Item = &'k Kernel>) -> Arc<Twins> {
    let mut twins = Twins::new();
    for kernel in kernels {
        twins
            .add(kernel.clone())
            .expect("numbers only, and each once");
    }
    Arc::new(twins)
}

/// Ways in which guests run.
pub(crate) fn tiers() -> Vec<(&'static str, Config)> {
    let mut tiers = vec![
        ("interpreted", Config::new().tier(Tier::Interpreter)),
        (
            "on any CPU",
            Config::new()
                .tier(Tier::Interpreter)
                .cpu_level(CpuLevel::Portable),
        ),
    ];
    let jit = || Config::new().tier(Tier::Jit);
    if Engine::new(&jit()).is_ok() {
        let hot = Config::new().tier_up_after(10).background(false);
        tiers.extend([
            ("compiled", jit()),
            ("left at every block", jit().force_deopt(true)),
            ("entered at every loop", jit().force_osr(true)),
            ("without guards", jit().guard_pages(false)),
            ("when hot", hot),
        ]);
    }
    tiers
}

/// A profile with a call stack of so many units.
pub(crate) fn shallow(units: u32) -> Profile {
    let mut profile = Profile::default();
    profile.limits.stack_units = units;
    profile
}

/// An instance of the kernels, and one that uses them.
pub(crate) struct World {
    pub(crate) store: Store<()>,
    pub(crate) kernels: Instance,
    pub(crate) user: Instance,
}

/// What can be seen of a run.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    pub(crate) result: Result<Vec<Val>, (String, Vec<Frame>)>,
    pub(crate) fuel: u64,
    pub(crate) memory: [u8; 32],
}

impl World {
    pub(crate) fn new(config: &Config, width: Width) -> World {
        let engine = Engine::new(config).expect("a configuration for this CPU");
        let [kernels, user] = width
            .modules()
            .each_ref()
            .map(|wasm| Module::new(&engine, wasm).expect("valid"));
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let kernels = linker
            .instantiate(&mut store, &kernels)
            .expect("no imports");
        linker
            .instance(&store, "kernels", kernels)
            .expect("names are new");
        let user = linker
            .instantiate(&mut store, &user)
            .expect("its imports are there");
        let mut world = World {
            store,
            kernels,
            user,
        };
        world.scatter();
        world
    }

    /// Puts something into both memories.
    fn scatter(&mut self) {
        let mut state = 1u64;
        let mut word = || {
            state = state
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(0x1405_7b7e_f767_814f);
            state.to_le_bytes()
        };
        let pattern: Vec<u8> = (0..512).flat_map(|_| word()).collect();
        for instance in [self.kernels, self.user] {
            let memory = instance
                .get_memory(&self.store, "memory")
                .expect("it is exported");
            for page in memory
                .data_mut(&mut self.store)
                .chunks_exact_mut(pattern.len())
            {
                page.copy_from_slice(&pattern);
            }
        }
    }

    pub(crate) fn func(&self, name: &str) -> lockstep_vm::Func {
        let own = self.kernels.get_func(&self.store, name);
        own.or_else(|| self.user.get_func(&self.store, name))
            .unwrap_or_else(|| panic!("nobody exports {name}"))
    }

    /// Both memories.
    pub(crate) fn memory(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        for instance in [self.kernels, self.user] {
            let memory = instance
                .get_memory(&self.store, "memory")
                .expect("it is exported");
            hasher.update(memory.data(&self.store));
        }
        *hasher.finalize().as_bytes()
    }

    pub(crate) fn start(&mut self, name: &str, args: &[Val]) -> Result<Outcome, Error> {
        self.func(name).start(&mut self.store, args)
    }

    /// A call with so much fuel, in one go.
    pub(crate) fn call(&mut self, name: &str, args: &[Val], fuel: u64) -> Shown {
        self.store.set_fuel(fuel);
        let result = match self.start(name, args) {
            Ok(Outcome::Done(values)) => Ok(values),
            Ok(Outcome::OutOfFuel(_)) => Err(("out of fuel".to_owned(), Vec::new())),
            Ok(Outcome::Suspended(_)) => panic!("there is no host function"),
            Err(Error::Trap(info)) => Err((info.trap.to_string(), info.frames)),
            Err(error) => Err((error.to_string(), Vec::new())),
        };
        Shown {
            result,
            fuel: self.store.fuel(),
            memory: self.memory(),
        }
    }
}

/// The configuration with these twins.
pub(crate) fn with(config: &Config, kernels: &[Kernel], mode: TwinMode) -> Config {
    config.clone().twins(twins(kernels)).twin_mode(mode)
}
