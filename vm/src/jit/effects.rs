//! Which slots an instruction of register code reads and writes.

use isa::{Class, NumType, Op};

use crate::code::{Head, Kind, field};

/// Types of operands and result of a row, lane numbers and bytes left out.
pub(super) struct Signature {
    pub(super) args: [Option<NumType>; 3],
    pub(super) result: Option<NumType>,
}

macro_rules! num_type {
    (i32) => {
        Some(NumType::I32)
    };
    (i64) => {
        Some(NumType::I64)
    };
    (f32) => {
        Some(NumType::F32)
    };
    (f64) => {
        Some(NumType::F64)
    };
    (V128) => {
        Some(NumType::V128)
    };
    ($other:tt) => {
        None
    };
}

macro_rules! signatures {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The signature of a row, as the table has it.
        pub(super) const fn signature(op: Op) -> Signature {
            match op {
                $($(Op::$Name => Signature {
                    args: three(&[$(num_type!($arg)),*]),
                    result: one(&[$(num_type!($result)),*]),
                },)*)*
            }
        }
    };
}

const fn three(args: &[Option<NumType>]) -> [Option<NumType>; 3] {
    let mut all = [None; 3];
    let mut i = 0;
    while i < args.len() {
        all[i] = args[i];
        i += 1;
    }
    all
}

const fn one(results: &[Option<NumType>]) -> Option<NumType> {
    if results.is_empty() { None } else { results[0] }
}

isa::for_each_op!(signatures);

/// The places instructions read and write: slots, and behind them the two
/// accumulators.
#[derive(Clone, Copy)]
pub(super) struct Places {
    pub(super) frame_slots: u32,
}

impl Places {
    pub(super) fn acc(self) -> u32 {
        self.frame_slots
    }

    pub(super) fn vec(self) -> u32 {
        self.frame_slots + 1
    }

    pub(super) fn count(self) -> u32 {
        self.frame_slots + 2
    }

    /// The accumulator of a type.
    fn acc_of(self, ty: NumType) -> u32 {
        match ty {
            NumType::I32 | NumType::I64 => self.acc(),
            NumType::F32 | NumType::F64 | NumType::V128 => self.vec(),
        }
    }
}

/// What an instruction does to a place, in the order in which it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Read(u32),
    Write(u32),
    /// From this slot on, nothing keeps its value.
    Forget(u32),
}

/// The instruction being looked at.
struct Scan<'a, F> {
    places: Places,
    words: &'a [u64],
    head: Head,
    fields: u64,
    sink: F,
}

/// Tells `sink` what the instruction at `pos` reads and writes.
pub(super) fn effects(places: Places, words: &[u64], pos: usize, sink: impl FnMut(Effect)) {
    let head = Head(words[pos]);
    if head.op() == Op::Charge {
        return;
    }
    let mut scan = Scan {
        places,
        words: &words[pos..],
        head,
        fields: words[pos + 1],
        sink,
    };
    match head.op().class() {
        Class::Control | Class::Machine => scan.machine(),
        _ => scan.row(),
    }
}

fn width(ty: NumType) -> u32 {
    if ty == NumType::V128 { 2 } else { 1 }
}

impl<F: FnMut(Effect)> Scan<'_, F> {
    fn slot(&self, n: u32) -> u32 {
        u32::from(field(self.fields, n))
    }

    fn read(&mut self, slot: u32, ty: NumType) {
        for part in 0..width(ty) {
            (self.sink)(Effect::Read(slot + part));
        }
    }

    fn write(&mut self, slot: u32, ty: NumType) {
        for part in 0..width(ty) {
            (self.sink)(Effect::Write(slot + part));
        }
    }

    /// An operand in the field `n`, of the kind `kind`.
    fn operand(&mut self, kind: Kind, n: u32, ty: NumType) {
        match kind {
            Kind::Slot => self.read(self.slot(n), ty),
            Kind::Acc => (self.sink)(Effect::Read(self.places.acc_of(ty))),
            Kind::Const => {}
        }
    }

    /// A result: in its accumulator, and in a slot if it is kept.
    fn result(&mut self, ty: NumType) {
        (self.sink)(Effect::Write(self.places.acc_of(ty)));
        if self.head.has(Head::KEEP) {
            self.write(self.slot(0), ty);
        }
    }

    fn row(&mut self) {
        let op = self.head.op();
        let form = self.head.form();
        let signature = signature(op);
        match op.class() {
            Class::Load => {
                self.operand(form.kind(0), 1, NumType::I64);
                if self.head.has(Head::SUM) {
                    self.operand(form.kind(1), 2, NumType::I64);
                }
            }
            Class::Store => {
                self.operand(form.kind(0), 1, NumType::I64);
                let ty = signature.args[0].expect("a store has a value");
                self.operand(form.kind(1), 0, ty);
            }
            Class::LoadLane | Class::StoreLane => {
                self.operand(Kind::Slot, 1, NumType::I64);
                self.operand(Kind::Slot, 2, NumType::V128);
            }
            _ => {
                for (index, ty) in signature.args.into_iter().flatten().enumerate() {
                    self.operand(form.kind(index as u8), index as u32 + 1, ty);
                }
            }
        }
        let branches = self.head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0;
        if let (Some(ty), false) = (signature.result, branches) {
            self.result(ty);
        }
    }

    fn machine(&mut self) {
        use NumType::{F64, I64, V128};
        let form = self.head.form();
        match self.head.op() {
            Op::Zero => {
                for slot in self.slot(0)..self.slot(1) {
                    (self.sink)(Effect::Write(slot));
                }
            }
            Op::CopySlot | Op::CopySum => {
                self.read(self.slot(1), I64);
                self.write(self.slot(0), I64);
            }
            Op::CopyWide => {
                self.read(self.slot(1), V128);
                self.write(self.slot(0), V128);
            }
            Op::CopyConst => self.write(self.slot(0), I64),
            Op::CopyAcc => {
                self.operand(Kind::Acc, 0, I64);
                self.write(self.slot(0), I64);
            }
            Op::CopyVec => {
                self.operand(Kind::Acc, 0, F64);
                self.write(self.slot(0), F64);
            }
            Op::CopyVecWide => {
                self.operand(Kind::Acc, 0, V128);
                self.write(self.slot(0), V128);
            }
            Op::Select => self.select(I64),
            Op::SelectVec => self.select(F64),
            Op::SelectWide => self.select(V128),
            Op::V128Const | Op::GlobalGetWide => self.result(V128),
            Op::GlobalGet | Op::RefFunc | Op::MemorySize | Op::TableSize => self.result(I64),
            Op::GlobalGetVec => self.result(F64),
            Op::GlobalSet => self.operand(form.kind(0), 1, I64),
            Op::GlobalSetVec => self.operand(Kind::Acc, 1, F64),
            Op::GlobalSetWide => self.operand(form.kind(0), 1, V128),
            Op::Address | Op::TableGet | Op::RefAsNonNull | Op::MemoryGrow => {
                self.operand(form.kind(0), 1, I64);
                self.result(I64);
            }
            Op::TableGrow => {
                self.slots(1, 2);
                self.result(I64);
            }
            Op::TableSet => self.slots(1, 2),
            Op::MemoryFill | Op::MemoryCopy | Op::MemoryInit => self.slots(1, 3),
            Op::TableFill | Op::TableCopy | Op::TableInit => self.slots(1, 3),
            Op::BrTable => self.operand(form.kind(0), 1, I64),
            Op::ThrowRef => self.slots(1, 1),
            Op::Throw => {
                for slot in self.slot(1)..self.places.frame_slots {
                    (self.sink)(Effect::Read(slot));
                }
            }
            Op::Return => self.operand(form.kind(0), 1, I64),
            Op::ReturnVec => self.operand(Kind::Acc, 1, F64),
            Op::ReturnWide => self.operand(form.kind(0), 1, V128),
            Op::ReturnMany => {
                for index in 0..self.slot(3) {
                    let word = self.words[2 + index as usize / 4];
                    self.read(u32::from(field(word, index % 4)), I64);
                }
            }
            Op::Call | Op::ReturnCall => self.call(),
            Op::CallIndirect | Op::CallRef | Op::ReturnCallIndirect | Op::ReturnCallRef => {
                self.operand(form.kind(0), 1, I64);
                self.call();
            }
            _ => {}
        }
    }

    /// Operands in slots named by `count` fields from `first`.
    fn slots(&mut self, first: u32, count: u32) {
        for n in first..first + count {
            self.read(self.slot(n), NumType::I64);
        }
    }

    fn select(&mut self, ty: NumType) {
        let form = self.head.form();
        self.operand(form.kind(0), 1, ty);
        self.operand(form.kind(1), 2, ty);
        self.operand(form.kind(2), 3, NumType::I32);
        self.result(ty);
    }

    fn call(&mut self) {
        for (to, from) in moves(self.words) {
            self.read(from, NumType::I64);
            self.write(to, NumType::I64);
        }
        let base = self.slot(0);
        for slot in base..base + self.slot(2) {
            (self.sink)(Effect::Read(slot));
        }
        (self.sink)(Effect::Forget(base));
    }
}

/// The slot moves of the call whose words these are, as pairs of target and
/// source, in order.
pub(super) fn moves(words: &[u64]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let count = u32::from(field(words[1], 3));
    (0..count).map(|index| {
        let word = words[3 + index as usize / 2];
        let part = 2 * (index % 2);
        (
            u32::from(field(word, part)),
            u32::from(field(word, part + 1)),
        )
    })
}
