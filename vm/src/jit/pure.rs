//! Any row of the opcode table by its meaning, for those that machine code has
//! no instructions for.

use isa::{Binary, ExtractLane, Op, ReplaceLane, Shuffle, Ternary, Unary, V128, Value, op};

use crate::machine::context::Context;

/// Operands in order, and the result in place of the first.
type Operands = [[u64; 2]; 4];

fn get<T: Value>(bits: [u64; 2]) -> T {
    T::from_bits(u128::from(bits[0]) | u128::from(bits[1]) << 64)
}

fn put(operands: &mut Operands, value: impl Value) {
    let bits = value.to_bits();
    operands[0] = [bits as u64, (bits >> 64) as u64];
}

fn unary<O: Unary>(operands: &mut Operands) {
    put(operands, O::eval(get(operands[0])));
}

fn binary<O: Binary>(operands: &mut Operands) {
    put(operands, O::eval(get(operands[0]), get(operands[1])));
}

fn ternary<O: Ternary>(operands: &mut Operands) {
    let [a, b, c, _] = operands.map(get);
    put(operands, O::eval(a, b, c));
}

fn extract_lane<O: ExtractLane>(operands: &mut Operands, lane: u8) {
    put(operands, O::eval(get(operands[0]), lane));
}

fn replace_lane<O: ReplaceLane>(operands: &mut Operands, lane: u8) {
    put(operands, O::eval(get(operands[0]), get(operands[1]), lane));
}

/// The lane numbers are in place of a third operand.
fn shuffle<O: Shuffle>(operands: &mut Operands) {
    let [a, b, lanes, _] = operands.map(get::<V128>);
    put(operands, O::eval(a, b, lanes.to_bytes()));
}

/// Computes one row, by its class.
macro_rules! row {
    (unary $Name:ident $operands:ident $lane:ident) => {
        unary::<op::$Name>($operands)
    };
    (binary $Name:ident $operands:ident $lane:ident) => {
        binary::<op::$Name>($operands)
    };
    (commute $Name:ident $operands:ident $lane:ident) => {
        binary::<op::$Name>($operands)
    };
    (compare $Name:ident $operands:ident $lane:ident) => {
        binary::<op::$Name>($operands)
    };
    (ternary $Name:ident $operands:ident $lane:ident) => {
        ternary::<op::$Name>($operands)
    };
    (ternary_unfused $Name:ident $operands:ident $lane:ident) => {
        ternary::<op::$Name>($operands)
    };
    (extract_lane $Name:ident $operands:ident $lane:ident) => {
        extract_lane::<op::$Name>($operands, $lane)
    };
    (replace_lane $Name:ident $operands:ident $lane:ident) => {
        replace_lane::<op::$Name>($operands, $lane)
    };
    (shuffle $Name:ident $operands:ident $lane:ident) => {
        shuffle::<op::$Name>($operands)
    };
    ($class:ident $Name:ident $operands:ident $lane:ident) => {
        unreachable!(concat!(stringify!($Name), " is no pure function"))
    };
}

macro_rules! define_compute {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal $args:tt -> $results:tt
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// Replaces operands by the result of the row.
        fn compute(op: Op, operands: &mut Operands, lane: u8) {
            match op { $($(Op::$Name => row!($class $Name operands lane),)*)* }
        }
    };
}

isa::for_each_op!(define_compute);

/// Computes row number `op` from the context's operands, with lane number
/// `lane` if it has one; the result takes the place of the first operand.
///
/// # Safety
/// The context is that of a run whose machine code waits.
pub(super) unsafe extern "sysv64" fn pure(cx: *mut Context, op: u32, lane: u32) {
    let op = Op::from_number(op as u16).expect("the compiler names rows of the table");
    // SAFETY: the caller's promise.
    let operands = unsafe { &mut (*cx).operands };
    compute(op, operands, lane as u8);
}

#[cfg(test)]
mod tests {
    use isa::Op;

    use super::compute;

    #[track_caller]
    fn check(op: Op, operands: [[u64; 2]; 4], lane: u8, result: [u64; 2]) {
        let mut operands = operands;
        compute(op, &mut operands, lane);
        assert_eq!(operands[0], result, "{op}");
    }

    #[test]
    fn every_class_finds_its_operands() {
        let none = [0, 0];
        let least = [0x8000_0000, 0];
        check(Op::I32Clz, [[1, 0], none, none, none], 0, [31, 0]);
        check(
            Op::I64ExtendI32S,
            [least, none, none, none],
            0,
            [0xffff_ffff_8000_0000, 0],
        );
        check(
            Op::I32Sub,
            [[3, 0], [5, 0], none, none],
            0,
            [0xffff_fffe, 0],
        );
        check(Op::I32Add, [least, least, none, none], 0, none);
        check(Op::I64LtS, [[u64::MAX, 0], none, none, none], 0, [1, 0]);
        check(
            Op::F64Min,
            [[0, 0], [1 << 63, 0], none, none],
            0,
            [1 << 63, 0],
        );
        let (a, b) = (
            [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908],
            [u64::MAX, 0],
        );
        check(Op::V128Bitselect, [a, none, b, none], 0, [a[0], 0]);
        check(Op::I16x8ExtractLaneU, [a, none, none, none], 5, [0x0b0a, 0]);
        check(
            Op::I8x16ReplaceLane,
            [a, [0x1ff, 0], none, none],
            8,
            [a[0], a[1] | 0xff],
        );
        let lanes = [0x1010_0000_0f0f_1f1f, 0];
        check(
            Op::I8x16Shuffle,
            [a, b, lanes, none],
            0,
            [0xffff_0000_0f0f_0000, 0],
        );
    }
}
