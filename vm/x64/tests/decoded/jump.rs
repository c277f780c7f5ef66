//! Jumps, calls, and the stack.

use iced_x86::EncodingKind::Legacy;
use x64::{Asm, Cond, Gpr, Width};

use crate::reader::{Meant, Want, addresses, decode, mnemonic};

/// Suffixes by the numbers of conditions.
pub(crate) const CONDS: [&str; 16] = [
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g",
];

/// A jump over `gap` bytes, forwards or backwards, and where it goes.
fn jump(gap: usize, is_backward: bool, emit: impl FnOnce(&mut Asm, x64::Label)) -> (String, usize) {
    let mut asm = Asm::new();
    let label = asm.label();
    let fill = |asm: &mut Asm| (0..gap).for_each(|_| asm.ret());
    let (at, bytes, target);
    if is_backward {
        asm.bind(label);
        fill(&mut asm);
        at = asm.here();
        emit(&mut asm, label);
        target = 0;
    } else {
        at = 0;
        emit(&mut asm, label);
        fill(&mut asm);
        target = asm.here();
        asm.bind(label);
    }
    let finished = asm.finish();
    assert_eq!(finished.offset(label), target);
    bytes = finished.bytes;
    let instruction = decode(&bytes, at);
    assert_eq!(instruction.near_branch_target(), target as u64);
    (mnemonic(&instruction), instruction.len())
}

#[test]
fn jumps_go_where_labels_are() {
    for gap in [0, 1, 5, 123, 124, 125, 126, 127, 128, 129, 300, 5000] {
        for is_backward in [false, true] {
            let is_short = is_backward && gap <= 126;
            let (name, length) = jump(gap, is_backward, |asm, label| asm.jmp(label));
            assert_eq!(
                (name.as_str(), length),
                ("jmp", if is_short { 2 } else { 5 })
            );
            let (name, length) = jump(gap, is_backward, |asm, label| asm.call(label));
            assert_eq!((name.as_str(), length), ("call", 5));
            for (cond, suffix) in Cond::ALL.into_iter().zip(CONDS) {
                let (name, length) = jump(gap, is_backward, |asm, label| asm.jcc(cond, label));
                assert_eq!(name, format!("j{suffix}"));
                assert_eq!(length, if is_short { 2 } else { 6 });
            }
        }
    }
}

#[test]
fn a_negated_condition_is_the_other_one() {
    for (cond, suffix) in Cond::ALL.into_iter().zip(CONDS) {
        let other = CONDS[cond.negate() as usize];
        let is_pair = other == format!("n{suffix}")
            || suffix == format!("n{other}")
            || matches!(
                (suffix, other),
                ("b", "ae")
                    | ("ae", "b")
                    | ("be", "a")
                    | ("a", "be")
                    | ("l", "ge")
                    | ("ge", "l")
                    | ("le", "g")
                    | ("g", "le")
            );
        assert!(is_pair, "{suffix} and {other}");
    }
}

#[test]
fn through_registers_and_memory() {
    for reg in Gpr::ALL {
        let want = [Want::Gpr(reg, Width::W64)];
        Meant::new("jmp", Legacy, &want).check(|asm| asm.jmp_rm(reg));
        Meant::new("call", Legacy, &want).check(|asm| asm.call_rm(reg));
        Meant::new("push", Legacy, &want).check(|asm| asm.push(reg));
        Meant::new("pop", Legacy, &want).check(|asm| asm.pop(reg));
    }
    for address in addresses() {
        let want = [Want::Mem(address)];
        Meant::new("jmp", Legacy, &want).check(|asm| asm.jmp_rm(address.mem()));
        Meant::new("call", Legacy, &want).check(|asm| asm.call_rm(address.mem()));
        Meant::new("push", Legacy, &want).check(|asm| asm.push_rm(address.mem()));
    }
    Meant::new("ret", Legacy, &[]).check(Asm::ret);
    Meant::new("ud2", Legacy, &[]).check(Asm::ud2);
}
