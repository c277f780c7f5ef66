//! The text form of register code.

use std::fmt::Write;

use isa::{Class, Op};

use super::{Code, Form, Head, Kind, field, len_at};

/// Register code as text: one instruction to a line, blocks set apart.
fn listing(words: &[u64], entry: usize) -> String {
    let mut text = String::new();
    let mut pos = entry;
    while pos < words.len() {
        let len = len_at(words, pos);
        line(&mut text, words, pos, len);
        pos += len;
    }
    text
}

impl Code {
    /// The whole function as text.
    pub(crate) fn listing(&self) -> String {
        let mut text = format!(
            "frame {} slots, stack {} units",
            self.frame_slots, self.units
        );
        text.push('\n');
        text.push_str(&listing(&self.words, self.entry as usize));
        for (index, region) in self.regions.iter().enumerate() {
            let _ = writeln!(
                text,
                "region {index}: {}..{} in {:?}: {:?}",
                region.start, region.end, region.parent, region.handlers
            );
        }
        text
    }

    /// Its instructions as text, with their word positions.
    pub(crate) fn instructions(&self) -> Vec<(u32, String)> {
        let mut lines = Vec::new();
        let mut pos = self.entry as usize;
        while pos < self.words.len() {
            let len = len_at(&self.words, pos);
            let mut text = String::new();
            instruction(&mut text, &self.words, pos, len);
            lines.push((pos as u32, text));
            pos += len;
        }
        lines
    }

    /// Word positions of its blocks, and what they cost.
    pub(crate) fn charges(&self) -> impl Iterator<Item = (u32, u64)> {
        let mut pos = self.entry as usize;
        std::iter::from_fn(move || {
            while pos < self.words.len() {
                let at = pos;
                pos += len_at(&self.words, at);
                if Head(self.words[at]).op() == Op::Charge {
                    return Some((at as u32, self.words[at + 1]));
                }
            }
            None
        })
    }
}

fn line(text: &mut String, words: &[u64], pos: usize, len: usize) {
    let _ = match Head(words[pos]).op() {
        Op::Charge => write!(text, "@{pos}: "),
        _ => write!(text, "    {pos:>4}  "),
    };
    instruction(text, words, pos, len);
    text.push('\n');
}

fn instruction(text: &mut String, words: &[u64], pos: usize, len: usize) {
    let head = Head(words[pos]);
    let op = head.op();
    if op == Op::Charge {
        let _ = write!(text, "charge {}", words[pos + 1]);
        return;
    }
    let fields = words[pos + 1];
    let branch = head.flags() & (Head::IF_TRUE | Head::IF_FALSE) != 0;
    if branch {
        text.push_str(if head.has(Head::IF_TRUE) {
            "br_if "
        } else {
            "br_if_not "
        });
    }
    text.push_str(op.mnemonic());
    let rest = &words[pos + 2..pos + len];
    operands(text, op, head.form(), fields, rest, branch);
    if branch {
        let _ = write!(text, " @{}", target(pos, words[pos + 2]));
    }
    details(text, op, head, pos, fields, rest);
    destination(text, op, head, fields);
}

fn target(pos: usize, word: u64) -> i64 {
    pos as i64 + i64::from(word as u32 as i32)
}

/// How many operands are named by fields 1 to 3.
pub(super) fn arity(op: Op) -> u8 {
    match op.class() {
        Class::Unary | Class::TryUnary | Class::ExtractLane | Class::Load => 1,
        Class::Binary | Class::Commute | Class::TryBinary | Class::Compare => 2,
        Class::ReplaceLane | Class::Shuffle | Class::LoadLane | Class::StoreLane => 2,
        Class::Ternary | Class::TernaryUnfused => 3,
        Class::Store => 1,
        Class::Control | Class::Machine => match op {
            Op::Select | Op::SelectVec | Op::SelectWide => 3,
            Op::MemoryFill | Op::MemoryCopy | Op::MemoryInit => 3,
            Op::TableFill | Op::TableCopy | Op::TableInit => 3,
            Op::TableGrow | Op::TableSet => 2,
            Op::CopySlot | Op::CopyWide | Op::BrTable | Op::Address => 1,
            Op::Return | Op::ReturnVec | Op::ReturnWide => 1,
            Op::GlobalSet | Op::GlobalSetVec | Op::GlobalSetWide => 1,
            Op::CallIndirect | Op::CallRef | Op::ReturnCallIndirect | Op::ReturnCallRef => 1,
            Op::Throw | Op::ThrowRef | Op::TableGet | Op::MemoryGrow | Op::RefAsNonNull => 1,
            _ => 0,
        },
    }
}

fn operands(text: &mut String, op: Op, form: Form, fields: u64, rest: &[u64], branch: bool) {
    let mut constants = rest.iter().skip(match op.class() {
        Class::Load | Class::Store => 1,
        _ if branch => 1,
        _ if matches!(op, Op::GlobalSet) => 1,
        _ => 0,
    });
    let mut operand = |text: &mut String, kind: Kind, slot: u16| match kind {
        Kind::Slot => drop(write!(text, " s{slot}")),
        Kind::Acc => text.push_str(" acc"),
        Kind::Const => drop(write!(
            text,
            " {:#x}",
            constants.next().copied().unwrap_or(0)
        )),
    };
    for index in 0..arity(op) {
        operand(text, form.kind(index), field(fields, u32::from(index) + 1));
    }
    if op.class() == Class::Store {
        operand(text, form.kind(1), field(fields, 0));
    }
}

fn details(text: &mut String, op: Op, head: Head, pos: usize, fields: u64, rest: &[u64]) {
    match op.class() {
        Class::Load | Class::Store | Class::LoadLane | Class::StoreLane => {
            if head.has(Head::SUM) {
                let _ = write!(text, " + s{}", field(fields, 2));
            }
            let _ = write!(text, " to +{}", rest[0]);
            if head.has(Head::FAR) {
                let _ = write!(text, " memory {}", field(fields, 3));
            }
        }
        Class::ExtractLane | Class::ReplaceLane => {
            let _ = write!(text, " lane {}", field(fields, 3));
        }
        Class::Shuffle => {
            let _ = write!(text, " {:016x} {:016x}", rest[0], rest[1]);
        }
        Class::Control | Class::Machine => control_details(text, op, pos, fields, rest),
        _ => {}
    }
}

fn control_details(text: &mut String, op: Op, pos: usize, fields: u64, rest: &[u64]) {
    match op {
        Op::Br => drop(write!(text, " @{}", target(pos, fields))),
        Op::Zero => drop(write!(
            text,
            " s{}..s{}",
            field(fields, 0),
            field(fields, 1)
        )),
        Op::BrTable => {
            for &word in rest {
                let _ = write!(text, " @{}", target(pos, word));
            }
        }
        Op::CopyConst => drop(write!(text, " {:#x}", rest[0])),
        Op::Call | Op::ReturnCall => {
            let _ = write!(text, " function {} frame s{}", rest[0], field(fields, 0));
            moves(text, field(fields, 3), &rest[1..]);
        }
        Op::CallIndirect | Op::ReturnCallIndirect => {
            let (table, ty) = (rest[0] as u32, rest[0] >> 32);
            let _ = write!(text, " table {table} type {ty} frame s{}", field(fields, 0));
            moves(text, field(fields, 3), &rest[1..]);
        }
        Op::CallRef | Op::ReturnCallRef => {
            let _ = write!(text, " frame s{}", field(fields, 0));
            moves(text, field(fields, 3), &rest[1..]);
        }
        Op::ReturnMany => {
            for i in 0..usize::from(field(fields, 3)) {
                let _ = write!(text, " s{}", field(rest[i / 4], (i % 4) as u32));
            }
        }
        _ => {
            for &word in rest {
                let _ = write!(text, " {word:#x}");
            }
        }
    }
}

fn moves(text: &mut String, count: u16, list: &[u64]) {
    for i in 0..usize::from(count) {
        let (word, half) = (list[i / 2], 2 * (i % 2) as u32);
        let _ = write!(
            text,
            ", s{} <- s{}",
            field(word, half),
            field(word, half + 1)
        );
    }
}

fn destination(text: &mut String, op: Op, head: Head, fields: u64) {
    let copies = matches!(
        op,
        Op::CopySlot | Op::CopyWide | Op::CopyConst | Op::CopyAcc | Op::CopyVec | Op::CopyVecWide
    );
    if head.has(Head::KEEP) || copies {
        let _ = write!(text, " -> s{}", field(fields, 0));
    }
}
