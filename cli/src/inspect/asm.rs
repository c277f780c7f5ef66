//! A function three times: Wasm, register code, machine code, and what of each belongs together.

use std::io;
use std::ops::Range;

use disasm::{Line, Listing, purpose};
use lockstep_vm::{CodeBlock, CodeMark, MachineCode, RegisterInst};
use serde_json::{Value, json};

use crate::output::{hex, visible};

/// A line of Wasm text, with its offset in the module.
pub(super) struct WasmLine {
    pub(super) offset: u64,
    pub(super) text: String,
}

/// Collects the lines of a function's body while the whole module is printed, and keeps nothing else.
struct Collector<'a> {
    body: &'a Range<u64>,
    lines: Vec<WasmLine>,
    inside: bool,
}

impl wasmprinter::Print for Collector<'_> {
    fn write_str(&mut self, text: &str) -> io::Result<()> {
        if let Some(line) = self.lines.last_mut().filter(|_| self.inside) {
            line.text += text;
        }
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn start_line(&mut self, offset: Option<u64>) {
        let inside = offset.filter(|offset| self.body.contains(offset));
        self.inside = inside.is_some();
        self.lines.extend(inside.map(|offset| WasmLine {
            offset,
            text: String::new(),
        }));
    }
}

/// The text of a function.
pub(super) struct Wasm {
    /// Its type and its locals.
    pub(super) head: Vec<WasmLine>,
    pub(super) body: Vec<WasmLine>,
}

/// The text of the function whose body is at these offsets of a module.
///
/// # Errors
/// If the module can not be printed.
pub(super) fn wasm_lines(module: &[u8], body: &Range<u64>) -> Result<Wasm, String> {
    let mut collector = Collector {
        body,
        lines: Vec::new(),
        inside: false,
    };
    wasmprinter::Config::new()
        .print(module, &mut collector)
        .map_err(|error| format!("{error:#}"))?;
    let mut lines = collector.lines;
    let indent = |line: &WasmLine| line.text.len() - line.text.trim_start().len();
    let least = lines.iter().map(indent).min().unwrap_or(0);
    for line in &mut lines {
        line.text = visible(line.text.get(least..).unwrap_or_default().trim_end());
    }
    // No instruction begins with a parenthesis where none is folded into another.
    let is_head = |line: &WasmLine| line.text.trim_start().starts_with('(');
    let mut body = lines.split_off(lines.iter().take_while(|line| is_head(line)).count());
    body.pop_if(|line| line.text.trim() == ")");
    Ok(Wasm { head: lines, body })
}

/// What belongs together: an instruction of register code, the Wasm it carries out, and machine code made for it.
pub(super) struct Step<'a> {
    /// Word position in register code.
    pos: u32,
    pub(super) wasm: &'a [WasmLine],
    /// The instruction, or in parentheses whose or what for the machine code is.
    pub(super) register: String,
    pub(super) machine: Vec<&'a Line>,
}

/// The steps of a block, or of the part that is rarely run.
pub(super) struct Section<'a> {
    pub(super) block: Option<&'a CodeBlock>,
    pub(super) steps: Vec<Step<'a>>,
}

/// A function as it is shown.
pub(super) struct Shown<'a> {
    machine: &'a MachineCode,
    wasm: &'a Wasm,
    listing: Listing,
}

impl<'a> Shown<'a> {
    pub(super) fn new(machine: &'a MachineCode, wasm: &'a Wasm) -> Shown<'a> {
        Shown {
            machine,
            wasm,
            listing: Listing::new(machine),
        }
    }

    /// The function's type and locals.
    pub(super) fn head(&self) -> &[WasmLine] {
        &self.wasm.head
    }

    /// Constants and tables.
    pub(super) fn data(&self) -> &[Line] {
        &self.listing.data
    }

    /// The blocks in order, then what is rarely run.
    pub(super) fn sections(&self) -> Vec<Section<'_>> {
        let marks = &self.machine.marks;
        let (often, rarely) =
            marks.split_at(marks.partition_point(|m| m.offset < self.machine.cold));
        let blocks = &self.machine.blocks;
        let mut wasm = &self.wasm.body[..];
        let mut sections = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            let end = blocks.get(index + 1).map_or(u32::MAX, |next| next.pos);
            let own = block.number.map_or(&[][..], |number| {
                let before = |limit| often.partition_point(|mark| mark.block < limit);
                &often[before(number)..before(number + 1)]
            });
            sections.push(Section {
                block: Some(block),
                steps: self.steps(block.pos..end, own, &mut wasm),
            });
        }
        if let Some(last) = sections
            .last_mut()
            .and_then(|section| section.steps.last_mut())
        {
            // What is left ends the function, or can not be reached.
            let from = self.wasm.body.len() - wasm.len() - last.wasm.len();
            last.wasm = &self.wasm.body[from..];
        }
        let steps: Vec<Step> = rarely.iter().map(|mark| self.elsewhere(mark)).collect();
        if !steps.is_empty() {
            sections.push(Section { block: None, steps });
        }
        sections
    }

    /// The steps of the block at these word positions, whose machine code has these marks. It takes its lines from `wasm`.
    fn steps<'s>(
        &'s self,
        positions: Range<u32>,
        marks: &[CodeMark],
        wasm: &mut &'s [WasmLine],
    ) -> Vec<Step<'s>> {
        let all = &self.machine.instructions;
        let index = |pos| all.partition_point(|inst| inst.pos < pos);
        let mut rest = &all[index(positions.start)..index(positions.end)];
        let mut steps: Vec<Step> = Vec::new();
        for mark in marks {
            if positions.contains(&mark.pos) {
                let (now, later) = rest.split_at(rest.partition_point(|inst| inst.pos <= mark.pos));
                steps.extend(now.iter().map(|inst| in_place(inst, wasm)));
                rest = later;
            }
            match steps.last_mut() {
                Some(last) if last.pos == mark.pos => last.machine.extend(self.lines(mark)),
                _ => steps.push(self.elsewhere(mark)),
            }
        }
        steps.extend(rest.iter().map(|inst| in_place(inst, wasm)));
        steps
    }

    /// Machine code that is not where its register code is.
    fn elsewhere(&self, mark: &CodeMark) -> Step<'_> {
        let register = || {
            self.machine
                .instruction(mark.pos)
                .map(|inst| inst.text.clone())
        };
        let what = purpose(mark.part).or_else(register).unwrap_or_default();
        Step {
            pos: mark.pos,
            wasm: &[],
            register: format!("({} {what})", mark.pos),
            machine: self.lines(mark).iter().collect(),
        }
    }

    /// The instructions of a stretch.
    fn lines(&self, mark: &CodeMark) -> &[Line] {
        let marks = &self.machine.marks;
        let next = marks.partition_point(|other| other.offset <= mark.offset);
        let end = marks
            .get(next)
            .map_or(self.machine.data, |mark| mark.offset);
        self.listing.between(mark.offset, end)
    }

    /// All of it for programs.
    pub(super) fn to_json(&self, values: bool) -> Value {
        let machine = self.machine;
        let block = |block: &CodeBlock| {
            json!({
                "block": block.number,
                "word": block.pos,
                "fuel": block.fuel,
                "loop_depth": block.loop_depth,
                "offset": block.offset,
            })
        };
        let code = machine.marks.iter().flat_map(|mark| {
            self.lines(mark).iter().map(move |line| {
                json!({
                    "offset": line.offset,
                    "bytes": self.bytes(line),
                    "label": line.label,
                    "text": line.text,
                    "block": mark.block,
                    "word": mark.pos,
                    "wasm_offset": mark.wasm,
                    "purpose": purpose(mark.part),
                })
            })
        });
        let data = self.data().iter().map(
            |line| json!({ "offset": line.offset, "bytes": self.bytes(line), "label": line.label, "text": line.text }),
        );
        let register = machine
            .instructions
            .iter()
            .map(|inst| json!({ "word": inst.pos, "wasm_offset": inst.wasm, "text": inst.text }));
        let wasm = self
            .wasm
            .head
            .iter()
            .chain(&self.wasm.body)
            .map(|line| json!({ "offset": line.offset, "text": line.text }));
        let mut json = json!({
            "entry": machine.entry,
            "rarely_run": machine.cold,
            "blocks": machine.blocks.iter().map(block).collect::<Vec<_>>(),
            "machine_code": code.collect::<Vec<_>>(),
            "data": data.collect::<Vec<_>>(),
            "register_code": register.collect::<Vec<_>>(),
            "wasm": wasm.collect::<Vec<_>>(),
        });
        if values {
            json["values"] = machine.values.as_str().into();
        }
        json
    }

    fn bytes(&self, line: &Line) -> String {
        hex(&self.machine.bytes[line.offset as usize..(line.offset + line.len) as usize])
    }
}

/// An instruction of register code with the Wasm up to the instruction that it carries out.
fn in_place<'a>(inst: &RegisterInst, wasm: &mut &'a [WasmLine]) -> Step<'a> {
    let (own, rest) = wasm.split_at(wasm.partition_point(|line| line.offset <= inst.wasm));
    *wasm = rest;
    Step {
        pos: inst.pos,
        wasm: own,
        register: format!("{} {}", inst.pos, inst.text),
        machine: Vec::new(),
    }
}
