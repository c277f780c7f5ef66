//! Instructions on general registers.

use iced_x86::EncodingKind::{Legacy, VEX};
use x64::{Alu, Asm, Cond, Gpr, Mem, Rm, Shift, Width};

use crate::jump::CONDS;
use crate::reader::{Meant, Source, Want, addresses, some_addresses};

const WIDTHS: [Width; 2] = [Width::W32, Width::W64];

/// Immediates of one and of four bytes, at their edges.
const IMMEDIATES: [i32; 9] = [0, 1, -1, 127, -128, 128, -129, i32::MAX, i32::MIN];

/// Pairs in which every register has every place.
fn pairs() -> impl Iterator<Item = (Gpr, Gpr)> {
    (0..16).flat_map(|a| {
        [0, 5, 11].map(|step| (Gpr::from_number(a), Gpr::from_number((a + step) % 16)))
    })
}

/// A destination with a register and with every address.
fn sources() -> Vec<(Gpr, Source)> {
    let regs = pairs().map(|(a, b)| (a, Source::Gpr(b)));
    let at = |(number, address): (u8, _)| (Gpr::from_number(number % 16), Source::Mem(address));
    regs.chain((0..).zip(addresses()).map(at)).collect()
}

/// An immediate whose sign is extended to this width.
fn imm(width: Width, value: i32) -> Want {
    match width {
        Width::W32 => Want::Imm32(value),
        Width::W64 => Want::Imm(i64::from(value).cast_unsigned()),
    }
}

/// What takes a destination and a register or memory, both of one width.
fn reg_rm(mnemonic: &str, emit: impl Fn(&mut Asm, Width, Gpr, Rm)) {
    for width in WIDTHS {
        for (dst, src) in sources() {
            Meant::new(mnemonic, Legacy, &[Want::Gpr(dst, width), src.want(width)])
                .check(|asm| emit(asm, width, dst, src.rm()));
        }
    }
}

/// What takes one register or memory.
fn one(mnemonic: &str, emit: impl Fn(&mut Asm, Width, Rm)) {
    for width in WIDTHS {
        for (_, src) in sources() {
            Meant::new(mnemonic, Legacy, &[src.want(width)])
                .check(|asm| emit(asm, width, src.rm()));
        }
    }
}

/// What takes one register alone.
fn one_reg(mnemonic: &str, more: &[Want], emit: impl Fn(&mut Asm, Width, Gpr)) {
    for width in WIDTHS {
        for reg in Gpr::ALL {
            let mut operands = vec![Want::Gpr(reg, width)];
            operands.extend(more);
            Meant::new(mnemonic, Legacy, &operands).check(|asm| emit(asm, width, reg));
        }
    }
}

#[test]
fn registers_and_memory_of_one_width() {
    reg_rm("imul", Asm::imul);
    reg_rm("bsr", Asm::bsr);
    reg_rm("bsf", Asm::bsf);
    reg_rm("lzcnt", Asm::lzcnt);
    reg_rm("tzcnt", Asm::tzcnt);
    reg_rm("popcnt", Asm::popcnt);
    for (cond, suffix) in Cond::ALL.into_iter().zip(CONDS) {
        reg_rm(&format!("cmov{suffix}"), |asm, width, dst, src| {
            asm.cmov(cond, width, dst, src);
        });
    }
    one("mul", Asm::mul);
    one("imul", Asm::imul_wide);
    one("div", Asm::div);
    one("idiv", Asm::idiv);
    one_reg("neg", &[], Asm::neg);
    one_reg("not", &[], Asm::not);
    Meant::new("cdq", Legacy, &[]).check(Asm::cdq);
    Meant::new("cqo", Legacy, &[]).check(Asm::cqo);
}

#[test]
fn moves() {
    for width in WIDTHS {
        for (a, b) in pairs() {
            let (x, y) = (Want::Gpr(a, width), Want::Gpr(b, width));
            Meant::new("mov", Legacy, &[x, y]).check(|asm| asm.mov_rr(width, a, b));
            Meant::new("xchg", Legacy, &[x, y]).check(|asm| asm.xchg(width, a, b));
            Meant::new("test", Legacy, &[x, y]).check(|asm| asm.test(width, a, b));
        }
        for (reg, address) in Gpr::ALL.into_iter().cycle().zip(addresses()) {
            let (r, m) = (Want::Gpr(reg, width), Want::Mem(address));
            let mem = address.mem();
            Meant::new("mov", Legacy, &[r, m]).check(|asm| asm.load(width, reg, mem));
            Meant::new("mov", Legacy, &[m, r]).check(|asm| asm.store(width, mem, reg));
            Meant::new("lea", Legacy, &[r, m]).check(|asm| asm.lea(width, reg, mem));
            let (byte, word) = (Want::Byte(reg), Want::Word(reg));
            Meant::new("mov", Legacy, &[m, byte]).check(|asm| asm.store8(mem, reg));
            Meant::new("mov", Legacy, &[m, word]).check(|asm| asm.store16(mem, reg));
        }
    }
}

#[test]
fn constants_in_their_shortest_form() {
    let cases = [
        (0, 5),
        (1, 5),
        (0x8000_0000, 5),
        (0xFFFF_FFFF, 5),
        (u64::MAX, 7),
        (0xFFFF_FFFF_8000_0000, 7),
        (0xFFFF_FFFF_7FFF_FFFF, 10),
        (0x1_0000_0000, 10),
        (0x0123_4567_89AB_CDEF, 10),
    ];
    for reg in Gpr::ALL {
        for (value, length) in cases {
            let width = if length == 5 { Width::W32 } else { Width::W64 };
            let instruction = Meant::new("mov", Legacy, &[Want::Gpr(reg, width), Want::Imm(value)])
                .check(|asm| asm.mov_ri(reg, value));
            let has_prefix = length == 5 && reg.number() >= 8;
            assert_eq!(instruction.len(), length + usize::from(has_prefix));
        }
    }
}

#[test]
fn stored_constants() {
    for address in addresses() {
        for value in IMMEDIATES {
            let wants = [
                (1, u64::from(value as u8)),
                (2, u64::from(value as u16)),
                (4, u64::from(value.cast_unsigned())),
                (8, i64::from(value).cast_unsigned()),
            ];
            for (bytes, want) in wants {
                let instruction = Meant::new("mov", Legacy, &[Want::Mem(address), Want::Imm(want)])
                    .check(|asm| asm.store_imm(bytes, address.mem(), value));
                assert_eq!(instruction.memory_size().size(), usize::from(bytes));
            }
        }
    }
}

type Extend = (&'static str, usize, fn(&mut Asm, Width, Gpr, Rm));

#[test]
fn extensions() {
    let all: [Extend; 5] = [
        ("movzx", 1, |asm, _, dst, src| asm.movzx8(dst, src)),
        ("movzx", 2, |asm, _, dst, src| asm.movzx16(dst, src)),
        ("movsx", 1, Asm::movsx8),
        ("movsx", 2, Asm::movsx16),
        ("movsxd", 4, |asm, _, dst, src| asm.movsxd(dst, src)),
    ];
    for (mnemonic, bytes, emit) in all {
        for width in WIDTHS {
            let dst_width = match mnemonic {
                "movzx" => Width::W32,
                "movsxd" => Width::W64,
                _ => width,
            };
            for (dst, src) in sources() {
                let want = match (src, bytes) {
                    (Source::Gpr(reg), 1) => Want::Byte(reg),
                    (Source::Gpr(reg), 2) => Want::Word(reg),
                    _ => src.want(Width::W32),
                };
                let instruction = Meant::new(mnemonic, Legacy, &[Want::Gpr(dst, dst_width), want])
                    .check(|asm| emit(asm, width, dst, src.rm()));
                if let Source::Mem(_) = src {
                    assert_eq!(instruction.memory_size().size(), bytes);
                }
            }
        }
    }
}

#[test]
fn arithmetic() {
    let ops = [
        (Alu::Add, "add"),
        (Alu::Or, "or"),
        (Alu::Adc, "adc"),
        (Alu::Sbb, "sbb"),
        (Alu::And, "and"),
        (Alu::Sub, "sub"),
        (Alu::Xor, "xor"),
        (Alu::Cmp, "cmp"),
    ];
    for (op, mnemonic) in ops {
        reg_rm(mnemonic, |asm, width, dst, src| {
            asm.alu(op, width, dst, src)
        });
        for width in WIDTHS {
            for (reg, address) in Gpr::ALL.into_iter().cycle().zip(addresses()) {
                let want = [Want::Mem(address), Want::Gpr(reg, width)];
                Meant::new(mnemonic, Legacy, &want)
                    .check(|asm| asm.alu_mr(op, width, address.mem(), reg));
            }
            let regs = Gpr::ALL.into_iter().map(Source::Gpr);
            for dst in regs.chain(some_addresses().into_iter().map(Source::Mem)) {
                for value in IMMEDIATES {
                    let instruction =
                        Meant::new(mnemonic, Legacy, &[dst.want(width), imm(width, value)])
                            .check(|asm| asm.alu_ri(op, width, dst.rm(), value));
                    let is_byte = i8::try_from(value).is_ok();
                    let name = format!("{:?}", instruction.code());
                    assert_eq!(name.ends_with("imm8"), is_byte, "{name}");
                }
            }
        }
    }
}

#[test]
fn arithmetic_with_constants() {
    for width in WIDTHS {
        for value in IMMEDIATES {
            for (dst, src) in sources() {
                let want = [Want::Gpr(dst, width), src.want(width), imm(width, value)];
                Meant::new("imul", Legacy, &want)
                    .check(|asm| asm.imul_ri(width, dst, src.rm(), value));
            }
            for reg in Gpr::ALL {
                let want = [Want::Gpr(reg, width), imm(width, value)];
                Meant::new("test", Legacy, &want).check(|asm| asm.test_ri(width, reg, value));
            }
        }
    }
    for bit in [0, 31, 63] {
        one_reg("bt", &[Want::Imm(bit)], |asm, width, reg| {
            asm.bt_ri(width, reg, bit as u8);
        });
    }
}

#[test]
fn bytes_from_conditions() {
    for (cond, suffix) in Cond::ALL.into_iter().zip(CONDS) {
        for reg in Gpr::ALL {
            Meant::new(&format!("set{suffix}"), Legacy, &[Want::Byte(reg)])
                .check(|asm| asm.setcc(cond, reg));
        }
    }
}

#[test]
fn shifts() {
    let shifts = [
        (Shift::Rol, "rol"),
        (Shift::Ror, "ror"),
        (Shift::Shl, "shl"),
        (Shift::Shr, "shr"),
        (Shift::Sar, "sar"),
    ];
    for (shift, mnemonic) in shifts {
        for count in [0, 1, 2, 31, 63] {
            one_reg(mnemonic, &[Want::Imm(count)], |asm, width, reg| {
                asm.shift_ri(shift, width, reg, count as u8);
            });
        }
        one_reg(mnemonic, &[Want::Byte(Gpr::Rcx)], |asm, width, reg| {
            asm.shift_cl(shift, width, reg);
        });
    }
}

type ShiftX = fn(&mut Asm, Width, Gpr, Rm, Gpr);

#[test]
fn operations_with_three_operands() {
    let shifts: [(&str, ShiftX); 3] = [
        ("shlx", Asm::shlx),
        ("shrx", Asm::shrx),
        ("sarx", Asm::sarx),
    ];
    for width in WIDTHS {
        for (number, (dst, src)) in (0..).zip(sources()) {
            let third = Gpr::from_number(number % 16);
            let (d, s, t) = (
                Want::Gpr(dst, width),
                src.want(width),
                Want::Gpr(third, width),
            );
            for (mnemonic, emit) in shifts {
                Meant::new(mnemonic, VEX, &[d, s, t])
                    .check(|asm| emit(asm, width, dst, src.rm(), third));
            }
            Meant::new("andn", VEX, &[d, t, s]).check(|asm| asm.andn(width, dst, third, src.rm()));
            Meant::new("rorx", VEX, &[d, s, Want::Imm(13)])
                .check(|asm| asm.rorx(width, dst, src.rm(), 13));
        }
    }
}

#[test]
#[should_panic(expected = "stores have 1, 2, 4 or 8 bytes")]
fn a_store_of_three_bytes_is_found() {
    Asm::new().store_imm(3, Mem::base(Gpr::Rax, 0), 0);
}
