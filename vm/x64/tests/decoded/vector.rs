//! Vector instructions beside the table, and registers without gaps.

use iced_x86::EncodingKind::{EVEX, Legacy, VEX};
use x64::{Asm, Gpr, L, VecOp, Width, Xmm};

use crate::reader::{Address, Meant, Want};

#[test]
fn bits_between_general_and_vector_registers() {
    for (width, mnemonic) in [(Width::W32, "movd"), (Width::W64, "movq")] {
        let with_v = format!("v{mnemonic}");
        for gpr in Gpr::ALL {
            for number in 0..32 {
                let (g, xmm) = (Want::Gpr(gpr, width), Xmm(number));
                let (to, from) = ([Want::Xmm(xmm), g], [g, Want::Xmm(xmm)]);
                Meant::new(&with_v, EVEX, &to).check(|asm| asm.evex_gpr_to_xmm(width, xmm, gpr));
                Meant::new(&with_v, EVEX, &from).check(|asm| asm.evex_xmm_to_gpr(width, gpr, xmm));
                if number < 16 {
                    Meant::new(mnemonic, Legacy, &to)
                        .check(|asm| asm.sse_gpr_to_xmm(width, xmm, gpr));
                    Meant::new(mnemonic, Legacy, &from)
                        .check(|asm| asm.sse_xmm_to_gpr(width, gpr, xmm));
                    Meant::new(&with_v, VEX, &to).check(|asm| asm.vex_gpr_to_xmm(width, xmm, gpr));
                    Meant::new(&with_v, VEX, &from)
                        .check(|asm| asm.vex_xmm_to_gpr(width, gpr, xmm));
                }
            }
        }
    }
    Meant::new("vzeroupper", VEX, &[]).check(Asm::vzeroupper);
}

#[test]
fn every_register_in_every_place() {
    let op = VecOp::Paddd;
    for a in (0..32).map(Xmm) {
        for b in (0..32).map(Xmm) {
            for c in (0..32).step_by(5).map(Xmm) {
                let wants = [a, b, c].map(Want::Xmm);
                Meant::new("vpaddd", EVEX, &wants)
                    .check(|asm| asm.evex3(op, L::L256, a, b, c, None, false));
                if a.0 < 16 && b.0 < 16 && c.0 < 16 {
                    Meant::new("vpaddd", VEX, &wants).check(|asm| asm.vex3(op, L::L256, a, b, c));
                }
            }
        }
    }
}

#[test]
fn displacements_take_one_byte_where_they_can() {
    // Operation, unit of its displacement in EVEX.
    let cases = [
        (VecOp::Addps, L::L256, 32),
        (VecOp::Addps, L::L128, 16),
        (VecOp::Addsd, L::L128, 8),
        (VecOp::Addss, L::L128, 4),
        (VecOp::Psllw, L::L256, 16),
    ];
    for (op, l, unit) in cases {
        for (units, is_short) in [(127, true), (128, false), (-128, true), (-129, false)] {
            let mem = Address::base(Gpr::Rcx, units * unit).mem();
            let mut asm = Asm::new();
            asm.evex3(op, l, Xmm(1), Xmm(2), mem, None, false);
            // Prefix, opcode, operands, displacement.
            assert_eq!(asm.here(), if is_short { 7 } else { 10 }, "{op:?} {units}");
        }
    }
}

#[cfg(debug_assertions)]
mod wrong_use {
    use x64::{Asm, L, Shape, VecOp, Xmm};

    fn panics(emit: impl FnOnce(&mut Asm) + std::panic::UnwindSafe) -> bool {
        std::panic::catch_unwind(|| emit(&mut Asm::new())).is_err()
    }

    #[test]
    fn is_found() {
        let (a, b) = (Xmm(1), Xmm(2));
        for op in VecOp::ALL.iter().copied() {
            if op.shape() == Shape::Three {
                assert_eq!(panics(move |asm| asm.sse(op, a, b)), !op.has_sse());
                let l = if op.has_length(L::L256) {
                    L::L256
                } else {
                    L::L128
                };
                assert_eq!(panics(move |asm| asm.vex3(op, l, a, b, b)), !op.has_vex());
                let evex = panics(move |asm| asm.evex3(op, l, a, b, b, None, false));
                assert_eq!(evex, !op.has_evex());
                assert!(panics(move |asm| asm.vex2(op, l, a, b)));
            }
        }
        let high = Xmm(16);
        assert!(panics(move |asm| asm.sse(VecOp::Addps, high, b)));
        assert!(panics(move |asm| asm.sse(VecOp::Addps, a, high)));
        assert!(panics(move |asm| asm.vex3(
            VecOp::Addps,
            L::L128,
            a,
            high,
            b
        )));
        assert!(panics(move |asm| asm.vex3(VecOp::Vpermd, L::L128, a, a, b)));
    }
}
