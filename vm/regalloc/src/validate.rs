//! The rules of a [`Function`] that one pass can check.

use crate::function::{Class, Function, Role, Source};

/// `Ok` if `holds`, otherwise what is wrong.
fn rule(holds: bool, what: impl Fn() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

impl Function {
    /// Checks that indices are in range, that lists follow one another, and
    /// that blocks end as they should. That definitions dominate uses is left
    /// to [`check`](crate::check).
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn validate(&self) -> Result<(), String> {
        let mut defined = vec![false; self.values.len()];
        self.validate_values()?;
        let (mut inst, mut edge) = (0, 0);
        for (number, block) in self.blocks.iter().enumerate() {
            let here = || format!("block {number}");
            rule(block.insts.start == inst && !block.insts.is_empty(), || {
                format!("{}: its instructions do not follow, or are none", here())
            })?;
            rule(block.succs.start == edge, || {
                format!("{}: its edges do not follow", here())
            })?;
            (inst, edge) = (block.insts.end, block.succs.end);
            rule(edge as usize <= self.edges.len(), || {
                format!("{}: edges out of range", here())
            })?;
            rule(inst as usize <= self.insts.len(), || {
                format!("{}: instructions out of range", here())
            })?;
            rule(number > 0 || block.params.is_empty(), || {
                "the entry has parameters".to_string()
            })?;
            for &param in block.params.of(&self.params) {
                self.define(param, &mut defined)?;
                let value = self.value(param);
                rule(!value.from_home && value.remat.is_none(), || {
                    format!("parameter {param} is loaded from its home, or a constant")
                })?;
            }
            for state in block.state.of(&self.states) {
                rule((state.value as usize) < self.values.len(), || {
                    format!("{}: a state's value is out of range", here())
                })?;
            }
            self.validate_edges(number)?;
            self.validate_insts(number, &mut defined)?;
        }
        rule(inst as usize == self.insts.len(), || {
            "instructions outside of blocks".to_string()
        })?;
        rule(edge as usize == self.edges.len(), || {
            "edges outside of blocks".to_string()
        })
    }

    fn validate_values(&self) -> Result<(), String> {
        for (number, value) in self.values.iter().enumerate() {
            rule(!value.wide || value.class == Class::Vec, || {
                format!("value {number} is wide, and not a vector")
            })?;
            if let Some(home) = value.home {
                let fits = home.checked_add(value.slots());
                let fits = fits.is_some_and(|end| end <= self.first_extra_slot);
                rule(fits && (!value.wide || home % 2 == 0), || {
                    format!("value {number} has a home that is odd or out of the frame")
                })?;
            }
            rule(!value.from_home || value.home.is_some(), || {
                format!("value {number} comes from a home it does not have")
            })?;
        }
        let in_order = self.slot_writes.is_sorted_by_key(|write| write.inst);
        rule(in_order, || "writes to slots are not in order".to_string())?;
        for write in &self.slot_writes {
            let end = write.slot.checked_add(write.count);
            rule(end.is_some_and(|end| end <= self.first_extra_slot), || {
                format!("instruction {} writes a slot out of the frame", write.inst)
            })?;
        }
        Ok(())
    }

    fn define(&self, value: u32, defined: &mut [bool]) -> Result<(), String> {
        let seen = defined.get_mut(value as usize);
        let seen = seen.ok_or_else(|| format!("value {value} does not exist"))?;
        rule(!*seen, || format!("value {value} is defined twice"))?;
        *seen = true;
        Ok(())
    }

    fn validate_edges(&self, block: usize) -> Result<(), String> {
        for edge in self.blocks[block].succs.of(&self.edges) {
            let here = || format!("edge from {block} to {}", edge.to);
            rule(edge.from as usize == block, || {
                format!("{}: it leaves another block", here())
            })?;
            let to = edge.to as usize;
            rule(to != 0 && to < self.blocks.len(), || {
                format!("{}: it leads nowhere", here())
            })?;
            let params = self.params_of(edge.to);
            rule(params.len() == edge.args.len(), || {
                format!("{}: {} arguments", here(), edge.args.len())
            })?;
            for (&param, arg) in params.iter().zip(edge.args.of(&self.args)) {
                if let Source::Value(value) = *arg {
                    let value = self.values.get(value as usize);
                    let value = value.ok_or_else(|| format!("{}: no such value", here()))?;
                    let param = self.value(param);
                    rule(
                        (value.class, value.wide) == (param.class, param.wide),
                        || format!("{}: an argument of another class", here()),
                    )?;
                }
            }
        }
        Ok(())
    }

    fn validate_insts(&self, block: usize, defined: &mut [bool]) -> Result<(), String> {
        let block = &self.blocks[block];
        for inst in block.insts.indices() {
            let operands = self.insts[inst].of(&self.operands);
            for operand in operands {
                rule((operand.value as usize) < self.values.len(), || {
                    format!("instruction {inst}: no such value")
                })?;
                if operand.role.is_def() {
                    self.define(operand.value, defined)?;
                    let ends = inst + 1 == block.insts.end as usize;
                    rule(!ends || block.succs.is_empty(), || {
                        format!("instruction {inst} defines a value and leaves the block")
                    })?;
                }
                if let Role::DefReuse(other) = operand.role {
                    let other = operands.get(usize::from(other));
                    let same = |other: &crate::Operand| {
                        self.value(other.value).class == self.value(operand.value).class
                    };
                    rule(other.is_some_and(|o| o.role.is_use() && same(o)), || {
                        format!("instruction {inst} reuses what it does not use")
                    })?;
                }
            }
        }
        Ok(())
    }
}
