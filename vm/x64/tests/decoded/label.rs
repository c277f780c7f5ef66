//! Labels, constants, tables, alignment.

use iced_x86::Register;
use x64::{Alu, Asm, Gpr, L, Mem, VecOp, Width, Xmm};

use crate::reader::{decode, mnemonic};

/// Where the memory operand of the instruction at this offset lies.
fn memory(bytes: &[u8], at: usize) -> usize {
    let instruction = decode(bytes, at);
    assert_eq!(instruction.memory_base(), Register::RIP);
    instruction.memory_displacement64() as usize
}

#[test]
fn constants_are_aligned_and_not_repeated() {
    let mut asm = Asm::new();
    let sizes = [4, 16, 8, 32, 8, 4, 16];
    let constants: Vec<Vec<u8>> = sizes
        .iter()
        .zip(1..)
        .map(|(size, first)| (first..).take(*size).collect())
        .collect();
    asm.ret();
    let labels: Vec<_> = constants.iter().map(|bytes| asm.constant(bytes)).collect();
    let again: Vec<_> = constants.iter().map(|bytes| asm.constant(bytes)).collect();
    assert_eq!(labels, again);
    // Zeros of several sizes are several constants.
    let zeros = [4, 8, 16, 32].map(|size| asm.constant(&vec![0; size]));
    let finished = asm.finish();
    for (label, bytes) in labels.iter().zip(&constants) {
        let at = finished.offset(*label);
        assert_eq!(at % bytes.len(), 0);
        assert_eq!(finished.bytes[at..at + bytes.len()], bytes[..]);
    }
    let mut places: Vec<_> = labels
        .iter()
        .chain(&zeros)
        .map(|l| finished.offset(*l))
        .collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 11);
    // One byte of code, then nothing but constants.
    let total: usize = sizes.iter().sum::<usize>() + 4 + 8 + 16 + 32;
    assert_eq!(finished.bytes.len(), 32 + total);
}

#[test]
fn constants_are_read_from_every_kind_of_instruction() {
    let mut asm = Asm::new();
    let four = asm.constant(&[1, 2, 3, 4]);
    let sixteen = asm.constant(&[7; 16]);
    let mut at = Vec::new();
    let mut note = |asm: &Asm, label| at.push((asm.here(), label));
    // Immediates of no, one, two and four bytes stand behind the distance.
    note(&asm, four);
    asm.load(Width::W64, Gpr::R9, Mem::label(four));
    note(&asm, four);
    asm.alu_ri(Alu::Cmp, Width::W32, Mem::label(four), 1);
    note(&asm, four);
    asm.alu_ri(Alu::Cmp, Width::W64, Mem::label(four), 1000);
    note(&asm, four);
    asm.store_imm(2, Mem::label(four), 1000);
    note(&asm, four);
    asm.lea(Width::W64, Gpr::Rax, Mem::label(four));
    note(&asm, sixteen);
    asm.sse(VecOp::Pshufb, Xmm(9), Mem::label(sixteen));
    note(&asm, sixteen);
    asm.sse_i(VecOp::Pshufd, Xmm(9), Mem::label(sixteen), 3);
    note(&asm, sixteen);
    asm.vex3(VecOp::Addps, L::L128, Xmm(9), Xmm(2), Mem::label(sixteen));
    note(&asm, sixteen);
    let mem = Mem::label(sixteen);
    asm.vex_blendv(VecOp::Blendvps, L::L128, Xmm(1), Xmm(2), mem, Xmm(3));
    note(&asm, sixteen);
    asm.evex3(VecOp::Addps, L::L128, Xmm(19), Xmm(2), mem, None, false);
    note(&asm, four);
    let mem = Mem::label(four).broadcast();
    asm.evex3_i(
        VecOp::Vpternlogd,
        L::L128,
        Xmm(19),
        Xmm(2),
        mem,
        1,
        None,
        false,
    );
    let finished = asm.finish();
    for (at, label) in at {
        assert_eq!(memory(&finished.bytes, at), finished.offset(label));
    }
}

#[test]
fn labels_in_code_have_addresses() {
    let mut asm = Asm::new();
    let (before, behind) = (asm.label(), asm.label());
    asm.ret();
    asm.bind(before);
    let at = asm.here();
    asm.lea(Width::W64, Gpr::Rcx, Mem::label(behind));
    let next = asm.here();
    asm.lea(Width::W64, Gpr::Rcx, Mem::label(before));
    asm.bind(behind);
    asm.ret();
    let finished = asm.finish();
    assert_eq!(memory(&finished.bytes, at), finished.offset(behind));
    assert_eq!(memory(&finished.bytes, next), 1);
    assert_eq!(finished.offset(before), 1);
}

#[test]
fn tables_hold_distances_from_themselves() {
    let mut asm = Asm::new();
    let labels: Vec<_> = (0..5).map(|_| asm.label()).collect();
    let order = [3, 0, 4, 4, 1, 2];
    let targets: Vec<_> = order.iter().map(|at| labels[*at]).collect();
    let empty = asm.table(&[]);
    let first = asm.table(&targets);
    let second = asm.table(&targets[..1]);
    let constant = asm.constant(&[5; 8]);
    asm.lea(Width::W64, Gpr::Rax, Mem::label(first));
    for label in &labels {
        asm.bind(*label);
        asm.ret();
    }
    let finished = asm.finish();
    assert_eq!(memory(&finished.bytes, 0), finished.offset(first));
    assert_eq!(finished.offset(constant) % 8, 0);
    let entry = |table, at: usize| {
        let start = finished.offset(table);
        assert_eq!(start % 4, 0);
        let bytes = finished.bytes[start + 4 * at..].first_chunk();
        let distance = i32::from_le_bytes(*bytes.expect("the entry is there"));
        start as i64 + i64::from(distance)
    };
    for (at, target) in targets.iter().enumerate() {
        assert_eq!(entry(first, at), finished.offset(*target) as i64);
    }
    assert_eq!(entry(second, 0), finished.offset(targets[0]) as i64);
    assert_eq!(finished.offset(empty), finished.offset(first));
}

#[test]
fn alignment_is_made_of_nops() {
    for alignment in [1, 2, 4, 8, 16, 32, 64] {
        for before in 0..70_usize {
            let mut asm = Asm::new();
            (0..before).for_each(|_| asm.ret());
            asm.align(alignment);
            let end = asm.here();
            assert_eq!(end, before.next_multiple_of(alignment));
            let bytes = asm.finish().bytes;
            let mut at = before;
            while at < end {
                let instruction = decode(&bytes, at);
                assert_eq!(mnemonic(&instruction), "nop");
                at += instruction.len();
            }
            assert_eq!(at, end);
        }
    }
}

#[test]
fn code_grows_without_a_seam() {
    let mut asm = Asm::new();
    let mut places = Vec::new();
    for number in 1..10_000_u64 {
        places.push(asm.here());
        asm.mov_ri(Gpr::R9, number << 40);
    }
    let bytes = asm.finish().bytes;
    for (number, at) in (1_u64..).zip(places) {
        assert_eq!(decode(&bytes, at).immediate64(), number << 40);
    }
}

#[test]
#[should_panic(expected = "a label in use is bound")]
fn a_label_that_is_bound_nowhere_is_found() {
    let mut asm = Asm::new();
    let label = asm.label();
    asm.jmp(label);
    let _ = asm.finish();
}

#[test]
#[should_panic(expected = "a label is bound once")]
fn a_label_that_is_bound_twice_is_found() {
    let mut asm = Asm::new();
    let label = asm.label();
    asm.bind(label);
    asm.bind(label);
}

#[test]
#[should_panic(expected = "rsp can not be an index")]
fn an_index_in_rsp_is_found() {
    let _ = Mem::index(Gpr::Rax, Gpr::Rsp, x64::Scale::One, 0);
}
