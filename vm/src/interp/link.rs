//! The handler of every instruction in every form.
//!
//! Rows of the table are matched by class: a new row of a known class needs
//! nothing here.

use isa::{Compare, NumType, Op, TryBinary, TryUnary, Value, op};
use simd::lanes::{
    FastBinary, FastExtractLane, FastLoad, FastLoadLane, FastReplaceLane, FastShuffle, FastStore,
    FastStoreLane, FastTernary, FastUnary,
};

use super::memory::{Far, Near};
use super::{call, control, memory, numeric, table, variable, vector};
use crate::code::{Form, Head, Kind};
use crate::interp::frame::{A, Acc, Cell, Handler, K, Keep, S};

/// The kinds of the first two operands.
fn kinds(form: Form) -> (Kind, Kind) {
    (form.kind(0), form.kind(1))
}

fn no_form(what: &str, form: Form) -> ! {
    unreachable!("lowering never writes {what} in form {form:?}")
}

/// Chooses by destination.
macro_rules! dest {
    ($flags:expr, $family:ident :: $name:ident) => {
        if $flags & Head::KEEP != 0 {
            $family::$name::<Keep> as Handler
        } else {
            $family::$name::<Acc> as Handler
        }
    };
    ($flags:expr, $family:ident :: $name:ident <$($arg:ty),*>) => {
        if $flags & Head::KEEP != 0 {
            $family::$name::<$($arg,)* Keep> as Handler
        } else {
            $family::$name::<$($arg,)* Acc> as Handler
        }
    };
}

/// Chooses by the kind of one operand.
macro_rules! one {
    ($form:expr, $flags:expr, $family:ident :: $name:ident <$O:ty>) => {
        match $form.kind(0) {
            Kind::Slot => dest!($flags, $family::$name<$O, S>),
            _ => dest!($flags, $family::$name<$O, A>),
        }
    };
}

fn unary<O: FastUnary<A: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    match (flags & (Head::IF_TRUE | Head::IF_FALSE), form.kind(0)) {
        (0, _) => one!(form, flags, numeric::unary<O>),
        _ => no_form("a branch on this unary operation", form),
    }
}

/// `eqz`: a value, or the condition of a branch.
fn zero_test<O: FastUnary<A: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    match (flags & (Head::IF_TRUE | Head::IF_FALSE), form.kind(0)) {
        (0, _) => one!(form, flags, numeric::unary<O>),
        (Head::IF_TRUE, Kind::Slot) => numeric::branch_if_unary::<O, S>,
        (Head::IF_TRUE, _) => numeric::branch_if_unary::<O, A>,
        (_, Kind::Slot) => numeric::branch_if_not_unary::<O, S>,
        (_, _) => numeric::branch_if_not_unary::<O, A>,
    }
}

fn try_unary<O: TryUnary<A: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    one!(form, flags, numeric::try_unary<O>)
}

/// Whether two types live in the same accumulator, so that at most one
/// operand is there.
const fn same_file(a: NumType, b: NumType) -> bool {
    matches!(a, NumType::I32 | NumType::I64) == matches!(b, NumType::I32 | NumType::I64)
}

macro_rules! two {
    ($form:expr, $flags:expr, $family:ident :: $name:ident <$O:ty>, $A:ty, $B:ty) => {
        match kinds($form) {
            (Kind::Slot, Kind::Slot) => dest!($flags, $family::$name<$O, S, S>),
            (Kind::Acc, Kind::Slot) => dest!($flags, $family::$name<$O, A, S>),
            (Kind::Slot, Kind::Acc) => dest!($flags, $family::$name<$O, S, A>),
            (Kind::Slot, Kind::Const) => dest!($flags, $family::$name<$O, S, K>),
            (Kind::Acc, Kind::Const) => dest!($flags, $family::$name<$O, A, K>),
            (Kind::Const, Kind::Slot) => dest!($flags, $family::$name<$O, K, S>),
            (Kind::Const, Kind::Acc) => dest!($flags, $family::$name<$O, K, A>),
            (Kind::Acc, Kind::Acc) if const { !same_file(<$A>::TYPE, <$B>::TYPE) } => {
                dest!($flags, $family::$name<$O, A, A>)
            }
            _ => no_form(stringify!($name), $form),
        }
    };
}

fn binary<O: FastBinary<A: Cell, B: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    two!(form, flags, numeric::binary<O>, O::A, O::B)
}

fn try_binary<O: TryBinary<A: Cell, B: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    two!(form, flags, numeric::try_binary<O>, O::A, O::B)
}

/// Binary over vectors of the same type: no constants.
fn binary_lanes<O: FastBinary<A: Cell, B: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => dest!(flags, numeric::binary<O, S, S>),
        (Kind::Acc, Kind::Slot) => dest!(flags, numeric::binary<O, A, S>),
        (Kind::Slot, Kind::Acc) => dest!(flags, numeric::binary<O, S, A>),
        _ => no_form("binary lanes", form),
    }
}

fn commute<O: FastBinary<A: Cell, B: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => dest!(flags, numeric::binary<O, S, S>),
        (Kind::Acc, Kind::Slot) => dest!(flags, numeric::binary<O, A, S>),
        (Kind::Slot, Kind::Const) => dest!(flags, numeric::binary<O, S, K>),
        (Kind::Acc, Kind::Const) => dest!(flags, numeric::binary<O, A, K>),
        _ => no_form("an exchangeable operation", form),
    }
}

fn commute_lanes<O: FastBinary<A: Cell, B: Cell, R: Cell>>(form: Form, flags: u8) -> Handler {
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => dest!(flags, numeric::binary<O, S, S>),
        (Kind::Acc, Kind::Slot) => dest!(flags, numeric::binary<O, A, S>),
        _ => no_form("exchangeable lanes", form),
    }
}

fn compare<O: Compare<A: Cell, B: Cell, R: Cell> + FastBinary>(form: Form, flags: u8) -> Handler {
    macro_rules! by_use {
        ($X:ty, $Y:ty) => {
            match flags & (Head::IF_TRUE | Head::IF_FALSE) {
                0 => dest!(flags, numeric::binary<O, $X, $Y>),
                Head::IF_TRUE => numeric::branch_if::<O, $X, $Y>,
                _ => numeric::branch_if_not::<O, $X, $Y>,
            }
        };
    }
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => by_use!(S, S),
        (Kind::Acc, Kind::Slot) => by_use!(A, S),
        (Kind::Slot, Kind::Const) => by_use!(S, K),
        (Kind::Acc, Kind::Const) => by_use!(A, K),
        _ => no_form("a comparison", form),
    }
}

fn ternary<O: FastTernary>(form: Form, flags: u8) -> Handler {
    match (form.kind(0), form.kind(1), form.kind(2)) {
        (Kind::Acc, ..) => dest!(flags, vector::ternary<O, A, S, S>),
        (_, Kind::Acc, _) => dest!(flags, vector::ternary<O, S, A, S>),
        (.., Kind::Acc) => dest!(flags, vector::ternary<O, S, S, A>),
        _ => dest!(flags, vector::ternary<O, S, S, S>),
    }
}

fn extract_lane<O: FastExtractLane<R: Cell>>(form: Form, flags: u8) -> Handler {
    one!(form, flags, vector::extract_lane<O>)
}

fn replace_lane<O: FastReplaceLane<B: Cell>>(form: Form, flags: u8) -> Handler {
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => dest!(flags, vector::replace_lane<O, S, S>),
        (Kind::Acc, Kind::Slot) => dest!(flags, vector::replace_lane<O, A, S>),
        (Kind::Slot, Kind::Acc) => dest!(flags, vector::replace_lane<O, S, A>),
        _ => dest!(flags, vector::replace_lane<O, A, A>),
    }
}

fn shuffle<O: FastShuffle>(form: Form, flags: u8) -> Handler {
    match kinds(form) {
        (Kind::Acc, _) => dest!(flags, vector::shuffle<O, A, S>),
        (_, Kind::Acc) => dest!(flags, vector::shuffle<O, S, A>),
        _ => dest!(flags, vector::shuffle<O, S, S>),
    }
}

fn load<O: FastLoad<R: Cell>>(form: Form, flags: u8) -> Handler {
    if flags & Head::FAR != 0 {
        return dest!(flags, memory::load<O, Far, S>);
    }
    match (flags & Head::SUM != 0, form.kind(0)) {
        (true, Kind::Slot) if form.kind(1) == Kind::Const => {
            dest!(flags, memory::load_sum<O, S, K>)
        }
        (true, Kind::Slot) => dest!(flags, memory::load_sum<O, S, S>),
        (true, _) if form.kind(1) == Kind::Const => dest!(flags, memory::load_sum<O, A, K>),
        (true, _) => dest!(flags, memory::load_sum<O, A, S>),
        (false, Kind::Slot) => dest!(flags, memory::load<O, Near, S>),
        (false, Kind::Acc) => dest!(flags, memory::load<O, Near, A>),
        (false, Kind::Const) => dest!(flags, memory::load<O, Near, K>),
    }
}

fn store<O: FastStore<A: Cell>>(form: Form, flags: u8) -> Handler {
    if flags & Head::FAR != 0 {
        return memory::store::<O, Far, S, S>;
    }
    if flags & Head::SUM != 0 {
        return match form.kind(1) {
            Kind::Slot => memory::store_sum::<O, S>,
            _ => memory::store_sum::<O, A>,
        };
    }
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => memory::store::<O, Near, S, S>,
        (Kind::Acc, Kind::Slot) => memory::store::<O, Near, A, S>,
        (Kind::Const, Kind::Slot) => memory::store::<O, Near, K, S>,
        (Kind::Slot, Kind::Acc) => memory::store::<O, Near, S, A>,
        (Kind::Const, Kind::Acc) => memory::store::<O, Near, K, A>,
        (Kind::Slot, Kind::Const) => memory::store::<O, Near, S, K>,
        (Kind::Acc, Kind::Const) => memory::store::<O, Near, A, K>,
        (Kind::Acc, Kind::Acc) if const { !same_file(NumType::I64, O::A::TYPE) } => {
            memory::store::<O, Near, A, A>
        }
        _ => no_form("a store", form),
    }
}

fn load_lane<O: FastLoadLane>(flags: u8) -> Handler {
    match flags & Head::FAR {
        0 => dest!(flags, memory::load_lane<O, Near>),
        _ => dest!(flags, memory::load_lane<O, Far>),
    }
}

fn store_lane<O: FastStoreLane>(flags: u8) -> Handler {
    match flags & Head::FAR {
        0 => memory::store_lane::<O, Near>,
        _ => memory::store_lane::<O, Far>,
    }
}

fn select<T: Cell>(form: Form, flags: u8) -> Handler {
    macro_rules! by_condition {
        ($X:ty, $Y:ty) => {
            match form.kind(2) {
                Kind::Slot => dest!(flags, variable::select<T, $X, $Y, S>),
                _ => dest!(flags, variable::select<T, $X, $Y, A>),
            }
        };
    }
    match kinds(form) {
        (Kind::Slot, Kind::Slot) => by_condition!(S, S),
        (Kind::Slot, Kind::Const) => by_condition!(S, K),
        (Kind::Const, Kind::Slot) => by_condition!(K, S),
        (Kind::Const, Kind::Const) => by_condition!(K, K),
        _ => no_form("a select", form),
    }
}

/// The handler of one row, by its class and operand types.
macro_rules! row {
    (unary I32Eqz $args:tt; $form:ident $flags:ident) => {
        zero_test::<op::I32Eqz>($form, $flags)
    };
    (unary I64Eqz $args:tt; $form:ident $flags:ident) => {
        zero_test::<op::I64Eqz>($form, $flags)
    };
    (unary $Name:ident $args:tt; $form:ident $flags:ident) => {
        unary::<op::$Name>($form, $flags)
    };
    (try_unary $Name:ident $args:tt; $form:ident $flags:ident) => {
        try_unary::<op::$Name>($form, $flags)
    };
    (binary $Name:ident (V128, V128); $form:ident $flags:ident) => {
        binary_lanes::<op::$Name>($form, $flags)
    };
    (binary $Name:ident $args:tt; $form:ident $flags:ident) => {
        binary::<op::$Name>($form, $flags)
    };
    (try_binary $Name:ident $args:tt; $form:ident $flags:ident) => {
        try_binary::<op::$Name>($form, $flags)
    };
    (commute $Name:ident (V128, V128); $form:ident $flags:ident) => {
        commute_lanes::<op::$Name>($form, $flags)
    };
    (commute $Name:ident $args:tt; $form:ident $flags:ident) => {
        commute::<op::$Name>($form, $flags)
    };
    (compare $Name:ident $args:tt; $form:ident $flags:ident) => {
        compare::<op::$Name>($form, $flags)
    };
    (ternary $Name:ident $args:tt; $form:ident $flags:ident) => {
        ternary::<op::$Name>($form, $flags)
    };
    (ternary_unfused $Name:ident $args:tt; $form:ident $flags:ident) => {
        ternary::<op::$Name>($form, $flags)
    };
    (extract_lane $Name:ident $args:tt; $form:ident $flags:ident) => {
        extract_lane::<op::$Name>($form, $flags)
    };
    (replace_lane $Name:ident $args:tt; $form:ident $flags:ident) => {
        replace_lane::<op::$Name>($form, $flags)
    };
    (shuffle $Name:ident $args:tt; $form:ident $flags:ident) => {
        shuffle::<op::$Name>($form, $flags)
    };
    (load $Name:ident $args:tt; $form:ident $flags:ident) => {
        load::<op::$Name>($form, $flags)
    };
    (store $Name:ident $args:tt; $form:ident $flags:ident) => {
        store::<op::$Name>($form, $flags)
    };
    (load_lane $Name:ident $args:tt; $form:ident $flags:ident) => {
        load_lane::<op::$Name>($flags)
    };
    (store_lane $Name:ident $args:tt; $form:ident $flags:ident) => {
        store_lane::<op::$Name>($flags)
    };
    (control $Name:ident $args:tt; $form:ident $flags:ident) => {
        machine(Op::$Name, $form, $flags)
    };
    (machine $Name:ident $args:tt; $form:ident $flags:ident) => {
        machine(Op::$Name, $form, $flags)
    };
}

macro_rules! define_handler {
    ($($class:ident { $(
        $Name:ident $mnemonic:literal $args:tt -> $results:tt
        fuel $fuel:literal $(, $key:ident $($path:ident)::+)*;
    )* })*) => {
        /// The handler of an instruction.
        pub(in crate::interp) fn handler(op: Op, form: Form, flags: u8) -> Handler {
            match op { $($(Op::$Name => row!($class $Name $args; form flags),)*)* }
        }
    };
}

isa::for_each_op!(define_handler);

/// Chooses by the kind of one operand, where there is no destination.
macro_rules! source {
    ($form:expr, $family:ident :: $name:ident) => {
        match $form.kind(0) {
            Kind::Slot => $family::$name::<S> as Handler,
            _ => $family::$name::<A> as Handler,
        }
    };
}

/// Direct calls with few slots to move have a handler each.
fn by_moves(form: Form) -> Handler {
    match form.0 {
        1 => call::call_moving_0,
        2 => call::call_moving_1,
        3 => call::call_moving_2,
        4 => call::call_moving_3,
        5 => call::call_moving_4,
        _ => call::call,
    }
}

/// Instructions that are not pure functions of their operands.
fn machine(op: Op, form: Form, flags: u8) -> Handler {
    let far = flags & Head::FAR != 0;
    match op {
        Op::Charge => control::charge,
        Op::Br => control::br,
        Op::BrTable => source!(form, control::br_table),
        Op::Unreachable => control::unreachable,
        Op::Throw => control::throw,
        Op::ThrowRef => control::throw_ref,
        Op::Stop => control::stop,
        Op::Done => control::done,
        Op::Leave => call::leave,
        Op::ToNative => call::to_native,
        Op::BackToNative => call::back_to_native,
        Op::Call if far => call::call_import,
        Op::Call => by_moves(form),
        Op::CallIndirect => source!(form, call::call_indirect),
        Op::CallRef => source!(form, call::call_ref),
        Op::ReturnCall if far => call::return_call_import,
        Op::ReturnCall => call::return_call,
        Op::ReturnCallIndirect => source!(form, call::return_call_indirect),
        Op::ReturnCallRef => source!(form, call::return_call_ref),
        Op::ReturnVoid => call::return_void,
        Op::Return if form.kind(0) == Kind::Const => call::return_one::<K>,
        Op::Return => source!(form, call::return_one),
        Op::ReturnVec => call::return_vec,
        Op::ReturnWide => source!(form, call::return_wide),
        Op::ReturnMany => call::return_many,
        _ => data(op, form, flags),
    }
}

/// Moves, globals, bulk memory and tables.
fn data(op: Op, form: Form, flags: u8) -> Handler {
    match op {
        Op::Zero => variable::zero,
        Op::CopySlot => variable::copy,
        Op::CopyWide => variable::copy_wide,
        Op::CopyConst => variable::copy_const,
        Op::CopySum => variable::copy_sum,
        Op::CopyAcc => variable::copy_acc,
        Op::CopyVec => variable::copy_vec,
        Op::CopyVecWide => variable::copy_vec_wide,
        Op::V128Const => dest!(flags, variable::v128_const),
        Op::Select => select::<i64>(form, flags),
        Op::SelectVec => select::<f64>(form, flags),
        Op::SelectWide => select::<isa::V128>(form, flags),
        Op::GlobalGet => dest!(flags, variable::global_get),
        Op::GlobalGetVec => dest!(flags, variable::global_get_vec),
        Op::GlobalGetWide => dest!(flags, variable::global_get_wide),
        Op::GlobalSet if form.kind(0) == Kind::Const => variable::global_set::<K>,
        Op::GlobalSet => source!(form, variable::global_set),
        Op::GlobalSetVec => variable::global_set_vec,
        Op::GlobalSetWide => source!(form, variable::global_set_wide),
        Op::Address => match form.kind(0) {
            Kind::Slot => dest!(flags, memory::address<S>),
            _ => dest!(flags, memory::address<A>),
        },
        Op::MemorySize => dest!(flags, memory::memory_size),
        Op::MemoryGrow => dest!(flags, memory::memory_grow),
        Op::MemoryFill => memory::memory_fill,
        Op::MemoryCopy => memory::memory_copy,
        Op::MemoryInit => memory::memory_init,
        Op::DataDrop => memory::data_drop,
        Op::TableGet => match form.kind(0) {
            Kind::Slot => dest!(flags, table::table_get<S>),
            _ => dest!(flags, table::table_get<A>),
        },
        Op::TableSet => table::table_set,
        Op::TableSize => dest!(flags, table::table_size),
        Op::TableGrow => dest!(flags, table::table_grow),
        Op::TableFill => table::table_fill,
        Op::TableCopy => table::table_copy,
        Op::TableInit => table::table_init,
        Op::ElemDrop => table::elem_drop,
        Op::RefFunc => dest!(flags, table::ref_func),
        Op::RefAsNonNull => match form.kind(0) {
            Kind::Slot => dest!(flags, table::ref_as_non_null<S>),
            _ => dest!(flags, table::ref_as_non_null<A>),
        },
        _ => unreachable!("{op} is not an instruction of register code"),
    }
}
