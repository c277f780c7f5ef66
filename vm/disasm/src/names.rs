//! Names of places: blocks, cold stretches, constants, fields, slots.

use std::collections::{BTreeMap, BTreeSet};

use iced_x86::{Instruction, Mnemonic, OpKind, Register, SymbolResolver, SymbolResult};
use lockstep_vm::{CodePart, MachineCode};

use crate::Line;

/// Names by offset.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    places: BTreeMap<u32, String>,
    /// Those of them that are tables of jumps.
    tables: BTreeSet<u32>,
}

impl Names {
    pub(crate) fn new(machine: &MachineCode, instructions: &[Instruction]) -> Names {
        let mut names = Names {
            places: BTreeMap::new(),
            tables: BTreeSet::new(),
        };
        for block in &machine.blocks {
            if let (Some(number), Some(offset)) = (block.number, block.offset) {
                names.places.entry(offset).or_insert(format!("b{number}"));
            }
        }
        names.cold(machine);
        let mut jumps = BTreeSet::new();
        let mut constants = BTreeSet::new();
        for instruction in instructions {
            if instruction.op0_kind() == OpKind::NearBranch64 {
                jumps.insert(instruction.near_branch64() as u32);
            }
            if instruction.is_ip_rel_memory_operand() {
                let offset = instruction.ip_rel_memory_address() as u32;
                match instruction.mnemonic() {
                    Mnemonic::Lea => drop(names.tables.insert(offset)),
                    _ => drop(constants.insert(offset)),
                }
            }
        }
        jumps.retain(|offset| !names.places.contains_key(offset));
        constants.retain(|offset| !names.tables.contains(offset));
        let tables = names.tables.clone();
        for (letter, offsets) in [("L", jumps), ("k", constants), ("t", tables)] {
            for (number, offset) in offsets.into_iter().enumerate() {
                names.places.insert(offset, format!("{letter}{number}"));
            }
        }
        names
    }

    /// Names stretches that are rarely run by what they are for and whose they
    /// are, so that a change elsewhere does not rename them.
    fn cold(&mut self, machine: &MachineCode) {
        let mut used = BTreeMap::new();
        for mark in machine.marks.iter().filter(|m| m.offset >= machine.cold) {
            let name = match mark.part {
                CodePart::OutOfFuel => format!("fuel_b{}", mark.block),
                CodePart::Trap(_) | CodePart::ConversionTrap => format!("trap_{}", mark.pos),
                CodePart::Nan => format!("nan_{}", mark.pos),
                CodePart::Way(to) => format!("b{}_to_b{to}", mark.block),
                _ => continue,
            };
            let count: &mut u32 = used.entry(name.clone()).or_default();
            *count += 1;
            let name = match *count {
                1 => name,
                count => format!("{name}_{count}"),
            };
            self.places.insert(mark.offset, name);
        }
    }

    /// The name of a place, if it has one.
    pub(crate) fn at(&self, offset: u32) -> Option<&str> {
        self.places.get(&offset).map(String::as_str)
    }

    /// Constants and tables.
    pub(crate) fn data(&self, machine: &MachineCode) -> Vec<Line> {
        let ends = self.places.range(machine.data..).skip(1);
        let ends = ends.map(|(&offset, _)| offset);
        let ends = ends.chain([machine.bytes.len() as u32]);
        let starts = self.places.range(machine.data..);
        let lines = starts.zip(ends).map(|((&offset, name), end)| {
            let bytes = &machine.bytes[offset as usize..end as usize];
            Line {
                offset,
                len: end - offset,
                label: Some(name.clone()),
                text: match self.tables.contains(&offset) {
                    true => self.table(offset, bytes),
                    false => constant(bytes),
                },
            }
        });
        lines.collect()
    }

    /// Where the jumps of a table lead, which holds distances from its start.
    fn table(&self, start: u32, bytes: &[u8]) -> String {
        let target = |bytes: &[u8; 4]| {
            let offset = start.wrapping_add(u32::from_le_bytes(*bytes));
            match self.at(offset) {
                Some(name) => name.to_owned(),
                None => format!("{offset:#x}"),
            }
        };
        let targets: Vec<String> = bytes.as_chunks().0.iter().map(target).collect();
        targets.join(" ")
    }

    /// The symbol of a memory operand, whose displacement is `address`.
    fn in_memory(&self, instruction: &Instruction, address: u64) -> Option<String> {
        match instruction.memory_base() {
            Register::R14 => {
                let name = MachineCode::context_field(u32::try_from(address).ok()?)?;
                Some(format!("cx.{name}"))
            }
            Register::RBP if address.is_multiple_of(8) => {
                let slot = u32::try_from(address).ok()? / 8;
                Some(format!("s{slot}"))
            }
            Register::RIP => self.at(u32::try_from(address).ok()?).map(str::to_owned),
            _ => None,
        }
    }
}

/// A constant's bits in words of eight bytes, the lowest word first.
fn constant(bytes: &[u8]) -> String {
    let word = |bytes: &[u8]| {
        let digits = bytes.iter().rev().map(|byte| format!("{byte:02x}"));
        digits.collect::<String>()
    };
    bytes.chunks(8).map(word).collect::<Vec<_>>().join(" ")
}

impl SymbolResolver for Names {
    fn symbol(
        &mut self,
        instruction: &Instruction,
        _: u32,
        operand: Option<u32>,
        address: u64,
        _: u32,
    ) -> Option<SymbolResult<'_>> {
        let name = match instruction.op_kind(operand?) {
            OpKind::NearBranch64 => self.at(u32::try_from(address).ok()?)?.to_owned(),
            OpKind::Memory => self.in_memory(instruction, address)?,
            _ => return None,
        };
        Some(SymbolResult::with_string(address, name))
    }
}
