//! Register allocation for functions in SSA form.
//!
//! One scan over the blocks in their linear order decides which values are in
//! registers. Where registers are short, the value goes whose next use is
//! farthest, where leaving a loop and entering a cold block count as very far
//! ways. A block begins with what its processed predecessors agree on; edges
//! are reconciled by parallel moves. A loop whose header was promised values
//! that its end could not keep is scanned again without that promise.
//! Values are stored once, at their definition or at a less frequent block
//! that comes before all reloads.
//!
//! The crate knows neither an instruction set nor an intermediate language:
//! an instruction is a list of operands with roles. There are no fixed
//! registers and no clobbers. What the client must guarantee is said at
//! [`Function`], and [`check`] proves a result without trusting the allocator.
#![forbid(unsafe_code)]

mod check;
mod contents;
mod edges;
mod entry;
mod finish;
mod flow;
mod function;
mod instruction;
mod life;
mod output;
mod scan;
mod slots;
mod spill;
mod validate;

pub use check::check;
pub use function::{
    Block, Class, Edge, Function, Operand, Registers, Role, SlotWrite, Source, Span, State, Value,
};
pub use output::{Error, InstMove, Location, Move, Output};

/// An allocator. It keeps its memory from one function to the next.
#[derive(Default)]
pub struct Allocator {
    flow: flow::Flow,
    life: life::Life,
    scan: scan::Scan,
    spills: spill::Spills,
    slots: slots::Slots,
    edges: edges::Edges,
}

impl Allocator {
    /// An allocator without memory of its own yet.
    #[must_use]
    pub fn new() -> Allocator {
        Allocator::default()
    }

    /// Finds a place for every operand of `function` and writes it to
    /// `output`, whose old content is dropped.
    ///
    /// # Errors
    /// If an instruction needs more registers at once than there are, or if
    /// lives are too long all together (see [`Error`]).
    ///
    /// # Panics
    /// May panic if the function breaks a rule of [`Function`].
    pub fn allocate(
        &mut self,
        function: &Function,
        registers: &Registers,
        output: &mut Output,
    ) -> Result<(), Error> {
        debug_assert_eq!(function.validate(), Ok(()));
        output.clear(function);
        self.flow.build(function);
        self.life.build(function, &self.flow)?;
        self.spills.clear(function);
        self.scan.clear(function, registers);
        scan::Scanner {
            function,
            life: &self.life,
            flow: &mut self.flow,
            scan: &mut self.scan,
            spills: &mut self.spills,
            output,
        }
        .run()?;
        self.slots
            .assign(function, &self.life, &self.scan, &mut self.spills);
        let finish = finish::Finish {
            function,
            flow: &self.flow,
            life: &self.life,
            scan: &mut self.scan,
            spills: &mut self.spills,
        };
        finish.run(registers, &mut self.slots, &mut self.edges, output);
        Ok(())
    }
}
