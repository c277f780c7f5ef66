//! Fuel: one subtraction for each block.

use isa::planted::{Fault, planted};
use x64::{Alu, Cond, Width};

use super::{Cold, Emitter, FUEL, SCRATCH};

impl Emitter<'_> {
    /// Pays for a block, or goes to where the run stops.
    pub(super) fn charge(&mut self, block: u32) {
        let cost = self.f.blocks[block as usize].cost;
        if cost == 0 {
            return;
        }
        let cost = cost - u32::from(cost > 9 && planted(Fault::MachineCost));
        let resume = self.asm.label();
        self.asm.bind(resume);
        self.resumes[block as usize] = Some(resume);
        match i32::try_from(cost) {
            Ok(cost) => self.asm.alu_ri(Alu::Sub, Width::W64, FUEL, cost),
            Err(_) => {
                self.asm.mov_ri(SCRATCH, u64::from(cost));
                self.asm.alu(Alu::Sub, Width::W64, FUEL, SCRATCH);
            }
        }
        let label = self.asm.label();
        self.asm.jcc(Cond::B, label);
        self.cold.push(Cold::Fuel { label, block });
    }
}
