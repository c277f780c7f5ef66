//! The checker finds what is wrong.

use regalloc::{Class, Function, Location, Output, Registers, Role, Source, Value, check};

use crate::build::{Builder, allocate, registers};
use crate::program::{Random, program};

/// Every kind of fault, planted in random allocations. Some faults do no
/// harm, because the value is there too or is not read any more; of each
/// kind most must be found.
#[test]
fn planted_faults_are_found() {
    type Plant = fn(&mut Random, &Function, &Registers, &mut Output) -> bool;
    let plants: [(&str, Plant, usize); 6] = [
        ("an operand's register", wrong_register, 60),
        ("a load or store is missing", lost_move, 60),
        ("a move on an edge is missing", lost_edge_move, 60),
        ("moves on an edge are swapped", swapped_edge_moves, 10),
        ("a state", wrong_state, 60),
        ("a slot", wrong_slot, 60),
    ];
    for (name, plant, least) in plants {
        let (mut planted, mut found) = (0, 0);
        for seed in 0..250 {
            let mut random = Random::new(seed);
            let (function, registers) = program(&mut random);
            let mut output = allocate(&function, &registers);
            if plant(&mut random, &function, &registers, &mut output) {
                planted += 1;
                found += usize::from(check(&function, &registers, &output).is_err());
            }
        }
        let enough = planted >= 50 && found * 100 >= planted * least;
        assert!(enough, "{name}: found {found} of {planted}");
    }
}

fn wrong_register(
    random: &mut Random,
    function: &Function,
    registers: &Registers,
    output: &mut Output,
) -> bool {
    let reads = |at: &usize| function.operands[*at].role.is_use();
    let reads: Vec<usize> = (0..function.operands.len()).filter(reads).collect();
    if reads.is_empty() {
        return false;
    }
    let at = reads[random.below(reads.len())];
    let class = function.values[function.operands[at].value as usize].class;
    let all = registers.of(class);
    let lowest = Location::Register(all.trailing_zeros() as u8);
    let highest = Location::Register(63 - all.leading_zeros() as u8);
    let place = &mut output.locations[at];
    *place = if *place == lowest { highest } else { lowest };
    true
}

fn lost_move(random: &mut Random, _: &Function, _: &Registers, output: &mut Output) -> bool {
    let count = output.moves.len();
    count > 0 && {
        output.moves.remove(random.below(count));
        true
    }
}

fn lost_edge_move(random: &mut Random, _: &Function, _: &Registers, output: &mut Output) -> bool {
    let edges = 0..output.edges.len();
    let full: Vec<usize> = edges.filter(|&at| !output.edges[at].is_empty()).collect();
    !full.is_empty() && {
        output.edges[full[random.below(full.len())]].end -= 1;
        true
    }
}

fn swapped_edge_moves(
    random: &mut Random,
    _: &Function,
    _: &Registers,
    output: &mut Output,
) -> bool {
    let edges = 0..output.edges.len();
    let full: Vec<usize> = edges.filter(|&at| output.edges[at].len() > 1).collect();
    !full.is_empty() && {
        let moves = output.edges[full[random.below(full.len())]];
        output.edge_moves[moves.indices()].reverse();
        true
    }
}

fn wrong_state(random: &mut Random, _: &Function, _: &Registers, output: &mut Output) -> bool {
    let count = output.states.len();
    count > 0 && {
        let state = &mut output.states[random.below(count)];
        *state = match *state {
            Location::Register(register) => Location::Slot(u32::from(register)),
            Location::Slot(slot) => Location::Slot(slot ^ 2),
            Location::Constant(number) => Location::Constant(number + 1),
        };
        true
    }
}

fn wrong_slot(random: &mut Random, _: &Function, _: &Registers, output: &mut Output) -> bool {
    let slots = |at: &usize| matches!(output.moves[*at].action.to, Location::Slot(_));
    let stores: Vec<usize> = (0..output.moves.len()).filter(slots).collect();
    !stores.is_empty() && {
        let action = &mut output.moves[stores[random.below(stores.len())]].action;
        if let Location::Slot(slot) = &mut action.to {
            *slot ^= 2;
        }
        true
    }
}

/// A function and an allocation of it that is right.
fn right() -> (Function, Registers, Output) {
    let mut b = Builder::new(2);
    let mut homely = Value::new(Class::Int);
    homely.home = Some(1);
    let x = b.value(homely);
    let [y, z, temp, param] = b.ints();
    b.block(0, &[], &[]);
    b.def(x);
    b.def(y);
    b.inst(&[
        (Role::Def, z),
        (Role::UseLate, x),
        (Role::Use, y),
        (Role::Temp, temp),
    ]);
    b.uses(&[x, z]);
    b.end(&[], &[(1, &[Source::Constant(3)])]);
    b.block(0, &[param], &[]);
    b.end(&[param], &[]);
    let registers = registers(4, 1);
    let output = allocate(&b.function, &registers);
    (b.function, registers, output)
}

#[test]
fn operands_that_share_are_found() {
    let (function, registers, output) = right();
    // The third instruction: z, x late, y, a temporary; then x and z.
    let (z, x, y, temp, z_read) = (2, 3, 4, 5, 7);
    let share = |changes: &[(usize, usize)]| {
        let mut output = output.clone();
        for &(to, from) in changes {
            output.locations[to] = output.locations[from];
        }
        check(&function, &registers, &output)
    };
    assert_eq!(share(&[]), Ok(()));
    assert_eq!(share(&[(z, y), (z_read, y)]), Ok(()), "y is read early");
    for (name, changes) in [
        ("a result and a late read", vec![(z, x), (z_read, x)]),
        ("a temporary and a late read", vec![(temp, x)]),
        ("a temporary and an early read", vec![(temp, y)]),
        ("a temporary and a result", vec![(temp, z)]),
    ] {
        let error = share(&changes).expect_err(name);
        assert!(error.contains("share"), "{name}: {error}");
    }
}

#[test]
fn a_foreign_home_is_found() {
    let (function, registers, mut output) = right();
    let store = |slot| regalloc::InstMove {
        inst: 1,
        action: regalloc::Move {
            from: output.locations[0],
            to: Location::Slot(slot),
            class: Class::Int,
            wide: false,
        },
    };
    let (own, foreign) = (store(1), store(0));
    output.moves = vec![own];
    assert_eq!(check(&function, &registers, &output), Ok(()));
    output.moves = vec![foreign];
    let error = check(&function, &registers, &output).expect_err("slot 0 is nobody's home");
    assert!(error.contains("another home"), "{error}");
}

#[test]
fn a_wrong_constant_is_found() {
    let (mut function, registers, output) = right();
    assert_eq!(check(&function, &registers, &output), Ok(()));
    function.args[0] = Source::Constant(4);
    assert!(check(&function, &registers, &output).is_err());
}
