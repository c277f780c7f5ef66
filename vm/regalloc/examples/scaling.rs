//! Prints what allocation costs: least time per instruction for functions of
//! growing size, in which every loop and state has every variable, and how often moves, loads and stores are run, by guessed
//! frequency.
//!
//! `cargo run --release -p lockstep-regalloc --example scaling`

use std::time::Instant;

use regalloc::{
    Allocator, Block, Class, Edge, Function, Location, Operand, Output, Registers, Role, Source,
    Span, State, Value, check,
};

/// A maker of structured functions over a set of local variables.
struct Maker {
    function: Function,
    /// The value of each variable now.
    now: Vec<u32>,
    seed: u64,
    depth: u8,
}

impl Maker {
    fn new(locals: usize, seed: u64) -> Maker {
        let mut maker = Maker {
            function: Function::default(),
            now: Vec::new(),
            seed,
            depth: 0,
        };
        maker.function.first_extra_slot = locals as u32 * 2;
        maker.begin(&[]);
        for local in 0..locals {
            let value = maker.value(local);
            maker.now.push(value);
            maker.inst(&[(Role::Def, value)]);
        }
        maker
    }

    fn below(&mut self, end: usize) -> usize {
        self.seed = self.seed.wrapping_mul(6364136223846793005).wrapping_add(1);
        ((self.seed >> 33) as usize * end) >> 31
    }

    /// A value of a variable; every fourth is a vector.
    fn value(&mut self, local: usize) -> u32 {
        let vector = local % 4 == 3;
        let mut value = Value::new(if vector { Class::Vec } else { Class::Int });
        value.wide = vector;
        value.home = Some(local as u32 * 2);
        self.function.values.push(value);
        self.function.values.len() as u32 - 1
    }

    fn begin(&mut self, params: &[u32]) {
        let function = &mut self.function;
        let start = function.params.len();
        function.params.extend(params);
        let state = function.states.len();
        let states = self.now.iter().zip(0..);
        function
            .states
            .extend(states.map(|(&value, tag)| State { tag, value }));
        function.blocks.push(Block {
            insts: Span::new(function.insts.len(), function.insts.len()),
            params: Span::new(start, function.params.len()),
            succs: Span::new(function.edges.len(), function.edges.len()),
            state: Span::new(state, function.states.len()),
            loop_depth: self.depth,
            cold: false,
        });
    }

    fn inst(&mut self, operands: &[(Role, u32)]) {
        let function = &mut self.function;
        let start = function.operands.len();
        let new = operands
            .iter()
            .map(|&(role, value)| Operand { value, role });
        function.operands.extend(new);
        let span = Span::new(start, function.operands.len());
        function.insts.push(span);
        let block = function.blocks.last_mut().expect("a block was begun");
        block.insts.end += 1;
    }

    /// An edge from the current block; where it leads can be said later.
    fn edge(&mut self, to: usize) -> usize {
        let function = &mut self.function;
        function.edges.push(Edge {
            from: function.blocks.len() as u32 - 1,
            to: to as u32,
            args: Span::default(),
        });
        let block = function.blocks.last_mut().expect("a block was begun");
        block.succs.end += 1;
        function.edges.len() - 1
    }

    fn give(&mut self, edge: usize, values: impl Iterator<Item = u32>) {
        let function = &mut self.function;
        let start = function.args.len();
        function.args.extend(values.map(Source::Value));
        function.edges[edge].args = Span::new(start, function.args.len());
    }

    fn operation(&mut self) {
        let locals = self.now.len();
        let (to, other) = (self.below(locals), self.below(locals));
        let value = self.value(to);
        let operands = [
            (Role::DefReuse(1), value),
            (Role::Use, self.now[to]),
            (Role::UseAny, self.now[other]),
        ];
        self.inst(&operands);
        self.now[to] = value;
    }

    fn choice(&mut self, size: usize) {
        let condition = self.now[0];
        self.inst(&[(Role::Use, condition)]);
        let next = self.function.blocks.len();
        self.edge(next);
        let over = self.edge(0);
        let old = self.now.clone();
        self.begin(&[]);
        self.body(size);
        self.inst(&[]);
        let out = self.edge(0);
        let new = self.now.clone();
        let changed: Vec<usize> = (0..old.len()).filter(|&at| old[at] != new[at]).collect();
        let params: Vec<u32> = changed.iter().map(|&at| self.value(at)).collect();
        self.give(over, changed.iter().map(|&at| old[at]));
        self.give(out, changed.iter().map(|&at| new[at]));
        for (&at, &param) in changed.iter().zip(&params) {
            self.now[at] = param;
        }
        let join = self.function.blocks.len() as u32;
        self.function.edges[over].to = join;
        self.function.edges[out].to = join;
        self.begin(&params);
    }

    fn repeat(&mut self, size: usize) {
        let locals = self.now.len();
        let header = self.function.blocks.len();
        self.inst(&[]);
        let into = self.edge(header);
        let old = self.now.clone();
        let params: Vec<u32> = (0..locals).map(|at| self.value(at)).collect();
        self.give(into, old.into_iter());
        self.now = params.clone();
        self.depth += 1;
        self.begin(&params);
        self.body(size);
        let condition = self.now[0];
        self.inst(&[(Role::Use, condition)]);
        let back = self.edge(header);
        let new = self.now.clone();
        self.give(back, new.into_iter());
        let next = self.function.blocks.len();
        self.edge(next);
        self.depth -= 1;
        self.begin(&[]);
    }

    fn body(&mut self, size: usize) {
        let end = self.function.insts.len() + size;
        while self.function.insts.len() < end {
            let left = end - self.function.insts.len();
            match self.below(12) {
                0 if left > 12 => {
                    let size = 1 + self.below(left.min(60));
                    self.choice(size);
                }
                1 if left > 12 && self.depth < 4 => {
                    let size = 4 + self.below(left.min(400));
                    self.repeat(size);
                }
                _ => self.operation(),
            }
        }
    }

    fn finish(mut self) -> Function {
        for at in 0..self.now.len() {
            let value = self.now[at];
            self.inst(&[(Role::UseAny, value)]);
        }
        self.inst(&[]);
        self.function
    }
}

/// How often loads, stores and copies are run, for each instruction run.
fn weigh(function: &Function, output: &Output) -> [f64; 3] {
    let weight = |block: &Block| 8f64.powi(i32::from(block.loop_depth));
    let kind = |from: Location, to: Location| match (from, to) {
        (Location::Register(_), Location::Register(_)) => 2,
        (Location::Register(_), _) => 1,
        _ => 0,
    };
    let (mut kinds, mut insts) = ([0.0; 3], 0.0);
    let mut moves = output.moves.iter().peekable();
    for block in &function.blocks {
        insts += block.insts.len() as f64 * weight(block);
        while let Some(entry) = moves.next_if(|entry| entry.inst < block.insts.end) {
            kinds[kind(entry.action.from, entry.action.to)] += weight(block);
        }
        for at in block.succs.indices() {
            let to = &function.blocks[function.edges[at].to as usize];
            let often = weight(block).min(weight(to));
            for action in output.moves_of_edge(at) {
                kinds[kind(action.from, action.to)] += often;
            }
        }
    }
    kinds.map(|kind| kind / insts)
}

fn main() {
    let registers = Registers {
        int: 0x3ff,
        vec: 0x7fff,
        int_scratch: 15,
        vec_scratch: 15,
    };
    let mut allocator = Allocator::new();
    let mut output = Output::default();
    println!("locals     insts   ns/inst   loads  stores  copies (per instruction run)");
    for locals in [6, 12, 24, 60] {
        for size in [10, 100, 1000, 10_000, 100_000, 1_000_000] {
            let mut maker = Maker::new(locals, 1);
            maker.body(size);
            let function = maker.finish();
            let insts = function.insts.len();
            let rounds = (1_000_000 / insts).clamp(3, 1000);
            let mut least = f64::INFINITY;
            for _ in 0..rounds {
                let begun = Instant::now();
                let result = allocator.allocate(&function, &registers, &mut output);
                least = least.min(begun.elapsed().as_secs_f64());
                result.expect("the registers are enough");
            }
            let time = least * 1e9 / insts as f64;
            let [loads, stores, copies] = weigh(&function, &output);
            println!("{locals:6} {insts:9} {time:9.1} {loads:7.3} {stores:7.3} {copies:7.3}");
            if size <= 10_000 {
                check(&function, &registers, &output).expect("the allocation is right");
            }
        }
    }
}
