//! Where each stretch of machine code comes from, for those who read it.

use super::super::view::{BlockView, CodePart, Mark, View};
use super::{Cold, Emitter};

/// What is noted while code is emitted.
#[derive(Default)]
pub(super) struct Marks {
    view: View,
    /// How many cold stretches had been asked for at each mark: the ones from
    /// there to the next mark's are that mark's.
    cold: Vec<usize>,
}

impl Emitter<'_> {
    fn mark(&mut self, block: u32, pos: u32, part: CodePart) {
        let Some(marks) = &mut self.marks else {
            return;
        };
        let offset = self.asm.here() as u32;
        // What emitted nothing needs no mark, and asked for nothing cold.
        if marks.view.marks.last().is_some_and(|m| m.offset == offset) {
            marks.view.marks.pop();
            marks.cold.pop();
        }
        marks.view.marks.push(Mark {
            offset,
            block,
            pos,
            part,
        });
        marks.cold.push(self.cold.len());
    }

    /// The head of a block is next.
    pub(super) fn mark_block(&mut self, block: u32) {
        let own = &self.f.blocks[block as usize];
        let offset = self.asm.here() as u32;
        if let Some(marks) = &mut self.marks {
            marks.view.blocks.push(BlockView {
                number: block,
                pos: own.pos,
                depth: own.depth,
                offset,
            });
        }
        self.mark(block, own.pos, CodePart::Head);
    }

    /// The allocator's instruction `at` is next.
    pub(super) fn mark_inst(&mut self, block: u32, at: u32) {
        if self.marks.is_none() {
            return;
        }
        let pos = match self.assigned.val_of(at) {
            Some(val) => self.f.inst(val).pos,
            None => self.f.blocks[block as usize].last_pos,
        };
        self.mark(block, pos, CodePart::Body);
    }

    /// All that follows is rarely run.
    pub(super) fn mark_cold_part(&mut self) {
        if let Some(marks) = &mut self.marks {
            marks.view.cold = self.asm.here() as u32;
        }
    }

    /// The cold stretch of that number is next.
    pub(super) fn mark_cold(&mut self, number: usize, cold: &Cold) {
        let Some(marks) = &self.marks else {
            return;
        };
        let asked = marks.cold.partition_point(|&before| before <= number);
        let by = marks.view.marks[asked.saturating_sub(1)];
        let part = match *cold {
            Cold::Trap { trap, .. } => CodePart::Trap(trap),
            Cold::Fuel { .. } => CodePart::OutOfFuel,
            Cold::Canon { .. } => CodePart::Nan,
            Cold::Edge { edge, .. } => CodePart::Way(self.f.edges[edge as usize].to),
            Cold::Conversion { .. } => CodePart::ConversionTrap,
        };
        self.mark(by.block, by.pos, part);
    }

    /// Everything noted; the code is complete but for its constants.
    pub(super) fn view(&mut self) -> Option<Box<View>> {
        let mut view = self.marks.take()?.view;
        view.data = self.asm.here() as u32;
        Some(Box::new(view))
    }
}
