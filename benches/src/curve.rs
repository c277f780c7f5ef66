//! How compile time and memory grow with modules and with single functions.

use std::error::Error;
use std::fs;
use std::process::Command;

use wasm_encoder::{
    BlockType, CodeSection, Function, FunctionSection, Instruction as I, MemArg, MemArgTarget,
    MemorySection, MemoryType, Module, TypeSection, ValType,
};

use benches::lockstep;

/// A way to make code of any length.
struct Shape {
    name: &'static str,
    about: &'static str,
    /// Whether length comes from more functions instead of a longer one.
    many: bool,
    /// Makes a function's body of about so many bytes.
    body: fn(usize) -> Function,
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "module",
        about: "functions of about 600 bytes: loops, branches, memory, floats",
        many: true,
        body: ordinary,
    },
    Shape {
        name: "straight",
        about: "one block of arithmetic on eight locals",
        many: false,
        body: straight,
    },
    Shape {
        name: "diamonds",
        about: "if and else, one after another",
        many: false,
        body: diamonds,
    },
    Shape {
        name: "loops",
        about: "loops one after another, each with one inside",
        many: false,
        body: loops,
    },
    Shape {
        name: "nested",
        about: "loops in loops, 200 deep, again and again",
        many: false,
        body: nested,
    },
    Shape {
        name: "table",
        about: "branch tables over sixteen blocks",
        many: false,
        body: table,
    },
    Shape {
        name: "wide-table",
        about: "branch tables of up to 60,000 entries",
        many: false,
        body: wide_table,
    },
    Shape {
        name: "pressure",
        about: "a thousand values alive at once, in blocks",
        many: false,
        body: pressure,
    },
    Shape {
        name: "stack",
        about: "ten thousand operands on the stack, again and again",
        many: false,
        body: stack,
    },
    Shape {
        name: "locals",
        about: "ten thousand locals, all alive through loops",
        many: false,
        body: locals,
    },
    Shape {
        name: "vectors",
        about: "chains over lanes",
        many: false,
        body: vectors,
    },
    Shape {
        name: "memory",
        about: "loads and stores at growing and at changing addresses",
        many: false,
        body: memory,
    },
];

const SIZES: &[usize] = &[16 << 10, 64 << 10, 256 << 10, 1 << 20];
const MODULE_SIZES: &[usize] = &[160 << 10, 640 << 10, 2560 << 10, 10 << 20];

/// Numbers that look random and are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1);
        ((self.0 >> 33) * u64::from(end) >> 31) as u32
    }
}

/// A function of eight i64, eight f64 and four v128 locals.
fn function() -> Function {
    Function::new([(8, ValType::I64), (8, ValType::F64), (4, ValType::V128)])
}

const FLOATS: u32 = 8;
const LANES: u32 = 16;

fn all(f: &mut Function, instructions: &[I]) {
    for instruction in instructions {
        f.instruction(instruction);
    }
}

fn arithmetic(f: &mut Function, n: &mut Numbers) {
    let [a, b, c] = [n.below(8), n.below(8), n.below(8)];
    let op = match n.below(5) {
        0 => I::I64Add,
        1 => I::I64Sub,
        2 => I::I64Mul,
        3 => I::I64Xor,
        _ => I::I64ShrU,
    };
    all(f, &[I::LocalGet(a), I::LocalGet(b), op, I::LocalSet(c)]);
}

fn float_arithmetic(f: &mut Function, n: &mut Numbers) {
    let [a, b, c] = [(); 3].map(|()| FLOATS + n.below(8));
    let op = match n.below(3) {
        0 => I::F64Add,
        1 => I::F64Mul,
        _ => I::F64Max,
    };
    all(f, &[I::LocalGet(a), I::LocalGet(b), op, I::LocalSet(c)]);
}

fn place(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 0,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

fn access(f: &mut Function, n: &mut Numbers) {
    let at = place(u64::from(8 * n.below(64)));
    let [a, b] = [n.below(8), n.below(8)];
    match n.below(3) {
        0 => all(f, &[I::LocalGet(a), I::LocalGet(b), I::I64Store(at)]),
        _ => all(f, &[I::LocalGet(a), I::I64Load(at), I::LocalSet(b)]),
    }
}

/// A loop that counts a local down, around what `inside` writes.
fn counted(f: &mut Function, local: u32, inside: impl FnOnce(&mut Function)) {
    f.instruction(&I::Loop(BlockType::Empty));
    inside(f);
    all(f, &[I::LocalGet(local), I::I64Const(1), I::I64Sub]);
    all(
        f,
        &[
            I::LocalTee(local),
            I::I64Const(0),
            I::I64GtS,
            I::BrIf(0),
            I::End,
        ],
    );
}

fn either(f: &mut Function, n: &mut Numbers) {
    all(
        f,
        &[I::LocalGet(n.below(8)), I::I64Eqz, I::If(BlockType::Empty)],
    );
    arithmetic(f, n);
    f.instruction(&I::Else);
    arithmetic(f, n);
    f.instruction(&I::End);
}

/// Writes `part` again and again until the body is long enough.
fn repeated(len: usize, part: impl Fn(&mut Function, &mut Numbers)) -> Function {
    let (mut f, mut n) = (function(), Numbers(len as u64));
    while f.byte_len() < len {
        part(&mut f, &mut n);
    }
    f.instruction(&I::End);
    f
}

fn ordinary(len: usize) -> Function {
    repeated(len, |f, n| {
        counted(f, n.below(8), |f| {
            for _ in 0..4 {
                arithmetic(f, n);
                access(f, n);
                float_arithmetic(f, n);
                either(f, n);
            }
        });
    })
}

fn straight(len: usize) -> Function {
    repeated(len, arithmetic)
}

fn diamonds(len: usize) -> Function {
    repeated(len, either)
}

fn loops(len: usize) -> Function {
    repeated(len, |f, n| {
        counted(f, n.below(8), |f| {
            arithmetic(f, n);
            counted(f, n.below(8), |f| arithmetic(f, n));
        });
    })
}

fn nested(len: usize) -> Function {
    fn deeper(f: &mut Function, n: &mut Numbers, depth: u32) {
        counted(f, depth % 8, |f| {
            arithmetic(f, n);
            if depth > 0 {
                deeper(f, n, depth - 1);
            }
        });
    }
    repeated(len, |f, n| deeper(f, n, 200))
}

fn table(len: usize) -> Function {
    repeated(len, |f, n| {
        for _ in 0..16 {
            f.instruction(&I::Block(BlockType::Empty));
        }
        let targets: Vec<u32> = (0..15).collect();
        all(
            f,
            &[
                I::LocalGet(0),
                I::I32WrapI64,
                I::BrTable(targets.into(), 15),
            ],
        );
        for _ in 0..16 {
            f.instruction(&I::End);
            arithmetic(f, n);
        }
    })
}

fn wide_table(len: usize) -> Function {
    repeated(len, |f, n| {
        let count = len.min(60_000);
        for _ in 0..64 {
            f.instruction(&I::Block(BlockType::Empty));
        }
        let targets: Vec<u32> = (0..count).map(|_| n.below(64)).collect();
        all(
            f,
            &[
                I::LocalGet(0),
                I::I32WrapI64,
                I::BrTable(targets.into(), 63),
            ],
        );
        for _ in 0..64 {
            f.instruction(&I::End);
            arithmetic(f, n);
        }
    })
}

fn many_locals(len: usize, count: u32) -> Function {
    let (mut f, mut n) = (Function::new([(count, ValType::I64)]), Numbers(1));
    while f.byte_len() < len {
        counted(&mut f, 0, |f| {
            for _ in 0..32 {
                let [a, b, c] = [(); 3].map(|()| 1 + n.below(count - 1));
                all(
                    f,
                    &[I::LocalGet(a), I::LocalGet(b), I::I64Add, I::LocalSet(c)],
                );
            }
        });
    }
    f.instruction(&I::End);
    f
}

fn pressure(len: usize) -> Function {
    many_locals(len, 1000)
}

fn locals(len: usize) -> Function {
    many_locals(len, 10_000)
}

fn stack(len: usize) -> Function {
    repeated(len, |f, n| {
        for _ in 0..10_000 {
            all(f, &[I::LocalGet(n.below(8)), I::I64Const(3), I::I64Xor]);
        }
        for _ in 1..10_000 {
            f.instruction(&I::I64Add);
        }
        f.instruction(&I::LocalSet(n.below(8)));
    })
}

fn vectors(len: usize) -> Function {
    repeated(len, |f, n| {
        let [a, b, c] = [(); 3].map(|()| LANES + n.below(4));
        let op = match n.below(4) {
            0 => I::I8x16Add,
            1 => I::F32x4Mul,
            2 => I::I32x4DotI16x8S,
            _ => I::I16x8AvgrU,
        };
        all(f, &[I::LocalGet(a), I::LocalGet(b), op, I::LocalSet(c)]);
    })
}

fn memory(len: usize) -> Function {
    repeated(len, |f, n| {
        access(f, n);
        if n.below(8) == 0 {
            arithmetic(f, n);
        }
    })
}

/// A module with `len` bytes of code in this shape.
fn module(shape: &Shape, len: usize) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    while code.byte_len() < len {
        functions.function(0);
        code.function(&(shape.body)(if shape.many { 600 } else { len }));
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: true,
        shared: false,
        page_size_log2: None,
    });
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&memories);
    module.section(&code);
    module.finish()
}

/// What compiling took.
struct Cost {
    /// CPU time without machine code, and with it.
    lowered_ms: f64,
    compiled_ms: f64,
    /// Most memory of the process, with machine code, beyond what it had.
    peak_mib: f64,
    /// Functions that stay in the interpreter.
    refused: u32,
}

/// CPU time of this thread, in nanoseconds.
fn cpu_time() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = text.split_whitespace().next();
    Ok(first.ok_or("the kernel keeps no time")?.parse()?)
}

/// The most memory that this process ever had.
fn peak_kib() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let line = line.ok_or("the kernel tells no peak of memory")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}

/// Compiles one module in this process and prints what it took.
pub(crate) fn one(name: &str, len: usize) -> Result<(), Box<dyn Error>> {
    let shape = SHAPES.iter().find(|shape| shape.name == name);
    let wasm = module(shape.ok_or("there is no such shape")?, len);
    let (before, start) = (peak_kib()?, cpu_time()?);
    lockstep::compile(&wasm, lockstep::Tier::Interpreter)?;
    let middle = cpu_time()?;
    let refused = lockstep::compile(&wasm, lockstep::Tier::Jit)?;
    let end = cpu_time()?;
    let (lowered, compiled) = (middle - start, end - middle);
    println!("{lowered} {compiled} {} {refused}", peak_kib()? - before);
    Ok(())
}

fn measured(shape: &Shape, len: usize) -> Result<Cost, Box<dyn Error>> {
    let mut best: Option<Cost> = None;
    for _ in 0..3 {
        let done = Command::new(std::env::current_exe()?)
            .args(["curve", "--one", shape.name, "--len", &len.to_string()])
            .output()?;
        if !done.status.success() {
            let words = String::from_utf8_lossy(&done.stderr).into_owned();
            return Err(format!("{} of {len} bytes: {words}", shape.name).into());
        }
        let text = String::from_utf8(done.stdout)?;
        let numbers: Result<Vec<f64>, _> = text.split_whitespace().map(str::parse).collect();
        let [lowered, compiled, peak, refused] = numbers?[..] else {
            return Err(format!("{} of {len} bytes: no numbers", shape.name).into());
        };
        let cost = Cost {
            lowered_ms: lowered / 1e6,
            compiled_ms: compiled / 1e6,
            peak_mib: peak / 1024.0,
            refused: refused as u32,
        };
        if best
            .as_ref()
            .is_none_or(|best| cost.compiled_ms < best.compiled_ms)
        {
            best = Some(cost);
        }
    }
    Ok(best.expect("it was measured"))
}

/// Prints the curves of all shapes whose name contains `filter`.
pub(crate) fn all_shapes(filter: &str) -> Result<(), Box<dyn Error>> {
    println!(
        "| shape | bytes | lowered, ms | compiled, ms | ns a byte | peak, MiB | in the interpreter |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(filter)) {
        let sizes = if shape.many { MODULE_SIZES } else { SIZES };
        for &len in sizes {
            let cost = measured(shape, len)?;
            println!(
                "| {} | {len} | {:.1} | {:.1} | {:.0} | {:.0} | {} |",
                shape.name,
                cost.lowered_ms,
                cost.compiled_ms,
                cost.compiled_ms * 1e6 / len as f64,
                cost.peak_mib,
                cost.refused,
            );
        }
    }
    println!();
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(filter)) {
        println!("- `{}`: {}.", shape.name, shape.about);
    }
    Ok(())
}
