//! The text form of machine code, for people and for tests that compare it.
//!
//! The engine itself contains no decoder: it has no use for one.
#![forbid(unsafe_code)]

mod names;
mod text;

use iced_x86::{Decoder, DecoderOptions, Formatter, Instruction, IntelFormatter};
use lockstep_vm::{CodePart, MachineCode};

use names::Names;
pub use text::text;

/// An instruction, or a constant or table behind the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its offset in [`MachineCode::bytes`].
    pub offset: u32,
    /// How many bytes it is long.
    pub len: u32,
    /// What the code calls this place, if it names it.
    pub label: Option<String>,
    /// The instruction; of a constant its bits, of a table its targets.
    pub text: String,
}

/// Machine code as text.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Instructions in order.
    pub code: Vec<Line>,
    /// Constants and tables in order.
    pub data: Vec<Line>,
}

impl Listing {
    /// Decodes machine code. Blocks are called `b` and their number, constants
    /// `k`, tables `t`, other places by what happens there. Memory at `cx.` is
    /// the state of the run, an `s` beside `rbp` is a slot of the frame as
    /// register code names it.
    pub fn new(machine: &MachineCode) -> Listing {
        let instructions = decode(machine);
        let names = Names::new(machine, &instructions);
        let mut formatter = IntelFormatter::with_options(Some(Box::new(names.clone())), None);
        let options = formatter.options_mut();
        options.set_hex_prefix("0x");
        options.set_hex_suffix("");
        options.set_uppercase_hex(false);
        options.set_space_after_operand_separator(true);
        options.set_first_operand_char_index(FIRST_OPERAND);
        let code = instructions.iter().map(|instruction| {
            let mut text = String::new();
            formatter.format(instruction, &mut text);
            let offset = instruction.ip() as u32;
            Line {
                offset,
                len: instruction.len() as u32,
                label: names.at(offset).map(str::to_owned),
                text: text.trim_end().to_owned(),
            }
        });
        Listing {
            code: code.collect(),
            data: names.data(machine),
        }
    }

    /// The instructions from offset `start` to `end`.
    pub fn between(&self, start: u32, end: u32) -> &[Line] {
        let index = |offset| self.code.partition_point(|line| line.offset < offset);
        &self.code[index(start)..index(end)]
    }
}

/// Column of the first operand: behind the longest of the usual mnemonics.
const FIRST_OPERAND: u32 = 10;

fn decode(machine: &MachineCode) -> Vec<Instruction> {
    let code = &machine.bytes[..machine.data as usize];
    Decoder::with_ip(64, code, 0, DecoderOptions::NONE)
        .into_iter()
        .collect()
}

/// What a stretch of machine code is for, if it is not what its register code
/// says.
pub fn purpose(part: CodePart) -> Option<String> {
    Some(match part {
        CodePart::OutOfFuel => "the fuel is used up".to_owned(),
        CodePart::Trap(trap) => format!("trap: {trap}"),
        CodePart::ConversionTrap => "trap: which one, the operand tells".to_owned(),
        CodePart::Nan => "a NaN becomes the canonical one".to_owned(),
        CodePart::Way(block) => format!("on the way to b{block}"),
        _ => return None,
    })
}
