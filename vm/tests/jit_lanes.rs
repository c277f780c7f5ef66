//! Every row over vectors, as machine code of each level against the
//! interpreter: with operands that are used again and that are not, with one
//! operand twice, and with constants.

use std::fmt::Write;

use lockstep_vm::{
    Config, CpuLevel, Engine, Linker, Module, Profile, RelaxedMadd, Store, Tier, Val,
};

/// How many operands of each kind a function goes through.
const CASES: u32 = 128;
/// Bytes of the operands in one position.
const ARRAY: u32 = 16 * CASES;
/// Where results are, and what is made of operands behind the instruction.
const RESULTS: u32 = 3 * ARRAY;
const AFTERWARDS: u32 = 4 * ARRAY;

struct Row {
    class: &'static str,
    mnemonic: &'static str,
    args: Vec<&'static str>,
    result: &'static str,
}

macro_rules! rows {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        vec![$($(Row {
            class: stringify!($class),
            mnemonic: $mnemonic,
            args: vec![$(stringify!($arg)),*],
            result: concat!($(stringify!($result)),*),
        }),*),*]
    };
}

/// The rows over vectors that compute.
fn rows() -> Vec<Row> {
    const CLASSES: [&str; 8] = [
        "unary",
        "binary",
        "commute",
        "ternary",
        "ternary_unfused",
        "extract_lane",
        "replace_lane",
        "shuffle",
    ];
    let mut rows: Vec<Row> = isa::for_each_op!(rows);
    rows.retain(|row| {
        let vector = row.args.contains(&"V128") || row.result == "V128";
        vector && CLASSES.contains(&row.class)
    });
    rows
}

/// Numbers that look random and are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound
    }

    fn corner(&mut self, corners: &[u64]) -> u64 {
        corners[self.below(corners.len())]
    }

    /// A vector with lanes of one width, mostly corners of it.
    fn vector(&mut self) -> u128 {
        const INTS: [u64; 16] = [
            0,
            1,
            2,
            0x7f,
            0x80,
            0xff,
            0x7fff,
            0x8000,
            0xffff,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            i64::MAX as u64,
            i64::MIN as u64,
            u64::MAX,
            0x0123_4567_89ab_cdef,
        ];
        const FLOATS: [f64; 20] = [
            0.0,
            0.5,
            1.0,
            1.5,
            2.5,
            3.7,
            1e-300,
            1e300,
            1e10,
            3e9,
            f64::INFINITY,
            f64::NAN,
            2147483647.0,
            2147483648.0,
            2147483646.9,
            4294967295.0,
            4294967296.0,
            4294967294.9,
            1e-40,
            16777217.0,
        ];
        let width = [8, 16, 32, 64, 132, 164, 0][self.below(7)];
        let lane = |numbers: &mut Numbers| {
            let value = FLOATS[numbers.below(FLOATS.len())];
            let value = if numbers.below(2) == 0 { value } else { -value };
            let payload = if numbers.below(4) == 0 { 0x1234 } else { 0 };
            match width {
                0 => numbers.next(),
                132 if value.is_nan() => u64::from((value as f32).to_bits() | payload as u32),
                132 => u64::from((value as f32).to_bits()),
                164 if value.is_nan() => value.to_bits() | payload,
                164 => value.to_bits(),
                _ => numbers.corner(&INTS),
            }
        };
        let bits = match width {
            0 => 64,
            132 => 32,
            164 => 64,
            width => width,
        };
        let mut vector = 0;
        for _ in 0..128 / bits {
            let one = lane(self) & (u64::MAX >> (64 - bits));
            vector = if bits == 128 { 0 } else { vector << bits } | u128::from(one);
        }
        vector
    }
}

/// Operands in memory: three arrays. Vectors in one place often share lanes.
fn operands() -> Vec<u8> {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut arrays = [const { Vec::new() }; 3];
    for _ in 0..CASES {
        let first = numbers.vector();
        arrays[0].extend(first.to_le_bytes());
        for array in &mut arrays[1..] {
            let own = numbers.vector();
            let shared = numbers.vector() & numbers.vector();
            let vector = match numbers.below(3) {
                0 => first & !shared | own & shared,
                _ => own,
            };
            array.extend(vector.to_le_bytes());
        }
    }
    arrays.concat()
}

/// The text of a function: loads operands, does the instruction, stores the
/// result, for each case.
struct Text<'r> {
    row: &'r Row,
    /// Operands as expressions; a local where nothing else is said.
    operands: Vec<String>,
    immediates: String,
    /// Whether operands are used again.
    again: bool,
}

fn wasm_type(name: &str) -> &'static str {
    match name {
        "i32" => "i32",
        "i64" => "i64",
        "f32" => "f32",
        "f64" => "f64",
        _ => "v128",
    }
}

/// The value operands of a row; the others are immediates.
fn values(row: &Row) -> Vec<&'static str> {
    let is_value = |arg: &&&'static str| ["i32", "i64", "f32", "f64", "V128"].contains(*arg);
    row.args
        .iter()
        .filter(is_value)
        .copied()
        .map(wasm_type)
        .collect()
}

impl Text<'_> {
    fn write(&self, out: &mut String, name: usize) {
        let instruction = self.row.mnemonic.trim_end_matches("_unfused");
        let types = values(self.row);
        let _ = write!(out, "(func (export \"{name}\") (local $i i32)");
        for (n, ty) in types.iter().enumerate() {
            let _ = write!(out, " (local ${n} {ty})");
        }
        out.push_str("\n (loop $again\n");
        for (n, ty) in types.iter().enumerate() {
            let at = n as u32 * ARRAY;
            let load = format!("({ty}.load offset={at} (local.get $i))");
            let _ = writeln!(out, "  (local.set ${n} {load})");
        }
        let result = wasm_type(self.row.result);
        let operands = self.operands.join(" ");
        let immediates = &self.immediates;
        let value = format!("({instruction} {immediates} {operands})");
        let _ = writeln!(
            out,
            "  ({result}.store offset={RESULTS} (local.get $i) {value})"
        );
        if self.again {
            let mut all = "(v128.const i64x2 0 0)".to_string();
            for (n, ty) in types.iter().enumerate() {
                let operand = match *ty {
                    "v128" => format!("(local.get ${n})"),
                    "i32" => format!("(i32x4.splat (local.get ${n}))"),
                    "i64" => format!("(i64x2.splat (local.get ${n}))"),
                    "f32" => format!("(f32x4.splat (local.get ${n}))"),
                    _ => format!("(f64x2.splat (local.get ${n}))"),
                };
                all = format!("(i8x16.sub {all} {operand})");
            }
            let _ = writeln!(
                out,
                "  (v128.store offset={AFTERWARDS} (local.get $i) {all})"
            );
        }
        let next = "(local.tee $i (i32.add (local.get $i) (i32.const 16)))";
        let _ = writeln!(
            out,
            "  (br_if $again (i32.lt_u {next} (i32.const {ARRAY})))))"
        );
    }
}

fn constant(ty: &str, bits: u128) -> String {
    let low = bits as u64;
    match ty {
        "i32" => format!("(i32.const {})", low as i32),
        "i64" => format!("(i64.const {})", low as i64),
        "f32" => format!("(f32.reinterpret_i32 (i32.const {}))", low as i32),
        "f64" => format!("(f64.reinterpret_i64 (i64.const {}))", low as i64),
        _ => format!(
            "(v128.const i64x2 {} {})",
            low as i64,
            (bits >> 64) as u64 as i64
        ),
    }
}

/// What stands between the mnemonic and the operands.
fn immediates(row: &Row) -> Vec<String> {
    let lanes: u32 = match row.mnemonic.split('.').next() {
        Some("i8x16") => 16,
        Some("i16x8") => 8,
        Some("i32x4" | "f32x4") => 4,
        _ => 2,
    };
    match row.class {
        "extract_lane" | "replace_lane" => (0..lanes).map(|lane| lane.to_string()).collect(),
        "shuffle" => shuffles().iter().map(|lanes| join(lanes)).collect(),
        _ => vec![String::new()],
    }
}

fn join(lanes: &[u8; 16]) -> String {
    let lanes: Vec<String> = lanes.iter().map(u8::to_string).collect();
    lanes.join(" ")
}

/// Shuffles that single instructions do, and any others.
fn shuffles() -> Vec<[u8; 16]> {
    let mut numbers = Numbers(0xdead_beef_cafe_f00d);
    let mut all = Vec::new();
    for size in [1, 2, 4, 8] {
        for start in [0, 8] {
            let interleaved = |second: u8| {
                move |at: usize| {
                    let at = at as u8;
                    start + at / size / 2 * size + at % size + second * (at / size % 2)
                }
            };
            all.push(std::array::from_fn(interleaved(16)));
            all.push(std::array::from_fn(interleaved(0)));
        }
    }
    for start in [0, 1, 5, 15, 16, 17, 30] {
        all.push(std::array::from_fn(|at| (start + at as u8) % 32));
        all.push(std::array::from_fn(|at| (start + at as u8) % 16));
        all.push([start; 16]);
    }
    for _ in 0..12 {
        for size in [1_usize, 2, 4, 8] {
            let count = 16 / size;
            let parts: Vec<usize> = (0..count).map(|_| numbers.below(2 * count)).collect();
            let expand = |at: usize, part: usize| (part * size + at % size) as u8;
            let any = |at: usize| expand(at, parts[at / size]);
            all.push(std::array::from_fn(any));
            all.push(std::array::from_fn(|at| any(at) & 15));
            // Lanes in their places, of either operand.
            all.push(std::array::from_fn(|at| any(at) & 16 | at as u8));
            // One lane that is not.
            let odd = numbers.below(count);
            let but_one = |at: usize| if at / size == odd { any(at) } else { at as u8 };
            all.push(std::array::from_fn(but_one));
            // Halves of either operand.
            all.push(std::array::from_fn(|at| any(at) & 15 | (at as u8 & 8) << 1));
            all.push(std::array::from_fn(|at| any(at) & 7 | at as u8 & 8));
        }
    }
    let exchanged: Vec<_> = all
        .iter()
        .map(|lanes| lanes.map(|lane| lane ^ 16))
        .collect();
    all.extend(exchanged);
    all
}

/// Constants for an operand of this type.
fn constants(row: &Row, ty: &str, numbers: &mut Numbers) -> Vec<u128> {
    if row.class == "binary" && ty == "i32" {
        return [0, 1, 3, 7, 8, 15, 16, 31, 32, 33, 40, 63, 64, u128::MAX].to_vec();
    }
    let splat = u128::from(numbers.vector() as u32) * 0x0000_0001_0000_0001_0000_0001_0000_0001;
    let plus = 0x3f80_0000_4000_0000_3f80_0000_4000_0000;
    let mut constants = vec![0, u128::MAX, splat, plus, 1 << 31 | 1 << 63 | 1 << 127];
    constants.extend((0..3).map(|_| numbers.vector()));
    constants
}

/// All functions for a row.
fn functions(row: &Row) -> Vec<String> {
    let mut numbers = Numbers(0x1234_5678_9abc_def1);
    let types = values(row);
    let locals: Vec<String> = (0..types.len())
        .map(|n| format!("(local.get ${n})"))
        .collect();
    let mut functions = Vec::new();
    for immediates in immediates(row) {
        let mut add = |operands: Vec<String>, again| {
            let text = Text {
                row,
                operands,
                immediates: immediates.clone(),
                again,
            };
            let mut out = String::new();
            text.write(&mut out, functions.len());
            functions.push(out);
        };
        add(locals.clone(), false);
        add(locals.clone(), true);
        for (n, ty) in types.iter().enumerate() {
            for (other, other_ty) in types.iter().enumerate().skip(n + 1) {
                if ty == other_ty {
                    let mut operands = locals.clone();
                    operands[other] = locals[n].clone();
                    add(operands.clone(), false);
                    add(operands, true);
                    // In the other's place.
                    let mut operands = locals.clone();
                    operands.swap(n, other);
                    add(operands, false);
                }
            }
            let few = if immediates.is_empty() { 8 } else { 2 };
            let chosen = constants(row, ty, &mut numbers);
            let many = if chosen.len() > 8 { chosen.len() } else { few };
            for &bits in chosen.iter().rev().take(many) {
                let mut operands = locals.clone();
                operands[n] = constant(ty, bits);
                add(operands.clone(), false);
                add(operands, true);
            }
        }
        let mut constant_of = |ty: &&str| constant(ty, numbers.vector());
        let all: Vec<String> = types.iter().map(&mut constant_of).collect();
        for n in 0..types.len() {
            let mut operands = all.clone();
            operands[n] = locals[n].clone();
            add(operands, false);
        }
        add(all, false);
    }
    functions
}

fn module_text(functions: &[String]) -> String {
    let data = operands().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    });
    let functions = functions.concat();
    format!("(module (memory (export \"memory\") 1) (data (i32.const 0) \"{data}\")\n{functions})")
}

/// What each function leaves in memory.
fn results(config: &Config, wasm: &[u8], functions: usize) -> Vec<Vec<u8>> {
    let engine = Engine::new(config).expect("a configuration for this CPU");
    let module = Module::new(&engine, wasm).expect("valid");
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX);
    let instance = Linker::new(&engine)
        .instantiate(&mut store, &module)
        .expect("no imports");
    let memory = instance.get_memory(&store, "memory").expect("an export");
    let call = |n: usize| {
        let function = instance
            .get_func(&store, &n.to_string())
            .expect("an export");
        let mut nothing: [Val; 0] = [];
        function
            .call(&mut store, &[], &mut nothing)
            .expect("no trap");
        let end = (AFTERWARDS + ARRAY) as usize;
        memory.data(&store)[RESULTS as usize..end].to_vec()
    };
    (0..functions).map(call).collect()
}

fn same(row: &Row) {
    let madd = match row.class {
        "ternary_unfused" => RelaxedMadd::Unfused,
        _ => RelaxedMadd::Fused,
    };
    let profile = Profile {
        relaxed_madd: madd,
        ..Profile::default()
    };
    let config = |tier, level| {
        Config::new()
            .profile(profile.clone())
            .tier(tier)
            .cpu_level(level)
    };
    let functions = functions(row);
    let text = module_text(&functions);
    let wasm = wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"));
    let interpreter = config(Tier::Interpreter, CpuLevel::Portable);
    let plain = results(&interpreter, &wasm, functions.len());
    for &level in CpuLevel::ALL.iter().filter(|level| level.is_supported()) {
        let machine = results(&config(Tier::Jit, level), &wasm, functions.len());
        for ((text, plain), machine) in functions.iter().zip(&plain).zip(&machine) {
            let vectors = plain.chunks(16).zip(machine.chunks(16));
            for (case, (plain, machine)) in vectors.enumerate() {
                let mnemonic = row.mnemonic;
                assert_eq!(machine, plain, "{mnemonic} at {level}, {case}:\n{text}");
            }
        }
    }
}

fn all_of(class: impl Fn(&str) -> bool) {
    let rows = rows();
    let mut found = 0;
    for row in rows.iter().filter(|row| class(row.class)) {
        found += 1;
        same(row);
    }
    assert!(found > 0, "there are such rows");
}

#[test]
fn of_one_operand() {
    all_of(|class| class == "unary");
}

#[test]
fn of_two_operands() {
    all_of(|class| class == "binary" || class == "commute");
}

#[test]
fn of_three_operands() {
    all_of(|class| class.starts_with("ternary"));
}

#[test]
fn of_single_lanes() {
    all_of(|class| class == "extract_lane" || class == "replace_lane");
}

#[test]
fn shuffles_of_bytes() {
    all_of(|class| class == "shuffle");
}
