//! Runs any row of the table on raw bits.

use lockstep_isa::*;

/// The operands of one instruction, as bits: values or bytes of memory in the
/// order of the row's arguments, and its immediate.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Case {
    pub(crate) operands: [u128; 3],
    pub(crate) immediate: [u8; 16],
}

fn value<T: Value>(bits: u128) -> T {
    T::from_bits(bits)
}

fn bytes<T: Bytes>(bits: u128) -> T {
    let mut bytes = T::default();
    bytes
        .as_mut()
        .copy_from_slice(&bits.to_le_bytes()[..T::LEN]);
    bytes
}

fn bits_of<T: Bytes>(bytes: T) -> u128 {
    let mut all = [0; 16];
    all[..T::LEN].copy_from_slice(bytes.as_ref());
    u128::from_le_bytes(all)
}

/// Calls the meaning of one row, by class.
macro_rules! eval {
    (unary $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as Unary>::eval(value($a)))))
    };
    (try_unary $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(<op::$Name as TryUnary>::eval(value($a)).map(Value::to_bits))
    };
    (try_binary $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(<op::$Name as TryBinary>::eval(value($a), value($b)).map(Value::to_bits))
    };
    (extract_lane $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as ExtractLane>::eval(value($a), $imm[0]))))
    };
    (replace_lane $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as ReplaceLane>::eval(value($a), value($b), $imm[0]))))
    };
    (shuffle $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as Shuffle>::eval(value($a), value($b), $imm))))
    };
    (load $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as Load>::eval(bytes($a)))))
    };
    (store $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(bits_of(<op::$Name as Store>::eval(value($a)))))
    };
    (load_lane $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as LoadLane>::eval(bytes($a), value($b), $imm[0]))))
    };
    (store_lane $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(bits_of(<op::$Name as StoreLane>::eval(value($a), $imm[0]))))
    };
    (control $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        None
    };
    (machine $($row:tt)*) => { None };
    (binary $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as Binary>::eval(value($a), value($b)))))
    };
    (commute $($row:tt)*) => { eval!(binary $($row)*) };
    (compare $($row:tt)*) => { eval!(binary $($row)*) };
    (ternary $Name:ident $a:ident $b:ident $c:ident $imm:ident) => {
        Some(Ok(Value::to_bits(<op::$Name as Ternary>::eval(value($a), value($b), value($c)))))
    };
    (ternary_unfused $($row:tt)*) => { eval!(ternary $($row)*) };
}

macro_rules! define {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal ($($arg:tt),*) -> ($($result:tt),*)
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// What the row's meaning gives, or `None` for a row without one.
        pub(crate) fn run(op: Op, case: &Case) -> Option<Result<u128, Trap>> {
            let Case { operands: [a, b, c], immediate } = *case;
            match op { $($(Op::$Name => eval!($class $Name a b c immediate),)*)* }
        }

        /// The types of the row's arguments, as written in the table.
        pub(crate) fn arguments(op: Op) -> &'static [&'static str] {
            match op { $($(Op::$Name => &[$(stringify!($arg)),*],)*)* }
        }
    };
}

for_each_op!(define);
