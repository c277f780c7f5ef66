//! Mask registers.

use iced_x86::EncodingKind::VEX;
use x64::{Gpr, Mask, MaskOp, MaskWidth, Width};

use crate::reader::{Address, Meant, Want};

const WIDTHS: [(MaskWidth, &str, Width); 4] = [
    (MaskWidth::B, "b", Width::W32),
    (MaskWidth::W, "w", Width::W32),
    (MaskWidth::D, "d", Width::W32),
    (MaskWidth::Q, "q", Width::W64),
];

#[test]
fn moves() {
    for (width, letter, gpr_width) in WIDTHS {
        let mnemonic = format!("kmov{letter}");
        for (k, reg) in [(0, Gpr::Rax), (3, Gpr::R9), (7, Gpr::R15)] {
            let (a, b) = (Mask(k), Mask(7 - k));
            let gpr = Want::Gpr(reg, gpr_width);
            let address = Address::base(reg, 200);
            Meant::new(&mnemonic, VEX, &[Want::Mask(a), gpr])
                .check(|asm| asm.kmov_from_gpr(width, a, reg));
            Meant::new(&mnemonic, VEX, &[gpr, Want::Mask(a)])
                .check(|asm| asm.kmov_to_gpr(width, reg, a));
            Meant::new(&mnemonic, VEX, &[Want::Mask(a), Want::Mask(b)])
                .check(|asm| asm.kmov(width, a, b));
            Meant::new(&mnemonic, VEX, &[Want::Mask(a), Want::Mem(address)])
                .check(|asm| asm.kmov_load(width, a, address.mem()));
            Meant::new(&mnemonic, VEX, &[Want::Mem(address), Want::Mask(a)])
                .check(|asm| asm.kmov_store(width, address.mem(), a));
        }
    }
}

#[test]
fn operations() {
    let ops = [
        (MaskOp::And, "kand"),
        (MaskOp::Andn, "kandn"),
        (MaskOp::Or, "kor"),
        (MaskOp::Xnor, "kxnor"),
        (MaskOp::Xor, "kxor"),
        (MaskOp::Add, "kadd"),
    ];
    let (a, b, c) = (Mask(1), Mask(6), Mask(3));
    let three = [a, b, c].map(Want::Mask);
    for (width, letter, _) in WIDTHS {
        for (op, name) in ops {
            Meant::new(&format!("{name}{letter}"), VEX, &three)
                .check(|asm| asm.kop(op, width, a, b, c));
        }
        let two = &three[..2];
        Meant::new(&format!("knot{letter}"), VEX, two).check(|asm| asm.knot(width, a, b));
        Meant::new(&format!("kortest{letter}"), VEX, two).check(|asm| asm.kortest(width, a, b));
        Meant::new(&format!("ktest{letter}"), VEX, two).check(|asm| asm.ktest(width, a, b));
    }
}
