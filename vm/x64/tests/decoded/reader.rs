//! One instruction, decoded and compared with what was meant.

use iced_x86::{Decoder, DecoderOptions, Encoder, EncodingKind, Instruction, OpKind, Register};
use x64::{Asm, Gpr, Mask, Mem, Rm, Scale, Width, Xm, Xmm};

/// An address whose parts the test knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address {
    base: Option<Gpr>,
    index: Option<(Gpr, Scale)>,
    disp: i32,
}

impl Address {
    pub(crate) const fn base(base: Gpr, disp: i32) -> Self {
        Self {
            base: Some(base),
            index: None,
            disp,
        }
    }

    pub(crate) fn mem(self) -> Mem {
        match (self.base, self.index) {
            (Some(base), None) => Mem::base(base, self.disp),
            (Some(base), Some((index, scale))) => Mem::index(base, index, scale, self.disp),
            (None, Some((index, scale))) => Mem::scaled(index, scale, self.disp),
            (None, None) => unreachable!("no case has neither"),
        }
    }
}

/// An operand as it is meant.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want {
    Gpr(Gpr, Width),
    /// A general register used as a byte.
    Byte(Gpr),
    /// A general register used as two bytes.
    Word(Gpr),
    Xmm(Xmm),
    Mask(Mask),
    Mem(Address),
    Imm(u64),
    /// An immediate of which only 32 bits are used.
    Imm32(i32),
}

/// An operand of a test: what is given to the assembler, and what must come
/// out of the decoder.
#[derive(Clone, Copy)]
pub(crate) enum Source {
    Gpr(Gpr),
    Xmm(Xmm),
    Mem(Address),
}

impl Source {
    pub(crate) fn xm(self) -> Xm {
        match self {
            Self::Gpr(_) => unreachable!("vector operands are asked for"),
            Self::Xmm(reg) => reg.into(),
            Self::Mem(address) => address.mem().into(),
        }
    }

    pub(crate) fn rm(self) -> Rm {
        match self {
            Self::Gpr(reg) => reg.into(),
            Self::Xmm(_) => unreachable!("general operands are asked for"),
            Self::Mem(address) => address.mem().into(),
        }
    }

    pub(crate) fn want(self, width: Width) -> Want {
        match self {
            Self::Gpr(reg) => Want::Gpr(reg, width),
            Self::Xmm(reg) => Want::Xmm(reg),
            Self::Mem(address) => Want::Mem(address),
        }
    }
}

/// An instruction as it is meant.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    pub(crate) mnemonic: String,
    pub(crate) encoding: EncodingKind,
    pub(crate) operands: Vec<Want>,
    pub(crate) mask: Option<Mask>,
    pub(crate) zeroing: bool,
    pub(crate) is_broadcast: bool,
}

impl Meant {
    pub(crate) fn new(mnemonic: &str, encoding: EncodingKind, operands: &[Want]) -> Self {
        Self {
            mnemonic: mnemonic.to_string(),
            encoding,
            operands: operands.to_vec(),
            mask: None,
            zeroing: false,
            is_broadcast: false,
        }
    }

    /// Assembles one instruction and checks every part of it.
    #[track_caller]
    pub(crate) fn check(&self, emit: impl FnOnce(&mut Asm)) -> Instruction {
        let mut asm = Asm::new();
        emit(&mut asm);
        let bytes = asm.finish().bytes;
        let instruction = decode(&bytes, 0);
        let about = || format!("{self:?}: {bytes:02X?} is {instruction:?}");
        assert!(!instruction.is_invalid(), "{}", about());
        assert_eq!(instruction.len(), bytes.len(), "{}", about());
        assert_eq!(mnemonic(&instruction), self.mnemonic, "{}", about());
        assert_eq!(instruction.code().encoding(), self.encoding, "{}", about());
        let operands: Vec<bool> = self
            .operands
            .iter()
            .zip(0..instruction.op_count())
            .map(|(want, at)| is(want, &instruction, at))
            .collect();
        assert_eq!(operands.len() as u32, instruction.op_count(), "{}", about());
        assert!(
            operands.iter().all(|same| *same),
            "{operands:?} {}",
            about()
        );
        let mask = match self.mask {
            Some(mask) => Register::K0 + u32::from(mask.0),
            None => Register::None,
        };
        assert_eq!(instruction.op_mask(), mask, "{}", about());
        assert_eq!(instruction.zeroing_masking(), self.zeroing, "{}", about());
        assert_eq!(instruction.is_broadcast(), self.is_broadcast, "{}", about());
        assert_eq!(encode(&instruction), bytes, "{}", about());
        instruction
    }
}

pub(crate) fn decode(bytes: &[u8], at: usize) -> Instruction {
    Decoder::with_ip(64, &bytes[at..], at as u64, DecoderOptions::NONE).decode()
}

/// The bytes that another encoder chooses, the shortest for this opcode.
fn encode(instruction: &Instruction) -> Vec<u8> {
    let mut encoder = Encoder::new(64);
    encoder
        .encode(instruction, instruction.ip())
        .expect("what was decoded can be encoded");
    encoder.take_buffer()
}

pub(crate) fn mnemonic(instruction: &Instruction) -> String {
    format!("{:?}", instruction.mnemonic()).to_lowercase()
}

fn is(want: &Want, instruction: &Instruction, at: u32) -> bool {
    let register = instruction.op_register(at);
    let gpr = |first: Register, reg: Gpr| register == first + u32::from(reg.number());
    match *want {
        Want::Gpr(reg, Width::W32) => gpr(Register::EAX, reg),
        Want::Gpr(reg, Width::W64) => gpr(Register::RAX, reg),
        Want::Word(reg) => gpr(Register::AX, reg),
        // The decoder counts ah to bh between bl and spl.
        Want::Byte(reg) => {
            register.is_gpr8()
                && register.full_register().number() == usize::from(reg.number())
                && !matches!(
                    register,
                    Register::AH | Register::CH | Register::DH | Register::BH
                )
        }
        Want::Xmm(reg) => register.is_vector_register() && register.number() == usize::from(reg.0),
        Want::Mask(mask) => register == Register::K0 + u32::from(mask.0),
        Want::Mem(address) => {
            instruction.op_kind(at) == OpKind::Memory && is_at(address, instruction)
        }
        Want::Imm(value) => instruction
            .try_immediate(at)
            .is_ok_and(|found| found == value),
        Want::Imm32(value) => instruction
            .try_immediate(at)
            .is_ok_and(|found| found as i32 == value),
    }
}

fn is_at(address: Address, instruction: &Instruction) -> bool {
    let register = |reg: Option<Gpr>| match reg {
        Some(reg) => Register::RAX + u32::from(reg.number()),
        None => Register::None,
    };
    let scale = address.index.map_or(1, |(_, scale)| 1 << scale as u32);
    instruction.memory_base() == register(address.base)
        && instruction.memory_index() == register(address.index.map(|(index, _)| index))
        && instruction.memory_index_scale() == scale
        && instruction.memory_displacement64() == i64::from(address.disp).cast_unsigned()
}

/// Addresses of every form, at the edges of what each can say.
pub(crate) fn addresses() -> Vec<Address> {
    let mut addresses = Vec::new();
    for base in [Gpr::Rax, Gpr::Rsp, Gpr::Rbp, Gpr::R12, Gpr::R13, Gpr::R15] {
        for disp in [0, 1, -128, 128] {
            addresses.push(Address::base(base, disp));
        }
    }
    // Displacements of one byte count in units of 1 to 32 bytes.
    for unit in [1, 2, 4, 8, 16, 32] {
        for disp in [127 * unit, 128 * unit, -128 * unit, -129 * unit, unit + 1] {
            addresses.push(Address::base(Gpr::Rdi, disp));
        }
    }
    addresses.push(Address::base(Gpr::R14, i32::MAX));
    addresses.push(Address::base(Gpr::R14, i32::MIN));
    let indexed = [
        (Some(Gpr::Rax), Gpr::Rcx, Scale::One, 0),
        (Some(Gpr::Rbp), Gpr::R12, Scale::Eight, 0),
        (Some(Gpr::R13), Gpr::Rbp, Scale::Two, 0),
        (Some(Gpr::Rsp), Gpr::R15, Scale::Four, 64),
        (Some(Gpr::R12), Gpr::R13, Scale::One, -4096),
        (Some(Gpr::R13), Gpr::R12, Scale::Two, 31),
        (None, Gpr::Rcx, Scale::Eight, 16),
        (None, Gpr::R12, Scale::Four, 0),
        (None, Gpr::Rbp, Scale::Two, -1),
    ];
    for (base, index, scale, disp) in indexed {
        addresses.push(Address {
            base,
            index: Some((index, scale)),
            disp,
        });
    }
    addresses
}

/// A few of them, for where the form of the address is not the subject.
pub(crate) fn some_addresses() -> Vec<Address> {
    addresses().into_iter().step_by(7).collect()
}
