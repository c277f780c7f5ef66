//! Every row of the table, in every encoding and length it has.

use iced_x86::EncodingKind::{self, EVEX, Legacy, VEX};
use x64::{Gpr, L, Mask, Shape, VecOp, Xmm};

use crate::reader::{Address, Source, addresses};
use crate::vector_case::{Case, has};

/// Every row that has the encoding, in each of its lengths.
fn each(encoding: EncodingKind, mut run: impl FnMut(Case)) {
    for op in VecOp::ALL {
        for l in [L::L128, L::L256] {
            // The legacy form of what has two lengths is the short one.
            let has_length = op.has_length(l) && (encoding != Legacy || l == L::L128);
            if has(*op, encoding) && has_length {
                run(Case {
                    op: *op,
                    encoding,
                    l,
                    dst: Xmm(1),
                    src1: Xmm(2),
                    mask: None,
                    zeroing: false,
                    is_broadcast: false,
                });
            }
        }
    }
}

/// All operands of all rows, without masks.
fn all_operands(encoding: EncodingKind) {
    let regs: &[u8] = match encoding {
        EVEX => &[0, 7, 8, 15, 16, 23, 24, 31],
        _ => &[0, 3, 7, 8, 12, 15],
    };
    let mut rows = 0;
    each(encoding, |case| {
        rows += 1;
        let count = regs.len();
        for at in 0..count {
            for step in 1..4 {
                let [dst, src1, src2] =
                    [at, at + step, at + 3 * step + 1].map(|n| Xmm(regs[n % count]));
                Case { dst, src1, ..case }.run(Source::Xmm(src2));
            }
        }
        for (number, address) in (0_usize..).zip(addresses()) {
            let [dst, src1] = [number, number + 3].map(|n| Xmm(regs[n % count]));
            Case { dst, src1, ..case }.run(Source::Mem(address));
        }
    });
    assert!(rows > 200, "the table has rows");
}

#[test]
fn legacy_forms() {
    all_operands(Legacy);
}

#[test]
fn vex_forms() {
    all_operands(VEX);
}

#[test]
fn evex_forms() {
    all_operands(EVEX);
}

#[test]
fn masks() {
    each(EVEX, |case| {
        for (number, k) in (0..).zip([1, 4, 7]) {
            let masked = Case {
                dst: Xmm(9 + 10 * number),
                src1: Xmm(30 - number),
                mask: Some(Mask(k)),
                ..case
            };
            let sources = [
                Source::Xmm(Xmm(17)),
                Source::Mem(Address::base(Gpr::R12, 96)),
            ];
            for (source, is_mem) in sources.into_iter().zip([false, true]) {
                let (can_mask, can_zero) = case.can_mask(is_mem);
                if can_mask {
                    masked.run(source);
                }
                if can_zero {
                    Case {
                        zeroing: true,
                        ..masked
                    }
                    .run(source);
                }
            }
        }
    });
}

#[test]
fn broadcasts() {
    let mut rows = 0;
    each(EVEX, |case| {
        if case.op.has_broadcast() && !matches!(case.op.shape(), Shape::Broadcast) {
            rows += 1;
            for address in addresses() {
                Case {
                    dst: Xmm(20),
                    is_broadcast: true,
                    ..case
                }
                .run(Source::Mem(address));
            }
        }
    });
    assert!(rows > 100, "many rows broadcast");
}

#[test]
fn every_row_has_a_form() {
    for op in VecOp::ALL {
        let forms = [Legacy, VEX, EVEX].map(|encoding| has(*op, encoding));
        assert!(forms.contains(&true), "{op:?}");
        assert_eq!(op.has_sse(), op.sse_feature().is_some());
        assert_eq!(op.has_vex(), op.vex_feature(L::L128).is_some());
        assert_eq!(op.has_evex(), op.evex_feature().is_some());
    }
}
