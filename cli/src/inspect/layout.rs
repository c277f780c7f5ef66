//! The three texts of a function: side by side, or one below the other where there is no room.

use disasm::Line;
use lockstep_vm::CodeBlock;

use super::asm::{Section, Shown, Step, WasmLine};
use crate::output::Style;

/// Columns between two texts.
const GAP: usize = 2;

/// A function, for a terminal of so many columns, or for any number.
pub(super) fn text(shown: &Shown<'_>, columns: Option<usize>, style: Style) -> String {
    let sections = shown.sections();
    let steps = || sections.iter().flat_map(|section| &section.steps);
    let widest = |cells: &mut dyn Iterator<Item = String>| {
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let wasm = widest(&mut steps().flat_map(|step| step.wasm.iter().map(wasm_cell)));
    let register = widest(&mut steps().map(|step| step.register.clone()));
    let machine =
        widest(&mut steps().flat_map(|step| step.machine.iter().map(|line| line_cell(line))));
    let beside = columns.is_none_or(|columns| wasm + register + machine + 2 * GAP <= columns);
    let mut text = String::new();
    for line in shown.head() {
        text += &format!("{}\n", wasm_cell(line));
    }
    for section in &sections {
        text += &format!("\n{}\n", style.bold(heading(section)));
        // What is rarely run stands beside no Wasm.
        let wasm = if section.block.is_some() {
            wasm + GAP
        } else {
            0
        };
        for step in &section.steps {
            text += &match beside {
                true => side_by_side(step, section.block, [wasm, register + GAP]),
                false => one_below_other(step, section.block, style),
            };
        }
    }
    if !shown.data().is_empty() {
        text += &format!("\n{}\n", style.bold("constants and tables"));
    }
    for line in shown.data() {
        let label = line.label.as_deref().unwrap_or_default();
        text += &format!("{}  {label}: {}\n", offset(line.offset.into()), line.text);
    }
    text
}

fn heading(section: &Section<'_>) -> String {
    let Some(block) = section.block else {
        return "rarely run".to_owned();
    };
    let name = match block.number {
        Some(number) => format!("b{number}"),
        None => "never reached".to_owned(),
    };
    let loops = match block.loop_depth {
        0 => String::new(),
        1 => ", in a loop".to_owned(),
        depth => format!(", in {depth} loops"),
    };
    format!("{name} at word {}: fuel {}{loops}", block.pos, block.fuel)
}

fn offset(offset: u64) -> String {
    format!("{offset:04x}")
}

fn wasm_cell(line: &WasmLine) -> String {
    format!("{}  {}", offset(line.offset), line.text)
}

fn line_cell(line: &Line) -> String {
    format!("{}  {}", offset(line.offset.into()), line.text)
}

/// Machine code in lines, with labels in lines of their own but for that of the block, which the heading says.
fn machine_cells(step: &Step<'_>, block: Option<&CodeBlock>) -> Vec<String> {
    let head = block.and_then(|block| block.offset);
    let mut cells = Vec::new();
    for line in &step.machine {
        if let Some(label) = line.label.as_ref().filter(|_| head != Some(line.offset)) {
            cells.push(format!("{label}:"));
        }
        cells.push(line_cell(line));
    }
    cells
}

fn side_by_side(
    step: &Step<'_>,
    block: Option<&CodeBlock>,
    [wasm, register]: [usize; 2],
) -> String {
    let machine = machine_cells(step, block);
    let rows = step.wasm.len().max(machine.len()).max(1);
    let mut text = String::new();
    for row in 0..rows {
        let left = step.wasm.get(row).map_or_else(String::new, wasm_cell);
        let middle = if row == 0 { step.register.as_str() } else { "" };
        let right = machine.get(row).map_or("", String::as_str);
        let line = format!("{left:<wasm$}{middle:<register$}{right}");
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn one_below_other(step: &Step<'_>, block: Option<&CodeBlock>, style: Style) -> String {
    let mut text = String::new();
    for line in step.wasm {
        text += &format!("{}\n", style.dim(wasm_cell(line)));
    }
    text += &format!("    {}\n", style.cyan(&step.register));
    for cell in machine_cells(step, block) {
        text += &format!("        {cell}\n");
    }
    text
}
