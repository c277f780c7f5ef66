//! Machine code to read: of one function, with the way back to register code
//! and to Wasm.

use std::ops::Range;

use simd::CpuLevel;

use super::{Compiled, Module};
use crate::code::{Code, MAX_WORDS};
use crate::error::Error;
use crate::jit::view::{self, CodePart, Mark, View};
use crate::jit::{Compiler, Request};
use crate::lower;

/// The machine code of one function, and what it was made from.
///
/// Nothing in it depends on addresses: two calls give the same.
#[derive(Clone, Debug)]
pub struct MachineCode {
    /// The code, and behind it its constants and tables of jumps.
    pub bytes: Vec<u8>,
    /// Offset in the bytes where a call enters.
    pub entry: u32,
    /// Offset from which on code is rarely run.
    pub cold: u32,
    /// Offset from which on there is no code, but constants and tables.
    pub data: u32,
    /// The blocks of the register code, in its order.
    pub blocks: Vec<CodeBlock>,
    /// Stretches of the machine code, in its order.
    pub marks: Vec<CodeMark>,
    /// The register code, in order.
    pub instructions: Vec<RegisterInst>,
    /// The compiler's own form in between, as text.
    pub values: String,
    /// Where the function's body lies in the module.
    pub body: Range<u64>,
}

/// A block of register code: paid as a whole, and entered at its head only.
#[derive(Clone, Debug)]
pub struct CodeBlock {
    /// Its number in machine code; absent if it has none there, because
    /// nothing leads to it.
    pub number: Option<u32>,
    /// Word position of its first instruction.
    pub pos: u32,
    /// What it costs.
    pub fuel: u64,
    /// How many loops are around it.
    pub loop_depth: u8,
    /// Offset of its machine code.
    pub offset: Option<u32>,
}

/// A stretch of machine code, up to where the next one begins.
#[derive(Clone, Debug)]
pub struct CodeMark {
    /// Where it begins.
    pub offset: u32,
    /// Number of the block it belongs to.
    pub block: u32,
    /// Word position of the instruction in register code that it was made
    /// for. What was taken out of a loop is in another block than that one.
    pub pos: u32,
    /// Offset in the module of the Wasm instruction that was carried out
    /// there.
    pub wasm: u64,
    /// What it is for.
    pub part: CodePart,
}

/// An instruction of register code.
#[derive(Clone, Debug)]
pub struct RegisterInst {
    /// Its word position.
    pub pos: u32,
    /// Offset in the module of the Wasm instruction that it carries out; it
    /// may carry out some before that too.
    pub wasm: u64,
    /// Its text, as [`Module::listing`] has it.
    pub text: String,
}

impl MachineCode {
    /// The name of what machine code finds at `offset` from `r14`, which holds
    /// the state of the run.
    pub fn context_field(offset: u32) -> Option<&'static str> {
        view::context_field(offset)
    }

    /// The instruction at a word position of the register code.
    pub fn instruction(&self, pos: u32) -> Option<&RegisterInst> {
        let found = self
            .instructions
            .binary_search_by_key(&pos, |inst| inst.pos);
        found.ok().map(|index| &self.instructions[index])
    }
}

impl Module {
    /// Makes the machine code of function `index` for a CPU level, whether or
    /// not this CPU has it, so that it can be read. It is not run. Whether it
    /// relies on guard pages is the engine's choice; one whose tier is the
    /// interpreter has none.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is no such function, it is imported, or the
    /// compiler leaves it to the interpreter; and as [`Module::compile_all`].
    pub fn machine_code(&self, index: u32, level: CpuLevel) -> Result<MachineCode, Error> {
        self.check_defined(index)?;
        self.compiled.machine_code(index, level)
    }
}

impl Compiled {
    fn machine_code(&self, function: u32, level: CpuLevel) -> Result<MachineCode, Error> {
        let code = lower::lower(&self.data, self.engine.profile(), function, MAX_WORDS)?;
        let map = self.map(function)?;
        let request = Request {
            level,
            view: true,
            ..self.natives.request(&code, code.entry)
        };
        let native = Compiler::default().compile(&request).map_err(|refused| {
            Error::usage(format!(
                "function {function} has no machine code: {refused}"
            ))
        })?;
        let view = native.view.expect("a view was asked for");
        let body = &self.data.bodies[self.defined(function)];
        let body = body.start as u64..body.end as u64;
        // What stands before the first Wasm instruction belongs to the body.
        let wasm = |pos| u64::from(map.at(pos).offset).max(body.start);
        let instructions = code.instructions().into_iter();
        Ok(MachineCode {
            bytes: native.bytes,
            entry: native.entry,
            cold: view.cold,
            data: view.data,
            blocks: blocks(&code, &view),
            marks: view.marks.iter().map(|mark| public(mark, wasm)).collect(),
            instructions: instructions
                .map(|(pos, text)| RegisterInst {
                    pos,
                    wasm: wasm(pos),
                    text,
                })
                .collect(),
            values: view.values,
            body: body.clone(),
        })
    }
}

/// Blocks of register code, with what became of them.
fn blocks(code: &Code, view: &View) -> Vec<CodeBlock> {
    code.charges()
        .map(|(pos, fuel)| {
            // Machine code of a whole function keeps the order of its blocks.
            let found = view.blocks.binary_search_by_key(&pos, |block| block.pos);
            let made = found.ok().map(|index| view.blocks[index]);
            CodeBlock {
                number: made.map(|block| block.number),
                pos,
                fuel,
                loop_depth: made.map_or(0, |block| block.depth),
                offset: made.map(|block| block.offset),
            }
        })
        .collect()
}

fn public(mark: &Mark, wasm: impl Fn(u32) -> u64) -> CodeMark {
    CodeMark {
        offset: mark.offset,
        block: mark.block,
        pos: mark.pos,
        wasm: wasm(mark.pos),
        part: mark.part,
    }
}
