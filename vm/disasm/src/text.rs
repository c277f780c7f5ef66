//! A function's machine code below the register code it was made from.

use std::fmt::Write;

use lockstep_vm::{CodeBlock, CodeMark, MachineCode};

use crate::{Line, Listing, purpose};

/// The whole function, without offsets: so what stays the same reads the same
/// wherever it lies.
pub fn text(machine: &MachineCode) -> String {
    let listing = Listing::new(machine);
    let mut text = String::new();
    let mut marks = machine.marks.iter().peekable();
    let mut last = None;
    let mut said = String::new();
    while let Some(mark) = marks.next() {
        let end = marks.peek().map_or(machine.data, |next| next.offset);
        let block = (mark.offset < machine.cold).then_some(mark.block);
        if block != last.unwrap_or(Some(u32::MAX)) {
            heading(&mut text, machine, block);
            last = Some(block);
            said.clear();
        }
        let comment = comment(machine, mark);
        if comment != said {
            text += &comment;
            said = comment;
        }
        lines(&mut text, listing.between(mark.offset, end), block);
    }
    if !listing.data.is_empty() {
        text.push_str("data:\n");
    }
    for line in &listing.data {
        let label = line.label.as_deref().unwrap_or_default();
        let _ = writeln!(text, "{label}:     {}", line.text);
    }
    text
}

fn heading(text: &mut String, machine: &MachineCode, block: Option<u32>) {
    let own = |found: &&CodeBlock| found.number.is_some() && found.number == block;
    let _ = match machine.blocks.iter().find(own) {
        Some(CodeBlock {
            pos,
            fuel,
            loop_depth,
            ..
        }) => {
            let number = block.unwrap_or_default();
            writeln!(text, "b{number}: @{pos}, fuel {fuel}, loops {loop_depth}")
        }
        None => writeln!(text, "cold:"),
    };
}

/// The register code that a stretch was made for, or what it is for.
fn comment(machine: &MachineCode, mark: &CodeMark) -> String {
    let register = || machine.instruction(mark.pos).map(|inst| inst.text.clone());
    let what = purpose(mark.part).or_else(register).unwrap_or_default();
    format!("  ; {} {what}\n", mark.pos)
}

fn lines(text: &mut String, lines: &[Line], block: Option<u32>) {
    for line in lines {
        if let Some(label) = &line.label
            && block.is_none_or(|block| *label != format!("b{block}"))
        {
            let _ = writeln!(text, "{label}:");
        }
        let _ = writeln!(text, "        {}", line.text);
    }
}
