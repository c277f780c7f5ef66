//! Control flow of each shape, with too few registers and with enough.

use regalloc::{
    Allocator, Class, Error, Function, Location, Output, Role, SlotWrite, Source, Value,
};

use crate::build::{Builder, allocate, registers};

fn values(list: &[u32]) -> Vec<Source> {
    list.iter().map(|&value| Source::Value(value)).collect()
}

/// Allocates with every number of registers from `least` up.
fn with_few_registers(function: &Function, least: u32) {
    for count in least..14 {
        allocate(function, &registers(count, count));
    }
}

#[test]
fn diamond() {
    let mut b = Builder::new(0);
    let [x, y, left, right, joined] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.end(&[x], &[(1, &[]), (2, &[])]);
    b.block(0, &[], &[]);
    b.binary(left, x, y);
    b.end(&[], &[(3, &values(&[left]))]);
    b.block(0, &[], &[]);
    b.binary(right, y, x);
    b.end(&[], &[(3, &values(&[right]))]);
    b.block(0, &[joined], &[]);
    b.uses(&[joined, x, y]);
    b.end(&[], &[]);
    with_few_registers(&b.function, 2);
}

#[test]
fn parameters_of_a_loop_swap() {
    for wide in [false, true] {
        let mut b = Builder::new(0);
        let mut vector = Value::new(Class::Vec);
        vector.wide = wide;
        let [a, c, x, y, z] = std::array::from_fn(|_| b.value(vector));
        b.block(0, &[], &[]);
        b.def(a);
        b.def(c);
        b.end(&[], &[(1, &values(&[a, c, a]))]);
        b.block(1, &[x, y, z], &[]);
        b.uses(&[x, y, z]);
        b.end(&[], &[(1, &values(&[y, z, x])), (2, &[])]);
        b.block(0, &[], &[]);
        b.uses(&[x, y, z]);
        b.end(&[], &[]);
        with_few_registers(&b.function, 1);
    }
}

#[test]
fn parameters_swap_homes() {
    let mut b = Builder::new(4);
    let homes: [u32; 2] = std::array::from_fn(|home| {
        let mut value = Value::new(Class::Int);
        value.home = Some(home as u32);
        b.value(value)
    });
    let params: [u32; 2] = std::array::from_fn(|home| {
        let mut value = Value::new(Class::Int);
        value.home = Some(home as u32);
        b.value(value)
    });
    let [other] = b.ints();
    b.block(0, &[], &[]);
    b.def(homes[0]);
    b.def(homes[1]);
    b.end(&[], &[(1, &values(&homes))]);
    b.block(1, &params, &[]);
    b.def(other);
    b.uses(&[other]);
    b.end(&[], &[(1, &values(&[params[1], params[0]])), (2, &[])]);
    b.block(0, &[], &[]);
    b.uses(&params);
    b.end(&[], &[]);
    with_few_registers(&b.function, 1);
}

#[test]
fn critical_edges() {
    let mut b = Builder::new(0);
    let [x, y, param] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.end(&[x], &[(1, &[]), (2, &values(&[x]))]);
    b.block(0, &[], &[]);
    b.uses(&[x]);
    b.end(&[y], &[(2, &values(&[y])), (3, &[])]);
    b.block(0, &[param], &[]);
    b.uses(&[param]);
    b.end(&[], &[(3, &[])]);
    b.block(0, &[], &[]);
    b.uses(&[x, y]);
    b.end(&[], &[]);
    with_few_registers(&b.function, 1);
}

#[test]
fn irreducible() {
    let mut b = Builder::new(0);
    let [x, y, left, right] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.end(&[x], &[(1, &values(&[x])), (2, &values(&[y]))]);
    b.block(1, &[left], &[]);
    b.uses(&[left, x]);
    b.end(&[left], &[(2, &values(&[left])), (3, &[])]);
    b.block(1, &[right], &[]);
    b.uses(&[right, y]);
    b.end(&[right], &[(1, &values(&[right])), (3, &[])]);
    b.block(0, &[], &[]);
    b.uses(&[x, y]);
    b.end(&[], &[]);
    with_few_registers(&b.function, 1);
}

#[test]
fn many_values_at_once() {
    let mut b = Builder::new(0);
    let all: [u32; 40] = b.ints();
    b.block(0, &[], &[]);
    for &value in &all {
        b.def(value);
    }
    b.end(&[], &[(1, &[])]);
    b.block(1, &[], &all);
    b.uses(&all);
    b.end(&[], &[(1, &[]), (2, &[])]);
    b.block(0, &[], &all);
    b.uses(&all);
    b.end(&[], &[]);
    with_few_registers(&b.function, 1);
}

#[test]
fn what_is_too_much_is_an_error() {
    let mut b = Builder::new(0);
    let [x, y, z] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.inst(&[(Role::UseLate, x), (Role::Use, y), (Role::Def, z)]);
    b.end(&[], &[]);
    let result = |count| {
        let mut output = Output::default();
        Allocator::new().allocate(&b.function, &registers(count, 1), &mut output)
    };
    let error = Error::TooFewRegisters {
        inst: 2,
        class: Class::Int,
    };
    assert_eq!(result(1), Err(error));
    assert_eq!(result(2), Ok(()));
}

#[test]
fn operands_that_may_be_in_memory_make_room() {
    let mut b = Builder::new(0);
    let [x, y, z, temp] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.inst(&[
        (Role::Def, z),
        (Role::UseAny, x),
        (Role::UseAny, y),
        (Role::UseAny, x),
        (Role::Temp, temp),
    ]);
    b.end(&[z], &[]);
    with_few_registers(&b.function, 2);
}

#[test]
fn a_home_that_is_overwritten_is_not_used() {
    let mut b = Builder::new(2);
    let mut homely = Value::new(Class::Int);
    (homely.home, homely.from_home) = (Some(1), true);
    let x = b.value(homely);
    let [y] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.uses(&[y]);
    b.end(&[x], &[]);
    let at_home = |output: &Output| {
        let from = output.moves.iter().map(|entry| entry.action.from);
        from.filter(|&from| from == Location::Slot(1)).count()
    };
    let output = allocate(&b.function, &registers(1, 1));
    assert_eq!((at_home(&output), output.extra_slots), (1, 0));
    assert_eq!(output.moves.len(), 1, "what comes from home is not stored");
    // The instruction that uses `y` writes `x` itself there, then another.
    let write = |value| SlotWrite {
        inst: 2,
        slot: 1,
        count: 1,
        value,
    };
    b.function.slot_writes.push(write(Some(x)));
    assert_eq!(allocate(&b.function, &registers(1, 1)).extra_slots, 0);
    b.function.slot_writes.push(write(Some(y)));
    let output = allocate(&b.function, &registers(1, 1));
    assert_eq!((at_home(&output), output.extra_slots), (0, 1));
}

#[test]
fn lives_that_are_too_long_are_an_error() {
    let mut b = Builder::new(0);
    let all: [u32; 3000] = b.ints();
    b.block(0, &[], &[]);
    for &value in &all {
        b.def(value);
    }
    b.end(&[], &[(1, &[])]);
    for block in 1..3000 {
        b.block(0, &[], &[]);
        b.end(&[], &[(block + 1, &[])]);
    }
    b.block(0, &[], &[]);
    b.uses(&all);
    b.end(&[], &[]);
    let mut output = Output::default();
    let result = Allocator::new().allocate(&b.function, &registers(9, 1), &mut output);
    assert_eq!(result, Err(Error::LivesTooLong));
}
