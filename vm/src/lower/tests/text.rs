//! Stack programs out of bytes: many values on the stack, locals that change
//! under them, blocks of several values, branches, calls, both kinds of
//! exceptions.

use std::fmt::Write;

const TYPES: [&str; 4] = ["i32", "i64", "f64", "v128"];
const I32: usize = 0;
const I64: usize = 1;
const V128: usize = 3;

/// What the tag carries, and what the function `$g` takes.
const PAYLOAD: [usize; 3] = [I32, V128, I64];

/// Locals are two of each type, in this order: parameters first.
const LOCALS: [usize; 8] = [0, 1, 2, 3, 3, 2, 1, 0];

/// Most structured instructions inside each other.
const DEEPEST: usize = 5;

/// A label in scope.
struct Label {
    /// What a branch to it carries.
    carries: Vec<usize>,
}

struct Text<'a> {
    bytes: std::slice::Iter<'a, u8>,
    out: String,
    stack: Vec<usize>,
    labels: Vec<Label>,
}

/// A module with one function made of the bytes.
pub(super) fn module(bytes: &[u8]) -> String {
    let mut text = Text {
        bytes: bytes.iter(),
        out: String::new(),
        stack: Vec::new(),
        labels: Vec::new(),
    };
    let results = text.types(3);
    let carries = results.clone();
    text.labels.push(Label { carries });
    text.body(0, &results);
    let names = |types: &[usize]| {
        let names: Vec<&str> = types.iter().map(|&ty| TYPES[ty]).collect();
        names.join(" ")
    };
    format!(
        "(module (memory 1) (memory $wide i64 1) (tag $e (param i32 v128 i64))
         (func $g (param i32 v128 i64) (result v128 i32) local.get 1 local.get 0)
         (func (param {}) (result {}) (local {})\n{}))",
        names(&LOCALS[..4]),
        names(&results),
        names(&LOCALS[4..]),
        text.out
    )
}

impl Text<'_> {
    /// A number below `bound`; 0 when the bytes are used up.
    fn below(&mut self, bound: usize) -> usize {
        usize::from(*self.bytes.next().unwrap_or(&0)) % bound
    }

    fn types(&mut self, most: usize) -> Vec<usize> {
        let count = self.below(most + 1);
        (0..count).map(|_| self.below(TYPES.len())).collect()
    }

    fn line(&mut self, words: &str) {
        self.out.push_str(words);
        self.out.push('\n');
    }

    /// Pushes a value of this type: a constant, a local, or a local that is
    /// given its own value.
    fn value(&mut self, ty: usize) {
        let local = match self.below(2) {
            0 => LOCALS.iter().position(|&local| local == ty),
            _ => LOCALS.iter().rposition(|&local| local == ty),
        };
        let local = local.expect("there are locals of every type");
        let number = self.below(256);
        match self.below(4) {
            0 if ty == V128 => self.line(&format!("v128.const i64x2 {number} 1")),
            0 => self.line(&format!("{}.const {number}", TYPES[ty])),
            1 => self.line(&format!("local.get {local} local.tee {local}")),
            _ => self.line(&format!("local.get {local}")),
        }
        self.stack.push(ty);
    }

    fn values(&mut self, types: &[usize]) {
        types.iter().for_each(|&ty| self.value(ty));
    }

    fn pop(&mut self, count: usize) {
        self.stack.truncate(self.stack.len() - count);
    }

    /// Instructions that leave `results` above `floor`, or end in a branch.
    fn body(&mut self, floor: usize, results: &[usize]) {
        for _ in 0..self.below(24) {
            if self.bytes.len() == 0 {
                break;
            }
            if self.instruction(floor) {
                self.stack.truncate(floor);
                return;
            }
        }
        if self.stack[floor..] != *results {
            let extra = self.stack.len() - floor;
            self.line(&"drop ".repeat(extra));
            self.pop(extra);
            self.values(results);
        }
        self.stack.truncate(floor);
    }

    /// One instruction, with what it needs; whether control never comes out.
    fn instruction(&mut self, floor: usize) -> bool {
        let has = self.stack.len() - floor;
        match self.below(16) {
            0..=2 => {
                let ty = self.below(TYPES.len());
                self.value(ty);
            }
            3 if has > 0 => self.assign("local.set"),
            4 if has > 0 => self.assign("local.tee"),
            5 if has > 0 => {
                self.line("drop");
                self.pop(1);
            }
            6 | 7 => self.compute(floor),
            8 => self.access(),
            9 => {
                self.values(&PAYLOAD);
                self.line("call $g");
                self.pop(3);
                self.stack.extend([V128, I32]);
            }
            10 | 11 if self.labels.len() <= DEEPEST => self.structure(floor),
            12 | 13 => return self.branch(),
            14 if self.below(4) == 0 => {
                self.values(&PAYLOAD);
                self.line("throw $e");
                return true;
            }
            _ => {
                let bulk = ["memory.fill", "memory.copy"][self.below(2)];
                self.values(&[I32, I32, I32]);
                self.line(bulk);
                self.pop(3);
            }
        }
        false
    }

    fn assign(&mut self, how: &str) {
        let top = *self.stack.last().expect("something is on the stack");
        let local = LOCALS.iter().position(|&ty| ty == top);
        let local = local.expect("there are locals of every type");
        let other = LOCALS.len() - 1 - local;
        let local = [local, other][self.below(2)];
        self.line(&format!("{how} {local}"));
        self.pop(usize::from(how == "local.set"));
    }

    fn compute(&mut self, floor: usize) {
        let top = match self.stack.len() > floor {
            true => *self.stack.last().expect("it is not empty"),
            false => I64,
        };
        if self.stack.len() == floor {
            self.value(top);
        }
        self.value(top);
        let ops: &[(&str, usize)] = match top {
            0 => &[("i32.add", 0), ("i32.lt_s", 0), ("i32.div_u", 0)],
            1 => &[("i64.add", 1), ("i64.lt_u", 0), ("i64.add", 1)],
            2 => &[("f64.mul", 2), ("f64.ge", 0), ("f64.min", 2)],
            _ => &[("i8x16.add", 3), ("i8x16.swizzle", 3), ("f32x4.mul", 3)],
        };
        match self.below(4) {
            3 => {
                self.value(I32);
                self.line("select");
                self.pop(2);
            }
            which => {
                let (op, result) = ops[which];
                self.line(op);
                self.pop(2);
                self.stack.push(result);
            }
        }
        if self.stack.last() == Some(&I32) && self.below(2) == 0 {
            let (op, result) = [("i32.eqz", I32), ("i64.extend_i32_u", I64)][self.below(2)];
            self.line(op);
            self.pop(1);
            self.stack.push(result);
        }
    }

    fn access(&mut self) {
        let (address, memory) = [(I32, 0), (I64, 1)][self.below(2)];
        self.value(address);
        if self.below(2) == 0 {
            let ty = TYPES[address];
            let number = self.below(256);
            self.line(&format!("{ty}.const {number} {ty}.add"));
        }
        let far = [0xffff_fff0, u64::MAX][memory];
        let offset = [0, 8, far][self.below(3)];
        match self.below(3) {
            0 => {
                self.line(&format!("i64.load {memory} offset={offset}"));
                self.pop(1);
                self.stack.push(I64);
            }
            1 => {
                self.value(I64);
                self.line(&format!("i64.store {memory} offset={offset}"));
                self.pop(2);
            }
            _ => {
                self.value(V128);
                self.line(&format!("v128.load32_lane {memory} offset={offset} 2"));
                self.pop(2);
                self.stack.push(V128);
            }
        }
    }

    /// A branch with fresh values; whether it is always taken.
    fn branch(&mut self) -> bool {
        let depth = self.below(self.labels.len());
        let carries = self.labels[self.labels.len() - 1 - depth].carries.clone();
        self.values(&carries);
        match self.below(8) {
            0 => {
                self.line(&format!("br {depth}"));
                return true;
            }
            1 => {
                self.value(I32);
                self.line(&format!("br_table {depth} {depth} {depth}"));
                return true;
            }
            2 => self.line("i32.const 0"),
            _ => self.line("local.get 0 local.get 7 i32.lt_u i32.eqz"),
        }
        self.line(&format!("br_if {depth}"));
        false
    }

    fn structure(&mut self, floor: usize) {
        let kind = self.below(5);
        if kind == 3 {
            return self.try_table();
        }
        let count = self.below(3).min(self.stack.len() - floor);
        let inner = self.stack.len() - count;
        let params = self.stack[inner..].to_vec();
        let results = self.types(3);
        let carries = if kind == 1 { &params } else { &results }.clone();
        let opener = ["block", "loop", "local.get 0 if", "", "try"][kind];
        let ty = signature(&params, &results);
        self.line(&format!("{opener}{ty}"));
        self.labels.push(Label { carries });
        self.body(inner, &results);
        match (kind, self.below(2)) {
            (2, _) => {
                self.line("else");
                self.stack.extend(&params);
                self.body(inner, &results);
            }
            (4, 0) => {
                self.line("catch $e");
                self.stack.extend(PAYLOAD);
                self.body(inner, &results);
            }
            (4, _) => {
                self.line("catch_all");
                self.body(inner, &results);
                self.line("rethrow 0");
            }
            _ => {}
        }
        self.line("end");
        self.labels.pop();
        self.stack.extend(results);
    }

    /// A `try_table` in the block that gets what it catches; what it leaves
    /// itself is dropped.
    fn try_table(&mut self) {
        let carries = PAYLOAD.to_vec();
        self.line(&format!("block{}", signature(&[], &carries)));
        self.labels.push(Label { carries });
        let results = self.types(3);
        let ty = signature(&[], &results);
        self.line(&format!("try_table{ty} (catch $e 0)"));
        let carries = results.clone();
        self.labels.push(Label { carries });
        let floor = self.stack.len();
        self.body(floor, &results);
        self.labels.pop();
        self.line("end");
        self.line(&"drop ".repeat(results.len()));
        self.values(&PAYLOAD);
        self.labels.pop();
        self.line("end");
    }
}

fn signature(params: &[usize], results: &[usize]) -> String {
    let mut text = String::new();
    for (what, types) in [("param", params), ("result", results)] {
        for &ty in types {
            let _ = write!(text, " ({what} {})", TYPES[ty]);
        }
    }
    text
}
