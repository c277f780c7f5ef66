//! What the allocator is for: no moves where they would be run often.

use regalloc::{Class, Function, Location, Output, Role, Source, Value};

use crate::build::{Builder, allocate, registers, text};

fn values(list: &[u32]) -> Vec<Source> {
    list.iter().map(|&value| Source::Value(value)).collect()
}

/// The moves inside of loops of this depth and deeper, but not on the ways
/// into and out of them.
fn moves_at(function: &Function, output: &Output, depth: u8) -> usize {
    let mut count = 0;
    for block in &function.blocks {
        if block.loop_depth < depth || block.cold {
            continue;
        }
        let inside = |inst: u32| block.insts.indices().contains(&(inst as usize));
        count += output.moves.iter().filter(|m| inside(m.inst)).count();
        for at in block.succs.indices() {
            let to = &function.blocks[function.edges[at].to as usize];
            if to.loop_depth >= depth && !to.cold {
                count += output.moves_of_edge(at).len();
            }
        }
    }
    count
}

#[track_caller]
fn none_at(function: &Function, output: &Output, depth: u8) {
    let count = moves_at(function, output, depth);
    let text = || text(function, output);
    assert_eq!(count, 0, "moves at depth {depth}:\n{}", text());
}

/// A loop with `N` variables, each changed in each round by the same value.
fn loop_of<const N: usize>(b: &mut Builder) {
    let [step] = b.ints();
    let first: [u32; N] = b.ints();
    let params: [u32; N] = b.ints();
    let next: [u32; N] = b.ints();
    b.block(0, &[], &[]);
    b.def(step);
    for value in first {
        b.def(value);
    }
    b.end(&[], &[(1, &values(&first))]);
    b.block(1, &params, &params);
    for at in 0..N {
        b.binary(next[at], params[at], step);
    }
    b.end(&[next[0]], &[(1, &values(&next)), (2, &[])]);
    b.block(0, &[], &next);
    b.uses(&next);
    b.end(&[], &[]);
}

#[test]
fn a_loop_that_fits_has_no_moves() {
    let mut b = Builder::new(0);
    loop_of::<8>(&mut b);
    let output = allocate(&b.function, &registers(10, 15));
    none_at(&b.function, &output, 0);
}

#[test]
fn a_loop_whose_steps_do_not_reuse_has_no_moves() {
    // index' = index + step; sum' = sum + load(index'), with fresh results.
    let mut b = Builder::new(0);
    let [zero, step, index, sum, next, loaded, total] = b.ints();
    b.block(0, &[], &[]);
    b.def(zero);
    b.def(step);
    b.end(&[], &[(1, &values(&[zero, zero]))]);
    b.block(1, &[index, sum], &[]);
    b.inst(&[(Role::Def, next), (Role::Use, index), (Role::Use, step)]);
    b.inst(&[(Role::Def, loaded), (Role::Use, next)]);
    b.inst(&[(Role::Def, total), (Role::Use, sum), (Role::Use, loaded)]);
    b.end(&[next], &[(1, &values(&[next, total])), (2, &[])]);
    b.block(0, &[], &[]);
    b.uses(&[total]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(4, 1));
    none_at(&b.function, &output, 1);
}

#[test]
fn a_temporary_leaves_the_way_back_free() {
    // The parameter dies before the value that replaces it is made, and a
    // temporary is made in between.
    let mut b = Builder::new(0);
    let [first, param, temporary, next] = b.ints();
    b.block(0, &[], &[]);
    b.def(first);
    b.end(&[], &[(1, &values(&[first]))]);
    b.block(1, &[param], &[]);
    b.uses(&[param]);
    b.def(temporary);
    b.def(next);
    b.uses(&[temporary, next]);
    b.end(&[next], &[(1, &values(&[next])), (2, &[])]);
    b.block(0, &[], &[]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(3, 1));
    none_at(&b.function, &output, 1);
}

#[test]
fn a_choice_in_a_loop_has_no_moves() {
    let mut b = Builder::new(0);
    let [first, param, left, right, joined, next, limit] = b.ints();
    b.block(0, &[], &[]);
    b.def(first);
    b.def(limit);
    b.end(&[], &[(1, &values(&[first]))]);
    b.block(1, &[param], &[]);
    b.end(&[param], &[(2, &[]), (3, &[])]);
    b.block(1, &[], &[]);
    b.binary(left, param, limit);
    b.end(&[], &[(4, &values(&[left]))]);
    b.block(1, &[], &[]);
    b.binary(right, param, limit);
    b.end(&[], &[(4, &values(&[right]))]);
    b.block(1, &[joined], &[]);
    b.binary(next, joined, limit);
    b.end(&[next], &[(1, &values(&[next])), (5, &[])]);
    b.block(0, &[], &[]);
    b.uses(&[next]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(4, 1));
    none_at(&b.function, &output, 0);
}

#[test]
fn what_a_loop_does_not_use_makes_room_outside() {
    let mut b = Builder::new(0);
    let through: [u32; 6] = b.ints();
    b.block(0, &[], &[]);
    for value in through {
        b.def(value);
    }
    b.end(&[], &[(1, &[])]);
    let first: [u32; 6] = b.ints();
    let params: [u32; 6] = b.ints();
    let next: [u32; 6] = b.ints();
    let [step] = b.ints();
    b.block(0, &[], &[]);
    b.def(step);
    for value in first {
        b.def(value);
    }
    b.end(&[], &[(2, &values(&first))]);
    b.block(1, &params, &through);
    for at in 0..6 {
        b.binary(next[at], params[at], step);
    }
    b.end(&[next[0]], &[(2, &values(&next)), (3, &[])]);
    b.block(0, &[], &through);
    b.uses(&next);
    b.uses(&through);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(9, 1));
    none_at(&b.function, &output, 1);
    let stores = output.moves.iter().map(|entry| entry.action.to);
    let stores = stores.filter(|to| matches!(to, Location::Slot(_))).count();
    assert!(stores < 6, "there is room for some of them");
}

#[test]
fn inner_loops_come_first() {
    // Nine values are used in the outer loop, and nine in the inner one, of
    // which one is the same.
    let mut b = Builder::new(0);
    let outer: [u32; 9] = b.ints();
    let first: [u32; 8] = b.ints();
    let params: [u32; 8] = b.ints();
    let next: [u32; 8] = b.ints();
    b.block(0, &[], &[]);
    for value in outer {
        b.def(value);
    }
    b.end(&[], &[(1, &[])]);
    b.block(1, &[], &outer);
    for value in first {
        b.def(value);
    }
    b.end(&[], &[(2, &values(&first))]);
    b.block(2, &params, &[]);
    for at in 0..8 {
        b.binary(next[at], params[at], outer[0]);
    }
    b.end(&[next[0]], &[(2, &values(&next)), (3, &[])]);
    b.block(1, &[], &[]);
    b.uses(&next);
    b.uses(&outer);
    b.end(&[outer[0]], &[(1, &[]), (4, &[])]);
    b.block(0, &[], &[]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(9, 1));
    none_at(&b.function, &output, 2);
}

#[test]
fn a_value_of_a_loop_is_stored_behind_it() {
    // The loop's result must leave its register behind the loop only.
    let mut b = Builder::new(0);
    let [first, param, next] = b.ints();
    let others: [u32; 4] = b.ints();
    b.block(0, &[], &[]);
    b.def(first);
    b.end(&[], &[(1, &values(&[first]))]);
    b.block(1, &[param], &[]);
    b.inst(&[(Role::DefReuse(1), next), (Role::Use, param)]);
    b.end(&[next], &[(1, &values(&[next])), (2, &[])]);
    b.block(0, &[], &[]);
    for value in others {
        b.def(value);
    }
    b.uses(&others);
    b.uses(&[next]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(4, 1));
    none_at(&b.function, &output, 1);
    assert_eq!(output.moves.len(), 2, "a store and a load");
}

#[test]
fn cold_blocks_cost_nobody_else() {
    let mut b = Builder::new(0);
    let used: [u32; 4] = b.ints();
    let others: [u32; 4] = b.ints();
    b.block(0, &[], &[]);
    for value in used {
        b.def(value);
    }
    b.end(&[], &[(1, &[])]);
    b.block(1, &[], &[]);
    b.uses(&used);
    b.end(&[used[0]], &[(3, &[]), (2, &[])]);
    b.block(1, &[], &[]);
    b.uses(&used);
    b.end(&[used[0]], &[(1, &[]), (4, &[])]);
    b.block(1, &[], &[]);
    b.cold();
    for value in others {
        b.def(value);
    }
    b.uses(&others);
    b.end(&[], &[(2, &[])]);
    b.block(0, &[], &[]);
    b.end(&[], &[]);
    let output = allocate(&b.function, &registers(4, 1));
    none_at(&b.function, &output, 0);
    assert!(!output.moves.is_empty(), "the cold block needs room");
}

#[test]
fn states_alone_load_nothing() {
    let mut b = Builder::new(0);
    let known: [u32; 6] = b.ints();
    let [first, param, next, other] = b.ints();
    b.block(0, &[], &[]);
    for value in known {
        b.def(value);
    }
    b.def(first);
    b.end(&[], &[(1, &values(&[first]))]);
    b.block(1, &[param], &known);
    b.inst(&[(Role::DefReuse(1), next), (Role::Use, param)]);
    b.def(other);
    b.uses(&[other]);
    b.end(&[next], &[(1, &values(&[next])), (2, &[])]);
    b.block(0, &[], &known);
    b.end(&[], &[]);
    for count in 2..10 {
        let output = allocate(&b.function, &registers(count, 1));
        none_at(&b.function, &output, 1);
        let moves = output.moves.iter().map(|entry| entry.action);
        let all = moves.chain(output.edge_moves.iter().copied());
        let mut loads = all.filter(|action| matches!(action.from, Location::Slot(_)));
        assert_eq!(loads.next(), None, "with {count} registers");
    }
}

#[test]
fn constants_are_made_again() {
    let mut b = Builder::new(0);
    let mut constant = Value::new(Class::Vec);
    (constant.wide, constant.remat) = (true, Some(5));
    let constant = b.value(constant);
    let others: [u32; 2] = std::array::from_fn(|_| b.value(Value::new(Class::Vec)));
    b.block(0, &[], &[]);
    b.def(constant);
    b.def(others[0]);
    b.def(others[1]);
    b.uses(&others);
    b.end(&[constant], &[]);
    let output = allocate(&b.function, &registers(1, 2));
    let from: Vec<Location> = output.moves.iter().map(|entry| entry.action.from).collect();
    assert_eq!(from, [Location::Constant(5)]);
}
