//! Functions made by hand.

use regalloc::{
    Allocator, Block, Class, Edge, Function, Location, Move, Operand, Output, Registers, Role,
    Source, Span, State, Value, check,
};

/// Some registers of each class, with the scratch registers behind them.
pub(crate) fn registers(int: u32, vec: u32) -> Registers {
    Registers {
        int: (1 << int) - 1,
        vec: (1 << vec) - 1,
        int_scratch: int as u8,
        vec_scratch: vec as u8,
    }
}

/// Allocates and checks.
#[track_caller]
pub(crate) fn allocate(function: &Function, registers: &Registers) -> Output {
    let mut output = Output::default();
    let result = Allocator::new().allocate(function, registers, &mut output);
    result.expect("the registers are enough for every instruction");
    if let Err(what) = check(function, registers, &output) {
        panic!("{what}\n{}", text(function, &output));
    }
    output
}

fn place(class: Class, place: Location) -> String {
    match place {
        Location::Register(register) => format!("{class:?}{register}"),
        Location::Slot(slot) => format!("[{slot}]"),
        Location::Constant(number) => format!("#{number}"),
    }
}

fn action(action: &Move) -> String {
    let Move {
        from,
        to,
        class,
        wide,
    } = *action;
    let width = if wide { 16 } else { 8 };
    format!("{} <- {} ({width})", place(class, to), place(class, from))
}

/// A function and its allocation, for reading.
pub(crate) fn text(function: &Function, output: &Output) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (number, value) in function.values.iter().enumerate() {
        if value.home.is_some() || value.remat.is_some() {
            writeln!(text, "{number}: {value:?}").unwrap();
        }
    }
    for write in &function.slot_writes {
        writeln!(text, "{write:?}").unwrap();
    }
    for (number, block) in function.blocks.iter().enumerate() {
        let params = block.params.of(&function.params);
        let (depth, cold) = (block.loop_depth, block.cold);
        writeln!(text, "block {number} {params:?} depth {depth} cold {cold}").unwrap();
        for at in block.state.indices() {
            let value = function.states[at].value;
            let class = function.values[value as usize].class;
            let place = place(class, output.states[at]);
            writeln!(text, "    state {value} at {place}").unwrap();
        }
        for inst in block.insts.indices() {
            for entry in output.moves.iter().filter(|m| m.inst as usize == inst) {
                writeln!(text, "        {}", action(&entry.action)).unwrap();
            }
            write!(text, "    {inst}:").unwrap();
            for at in function.insts[inst].indices() {
                let Operand { value, role } = function.operands[at];
                let class = function.values[value as usize].class;
                let place = place(class, output.locations[at]);
                write!(text, " {role:?} {value} {place};").unwrap();
            }
            text.push('\n');
        }
        for at in block.succs.indices() {
            let edge = &function.edges[at];
            let args = edge.args.of(&function.args);
            writeln!(text, "    to {} {args:?}", edge.to).unwrap();
            for entry in output.moves_of_edge(at) {
                writeln!(text, "        {}", action(entry)).unwrap();
            }
        }
    }
    text
}

/// Writes a function down block by block.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) function: Function,
}

impl Builder {
    pub(crate) fn new(frame: u32) -> Builder {
        let mut builder = Builder::default();
        builder.function.first_extra_slot = frame;
        builder
    }

    pub(crate) fn value(&mut self, value: Value) -> u32 {
        self.function.values.push(value);
        self.function.values.len() as u32 - 1
    }

    pub(crate) fn int(&mut self) -> u32 {
        self.value(Value::new(Class::Int))
    }

    pub(crate) fn ints<const N: usize>(&mut self) -> [u32; N] {
        std::array::from_fn(|_| self.int())
    }

    /// Begins a block.
    pub(crate) fn block(&mut self, loop_depth: u8, params: &[u32], states: &[u32]) {
        let function = &mut self.function;
        let at = function.params.len();
        function.params.extend(params);
        let state = function.states.len();
        let entries = states.iter().map(|&value| State { tag: 0, value });
        function.states.extend(entries);
        function.blocks.push(Block {
            insts: Span::new(function.insts.len(), function.insts.len()),
            params: Span::new(at, function.params.len()),
            succs: Span::new(function.edges.len(), function.edges.len()),
            state: Span::new(state, function.states.len()),
            loop_depth,
            cold: false,
        });
    }

    pub(crate) fn cold(&mut self) {
        self.last().cold = true;
    }

    fn last(&mut self) -> &mut Block {
        self.function.blocks.last_mut().expect("a block was begun")
    }

    pub(crate) fn inst(&mut self, operands: &[(Role, u32)]) {
        let function = &mut self.function;
        let start = function.operands.len();
        let new = operands
            .iter()
            .map(|&(role, value)| Operand { value, role });
        function.operands.extend(new);
        function
            .insts
            .push(Span::new(start, function.operands.len()));
        self.last().insts.end += 1;
    }

    /// `to = from op other`, in the form with two operands.
    pub(crate) fn binary(&mut self, to: u32, from: u32, other: u32) {
        self.inst(&[
            (Role::DefReuse(1), to),
            (Role::Use, from),
            (Role::UseAny, other),
        ]);
    }

    pub(crate) fn def(&mut self, value: u32) {
        self.inst(&[(Role::Def, value)]);
    }

    pub(crate) fn uses(&mut self, values: &[u32]) {
        for &value in values {
            self.inst(&[(Role::Use, value)]);
        }
    }

    /// Ends the block with an instruction that reads these values.
    pub(crate) fn end(&mut self, values: &[u32], edges: &[(u32, &[Source])]) {
        let operands: Vec<_> = values.iter().map(|&value| (Role::Use, value)).collect();
        self.inst(&operands);
        let from = self.function.blocks.len() as u32 - 1;
        for &(to, args) in edges {
            let function = &mut self.function;
            let start = function.args.len();
            function.args.extend(args);
            let args = Span::new(start, function.args.len());
            function.edges.push(Edge { from, to, args });
            self.last().succs.end += 1;
        }
    }
}
